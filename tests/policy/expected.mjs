// What a configuration grants, worked out from config.yml alone.
//
// This is written from the description of the file, not from the C code:
// the test is worth something only as long as the two are independent.

const NEAREST_FIRST = ["accessType", "environment", "defaults"];

export function partitionOf(config) {
  const region = config.Region ?? "";
  if (config.Partition) return config.Partition;
  if (region.startsWith("cn-")) return "aws-cn";
  return region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}

// The access types that exist in an environment: all, or those it lists.
export function accessTypesIn(config, environment) {
  const wanted = environment.AccessTypes;
  return config.AccessTypes.filter((t) => !wanted || wanted.includes(t.Type));
}

// The settings that hold for one environment and access type.
export function settingsFor(config, environment, accessType) {
  const levels = { accessType, environment, defaults: config.Defaults ?? {} };
  const values = (key) => NEAREST_FIRST.map((l) => levels[l][key]).filter((v) => v !== undefined);
  const anyTrue = (key) => values(key).includes(true);
  const smallest = (key) => (values(key).length ? Math.min(...values(key)) : undefined);
  return {
    requireMfa: anyTrue("RequireMfa"),
    requireSessionName: anyTrue("RequireSessionName"),
    sourceIdentity: anyTrue("SourceIdentity"),
    mfaMaxAge: smallest("MfaMaxAge"),
    maxSessionDuration: smallest("MaxSessionDuration") ?? 3600, // what IAM takes when nothing is said
    permissionsBoundary: values("PermissionsBoundary")[0],
    rolePath: values("RolePath")[0] ?? "/",
    tags: Object.assign({}, ...values("Tags").toReversed()), // the nearest written last
    sessionTags: [...new Set(values("SessionTags").flat())],
    machinePrincipals: accessType.MachinePrincipals ?? [],
  };
}

export function groupName(config, environment, accessType) {
  return config.TeamName + environment.Environment + accessType.Type;
}

export function adminGroup(config) {
  return `${config.TeamName}AwsBakeryAdmin`;
}

export function readOnlyGroup(config) {
  return `${config.TeamName}AwsBakeryReadOnly`;
}

export function roleName(account, environment, accessType) {
  return `${account.Name}-${environment.Environment}-${accessType.Type}`;
}

// Every burger role that the configuration names, with the settings that hold for it.
export function expectedRoles(config) {
  return config.Environments.flatMap((environment) =>
    accessTypesIn(config, environment).flatMap((accessType) =>
      environment.Accounts.map((account) => expectedRole(config, environment, accessType, account)),
    ),
  );
}

function expectedRole(config, environment, accessType, account) {
  const settings = settingsFor(config, environment, accessType);
  const partition = partitionOf(config);
  const name = roleName(account, environment, accessType);
  const fill = (arn) => arn.replaceAll("${Partition}", partition).replaceAll("${AccountId}", account.Id);
  return {
    arn: `arn:${partition}:iam::${account.Id}:role${settings.rolePath}${name}`,
    name,
    account: account.Id,
    group: groupName(config, environment, accessType),
    policyArns: [accessType.PolicyArn, ...(accessType.PolicyArns ?? [])].filter(Boolean).map(fill),
    inlinePolicy: accessType.InlinePolicy,
    ...settings,
    permissionsBoundary: settings.permissionsBoundary && fill(settings.permissionsBoundary),
  };
}

// The environment groups, in the order of the file.
export function expectedGroups(config) {
  return config.Environments.flatMap((e) => accessTypesIn(config, e).map((t) => groupName(config, e, t)));
}

// The grant itself: members of the admin group may enter every burger role, all others what their group names.
export function isGranted(config, group, role) {
  return group === adminGroup(config) || group === role.group;
}

export function defaultsRequireMfa(config) {
  return config.Defaults?.RequireMfa === true;
}

export function largestEnvironment(config) {
  return config.Environments.toSorted((a, b) => b.Accounts.length - a.Accounts.length)[0];
}

// More accounts than one policy can name.
export function isSharded(config) {
  return largestEnvironment(config).Accounts.length >= 120;
}

// MFA is asked for somewhere, but not everywhere.
export function mfaSomewhereOnly(config) {
  return (
    !defaultsRequireMfa(config) && [...config.Environments, ...config.AccessTypes].some((l) => l.RequireMfa === true)
  );
}

// With OrganizationId a policy names roles as <path>*-<Env>-<Type>. Where that also fits the role of another
// environment group ("*-Prod-Admin" and "Stg-Non-Prod-Admin"), the tool may refuse, but never grant.
export function isAmbiguous(config) {
  if (!config.OrganizationId) return false;
  const roles = expectedRoles(config);
  const suffixes = config.Environments.flatMap((e) =>
    accessTypesIn(config, e).map((t) => ({
      group: groupName(config, e, t),
      path: settingsFor(config, e, t).rolePath,
      end: `-${e.Environment}-${t.Type}`,
    })),
  );
  return suffixes.some((s) =>
    roles.some((r) => r.group !== s.group && `${r.rolePath}${r.name}`.startsWith(s.path) && r.name.endsWith(s.end)),
  );
}

