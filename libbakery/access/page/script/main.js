// The page: one state, the filters; each change of it selects anew and draws anew.

const HASH_AFTER_MS = 300; // browsers refuse an address that changes with each key

class Page {
    constructor(model) {
        this.model = model;
        this.at = Object.fromEntries([...document.querySelectorAll("[id]")].map((node) => [node.id, node]));
        this.field = this.at.filters.elements;
        this.grid = new Grid(this.at.grid, {
            cellText: (row, account) => this.cellText(row, account),
            isMarked,
            labelOf: (row, account) => this.labelOf(row, account),
            onMove: () => this.at.detail.hidden || this.openDetail({ takeFocus: false }),
            onOpen: (how) => this.openDetail(how),
        });
        this.fillHead();
        this.fillChoices();
        this.listen();
        this.readHash();
    }

    fillHead() {
        const { data, people, accounts, environments, groups, differences } = this.model;
        const isCompared = data.source === "iam";
        this.at.origin.append(
            nameElement(data.team ?? ""),
            ", Bakery account ",
            nameElement(data.bakery_account ?? "", "arn"),
            isCompared ? ". What IAM has" : ". What config.yml says",
            data.as_of ? `, ${timeText(data.as_of)}` : "",
            isCompared ? ", compared with config.yml." : ".",
        );
        const admins = people.filter((person) => person.isAdmin).length;
        const figures = [
            count(people.length, "person", "people"),
            count(accounts.length, "account"),
            count(environments.length, "environment"),
            count(groups.length, "group"),
            count(admins, "Bakery admin"),
            isCompared ? count(differences.length, "difference") : "not compared with IAM",
        ];
        this.at.summary.append(...figures.map((text) => element("span", { text })));
        this.at["tab-differences"].textContent = isCompared
            ? `Differences (${number(differences.length)})`
            : "Differences";
        this.field.differences.disabled = differences.length === 0;
        if (data.team) document.title = `Who can reach what: ${data.team}`;
    }

    fillChoices() {
        const { environments, types, groups, people, differences } = this.model;
        for (const [key, list] of Object.entries({ environment: environments, type: types, group: groups }))
            this.field[key].append(...list.map(({ name }) => element("option", { value: name, text: name })));
        const isConditional = people.some(({ sources }) =>
            sources.some(({ may_grant: mayGrant, may_deny: mayDeny }) => mayGrant.length + mayDeny.length > 0),
        );
        const item = (sign, meaning, kind = "") =>
            element("li", {}, element("span", { class: `sign ${kind}`, text: sign }), nameElement(meaning));
        this.at.legend.append(
            ...types.map(({ code, name }) => item(code, name)),
            item("all", "Bakery admin: every role", "admin"),
            ...(isConditional ? [item("?", "after a code: under a condition that cannot be judged from here")] : []),
            ...(differences.length > 0 ? [item("≠", "config.yml and IAM differ", "marked")] : []),
            item("", "empty: no access"),
        );
    }

    listen() {
        const { filters, copy, print } = this.at;
        filters.addEventListener("input", () => this.readForm());
        filters.addEventListener("submit", (event) => event.preventDefault());
        filters.addEventListener("reset", () => setTimeout(() => this.readForm()));
        copy.addEventListener("click", () => this.copy());
        print.addEventListener("click", () => window.print());
        for (const view of ["matrix", "differences"])
            this.at[`tab-${view}`].addEventListener("click", () => this.change({ view }));
        this.at["tab-matrix"].parentNode.addEventListener("keydown", (event) => this.onTabKey(event));
        document.addEventListener("keydown", (event) => this.onKey(event));
        window.addEventListener("hashchange", () => this.readHash());
        window.addEventListener("beforeprint", () => this.drawPaper());
        window.addEventListener("afterprint", () => this.at.paper.replaceChildren());
    }

    // The state comes from the form, from the address, or from a press on something else.

    readForm() {
        const filters = {};
        for (const key of Object.keys(NO_FILTERS)) {
            const field = this.field[key];
            if (field) filters[key] = field.type === "checkbox" ? field.checked : field.value;
        }
        this.change(filters);
    }

