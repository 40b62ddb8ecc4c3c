// What exists, compared with what config.yml names: roles, groups, what hangs
// on them, who is trusted, which ARNs are named, and AWS's limits.

import { adminGroup, expectedGroups, expectedRoles, readOnlyGroup } from "./expected.mjs";

const ASSUME_ACTIONS = ["sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"];
const LIMITS = { policy: 6144, groupInline: 5120, roleInline: 10240, trust: 2048, policiesPerGroup: 10 };

const list = (value) => (value === undefined ? [] : [value].flat());

export function checkStructure(world, findings) {
  checkRoles(world, findings);
  checkGroups(world, findings);
  checkTrustedPrincipals(world, findings);
  checkNamedRoles(world, findings);
  checkLimits(world, findings);
}

function checkRoles({ config, roles, bakery }, findings) {
  const expected = expectedRoles(config);
  findings.expectSame(
    "roles",
    expected.map((r) => r.arn),
    roles.map((r) => r.arn),
    "burger roles",
  );
  findings.expectSame(
    "roles",
    [],
    bakery.roles.map((r) => r.arn),
    "roles in the Bakery account",
  );
  const byArn = new Map(roles.map((r) => [r.arn, r]));
  for (const want of expected) if (byArn.has(want.arn)) checkRole(want, byArn.get(want.arn), findings);
}

function checkRole(want, role, findings) {
  findings.expectSame("role-policies", want.policyArns, role.policyArns, `policies of ${want.arn}`);
  findings.expect(
    "role-policies",
    role.inline.length === (want.inlinePolicy ? 1 : 0),
    `${want.arn} has ${role.inline.length} inline policies`,
  );
  if (want.inlinePolicy && role.inline.length === 1)
    findings.expect(
      "role-policies",
      JSON.stringify(role.inline[0].document) === JSON.stringify(want.inlinePolicy),
      `inline policy of ${want.arn} differs`,
    );
  findings.expect(
    "role-boundary",
    role.boundary === want.permissionsBoundary,
    `boundary of ${want.arn} is ${role.boundary}, not ${want.permissionsBoundary}`,
  );
  for (const [key, value] of Object.entries(want.tags))
    findings.expect(
      "role-tags",
      role.tags[key] === value,
      `tag ${key} of ${want.arn} is ${role.tags[key]}, not ${value}`,
    );
  findings.expect(
    "role-duration",
    role.maxSessionDuration === want.maxSessionDuration,
    `${want.arn} has ${role.maxSessionDuration} s, not ${want.maxSessionDuration}`,
  );
}

function checkGroups({ config, bakery }, findings) {
  const expected = [...expectedGroups(config), adminGroup(config), readOnlyGroup(config)];
  findings.expectSame(
    "groups",
    expected,
    bakery.groups.map((g) => g.name),
    "groups",
  );
  const attached = bakery.groups.flatMap((g) => g.policies.map((p) => p.arn));
  for (const policy of bakery.policies) {
    findings.expect("policies", attached.includes(policy.arn), `policy ${policy.name} hangs on no group`);
    findings.expect("policies", policy.roles.length === 0, `policy ${policy.name} hangs on a role`);
  }
}

// Nobody but the Bakery account and the machines that config.yml lists may stand in a trust.
function checkTrustedPrincipals({ config, partition, roles }, findings) {
  const wanted = new Map(expectedRoles(config).map((r) => [r.arn, r]));
  const root = `arn:${partition}:iam::${config.BakeryAccount}:root`;
  for (const role of roles) {
    const allowed = [root, ...(wanted.get(role.arn)?.machinePrincipals ?? [])];
    for (const statement of list(role.trust.Statement)) {
      const principals = Object.entries(statement.Principal ?? {}).flatMap(([kind, names]) =>
        list(names).map((n) => `${kind} ${n}`),
      );
      const strange = principals.filter((p) => !allowed.some((a) => p === `AWS ${a}`));
      findings.expect(
        "trust",
        statement.Effect !== "Allow" || (principals.length > 0 && strange.length === 0),
        `${role.arn} trusts ${strange.join(", ") || "nobody in particular"}`,
      );
      findings.expect(
        "trust",
        list(statement.Action).every((a) => ASSUME_ACTIONS.includes(a)),
        `trust of ${role.arn} has ${list(statement.Action)}`,
      );
      findings.expect(
        "trust",
        role.trust.Version === "2012-10-17",
        `trust of ${role.arn} has no Version 2012-10-17, so policy variables are plain text in it`,
      );
    }
  }
}

// The ARNs in the policies of an environment group are the roles it may enter, each named once, and nothing else.
function checkNamedRoles({ config, bakery }, findings) {
  const byGroup = groupByName(expectedRoles(config));
  for (const group of bakery.groups.filter((g) => byGroup.has(g.name))) {
    const statements = [...group.policies, ...group.inline].flatMap((p) => list(p.document.Statement));
    findings.expect("group-statements", group.awsPolicies.length === 0, `${group.name} has ${group.awsPolicies}`);
    for (const statement of statements) checkStatement(config, group, statement, findings);
    const named = statements
      .filter((s) => s.Effect === "Allow" && list(s.Action).includes("sts:AssumeRole"))
      .flatMap((s) => list(s.Resource));
    if (!config.OrganizationId)
      findings.expectSame(
        "named-roles",
        byGroup.get(group.name).map((r) => r.arn),
        named,
        `ARNs in the policies of ${group.name}`,
      );
  }
}

function groupByName(roles) {
  const groups = new Map();
  for (const role of roles) groups.set(role.group, [...(groups.get(role.group) ?? []), role]);
  return groups;
}

function checkStatement(config, group, statement, findings) {
  const plain =
    statement.Action !== undefined &&
    statement.Resource !== undefined &&
    !("NotAction" in statement) &&
    !("NotResource" in statement);
  findings.expect("group-statements", plain, `${group.name} has a statement without Action or Resource`);
  findings.expect(
    "group-statements",
    list(statement.Action).every((a) => ASSUME_ACTIONS.includes(a)),
    `${group.name} allows ${list(statement.Action)}`,
  );
  const wild = list(statement.Resource).filter((r) => !/^arn:[a-z-]+:iam::[0-9]{12}:role\/[^*?]+$/.test(r));
  findings.expect("wildcard", wild.length === 0 || Boolean(config.OrganizationId), `${group.name} names ${wild[0]}`);
  const tied = JSON.stringify(statement.Condition?.StringEquals?.["aws:ResourceOrgID"] ?? "").includes(
    config.OrganizationId,
  );
  findings.expect("wildcard", wild.length === 0 || tied, `${group.name} names ${wild[0]} without aws:ResourceOrgID`);
}

const size = (document) => JSON.stringify(document).replace(/\s/g, "").length;

function checkLimits({ bakery, roles }, findings) {
  const within = (what, actual, limit) =>
    findings.expect("limits", actual <= limit, `${what}: ${actual}, AWS allows ${limit}`);
  const sum = (policies) => policies.reduce((total, p) => total + size(p.document), 0);
  for (const policy of bakery.policies)
    within(`characters of policy ${policy.name}`, size(policy.document), LIMITS.policy);
  for (const group of bakery.groups) {
    within(
      `managed policies of ${group.name}`,
      group.policies.length + group.awsPolicies.length,
      LIMITS.policiesPerGroup,
    );
    within(`inline policies of ${group.name}`, sum(group.inline), LIMITS.groupInline);
  }
  for (const role of roles) {
    within(`trust of ${role.arn}`, size(role.trust), LIMITS.trust);
    within(`inline policies of ${role.arn}`, sum(role.inline), LIMITS.roleInline);
  }
}
