// The test of the test: right templates must pass, and each of the wrong ones
// below must be caught by the rule that is meant to catch it.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { config, rightTemplates } from "./selftest-templates.mjs";
import { judge, judgeAppended } from "./judge.mjs";

// Shortcuts into the templates, for the spoilers below.
const properties = (templates, file, id) => templates[`${file}.json`].Resources[id].Properties;
const trust = (t, id) => properties(t, "burger_account", id).AssumeRolePolicyDocument.Statement;
const granted = (t, id) => properties(t, "bakery_env", id).PolicyDocument.Statement;
const selfService = (t, id) => properties(t, "bakery_account", id).PolicyDocument.Statement;

// What is spoilt, the rule that must see it, and how to spoil it.
const WRONG = [
  [
    "trust forgets MFA",
    "mfa",
    (t) => (trust(t, "RoleAdmin")[0].Condition = { StringEquals: { "sts:RoleSessionName": "${aws:username}" } }),
  ],
  [
    "trust says IfExists",
    "mfa",
    (t) => {
      for (const key of ["Bool", "NumericLessThan"])
        renameKey(trust(t, "RoleAdmin")[0].Condition, key, `${key}IfExists`);
    },
  ],
  ["trust forgets the age of MFA", "mfa", (t) => delete trust(t, "RoleReadOnly")[0].Condition.NumericLessThan],
  [
    "trust allows a second more",
    "mfa",
    (t) => (trust(t, "RoleReadOnly")[0].Condition.NumericLessThan["aws:MultiFactorAuthAge"] = "3601"),
  ],
  [
    "trust allows a second less",
    "mfa",
    (t) => (trust(t, "RoleReadOnly")[0].Condition.NumericLessThan["aws:MultiFactorAuthAge"] = "3599"),
  ],
  ["trust forgets the session name", "session-name", (t) => delete trust(t, "RoleAdmin")[0].Condition.StringEquals],
  [
    "trust compares names with StringLike and a wildcard",
    "session-name",
    (t) =>
      (trust(t, "RoleAdmin")[0].Condition = {
        ...trust(t, "RoleAdmin")[0].Condition,
        StringEquals: undefined,
        StringLike: { "sts:RoleSessionName": "${aws:username}*" },
      }),
  ],
  [
    "trust of the wrong account",
    "trust",
    (t) => (trust(t, "RoleAdmin")[0].Principal = { AWS: "arn:aws:iam::555555555555:root" }),
  ],
  ["trust of everybody", "trust", (t) => (trust(t, "RoleAdmin")[0].Principal = { AWS: "*" })],
  ["trust of everybody is open to outsiders", "outsiders", (t) => (trust(t, "RoleAdmin")[0].Principal = { AWS: "*" })],
  [
    "trust of a service",
    "trust",
    (t) =>
      trust(t, "RoleAdmin").push({
        Effect: "Allow",
        Principal: { Service: "ec2.amazonaws.com" },
        Action: "sts:AssumeRole",
      }),
  ],
  [
    "trust without a version",
    "trust",
    (t) => delete properties(t, "burger_account", "RoleAdmin").AssumeRolePolicyDocument.Version,
  ],
  ["trust too long", "limits", (t) => (trust(t, "RoleAdmin")[0].Sid = "a".repeat(2048))],
  [
    "a machine too many",
    "machines",
    (t) =>
      trust(t, "RoleAdmin").push({
        Effect: "Allow",
        Principal: { AWS: "arn:aws:iam::111111111111:role/unlisted" },
        Action: "sts:AssumeRole",
      }),
  ],
  ["a machine too few", "machines", (t) => trust(t, "RoleAdmin").pop()],
  [
    "any source identity",
    "source-identity",
    (t) => {
      delete trust(t, "RoleReadOnly")[1].Condition;
      delete granted(t, "PolicyProdReadOnly")[1].Condition;
    },
  ],
  ["any source identity for admins", "source-identity", (t) => delete trust(t, "RoleReadOnly")[1].Condition],
  [
    "source identity without being asked",
    "source-identity",
    (t) => (trust(t, "RoleAdmin")[0].Action = ["sts:AssumeRole", "sts:SetSourceIdentity"]),
  ],
  ["no source identity in the group policy", "source-identity", (t) => granted(t, "PolicyProdReadOnly").splice(1, 1)],
  ["any session tag", "session-tags", (t) => delete trust(t, "RoleReadOnly")[2].Condition],
  [
    "ForAnyValue for session tags",
    "session-tags",
    (t) => renameKey(trust(t, "RoleReadOnly")[2].Condition, "ForAllValues:StringEquals", "ForAnyValue:StringEquals"),
  ],
  [
    "session tags without being asked",
    "session-tags",
    (t) => (trust(t, "RoleAdmin")[0].Action = ["sts:AssumeRole", "sts:TagSession"]),
  ],
  [
    "an ARN too many",
    "named-roles",
    (t) => granted(t, "PolicyNonProdAdmin")[0].Resource.push("arn:aws:iam::444444444444:role/Prod-Prod-Admin"),
  ],
  [
    "another environment's role",
    "pairs",
    (t) =>
      granted(t, "PolicyNonProdReadOnly")[0].Resource.push("arn:aws:iam::444444444444:role/team/Prod-Prod-ReadOnly"),
  ],
  ["an ARN too few", "pairs", (t) => granted(t, "PolicyNonProdAdmin")[0].Resource.pop()],
  [
    "an ARN twice",
    "named-roles",
    (t) => granted(t, "PolicyNonProdAdmin")[0].Resource.push("arn:aws:iam::222222222222:role/Dev-NonProd-Admin"),
  ],
  [
    "a leading zero lost",
    "pairs",
    (t) => (granted(t, "PolicyNonProdAdmin")[0].Resource[1] = "arn:aws:iam::33333333333:role/Stg-NonProd-Admin"),
  ],
  [
    "a wildcard account",
    "wildcard",
    (t) => (granted(t, "PolicyNonProdAdmin")[0].Resource = "arn:aws:iam::*:role/*-NonProd-Admin"),
  ],
  [
    "a wildcard account reaches another organization",
    "outsiders",
    (t) => (granted(t, "PolicyNonProdAdmin")[0].Resource = "arn:aws:iam::*:role/*-NonProd-Admin"),
  ],
  ["a wildcard resource", "wildcard", (t) => (granted(t, "PolicyNonProdAdmin")[0].Resource = "*")],
  [
    "an action too many",
    "group-statements",
    (t) => (granted(t, "PolicyNonProdAdmin")[0].Action = ["sts:AssumeRole", "iam:PassRole"]),
  ],
  [
    "a policy past the limit",
    "limits",
    (t) =>
      granted(t, "PolicyNonProdAdmin").push({
        Effect: "Deny",
        Action: "sts:AssumeRole",
        Resource: `arn:aws:iam::222222222222:role/${"x".repeat(6100)}`,
      }),
  ],
  ["a policy on no group", "policies", (t) => (properties(t, "bakery_env", "PolicyNonProdAdmin").Groups = [])],
  [
    "a policy on the wrong group",
    "pairs",
    (t) => (properties(t, "bakery_env", "PolicyNonProdAdmin").Groups = [{ Ref: "GroupProdReadOnly" }]),
  ],
  [
    "a group missing",
    "groups",
    (t) => {
      delete t["bakery_env.json"].Resources.GroupProdReadOnly;
      delete t["bakery_env.json"].Resources.PolicyProdReadOnly;
    },
  ],
  [
    "a group too many",
    "groups",
    (t) => (t["bakery_env.json"].Resources.Extra = { Type: "AWS::IAM::Group", Properties: { GroupName: "Extra" } }),
  ],
  ["a role missing", "roles", (t) => delete t["burger_account.json"].Resources.RoleAdmin],
  [
    "a role where the environment has none",
    "roles",
    (t) => delete t["burger_account.json"].Resources.RoleAdmin.Condition,
  ],
  ["a role path lost", "roles", (t) => delete properties(t, "burger_account", "RoleReadOnly").Path],
  [
    "a role with another policy",
    "role-policies",
    (t) =>
      properties(t, "burger_account", "RoleReadOnly").ManagedPolicyArns.push(
        "arn:aws:iam::aws:policy/AdministratorAccess",
      ),
  ],
  [
    "a session too long",
    "role-duration",
    (t) => (properties(t, "burger_account", "RoleReadOnly").MaxSessionDuration = 43200),
  ],
  [
    "a boundary nobody asked for",
    "role-boundary",
    (t) =>
      (properties(t, "burger_account", "RoleReadOnly").PermissionsBoundary = "arn:aws:iam::aws:policy/ReadOnlyAccess"),
  ],
  ["own keys of everybody", "self-service", (t) => (selfService(t, "BakeryUsersPolicy")[0].Resource = "*")],
  ["paths not honoured", "self-service", (t) => selfService(t, "BakeryUsersPolicy")[0].Resource.pop()],
  ["no Deny without MFA", "self-service", (t) => selfService(t, "MfaPolicy").shift()],
  [
    "a Deny that plain keys escape",
    "self-service",
    (t) => renameKey(selfService(t, "MfaPolicy")[0].Condition, "BoolIfExists", "Bool"),
  ],
  ["a Deny that spares admins", "self-service", (t) => properties(t, "bakery_account", "MfaPolicy").Groups.pop()],
  ["enrolment with plain keys", "self-service", (t) => selfService(t, "MfaPolicy").pop()],
  [
    "a device removed without MFA",
    "self-service",
    (t) => selfService(t, "MfaPolicy")[0].NotAction.push("iam:DeactivateMFADevice"),
  ],
  ["no way from plain keys to an MFA session", "self-service", (t) => selfService(t, "MfaPolicy")[0].NotAction.pop()],
  ["a Deny that MFA does not lift", "mfa", (t) => delete selfService(t, "MfaPolicy")[0].Condition],
  ["a tag lost", "role-tags", (t) => delete properties(t, "burger_account", "RoleReadOnly").Tags],
  [
    "a function the resolver does not know",
    "error",
    (t) => (properties(t, "burger_account", "RoleAdmin").RoleName = { "Fn::Base64": "x" }),
  ],
  [
    "a resource the resolver does not know",
    "error",
    (t) => (t["bakery_env.json"].Resources.User = { Type: "AWS::IAM::User" }),
  ],
  [
    "an environment that cannot be deployed",
    "error",
    (t) => t["burger_account.json"].Parameters.Environment.AllowedValues.pop(),
  ],
  ["a nested template that is not there", "error", (t) => delete t["bakery_env.json"]],
];

