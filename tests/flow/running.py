"""exec and assume -- CMD: the child's environment, its exit status, signals."""

import os
import signal
import subprocess
import time

from flow.world import OPEN_ROLE_ARN, Terminal, World, expect, expect_in

OPEN = ("--role-arn", OPEN_ROLE_ARN, "--region", "us-east-1")
EXPORTED = {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_CREDENTIAL_EXPIRATION",
            "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ACCOUNT_ID", "BAKERY_ACCOUNT", "BAKERY_ROLE_ARN"}


def test_exit_status_is_kept(world: World):
    person = world.person(mfa=False)
    for command in (("exec",), ("assume",)):
        for status in (0, 1, 2, 7, 42, 125, 126, 127, 130, 255):
            done = person.run(*command, *OPEN, "--", "sh", "-c", f"exit {status}")
            expect(done.code == status and not done.err, command, status, done)
        for number in (signal.SIGTERM, signal.SIGKILL, signal.SIGSEGV, signal.SIGINT):
            done = person.run(*command, *OPEN, "--", "sh", "-c", f"kill -{int(number)} $$")
            expect(done.code == 128 + number, command, number, done)


def test_what_cannot_be_run(world: World):
    person = world.person(mfa=False)
    done = person.run("exec", *OPEN, "--", "no-such-program")
    expect(done.code == 127, done)
    expect_in("no-such-program: No such file", done.err)
    plain = os.path.join(person.home, "plain")
    open(plain, "w").close()
    expect(person.run("exec", *OPEN, "--", plain).code == 126)
    expect(person.run("exec", *OPEN, "--", person.home).code == 126)


def test_own_failure(world: World):
    person = world.person(mfa=False)
    done = person.run("exec", "--role-arn", "arn:aws:iam::222222222222:role/Nobody", "--", "true")
    expect(done.code == 125, done)
    expect_in("AccessDenied", done.err)
    done = person.run("exec", *OPEN)
    expect(done.code == 2, done)
    done = person.run("exec", *OPEN, "true")
    expect(done.code == 2, done)
    expect_in("put -- before", done.err)


def test_environment_has_only_the_new_keys(world: World):
    person = world.person(mfa=False)
    old = {"BAKERY_ENVIRONMENT": "Old", "BAKERY_ACCESS_TYPE": "Old", "AWS_CREDENTIAL_EXPIRATION": "2099-01-01T00:00:00Z",
           "AWS_ACCOUNT_ID": "999999999999"}
    done = person.run("exec", *OPEN, "--", "env", "-0", env=old)
    expect(done.code == 0, done.err)
    pairs = [entry.split("=", 1) for entry in done.out.split("\0") if entry]
    names = [name for name, _ in pairs]
    have = dict(pairs)
    expect(EXPORTED <= set(names), names)
    expect(len(names) == len(set(names)), "a variable stands twice", names)
    for name in ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SECURITY_TOKEN", "BAKERY_ENVIRONMENT", "BAKERY_ACCESS_TYPE"):
        expect(name not in have, name)
    expect(have["AWS_ACCESS_KEY_ID"] != person.user.AccessKeyId)
    expect(have["AWS_ACCOUNT_ID"] == "222222222222", have["AWS_ACCOUNT_ID"])
    expect(person.user.SecretAccessKey not in done.out)


