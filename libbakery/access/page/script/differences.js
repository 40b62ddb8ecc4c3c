// The list of differences between what config.yml says and what is live.

const LINES_AT_ONCE = 500;

/** Draws the list; onShow(difference) goes to its place in the matrix. */
function showDifferences(section, model, shown, onShow, limit = LINES_AT_ONCE) {
    if (model.differences.length === 0) {
        const compared = model.data.source === "live";
        const text = compared
            ? "config.yml and what is live say the same."
            : "This report was made from config.yml alone: nothing was compared with what is live.";
        section.replaceChildren(element("p", { class: "notice", text }));
        return;
    }
    if (shown.length === 0) {
        section.replaceChildren(element("p", { class: "notice", text: "No difference fits these filters." }));
        return;
    }
    const table = tableOf(
        "What config.yml says and what is live are not the same here",
        ["Severity", "Difference", "Person", "Group", "Account", "Role", "Matrix"],
        shown.slice(0, limit).map((difference) => differenceCells(difference, onShow)),
    );
    const more = element("button", {
        type: "button",
        text: `Show all ${shown.length.toLocaleString("en")}`,
        onclick: () => showDifferences(section, model, shown, onShow, Infinity),
    });
    section.replaceChildren(table, ...(shown.length > limit ? [more] : []));
}

function differenceCells(difference, onShow) {
    const { entry, person, group, accounts } = difference;
    const hasPlace = person || group || accounts.length > 0;
    const optional = (text, kind) => (text ? nameElement(text, kind) : "");
    return [
        element("span", { class: entry.severity === "error" ? "severity error" : "severity", text: entry.severity }),
        nameElement(entry.text, "text"),
        optional(entry.user),
        optional(entry.group),
        accounts.length > 0 ? element("span", {}, nameElement(accounts[0].name), ` ${accounts[0].id}`) : optional(entry.account),
        optional(entry.role, "arn"),
        hasPlace ? element("button", { type: "button", text: "Show", onclick: () => onShow(difference) }) : "",
    ];
}
