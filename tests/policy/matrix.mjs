// Who can reach what: the matrix that `bakery-cli access` prints, held against the policy evaluator's view of the
// generated templates, both ways.

import { deployAll } from "./deployment.mjs";
import { MFA, mayAssume, person } from "./evaluate.mjs";
import { accessTypesIn, adminGroup, groupName, readOnlyGroup } from "./expected.mjs";
import { Findings } from "./findings.mjs";

const PEOPLE = ["alice", "bob", "carol", "dave"];
const GROUPS_AT_MOST = 10; // what IAM allows
const MAX_PAIRS = 1200;

// The configuration with people in it: some of every kind, and one who is in nothing but the read-only group.
export function withPeople(config, random) {
  const groups = config.Environments.flatMap((e) => accessTypesIn(config, e).map((t) => groupName(config, e, t)));
  const users = PEOPLE.map((Name) => ({ Name, Groups: random.sample(groups, random.between(1, GROUPS_AT_MOST - 1)) }));
  if (random.chance(0.5)) random.pick(users).Groups.push(adminGroup(config));
  users.push({ Name: "zoe", Groups: [readOnlyGroup(config)] });
  return { ...config, Users: users };
}

// The cells of a line of CSV (RFC 4180); names may have commas.
const cellsOf = (line) =>
  [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain]) =>
    quoted === undefined ? plain : quoted.replaceAll('""', '"'),
  );

// "user,account_id,...,role_arn,reach,..." by person.
function reachOf(csv) {
  const [head, ...lines] = csv.trim().split("\r\n");
  const column = (name) => head.split(",").indexOf(name);
  const reach = new Map();
  for (const cells of lines.map(cellsOf)) {
    const user = cells[column("user")];
    if (!reach.has(user)) reach.set(user, new Map());
    reach.get(user).set(cells[column("role_arn")], cells[column("reach")]);
  }
  return reach;
}

export function judgeMatrix(config, folder, csv, random) {
  const findings = new Findings();
  const world = deployAll(config, folder);
  const reach = reachOf(csv);
  const arns = new Set(world.roles.map((role) => role.arn));
  for (const user of config.Users) {
    const told = reach.get(user.Name) ?? new Map();
    for (const arn of told.keys()) findings.expect("matrix", arns.has(arn), `${user.Name} -> ${arn} is no role`);
    const groups = world.bakery.groups.filter((group) => user.Groups.includes(group.name));
    const who = person({
      partition: world.partition,
      account: config.BakeryAccount,
      name: user.Name,
      groups,
      mfa: MFA.fresh,
    });
    const few = world.roles.length * config.Users.length <= MAX_PAIRS;
    for (const role of few ? world.roles : random.sample(world.roles, MAX_PAIRS / config.Users.length)) {
      const verdict = mayAssume(who, role, { sessionName: user.Name, organization: config.OrganizationId });
      findings.expect(
        "matrix",
        told.has(role.arn) === verdict,
        `${user.Name} -> ${role.arn}: access says ${told.get(role.arn) ?? "none"}, the templates ${verdict ? "allow" : "deny"}`,
      );
    }
  }
  return findings.list;
}
