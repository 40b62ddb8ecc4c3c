// What is shown: which rows, which accounts, and of the access types which.

const NO_FILTERS = {
    rows: "people",
    name: "",
    account: "",
    environment: "",
    type: "",
    group: "",
    differences: false,
    everyone: false,
    view: "matrix",
};

/**
 * {rows, accounts, reach, total, hidden}: reach(row, account) is reachOf() of what is shown; hidden counts the rows
 * that fit, but reach none of the accounts.
 */
function select(model, filters) {
    const all = filters.rows === "groups" ? model.groupRows : model.people;
    const accounts = accountsShown(model, filters);
    const fits = fitting(filters);
    const reach = (row, account) => reachOf(row, account, fits);
    const named = rowsNamed(all, filters);
    const marked = filters.differences ? rowsWithDifferences(named, accounts) : named;
    const reachesSome = reachTest(model, accounts, fits);
    const rows = filters.everyone ? marked : marked.filter((row) => reachesSome(row) || isConcerned(row, accounts));
    return { rows, accounts, reach, total: all.length, hidden: marked.length - rows.length };
}

/** Every word must be somewhere in the key. */
function contains(key, words) {
    return words.every((word) => key.includes(word));
}

function wordsOf(text) {
    return text.toLowerCase().split(/\s+/).filter(Boolean);
}

function accountsShown(model, filters) {
    const words = wordsOf(filters.account);
    const group = model.groups.find(({ name }) => name === filters.group);
    const type = model.types.find(({ name }) => name === filters.type);
    const shown = model.accounts.filter(
        (account) =>
            (!filters.environment || account.environment.name === filters.environment) &&
            (!group?.environment || account.environment === group.environment) &&
            (!type || account.environment.roles[type.index]) &&
            contains(account.key, words),
    );
    if (!filters.differences) return shown;
    const concerned = new Set(model.differences.flatMap(({ accounts }) => accounts));
    const narrow = shown.filter((account) => concerned.has(account));
    return narrow.length > 0 ? narrow : shown;
}

function rowsNamed(rows, filters) {
    const words = wordsOf(filters.name);
    return rows.filter(
        (row) => contains(row.key, words) && (!filters.group || row.groups.some(({ name }) => name === filters.group)),
    );
}

function rowsWithDifferences(rows, accounts) {
    const withRoles = accounts.filter(({ differences }) => differences.length > 0);
    return rows.filter(
        (row) => differencesOfRow(row).length > 0 || withRoles.some((account) => isMarked(row, account)),
    );
}

/** Whether a row has no access but a difference of its own here, or one that has no place in the matrix. */
function isConcerned(row, accounts) {
    return row.differences.some(
        (difference) => difference.accounts.length === 0 || accounts.some((account) => concerns(difference, account)),
    );
}

/** The filters on type and group, as reachOf() wants them. */
function fitting({ type, group }) {
    return (ofType, ofGroup) => (!type || ofType.name === type) && (!group || ofGroup?.name === group);
}

/** Whether a row reaches any of the accounts: by runs, since there may be a million cells. */
function reachTest(model, accounts, fits) {
    const before = new Uint32Array(model.accounts.length + 1); // how many of them stand before an account
    for (const { index } of accounts) before[index + 1] = 1;
    for (let i = 1; i < before.length; i++) before[i] += before[i - 1];

    const isMet =
        (group) =>
        ({ type, from, to }) =>
            before[to] > before[from] && fits(type, group);
    return (row) => {
        if (row.isAdmin) return accounts.length > 0;
        if (row.hasDenies) return accounts.some((account) => reachOf(row, account, fits).length > 0);
        return row.sources.some(
            ({ group, grants, may_grant: mayGrant }) => grants.some(isMet(group)) || mayGrant.some(isMet(group)),
        );
    };
}

/** The differences that the list shows under the same filters: all that the matrix then has marks for, and more. */
function differencesShown(model, filters) {
    const accounts = new Set(accountsShown(model, { ...filters, differences: false }));
    const rows = rowsNamed([...model.people, ...model.groupRows], filters);
    const words = wordsOf(filters.name);
    const isNamed = ({ entry: { user = "", group = "" } }) =>
        contains(`${user} ${group}`.toLowerCase(), words) && (!filters.group || group === filters.group);
    return model.differences.filter(
        (difference) =>
            isPlaceShown(difference, filters, accounts) &&
            (isNamed(difference) || rows.some((row) => touches(difference, row))),
    );
}

function isPlaceShown({ entry, group, accounts, type }, filters, shown) {
    if (filters.type && (type ?? group?.type)?.name !== filters.type) return false;
    if (accounts.length > 0) return accounts.some((account) => shown.has(account));
    return !filters.environment && contains(entry.account ?? "", wordsOf(filters.account));
}

function touches({ person, group, accounts, type }, row) {
    if (person) return person === row;
    if (group) return row.groups.includes(group);
    return (
        type !== null &&
        accounts.some((account) => row.isAdmin || reachOf(row, account).some((entry) => entry.type === type))
    );
}

// The filters stand behind the # of the address, so that a view can be kept and sent.

function filtersToHash(filters) {
    const parts = new URLSearchParams();
    for (const [key, value] of Object.entries(filters))
        if (value !== NO_FILTERS[key]) parts.set(key, value === true ? "1" : value);
    return parts.toString();
}

function filtersFromHash(hash) {
    const parts = new URLSearchParams(hash.replace(/^#/, ""));
    const filters = { ...NO_FILTERS };
    for (const [key, standard] of Object.entries(NO_FILTERS))
        if (parts.has(key)) filters[key] = typeof standard === "boolean" ? parts.get(key) === "1" : parts.get(key);
    return filters;
}
