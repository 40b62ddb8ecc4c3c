"""Starting, announcing, and leaving no process behind."""

import os
import shlex
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from types import SimpleNamespace

from .. import asking, launcher, patchpoints
from ..asking import World, contains, equal
from . import functions_and_events

FOLDER = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
GONE_S = 60


def prepare(world: World) -> SimpleNamespace:
    return SimpleNamespace(folder=tempfile.TemporaryDirectory())


def _start(*arguments: str, **options) -> subprocess.Popen:
    return subprocess.Popen([sys.executable, FOLDER, *arguments], stdout=subprocess.PIPE, text=True, **options)


def _endpoint(process: subprocess.Popen) -> str:
    return process.stdout.readline().strip().removeprefix("endpoint=")


def _answers(endpoint: str) -> bool:
    try:
        urllib.request.urlopen(endpoint + launcher.READY_PATH, timeout=60).read()
        return True
    except OSError:
        return False


def _must_go(endpoint: str) -> None:
    deadline = time.monotonic() + GONE_S
    while _answers(endpoint):
        if time.monotonic() > deadline:
            raise AssertionError(f"{endpoint} still answers")
        time.sleep(0.1)


def _group_of(process: subprocess.Popen) -> int:
    """The process group of the server, which the launcher started."""
    with open(f"/proc/{process.pid}/task/{process.pid}/children") as file:
        return int(file.read().split()[0])


def _members(group: int) -> list[int]:
    found = []
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{name}/stat") as file:
                state, _, member_of = file.read().rsplit(")", 1)[1].split()[:3]
        except OSError:
            continue
        if int(member_of) == group and state != "Z":
            found.append(int(name))
    return found


def _must_be_empty(group: int) -> None:
    """SIGKILL was sent; the kernel takes its time."""
    deadline = time.monotonic() + GONE_S
    while _members(group) and time.monotonic() < deadline:
        time.sleep(0.1)
    equal(_members(group), [])


def _run_function(endpoint: str) -> None:
    """Leave a Lambda child behind, which would outlive a server that is merely killed."""
    world = World(endpoint)
    topic = functions_and_events.prepare(world)
    functions_and_events.ask_CreateFunction_with_provided_al2023(topic)
    functions_and_events.ask_Invoke_runs_the_bootstrap(topic)


def ask_endpoint_on_stdout_is_loopback_and_answers(t):
    t.process = _start()
    t.endpoint = _endpoint(t.process)
    equal(t.endpoint.rsplit(":", 1)[0], "http://127.0.0.1")
    equal(_answers(t.endpoint), True)


def ask_it_listens_on_loopback_only(t):
    port = f":{int(t.endpoint.rsplit(':', 1)[1]):04X}"
    addresses = []
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        if os.path.exists(table):
            with open(table) as file:
                lines = [line.split() for line in file.readlines()[1:]]
            addresses += [line[1] for line in lines if line[1].endswith(port) and line[3] == "0A"]
    equal(addresses, [f"0100007F{port}"])


def ask_SIGTERM_ends_it_with_its_Lambda_children(t):
    _run_function(t.endpoint)
    group = _group_of(t.process)
    equal(len(_members(group)) > 1, True)
    t.process.terminate()
    equal(t.process.wait(GONE_S), 0)
    _must_be_empty(group)
    equal(_answers(t.endpoint), False)


def ask_ready_file_appears_whole_and_the_log_is_written(t):
    ready, log = os.path.join(t.folder.name, "ready"), os.path.join(t.folder.name, "log")
    process = _start("--ready-file", ready, "--log", log)
    deadline = time.monotonic() + launcher.READY_TIMEOUT_S
    while not os.path.exists(ready) and time.monotonic() < deadline:
        time.sleep(0.05)
    with open(ready) as file:
        endpoint = file.readline().strip().removeprefix("endpoint=")
    equal(_answers(endpoint), True)
    process.send_signal(signal.SIGINT)
    equal(process.wait(GONE_S), 0)
    equal(os.path.getsize(log) > 0, True)


def ask_SIGKILL_of_the_launcher_ends_everything_and_leaves_no_folder(t):
    process = _start(env={**os.environ, "TMPDIR": t.folder.name})
    endpoint = _endpoint(process)
    _run_function(endpoint)
    group = _group_of(process)
    process.kill()
    process.wait()
    _must_go(endpoint)
    _must_be_empty(group)
    equal([name for name in os.listdir(t.folder.name) if name.startswith("bakery-sandbox-")], [])


def _start_in_a_shell(*arguments: str) -> tuple[str, int]:
    """Endpoint and process id of a sandbox whose parent, a shell, is gone by now."""
    command = shlex.join([sys.executable, FOLDER, *arguments]) + " & sleep 5"
    shell = subprocess.Popen(["sh", "-c", command], stdout=subprocess.PIPE, text=True)
    endpoint = _endpoint(shell)
    pid = int(shell.stdout.readline().strip().removeprefix("pid="))
    shell.kill()
    shell.wait()
    return endpoint, pid


def ask_it_dies_with_its_parent(t):
    endpoint, _ = _start_in_a_shell()
    _must_go(endpoint)


def ask_keep_outlives_its_parent(t):
    endpoint, pid = _start_in_a_shell("--keep")
    time.sleep(1)
    equal(_answers(endpoint), True)
    os.kill(pid, signal.SIGTERM)
    _must_go(endpoint)


def ask_taken_port_is_told(t):
    process = _start()
    endpoint = _endpoint(process)
    second = subprocess.run([sys.executable, FOLDER, "--port", endpoint.rsplit(":", 1)[1]], capture_output=True,
                            text=True)
    process.terminate()
    process.wait()
    equal(second.returncode, 1)
    contains(second.stderr, "in use")


def ask_another_version_of_ministack_is_refused(t):
    old = patchpoints.VERSION
    patchpoints.VERSION = "0.0.0"
    try:
        patchpoints.require_version()
    except SystemExit as end:
        contains(str(end.code), "needs ministack 0.0.0")
        return
    finally:
        patchpoints.VERSION = old
    raise AssertionError("accepted")


def ask_a_missing_private_name_is_refused(t):
    code = ("import os; os.environ['AUTH'] = 'true'\n"
            "from sandbox import patchpoints\n"
            "patchpoints.PRIVATE_NAMES['ministack.services.iam'].append('_no_such_name')\n"
            "patchpoints.require()\n")
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=os.path.dirname(FOLDER))
    equal(ended.returncode, 1)
    contains(ended.stderr.splitlines()[-1], "has no _no_such_name")


def ask_nothing_of_the_persons_AWS_settings_is_used(t):
    process = _start(env={**os.environ, "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AUTH": "false",
                          "BIND_HOST": "0.0.0.0"})
    endpoint = _endpoint(process)
    sts = asking.clients.client(endpoint, "sts", "AKIAIOSFODNN7EXAMPLE", "anything")
    try:
        with asking.refused("InvalidClientTokenId"):
            sts.get_caller_identity()
    finally:
        process.terminate()
        process.wait()
