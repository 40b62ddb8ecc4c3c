// What a person may do with the own IAM user, and what MFA changes about it.
//
// The self-service policy hangs on the group <Team>AwsBakeryReadOnly. With
// RequireMfa in Defaults it also denies, there and on the admin group, all but
// the enrolment of a first device to those without MFA.

import { adminGroup, defaultsRequireMfa, readOnlyGroup } from "./expected.mjs";
import { MFA, isForbidden, mayDo, person } from "./evaluate.mjs";

const KEYS = ["iam:CreateAccessKey", "iam:DeleteAccessKey", "iam:UpdateAccessKey", "iam:ListAccessKeys"];
const NOT_WITHOUT_MFA = [...KEYS.slice(0, 3), "iam:DeactivateMFADevice"];
const PATHS = ["/", "/team/"];

export function checkSelfService(world, findings) {
  for (const path of PATHS) {
    const subject = subjectOf(world, path);
    checkOwn(subject, findings);
    checkOthers(subject, findings);
    if (defaultsRequireMfa(world.config))
      for (const group of [readOnlyGroup(world.config), adminGroup(world.config)])
        checkWithoutMfa(subject, group, findings);
    else checkNoNewDeny(subject, findings);
  }
}

function subjectOf({ config, partition, bakery }, path) {
  const iam = `arn:${partition}:iam::${config.BakeryAccount}`;
  return {
    self: `${iam}:user${path}alice`,
    other: `${iam}:user${path}bob`,
    device: `${iam}:mfa/alice`,
    group: readOnlyGroup(config),
    as: (name, mfa) =>
      person({
        partition,
        account: config.BakeryAccount,
        name: "alice",
        path,
        groups: bakery.groups.filter((g) => g.name === name),
        mfa,
      }),
  };
}

function verdict(findings, subject, group, mfa, [expected, action, resource]) {
  const how = Object.keys(MFA).find((name) => MFA[name] === mfa);
  findings.expectVerdict(
    "self-service",
    expected,
    mayDo(subject.as(group, mfa), action, resource),
    `${group}, ${how}: ${action} on ${resource}`,
  );
}

function checkOwn(subject, findings) {
  const allowed = [
    ["iam:ChangePassword", subject.self],
    ...KEYS.map((action) => [action, subject.self]),
    ["iam:CreateVirtualMFADevice", subject.device],
    ["iam:EnableMFADevice", subject.self],
    ["iam:ResyncMFADevice", subject.self],
    ["iam:DeactivateMFADevice", subject.self],
    ["iam:ListVirtualMFADevices", "*"],
    ["iam:GetAccountPasswordPolicy", "*"],
  ];
  for (const question of allowed) verdict(findings, subject, subject.group, MFA.fresh, [true, ...question]);
}

// Nor anything that would raise the own rights.
function checkOthers(subject, findings) {
  const denied = [
    ...[
      "iam:ChangePassword",
      "iam:UpdateLoginProfile",
      ...KEYS.slice(0, 3),
      "iam:EnableMFADevice",
      "iam:DeactivateMFADevice",
    ].map((action) => [action, subject.other]),
    ...["iam:AttachUserPolicy", "iam:PutUserPolicy", "iam:DeleteUser"].map((action) => [action, subject.self]),
  ];
  for (const mfa of Object.values(MFA))
    for (const question of denied) verdict(findings, subject, subject.group, mfa, [false, ...question]);
}

function checkWithoutMfa(subject, group, findings) {
  const enrol = [
    ["iam:CreateVirtualMFADevice", subject.device],
    ["iam:EnableMFADevice", subject.self],
  ];
  for (const question of enrol) {
    verdict(findings, subject, group, MFA.consoleWithout, [true, ...question]);
    verdict(findings, subject, group, MFA.plainKeys, [false, ...question]);
  }
  // GetSessionToken is how plain access keys and a code become an MFA session: it must stay open.
  findings.expectVerdict(
    "self-service",
    true,
    !isForbidden(subject.as(group, MFA.plainKeys), "sts:GetSessionToken", "*"),
    `${group}, plainKeys: sts:GetSessionToken`,
  );
  const denied = [
    ...NOT_WITHOUT_MFA.map((action) => [action, subject.self]),
    ["iam:ListUsers", "*"],
    ["iam:CreateUser", subject.other],
    ["iam:DeactivateMFADevice", subject.other],
  ];
  for (const mfa of [MFA.plainKeys, MFA.consoleWithout])
    for (const question of denied) verdict(findings, subject, group, mfa, [false, ...question]);
}

// A file that does not ask for MFA everywhere must not lock out members who have no device.
function checkNoNewDeny(subject, findings) {
  for (const action of ["iam:ChangePassword", "iam:CreateAccessKey"])
    for (const mfa of [MFA.plainKeys, MFA.consoleWithout])
      verdict(findings, subject, subject.group, mfa, [true, action, subject.self]);
}
