"use strict";
// The report, JSON as libbakery/access/json.h has it, as the page uses it: places in lists become the things
// themselves, and what a cell needs is found without walking a list. Nothing here knows of the document.

// Of nothing of this anything is seen, or it turns what follows round: a name that has it is not what it looks like.
const HIDDEN = /[\p{Cc}\p{Zl}\p{Zp}\p{DI}\ufff9-\ufffb]/gu;

/** Text with what is hidden made visible, as <U+202E>. */
function shownText(text) {
    return text.replace(HIDDEN, (each) => `<U+${each.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}>`);
}

/** The report; of most, all of it is ASCII and has no escapes, and need not be looked at text by text. */
function readReport(json) {
    if (!/\\u|[^\n -~]/.test(json)) return JSON.parse(json);
    return JSON.parse(json, (key, value) => (typeof value === "string" ? shownText(value) : value));
}

const LONGEST_CELL = 7; // characters; what does not fit is counted: "A PU +2"

/**
 * environments  {name, index, accounts, roles}; roles: the group whose role it is, by the number of the access type
 * types         {name, index, code}
 * accounts      {id, name, environment, index, key, differences}
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
    if (RIGHTS.some((key) => entry[key])) sources.push(makeRights(entry, null, types));
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
        hasDenies: sources.some(({ denies, may_deny: mayDeny }) => denies.length + mayDeny.length > 0),
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

const RIGHTS = ["grants", "may_grant", "denies", "may_deny"]; // may: under a condition that cannot be judged from here

/** {group, grants, may_grant, denies, may_deny}: group is null for a person's own; others are lists of {type, from, to}. */
function makeRights(entry, group, types) {
    const rights = { group, byAccount: [] };
    for (const key of RIGHTS)
        rights[key] = (entry[key] ?? []).map(([type, first, n]) => ({ type: types[type], from: first, to: first + n }));
    return rights;
}

/** The same for one account, as lists of access types. Kept, since cells are drawn often. */
function rightsIn(rights, { index }) {
    const types = (runs) => runs.filter(({ from, to }) => index >= from && index < to).map(({ type }) => type);
    return (rights.byAccount[index] ??= Object.fromEntries(RIGHTS.map((key) => [key, types(rights[key])])));
}

/**
 * What a row reaches in an account by its groups and its own policies: [{type, isSure, sources: [{group, isSure}]}], in
 * the order of the access types; of that, what fits(type, group) lets through. A Deny takes away what any of them
 * grants. What a Bakery admin reaches besides, which is everything, is not in it.
 */
function reachOf(row, account, fits = () => true) {
    const rights = row.sources.map((source) => [source.group, rightsIn(source, account)]);
    const isIn = (key, type) => row.hasDenies && !row.isAdmin && rights.some(([, found]) => found[key].includes(type));
    const reached = [];
    const add = (type, group, isGranted) => {
        if (isIn("denies", type) || !fits(type, group)) return;
        const isSure = isGranted && !isIn("may_deny", type);
        let entry = reached.find((other) => other.type === type);
        if (!entry) reached.push((entry = { type, isSure: false, sources: [] }));
        entry.isSure ||= isSure;
        entry.sources.push({ group, isSure });
    };
    for (const [group, { grants, may_grant: mayGrant }] of rights) {
        for (const type of grants) add(type, group, true);
        for (const type of mayGrant) if (!grants.includes(type)) add(type, group, false);
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

// Of these a cell is marked where something is not granted; of others, where it is.
const LACKING = ["missing-grant", "unreachable-role"];

/**
 * {entry, person, group, accounts, isWide, type}: isWide when it is about some accounts of an environment, without
 * saying which. Each is filed under one of person, group and accounts, and cells ask there: a difference of a group of
 * a thousand members is filed once.
 */
function makeDifferences(list, model) {
    const byName = (rows) => new Map(rows.map((row) => [row.name.toLowerCase(), row]));
    const personOf = byName(model.people);
    const groupOf = byName(model.groups);
    return list.map((entry) => {
        const person = personOf.get(entry.user?.toLowerCase()) ?? null;
        const group = groupOf.get(entry.group?.toLowerCase()) ?? null;
        const environment = model.environments[entry.environment];
        const isWide = environment !== undefined && !entry.account;
        const accounts = isWide ? environment.accounts : accountsOfDifference(entry, group, model);
        const difference = { entry, person, group, accounts, isWide, type: model.types[entry.access_type] ?? null };
        for (const place of person ? [person] : group ? [group] : accounts) place.differences.push(difference);
        return difference;
    });
}

// A group's are about the accounts of its environment, when they name none.
function accountsOfDifference(entry, group, model) {
    if (entry.account) return model.accounts.filter(({ id }) => id === entry.account);
    return group?.environment?.accounts ?? [];
}

/** Whether a difference of a person or a group is about that account. */
function concerns({ entry, person, group, accounts, isWide, type }, account) {
    if (!accounts.includes(account)) return false;
    if (!isWide || (!person && !group)) return true;
    const sources = group ? [group.rights] : person.sources.filter((source) => source.group === null);
    const isGranted = sources.some((source) => {
        const { grants, may_grant: mayGrant } = rightsIn(source, account);
        return grants.includes(type) || mayGrant.includes(type);
    });
    return isGranted !== LACKING.includes(entry.kind);
}

/** The differences that a cell is marked for. */
function differencesOfCell(row, account) {
    const found = [row, ...row.groups].flatMap(({ differences }) =>
        differences.filter((difference) => concerns(difference, account)),
    );
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
    const hasSome =
        row.differences.length > 0 ||
        account.differences.length > 0 ||
        row.groups.some(({ differences }) => differences.length > 0);
    return hasSome && differencesOfCell(row, account).length > 0;
}