// ---- what makes a configuration invalid; the generator draws again ----

const lower = (text) => text.toLowerCase();
const letters = (text) => lower(text).replace(/[^a-z0-9]/g, "");
const hasTwins = (list) => new Set(list).size !== list.length;

// Ten policies of 6,144 characters, taken a little smaller because the last ARN of each may not fit. Source identity
// and session tags name every ARN once more.
const ROOM_OF_A_GROUP = 55000;

function overflows(config) {
  return config.Environments.some((e) =>
    accessTypesIn(config, e).some((t) => {
      const { sourceIdentity, sessionTags, rolePath } = settingsFor(config, e, t);
      const statements = 1 + (sourceIdentity ? 1 : 0) + (sessionTags.length > 0 ? 1 : 0);
      const arn = `"arn:${partitionOf(config)}:iam::123456789012:role${rolePath}${roleName(e.Accounts.at(-1), e, t)}",`;
      return e.Accounts.length * arn.length * statements > ROOM_OF_A_GROUP;
    }),
  );
}

export function problemsOf(config) {
  const joined = config.Environments.flatMap((e) => config.AccessTypes.map((t) => e.Environment + t.Type));
  // A policy past the first gets a number: no other policy may have that name.
  const policies = joined.flatMap((name) => [name, ...Array.from({ length: 11 }, (_, i) => `${name}${i + 2}`)]);
  const groups = [...joined, "AwsBakeryAdmin", "AwsBakeryReadOnly"].map((n) => lower(config.TeamName + n));
  const longest = Math.max(...expectedRoles(config).map((r) => r.name.length));
  const problems = {
    "environment names collide": hasTwins(config.Environments.map((e) => letters(e.Environment))),
    "access type names collide": hasTwins(config.AccessTypes.map((t) => letters(t.Type))),
    "group names collide": hasTwins(groups),
    "policy names collide": hasTwins(policies.map(lower)) || hasTwins(policies.map(letters)),
    "a role name is too long": longest > 64,
    "a group has more accounts than its policies hold": !config.OrganizationId && overflows(config),
    "a role path is not the organization's own":
      Boolean(config.OrganizationId) && expectedRoles(config).some((r) => r.rolePath === "/"),
  };
  return Object.keys(problems).filter((p) => problems[p]);
}

// ---- what a run has covered ----

const FEATURES = {
  "the old keys only": (c) => !c.AccessTypes.some((t) => Object.keys(t).length > 2) && !c.Defaults && !c.Layout,
  MFA: (c) => everySetting(c).some((s) => s.requireMfa),
  "MFA with an age": (c) => everySetting(c).some((s) => s.requireMfa && s.mfaMaxAge),
  "MFA in Defaults": defaultsRequireMfa,
  "MFA somewhere only": mfaSomewhereOnly,
  "session names": (c) => everySetting(c).some((s) => s.requireSessionName),
  "source identity": (c) => everySetting(c).some((s) => s.sourceIdentity),
  "session tags": (c) => everySetting(c).some((s) => s.sessionTags.length > 0),
  machines: (c) => everySetting(c).some((s) => s.machinePrincipals.length > 0 && s.requireMfa),
  boundaries: (c) => everySetting(c).some((s) => s.permissionsBoundary),
  tags: (c) => everySetting(c).some((s) => Object.keys(s.tags).length > 0),
  "role paths": (c) => everySetting(c).some((s) => s.rolePath !== "/"),
  "subsets of access types": (c) =>
    c.Environments.some((e) => e.AccessTypes && e.AccessTypes.length < c.AccessTypes.length),
  "sharded policies": isSharded,
  "an organization": (c) => Boolean(c.OrganizationId),
  "a stack per environment": (c) => c.Layout === "PerEnvironment",
  "a deployer": (c) => Boolean(c.DeployerRole),
  "a revoker": (c) => Boolean(c.RevokerRole),
  "another partition": (c) => partitionOf(c) !== "aws",
};

function everySetting(config) {
  return config.Environments.flatMap((e) => accessTypesIn(config, e).map((t) => settingsFor(config, e, t)));
}

export function countFeatures(config, counts) {
  for (const [name, has] of Object.entries(FEATURES)) counts[name] = (counts[name] ?? 0) + (has(config) ? 1 : 0);
}

export function missingFeatures(counts) {
  return Object.keys(FEATURES).filter((name) => counts[name] === 0);
}