    readHash() {
        const filters = filtersFromHash(location.hash);
        const isGiven = new URLSearchParams(location.hash.slice(1)).has("rows");
        if (this.model.people.length === 0 && !isGiven) filters.rows = "groups";
        this.filters = filters;
        this.fillForm();
        this.apply();
    }

    fillForm() {
        for (const [key, value] of Object.entries(this.filters)) {
            const field = this.field[key];
            if (field?.type === "checkbox") field.checked = value;
            else if (field) field.value = value;
        }
    }

    change(filters) {
        Object.assign(this.filters, filters);
        this.apply();
        clearTimeout(this.hashTimer);
        this.hashTimer = setTimeout(
            () => history.replaceState(null, "", `#${filtersToHash(this.filters)}`),
            HASH_AFTER_MS,
        );
    }

    apply() {
        const { model, filters, at } = this;
        this.selection = select(model, filters);
        this.differences = differencesShown(model, filters);
        for (const view of ["matrix", "differences"]) {
            const isChosen = (filters.view === "differences") === (view === "differences");
            hide(at[view], !isChosen);
            at[`tab-${view}`].setAttribute("aria-selected", isChosen);
            at[`tab-${view}`].tabIndex = isChosen ? 0 : -1;
        }
        if (filters.view === "differences") this.showDifferences();
        else this.showMatrix();
    }

    showMatrix() {
        const { rows, accounts } = this.selection;
        const isEmpty = rows.length === 0 || accounts.length === 0;
        this.closeDetail({ takeFocus: false });
        hide(this.at.grid, isEmpty);
        hide(this.at.empty, !isEmpty);
        this.at.empty.textContent = accounts.length === 0 ? "No account fits these filters." : this.emptyText();
        this.at.status.textContent = this.statusText();
        if (isEmpty) return;
        const isGroups = this.filters.rows === "groups";
        this.at.grid.setAttribute("aria-label", `Access of ${isGroups ? "groups" : "people"} to accounts`);
        this.measure();
        this.grid.show(rows, accounts, isGroups ? "Group" : "Person");
    }

    // Columns keep their width while one types: it follows from all rows, not from those that are left.
    measure() {
        const { rows: kind, type, group } = this.filters;
        const key = JSON.stringify([kind, type, group]);
        if (key === this.measuredFor) return;
        this.measuredFor = key;
        const all = select(this.model, { ...NO_FILTERS, rows: kind, type, group, everyone: true });
        this.grid.measure(
            kind === "groups" ? this.model.groupRows : this.model.people,
            this.model.accounts,
            this.cellTexts(all),
        );
    }

    showDifferences() {
        this.closeDetail({ takeFocus: false });
        showDifferences(this.at.differences, this.model, this.differences, (difference) => this.goTo(difference));
        const all = this.model.differences.length;
        this.at.status.textContent = `${number(this.differences.length)} of ${count(all, "difference")}`;
    }

    statusText() {
        const { rows, accounts, total, hidden } = this.selection;
        const [one, many] = this.filters.rows === "groups" ? ["group", "groups"] : ["person", "people"];
        const ofRows = `${number(rows.length)} of ${count(total, one, many)}`;
        const ofAccounts = `${number(accounts.length)} of ${count(this.model.accounts.length, "account")}`;
        return `${ofRows}, ${ofAccounts}${hidden > 0 ? `; ${number(hidden)} more fit, but have no access here` : ""}`;
    }

    emptyText() {
        if (this.selection.total === 0)
            return "This report names no people. As rows, choose Groups; bakery-cli access --live asks IAM who is in them.";
        return this.selection.hidden > 0
            ? "Nobody who fits these filters has access here. “Also without access” shows them all the same."
            : "Nobody fits these filters.";
    }

    // What stands in a cell, and how wide the widest one is.

    cellText(row, account) {
        if (row.isAdmin) return "all";
        return textOfReach(this.selection.reach(row, account));
    }

