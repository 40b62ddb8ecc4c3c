// Who may enter which burger role: every question is put to the policy
// evaluator and its answer compared with config.yml.

import { adminGroup, expectedRoles, isGranted, readOnlyGroup } from "./expected.mjs";
import { MFA, machine, mayAssume, mfaAge, person, stranger } from "./evaluate.mjs";

const MAX_PAIRS = 2000;
const SAMPLED_ROLES = 30;
const OUTSIDE = { account: "999999999999", organization: "o-somebodyelse" };

export function checkAccess(world, findings, random) {
  const roles = pairRoles(world);
  checkPairs(world, roles, findings, random);
  for (const [role, want] of oneOrTwoPerGroup(roles, random)) {
    checkMfa(world, role, want, findings);
    checkSessionName(world, role, want, findings);
    checkSourceIdentity(world, role, want, findings);
    checkSessionTags(world, role, want, findings);
    checkMachines(world, role, want, findings);
    checkOutsiders(world, role, want, findings);
  }
}

// Roles that exist and that config.yml names; whether the two sets are equal is checked in structure.mjs.
function pairRoles({ config, roles }) {
  const wanted = new Map(expectedRoles(config).map((r) => [r.arn, r]));
  return roles.filter((r) => wanted.has(r.arn)).map((r) => [r, wanted.get(r.arn)]);
}

function groupNamed({ bakery }, name) {
  const group = bakery.groups.find((g) => g.name === name);
  if (!group) throw new Error(`there is no group ${name} to ask about`);
  return group;
}

function member(world, groupNames, { name = "alice", mfa = MFA.fresh } = {}) {
  const groups = [groupNames].flat().map((g) => groupNamed(world, g));
  return person({ partition: world.partition, account: world.config.BakeryAccount, name, groups, mfa });
}

const own = (world, extra = {}) => ({ sessionName: "alice", organization: world.config.OrganizationId, ...extra });

// ---- every group x every role ----

function checkPairs(world, roles, findings, random) {
  const some = world.bakery.groups.length * roles.length <= MAX_PAIRS ? roles : sampleRoles(world, roles, random);
  for (const group of world.bakery.groups) {
    const alice = member(world, group.name);
    for (const [role, want] of some)
      findings.expectVerdict(
        "pairs",
        isGranted(world.config, group.name, want),
        mayAssume(alice, role, own(world)),
        `${group.name} -> ${role.arn}`,
      );
  }
}

// The roles where a mistake hides best: the ends of each environment group and of each policy, and some at random.
function sampleRoles(world, roles, random) {
  const edges = new Set(
    world.bakery.policies.flatMap((p) => [p.document.Statement].flat().flatMap((s) => ends([s.Resource].flat()))),
  );
  const chosen = new Set([...byGroup(roles).flatMap(ends), ...random.sample(roles, SAMPLED_ROLES)]);
  return roles.filter((pair) => chosen.has(pair) || edges.has(pair[0].arn));
}

const ends = (list) => [list[0], list.at(-1)];

function byGroup(roles) {
  const groups = new Map();
  for (const pair of roles) {
    const name = pair[1].group;
    groups.set(name, [...(groups.get(name) ?? []), pair]);
  }
  return [...groups.values()];
}

// The conditions of a role hang on its environment and access type only, so two accounts speak for all.
function oneOrTwoPerGroup(roles, random) {
  return byGroup(roles).flatMap((pairs) => [...new Set([pairs[0], random.pick(pairs)])]);
}

// Both the environment group and the admin group lead to the role; the conditions must hold for either.
function enteringGroups(world, want) {
  return [want.group, adminGroup(world.config)];
}

// ---- what a role asks for ----

function checkMfa(world, role, want, findings) {
  // People are in the self-service group as well, so that the Deny that it may carry is part of the question.
  for (const groups of [[want.group], [want.group, readOnlyGroup(world.config)]])
    checkMfaOf(world, groups, role, want, findings);
  if (want.requireMfa)
    for (const mfa of [MFA.plainKeys, MFA.consoleWithout])
      findings.expectVerdict(
        "mfa",
        false,
        mayAssume(member(world, adminGroup(world.config), { mfa }), role, own(world)),
        `admin -> ${role.arn} without MFA`,
      );
}

