"""A plan that was kept for a review: that and nothing else is carried out."""

import json
import os

from flow.deploy_burgers import Street
from flow.kitchen import DEPLOYER, Kitchen
from flow.world import Terminal, World, expect, expect_in


class Review:
    """A kitchen where a plan of a new account was kept."""

    def __init__(self, world: World):
        self.kitchen = Kitchen(world)
        self.cook = self.kitchen.deployed()
        self.kitchen.write(Environments=[self.kitchen.environment("NonProd", Dev=1, Stg=3),
                                         self.kitchen.environment("Prod", Shop=2)])
        self.path = os.path.join(self.kitchen.folder, "plan.json")
        done = self.cook.run("plan", "--save", self.path)
        expect(done.code == 0, done)
        expect_in(f"bakery-cli deploy bakery --plan {self.path}", done.err)
        with open(self.path) as file:
            self.plan = json.load(file)

    def edit(self, **members) -> None:
        """The plan as it was made, but for those members."""
        with open(self.path, "w") as file:
            json.dump({**self.plan, **members}, file)

    def deploy(self):
        return self.cook.run("deploy", "--plan", self.path, "--yes")

    def grants(self) -> int:
        return len(self.kitchen.granted("MyTeamNonProdAdmin"))


def test_carried_out(world: World):
    review = Review(world)
    plan = review.plan
    expect(plan["version"] == 1 and plan["action"] == "update" and plan["broadens"], plan)
    expect(len(review.kitchen.change_sets()) == 3, review.kitchen.change_sets())
    expect(review.grants() == 1)
    done = review.deploy()
    expect(done.code == 0 and review.grants() == 2, done)
    done = review.deploy()
    expect(done.code in (0, 6) and review.grants() == 2, done)


def test_what_was_written_into_it_does_not_count(world: World):
    review = Review(world)
    review.edit(resources=[], differences=[], broadens=False)
    done = review.cook.run("deploy", "--plan", review.path, "--yes", "--fail-on-broadening")
    expect(done.code == 6 and review.grants() == 1, done)
    expect_in("gain Stg-NonProd-Admin", done.out)


def test_of_another_configuration(world: World):
    review = Review(world)
    review.kitchen.write(Environments=[review.kitchen.environment("NonProd", Dev=1),
                                       review.kitchen.environment("Prod", Shop=2, Till=4)])
    done = review.deploy()
    expect(done.code == 6 and review.grants() == 1, done)
    expect_in("is a plan for another configuration", done.err)


def test_of_another_account_or_stack(world: World):
    review = Review(world)
    for member, value, word in (("account_id", "999999999999", "account"), ("stack_name", "Other", "stack"),
                                ("region", "eu-west-1", "region"), ("digest", "0" * 64, "configuration")):
        review.edit(**{member: value})
        done = review.deploy()
        expect(done.code == 6 and review.grants() == 1, member, done)
        expect_in(f"is a plan for another {word}", done.err)


def test_with_the_change_set_of_another_plan(world: World):
    review = Review(world)
    template = review.kitchen.root("cloudformation").get_template(StackName="BakeryAccount")["TemplateBody"]
    template = json.loads(template) if isinstance(template, str) else dict(template)
    template["Resources"] = {**template["Resources"], "T": {"Type": "AWS::SNS::Topic"}}
    theirs = review.kitchen.root("cloudformation").create_change_set(
        StackName="BakeryAccount", ChangeSetName="theirs", UsePreviousTemplate=False,
        TemplateBody=json.dumps(template), Capabilities=["CAPABILITY_NAMED_IAM"],
        Parameters=[{"ParameterKey": "CloudFormationS3Bucket", "UsePreviousValue": True},
                    {"ParameterKey": "TemplateKeyPrefix", "UsePreviousValue": True}])
    review.edit(change_set_id=theirs["Id"])
    done = review.deploy()
    expect(done.code == 6 and review.kitchen.status() == "CREATE_COMPLETE", done)
    expect_in("is not what this configuration asks for", done.err)


def test_that_is_stale(world: World):
    review = Review(world)
    expect(review.cook.run("deploy", "--yes").code == 0)
    review.kitchen.write(Environments=[review.kitchen.environment("NonProd", Dev=1),
                                       review.kitchen.environment("Prod", Shop=2)])
    expect(review.cook.run("deploy", "--yes").code == 0)
    review.kitchen.write(Environments=[review.kitchen.environment("NonProd", Dev=1, Stg=3),
                                       review.kitchen.environment("Prod", Shop=2)])
    done = review.deploy()
    expect(done.code == 6 and review.grants() == 1, done)
    expect_in("plan again", done.err)


def test_whose_change_set_is_gone(world: World):
    review = Review(world)
    cloudformation = review.kitchen.root("cloudformation")
    cloudformation.delete_change_set(ChangeSetName=review.plan["change_set_id"])
    done = review.deploy()
    expect(done.code == 6 and review.grants() == 1, done)
    expect_in("is gone", done.err)