    // Where no environment and no group's reach begins, a row's cell is as the one before: the others are looked at.
    cellTexts({ rows, accounts, reach }) {
        const runs = this.model.groups.flatMap(({ rights }) => RIGHTS.flatMap((key) => rights[key]));
        const edges = new Set(runs.flatMap(({ from, to }) => [from, to]));
        const looked = accounts.filter(
            ({ environment, index }, i) => i === 0 || edges.has(index) || accounts[i - 1].environment !== environment,
        );
        const texts = new Set(["all"]);
        for (const row of rows) for (const account of looked) texts.add(textOfReach(reach(row, account)));
        const mark = this.model.differences.length > 0 ? " ≠" : "";
        return [...texts].map((text) => text + mark);
    }

    labelOf(row, account) {
        const access = wordsOfCell(row, account, this.selection.reach) || "no access";
        const differs = isMarked(row, account) ? ", config.yml and IAM differ" : "";
        return `${row.name}, ${account.name}, ${account.environment.name}: ${access}${differs}`;
    }

    // The panel.

    openDetail({ takeFocus }) {
        const { row, column } = this.grid.cursor;
        const place = { row: this.grid.rows[row], account: this.grid.accounts[column] };
        showDetail(this.at.detail, this.model, place, () => this.closeDetail({ takeFocus: true }));
        this.grid.reveal();
        if (takeFocus) document.getElementById("detail-title").focus();
    }

    closeDetail({ takeFocus }) {
        hide(this.at.detail, true);
        if (takeFocus) this.at.grid.focus();
    }

    /** To the place in the matrix that a difference is about. */
    goTo(difference) {
        const { person, group, accounts } = difference;
        const rows = person || !group ? "people" : "groups";
        this.change({ ...NO_FILTERS, rows, everyone: true });
        this.fillForm();
        const row = person ?? this.model.groupRows.find(({ name }) => name === group?.name);
        const about = (account) => concerns(difference, account);
        const account = accounts.find(about) ?? accounts[0];
        this.at.grid.focus();
        this.grid.moveTo(this.selection.rows.indexOf(row), this.selection.accounts.indexOf(account));
        this.openDetail({ takeFocus: false });
    }

    // Keys that hold for the whole page, and the tabs' own.

    onKey(event) {
        const isTyping = event.target.matches?.("input[type=search], select");
        if (event.key === "/" && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey) {
            event.preventDefault();
            this.field.name.focus();
            this.field.name.select();
        } else if (event.key === "Escape") {
            this.onEscape(event);
        }
    }

    // From the panel back to the matrix; from a field, first its text goes, then the focus goes to the matrix.
    onEscape(event) {
        if (!this.at.detail.hidden) this.closeDetail({ takeFocus: true });
        else if (event.target.type === "search" && event.target.value)
            return; // the browser clears it
        else if (this.at.filters.contains(event.target))
            (this.filters.view === "differences" ? this.at.differences : this.at.grid).focus();
    }

    onTabKey(event) {
        if (!["ArrowLeft", "ArrowRight"].includes(event.key)) return;
        const view = this.filters.view === "differences" ? "matrix" : "differences";
        this.change({ view });
        this.at[`tab-${view}`].focus();
        event.preventDefault();
    }

    // What leaves the page.

    async copy() {
        const first = this.filters.rows === "groups" ? "Group" : "Person";
        const lines =
            this.filters.view === "differences"
                ? differenceLines(this.differences)
                : matrixLines(this.selection, first);
        const copied = await copyText(csvOf(lines));
        const rows = count(lines.length - 1, "line");
        this.at.status.textContent = copied ? `Copied ${rows} as CSV.` : "The browser does not let this page copy.";
    }

    drawPaper() {
        drawPaper(this.at.paper, this.filters, this.selection, this.differences);
    }
}

// Typed as data, this block is never run; it is read once and let go.
const page = new Page(makeModel(readReport(document.getElementById("access").textContent)));
document.getElementById("access").remove();
