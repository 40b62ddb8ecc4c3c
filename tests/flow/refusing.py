"""A refusal is explained, with the exit code that belongs to it."""

import os

from flow.world import OPEN_ROLE_ARN, READ_OWN_GROUPS, SHOP_ADMIN, World, expect, expect_in

PROD_ADMIN = ("--env", "Prod", "--type", "Admin")
OPEN = ("--role-arn", OPEN_ROLE_ARN, "--region", "us-east-1")


def answer(status: int, code: str, message: str) -> tuple[int, bytes]:
    return status, (f"<ErrorResponse><Error><Code>{code}</Code><Message>{message}</Message></Error>"
                    "<RequestId>r-1</RequestId></ErrorResponse>").encode()


def test_not_in_the_group(world: World):
    person = world.person("MyTeamNonProdAdmin", READ_OWN_GROUPS)
    person.log_in()
    done = person.run("assume", *PROD_ADMIN)
    expect(done.code == 4 and not done.out, done)
    expect_in("AccessDenied", done.err)
    expect_in("request id", done.err)
    expect_in(f"MyTeamProdAdmin grants this role, and {person.user.UserName} is not in it", done.err)
    expect(len(done.err.splitlines()) == 2, done.err)


def test_groups_may_not_be_read(world: World):
    person = world.person("MyTeamNonProdAdmin")
    person.log_in()
    done = person.run("assume", *PROD_ADMIN)
    expect(done.code == 4, done)
    expect_in(f"members of MyTeamProdAdmin may assume this role: is {person.user.UserName} one?", done.err)


def test_in_the_group_but_not_deployed(world: World):
    person = world.person("MyTeamNonProdAdmin", "MyTeamLabAdmin", READ_OWN_GROUPS)
    person.log_in()
    done = person.run("assume", "--env", "Lab", "--type", "Admin", "--account", "Lab2")
    expect(done.code == 4, done)
    expect_in("is the stack of account 666666666666 deployed", done.err)


def test_keys_of_another_account(world: World):
    person = world.person("MyTeamNonProdAdmin")
    person.log_in()
    other = os.path.join(person.home, "config.yml")
    with open(world.config) as file, open(other, "w") as to:
        to.write(file.read().replace("111111111111", "999999999999"))
    done = person.run("--config", other, "assume", "--env", "Lab", "--type", "Admin", "--account", "Lab2")
    expect(done.code == 4, done)
    expect_in("are of account 111111111111, and the users of this role are in 999999999999", done.err)


def test_any_role_without_mfa(world: World):
    done = world.person("MyTeamNonProdAdmin").run("credentials", "--role-arn",
                                                  "arn:aws:iam::222222222222:role/Shop-NonProd-Admin")
    expect(done.code == 4, done)
    expect_in("add --mfa", done.err)


def test_what_a_burger_would_refuse_is_refused_here(world: World):
    person = world.person("MyTeamNonProdAdmin")
    person.log_in()
    world.reset()
    for words, piece in (
            (("--tag", "Team=x"), "take no session tag \"Team\""),
            (("--source-identity", "somebody"), "source identity than your own"),
            (("--session-name", "somebody"), "session name than your own"),
            (("--duration", "2h"), "longer than the 3600 s")):
        done = person.run("credentials", *SHOP_ADMIN, *words)
        expect(done.code == 2 and not done.out, words, done)
        expect_in(piece, done.err)
    expect(not world.proxy.actions, world.proxy.actions)


def test_region_that_is_switched_off(world: World):
    person = world.person(mfa=False)
    world.proxy.answer = {"AssumeRole": answer(403, "RegionDisabledException", "not activated in this region")}
    done = person.run("credentials", "--role-arn", OPEN_ROLE_ARN, "--region", "ap-east-1")
    expect(done.code == 5, done)
    expect_in("switched off in ap-east-1", done.err)
    expect_in("--region", done.err)


def test_duration_the_role_does_not_allow(world: World):
    done = world.person(mfa=False).run("credentials", *OPEN, "--duration", "3h")
    expect(done.code == 5, done)
    expect_in("the role allows less than 10800 s", done.err)


def test_chaining_is_told_before_it_is_tried(world: World):
    person = world.person(mfa=False)
    done = person.run("exec", *OPEN, "--", world.cli, "credentials", *OPEN, "--duration", "7200")
    expect(done.code == 2, done)
    expect_in("at most 3600 s", done.err)


def test_keys_that_are_no_good(world: World):
    done = world.person(mfa=False).run("credentials", *OPEN, env={"AWS_SECRET_ACCESS_KEY": "wrong"})
    expect(done.code == 4, done)


def test_no_aws(world: World):
    person = world.person(mfa=False)
    done = person.run("credentials", *OPEN, env={"AWS_ENDPOINT_URL": "http://127.0.0.1:1"})
    expect(done.code == 5, done)


def test_escapes_of_a_server_are_harmless(world: World):
    person = world.person(mfa=False)
    world.proxy.answer = {"GetCallerIdentity": answer(403, "AccessDenied", "x&#x9b;2Jy\u001f".replace("\u001f", ""))}
    done = person.run("credentials", *OPEN)
    expect(done.code == 4, done)
    expect("\x9b" not in done.err and "\x1b" not in done.err, repr(done.err))


def test_a_session_that_aws_forgot_is_made_anew_once(world: World):
    person = world.person("MyTeamNonProdAdmin")
    person.log_in()
    world.expire_sessions()
    world.reset()
    done = person.run("credentials", *SHOP_ADMIN, "--mfa-code", person.code())
    expect(done.code == 0, done.err)
    expect(world.proxy.actions["AssumeRole"] == 2 and world.proxy.actions["GetSessionToken"] == 1, world.proxy.actions)
