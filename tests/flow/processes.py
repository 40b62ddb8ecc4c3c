"""Many processes at once, and other programs that ask us for credentials."""

import json
import os
import resource
import signal
import subprocess
import sys
import time

from flow.world import OPEN_ROLE_ARN, RUN_TIMEOUT_S, World, expect, expect_in

OPEN = ("--role-arn", OPEN_ROLE_ARN, "--region", "us-east-1")
AT_ONCE = 200


def start(world: World, person) -> subprocess.Popen:
    return subprocess.Popen([world.cli, "credentials", *OPEN], env=person.environment(), stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def test_many_at_once_ask_once(world: World):
    person = world.person(mfa=False)
    world.proxy.delay_s = 0.5
    processes = [start(world, person) for _ in range(AT_ONCE)]
    answers = [process.communicate(timeout=2 * RUN_TIMEOUT_S) for process in processes]
    codes = {process.returncode for process in processes}
    expect(codes == {0}, codes, {err for _, err in answers})
    keys = {json.loads(out)["AccessKeyId"] for out, _ in answers}
    expect(len(keys) == 1, len(keys), "different sessions")
    expect(world.proxy.actions["AssumeRole"] == 1, world.proxy.actions)
    expect(world.proxy.actions["GetCallerIdentity"] == 1, world.proxy.actions)


def test_a_killed_holder_gives_way(world: World):
    person = world.person(mfa=False)
    world.proxy.delay_s = 30
    holder = start(world, person)
    deadline = time.monotonic() + RUN_TIMEOUT_S
    while not world.proxy.actions and time.monotonic() < deadline:
        time.sleep(0.02)
    expect(world.proxy.actions, "the holder did not ask")
    world.proxy.delay_s = 0
    waiting = [start(world, person) for _ in range(3)]
    time.sleep(0.3)
    expect(all(process.poll() is None for process in waiting), "they did not wait")
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    for process in waiting:
        process.communicate(timeout=RUN_TIMEOUT_S)
        expect(process.returncode == 0)
    expect(world.proxy.actions["AssumeRole"] == 1, world.proxy.actions)


def write_profile(world: World, person) -> dict:
    """As a person writes it: an absolute path, and whose keys to begin with."""
    config, keys = person.home + "/config", person.home + "/keys"
    with open(config, "w") as file:
        file.write(f"[profile open]\nregion = us-east-1\n"
                   f"credential_process = \"{world.cli}\" credentials --profile base --role-arn {OPEN_ROLE_ARN}\n")
    with open(keys, "w") as file:
        file.write(f"[base]\naws_access_key_id = {person.user.AccessKeyId}\n"
                   f"aws_secret_access_key = {person.user.SecretAccessKey}\n")
    os.chmod(keys, 0o600)
    return {"AWS_CONFIG_FILE": config, "AWS_SHARED_CREDENTIALS_FILE": keys, "AWS_PROFILE": "open",
            "AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None}


# Not the script "aws": the first line of that one cannot hold a path with a space.
AWS = (sys.executable, "-m", "awscli")


def expect_role(world: World, person, arn: str) -> None:
    expect(arn == f"arn:aws:sts::222222222222:assumed-role/Open/{person.user.UserName}", arn)


def test_aws_cli_by_credential_process(world: World):
    person = world.person(mfa=False)
    done = subprocess.run([*AWS, "sts", "get-caller-identity"], env=person.environment(**write_profile(world, person)),
                          capture_output=True, text=True)
    expect(done.returncode == 0, done.stderr)
    expect_role(world, person, json.loads(done.stdout)["Arn"])


def test_aws_cli_by_exec(world: World):
    person = world.person(mfa=False)
    done = person.run("exec", *OPEN, "--", *AWS, "sts", "get-caller-identity")
    expect(done.code == 0, done.err)
    expect_role(world, person, json.loads(done.out)["Arn"])


def test_boto3_by_credential_process_and_exec(world: World):
    person = world.person(mfa=False)
    program = "import boto3; print(boto3.client('sts').get_caller_identity()['Arn'])"
    done = subprocess.run([sys.executable, "-c", program], env=person.environment(**write_profile(world, person)),
                          capture_output=True, text=True)
    expect(done.returncode == 0, done.stderr)
    expect_role(world, person, done.stdout.strip())
    done = person.run("exec", *OPEN, "--", sys.executable, "-c", program)
    expect_role(world, person, done.out.strip())


def test_a_profile_that_calls_itself_ends(world: World):
    person = world.person(mfa=False)
    env = write_profile(world, person)
    with open(env["AWS_CONFIG_FILE"], "w") as file:
        file.write(f"[profile open]\nregion = us-east-1\n"
                   f"credential_process = \"{world.cli}\" credentials --role-arn {OPEN_ROLE_ARN}\n")
    done = person.run("-v", "credentials", *OPEN, env=env)
    expect(done.code == 4, done)
    expect_in("goes in circles", done.err)


def test_stdout_that_cannot_be_written(world: World):
    person = world.person(mfa=False)
    with open("/dev/full", "w") as full:
        done = subprocess.run([world.cli, "credentials", *OPEN], env=person.environment(), stdout=full,
                              stderr=subprocess.PIPE, text=True)
    expect(done.returncode == 1, done)
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run([world.cli, "credentials", *OPEN], env=person.environment(), stdout=write,
                          stderr=subprocess.PIPE, text=True)
    os.close(write)
    expect(done.returncode == 141 and not done.stderr, done)


def holding_secrets(person) -> list[str]:
    """The files of the person's home that hold a session's keys, but for the entries of the cache."""
    found = []
    for folder, _, names in os.walk(person.home):
        for path in (os.path.join(folder, name) for name in names):
            with open(path, "rb") as file:
                body = file.read()
            if b"ASIA" in body and not (path in person.entries("role") and body.startswith(b"bakery-cache 2\n")):
                found.append(path)
    return found


def test_closed_standard_files(world: World):
    person = world.person(mfa=False)
    for closed in ((0,), (1,), (2,), (0, 1), (1, 2), (0, 2), (0, 1, 2)):
        for more in (("--refresh",), ()):
            redirections = " ".join(f"{fd}>&-" for fd in closed)
            done = subprocess.run(["sh", "-c", f'exec "$@" {redirections}', "sh", world.cli, "credentials", *OPEN, *more],
                                  env=person.environment(), capture_output=True, text=True, cwd=person.home)
            expect((done.returncode == 0) == (1 not in closed), closed, done)
            expect(not holding_secrets(person), closed, more, holding_secrets(person))


def test_few_files_and_little_memory(world: World):
    """It works, or says in one line why not; never half of something."""
    with open(world.cli, "rb") as file:
        if b"__asan_init" in file.read():
            return  # which takes terabytes of addresses
    limits = [(resource.RLIMIT_NOFILE, n) for n in range(4, 14)]
    limits += [(resource.RLIMIT_AS, size << 20) for size in (4, 8, 12, 16, 24, 32, 64)]
    outcomes = set()
    for warm in (False, True):
        for limit in limits:
            person = world.person(mfa=False)
            if warm:
                person.run("credentials", *OPEN)
            done = subprocess.run([world.cli, "credentials", *OPEN], env=person.environment(), capture_output=True, text=True,
                                  preexec_fn=lambda limit=limit: resource.setrlimit(limit[0], (limit[1], limit[1])))
            by_loader = done.returncode in (127, -signal.SIGKILL, -signal.SIGSEGV) and "bakery-cli: " not in done.stderr
            if done.returncode == 0:
                expect(json.loads(done.stdout)["AccessKeyId"].startswith("ASIA"), limit, done)
            elif not by_loader:
                expect(done.returncode in (1, 4, 5) and done.stderr.startswith("bakery-cli: "), limit, warm, done)
            expect("install it" not in done.stderr, limit, warm, "what is wrong is no library that is missing")
            expect(done.returncode == 0 or not done.stdout, limit, warm, done)
            expect(not holding_secrets(person), limit, warm, holding_secrets(person))
            outcomes.add("loader" if by_loader else done.returncode)
    expect(0 in outcomes and outcomes & {1, 4, 5}, outcomes)


def test_a_hit_loads_neither_libcurl_nor_libcrypto(world: World):
    person = world.person(mfa=False)
    for warm in (False, True):
        done = person.run("credentials", *OPEN, env={"LD_DEBUG": "files"})
        expect(done.code == 0, done.err[-500:])
        for library in ("libcurl", "libcrypto"):
            expect((library in done.err) == (not warm), library, "on a hit" if warm else "on a miss")