function renameKey(object, from, to) {
  object[to] = object[from];
  delete object[from];
}

function write(templates) {
  const folder = mkdtempSync(join(tmpdir(), "bakery-policy-self-"));
  for (const [file, template] of Object.entries(templates)) writeFileSync(join(folder, file), JSON.stringify(template));
  return folder;
}

function findingsOf(templates) {
  const folder = write(templates);
  const findings = judge(config, folder, 1);
  rmSync(folder, { recursive: true });
  return findings;
}

function spoilt(spoil) {
  const templates = rightTemplates();
  spoil(templates);
  return templates;
}

// Appending to NonProd, the largest environment, must change one policy for each of its access types, and no other.
function appended(changeMore) {
  const after = spoilt((t) => {
    granted(t, "PolicyNonProdAdmin")[0].Resource.push("arn:aws:iam::000000000001:role/0new-NonProd-Admin");
    granted(t, "PolicyNonProdReadOnly")[0].Resource.push("arn:aws:iam::000000000001:role/team/0new-NonProd-ReadOnly");
    if (changeMore) granted(t, "PolicyProdReadOnly").reverse();
  });
  const folders = [write(rightTemplates()), write(after)];
  const findings = judgeAppended(config, folders[0], () => folders[1]);
  folders.forEach((folder) => rmSync(folder, { recursive: true }));
  return findings;
}

export function selfTest() {
  const right = [
    ["right templates", findingsOf(rightTemplates())],
    ["an appended account", appended(false)],
  ].map(([name, findings]) => [name, findings.length === 0, `found ${JSON.stringify(findings[0])}`]);
  const wrong = WRONG.map(([name, rule, spoil]) => [name, rule, findingsOf(spoilt(spoil))]);
  wrong.push(["an appended account that moves others", "append", appended(true)]);
  const results = [
    ...right,
    ...wrong.map(([name, rule, findings]) => [name, findings.some((f) => f.rule === rule), `not caught by "${rule}"`]),
  ];
  for (const [name, , complaint] of results.filter(([, holds]) => !holds)) console.log(`${name}: ${complaint}`);
  const passed = results.filter(([, holds]) => holds).length;
  return { passed, failed: results.length - passed };
}
