"""What is done in each state that a stack is found in, and what is refused before anything is written."""

import copy
import json
import os

from flow.kitchen import STACKS, Kitchen, allow, slow
from flow.world import RUN_TIMEOUT_S, Terminal, World, expect, expect_in
from sandbox import seed
from sandbox.questions import kit

TRUST = kit.trust("arn:aws:iam::111111111111:root")


def with_failure(template: dict, name: str) -> dict:
    """The same resources, and after them a role whose name is taken."""
    return {**template, "Resources": {**template["Resources"], "Bad": {
        **kit.role(name, TRUST), "DependsOn": list(template["Resources"])}}}


def generated(kitchen: Kitchen, file: str, cook) -> dict:
    folder = os.path.join(kitchen.folder, "templates")
    expect(cook.run("generate", "--out", folder).code == 0)
    with open(os.path.join(folder, file)) as opened:
        return json.load(opened)


class Burger:
    """A burger's stack that somebody brings into a state."""

    def __init__(self, world: World):
        self.kitchen = Kitchen(world)
        self.account = self.kitchen.account(1)
        self.cook = self.kitchen.cook(account=self.account)
        self.cloudformation = self.kitchen.root("cloudformation", self.account)
        self.template = generated(self.kitchen, "burger_account.json", self.cook)
        self.parameters = [{"ParameterKey": key, "ParameterValue": value} for key, value in (
            ("BakeryAccount", self.kitchen.bakery), ("AccountName", "Dev"), ("Environment", "NonProd"))]
        self.kitchen.root("iam", self.account).create_role(RoleName="Taken", AssumeRolePolicyDocument=json.dumps(TRUST))

    def change(self, kind: str, template: dict, name: str = "theirs", **options) -> str:
        made = self.cloudformation.create_change_set(
            StackName="BurgerAccount", ChangeSetName=name, ChangeSetType=kind, TemplateBody=json.dumps(template),
            Parameters=self.parameters, Capabilities=["CAPABILITY_NAMED_IAM"], **options)
        return made["Id"]

    def bring_to(self, kind: str, template: dict, **options) -> str:
        self.cloudformation.execute_change_set(ChangeSetName=self.change(kind, template, **options))
        return seed.wait_for_stack(self.cloudformation, "BurgerAccount")

    def status(self) -> str | None:
        return self.kitchen.status("BurgerAccount", self.account)

    def run(self, command: str, *options: str):
        return self.cook.run(command, "burger", "Dev", *options)


def test_wrong_account_is_refused_before_any_write(world: World):
    kitchen = Kitchen(world)
    kitchen.deployed()
    kitchen.write(Environments=[kitchen.environment("NonProd", Dev=1)])
    stranger = kitchen.cook(account=kitchen.account(9))
    before = kitchen.contents()
    for command in (("plan",), ("plan", "--create-bucket"), ("deploy", "--yes"), ("deploy", "--yes", "--create-bucket"),
                    ("deploy", "--yes", "--recreate"), ("destroy", "bakery", "--yes"), ("rollback", "--yes")):
        world.reset()
        done = stranger.run(*command)
        expect(done.code == 6, command, done)
        expect_in(f"the keys are of account {kitchen.account(9)}, and BakeryAccount belongs into {kitchen.bakery}",
                  done.err)
        expect(dict(world.proxy.actions) == {"GetCallerIdentity": 1}, command, world.proxy.actions)
    expect(kitchen.contents() == before, before, kitchen.contents())


def test_a_bucket_of_somebody_else_is_refused(world: World):
    kitchen = Kitchen(world)
    kitchen.root("s3", kitchen.account(9)).create_bucket(Bucket=kitchen.bucket)
    done = kitchen.cook().run("deploy", "--yes", "--create-bucket")
    expect(done.code in (4, 6) and kitchen.stack() is None, done)
    expect_in(f"bucket {kitchen.bucket}, which must belong to {kitchen.bakery}", done.err)
    expect("Contents" not in kitchen.root("s3", kitchen.account(9)).list_objects_v2(Bucket=kitchen.bucket))


def test_no_region(world: World):
    kitchen = Kitchen(world, Region=None)
    done = kitchen.cook().run("plan")
    expect(done.code == 2, done)
    expect_in("no region", done.err)
    expect_in("ap-southeast-2", done.err)


