// Elements. Text from the report reaches the document by textContent alone, so nothing in it can become markup.

function element(tag, properties = {}, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(properties)) {
        if (value === null || value === undefined || value === false) continue;
        if (name === "class") made.className = value;
        else if (name === "text") made.textContent = value;
        else if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
        else made.setAttribute(name, value === true ? "" : value);
    }
    made.append(...children.filter((child) => child !== null && child !== undefined));
    return made;
}

/** A name, kept apart from the text around it, whichever way its script runs. */
function nameElement(text, kind = "name") {
    return element("bdi", { class: kind, text });
}

/** 2,000 */
function number(value) {
    return value.toLocaleString("en");
}

/** "1 account", "500 accounts" */
function count(value, one, many = `${one}s`) {
    return `${number(value)} ${value === 1 ? one : many}`;
}

/** 2026-11-22T12:50:46Z as 2026-11-22 12:50 UTC; what is no time, as it is. */
function timeText(text) {
    const time = new Date(text);
    return Number.isNaN(time.getTime()) ? text : `${time.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

function tableOf(caption, headings, rows) {
    return element(
        "table",
        {},
        caption ? element("caption", { text: caption }) : null,
        element("thead", {}, element("tr", {}, ...headings.map((text) => element("th", { scope: "col", text })))),
        element("tbody", {}, ...rows.map((cells) => element("tr", {}, ...cells.map((cell) => tableCell(cell))))),
    );
}

function tableCell(content) {
    return content instanceof Node ? element("td", {}, content) : element("td", { text: content ?? "" });
}
