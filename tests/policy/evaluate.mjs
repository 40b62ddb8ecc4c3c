// Asks the policy evaluator. The rest of the test knows nothing of it.
//
// Each policy is validated once, when it is first seen. runUnsafeSimulation then
// validates no more, and drops no context keys: STS judges all actions of one
// AssumeRole call with the context of the whole request.

import { runUnsafeSimulation } from "@cloud-copilot/iam-simulate";
import { createValidatedPolicy, validateIdentityPolicy, validateTrustPolicy } from "@cloud-copilot/iam-policy";

// The AWS managed policies that Bakery attaches to groups, as far as the questions below need them.
const AWS_POLICIES = {
  AdministratorAccess: [{ Effect: "Allow", Action: "*", Resource: "*" }],
  IAMReadOnlyAccess: [
    {
      Effect: "Allow",
      Action: [
        "iam:GenerateCredentialReport",
        "iam:GenerateServiceLastAccessedDetails",
        "iam:Get*",
        "iam:List*",
        "iam:SimulateCustomPolicy",
        "iam:SimulatePrincipalPolicy",
      ],
      Resource: "*",
    },
  ],
};

// How a person signed in. Plain access keys carry no MFA key at all; a console session says false.
export const MFA = {
  fresh: mfaAge(60),
  consoleWithout: { "aws:MultiFactorAuthPresent": "false" },
  plainKeys: {},
};

export function mfaAge(seconds) {
  return { "aws:MultiFactorAuthPresent": "true", "aws:MultiFactorAuthAge": String(seconds) };
}

let questions = 0;
export const questionsAsked = () => questions;

const validated = new WeakMap();

// The name is needed by the simulator; without it a resource policy makes it throw.
function validate(document, validator, name) {
  if (!validated.has(document)) {
    const policy = createValidatedPolicy(document, validator, { name });
    if (policy.errors.length > 0) throw new Error(`${name} is no valid policy: ${JSON.stringify(policy.errors[0])}`);
    validated.set(document, policy);
  }
  return validated.get(document);
}

const identity = (name, document) => ({ name, policy: validate(document, validateIdentityPolicy, name) });

const awsDocuments = Object.fromEntries(
  Object.entries(AWS_POLICIES).map(([name, Statement]) => [name, { Version: "2012-10-17", Statement }]),
);

function awsPolicy(arn) {
  const name = arn.split("/").at(-1);
  if (!awsDocuments[name]) throw new Error(`a group has ${arn}, which this test does not know`);
  return identity(arn, awsDocuments[name]);
}

const groupPolicies = new WeakMap();

// Everything that membership in the group gives.
export function policiesOf(group) {
  if (!groupPolicies.has(group))
    groupPolicies.set(group, [
      ...group.policies.map((p) => identity(p.name, p.document)),
      ...group.inline.map((p) => identity(p.name, p.document)),
      ...group.awsPolicies.map(awsPolicy),
    ]);
  return groupPolicies.get(group);
}

// A person: an IAM user of the given account, with the policies of the groups.
export function person({ partition, account, name, path = "/", groups, mfa }) {
  const arn = `arn:${partition}:iam::${account}:user${path}${name}`;
  return {
    arn,
    account,
    policies: groups.flatMap(policiesOf),
    context: {
      "aws:username": name,
      "aws:PrincipalType": "User",
      "aws:PrincipalArn": arn,
      "aws:PrincipalAccount": account,
      ...mfa,
    },
  };
}

// A machine: a session of an IAM role that has a permission of its own to assume anything.
export function machine({ roleArn, account }) {
  const [, partition] = roleArn.split(":");
  return {
    arn: `arn:${partition}:sts::${account}:assumed-role/${roleArn.split("/").at(-1)}/session`,
    account,
    policies: [identity("OwnPermission", ANYTHING)],
    context: {
      "aws:PrincipalType": "AssumedRole",
      "aws:PrincipalArn": roleArn,
      "aws:PrincipalAccount": account,
      "aws:MultiFactorAuthPresent": "false",
    },
  };
}

// A session of a role with these policies of its own: { name, document } each.
export function roleSession({ roleArn, account, policies }) {
  return { ...machine({ roleArn, account }), policies: policies.map((p) => identity(p.name, p.document)) };
}

const ANYTHING = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] };

// Whoever has a session of that context, may do everything, and has one more policy.
export function sessionOf(context, document) {
  return {
    arn: "arn:aws:sts::222222222222:assumed-role/Role/session",
    account: "222222222222",
    policies: [identity("OwnPermission", ANYTHING), identity("OneMore", document)],
    context,
  };
}

// Someone with every permission that an account can give: only the trust can stop them.
export function stranger({ partition, account, name }) {
  const someone = person({ partition, account, name, groups: [], mfa: MFA.fresh });
  return { ...someone, policies: [identity("OwnPermission", ANYTHING)] };
}

function ask(principal, action, resource, account, context, trust) {
  questions++;
  return runUnsafeSimulation(
    {
      request: {
        principal: principal.arn,
        action,
        resource: { resource, accountId: account },
        contextVariables: {
          ...principal.context,
          "aws:ResourceAccount": account,
          "aws:SecureTransport": "true",
          ...context,
        },
      },
      identityPolicies: principal.policies,
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      resourcePolicy: trust && validate(trust, validateTrustPolicy, `trust of ${resource}`),
    },
    {},
  );
}

// May the principal assume the role? A source identity and session tags are actions of their own, judged in the same call.
// The simulator asks both sides: the principal's policies and the role's trust.
export function mayAssume(principal, role, { sessionName, sourceIdentity, tags = [], organization } = {}) {
  const context = {
    "sts:RoleSessionName": sessionName,
    ...(organization && { "aws:ResourceOrgID": organization }),
    ...(sourceIdentity && { "sts:SourceIdentity": sourceIdentity }),
    ...(tags.length > 0 && { "aws:TagKeys": tags }),
    ...Object.fromEntries(tags.map((key) => [`aws:RequestTag/${key}`, "value"])),
  };
  const actions = [
    "sts:AssumeRole",
    sourceIdentity && "sts:SetSourceIdentity",
    tags.length > 0 && "sts:TagSession",
  ].filter(Boolean);
  return actions.every((action) => ask(principal, action, role.arn, role.account, context, role.trust) === "Allowed");
}

// May the principal do this in the own account, where no resource policy has a say?
export function mayDo(principal, action, resource, context = {}) {
  return ask(principal, action, resource, principal.account, context, undefined) === "Allowed";
}

// Is it denied in so many words? Some actions need no permission, but a Deny still stops them.
export function isForbidden(principal, action, resource) {
  return ask(principal, action, resource, principal.account, {}, undefined) === "ExplicitlyDenied";
}