def test_names_that_came_after_the_plan(world: World):
    burger = Burger(world)
    kept = os.path.join(burger.kitchen.folder, "plan.json")
    expect(burger.run("plan", "--save", kept).code == 0)
    iam = burger.kitchen.root("iam", burger.account)
    iam.create_role(RoleName="Dev-NonProd-ReadOnly", AssumeRolePolicyDocument=json.dumps(TRUST))
    done = burger.run("deploy", "--plan", kept, "--yes")
    expect(done.code == 6 and burger.status() == "REVIEW_IN_PROGRESS", done)
    expect_in("would make 1 role that account", done.err)


def test_names_that_exist_without_a_stack(world: World):
    kitchen = Kitchen(world)
    kitchen.root("iam").create_group(GroupName="MyTeamProdAdmin")
    done = kitchen.cook().run("deploy", "--yes", "--create-bucket")
    expect(done.code == 6 and kitchen.stack() is None, done)
    expect_in("MyTeamProdAdmin", done.err)
    expect_in("ap-southeast-2", done.err)


def test_somebody_elses_change_set_in_a_stack_that_is_not_made(world: World):
    burger = Burger(world)
    theirs = burger.change("CREATE", burger.template)
    expect(burger.status() == "REVIEW_IN_PROGRESS")
    for command in (("plan",), ("deploy", "--yes"), ("deploy", "--yes", "--recreate")):
        done = burger.run(*command)
        expect(done.code == 6, command, done)
        expect_in("somebody else's change set waits in it: theirs, 0 min old", done.err)
    expect(burger.kitchen.change_sets("BurgerAccount", burger.account) == ["theirs"])
    burger.cloudformation.execute_change_set(ChangeSetName=theirs)
    expect(seed.wait_for_stack(burger.cloudformation, "BurgerAccount") == "CREATE_COMPLETE")


def test_somebody_elses_change_set_beside_a_stack(world: World):
    burger = Burger(world)
    expect(burger.run("deploy", "--yes").code == 0)
    changed = copy.deepcopy(burger.template)
    changed["Resources"]["RoleAdmin"]["Properties"]["ManagedPolicyArns"] = []
    burger.change("UPDATE", changed)
    done = burger.run("plan")
    expect(done.code == 0, done)
    done = burger.run("deploy", "--yes")
    expect(done.code == 0, done)
    expect_in("nothing to do", done.out)
    expect(burger.kitchen.change_sets("BurgerAccount", burger.account) == ["theirs"])


def test_our_own_change_sets_are_no_hindrance(world: World):
    burger = Burger(world)
    kept = os.path.join(burger.kitchen.folder, "plan.json")
    for _ in range(2):
        done = burger.run("plan", "--save", kept)
        expect(done.code == 0, done)
    expect(len(burger.kitchen.change_sets("BurgerAccount", burger.account)) == 2)
    done = burger.run("deploy", "--yes")
    expect(done.code == 0 and burger.status() == "CREATE_COMPLETE", done)


def test_failed_creation_is_made_anew(world: World):
    burger = Burger(world)
    iam = burger.kitchen.root("iam", burger.account)
    iam.create_role(RoleName="Dev-NonProd-ReadOnly", AssumeRolePolicyDocument=json.dumps(TRUST))
    blind = burger.kitchen.cook(account=burger.account, policy=allow(*STACKS))
    done = blind.run("deploy", "burger", "Dev", "--yes")
    expect(done.code == 5, done)
    expect_in("iam:ListRoles", done.out)
    expect(done.err.splitlines()[-2].startswith("bakery-cli: RoleReadOnly (AWS::IAM::Role): "), done.err)
    expect_in("BurgerAccount is in ROLLBACK_COMPLETE", done.err)
    iam.delete_role(RoleName="Dev-NonProd-ReadOnly")
    first = burger.kitchen.stack("BurgerAccount", burger.account)["StackId"]
    done = burger.run("deploy", "--yes")
    expect(done.code == 6, done)
    expect_in("--recreate", done.err)
    expect(burger.status() == "ROLLBACK_COMPLETE")
    done = burger.run("deploy", "--yes", "--recreate")
    expect(done.code == 0 and burger.status() == "CREATE_COMPLETE", done)
    expect(burger.kitchen.stack("BurgerAccount", burger.account)["StackId"] != first)


def test_somebody_elses_failed_creation_is_left_alone(world: World):
    burger = Burger(world)
    expect(burger.bring_to("CREATE", with_failure(burger.template, "Taken")) == "ROLLBACK_COMPLETE")
    done = burger.run("deploy", "--yes", "--recreate")
    expect(done.code == 6, done)
    expect_in("was not made by this tool", done.err)
    expect(burger.status() == "ROLLBACK_COMPLETE")


