// The list of differences between what config.yml says and what IAM has.

const LINES_AT_ONCE = 500;

/** Draws the list; onShow(difference) goes to its place in the matrix. */
function showDifferences(section, model, shown, onShow, limit = LINES_AT_ONCE) {
    if (model.differences.length === 0) {
        const compared = model.data.source === "iam";
        const text = compared
            ? "config.yml and IAM say the same."
            : "This report was made from config.yml alone: nothing was compared with IAM.";
        section.replaceChildren(element("p", { class: "notice", text }));
        return;
    }
    if (shown.length === 0) {
        section.replaceChildren(element("p", { class: "notice", text: "No difference fits these filters." }));
        return;
    }
    const table = tableOf(
        "Where IAM is not as config.yml says",
        ["Kind", "Difference", "Person", "Group", "Account", "Role", "Matrix"],
        shown.slice(0, limit).map((difference) => differenceCells(difference, onShow)),
    );
    const more = element("button", {
        type: "button",
        text: `Show all ${number(shown.length)}`,
        onclick: () => showDifferences(section, model, shown, onShow, Infinity),
    });
    section.replaceChildren(table, ...(shown.length > limit ? [more] : []));
}

function differenceCells(difference, onShow) {
    const { entry, person, group, accounts } = difference;
    const hasPlace = person || group || accounts.length > 0;
    const optional = (text, kind) => (text ? nameElement(text, kind) : "");
    return [
        nameElement(entry.kind.replaceAll("-", " "), "kind"),
        nameElement(entry.message, "text"),
        optional(entry.user),
        optional(entry.group),
        accountCell(difference),
        optional(entry.role, "arn"),
        hasPlace ? element("button", { type: "button", text: "Show", onclick: () => onShow(difference) }) : "",
    ];
}

function accountCell({ entry, accounts, isWide }) {
    if (isWide) return element("span", {}, "some of ", nameElement(accounts[0]?.environment.name ?? ""));
    if (!entry.account) return "";
    const number = nameElement(entry.account, "arn");
    return accounts.length > 0 ? element("span", {}, nameElement(accounts[0].name), " ", number) : number;
}
