"""MFA at a terminal, and without one."""

import signal

from flow.world import SHOP_ADMIN, Terminal, World, expect, expect_in

PROMPT = "MFA code of "


def test_asked_without_echo(world: World):
    person = world.person("MyTeamNonProdAdmin")
    terminal = Terminal(person, "assume", *SHOP_ADMIN, "--format", "sh")
    terminal.wait_for(PROMPT)
    expect(not terminal.echoes(), "the terminal echoes")
    code = person.code()
    terminal.type(f"{code[:3]} {code[3:]}\n")  # as apps show it
    status = terminal.end()
    expect(status == 0, terminal.text)
    expect_in("export AWS_ACCESS_KEY_ID='ASIA", terminal.text)
    expect(code not in terminal.text, "the code was shown")


def test_a_wrong_code_is_asked_again_once(world: World):
    person = world.person("MyTeamNonProdAdmin")
    terminal = Terminal(person, "assume", *SHOP_ADMIN, "--format", "sh")
    terminal.wait_for(PROMPT)
    terminal.type("000000\n")
    terminal.wait_for("wait for the next one")
    terminal.type(person.code() + "\n")
    expect(terminal.end() == 0, terminal.text)
    expect(world.proxy.actions["GetSessionToken"] == 2, world.proxy.actions)


def test_two_wrong_codes_are_enough(world: World):
    person = world.person("MyTeamNonProdAdmin")
    terminal = Terminal(person, "assume", *SHOP_ADMIN, "--format", "sh")
    terminal.wait_for(PROMPT)
    terminal.type("000000\n")
    terminal.wait_for("wait for the next one")
    terminal.type("000001\n")
    expect(terminal.end() == 4, terminal.text)
    expect_in("AWS takes each code once", terminal.text)


def test_what_is_no_code_is_not_sent(world: World):
    person = world.person("MyTeamNonProdAdmin")
    terminal = Terminal(person, "assume", *SHOP_ADMIN, "--format", "sh")
    terminal.wait_for(PROMPT)
    terminal.type("12345\n")
    terminal.wait_for("Six digits")
    terminal.type("1234567\n")
    expect(terminal.end() == 4, terminal.text)
    expect(world.proxy.actions["GetSessionToken"] == 0, world.proxy.actions)
    for code in ("12345", "1234567", "12345a", "-12345"):
        done = person.run("credentials", *SHOP_ADMIN, "--mfa-code", code)
        expect(done.code == 2, done)
        expect_in("six digits", done.err)
    expect(world.proxy.actions["GetSessionToken"] == 0, world.proxy.actions)


def test_a_used_code_from_the_command_line(world: World):
    person = world.person("MyTeamNonProdAdmin")
    code = person.code()
    expect(person.run("credentials", *SHOP_ADMIN, "--mfa-code", code).code == 0)
    person.run("logout")
    done = person.run("credentials", *SHOP_ADMIN, "--mfa-code", code)
    expect(done.code == 4, done)
    expect_in("wait for the next one", done.err)


def test_interrupted_at_the_question(world: World):
    for how in ("key", signal.SIGINT, signal.SIGTERM):
        person = world.person("MyTeamNonProdAdmin")
        terminal = Terminal(person, "assume", *SHOP_ADMIN, "--format", "sh")
        terminal.wait_for(PROMPT)
        expect(not terminal.echoes())
        if how == "key":
            terminal.type("\x03")
        else:
            terminal.kill(how)
        terminal.wait_for("cancelled")
        expect(terminal.echoes(), how, "the terminal does not echo any more")
        status = terminal.end()
        expect(status == (143 if how == signal.SIGTERM else 130), how, status)


def test_interrupted_on_the_wire(world: World):
    person = world.person(mfa=False)
    world.proxy.delay_s = 20
    terminal = Terminal(person, "-v", "credentials", "--role-arn", "arn:aws:iam::222222222222:role/Open", "--region",
                        "us-east-1")
    terminal.wait_for("credentials of environment")
    terminal.type("\x03")
    expect(terminal.end() == 130, terminal.text)


