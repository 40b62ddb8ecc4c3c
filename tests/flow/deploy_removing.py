"""What goes: environments, with or without members in their groups, and whole stacks."""

from flow.kitchen import Kitchen
from flow.world import Terminal, World, expect, expect_in


def without_lab(kitchen: Kitchen) -> None:
    kitchen.write(Environments=[kitchen.environment("NonProd", Dev=1), kitchen.environment("Prod", Shop=2)])


def kitchen_with_lab(world: World, **settings) -> tuple:
    kitchen = Kitchen(world, **settings)
    kitchen.write(Environments=[kitchen.environment("NonProd", Dev=1), kitchen.environment("Prod", Shop=2),
                                kitchen.environment("Lab", Lab1=3)])
    return kitchen, kitchen.deployed()


def test_an_environment_goes(world: World):
    kitchen, cook = kitchen_with_lab(world)
    without_lab(kitchen)
    done = cook.run("plan", "--fail-on-broadening")
    expect(done.code == 0, done)
    expect_in("- BakeryEnvironment/GroupLabAdmin", done.out)
    expect_in("- members of MyTeamLabAdmin (nobody) lose Lab1-Lab-Admin", done.out)
    done = cook.run("deploy", "--yes")
    expect(done.code == 0, done)
    expect("MyTeamLabAdmin" not in kitchen.groups() and "MyTeamProdAdmin" in kitchen.groups(), kitchen.groups())


def test_an_environment_whose_group_has_a_member(world: World):
    for layout in ("Single", "PerEnvironment"):
        kitchen, cook = kitchen_with_lab(world, Layout=layout)
        kitchen.member("alice", "MyTeamLabAdmin")
        without_lab(kitchen)
        done = cook.run("deploy", "--yes")
        expect(done.code == 5, layout, done)
        expect_in("could not be deleted: MyTeamLabAdmin (members: alice)", done.err)
        expect("MyTeamLabAdmin" in kitchen.groups() and "MyTeamLabReadOnly" not in kitchen.groups(), kitchen.groups())
        expect(kitchen.granted("MyTeamLabAdmin") == [], kitchen.granted("MyTeamLabAdmin"))
        expect(kitchen.status() == "UPDATE_COMPLETE", kitchen.status())


def test_the_group_that_stayed_is_in_the_way_and_taken_in(world: World):
    kitchen, cook = kitchen_with_lab(world)
    kitchen.member("alice", "MyTeamLabAdmin")
    without_lab(kitchen)
    expect(cook.run("deploy", "--yes").code == 5)
    kitchen.write(Environments=[*kitchen.settings["Environments"], kitchen.environment("Lab", Lab1=3)])
    done = cook.run("deploy", "--yes")
    expect(done.code == 6, done)
    expect_in("MyTeamLabAdmin", done.err)
    expect_in("survived a deletion", done.err)
    iam = kitchen.root("iam")
    iam.remove_user_from_group(GroupName="MyTeamLabAdmin", UserName="alice")
    iam.delete_group(GroupName="MyTeamLabAdmin")
    done = cook.run("deploy", "--yes")
    expect(done.code == 0 and len(kitchen.granted("MyTeamLabAdmin")) == 1, done)


def test_destroy(world: World):
    kitchen, cook = kitchen_with_lab(world)
    kitchen.member("alice", "MyTeamLabAdmin")
    done = cook.run("destroy", "bakery", "--yes")
    expect(done.code == 6, done)
    expect_in("group MyTeamLabAdmin still has members: alice", done.err)
    expect(kitchen.status() == "CREATE_COMPLETE" and len(kitchen.groups()) == 8, kitchen.contents())
    kitchen.root("iam").remove_user_from_group(GroupName="MyTeamLabAdmin", UserName="alice")
    done = cook.run("destroy", "bakery")
    expect(done.code == 6 and kitchen.stack()["EnableTerminationProtection"], done)
    terminal = Terminal(cook, "destroy", "bakery", TERM="xterm")
    terminal.wait_for("[y/N]")
    expect_in(f"Delete BakeryAccount in {kitchen.bakery}, ", terminal.text)
    terminal.type("y\r")
    expect(terminal.end() == 0, terminal.text[-200:])
    expect_in("BakeryAccount is deleted", terminal.text)
    expect(kitchen.groups() == [] and kitchen.stack() is None, kitchen.contents())
    done = cook.run("destroy", "bakery", "--yes")
    expect(done.code != 0, done)
    expect_in("there is no stack BakeryAccount", done.err)
    done = cook.run("deploy", "--yes")
    expect(done.code == 0 and kitchen.status() == "CREATE_COMPLETE", done)


def test_a_stack_of_somebody_else_is_not_deleted(world: World):
    kitchen = Kitchen(world)
    template = '{"Resources": {"T": {"Type": "AWS::SNS::Topic"}}}'
    kitchen.root("cloudformation").create_stack(StackName="BakeryAccount", TemplateBody=template)
    done = kitchen.cook().run("destroy", "bakery", "--yes")
    expect(done.code == 6, done)
    expect_in("neither by this tool nor by the one before it", done.err)
    expect(kitchen.status() == "CREATE_COMPLETE", kitchen.status())
