"""AWS goes on when nobody watches: after Ctrl-C, a kill, a time-out or a lost answer a second run ends in the same state."""

import signal

from flow.deploy_burgers import Street
from flow.kitchen import Kitchen, slow
from flow.world import RUN_TIMEOUT_S, Terminal, World, expect, expect_in


def test_interrupted_wait(world: World):
    with slow(world) as kitchen:
        account = kitchen.account(1)
        cook = kitchen.cook(account=account)
        terminal = Terminal(cook, "deploy", "burger", "Dev", "--yes", TERM="xterm")
        terminal.wait_for("CREATE_IN_PROGRESS")
        terminal.type("\x03")
        code = terminal.end()
        stack_id = kitchen.stack("BurgerAccount", account)["StackId"]
        expect(code == 130, code, terminal.text)
        expect_in(f"interrupted: BurgerAccount goes on at AWS, as {stack_id}", terminal.text.replace("\r\n", ""))
        expect_in(f"bakery-cli status --wait burger {account}", terminal.text)
        done = cook.run("status", "--wait", "burger", account)
        expect(done.code == 0, done)
        expect(kitchen.status("BurgerAccount", account) == "CREATE_COMPLETE")
        done = cook.run("deploy", "burger", "Dev", "--yes")
        expect(done.code == 0 and kitchen.stack("BurgerAccount", account)["EnableTerminationProtection"], done)


def test_interrupted_before_the_change_is_begun(world: World):
    kitchen = Kitchen(world)
    cook = kitchen.cook(account=kitchen.account(1))
    terminal = Terminal(cook, "deploy", "burger", "Dev", TERM="xterm")
    terminal.wait_for("[y/N]")
    terminal.type("\x03")
    expect(terminal.end() == 130, terminal.text)
    expect(kitchen.roles(1) == [], kitchen.roles(1))
    expect(kitchen.stack("BurgerAccount", kitchen.account(1)) is None, "its change set is left")
    terminal = Terminal(cook, "deploy", "burger", "Dev", TERM="xterm")
    terminal.wait_for("[y/N]")
    expect_in(f"Deploy BurgerAccount in {kitchen.account(1)} (Dev), ", terminal.text)
    terminal.type("n\r")
    expect(terminal.end() == 6, terminal.text)
    terminal = Terminal(cook, "deploy", "burger", "Dev", TERM="xterm")
    terminal.wait_for("[y/N]")
    terminal.type("y\r")
    expect(terminal.end() == 0, terminal.text)
    expect(kitchen.roles(1) == ["Dev-NonProd-Admin", "Dev-NonProd-ReadOnly"], kitchen.roles(1))


def nothing_is_left(street: Street) -> None:
    for number in range(1, 7):
        stack = street.kitchen.stack("BurgerAccount", street.kitchen.account(number))
        expect(stack is None, number, stack)


def test_interrupted_plans_of_many_burgers(world: World):
    """While some are planned already and others are in hand: no change set is left anywhere."""
    for moment in ("CreateChangeSet", "DescribeChangeSet"):
        world.reset()
        street = Street(world)
        process = street.cook.start("plan", "burgers", "-j", "2")
        asked = []

        def interrupt():
            asked.append(1)
            if len(asked) == 3:
                process.send_signal(signal.SIGINT)
            return None

        world.proxy.answer = {moment: interrupt}
        out, err = process.communicate(timeout=60)
        expect(process.returncode == 130, moment, process.returncode, out, err)
        expect(out == "", moment, out)
        said = [line for line in err.splitlines() if line.startswith(("bakery-cli:", "  hint:"))]
        expect(said == ["bakery-cli: interrupted: nothing was changed", "  hint: the same command again begins anew"],
               moment, err)
        world.reset()
        nothing_is_left(street)


def test_interrupted_before_many_burgers_are_begun(world: World):
    street = Street(world)
    terminal = Terminal(street.cook, "deploy", "burgers", TERM="xterm")
    terminal.wait_for("[y/N]")
    expect(len(street.waiting()) == 6, street.waiting())
    terminal.type("\x03")
    expect(terminal.end() == 130, terminal.text)
    expect_in("bakery-cli: interrupted: nothing was changed", terminal.text)
    expect_in("hint: the same command again", terminal.text)
    nothing_is_left(street)


def test_interrupted_deployment_of_many_burgers_while_planning(world: World):
    world.reset()
    street = Street(world)
    process = street.cook.start("deploy", "burgers", "--yes", "-j", "2")
    asked = []

    def interrupt():
        asked.append(1)
        if len(asked) == 1:
            process.send_signal(signal.SIGINT)
        return None

    world.proxy.answer = {"DescribeChangeSet": interrupt}
    out, err = process.communicate(timeout=60)
    expect(process.returncode == 130 and "are deployed" not in out, process.returncode, out, err)
    expect_in("bakery-cli: interrupted: nothing was changed", err)
    world.reset()
    nothing_is_left(street)


