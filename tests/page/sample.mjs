// Samples: a configuration for bakery-cli, and reports as it prints them, the same ones each time.

const TYPES = ["Admin", "PowerUser", "ReadOnly", "Billing", "Support", "Network", "Security", "Deploy"];
const ENVIRONMENTS = ["Prod", "NonProd", "Mgmt", "Data", "Sandbox"];
const FIRST = "anna bert carla david emma finn greta hugo ida jonas klara lars mia nils olga paul".split(" ");
const LAST =
    "berg fischer hansen keller lang meyer nowak otto pohl richter sommer vogel weber wolf zimmer ziegler".split(" ");
const PLACES = "shop payments search catalog billing identity logs mail media orders stock web".split(" ");

/** Numbers that look random, and are the same in every run: mulberry32. */
function randomOf(seed) {
    return (below) => {
        seed = (seed + 0x6d2b79f5) | 0;
        let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
        t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
        return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below);
    };
}

function personName(i) {
    const [first, last] = [FIRST[i % FIRST.length], LAST[Math.floor(i / FIRST.length) % LAST.length]];
    const round = Math.floor(i / FIRST.length / LAST.length);
    return `${first}.${last}${round > 0 ? round + 1 : ""}`;
}

function accountName(i) {
    return `${PLACES[i % PLACES.length]}${i < PLACES.length ? "" : `-${Math.floor(i / PLACES.length) + 1}`}`;
}

/**
 * An organization of so many people and accounts: 5 environments of 8 access types are 40 groups. Most people are in one
 * to three of them, and some are Bakery admins.
 *
 * {environments: [{name, accounts: [name]}], types: [name], people: [{name, isAdmin, groups: [{environment, type}]}]}
 */
export function makeOrganization({ people, accounts, seed = 1 }) {
    const random = randomOf(seed);
    const environments = ENVIRONMENTS.map((name, i) => {
        const size =
            Math.floor((accounts * (i + 1)) / ENVIRONMENTS.length) - Math.floor((accounts * i) / ENVIRONMENTS.length);
        return { name, accounts: Array.from({ length: size }, (_, k) => accountName(k)) };
    });
    const groups = ENVIRONMENTS.flatMap((environment) => TYPES.map((type) => ({ environment, type })));
    const members = Array.from({ length: people }, (_, i) => {
        const chosen = new Set();
        for (let n = 1 + random(3); n > 0; n--) chosen.add(groups[random(groups.length)]);
        return { name: personName(i), isAdmin: i % 400 === 3, groups: [...chosen] };
    });
    return { environments, types: TYPES, people: members };
}

/** Its config.yml. */
export function configOf({ environments, types, people }) {
    const lines = ["TeamName: MyTeam", "BillingCode: BC1234", 'BakeryAccount: "111111111111"', "Environments:"];
    let id = 200000000000;
    for (const { name, accounts } of environments) {
        lines.push(`  - Environment: ${name}`, "    Accounts:");
        for (const account of accounts) lines.push(`      - Id: "${++id}"`, `        Name: ${account}`);
    }
    lines.push("AccessTypes:");
    for (const type of types) lines.push(`  - Type: ${type}`, "    PolicyArn: arn:aws:iam::aws:policy/ReadOnlyAccess");
    if (people.length > 0) lines.push("Users:");
    people.forEach(({ name, isAdmin, groups }, i) => {
        const names = groups.map(({ environment, type }) => `MyTeam${environment}${type}`);
        if (isAdmin) names.push("MyTeamAwsBakeryAdmin");
        lines.push(`  - Name: ${name}`, `    Groups: [${names.join(", ")}]`);
        if (i % 11 === 5) lines.push('    Until: "2030-12-31"');
    });
    return `${lines.join("\n")}\n`;
}

/** How the page shows what cannot be seen. */
export function visible(text) {
    return text.replace(
        /[\u202E\u202C\u2028\u2029\u200B\uFE0F\u{E0041}\u009B]/gu,
        (each) => `<U+${each.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}>`,
    );
}

