"""Burgers by CloudFormation StackSets: each test has a prefix, accounts and sets of its own."""

import json
import os

from botocore.exceptions import ClientError

from flow.world import Person, Result, World, expect, expect_in
from sandbox import seed

EVERYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
TYPES = """\
AccessTypes:
  - { Type: Admin, PolicyArn: "arn:aws:iam::aws:policy/AdministratorAccess" }
  - { Type: ReadOnly, PolicyArn: "arn:aws:iam::aws:policy/%s" }
"""
CHANGES = ("CreateStackSet", "UpdateStackSet", "DeleteStackSet", "CreateStackInstances", "UpdateStackInstances",
           "DeleteStackInstances", "ImportStacksToStackSet")


class Set:
    """A configuration that a test changes, and the administrator who deploys it."""

    def __init__(self, world: World, prefix: str, **environments):
        self.world, self.prefix = world, prefix
        self.path = os.path.join(world.folder, prefix + "config.yml")
        self.read_only = "ReadOnlyAccess"
        self.more = ""  # of the configuration
        user = seed.create_user(world.sandbox, f"{prefix}admin", policy=EVERYTHING)
        self.admin = Person(world, user)
        self.accounts = environments

    def run(self, *arguments: str, more: tuple = ()) -> Result:
        environments = "".join(
            f"  - Environment: {name}\n    Accounts:\n"
            + "".join(f'      - {{ Id: "{account}", Name: {called} }}\n' for called, account in accounts.items())
            for name, accounts in self.accounts.items())
        with open(self.path, "w") as file:
            file.write('TeamName: MyTeam\nBillingCode: BC1\nBakeryAccount: "111111111111"\nRegion: us-east-1\n'
                       f"Prefix: {self.prefix}\nDeployerRole: BakeryDeployer\nEnvironments:\n{environments}"
                       + TYPES % self.read_only + self.more)
        self.world.proxy.actions.clear()
        return self.admin.run("-c", self.path, *arguments, *more)

    def deploy(self, *more: str) -> Result:
        return self.run("deploy", "burgers", "--stack-set", "--yes", more=more)

    def client(self, service: str, account: str = seed.BAKERY_ACCOUNT):
        return seed.clients.root(self.world.sandbox, service, account)

    def roles(self, account: str) -> set:
        return {role["RoleName"] for role in self.client("iam", account).list_roles()["Roles"]
                if not role["RoleName"].startswith("BakeryDeployer")}

    def policy_of(self, account: str, role: str) -> list:
        attached = self.client("iam", account).list_attached_role_policies(RoleName=role)["AttachedPolicies"]
        return [policy["PolicyName"] for policy in attached]

    def sets(self) -> set:
        found = self.client("cloudformation").list_stack_sets(Status="ACTIVE")["Summaries"]
        return {each["StackSetName"] for each in found if each["StackSetName"].startswith(self.prefix)}

    def instances(self, name: str) -> dict:
        found = self.client("cloudformation").list_stack_instances(StackSetName=self.prefix + name)["Summaries"]
        return {each["Account"]: each["StackId"] for each in found}

    def changes(self) -> dict:
        return {action: n for action, n in self.world.proxy.actions.items() if action in CHANGES}


def roles_of(account: str, environment: str) -> set:
    return {f"{account}-{environment}-Admin", f"{account}-{environment}-ReadOnly"}


def test_first_deploy_then_nothing_to_do(world: World):
    made = Set(world, "First-", Dev={"Shop": "710000000001", "Stg": "710000000002"}, Prod={"Main": "710000000003"})
    planned = made.run("plan", "burgers", "--stack-set", "--exit-code", "-o", "json")
    expect(planned.code == 6 and not made.changes(), planned)
    sets = {each["name"]: each for each in json.loads(planned.out)["stack_sets"]}
    expect({name: each["action"] for name, each in sets.items()}
           == {"First-BurgerAccount-Dev": "create", "First-BurgerAccount-Prod": "create"}, planned)

    done = made.deploy()
    expect(done.code == 0, done)
    expect(made.changes() == {"CreateStackSet": 2, "CreateStackInstances": 2}, made.changes())
    expect(made.sets() == set(sets), made.sets())
    expect(made.roles("710000000002") == roles_of("Stg", "Dev"), made.roles("710000000002"))
    expect(made.roles("710000000003") == roles_of("Main", "Prod"), made.roles("710000000003"))
    for line in ("1/3  710000000001  Shop", "2/3  710000000002  Stg", "3/3  710000000003  Main"):
        expect_in(line, done.err)
    expect_in("3 burgers are done, 0 were as configured, 0 failed", done.out)

    again = made.deploy()
    expect(again.code == 0 and "nothing to do" in again.out and not made.changes(), again, made.changes())
    expect(made.run("plan", "burgers", "--stack-set", "--exit-code").code == 0)


