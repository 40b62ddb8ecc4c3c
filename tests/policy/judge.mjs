// Judges generated templates: deploys them in memory and puts every assertion
// to the result. check.mjs and selftest.mjs both come through here.

import { checkAccess } from "./access.mjs";
import { randomFrom, withAppendedAccount } from "./configs.mjs";
import { checkDeployer } from "./deployer.mjs";
import { checkRevoker } from "./revoker.mjs";
import { deployAll } from "./deployment.mjs";
import { accessTypesIn, largestEnvironment } from "./expected.mjs";
import { Findings } from "./findings.mjs";
import { checkSelfService } from "./selfservice.mjs";
import { checkStructure } from "./structure.mjs";

// Something the resolver does not understand is a finding too, never a pass.
function guarded(findings, step) {
  try {
    return step();
  } catch (error) {
    findings.expect("error", false, error.stack.split("\n").slice(0, 3).join(" "));
    return undefined;
  }
}

export function judge(config, folder, seed) {
  const findings = new Findings();
  const world = guarded(findings, () => deployAll(config, folder));
  if (!world) return findings.list;
  guarded(findings, () => checkStructure(world, findings));
  guarded(findings, () => checkAccess(world, findings, randomFrom(seed)));
  guarded(findings, () => checkSelfService(world, findings));
  guarded(findings, () => checkDeployer(world, folder, findings));
  guarded(findings, () => checkRevoker(world, folder, findings));
  return findings.list;
}

// An account put at the end of an environment changes one policy for each access type, and no other.
// generate writes the templates of a configuration and gives their folder.
export function judgeAppended(config, folder, generate) {
  const findings = new Findings();
  const environment = largestEnvironment(config);
  const appended = withAppendedAccount(config, environment.Environment);
  guarded(findings, () => {
    const before = policiesIn(config, folder);
    const after = policiesIn(appended, generate(appended));
    const changed = [...after].filter(([arn, text]) => before.get(arn) !== text).map(([arn]) => arn);
    const gone = [...before.keys()].filter((arn) => !after.has(arn));
    const types = accessTypesIn(config, environment);
    findings.expect("append", gone.length === 0, `an appended account removed ${gone[0]}`);
    if (config.OrganizationId) return;
    findings.expect(
      "append",
      changed.length === types.length,
      `an appended account changed ${changed.length} policies: ${changed.slice(0, 5).join(" ")}`,
    );
    for (const { Type } of types) {
      const start = `${config.TeamName}${environment.Environment}${Type}`;
      const own = changed.filter(
        (arn) =>
          arn
            .split("/")
            .at(-1)
            .replace(/[0-9]+$/, "") === start.replace(/[0-9]+$/, ""),
      );
      findings.expect("append", own.length === 1, `an appended account changed ${own.length} policies of ${start}`);
    }
  });
  return findings.list;
}

// Logical id and text of each policy by its ARN: a moved logical id would replace the policy.
// The inline policy that takes what ten managed ones cannot hold goes by the name of its group.
function policiesIn(config, folder) {
  const { bakery } = deployAll(config, folder);
  return new Map([
    ...bakery.policies.map((p) => [p.arn, `${p.logicalId} ${JSON.stringify(p.document)}`]),
    ...bakery.groups
      .filter((g) => g.inline.length > 0)
      .map((g) => [`inline policy of/${g.name}`, JSON.stringify(g.inline)]),
  ]);
}
