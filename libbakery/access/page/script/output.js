// What leaves the page: CSV for a spreadsheet, and paper.

const WIDEST_PAPER = 24; // columns of a matrix that can still be read on a page

// A spreadsheet takes a value that begins like this for a formula. The apostrophe keeps it text.
function csvValue(text) {
    const safe = /^[=+\-@＝＋－＠]/.test(text) ? `'${text}` : text;
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function csvOf(lines) {
    return lines.map((values) => values.map(csvValue).join(",")).join("\r\n") + "\r\n";
}

function wordsOfCell(row, account, reach) {
    if (row.isAdmin) return "Bakery admin";
    return reach(row, account)
        .map(({ type, isSure }) => type.name + (isSure ? "" : " (conditional)"))
        .join(", ");
}

function withMark(row, account, reach, mark) {
    const words = wordsOfCell(row, account, reach);
    return isMarked(row, account) ? `${words} ${mark}`.trimStart() : words;
}

function matrixLines({ rows, accounts, reach }, first) {
    const head = [first, ...accounts.map(({ name, id, environment }) => `${environment.name} ${name} ${id}`)];
    return [
        head,
        ...rows.map((row) => [row.name, ...accounts.map((account) => withMark(row, account, reach, "(differs)"))]),
    ];
}

function differenceLines(differences) {
    return [
        ["Kind", "Difference", "Person", "Group", "Account", "Role"],
        ...differences.map(({ entry: { kind, message, user, group, account, role } }) =>
            [kind, message, user, group, account, role].map((value) => value ?? ""),
        ),
    ];
}

/** Copies text; where the browser gives no clipboard to a page (one from a file), by way of a selection. */
async function copyText(text) {
    try {
        await navigator.clipboard.writeText(text);
        return true;
    } catch {
        const area = element("textarea", { class: "offscreen", readonly: true, "aria-hidden": "true" });
        area.value = text;
        document.body.append(area);
        area.select();
        const copied = document.execCommand("copy");
        area.remove();
        return copied;
    }
}

/** What is printed: a plain table of what is shown, or of each row's roles when the matrix is too wide for paper. */
function drawPaper(paper, filters, selection, differences) {
    const first = filters.rows === "groups" ? "Group" : "Person";
    const isWide = selection.accounts.length > WIDEST_PAPER;
    const parts = [
        element("p", { text: filtersLine(filters) }),
        isWide ? rolesTable(selection, first) : matrixTable(selection, first),
    ];
    if (differences.length > 0) {
        const [headings, ...lines] = differenceLines(differences);
        parts.push(
            element("h2", { text: "Where IAM is not as config.yml says (≠)" }),
            tableOf(
                null,
                headings,
                lines.map((line) => line.map((text) => nameElement(text))),
            ),
        );
    }
    paper.replaceChildren(...parts);
}

function matrixTable({ rows, accounts, reach }, first) {
    return tableOf(
        null,
        [first, ...accounts.map(({ name, environment }) => `${environment.name} ${name}`)],
        rows.map((row) => [
            nameElement(row.name),
            ...accounts.map((account) => nameElement(withMark(row, account, reach, "≠"))),
        ]),
    );
}

function rolesTable({ rows, accounts, reach }, first) {
    return tableOf(
        null,
        [first, "Roles"],
        rows.map((row) => [nameElement(row.name), nameElement(rolesText(row, accounts, reach))]),
    );
}

/** "NonProd: Admin in all 12 accounts; Prod: Admin, ReadOnly in Shop, Payments" */
function rolesText(row, accounts, reach) {
    if (row.isAdmin) return "Bakery admin: every role of every account";
    const places = new Map(); // accounts by environment and what is reached there
    for (const account of accounts) {
        const words = wordsOfCell(row, account, reach);
        if (!words) continue;
        const key = `${account.environment.name}: ${words}`;
        if (!places.has(key)) places.set(key, []);
        places.get(key).push(account);
    }
    return [...places].map(([key, list]) => `${key} in ${accountsText(list)}`).join("; ") || "no access";
}

function accountsText(list) {
    if (list.length <= 3) return list.map(({ name }) => name).join(", ");
    return list.length === list[0].environment.accounts.length
        ? `all ${count(list.length, "account")}`
        : count(list.length, "account");
}

function filtersLine(filters) {
    const words = {
        name: "name contains",
        account: "account contains",
        environment: "environment",
        type: "access type",
        group: "group",
    };
    const set = Object.entries(words).flatMap(([key, word]) => (filters[key] ? [`${word} “${filters[key]}”`] : []));
    if (filters.differences) set.push("only differences");
    return set.length > 0 ? `Shown: ${set.join(", ")}.` : "Nothing is filtered away.";
}