def test_accounts_come_go_and_change(world: World):
    made = Set(world, "Change-", Dev={"Shop": "720000000001", "Stg": "720000000002"})
    expect(made.deploy().code == 0)
    stacks = made.instances("BurgerAccount-Dev")

    made.accounts["Dev"]["Lab"] = "720000000003"
    added = made.deploy()
    expect(added.code == 0, added)
    expect(made.changes() == {"UpdateStackSet": 1, "CreateStackInstances": 1}, made.changes())
    expect_in("1/1  720000000003  Lab", added.err)
    expect(made.roles("720000000003") == roles_of("Lab", "Dev"))
    expect(stacks.items() <= made.instances("BurgerAccount-Dev").items(), "another stack for an account that was there")

    made.read_only = "SecurityAudit"
    updated = made.deploy()
    expect(updated.code == 0 and made.changes() == {"UpdateStackSet": 1}, updated, made.changes())
    expect_in("SecurityAudit", updated.out)
    expect(made.policy_of("720000000001", "Shop-Dev-ReadOnly") == ["SecurityAudit"])

    del made.accounts["Dev"]["Stg"]
    asked = made.run("deploy", "burgers", "--stack-set")
    expect(asked.code == 6 and not made.changes(), asked)
    expect_in("delete  720000000002  Stg", asked.out)
    gone = made.deploy()
    expect(gone.code == 0, gone)
    expect(made.changes() == {"DeleteStackInstances": 1, "UpdateStackSet": 1}, made.changes())
    expect_in("1/1  720000000002  Stg                      deleted", gone.err)
    expect(not made.roles("720000000002"), made.roles("720000000002"))
    expect(made.roles("720000000001") == roles_of("Shop", "Dev"))


def test_stacks_that_exist_are_imported(world: World):
    made = Set(world, "Alone-", Dev={"Shop": "730000000001", "New": "730000000002"})
    templates = os.path.join(world.folder, "alone")
    expect(made.run("generate", "--out", templates).code == 0)
    for account in made.accounts["Dev"].values():
        seed.deploy_stack(world.sandbox, account, "BurgerDeployer", os.path.join(templates, "burger_deployer.json"), {})
    alone = made.run("deploy", "burger", "Shop", "--yes")
    expect(alone.code == 0, alone)
    stack = made.client("cloudformation", "730000000001").describe_stacks(StackName="Alone-BurgerAccount")["Stacks"][0]

    made.read_only = "SecurityAudit"
    done = made.deploy()
    expect(done.code == 0, done)
    expect_in("import  730000000001  Shop", done.out)
    expect_in("create  730000000002  New", done.out)
    expect(made.changes() == {"CreateStackSet": 1, "ImportStacksToStackSet": 1, "UpdateStackInstances": 1,
                              "CreateStackInstances": 1}, made.changes())
    expect(made.instances("BurgerAccount-Dev")["730000000001"] == stack["StackId"], "made anew")
    expect(made.policy_of("730000000001", "Shop-Dev-ReadOnly") == ["SecurityAudit"])
    expect(made.deploy().out.startswith("nothing to do"))


