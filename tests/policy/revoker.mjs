// The role that ends sessions: puts and takes inline policies of exactly the burger roles, and nothing else.

import { deploy, openFolder, pseudoParameters } from "./cloudformation.mjs";
import { MFA, mayAssume, mayDo, mfaAge, roleSession, stranger } from "./evaluate.mjs";

const WRITES = ["PutRolePolicy", "DeleteRolePolicy"];
const NEVER = [
  "AttachRolePolicy",
  "CreateRole",
  "DeleteRole",
  "DeleteRolePermissionsBoundary",
  "DetachRolePolicy",
  "PassRole",
  "PutRolePermissionsBoundary",
  "TagRole",
  "UpdateAssumeRolePolicy",
  "UpdateRole",
];

export function checkRevoker(world, folder, findings) {
  const { config, partition } = world;
  if (!config.RevokerRole) return;
  const { Id: account, Name: AccountName } = config.Environments[0].Accounts[0];
  const open = openFolder(folder);
  const rolesOf = (parameters) =>
    deploy(open, "burger_deployer.json", parameters, pseudoParameters(account, partition)).roles;
  const make = (parameters) => rolesOf(parameters).find(({ logicalId }) => logicalId === "RevokerRole");
  const sessionOf = ({ arn, inline }) => roleSession({ roleArn: arn, account, policies: inline });
  const expect = (right, text) => findings.expect("revoker", right, text);
  const burgerRoles = world.roles.filter((role) => role.account === account);

  for (const parameters of [{}, { AccountName, Environment: config.Environments[0].Environment }]) {
    const session = sessionOf(make(parameters));
    for (const role of burgerRoles) checkRole(world, session, role, expect);
    checkOthers(world, session, account, rolesOf(parameters), expect);
  }
  const elsewhere = sessionOf(make({ AccountName: "Another-one", Environment: "Elsewhere" }));
  for (const role of burgerRoles)
    for (const action of [...WRITES, "GetRolePolicy"])
      expect(!mayDo(elsewhere, `iam:${action}`, role.arn, boundedBy(role.boundary)), `of another account: ${action}`);
  checkDeployers(sessionOf(rolesOf({})[0]), make({}), expect);
  checkTrust(world, account, make, expect);
}

const boundedBy = (boundary) => (boundary ? { "iam:PermissionsBoundary": boundary } : {});

function checkRole(world, session, role, expect) {
  const say = (text) => `${session.arn} and ${role.arn}: ${text}`;
  const bounded = boundedBy(role.boundary);
  const alike = world.roles.filter((other) => other.logicalId === role.logicalId);
  for (const action of WRITES)
    expect(mayDo(session, `iam:${action}`, role.arn, bounded), say(`may not iam:${action}`));
  expect(mayDo(session, "iam:GetRolePolicy", role.arn), say("may not read"));
  for (const action of NEVER)
    expect(!mayDo(session, `iam:${action}`, role.arn, bounded), say(`may iam:${action}`));
  expect(!mayDo(session, "sts:AssumeRole", role.arn), say("may enter it"));
  if (!alike.every((other) => other.boundary)) return;
  for (const action of WRITES)
    expect(!mayDo(session, `iam:${action}`, role.arn), say(`may iam:${action} where the boundary is gone`));
}

function checkOthers(world, session, account, own, expect) {
  const { partition } = world;
  const somebody = `arn:${partition}:iam::${account}:role/Somebody`;
  const user = `arn:${partition}:iam::${account}:user/x`;
  const stack = `arn:${partition}:cloudformation:eu-west-1:${account}:stack/BurgerAccount/id`;
  for (const arn of [somebody, ...own.map((role) => role.arn)])
    for (const action of [...WRITES, "GetRolePolicy", ...NEVER])
      expect(!mayDo(session, `iam:${action}`, arn), `${session.arn}: may iam:${action} ${arn}`);
  for (const action of ["PutUserPolicy", "CreateUser", "CreateAccessKey"])
    expect(!mayDo(session, `iam:${action}`, user), `${session.arn}: may iam:${action}`);
  expect(!mayDo(session, "cloudformation:UpdateStack", stack), `${session.arn}: may change the stack`);
}

// Whoever deploys cannot give the revoker more, or let others in, even where its name is like a burger role's.
function checkDeployers(deployer, revoker, expect) {
  for (const action of ["UpdateAssumeRolePolicy", "PutRolePolicy", "DetachRolePolicy", "DeleteRole"])
    expect(!mayDo(deployer, `iam:${action}`, revoker.arn), `the deployer may iam:${action} the revoker`);
}

function checkTrust(world, account, make, expect) {
  const { config, partition } = world;
  const said = (right, text) => expect(right, `the revoker's trust: ${text}`);
  const dora = stranger({ partition, account: config.BakeryAccount, name: "dora" });
  const with_ = (mfa) => ({ ...dora, context: { ...withoutMfa(dora.context), ...mfa } });
  const foreign = stranger({ partition, account: "999999999999", name: "dora" });
  const anybody = { ...make({}), account };
  const named = { ...make({ RevokerPrincipal: dora.arn }), account };
  const other = { ...make({ RevokerPrincipal: `${dora.arn}-2` }), account };
  said(mayAssume(with_(mfaAge(1)), anybody, { sessionName: "dora" }), "refuses a person with MFA");
  said(!mayAssume(with_(mfaAge(1)), anybody, { sessionName: "nora" }), "takes another's name");
  for (const mfa of [MFA.plainKeys, MFA.consoleWithout])
    said(!mayAssume(with_(mfa), anybody, { sessionName: "dora" }), "takes people without MFA");
  said(!mayAssume(foreign, anybody, { sessionName: "dora" }), "lets in another account");
  said(mayAssume(with_(MFA.plainKeys), named, { sessionName: "x" }), "refuses whom it names");
  said(!mayAssume(with_(mfaAge(1)), other, { sessionName: "dora" }), "lets in whom it does not name");
}

function withoutMfa(context) {
  return Object.fromEntries(Object.entries(context).filter(([key]) => !Object.hasOwn(MFA.fresh, key)));
}