def test_that_is_none(world: World):
    review = Review(world)
    for text in ("", "{}", '{"version": 2}', "plan"):
        with open(review.path, "w") as file:
            file.write(text)
        done = review.deploy()
        expect(done.code not in (0, 6) and review.grants() == 1, text, done)
        expect_in(review.path, done.err)
    os.unlink(review.path)
    done = review.deploy()
    expect(done.code != 0, done)
    expect_in("No such file", done.err)


def test_of_a_burger(world: World):
    """What the one who saved it is told to do is what carries it out."""
    kitchen = Kitchen(world)
    cook = kitchen.cook(account=kitchen.account(1))
    path = os.path.join(kitchen.folder, "plan.json")
    done = cook.run("plan", "burger", "Dev", "--save", path)
    expect(done.code == 0, done)
    command = f"deploy burger {kitchen.account(1)} --plan {path}"
    expect_in(f"bakery-cli {command} carries", done.err)
    done = cook.run(*command.split(), "--yes")
    expect(done.code == 0 and kitchen.roles(1) != [], done)


def test_that_cannot_be_kept(world: World):
    kitchen = Kitchen(world)
    cook = kitchen.cook(account=kitchen.account(1))
    done = cook.run("plan", "burger", "Dev", "--save", os.path.join(kitchen.folder, "none", "plan.json"))
    expect(done.code not in (0, 6), done)
    expect(kitchen.stack("BurgerAccount", kitchen.account(1)) is None, "its change set is left")


def test_nobody_is_asked_about_what_was_not_shown(world: World):
    kitchen = Kitchen(world)
    terminal = Terminal(kitchen.cook(account=kitchen.account(1)), "--output", "json", "deploy", "burger", "Dev",
                        TERM="xterm")
    terminal.wait_for("[y/N]")
    expect_in("RoleAdmin", terminal.text)
    terminal.type("n\r")
    expect(terminal.end() == 6, terminal.text)


def test_with_tags_or_capabilities_of_its_own(world: World):
    """A change set by the name of ours, of the same templates and parameters, that would do more."""
    kitchen = Kitchen(world)
    account = kitchen.account(1)
    cook = kitchen.cook(account=account)
    path = os.path.join(kitchen.folder, "plan.json")
    expect(cook.run("plan", "burger", "Dev", "--save", path).code == 0)
    with open(path) as file:
        plan = json.load(file)
    cloudformation = kitchen.root("cloudformation", account)
    ours = cloudformation.describe_change_set(ChangeSetName=plan["change_set_id"])
    template = cloudformation.get_template(StackName=ours["StackId"], ChangeSetName=plan["change_set_id"])
    for word, tags, capabilities in (("tags", [{"Key": "Access", "Value": "all"}], []),
                                     ("capabilities", [], ["CAPABILITY_AUTO_EXPAND"])):
        theirs = cloudformation.create_change_set(
            StackName="BurgerAccount", ChangeSetName=f"bakery-plan-{word}", ChangeSetType="CREATE",
            TemplateBody=json.dumps(template["TemplateBody"]), Parameters=ours["Parameters"],
            IncludeNestedStacks=True, Tags=ours["Tags"] + tags, Capabilities=ours["Capabilities"] + capabilities)
        with open(path, "w") as file:
            json.dump({**plan, "change_set_id": theirs["Id"]}, file)
        done = cook.run("deploy", "burger", "Dev", "--plan", path, "--yes")
        expect(done.code == 6 and kitchen.roles(1) == [], done)
        expect_in(f"is not what this configuration asks for: its {word}", done.err)


class Reviews:
    """Six burgers, and a file with a plan of each."""

    def __init__(self, world: World, *arguments: str):
        world.reset()
        self.world, self.street = world, Street(world)
        self.path = os.path.join(self.street.kitchen.folder, "plans.json")
        done = self.street.cook.run("plan", "burgers", *arguments, "--save", self.path)
        expect(done.code == 0, done)
        expect_in(f"bakery-cli deploy burgers --plan {self.path} carries it out", done.err)
        with open(self.path) as file:
            self.plans = json.load(file)["plans"]
        world.reset()

    def write(self, plans: list) -> None:
        with open(self.path, "w") as file:
            json.dump({"version": 1, "plans": plans}, file)

    def deploy(self, *words: str):
        return self.street.cook.run("deploy", *(words or ("burgers", "--yes")), "--plan", self.path)


