// The world after deployment: the Bakery account and every burger account,
// as the generated templates would make them.

import { deploy, openFolder, pseudoParameters } from "./cloudformation.mjs";
import { partitionOf } from "./expected.mjs";

export function deployAll(config, folder) {
  const open = openFolder(folder);
  const partition = partitionOf(config);
  return {
    config,
    partition,
    bakery: deployBakery(config, open, partition),
    roles: deployBurgers(config, open, partition),
  };
}

function deployBakery(config, open, partition) {
  const parameters = { TeamName: config.TeamName, CloudFormationS3Bucket: "templates", TemplateKeyPrefix: "" };
  return deploy(open, "bakery_stack.json", parameters, pseudoParameters(config.BakeryAccount, partition));
}

// BakeryAccount keeps its default, as in a stack that a person makes by hand.
function deployBurgers(config, open, partition) {
  return config.Environments.flatMap((environment) =>
    environment.Accounts.flatMap((account) => {
      const parameters = { AccountName: account.Name, Environment: environment.Environment };
      const { roles, groups } = deploy(
        open,
        "burger_account.json",
        parameters,
        pseudoParameters(account.Id, partition),
      );
      if (groups.length > 0) throw new Error("a burger account has no users and so needs no groups");
      return roles.map((role) => ({ ...role, account: account.Id }));
    }),
  );
}