/** A small report of what is live, with something of everything that the page shows. */
export function liveReport() {
    const account = (id, name, environment) => ({ id, name, environment });
    const group = (name, environment, type, runs, more = {}) => ({
        name: `MyTeam${name}`,
        environment,
        access_type: type,
        mfa: true,
        mfa_max_age_s: 3600,
        session_name: true,
        max_session_duration_s: 3600,
        role_path: "/bakery/",
        ...(runs ? { grants: runs } : {}),
        ...more,
    });
    return {
        version: 1,
        source: "iam",
        as_of: "2026-11-22T12:50:46Z",
        team: "MyTeam",
        partition: "aws",
        bakery_account: "111111111111",
        environments: ["NonProd", "Prod", "Mgmt"],
        access_types: ["Admin", "PowerUser", "ReadOnly", "Support"],
        accounts: [
            account("222222222222", "Dev", 0),
            account("333333333333", "Stg", 0),
            account("777777777777", "Sandbox", 0),
            account("444444444444", "Shop", 1),
            account("555555555555", "Payments", 1),
            account("888888888888", "Search", 1),
            account("666666666666", "Logs", 2),
            account("999999999999", "Audit", 2),
            account("121212121212", "Backup", 2),
        ],
        groups: [
            group("NonProdAdmin", 0, 0, [[0, 0, 3]]),
            group("NonProdPowerUser", 0, 1, [[1, 0, 3]]),
            group("NonProdReadOnly", 0, 2, [[2, 0, 3]]),
            group("ProdAdmin", 1, 0, [[0, 3, 3]]),
            group("ProdReadOnly", 1, 2, [[2, 3, 3]]),
            group("ProdSupport", 1, 3, null, { missing: true }),
            group("MgmtReadOnly", 2, 2, [[2, 6, 1]]),
            { name: "MyTeamAwsBakeryAdmin", admin: true },
            { name: "MyTeamAwsBakeryReadOnly" },
            {
                name: "Contractors",
                may_grant: [[1, 0, 2]],
                denies: [
                    [0, 0, 3],
                    [0, 3, 3],
                ],
                may_deny: [[2, 0, 1]],
            },
            group("MgmtAdmin", 2, 0, [[0, 6, 3]]),
        ],
        users: [
            { name: "anna.berg", groups: [0, 4] },
            { name: "bert.fischer", groups: [1], until: "2026-12-31" },
            { name: "carla.hansen", groups: [2, 4, 6] },
            { name: "david.keller", groups: [7], admin: true, admin_via: "MyTeamAwsBakeryAdmin", expected_admin: true },
            { name: "emma.lang", groups: [3, 4], grants: [[0, 6, 1]] },
            { name: "finn.meyer", groups: [0, 2, 9] },
            { name: "greta.nowak", groups: [2, 6] },
            { name: "hugo.otto", groups: [8] },
            { name: "ida.pohl", groups: [3] },
            { name: "jonas.richter", groups: [], until: "2026-10-31", ended: true },
            { name: "klara.sommer", groups: [1, 2], admin: true },
            { name: "lars.vogel", groups: [2] },
        ],
        differences: [
            {
                kind: "extra-member",
                message: "ida.pohl is in MyTeamProdAdmin",
                user: "ida.pohl",
                group: "MyTeamProdAdmin",
            },
            {
                kind: "extra-grant",
                message: "a policy of the user emma.lang grants Admin in Logs (666666666666)",
                user: "emma.lang",
                account: "666666666666",
                environment: 2,
                access_type: 0,
            },
            {
                kind: "trust-without-mfa",
                message: "Payments-Prod-Admin does not ask for MFA",
                account: "555555555555",
                role: "arn:aws:iam::555555555555:role/bakery/Payments-Prod-Admin",
                environment: 1,
                access_type: 0,
            },
            {
                kind: "missing-role",
                message: "Sandbox (777777777777) has no Sandbox-NonProd-ReadOnly",
                account: "777777777777",
                role: "arn:aws:iam::777777777777:role/bakery/Sandbox-NonProd-ReadOnly",
                environment: 0,
                access_type: 2,
            },
            {
                kind: "missing-group",
                message: "there is no group MyTeamProdSupport in IAM",
                group: "MyTeamProdSupport",
            },
            {
                kind: "extra-admin",
                message: "a policy of the user klara.sommer makes an admin of the Bakery account",
                user: "klara.sommer",
            },
            {
                kind: "extra-grant",
                message:
                    "Contractors grants PowerUser in Dev (222222222222), Stg (333333333333), under a condition that cannot be judged from here",
                group: "Contractors",
                environment: 0,
                access_type: 1,
            },
            {
                kind: "unknown-role",
                message: "MyTeamNonProdAdmin grants a role of an account that is none of ours",
                group: "MyTeamNonProdAdmin",
                account: "000000000000",
                role: "arn:aws:iam::000000000000:role/Admin",
            },
            {
                kind: "missing-grant",
                message: "MyTeamMgmtReadOnly does not grant ReadOnly in Audit (999999999999), Backup (121212121212)",
                group: "MyTeamMgmtReadOnly",
                environment: 2,
                access_type: 2,
            },
        ],
    };
}

// Each is text that would do something if it were read as anything but text.
export const HOSTILE = [
    "</script><script>globalThis.hostile = 1</script>",
    '<img src="x:" onerror="globalThis.hostile = 1">',
    `"'><svg onload=globalThis.hostile=1>`,
    "<!--<script>",
    "${globalThis.hostile = 1}",
    "\u202Egro.elpmaxe\u202C",
    "\u05D0\u05D1\u05D2 (\u05D3)",
    "=1+2",
    "\u2028line\u2029",
    "ali\u200bce\ufe0f \u{e0041}\u009b2J",
    "＝1+2",
    "__proto__",
];

/** A report whose every name is hostile. */
export function hostileReport() {
    const report = liveReport();
    const name = (i) => HOSTILE[i % HOSTILE.length];
    report.team = name(0);
    report.bakery_account = name(1);
    report.environments = report.environments.map((_, i) => `${i}${name(i)}`);
    report.access_types = report.access_types.map((_, i) => `${i}${name(i)}`);
    report.accounts.forEach((account, i) => Object.assign(account, { name: name(i), id: name(i + 1) }));
    report.groups.forEach((group, i) => Object.assign(group, { name: `${name(i)}${i}`, role_path: name(i) }));
    report.users.forEach((user, i) => Object.assign(user, { name: name(i), until: name(i) }));
    report.differences.forEach((entry, i) =>
        Object.assign(entry, {
            kind: name(i),
            message: name(i),
            user: name(i),
            group: `${name(i)}${i}`,
            account: name(i),
            role: name(i),
        }),
    );
    return report;
}

/** The page with another report in it. The page's own escape of it is the library's, and has its test there. */
export function withReport(page, report) {
    const begin = '<script type="application/json" id="access">';
    const from = page.indexOf(begin) + begin.length;
    const to = page.indexOf("</script>", from);
    const json = JSON.stringify(report).replaceAll("<", "\\u003c");
    return page.slice(0, from) + json + page.slice(to);
}
