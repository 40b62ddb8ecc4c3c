"use strict";
// The report's JSON (bakery-cli access --output json) as the page uses it: numbers that point into lists become the
// things themselves, and what a cell needs is found without walking a list. Nothing here knows of the document.

const LONGEST_CELL = 7; // characters; what does not fit is counted: "A PU +2"

/**
 * environments  {name, index, accounts, roles}; roles: the group whose role it is, by the number of the access type
 * types         {name, index, code}
 * accounts      {id, name, environment, index, key, differences}; one that stands in two environments is there twice
 * groups        {name, environment, type, ..., rights, members, differences}; environment and type are null for a group
 *               that is none of the configuration's environments
 * people, groupRows   what a row of the matrix stands for, both alike:
 *               {name, key, isGroup, isAdmin, groups, sources, hasDenies, entry, differences}; sources: see makeRights
 */
function makeModel(data) {
    const codes = makeCodes(data.access_types);
    const types = data.access_types.map((name, index) => ({ name, index, code: codes[index] }));
    const environments = data.environments.map((name, index) => ({ name, index, accounts: [], roles: [] }));
    const accounts = data.accounts.map((account, index) => makeAccount(account, index, environments));
    const groups = data.groups.map((group) => makeGroup(group, environments, types));
    const people = data.users.map((user) => makePerson(user, groups, types));
    const groupRows = groups.map((group) => makeRow(group, [group], [group.rights], true));
    const model = { data, types, environments, accounts, groups, people, groupRows };

    model.differences = makeDifferences(data.differences, model);
    return model;
}

function makeAccount(entry, index, environments) {
    const environment = environments[entry.environment];
    const key = `${entry.name} ${entry.id}`.toLowerCase();
    const account = { ...entry, environment, index, key, differences: [] };
    environment.accounts.push(account);
    return account;
}

function makeGroup(entry, environments, types) {
    const environment = environments[entry.environment] ?? null;
    const group = { ...entry, environment, type: types[entry.access_type] ?? null, members: [], differences: [] };
    group.rights = makeRights(entry, group, types);
    if (environment) environment.roles[group.type.index] = group;
    return group;
}

function makePerson(entry, groups, types) {
    const memberOf = entry.groups.map((index) => groups[index]);
    const sources = memberOf.map((group) => group.rights);
    if (entry.grants || entry.may_grant || entry.denies) sources.push(makeRights(entry, null, types));
    const person = makeRow(entry, memberOf, sources, false);
    for (const group of memberOf) group.members.push(person);
    return person;
}

function makeRow(entry, groups, sources, isGroup) {
    return {
        name: entry.name,
        key: entry.name.toLowerCase(),
        isGroup,
        isAdmin: entry.admin === true,
        groups,
        sources,
        hasDenies: sources.some((source) => source.denies.length > 0),
        entry,
        differences: [],
    };
}

/** The capitals of a name (PowerUser: PU), and where two are alike more letters of its last word (Support: Su). */
function makeCodes(names) {
    const abbreviated = (name, length) => {
        const words = name.match(/\p{Lu}+\P{Lu}*|\P{Lu}+/gu) ?? [name];
        const last = words.pop();
        return words.map((word) => word[0]).join("") + last.slice(0, length);
    };
    const isFree = (name, code, length) =>
        names.every((other) => other === name || (other !== code && abbreviated(other, length) !== code));
    return names.map((name) => {
        for (let length = 1; length < name.length; length++) {
            const code = abbreviated(name, length);
            if (isFree(name, code, length)) return code;
        }
        return name;
    });
}

// Rights: what a group's policies say, or a person's own. The JSON has them as runs of [type, first account, count].

/**
 * {group, grants, mayGrant, denies}: group is null for a person's own; each other is a list of {type, from, to}, accounts
 * from from to before to. mayGrant is under a condition that nobody can judge from here.
 */
function makeRights(entry, group, types) {
    const runs = (list = []) => list.map(([type, first, n]) => ({ type: types[type], from: first, to: first + n }));
    return { group, grants: runs(entry.grants), mayGrant: runs(entry.may_grant), denies: runs(entry.denies), byAccount: [] };
}

/** {grants, mayGrant, denies}: access types in one account. Kept, since cells are drawn often. */
function rightsIn(rights, { index }) {
    const types = (runs) => runs.filter(({ from, to }) => index >= from && index < to).map(({ type }) => type);
    return (rights.byAccount[index] ??= {
        grants: types(rights.grants),
        mayGrant: types(rights.mayGrant),
        denies: types(rights.denies),
    });
}