def test_an_account_that_fails_is_told_by_name(world: World):
    made = Set(world, "Fail-", Dev={"Shop": "740000000001", "Stg": "740000000002"})
    iam = made.client("iam", "740000000002")
    iam.create_role(RoleName="Stg-Dev-Admin", AssumeRolePolicyDocument=json.dumps({
        "Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
                                                "Principal": {"AWS": "arn:aws:iam::740000000002:root"}}]}))
    failed = made.deploy()
    expect(failed.code not in (0, 3), failed)
    expect_in("1 of 2 burgers failed: Stg (740000000002): ", failed.err)
    expect_in("740000000002  Stg                      failed: ", failed.err)
    expect_in("740000000001  Shop                     done", failed.err)

    iam.delete_role(RoleName="Stg-Dev-Admin")
    mended = made.deploy()
    expect(mended.code == 0, mended)
    expect_in("create  740000000002  Stg", mended.out)
    expect("740000000001" not in mended.err, mended.err)
    expect(made.roles("740000000002") == roles_of("Stg", "Dev"), made.roles("740000000002"))


def test_destroyed_with_all_stacks(world: World):
    made = Set(world, "Gone-", Dev={"Shop": "750000000001"}, Prod={"Main": "750000000002"})
    expect(made.deploy().code == 0)
    asked = made.run("destroy", "burgers", "--stack-set")
    expect(asked.code == 6 and not made.changes(), asked)
    one = made.run("destroy", "burgers", "--stack-set", "--env", "Dev", "--yes")
    expect(one.code == 0 and made.sets() == {"Gone-BurgerAccount-Prod"}, one, made.sets())
    expect(not made.roles("750000000001") and made.roles("750000000002"))
    rest = made.run("destroy", "burgers", "--stack-set", "--yes")
    expect(rest.code == 0 and not made.sets() and not made.roles("750000000002"), rest)


def test_keys_of_another_account_are_refused(world: World):
    made = Set(world, "Guard-", Dev={"Shop": "760000000001"})
    refused = made.run("deploy", "burgers", "--stack-set", "--yes", "--administrator", "999999999999")
    expect(refused.code == 6 and not made.changes(), refused)
    expect_in("the keys are of account 111111111111", refused.err)
    for words in (("burger", "Shop"), ("bakery",)):
        expect(made.run("deploy", *words, "--stack-set").code == 2)
    no_unit = made.deploy("--permission-model", "service-managed")
    expect(no_unit.code == 2 and "--organizational-unit" in no_unit.err, no_unit)


def test_only_ours_is_touched(world: World):
    made = Set(world, "Ours-", Dev={"Shop": "770000000001"})
    made.client("cloudformation").create_stack_set(
        StackSetName="Ours-BurgerAccount-Dev", TemplateBody=json.dumps({"Resources": {
            "Topic": {"Type": "AWS::SNS::Topic"}}}))
    expect(made.deploy().code == 0)
    expect(made.sets() == {"Ours-BurgerAccount-Dev", "Ours-BurgerAccount-Dev-2"}, made.sets())
    expect(made.run("destroy", "burgers", "--stack-set", "--yes").code == 0)
    expect(made.sets() == {"Ours-BurgerAccount-Dev"}, made.sets())
    try:
        made.client("cloudformation").describe_stack_set(StackSetName="Ours-BurgerAccount-Dev-2")
        expect(False, "it is there")
    except ClientError as error:
        expect(error.response["Error"]["Code"] == "StackSetNotFoundException", error)