def test_of_many_burgers(world: World):
    reviews = Reviews(world)
    street, kitchen = reviews.street, reviews.street.kitchen
    expect([plan["account_id"] for plan in reviews.plans] == [kitchen.account(number) for number in range(1, 7)])
    expect(street.waiting() == [1, 2, 3, 4, 5, 6] and street.made() == [], street.waiting())
    done = reviews.deploy("burgers")
    expect(done.code == 6 and street.waiting() == [1, 2, 3, 4, 5, 6], "nobody agreed", done)
    done = reviews.deploy("burgers", "--yes", "--fail-on-broadening")
    expect(done.code == 6 and street.waiting() == [1, 2, 3, 4, 5, 6], "what is kept was thrown away", done)
    done = reviews.deploy("burgers", "--yes", "-j", "3")
    expect(done.code == 0 and street.made() == [1, 2, 3, 4, 5, 6], done)
    expect_in("6 burgers are deployed, 0 were as configured", done.out)
    expect(world.proxy.actions["CreateChangeSet"] == 0, world.proxy.actions)
    done = street.cook.run("plan", "burgers", "--save", reviews.path)
    expect(done.code == 0, done)
    done = reviews.deploy()
    expect(done.code == 0, done)
    expect_in("0 burgers are deployed, 0 were as configured", done.out)


def test_of_some_of_many_burgers(world: World):
    reviews = Reviews(world, "--env", "Prod")
    street = reviews.street
    expect(len(reviews.plans) == 3, reviews.plans)
    done = reviews.deploy("burger", "Five", "--yes")
    expect(done.code == 0 and street.made() == [5] and street.waiting() == [4, 6], done)
    done = reviews.deploy("burgers", "--env", "NonProd", "--yes")
    expect(done.code == 6 and street.made() == [5], done)
    expect_in("has no plan for these burgers", done.err)
    own = street.kitchen.cook(account=street.kitchen.account(4))
    done = own.run("deploy", "burger", "Four", "--plan", reviews.path, "--yes")
    expect(done.code == 0 and street.made() == [4, 5], done)
    done = own.run("deploy", "bakery", "--plan", reviews.path, "--yes")
    expect(done.code == 6, done)


def test_what_has_changed_since_is_refused(world: World):
    reviews = Reviews(world)
    street, kitchen = reviews.street, reviews.street.kitchen
    kitchen.root("cloudformation", kitchen.account(3)).delete_change_set(
        ChangeSetName=reviews.plans[2]["change_set_id"])
    done = reviews.deploy()
    expect(done.code == 6 and street.made() == [], done)
    expect_in("1 of 6 burgers are not as their plan has them", done.err)
    expect_in(f"Three ({kitchen.account(3)}): the change set {reviews.plans[2]['change_set_id']} is gone", done.err)
    expect(street.waiting() == [1, 2, 4, 5, 6], street.waiting())
    done = reviews.deploy("burgers", "--yes", "--failures", "1")
    expect(done.code == 6 and street.made() == [1, 2, 4, 5, 6], done)


def test_a_list_that_somebody_edited(world: World):
    reviews = Reviews(world)
    plans, street = reviews.plans, reviews.street
    one, two = plans[0], plans[1]
    for edited, says in (([*plans, one], "has two plans for the account"),
                         ([*plans, {**one, "account_id": "999999999999"}], "has no such burger"),
                         ([{**one, "change_set_id": two["change_set_id"]}, two], "is not what this configuration"),
                         ([{**one, "change_set_id": two["change_set_id"]}, two], "One ("),
                         ([{**one, "digest": "0"}], "another configuration")):
        reviews.write(edited)
        done = reviews.deploy()
        expect(done.code != 0 and street.made() == [], says, done)
        if says != "is not what this configuration":
            expect_in(says, done.err)
    reviews.write([{**one, "version": 2}])
    expect_in("is no plan of version 1", reviews.deploy().err)


def test_a_plan_of_all_but_one_is_not_kept(world: World):
    street = Street(world, deployers=(1, 2, 4, 5, 6))
    path = os.path.join(street.kitchen.folder, "plans.json")
    done = street.cook.run("plan", "burgers", "-j", "6", "--save", path)
    expect(done.code == 4 and not os.path.exists(path), done)
    expect_in(f"{path} is not written", done.err)
    expect_in("Three (", done.err)
    expect(street.waiting() == [], street.waiting())
    done = street.cook.run("plan", "burgers", "-j", "6", "--failures", "1", "--save", path)
    expect(done.code == 4 and street.waiting() == [1, 2, 4, 5, 6], done)
    done = street.cook.run("deploy", "burgers", "--plan", path, "--yes")
    expect(done.code == 0 and street.made() == [1, 2, 4, 5, 6], done)
    done = street.cook.run("plan", "burgers", "--failures", "1", "--save", os.path.join(path, "none"))
    expect(done.code not in (0, 6) and street.waiting() == [], done)


def test_of_one_burger_through_the_role(world: World):
    street = Street(world)
    street.kitchen.write(DeployerRole=None)
    path = os.path.join(street.kitchen.folder, "plan.json")
    done = street.cook.run("plan", "burger", "Two", "--role", DEPLOYER, "--save", path)
    expect(done.code == 0 and street.waiting() == [2], done)
    command = f"deploy burger {street.kitchen.account(2)} --role {DEPLOYER} --plan {path}"
    expect_in(f"bakery-cli {command} carries it out", done.err)
    done = street.cook.run(*command.split(), "--yes")
    expect(done.code == 0 and street.made() == [2] and street.waiting() == [], done)
