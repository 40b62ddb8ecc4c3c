// Makes a random but valid configuration from a seed.
//
// The model that is returned has the shape of config.yml itself, so that
// expected.mjs can say what it grants without looking at any template.
// The same seed always gives the same model.

import { problemsOf } from "./expected.mjs";

const words = (text) => text.split(" ");

const NAMES = {
  team: words("MyTeam my-team Team.One t_2 Ops+Net a=b"),
  environment: words("NonProd Prod Mgmt Non-Prod Pre_Prod DR+1 prod.eu Lab@Home no 0123 Dev,Ops A-B x"),
  accessType: words("Admin PowerUser ReadOnly Read-Only Db.Admin Ops+Net Audit_1 ci@x yes B-C C Support"),
  account: words("Prod Stg Dev shared-services log.archive Net_1 null 007 a+b=c Data,Lake it@ops Prod-Admin"),
  tagKey: words("Reason Ticket CostCentre Change-Id"),
};
const MACHINES = words("ci deploy/runner Nightly_Job");
const AWS_POLICIES = words("AdministratorAccess PowerUserAccess ReadOnlyAccess SecurityAudit job-function/Billing");
const ORGANIZATION = "o-a1b2c3d4e5";
const REGIONS = { aws: "ap-southeast-2", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1" };

// mulberry32: small, fast, and the same on every machine.
export function randomFrom(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const random = {
    chance: (probability) => next() < probability,
    between: (low, high) => low + Math.floor(next() * (high - low + 1)),
    pick: (list) => list[Math.floor(next() * list.length)],
    sample: (list, count) => {
      const rest = [...list];
      return Array.from(
        { length: Math.min(count, rest.length) },
        () => rest.splice(Math.floor(next() * rest.length), 1)[0],
      );
    },
  };
  return random;
}

// One seed in a hundred is so large that a group's ten policies are full and its inline policy is needed.
const isHuge = (seed) => seed % 100 === 50;
// And one has an organization and names that a pattern cannot tell apart: bakery-cli may refuse it, but not grant too much.
const isAmbiguousByIntent = (seed) => seed % 100 === 75;

export function makeConfig(seed) {
  const random = randomFrom(seed);
  if (isHuge(seed)) return hugeConfig(random);
  if (isAmbiguousByIntent(seed)) return ambiguousConfig(random);
  // Names may collide by chance; then the next draw is taken, as a person would choose another name.
  for (let attempt = 0; attempt < 1000; attempt++) {
    const config = random.chance(0.25) ? oldConfig(random) : newConfig(random);
    if (problemsOf(config).length === 0) return config;
  }
  throw new Error(`seed ${seed}: no valid configuration in 1000 draws`);
}

// Only the keys that the tool before this one knew.
function oldConfig(random) {
  const ids = accountIds(random);
  return {
    TeamName: random.pick(NAMES.team),
    BillingCode: "BC1234",
    BakeryAccount: ids(),
    ...(random.chance(0.5) && {
      SlackChannel: "#ops",
      SlackChannelHookUrl: "https://hooks.example.com/x",
      AdminGroups: "OneGroup,AnotherGroup",
    }),
    Environments: random.sample(NAMES.environment, random.between(1, 4)).map((name) => ({
      Environment: name,
      Accounts: accounts(random, ids, random.between(1, 4)),
    })),
    AccessTypes: random.sample(NAMES.accessType, random.between(1, 4)).map((type) => ({
      Type: type,
      PolicyArn: `arn:aws:iam::aws:policy/${random.pick(AWS_POLICIES)}`,
    })),
  };
}

function hugeConfig(random) {
  const ids = accountIds(random);
  return {
    TeamName: "MyTeam",
    BillingCode: "BC1234",
    BakeryAccount: ids(),
    Environments: [
      { Environment: "Prod", Accounts: accounts(random, ids, 1180) },
      { Environment: "NonProd", Accounts: accounts(random, ids, 3) },
    ],
    AccessTypes: [{ Type: "Admin", PolicyArn: "arn:aws:iam::aws:policy/AdministratorAccess" }],
  };
}

// The pattern "*-Prod-Admin" also fits "Stg-Non-Prod-Admin" and "Stg-X-Prod-Admin".
function ambiguousConfig(random) {
  const ids = accountIds(random);
  const pair = random.pick([
    { environments: ["Prod", "Non-Prod"], types: ["Admin"] },
    { environments: ["Prod", "X"], types: ["Admin", "Prod-Admin"] },
  ]);
  return {
    TeamName: "MyTeam",
    BillingCode: "BC1234",
    BakeryAccount: ids(),
    OrganizationId: ORGANIZATION,
    Defaults: { RolePath: "/bakery/" },
    Environments: pair.environments.map((name) => ({ Environment: name, Accounts: accounts(random, ids, 3) })),
    AccessTypes: pair.types.map((type) => ({ Type: type, PolicyArn: "arn:aws:iam::aws:policy/AdministratorAccess" })),
  };
}

// Names like those of burger roles, too.
function powerfulRoles(random) {
  return {
    DeployerRole: random.pick(["BakeryDeployer", "my-own-Admin"]),
    ...(random.chance(0.5) && { RevokerRole: random.pick(["BakeryRevoker", "who-ever-Admin"]) }),
  };
}

function newConfig(random) {
  const ids = accountIds(random);
  const partition = random.chance(0.7) ? "aws" : random.pick(Object.keys(REGIONS));
  const organization = random.chance(0.08);
  const defaults = { ...settings(random, partition, 0.5), ...(organization && { RolePath: "/bakery/" }) };
  const bakery = ids();
  const types = random
    .sample(NAMES.accessType, random.between(1, 4))
    .map((type) => accessType(random, type, partition, bakery));
  const names = random.sample(NAMES.environment, random.between(1, 5));
  const sharded = random.chance(0.1) ? random.between(0, names.length - 1) : -1;
  return {
    TeamName: random.pick(NAMES.team),
    BillingCode: "BC1234",
    BakeryAccount: bakery,
    ...partitionKeys(random, partition),
    ...(random.chance(0.2) && { Prefix: random.pick(["dev-", "x"]) }),
    ...(random.chance(0.4) && { Layout: "PerEnvironment" }),
    ...(organization && { OrganizationId: ORGANIZATION }),
    ...(random.chance(0.4) && powerfulRoles(random)),
    ...(Object.keys(defaults).length > 0 && { Defaults: defaults }),
    Environments: names.map((name, i) =>
      environment(
        random,
        name,
        types,
        partition,
        accounts(random, ids, i === sharded ? random.between(120, 400) : random.between(1, 6)),
      ),
    ),
    AccessTypes: types,
  };
}

// The partition may be said in two ways, or not at all.
function partitionKeys(random, partition) {
  if (partition === "aws" && random.chance(0.5)) return {};
  return random.chance(0.5) ? { Partition: partition } : { Region: REGIONS[partition] };
}

// Each setting appears with the given probability: levels must be free to disagree.
function settings(random, partition, p) {
  const tagKeys = random.sample(NAMES.tagKey, random.between(1, 3));
  return {
    ...(random.chance(p) && { RequireMfa: random.chance(0.7) }),
    ...(random.chance(p) && { MfaMaxAge: random.pick([900, 3600, 43200, 129600]) }),
    ...(random.chance(p) && { MaxSessionDuration: random.pick([3600, 7200, 43200]) }),
    ...(random.chance(p) && { RequireSessionName: random.chance(0.7) }),
    ...(random.chance(p / 3) && {
      PermissionsBoundary: random.pick([
        `arn:${partition}:iam::aws:policy/PowerUserAccess`,
        "arn:${Partition}:iam::${AccountId}:policy/Boundary",
      ]),
    }),
    ...(random.chance(p / 3) && { RolePath: random.pick(["/", "/team/", "/a/b/", "/x+y/(1)~/"]) }),
    ...(random.chance(p / 2) && { SourceIdentity: random.chance(0.7) }),
    ...(random.chance(p / 2) && { SessionTags: tagKeys }),
    ...(random.chance(p / 3) && {
      Tags: { [random.pick(["Owner", "Stage"])]: random.pick(["platform", "ops", "both"]) },
    }),
  };
}

function environment(random, name, types, partition, accountList) {
  const subset = random.chance(0.3) ? random.sample(types, random.between(1, types.length)) : undefined;
  return {
    Environment: name,
    ...(subset && { AccessTypes: subset.map((t) => t.Type) }),
    ...(random.chance(0.2) && { DefaultAccount: random.pick(accountList).Name }),
    ...settings(random, partition, 0.2),
    Accounts: accountList,
  };
}

function accessType(random, type, partition, bakery) {
  const arns = random
    .sample(AWS_POLICIES, random.between(1, 3))
    .map((p) => `arn:${random.pick([partition, "${Partition}"])}:iam::aws:policy/${p}`);
  if (random.chance(0.4)) arns.push("arn:${Partition}:iam::${AccountId}:policy/Own");
  const inline = {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: ["s3:GetObject"], Resource: "arn:aws:s3:::home/${aws:username}/*" }],
  };
  const kind = random.pick(["one", "several", "inline", "both"]);
  return {
    Type: type,
    ...(kind === "one" && { PolicyArn: arns[0] }),
    ...((kind === "several" || kind === "both") && { PolicyArns: arns }),
    ...((kind === "inline" || kind === "both") && { InlinePolicy: inline }),
    ...(random.chance(0.2) && {
      MachinePrincipals: random
        .sample(MACHINES, random.between(1, 2))
        .map((m) => `arn:${partition}:iam::${bakery}:role/${m}`),
    }),
    ...settings(random, partition, 0.2),
  };
}