def test_status_tells_what_was_changed_by_hand(world: World):
    made = Set(world, "Drift-", Dev={"Shop": "780000000001", "Stg": "780000000002", "Lab": "780000000003"})
    templates = os.path.join(world.folder, "drift")
    expect(made.run("generate", "--out", templates).code == 0)
    for called in ("Shop", "Stg"):
        seed.deploy_stack(world.sandbox, made.accounts["Dev"][called], "BurgerDeployer",
                          os.path.join(templates, "burger_deployer.json"), {})
    expect(made.deploy().code == 0)
    found = made.run("status", "burgers", "--stack-set", "--exit-code")
    expect(found.code not in (0, 6), found)
    expect_in("1 of 3 burgers could not be looked at", found.err)
    expect_in("Lab (780000000003): the deployer role: ", found.err)
    for account in ("780000000001", "780000000002"):
        expect_in(f"-BurgerAccount-Dev-", found.out)
        expect_in(f" in {account}, us-east-1: CURRENT\n", found.out)
    expect("differs" not in found.out and "protected" not in found.out, found.out)

    seed.deploy_stack(world.sandbox, "780000000003", "BurgerDeployer",
                      os.path.join(templates, "burger_deployer.json"), {})
    found = made.run("status", "burgers", "--stack-set", "--exit-code")
    expect(found.code == 0 and not made.changes(), found)

    made.client("iam", "780000000002").attach_role_policy(
        RoleName="Stg-Dev-ReadOnly", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    found = made.run("status", "burgers", "--stack-set", "--exit-code")
    expect(found.code == 6, found)
    told = found.out[found.out.index("780000000002"):]
    expect_in("IAM differs from what was deployed", told)
    expect_in("AdministratorAccess", told[:told.index("780000000003")])
    expect(found.out.count("IAM differs") == 1, found.out)
    expect(made.run("status", "burgers", "--stack-set").code == 0)
    sets, *looked = made.run("status", "burgers", "--stack-set", "-o", "json").out.splitlines()
    expect("stack_sets" in json.loads(sets), sets)
    looked = [json.loads(line) for line in looked]
    expect([drift["status"] for drift in looked] == ["CURRENT"] * 3, looked)
    expect(not any("protected" in drift for drift in looked), looked)


def test_status_of_accounts_that_are_in_no_set(world: World):
    made = Set(world, "None-", Dev={"Shop": "790000000001"})
    templates = os.path.join(world.folder, "none")
    expect(made.run("generate", "--out", templates).code == 0)
    seed.deploy_stack(world.sandbox, "790000000001", "BurgerDeployer",
                      os.path.join(templates, "burger_deployer.json"), {})
    found = made.run("status", "burgers", "--stack-set")
    expect(found.code == 0, found)
    expect_in("None-BurgerAccount in 790000000001, us-east-1: there is none", found.out)
    expect(made.run("status", "burgers", "--stack-set", "--exit-code").code == 6)
    path = made.path.replace("config", "other")
    with open(made.path) as file, open(path, "w") as other:
        other.write(file.read().replace("DeployerRole: BakeryDeployer\n", ""))
    found = made.admin.run("-c", path, "status", "burgers", "--stack-set")
    expect(found.code == 0, found)
    expect_in("what IAM has in the burgers was not read", found.err)
    expect_in("--role", found.err)


def test_a_template_that_is_too_large_for_a_request(world: World):
    """Past 51,200 bytes StackSets fetches it from the bucket."""
    made = Set(world, "Large-", Dev={"Shop": "770000000011", "Stg": "770000000012"})
    many = json.dumps([f"arn:aws:s3:::bucket-{number:04}/*" for number in range(300)])
    made.more = "".join(
        f'  - {{ Type: T{number}, InlinePolicy: {{ Version: "2012-10-17", Statement: [{{ Effect: Allow, '
        f'Action: "s3:GetObject", Resource: {many} }}] }} }}\n' for number in range(6))
    done = made.deploy()
    expect(done.code != 0 and not made.changes(), done)
    expect_in("TemplateBucket", done.err)
    done = made.deploy("--template-bucket", "large-templates")
    expect(done.code != 0 and not made.changes(), done)
    expect_in("--create-bucket", done.err)
    done = made.deploy("--template-bucket", "large-templates", "--create-bucket")
    expect(done.code == 0, done)
    expect({f"Shop-Dev-T{number}" for number in range(6)} <= made.roles("770000000011"), made.roles("770000000011"))
    keys = [each["Key"] for each in made.client("s3").list_objects_v2(Bucket="large-templates")["Contents"]]
    expect(len(keys) == 1 and keys[0].endswith("/burger_set.json"), keys)
    done = made.deploy("--template-bucket", "large-templates")
    expect(done.code == 0 and "nothing to do" in done.out and not made.changes(), done)
    made.more = made.more.replace("bucket-0000", "bucket-0001")
    done = made.deploy("--template-bucket", "large-templates")
    expect(done.code == 0 and made.changes() == {"UpdateStackSet": 1}, done, made.changes())
    keys = made.client("s3").list_objects_v2(Bucket="large-templates")["Contents"]
    expect(len(keys) == 2, keys)