/**
 * What a row reaches in an account by its groups and its own policies: [{type, isSure, sources: [{group, isSure}]}], in
 * the order of the access types; of that, what fits(type, group) lets through. A Deny takes away what any of them
 * grants. What a Bakery admin reaches besides, which is everything, is not in it.
 */
function reachOf(row, account, fits = () => true) {
    const reached = [];
    const denied = row.hasDenies && !row.isAdmin ? row.sources.flatMap((source) => rightsIn(source, account).denies) : [];
    const add = (type, group, isSure) => {
        if (denied.includes(type) || !fits(type, group)) return;
        let entry = reached.find((other) => other.type === type);
        if (!entry) reached.push((entry = { type, isSure: false, sources: [] }));
        entry.isSure ||= isSure;
        entry.sources.push({ group, isSure });
    };
    for (const source of row.sources) {
        const { grants, mayGrant } = rightsIn(source, account);
        for (const type of grants) add(type, source.group, true);
        for (const type of mayGrant) if (!grants.includes(type)) add(type, source.group, false);
    }
    return reached.sort((a, b) => a.type.index - b.type.index);
}

/** What stands in a cell. "A PU?": Admin, and PowerUser under a condition. */
function textOfReach(reached) {
    let text = "";
    for (let i = 0; i < reached.length; i++) {
        const { type, isSure } = reached[i];
        const longer = `${text}${i > 0 ? " " : ""}${type.code}${isSure ? "" : "?"}`;
        if (i > 0 && longer.length > LONGEST_CELL) return `${text} +${reached.length - i}`;
        text = longer;
    }
    return text;
}

// Roles.

function roleName(account, type) {
    return `${account.name}-${account.environment.name}-${type.name}`;
}

function roleArn(data, account, type) {
    const path = account.environment.roles[type.index]?.role_path ?? "/";
    return `arn:${data.partition}:iam::${account.id}:role${path}${roleName(account, type)}`;
}

/** The groups of an environment, in the order of their access types. */
function groupsOf(environment) {
    return environment.roles.filter(Boolean);
}

// Differences between what config.yml says and what is live.

/**
 * Each entry of the JSON is {kind, severity, text} and says where it belongs by user, group, account (a name or an id)
 * and role (a name or an ARN), whichever there are. It is filed under the narrowest of person, group and account, and
 * cells ask there: a difference of a group of a thousand members is filed once.
 */
function makeDifferences(list, model) {
    const byName = (rows) => new Map(rows.map((row) => [row.name, row]));
    const personOf = byName(model.people);
    const groupOf = byName(model.groups);
    const accountsOf = new Map();
    for (const account of model.accounts)
        for (const key of new Set([account.id, account.name])) accountsOf.set(key, [...(accountsOf.get(key) ?? []), account]);

    return list.map((entry) => {
        const person = personOf.get(entry.user) ?? null;
        const group = groupOf.get(entry.group) ?? null;
        const role = entry.role?.slice(entry.role.lastIndexOf("/") + 1);
        const typeIn = (account) => model.types.find((type) => roleName(account, type) === role);
        const named = accountsOf.get(entry.account) ?? [];
        const withRole = named.filter(typeIn); // an account may stand in two environments: its role says in which
        const accounts = withRole.length > 0 ? withRole : named;
        const type = withRole.length > 0 ? typeIn(withRole[0]) : null;
        const difference = { entry, person, group, accounts, type };
        for (const place of person ? [person] : group ? [group] : accounts) place.differences.push(difference);
        return difference;
    });
}

/** Whether a difference of a person or a group concerns that account; one that names no place concerns the row alone. */
function concerns({ accounts, group }, account) {
    if (accounts.length > 0) return accounts.includes(account);
    return group?.environment === account.environment;
}

/** The differences that a cell is marked for. */
function differencesOfCell(row, account) {
    const found = [row, ...row.groups].flatMap(({ differences }) => differences.filter((difference) => concerns(difference, account)));
    if (account.differences.length === 0) return found;
    const types = row.isAdmin ? null : reachOf(row, account).map(({ type }) => type);
    return found.concat(account.differences.filter(({ type }) => type && (types === null || types.includes(type))));
}

/** All that is said about a row, wherever. */
function differencesOfRow(row) {
    return [row, ...row.groups].flatMap(({ differences }) => differences);
}

/** Whether a cell has a mark. Most have none, and know at once. */
function isMarked(row, account) {
    const hasSome = row.differences.length > 0 || account.differences.length > 0 || row.groups.some(({ differences }) => differences.length > 0);
    return hasSome && differencesOfCell(row, account).length > 0;
}
