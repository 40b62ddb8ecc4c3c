"""Starts the server process, waits until it answers, and takes everything down again.

Shell scripts use it through `python -m sandbox`; Python tests through `running()`.
"""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

from . import patchpoints, server

READY_TIMEOUT_S = 300
STOP_TIMEOUT_S = 5
POLL_S = 0.1
READY_PATH = "/_ministack/health"

# Whoever asks a sandbox imports this: no proxy of the person's own set-up stands in between.
os.environ["no_proxy"] = os.environ["NO_PROXY"] = server.HOST


class StartFailed(Exception):
    """The server ended or did not answer in time."""


def end_on_signals(status: int = 1) -> None:
    """From now on a signal ends the program as its own end would: with all that is to be taken down."""
    def end(number, frame):
        for again in signals:
            signal.signal(again, signal.SIG_IGN)
        raise SystemExit(status)

    signals = [signal.SIGTERM, signal.SIGINT]
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # as nohup leaves it
        signals.append(signal.SIGHUP)
    for number in signals:
        signal.signal(number, end)


def free_port(wanted: int = 0) -> int:
    """A port nobody listens on: the wanted one, or any."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((server.HOST, wanted))
        except OSError as failure:
            raise StartFailed(f"port {wanted} is in use ({failure.strerror})") from failure
        return probe.getsockname()[1]


class Sandbox:
    """One running sandbox: the server process with its group, and its folder for temporary files."""

    def __init__(self, port: int = 0, log_path: str | None = None, pace_s: float = 0):
        patchpoints.require_version()  # not more: ministack reads the environment when it is imported
        self.port = free_port(port)
        self.endpoint = f"http://{server.HOST}:{self.port}"
        self._log_path = os.path.abspath(log_path) if log_path else None
        self._pace_s = pace_s
        self._state_dir = ""
        self._lifeline = -1
        self._pid = 0

    def __enter__(self) -> "Sandbox":
        try:
            self._state_dir = tempfile.mkdtemp(prefix="bakery-sandbox-")
            self._fork()
            self._wait_until_ready()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_) -> None:
        self.stop()

    def _fork(self) -> None:
        reading, self._lifeline = os.pipe()
        self._pid = os.fork()
        if self._pid == 0:
            self._serve(reading)
        os.close(reading)

    def _serve(self, reading: int) -> None:
        """In the child: never returns to the launcher's code."""
        status, errors = 1, os.fdopen(os.dup(sys.stderr.fileno()), "w")
        try:
            os.close(self._lifeline)
            server.run(self.port, self._state_dir, self._log_path, reading, self._pace_s)
            status = 0
        except SystemExit as end:
            if isinstance(end.code, str):
                print(end.code, file=errors, flush=True)
            status = end.code if isinstance(end.code, int) else 1
        finally:
            os._exit(status)

    def is_running(self) -> bool:
        if not self._pid:
            return False
        ended, _ = os.waitpid(self._pid, os.WNOHANG)
        if ended:
            self._pid = 0
        return not ended

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_TIMEOUT_S
        while time.monotonic() < deadline:
            if not self.is_running():
                raise StartFailed("the server ended while it started (see --log)")
            with contextlib.suppress(urllib.error.URLError, ConnectionError, TimeoutError):
                urllib.request.urlopen(self.endpoint + READY_PATH, timeout=1).read()
                return
            time.sleep(POLL_S)
        raise StartFailed(f"the server did not answer within {READY_TIMEOUT_S} s")

    def stop(self) -> None:
        """End the whole process group: first politely, then for certain."""
        group = self._pid
        if group and self.is_running():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(group, signal.SIGTERM)
            deadline = time.monotonic() + STOP_TIMEOUT_S
            while self.is_running() and time.monotonic() < deadline:
                time.sleep(POLL_S)
        if group:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(group, signal.SIGKILL)
            self.is_running()
        if self._lifeline >= 0:
            os.close(self._lifeline)
            self._lifeline = -1
        shutil.rmtree(self._state_dir, ignore_errors=True)


@contextlib.contextmanager
def running(port: int = 0, log_path: str | None = None, pace_s: float = 0):
    """A sandbox for the length of a `with` block, in a process of its own so that the caller may have threads."""
    folder = tempfile.mkdtemp(prefix="bakery-sandbox-ready-")
    ready = os.path.join(folder, "ready")
    command = [sys.executable, os.path.dirname(__file__), "--port", str(port), "--ready-file", ready,
               "--pace", str(pace_s)]
    if log_path:
        command += ["--log", log_path]
    try:
        process, endpoint = _start(command, ready, tries=1 if port else 3)
        try:
            yield endpoint
        finally:
            _end(process)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _start(command: list[str], ready_path: str, tries: int) -> tuple[subprocess.Popen, str]:
    """Starts it again when it ended: between the choice of a free port and its use, another program may take it."""
    process = subprocess.Popen(command)
    try:
        return process, _read_endpoint(process, ready_path)
    except StartFailed:
        _end(process)
        if tries == 1:
            raise
        return _start(command, ready_path, tries - 1)
    except BaseException:
        _end(process)
        raise


def _end(process: subprocess.Popen) -> None:
    process.terminate()
    process.wait()


def _read_endpoint(process: subprocess.Popen, ready_path: str) -> str:
    deadline = time.monotonic() + READY_TIMEOUT_S
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(FileNotFoundError):
            with open(ready_path) as file:
                return file.readline().strip().removeprefix("endpoint=")
        time.sleep(POLL_S)
    raise StartFailed("the sandbox did not start")
