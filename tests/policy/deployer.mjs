// The deployer role: makes exactly the burger roles, and nothing else.

import { deploy, openFolder, pseudoParameters } from "./cloudformation.mjs";
import { MFA, mayAssume, mayDo, roleSession, stranger } from "./evaluate.mjs";

const FOREIGN_POLICY = "iam::aws:policy/IAMFullAccess"; // no access type of configs.mjs has it

export function checkDeployer(world, folder, findings) {
  const { config, partition } = world;
  if (!config.DeployerRole) return;
  const account = config.Environments[0].Accounts[0].Id;
  const open = openFolder(folder);
  const make = (parameters) =>
    deploy(open, "burger_deployer.json", parameters, pseudoParameters(account, partition)).roles[0];
  const roles = world.roles.filter((role) => role.account === account);
  checkTrust(world, account, make, findings);
  for (const parameters of [{}, namesOf(config.Environments[0])]) {
    const deployer = make(parameters);
    const session = roleSession({ roleArn: deployer.arn, account, policies: deployer.inline });
    session.isToldNames = "AccountName" in parameters;
    for (const role of roles) checkRole(world, session, role, findings);
    checkLimits(world, session, deployer, roles, account, findings);
  }
  checkOneAccount(world, account, make, roles, findings);
}

const namesOf = (environment) => ({
  AccountName: environment.Accounts[0].Name,
  Environment: environment.Environment,
});

const boundedBy = (boundary) => (boundary ? { "iam:PermissionsBoundary": boundary } : {});

// Told no names, the deployer knows roles by how they end: B-C ends as C does.
function mayHaveInline(config, session, role) {
  if (role.inline.length > 0 || session.isToldNames) return role.inline.length > 0;
  return config.AccessTypes.some((type) => type.InlinePolicy && role.arn.endsWith(`-${type.Type}`));
}

function checkRole(world, session, role, findings) {
  const expect = (right, text) => findings.expect("deployer", right, `${session.arn} and ${role.arn}: ${text}`);
  const bounded = boundedBy(role.boundary);
  const alike = world.roles.filter((other) => other.logicalId === role.logicalId);
  for (const action of ["GetRole", "UpdateAssumeRolePolicy", "DetachRolePolicy", "DeleteRole", "TagRole"])
    expect(mayDo(session, `iam:${action}`, role.arn), `may not iam:${action}`);
  expect(mayDo(session, "iam:CreateRole", role.arn, bounded), "may not make it");
  for (const arn of role.policyArns)
    expect(mayDo(session, "iam:AttachRolePolicy", role.arn, { ...bounded, "iam:PolicyARN": arn }), `no ${arn}`);
  const foreign = { ...bounded, "iam:PolicyARN": `arn:${world.partition}:${FOREIGN_POLICY}` };
  expect(!mayDo(session, "iam:AttachRolePolicy", role.arn, foreign), "may attach another policy");
  expect(
    mayDo(session, "iam:PutRolePolicy", role.arn, bounded) === mayHaveInline(world.config, session, role),
    "an inline policy, only where the configuration has one",
  );
  if (!alike.every((other) => other.boundary)) return;
  const attach = { "iam:PolicyARN": role.policyArns[0] };
  expect(!mayDo(session, "iam:CreateRole", role.arn), "may make it without its boundary");
  expect(!mayDo(session, "iam:AttachRolePolicy", role.arn, attach), "may give it a policy without its boundary");
  expect(!mayDo(session, "iam:DeleteRolePermissionsBoundary", role.arn, bounded), "may take its boundary away");
}

function checkLimits(world, session, deployer, roles, account, findings) {
  const expect = (right, text) => findings.expect("deployer", right, `${session.arn}: ${text}`);
  const { partition, config } = world;
  const stack = (name) => `arn:${partition}:cloudformation:${config.Region ?? "eu-west-1"}:${account}:stack/${name}/id`;
  const own = stack(`${config.Prefix ?? ""}BurgerAccount`);
  expect(mayDo(session, "cloudformation:ExecuteChangeSet", own), "may not work on the stack");
  expect(!mayDo(session, "cloudformation:ExecuteChangeSet", stack("Another")), "may work on another stack");
  expect(!mayDo(session, "cloudformation:SetStackPolicy", own), "may do with the stack what it need not");
  for (const action of ["GetAccountAuthorizationDetails", "GetAccountSummary", "ListRoles"])
    expect(mayDo(session, `iam:${action}`, "*"), `may not iam:${action}`);
  const somebody = `arn:${partition}:iam::${account}:role/Somebody`;
  for (const action of ["CreateRole", "UpdateAssumeRolePolicy", "AttachRolePolicy", "PassRole"])
    expect(!mayDo(session, `iam:${action}`, somebody), `may iam:${action} another role`);
  for (const action of ["UpdateAssumeRolePolicy", "PutRolePolicy", "DetachRolePolicy"])
    expect(!mayDo(session, `iam:${action}`, deployer.arn), `may iam:${action} itself`);
  expect(!mayDo(session, "iam:PassRole", roles[0].arn), "may pass a role");
  expect(!mayDo(session, "iam:CreateUser", `arn:${partition}:iam::${account}:user/x`), "may make a user");
}

// Told its names, it is good for the roles of that account and environment alone.
function checkOneAccount(world, account, make, roles, findings) {
  const { arn, inline } = make({ AccountName: "Another-one", Environment: "Elsewhere" });
  const session = roleSession({ roleArn: arn, account, policies: inline });
  for (const role of roles)
    findings.expect("deployer", !mayDo(session, "iam:GetRole", role.arn), `of another account, may read ${role.arn}`);
}

function checkTrust(world, account, make, findings) {
  const { config, partition } = world;
  const expect = (right, text) => findings.expect("deployer", right, `the deployer's trust: ${text}`);
  const asksForMfa = world.roles.some((role) => JSON.stringify(role.trust).includes("aws:MultiFactorAuthPresent"));
  const withMfa = stranger({ partition, account: config.BakeryAccount, name: "dora" });
  const plain = { ...withMfa, context: withoutMfa(withMfa.context) };
  const foreign = stranger({ partition, account: "999999999999", name: "dora" });
  const anybody = { ...make({}), account };
  const named = { ...make({ TrustedPrincipal: withMfa.arn }), account };
  const other = { ...make({ TrustedPrincipal: `${withMfa.arn}-2` }), account };
  expect(mayAssume(withMfa, anybody, { sessionName: "x" }), "refuses the Bakery account");
  expect(mayAssume(plain, anybody, { sessionName: "x" }) === !asksForMfa, "MFA, as the roles ask for it");
  expect(!mayAssume(foreign, anybody, { sessionName: "x" }), "lets in another account");
  expect(mayAssume(plain, named, { sessionName: "x" }), "refuses whom it names");
  expect(!mayAssume(withMfa, other, { sessionName: "x" }), "lets in whom it does not name");
}

function withoutMfa(context) {
  return Object.fromEntries(Object.entries(context).filter(([key]) => !Object.hasOwn(MFA.fresh, key)));
}
