"""Many burgers at once, through a deployer role in each."""

import json
import os

from flow.deploy_states import with_failure
from flow.kitchen import DEPLOYER, STACKS, Kitchen, allow, slow
from flow.world import RUN_TIMEOUT_S, Terminal, World, expect, expect_in
from sandbox import seed

ROLES = 2  # of each burger
NAMES = ("One", "Two", "Three", "Four", "Five", "Six")


class Street:
    """A kitchen with six burgers; into those that are asked for, burger_deployer.json is deployed."""

    def __init__(self, world: World, deployers=range(1, 7)):
        self.kitchen = kitchen = Kitchen(world, DeployerRole=DEPLOYER)
        half = len(NAMES) // 2
        kitchen.write(Environments=[
            kitchen.environment("NonProd", **{name: i for i, name in enumerate(NAMES[:half], 1)}),
            kitchen.environment("Prod", **{name: i for i, name in enumerate(NAMES[half:], half + 1)})])
        self.cook = kitchen.cook(policy=allow("sts:AssumeRole"))
        folder = os.path.join(kitchen.folder, "templates")
        expect(self.cook.run("generate", "--out", folder).code == 0)
        for number in deployers:
            seed.deploy_stack(kitchen.sandbox, kitchen.account(number), "BurgerDeployer",
                              os.path.join(folder, "burger_deployer.json"), {}, region="us-east-1")

    def waiting(self) -> list[int]:
        """Burgers in which a change set of ours waits."""
        return [number for number in range(1, 7)
                if self.kitchen.change_sets("BurgerAccount", self.kitchen.account(number))]

    def made(self) -> list[int]:
        return [number for number in range(1, 7)
                if self.kitchen.status("BurgerAccount", self.kitchen.account(number)) == "CREATE_COMPLETE"]


def test_all(world: World):
    street = Street(world)
    world.reset()
    done = street.cook.run("deploy", "burgers", "--yes", "-j", "3")
    expect(done.code == 0, done)
    expect_in("6 burgers are deployed, 0 were as configured", done.out)
    expect(street.made() == [1, 2, 3, 4, 5, 6], street.made())
    expect(street.kitchen.roles(4) == ["Four-Prod-Admin", "Four-Prod-ReadOnly"], street.kitchen.roles(4))
    expect(world.proxy.actions["AssumeRole"] == 6, world.proxy.actions)
    lines = [line for line in done.err.splitlines() if line.endswith(" done")]
    expect(len(lines) == 6, done.err)
    for name in NAMES:
        expect(any(f" {name} " in line for line in lines), name, lines)
    done = street.cook.run("deploy", "burgers", "-j", "6")
    expect(done.code == 0, done)
    expect_in("0 of 6 burgers would change, 6 are as configured", done.err)


def test_one_environment_and_one_burger(world: World):
    street = Street(world)
    done = street.cook.run("deploy", "burgers", "--env", "Prod", "--yes")
    expect(done.code == 0 and street.made() == [4, 5, 6], done)
    done = street.cook.run("deploy", "burger", "Two", "--yes")
    expect(done.code == 0 and street.made() == [2, 4, 5, 6], done)
    done = street.cook.run("deploy", "burgers", "--env", "Prodd", "--yes")
    expect(done.code != 0, done)
    expect_in("did you mean Prod?", done.err)