def kill_when(kitchen: Kitchen, world: World, action: str) -> None:
    """Deploys, and is killed when that call is made the first time: it reaches AWS, and its answer nobody."""
    cook = kitchen.cook(account=kitchen.account(1))
    world.reset()
    process = None

    def kill():
        if process and process.poll() is None:
            process.send_signal(signal.SIGKILL)
        return None

    world.proxy.answer = {action: kill}
    process = cook.start("deploy", "burger", "Dev", "--yes")
    process.communicate(timeout=RUN_TIMEOUT_S)
    expect(world.proxy.actions[action] >= 1, action, world.proxy.actions)
    expect(process.returncode in (0, -signal.SIGKILL), action, process.returncode)
    world.reset()


def test_killed_at_each_step_and_run_again(world: World):
    for action in ("CreateChangeSet", "DescribeChangeSet", "ExecuteChangeSet", "DescribeStackEvents",
                   "UpdateTerminationProtection"):
        kitchen = Kitchen(world)
        kill_when(kitchen, world, action)
        done = kitchen.cook(account=kitchen.account(1)).run("deploy", "burger", "Dev", "--yes")
        expect(done.code == 0, action, done)
        expect(kitchen.status("BurgerAccount", kitchen.account(1)) == "CREATE_COMPLETE", action)
        stack = kitchen.stack("BurgerAccount", kitchen.account(1))
        expect(stack["EnableTerminationProtection"], action, "is not protected")
        expect(kitchen.roles(1) == ["Dev-NonProd-Admin", "Dev-NonProd-ReadOnly"], action)
        done = kitchen.cook(account=kitchen.account(1)).run("deploy", "burger", "Dev", "--yes")
        expect_in("nothing to do", done.out)


def test_answers_that_are_lost(world: World):
    """The server acted, and the connection broke: the same token, no second change set, no second stack."""
    for action in ("CreateChangeSet", "ExecuteChangeSet", "UpdateTerminationProtection"):
        kitchen = Kitchen(world)
        cook = kitchen.cook(account=kitchen.account(1))
        world.reset()
        world.proxy.lose = {action: 1}
        done = cook.run("deploy", "burger", "Dev", "--yes")
        expect(done.code == 0, action, done)
        expect(world.proxy.actions[action] == 2, action, world.proxy.actions)
        stacks = kitchen.root("cloudformation", kitchen.account(1)).describe_stacks()["Stacks"]
        expect([stack["StackStatus"] for stack in stacks] == ["CREATE_COMPLETE"], action, stacks)
        expect(kitchen.change_sets("BurgerAccount", kitchen.account(1)) == [], action)


def test_throttled(world: World):
    kitchen = Kitchen(world)
    cook = kitchen.cook(account=kitchen.account(1))
    asked = {"DescribeStacks": 0, "CreateChangeSet": 0, "DescribeStackEvents": 0}

    def throttle_every_second(action):
        def answer():
            asked[action] += 1
            return THROTTLED if asked[action] % 2 else None
        return answer

    world.proxy.answer = {action: throttle_every_second(action) for action in asked}
    done = cook.run("deploy", "burger", "Dev", "--yes")
    expect(done.code == 0 and kitchen.roles(1), done)
    expect(all(count > 1 for count in asked.values()), asked)


def test_no_right_to_watch(world: World):
    kitchen = Kitchen(world)
    cook = kitchen.cook(account=kitchen.account(1))
    denied = (403, b"<ErrorResponse><Error><Code>AccessDenied</Code><Message>User: arn:aws:iam::1:user/x is not authorized "
              b"to perform: cloudformation:DescribeStackEvents</Message></Error><RequestId>r</RequestId></ErrorResponse>")
    asked = []

    def deny_from_the_second_on():
        asked.append(1)
        return denied if len(asked) > 1 else None

    world.proxy.answer = {"DescribeStackEvents": deny_from_the_second_on}
    done = cook.run("deploy", "burger", "Dev", "--yes")
    expect(done.code == 4, done)
    expect_in("BurgerAccount goes on at AWS, as arn:", done.err)
    expect_in("and cannot be watched", done.err)
    expect_in("cloudformation:DescribeStackEvents", done.err)


THROTTLED = (400, b"<ErrorResponse><Error><Type>Sender</Type><Code>Throttling</Code><Message>Rate exceeded</Message></Error>"
             b"<RequestId>r</RequestId></ErrorResponse>")
