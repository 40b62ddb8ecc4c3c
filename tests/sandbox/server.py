"""The server process: ministack with the plug-in, in a process group of its own.

ministack reads its settings from the environment when it is imported, so they are set before.
"""

import os
import shutil
import signal
import sys
import tempfile
import threading

HOST = "127.0.0.1"


def settings(port: int, state_dir: str) -> dict[str, str]:
    """AUTH: signatures and policies count. BIND_HOST: without it ministack listens on every interface."""
    return {
        "AUTH": "true",
        "BIND_HOST": HOST,
        "GATEWAY_PORT": str(port),
        "MINISTACK_HOST": HOST,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "TMPDIR": state_dir,
        "AWS_ENDPOINT_URL": f"http://{HOST}:{port}",  # what functions that it runs are given
        "STATE_DIR": state_dir,
        "S3_DATA_DIR": os.path.join(state_dir, "s3"),
    }


def _forget_outer_settings() -> None:
    """Nothing of the person's own AWS set-up may reach the sandbox."""
    for name in list(os.environ):
        if name.startswith("AWS_") or name.startswith("MINISTACK_"):
            del os.environ[name]


def _stop_group_when_launcher_goes(lifeline: int, state_dir: str) -> None:
    """Lambda functions are children of this process and would outlive it: all go when the launcher is gone.

    The launcher holds the other end of this pipe, so reading ends when it dies, however it dies.
    """

    def wait_for_end() -> None:
        os.read(lifeline, 1)
        shutil.rmtree(state_dir, ignore_errors=True)
        os.killpg(0, signal.SIGKILL)

    threading.Thread(target=wait_for_end, daemon=True).start()


def _send_output_to(log_path: str | None) -> None:
    target = os.open(log_path or os.devnull, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.dup2(target, sys.stdout.fileno())
    os.dup2(target, sys.stderr.fileno())


def run(port: int, state_dir: str, log_path: str | None, lifeline: int, pace_s: float = 0) -> None:
    """Serve until killed. Called in a fresh child of the launcher."""
    os.setsid()
    _stop_group_when_launcher_goes(lifeline, state_dir)
    _forget_outer_settings()
    os.environ.update(settings(port, state_dir))
    tempfile.tempdir = None  # the launcher has asked for it: without this TMPDIR would come too late
    _send_output_to(log_path)

    from . import patchpoints, plugin

    plugin.install(pace_s)
    sys.argv = ["sandbox"]
    patchpoints.module("app").main()