def test_status_sees_through_the_role_what_was_changed_by_hand(world: World):
    street = Street(world, deployers=(1, 2))
    done = street.cook.run("deploy", "burger", "One", "--yes")
    expect(done.code == 0, done)
    done = street.cook.run("status", "burger", "One", "--exit-code")
    expect(done.code == 0, done)
    seed.clients.root(street.kitchen.sandbox, "iam", street.kitchen.account(1)).attach_role_policy(
        RoleName="One-NonProd-ReadOnly", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    done = street.cook.run("status", "burger", "One", "--exit-code")
    expect(done.code == 6, done)
    expect_in("AdministratorAccess", done.out)
    expect("is not known" not in done.out, done)


def test_one_that_its_role_refuses_is_told_by_name(world: World):
    street = Street(world, deployers=(1, 2, 4, 5, 6))
    done = street.cook.run("deploy", "burgers", "--yes", "-j", "1")
    expect(done.code != 0 and street.made() == [], done)
    expect_in(f"Three ({street.kitchen.account(3)}): the deployer role: sts AssumeRole: AccessDenied", done.err)
    expect_in("burger_deployer.json", done.err)
    for number in (1, 2, 4):
        expect(street.kitchen.change_sets("BurgerAccount", street.kitchen.account(number)) == [], number)
    done = street.cook.run("deploy", "burgers", "--yes", "--failures", "1")
    expect(done.code != 0 and street.made() == [1, 2, 4, 5, 6], done)
    expect_in("1 of 6 burgers could not be planned", done.err)
    expect_in("Three (", done.err)
    expect_in("5 burgers are deployed", done.out)


def test_a_role_with_too_few_rights(world: World):
    street = Street(world, deployers=(1, 2, 3, 5, 6))
    few = [action for action in STACKS if action != "cloudformation:ExecuteChangeSet"]
    street.kitchen.deployer(4, allow(*few, "iam:ListRoles"))
    done = street.cook.run("deploy", "burgers", "--yes", "--failures", "1")
    expect(done.code != 0 and street.made() == [1, 2, 3, 5, 6], done)
    expect_in("cloudformation:ExecuteChangeSet", done.err)
    expect_in("Four (", done.err)


def test_what_broadens_can_be_refused(world: World):
    street = Street(world)
    for output in ("text", "json"):
        done = street.cook.run("--output", output, "deploy", "burgers", "--yes", "--fail-on-broadening")
        expect(done.code == 6 and street.made() == [], done)
        expect_in("somebody could do more than before", done.err)
        for number in range(1, 7):
            expect(street.kitchen.stack("BurgerAccount", street.kitchen.account(number)) is None, number)


def test_json_of_many_is_one_object_a_line(world: World):
    street = Street(world)
    planned = [json.loads(line) for line in street.cook.run("plan", "burgers", "-o", "json").out.splitlines()]
    expect([plan["account_id"] for plan in planned] == [street.kitchen.account(n) for n in range(1, 7)], planned)
    expect(all(plan["version"] == 1 for plan in planned), planned)
    expect(street.cook.run("deploy", "burgers", "--yes").code == 0)
    looked = [json.loads(line) for line in street.cook.run("status", "burgers", "-o", "json").out.splitlines()]
    expect([drift["status"] for drift in looked] == ["CREATE_COMPLETE"] * 6, looked)


def test_a_wait_through_the_role_is_taken_up_again(world: World):
    with slow(world, DeployerRole=DEPLOYER) as kitchen:
        kitchen.deployer(1)
        account = kitchen.account(1)
        cook = kitchen.cook(policy=allow("sts:AssumeRole"))
        terminal = Terminal(cook, "deploy", "burger", "Dev", "--yes", TERM="xterm")
        terminal.wait_for("CREATE_IN_PROGRESS")
        terminal.type("\x03")
        expect(terminal.end() == 130, terminal.text)
        expect_in(f"bakery-cli status --wait burger {account}", terminal.text)
        done = cook.run("status", "--wait", "burger", account)
        expect_in(": CREATE_COMPLETE", done.out)


def test_no_deployer_role_is_named(world: World):
    street = Street(world, deployers=())
    street.kitchen.write(DeployerRole=None)
    done = street.cook.run("deploy", "burgers", "--yes")
    expect(done.code == 2, done)
    expect_in("DeployerRole", done.err)
    expect_in("--role", done.err)


def test_events_as_JSON(world: World):
    street = Street(world)
    done = street.cook.run("--output", "json", "deploy", "burgers", "--yes", "-j", "6")
    expect(done.code == 0, done)
    events = [json.loads(line) for line in done.out.splitlines()]
    ended = [event["account_id"] for event in events if event["event"] == "burger" and event["state"] == "done"]
    expect(sorted(ended) == [street.kitchen.account(number) for number in range(1, 7)], ended)
    made = [event for event in events if event["event"] == "resource" and event["status"] == "CREATE_COMPLETE"]
    expect(len(made) == 6 * ROLES and all(event["account_name"] in NAMES for event in made), made)


def test_a_bad_end_that_is_waited_for_hides_no_other(world: World):
    street = Street(world)
    expect(street.cook.run("deploy", "burgers", "--env", "NonProd", "--yes").code == 0)
    rolled_back = street.kitchen.account(2)
    cloudformation = street.kitchen.root("cloudformation", rolled_back)
    template = cloudformation.get_template(StackName="BurgerAccount")["TemplateBody"]
    template = with_failure(json.loads(template) if isinstance(template, str) else template, DEPLOYER)  # is there
    parameters = cloudformation.describe_stacks(StackName="BurgerAccount")["Stacks"][0]["Parameters"]
    cloudformation.update_stack(StackName="BurgerAccount", TemplateBody=json.dumps(template), Parameters=parameters,
                                Capabilities=["CAPABILITY_NAMED_IAM"])
    street.kitchen.until("UPDATE_ROLLBACK_COMPLETE", "BurgerAccount", rolled_back)
    done = street.cook.run("status", "burgers", "--env", "NonProd", "--wait")
    expect(done.code == 5, done)
    expect_in("UPDATE_ROLLBACK_COMPLETE", done.err)
    for number in (1, 2, 3):
        expect_in(f"BurgerAccount in {street.kitchen.account(number)}", done.out)


def test_interrupted(world: World):
    street = Street(world)
    process = street.cook.start("deploy", "burgers", "--yes", "-j", "1")
    street.kitchen.until("CREATE_COMPLETE", "BurgerAccount", street.kitchen.account(1))
    process.send_signal(2)
    out, err = process.communicate(timeout=RUN_TIMEOUT_S)
    expect(process.returncode == 130, process.returncode, out, err)
    expect_in("what was begun goes on at AWS", err)
    done = street.cook.run("deploy", "burgers", "--yes")
    expect(done.code == 0 and street.made() == [1, 2, 3, 4, 5, 6], done)


def test_members_and_destroy(world: World):
    street = Street(world)
    expect(street.cook.run("deploy", "burgers", "--env", "NonProd", "--yes").code == 0)
    done = street.cook.run("destroy", "burgers")
    expect(done.code == 6 and street.made() == [1, 2, 3], done)
    done = street.cook.run("destroy", "burgers", "--yes")
    expect(done.code == 0 and street.made() == [], done)
    expect(street.kitchen.roles(1) == [], street.kitchen.roles(1))
    expect(street.kitchen.status("BurgerDeployer", street.kitchen.account(1)) == "CREATE_COMPLETE")


def test_a_role_that_denies_sessions_is_not_deleted(world: World):
    """By the rights of burger_deployer.json; CloudFormation would stop half-way, and the sessions must not come back."""
    street = Street(world, deployers=(1,))
    kitchen, one = street.kitchen, street.kitchen.account(1)
    expect(street.cook.run("deploy", "burger", "One", "--yes").code == 0)
    iam, name = kitchen.root("iam", one), "BakeryRevoked-eve"
    deny = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}
    iam.put_role_policy(RoleName="One-NonProd-ReadOnly", PolicyName=name, PolicyDocument=json.dumps(deny))
    refused = street.cook.run("destroy", "burger", "One", "--yes")
    expect(refused.code == 5, refused)
    expect_in("role One-NonProd-ReadOnly denies the sessions of eve", refused.err)
    expect_in("bakery-cli users revoke eve --undo", refused.err)
    expect(kitchen.status("BurgerAccount", one) == "CREATE_COMPLETE", kitchen.status("BurgerAccount", one))

    kitchen.write(AccessTypes=kitchen.settings["AccessTypes"][:1])
    refused = street.cook.run("deploy", "burger", "One", "--yes")
    expect(refused.code != 0, refused)
    expect_in("role One-NonProd-ReadOnly denies the sessions of eve", refused.err)
    expect(kitchen.roles(1) == ["One-NonProd-Admin", "One-NonProd-ReadOnly"], kitchen.roles(1))
    expect(kitchen.change_sets("BurgerAccount", one) == [], kitchen.change_sets("BurgerAccount", one))

    iam.delete_role_policy(RoleName="One-NonProd-ReadOnly", PolicyName=name)
    done = street.cook.run("deploy", "burger", "One", "--yes")
    expect(done.code == 0 and kitchen.roles(1) == ["One-NonProd-Admin"], done)
    expect(street.cook.run("destroy", "burger", "One", "--yes").code == 0 and kitchen.roles(1) == [])