// Gives a new account id at each call. Some begin with zeros: those are the ones that YAML readers spoil.
function accountIds(random) {
  const used = new Set();
  return () => {
    for (;;) {
      const id = (random.chance(0.2) ? "0" : "") + Array.from({ length: 12 }, () => random.between(0, 9)).join("");
      if (!used.has(id.slice(0, 12))) {
        used.add(id.slice(0, 12));
        return id.slice(0, 12);
      }
    }
  };
}

function accounts(random, ids, count) {
  const names =
    count <= 6
      ? random.sample(NAMES.account, count)
      : Array.from({ length: count }, (_, i) => `acct-${String(i + 1).padStart(3, "0")}`);
  return names.map((name) => ({ Id: ids(), Name: name }));
}

// The same configuration with one more account at the end of the named environment.
export function withAppendedAccount(config, environment) {
  const copy = structuredClone(config);
  const used = new Set([config.BakeryAccount, ...config.Environments.flatMap((e) => e.Accounts.map((a) => a.Id))]);
  // Id and name sort before all others: an order other than that of the file would show.
  const text = (id) => String(id).padStart(12, "0");
  let id = 1;
  while (used.has(text(id))) id++;
  copy.Environments.find((e) => e.Environment === environment).Accounts.push({ Id: text(id), Name: "0new" });
  return copy;
}
