// The panel beside the matrix: why a cell says what it says, or all about one row or one account.

/** Draws what the cursor is on into panel. */
function showDetail(panel, model, { row, account }, onClose) {
    const content =
        row && account ? cellDetail(model, row, account) : row ? rowDetail(model, row) : accountDetail(model, account);
    const close = element("button", { type: "button", text: "Close", "aria-keyshortcuts": "Escape", onclick: onClose });
    const [heading, ...rest] = content.filter(Boolean);
    panel.replaceChildren(element("div", { class: "detail-head" }, heading, close), ...rest);
    panel.hidden = false;
    panel.scrollTop = 0;
}

function title(...parts) {
    return element("h2", { id: "detail-title", tabindex: "-1" }, ...parts);
}

function cellDetail(model, row, account) {
    const reached = reachOf(row, account);
    return [
        title(nameElement(row.name), " in ", nameElement(account.name)),
        accountLine(account),
        adminNote(row),
        endNote(row),
        reached.length > 0 ? element("h3", { text: row.isGroup ? "Grants" : "May assume" }) : null,
        ...reached.map((entry) => wayIn(model, row, account, entry)),
        row.isAdmin ? allRoles(model, account) : null,
        reached.length === 0 && !row.isAdmin ? element("p", { text: "No access." }) : null,
        differencesPart(differencesOfCell(row, account)),
    ];
}

function accountLine({ id, environment }) {
    return element(
        "p",
        { class: "quiet" },
        "Account ",
        nameElement(id, "arn"),
        ", environment ",
        nameElement(environment.name),
    );
}

function adminNote({ isAdmin, isGroup, entry }) {
    if (!isAdmin) return null;
    const note = element("p", { class: "strong" });
    if (isGroup) note.append("Makes its members Bakery admins");
    else if (entry.admin_via) note.append("A Bakery admin through ", nameElement(entry.admin_via));
    else note.append("A Bakery admin by a policy of the person’s own");
    note.append(": who administers the Bakery account can take every role of every account.");
    if (!isGroup)
        note.append(
            entry.expected_admin ? " Expected by config.yml." : " Not among the expected admins of config.yml.",
        );
    return note;
}

function endNote({ entry }) {
    if (!entry.until) return null;
    return element("p", {
        text: entry.ended ? `Until ${entry.until}, which is past.` : `Until ${entry.until}, that day included.`,
    });
}

// One role, and the groups that give it.
function wayIn(model, row, account, { type, sources }) {
    const line = element("p", {}, element("strong", {}, nameElement(type.name)));
    sources.forEach(({ group, isSure }, i) => {
        if (row.isGroup && isSure) return;
        line.append(i === 0 ? " " : ", and ");
        if (!row.isGroup)
            line.append(...(group ? ["through ", nameElement(group.name)] : ["by a policy of the person’s own"]));
        if (!isSure) line.append(" under a condition that cannot be judged from here");
    });
    const arn = element("p", {}, nameElement(roleArn(model.data, account, type), "arn"));
    const demands = demandsOf(account.environment.roles[type.index]);
    return element(
        "div",
        { class: "way" },
        line,
        arn,
        demands ? element("p", { class: "quiet", text: demands }) : null,
    );
}

/** What the role asks of who assumes it. */
function demandsOf(role) {
    if (!role) return "";
    const hours = (seconds) =>
        seconds % 3600 === 0 ? count(seconds / 3600, "hour") : count(Math.round(seconds / 60), "minute");
    const demands = [];
    if (role.mfa) demands.push(role.mfa_max_age_s ? `MFA at most ${hours(role.mfa_max_age_s)} old` : "MFA");
    if (role.session_name) demands.push("the own name as session name");
    if (role.max_session_duration_s) demands.push(`sessions of ${hours(role.max_session_duration_s)} at most`);
    return demands.length > 0 ? `With ${demands.join(", ")}.` : "";
}

function allRoles(model, account) {
    const roles = groupsOf(account.environment).map(({ type }) =>
        element("li", {}, nameElement(roleArn(model.data, account, type), "arn")),
    );
    return element(
        "details",
        {},
        element("summary", { text: `Every role of this account (${roles.length})` }),
        element("ul", {}, ...roles),
    );
}

function differencesPart(differences) {
    if (differences.length === 0) return null;
    const items = differences.map(({ entry }) => element("li", {}, nameElement(entry.message)));
    return element(
        "div",
        {},
        element("h3", { text: "config.yml and IAM differ" }),
        element("ul", { class: "marked-list" }, ...items),
    );
}

function rowDetail(model, row) {
    return [
        title(nameElement(row.name)),
        adminNote(row),
        endNote(row),
        ...(row.isGroup ? groupParts(row.groups[0]) : personParts(row)),
        differencesPart(differencesOfRow(row)),
    ];
}

function personParts({ groups, sources }) {
    const own = sources.some(({ group }) => group === null);
    return [
        groups.length > 0
            ? tableOf(
                  null,
                  ["Group", "Environment", "Access type"],
                  groups.map(({ name, environment, type }) =>
                      [name, environment?.name, type?.name].map((text) => (text ? nameElement(text) : "none")),
                  ),
              )
            : element("p", { text: "In no group." }),
        own ? element("p", { text: "Has policies of the person’s own that concern burger roles." }) : null,
    ];
}

function groupParts({ environment, type, missing, members }) {
    const gives = element("p");
    if (environment)
        gives.append(
            "For ",
            nameElement(type.name),
            " in the ",
            count(environment.accounts.length, "account"),
            " of ",
            nameElement(environment.name),
            ".",
        );
    else gives.append("None of the configuration’s environment groups.");
    return [
        gives,
        missing ? element("p", { class: "strong", text: "config.yml has this group, and IAM has not." }) : null,
        element("h3", { text: count(members.length, "member") }),
        namesList(members),
    ];
}

function accountDetail(model, account) {
    const admins = model.people.filter(({ isAdmin }) => isAdmin);
    return [
        title(nameElement(account.name)),
        accountLine(account),
        ...groupsOf(account.environment).flatMap(({ type }) => holdersPart(model, account, type)),
        element("h3", { text: `Bakery admins, who can take every role: ${number(admins.length)}` }),
        namesList(admins),
        differencesPart(account.differences),
    ];
}

function holdersPart(model, account, type) {
    const isType = (other) => other === type;
    const holders = model.people.filter((person) => !person.isAdmin && reachOf(person, account, isType).length > 0);
    return [
        element("h3", {}, nameElement(type.name), `: ${count(holders.length, "person", "people")}`),
        element("p", {}, nameElement(roleArn(model.data, account, type), "arn")),
        namesList(holders),
    ];
}

function namesList(rows) {
    return rows.length > 0
        ? element("ul", { class: "names" }, ...rows.map(({ name }) => element("li", {}, nameElement(name))))
        : null;
}