def test_profile_of_the_parent_is_gone(world: World):
    person = world.person(mfa=False)
    path = person.home + "/credentials"
    with open(path, "w") as file:
        file.write(f"[dev]\naws_access_key_id = {person.user.AccessKeyId}\n"
                   f"aws_secret_access_key = {person.user.SecretAccessKey}\n")
        os.fchmod(file.fileno(), 0o600)
    env = {"AWS_PROFILE": "dev", "AWS_DEFAULT_PROFILE": "dev", "AWS_SHARED_CREDENTIALS_FILE": path,
           "AWS_SECURITY_TOKEN": "old", "AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None}
    done = person.run("exec", *OPEN, "--", "sh", "-c", "echo ${AWS_PROFILE-gone} ${AWS_DEFAULT_PROFILE-gone} "
                      "${AWS_SECURITY_TOKEN-gone}", env=env)
    expect(done.out == "gone gone gone\n", done)


def test_arguments_are_passed_as_they_are(world: World):
    person = world.person(mfa=False)
    words = ["", "a b", "--env", "-x", "$HOME", "\u00fc", "'", "--"]
    done = person.run("exec", *OPEN, "--", "printf", "%s\\n", *words)
    expect(done.out == "".join(word + "\n" for word in words), done)


def test_signals_are_forwarded(world: World):
    person = world.person(mfa=False)
    script = "trap 'echo got; exit 9' USR1 TERM; echo ready; while :; do sleep 0.05; done"
    for number in (signal.SIGUSR1, signal.SIGTERM):
        process = subprocess.Popen([world.cli, "exec", *OPEN, "--", "sh", "-c", script], stdout=subprocess.PIPE,
                                   env=person.environment(), text=True)
        expect(process.stdout.readline() == "ready\n")
        process.send_signal(number)
        expect(process.stdout.read() == "got\n", number)
        expect(process.wait() == 9, number)


def test_ctrl_c_reaches_the_child_once(world: World):
    person = world.person(mfa=False)
    # Until it came, and then as long as a second one would take.
    wait = "while [ $n = 0 ]; do sleep 0.1; done; sleep 0.5"
    script = f"n=0; trap 'n=$((n+1))' INT; echo ready; {wait}; echo count=$n; exit 3"
    terminal = Terminal(person, "exec", *OPEN, "--", "sh", "-c", script)
    terminal.wait_for("ready")
    terminal.type("\x03")
    terminal.wait_for("count=1")
    expect(terminal.end() == 3, terminal.text)


def test_child_has_no_descriptors_of_ours(world: World):
    person = world.person(mfa=False)
    script = "ls /proc/self/fd | wc -l"
    own = subprocess.run(["sh", "-c", script], stdin=subprocess.DEVNULL, capture_output=True, text=True)
    for begin in (("exec", *OPEN), ("assume", *OPEN, "--refresh")):
        done = person.run(*begin, "--", "sh", "-c", script)
        expect(done.out == own.stdout, begin[0], done, own.stdout)


def test_signal_before_the_child_runs(world: World):
    """While the program is looked for, along a PATH that takes a while, the child is still a copy of us."""
    person = world.person(mfa=False)
    env = person.environment(PATH="/nowhere:" * 14000 + os.environ["PATH"])
    for number in (signal.SIGTERM, signal.SIGHUP):
        # Under nohup it is ignored, and stays so.
        process = subprocess.Popen([world.cli, "exec", *OPEN, "--", "sleep", "600"], env=env,
                                   preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL))
        deadline = time.monotonic() + 20
        while not child_of(process.pid) and time.monotonic() < deadline:
            time.sleep(0.001)
        process.send_signal(number)
        expect(process.wait() == 128 + number, number, process.returncode)


def child_of(pid: int) -> str:
    with open(f"/proc/{pid}/task/{pid}/children") as file:
        return file.read()


def test_limits_and_signals_are_given_back(world: World):
    person = world.person(mfa=False)
    done = person.run("exec", *OPEN, "--", "sh", "-c", "ulimit -Sc; grep -E 'Sig(Blk|Ign)' /proc/self/status")
    own = subprocess.run(["sh", "-c", "ulimit -Sc; grep -E 'Sig(Blk|Ign)' /proc/self/status"], capture_output=True,
                         text=True)
    expect(done.out == own.stdout, done.out, own.stdout)


def test_shell(world: World):
    person = world.person(mfa=False)
    done = subprocess.run([world.cli, "assume", *OPEN, "--shell"], env=person.environment(), text=True,
                          input="echo $BAKERY_ACCOUNT; exit 5\n", capture_output=True)
    expect(done.returncode == 5 and done.stdout == "222222222222\n", done)


def test_sigchld_ignored_by_the_parent(world: World):
    person = world.person(mfa=False)
    process = subprocess.Popen([world.cli, "exec", *OPEN, "--", "sh", "-c", "exit 6"], env=person.environment(),
                               preexec_fn=lambda: signal.signal(signal.SIGCHLD, signal.SIG_IGN))
    deadline = time.monotonic() + 20
    while process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.05)
    expect(process.returncode == 6, process.returncode)
