"""SDKs of other languages get their credentials from us: by credential_process in ~/.aws/config, and from exec's environment."""

import os
import shutil
import subprocess

from flow.processes import OPEN, expect_role, write_profile
from flow.world import OPEN_ROLE_ARN, RUN_TIMEOUT_S, Person, Skipped, World, expect, expect_in

HERE = os.path.dirname(os.path.abspath(__file__))
CLOSED_ROLE_ARN = OPEN_ROLE_ARN.replace("Open", "Closed")


def node() -> list[str]:
    """The command of a program on the AWS SDK for JavaScript that prints the caller's ARN, or the SDK's error."""
    program = shutil.which("node")
    if not program or not os.path.isdir(os.path.join(HERE, "node_modules")):
        raise Skipped("there is no node, or no node_modules in tests/flow (scripts/test fetches them)")
    return [program, os.path.join(HERE, "caller.mjs")]


def go() -> list[str]:
    """The same on the AWS SDK for Go."""
    program = shutil.which("go-sdk-caller")
    if not program:
        raise Skipped("there is no go-sdk-caller (scripts/test builds it where it finds a Go that can)")
    return [program]


def call(person: Person, command: list[str], env: dict) -> subprocess.CompletedProcess:
    return subprocess.run(command, env=person.environment(**env), capture_output=True, text=True, timeout=RUN_TIMEOUT_S)


def by_credential_process(world: World, command: list[str]) -> None:
    person = world.person(mfa=False)
    env = write_profile(world, person)
    done = call(person, command, env)
    expect(done.returncode == 0, done)
    expect_role(world, person, done.stdout.strip())
    expect(world.proxy.actions["AssumeRole"] == 1, world.proxy.actions)
    again = call(person, command, env)
    expect(again.stdout == done.stdout, again)
    expect(world.proxy.actions["AssumeRole"] == 1, "the second did not come from the cache", world.proxy.actions)


def by_exec(world: World, command: list[str]) -> None:
    person = world.person(mfa=False)
    done = person.run("exec", *OPEN, "--", *command)
    expect(done.code == 0, done)
    expect_role(world, person, done.out.strip())
    expect(world.proxy.actions["AssumeRole"] == 1, world.proxy.actions)


def refused_role(world: World, command: list[str], error: str) -> str:
    """The SDK fails for want of credentials, in its own words; gives all that a person sees."""
    person = world.person(mfa=False)
    env = write_profile(world, person)
    with open(env["AWS_CONFIG_FILE"]) as file:
        text = file.read()
    with open(env["AWS_CONFIG_FILE"], "w") as file:
        file.write(text.replace(OPEN_ROLE_ARN, CLOSED_ROLE_ARN))
    done = call(person, command, env)
    expect(done.returncode == 1 and not done.stdout, done)
    expect_in(error, done.stderr)
    # With exec the program is not even started.
    not_run = person.run("exec", "--role-arn", CLOSED_ROLE_ARN, "--region", "us-east-1", "--", *command)
    expect(not_run.code == 125 and not not_run.out and error not in not_run.err, not_run)
    return done.stderr


def session_that_aws_forgot(world: World, command: list[str]) -> None:
    """From the cache it looks good: AWS's refusal is the SDK's error, and its exit status is ours."""
    person = world.person(mfa=False)
    expect(person.run("credentials", *OPEN).code == 0)
    world.expire_sessions()
    done = person.run("exec", *OPEN, "--", *command)
    expect(done.code == 1 and not done.out, done)
    expect_in("ExpiredToken", done.err)


def test_node_by_credential_process(world: World):
    by_credential_process(world, node())


def test_node_by_exec(world: World):
    by_exec(world, node())


def test_node_and_a_refused_role(world: World):
    # It keeps what a credential_process says to itself.
    refused_role(world, node(), "CredentialsProviderError: Could not load credentials from any providers")


def test_node_and_a_session_that_aws_forgot(world: World):
    session_that_aws_forgot(world, node())


def test_go_by_credential_process(world: World):
    by_credential_process(world, go())


def test_go_by_exec(world: World):
    by_exec(world, go())


def test_go_and_a_refused_role(world: World):
    seen = refused_role(world, go(), "failed to refresh cached credentials")
    expect_in("AccessDenied", seen)
    expect_in(CLOSED_ROLE_ARN, seen)


def test_go_and_a_session_that_aws_forgot(world: World):
    session_that_aws_forgot(world, go())
