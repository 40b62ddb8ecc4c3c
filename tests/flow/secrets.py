"""Secrets are found nowhere but where credentials are the output."""

import os
import signal
import subprocess

from flow.world import OPEN_ROLE_ARN, READ_OWN_GROUPS, SHOP_ADMIN, World, expect

OPEN = ("--role-arn", OPEN_ROLE_ARN, "--region", "us-east-1")


def secrets_of(person, printed: str = "") -> list[str]:
    """The long-lived secret, and those of all sessions in the cache."""
    found = [person.user.SecretAccessKey]
    for kind in ("role", "mfa"):
        for path in person.entries(kind) if os.path.isdir(person.cache) else ():
            with open(path) as file:
                fields = file.read().split(",")
            found += [field.split(":", 1)[1] for field in fields
                      if field.startswith(("40:", "140:")) or field.split(":", 1)[-1].startswith("FwoG")]
    return [secret for secret in found if len(secret) > 20 and secret not in printed]


def expect_clean(where: str, text: str, secrets: list[str]) -> None:
    for secret in secrets:
        expect(secret not in text, where, "holds a secret")


def test_no_secret_in_messages(world: World):
    person = world.person("MyTeamNonProdAdmin", READ_OWN_GROUPS)
    code = person.code()
    runs = [("credentials", *SHOP_ADMIN, "--mfa-code", code), ("credentials", *SHOP_ADMIN),
            ("assume", *SHOP_ADMIN, "--format", "sh"), ("assume", "--env", "Prod", "--type", "Admin"),
            ("whoami",), ("exec", *SHOP_ADMIN, "--", "true"), ("credentials", *OPEN, "--session-name", ":"),
            ("credentials", *OPEN), ("roles", "--mine"), ("explain", "--env", "Prod", "--type", "Admin"), ("access",),
            ("logout",)]
    outputs, secrets = [], []
    for run in runs:
        secrets += secrets_of(person)
        outputs.append((run, person.run("-v", *run)))
    expect(len(set(secrets)) >= 5, len(set(secrets)))
    for run, done in outputs:
        expect_clean(f"stderr of {run[0]}", done.err, secrets + [code])
        if run[0] not in ("credentials", "assume"):
            expect_clean(f"stdout of {run[0]}", done.out, secrets)
        expect(person.user.SecretAccessKey not in done.out, run)


def test_no_secret_in_command_lines(world: World):
    person = world.person(mfa=False)
    process = subprocess.Popen([world.cli, "exec", *OPEN, "--", "cat"], env=person.environment(), text=True,
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    process.stdin.write("the child runs\n")
    process.stdin.flush()
    expect(process.stdout.readline() == "the child runs\n")
    secrets = secrets_of(person)
    expect(len(secrets) >= 3, secrets)
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/cmdline") as file:
                expect_clean(f"command line of {pid}", file.read(), secrets)
        except (FileNotFoundError, ProcessLookupError, PermissionError, UnicodeDecodeError):
            continue
    process.communicate()
    expect(process.returncode == 0, process.returncode)


def test_no_core_of_a_process_with_keys(world: World):
    person = world.person(mfa=False)
    done = person.run("exec", *OPEN, "--", "sh", "-c", "grep core /proc/$PPID/limits")
    expect("core file size" in done.out and done.out.split()[4] == "0", done)
    folder = os.path.join(person.home, "cores")
    os.makedirs(folder)
    process = subprocess.Popen(["sh", "-c", 'ulimit -c unlimited; exec "$@"', "sh", world.cli, "exec", *OPEN, "--",
                                "sh", "-c", "echo ready; cat"], env=person.environment(), cwd=folder, text=True,
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    expect(process.stdout.readline() == "ready\n")
    process.send_signal(signal.SIGABRT)
    process.communicate()
    expect(process.returncode == -signal.SIGABRT, process.returncode)
    expect(os.listdir(folder) == [], os.listdir(folder))


def test_sslkeylogfile_is_ignored(world: World):
    person = world.person(mfa=False)
    path = os.path.join(person.home, "keylog")
    done = person.run("exec", *OPEN, "--", "sh", "-c", "echo ${SSLKEYLOGFILE-gone}", env={"SSLKEYLOGFILE": path})
    expect(done.out == "gone\n" and not os.path.exists(path), done)