def test_rolled_back_update_is_no_hindrance(world: World):
    burger = Burger(world)
    expect(burger.run("deploy", "--yes").code == 0)
    expect(burger.bring_to("UPDATE", with_failure(burger.template, "Taken")) == "UPDATE_ROLLBACK_COMPLETE")
    done = burger.run("plan")
    expect(done.code == 0, done)
    expect_in("its last update was rolled back", done.err)


def test_rollback_of_an_update_that_stopped(world: World):
    burger = Burger(world)
    expect(burger.run("deploy", "--yes").code == 0)
    done = burger.run("rollback", "--yes")
    expect(done.code == 6, done)
    expect_in("there is nothing to take back", done.err)
    failing = with_failure(burger.template, "Taken")
    expect(burger.bring_to("UPDATE", failing, OnStackFailure="DO_NOTHING") == "UPDATE_FAILED")
    for command in ("plan", "deploy"):
        done = burger.run(command)
        expect(done.code == 6, done)
        expect_in("bakery-cli rollback burger", done.err)
    done = burger.run("status", "--wait")
    expect(done.code == 5 and done.out == "", done)
    expect_in("BurgerAccount is in UPDATE_FAILED", done.err)
    expect_in("bakery-cli rollback burger", done.err)
    expect(burger.run("status").code == 0)
    expect(burger.run("rollback").code == 6)
    terminal = Terminal(burger.cook, "rollback", "burger", "Dev", TERM="xterm")
    terminal.wait_for("[y/N]")
    expect_in(f"Take back the last update of BurgerAccount in {burger.account} (Dev), ", terminal.text)
    terminal.type("n\r")
    expect(terminal.end() == 6 and burger.status() == "UPDATE_FAILED", terminal.text)
    done = burger.run("rollback", "--yes")
    expect(done.code == 0 and burger.status() == "UPDATE_ROLLBACK_COMPLETE", done)
    expect(burger.run("plan").code == 0)
    expect(burger.run("status", "--wait").code == 5)


def test_rollback_that_failed_goes_on(world: World):
    burger = Burger(world)
    iam = burger.kitchen.root("iam", burger.account)
    arn = iam.create_policy(PolicyName="Gone", PolicyDocument=json.dumps(kit.policy(kit.allow("s3:*"))))["Policy"]["Arn"]
    burger.kitchen.write(AccessTypes=[{"Type": "Admin", "PolicyArns": [arn]}])
    expect(burger.run("deploy", "--yes").code == 0)
    iam.detach_role_policy(RoleName="Dev-NonProd-Admin", PolicyArn=arn)
    iam.delete_policy(PolicyArn=arn)
    template = generated(burger.kitchen, "burger_account.json", burger.cook)
    template["Resources"]["RoleAdmin"]["Properties"]["ManagedPolicyArns"] = []
    expect(burger.bring_to("UPDATE", with_failure(template, "Taken")) == "UPDATE_ROLLBACK_FAILED")
    done = burger.run("deploy", "--yes")
    expect(done.code == 6, done)
    expect_in("bakery-cli rollback --continue burger", done.err)
    expect(burger.run("rollback", "--yes", "--skip", "RoleAdmin").code == 2)
    done = burger.run("rollback", "--yes", "--continue", "--skip", "RoleAdmin")
    expect(done.code == 0 and burger.status() == "UPDATE_ROLLBACK_COMPLETE", done)


def test_a_stack_at_work_is_waited_for_or_refused(world: World):
    with slow(world, pace_s=1) as kitchen:
        cook = kitchen.cook(account=kitchen.account(1))
        other = kitchen.cook(account=kitchen.account(1))
        process = cook.start("deploy", "burger", "Dev", "--yes")
        kitchen.until("CREATE_IN_PROGRESS", "BurgerAccount", kitchen.account(1))
        done = other.run("deploy", "burger", "Dev", "--yes", "--no-wait")
        expect(done.code == 6, done)
        expect_in("is at work: CREATE_IN_PROGRESS", done.err)
        done = other.run("deploy", "burger", "Dev", "--yes")
        expect(done.code == 0, done)
        expect_in("waiting for its end", done.err)
        expect_in("nothing to do", done.out)
        expect(process.wait(timeout=RUN_TIMEOUT_S) == 0)
