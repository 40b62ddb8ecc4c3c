"""A plan that was kept for a review: that and nothing else is carried out."""

import json
import os

from flow.kitchen import Kitchen
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