function checkMfaOf(world, groups, role, want, findings) {
  const verdict = (expected, mfa, how) =>
    findings.expectVerdict(
      "mfa",
      expected,
      mayAssume(member(world, groups, { mfa }), role, own(world)),
      `${groups.join(" and ")} -> ${role.arn} ${how}`,
    );
  verdict(!want.requireMfa, MFA.plainKeys, "with plain access keys");
  verdict(!want.requireMfa, MFA.consoleWithout, "with MFA false");
  verdict(true, MFA.fresh, "with fresh MFA");
  if (!want.requireMfa) {
    verdict(true, mfaAge(129600), "with old MFA");
  } else if (want.mfaMaxAge !== undefined) {
    verdict(true, mfaAge(want.mfaMaxAge - 1), `with MFA of ${want.mfaMaxAge - 1} s`);
    verdict(false, mfaAge(want.mfaMaxAge), `with MFA of ${want.mfaMaxAge} s`);
    verdict(false, mfaAge(want.mfaMaxAge + 1), `with MFA of ${want.mfaMaxAge + 1} s`);
  }
}

function checkSessionName(world, role, want, findings) {
  for (const name of ["bob", "alice2", "Alice", "*"])
    for (const group of enteringGroups(world, want))
      findings.expectVerdict(
        "session-name",
        !want.requireSessionName,
        mayAssume(member(world, group), role, own(world, { sessionName: name })),
        `${group} -> ${role.arn} as session "${name}"`,
      );
  // A user name with every kind of character that IAM allows.
  const name = "a.b+c=d,e@f-g_h";
  findings.expectVerdict(
    "session-name",
    true,
    mayAssume(member(world, want.group, { name }), role, own(world, { sessionName: name })),
    `${want.group} -> ${role.arn} as ${name}`,
  );
}

function checkSourceIdentity(world, role, want, findings) {
  for (const group of enteringGroups(world, want))
    for (const [identity, expected] of [
      ["alice", want.sourceIdentity],
      ["bob", false],
      ["alic*", false],
    ])
      findings.expectVerdict(
        "source-identity",
        expected,
        mayAssume(member(world, group), role, own(world, { sourceIdentity: identity })),
        `${group} -> ${role.arn} as source identity ${identity}`,
      );
}

function checkSessionTags(world, role, want, findings) {
  const listed = want.sessionTags;
  const questions = [
    ["listed", listed, listed.length > 0],
    ["one of them", listed.slice(0, 1), listed.length > 0],
    ["listed and another", [...listed, "Project"], false],
    ["another", ["Project"], false],
  ].filter(([, tags]) => tags.length > 0);
  for (const group of enteringGroups(world, want))
    for (const [how, tags, expected] of questions)
      findings.expectVerdict(
        "session-tags",
        expected,
        mayAssume(member(world, group), role, own(world, { tags })),
        `${group} -> ${role.arn} with session tags ${tags} (${how})`,
      );
}

function checkMachines(world, role, want, findings) {
  const { config, partition } = world;
  const enter = (roleArn) =>
    mayAssume(machine({ roleArn, account: config.BakeryAccount }), role, {
      sessionName: "build-42",
      organization: config.OrganizationId,
    });
  for (const listed of want.machinePrincipals)
    findings.expectVerdict("machines", true, enter(listed), `machine ${listed} -> ${role.arn}`);
  // Where neither MFA nor a session name is asked, the trust leaves the choice to the Bakery account's own policies.
  if (want.requireMfa || want.requireSessionName)
    for (const name of ["unlisted", "ci2"])
      findings.expectVerdict(
        "machines",
        false,
        enter(`arn:${partition}:iam::${config.BakeryAccount}:role/${name}`),
        `machine ${name} -> ${role.arn}`,
      );
}

// Another account never gets in, and a role of the same name in another account is never named.
function checkOutsiders(world, role, want, findings) {
  const { partition } = world;
  const mallory = stranger({ partition, account: OUTSIDE.account, name: "alice" });
  findings.expectVerdict(
    "outsiders",
    false,
    mayAssume(mallory, role, own(world)),
    `a user of another account -> ${role.arn}`,
  );
  const trap = { arn: role.arn.replace(role.account, OUTSIDE.account), account: OUTSIDE.account, trust: role.trust };
  const verdict = mayAssume(member(world, want.group), trap, {
    sessionName: "alice",
    organization: OUTSIDE.organization,
  });
  findings.expectVerdict("outsiders", false, verdict, `${want.group} -> ${trap.arn}, a role of another organization`);
}