def test_a_long_session_takes_a_code_of_its_own(world: World):
    person = world.person("MyTeamNonProdAdmin", "MyTeamProdReadOnly")
    person.log_in()
    world.reset()
    terminal = Terminal(person, "assume", "--env", "Prod", "--type", "ReadOnly", "--duration", "4h", "--format", "sh")
    terminal.wait_for("for this role alone")
    terminal.type(person.code() + "\n")
    expect(terminal.end() == 0, terminal.text)
    expect(world.proxy.actions["GetSessionToken"] == 0 and world.proxy.actions["AssumeRole"] == 1, world.proxy.actions)


def test_on_a_terminal_no_keys_are_shown(world: World):
    terminal = Terminal(world.person("MyTeamNonProdAdmin"), "assume", *SHOP_ADMIN)
    expect(terminal.end() == 2, terminal.text)
    expect_in('eval "$(bakery-cli assume', terminal.text)
    expect(not world.proxy.actions, world.proxy.actions)


def test_nobody_there(world: World):
    done = world.person("MyTeamNonProdAdmin").run("credentials", *SHOP_ADMIN)
    expect(done.code == 4, done)
    expect_in("--mfa-code", done.err)


def test_no_device_and_fido(world: World):
    done = world.person("MyTeamNonProdAdmin", mfa=False).run("credentials", *SHOP_ADMIN, "--mfa-code", "123456")
    expect(done.code == 4, done)
    expect_in("has no MFA device", done.err)
    done = world.person("MyTeamNonProdAdmin").run("credentials", *SHOP_ADMIN, "--mfa-code", "123456", "--mfa-serial",
                                                  "arn:aws:iam::111111111111:u2f/user/alice/key")
    expect(done.code == 4, done)
    expect_in("is a FIDO key", done.err)


def test_serial_of_the_profile(world: World):
    person = world.person("MyTeamNonProdAdmin")
    with open(person.home + "/aws-config", "w") as file:
        file.write(f"[default]\nmfa_serial = {person.user.SerialNumber}\n")
    done = person.run("credentials", *SHOP_ADMIN, "--mfa-code", person.code(),
                      env={"AWS_CONFIG_FILE": person.home + "/aws-config"})
    expect(done.code == 0, done.err)
    expect(world.proxy.actions["ListMFADevices"] == 0, world.proxy.actions)


def test_code_of_a_program(world: World):
    person = world.person("MyTeamNonProdAdmin")
    with open(person.home + "/aws-config", "w") as file:
        file.write(f"[default]\nmfa_serial = {person.user.SerialNumber}\nmfa_process = cat '{person.home}/the code'\n")
    environment = {"AWS_CONFIG_FILE": person.home + "/aws-config"}
    done = person.run("credentials", *SHOP_ADMIN, env=environment)
    expect(done.code == 4, done)
    expect_in("profile default: mfa_process: cat ended with status 1", done.err)
    with open(person.home + "/the code", "w") as file:
        file.write(person.code() + "\n")
    done = person.run("-v", "credentials", *SHOP_ADMIN, env=environment)
    expect(done.code == 0, done.err)
    expect(world.proxy.actions["GetSessionToken"] == 1, world.proxy.actions)


def test_session_is_no_longer_than_the_strictest_role(world: World):
    person = world.person("MyTeamNonProdAdmin")
    other = person.home + "/config.yml"
    with open(world.config) as file, open(other, "w") as to:
        to.write(file.read().replace("    MaxSessionDuration: 14400", "    MfaMaxAge: 1800"))
    seen = []
    world.proxy.rewrite = lambda body: seen.append(body) or body
    done = person.run("--config", other, "credentials", *SHOP_ADMIN, "--mfa-code", person.code())
    expect(done.code == 0, done.err)
    done = person.run("--config", other, "credentials", "--env", "Prod", "--type", "ReadOnly")
    expect(done.code == 4, "the session of 30 minutes is fresh: only the group is missing")
    expect_in("MyTeamProdReadOnly", done.err)
