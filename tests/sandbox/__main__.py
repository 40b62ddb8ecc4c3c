"""`python -m sandbox` (in tests/) or `python tests/sandbox`: start the local AWS and keep it until told to stop."""

import argparse
import os
import sys
import time

if not __package__:
    sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    __package__ = "sandbox"

from .launcher import POLL_S, Sandbox, StartFailed, end_on_signals  # noqa: E402


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="sandbox",
        description="A local AWS for Bakery's tests and its demo: IAM, STS, CloudFormation, S3, Lambda, Organizations. "
                    "It listens on 127.0.0.1 only. When it answers it writes the lines "
                    "endpoint=http://127.0.0.1:PORT and pid=PID.",
        epilog="The root of account A is access key A (its 12 digits) with secret 'test'. SIGTERM or SIGINT stops it "
               "with all its children; so does the end of the process that started it, unless --keep is given.",
    )
    parser.add_argument("--port", type=int, default=0, help="port to listen on (default: a free one)")
    parser.add_argument("--ready-file", metavar="FILE", help="write the endpoint to FILE instead of stdout")
    parser.add_argument("--log", metavar="FILE", help="write the server's log to FILE (default: nowhere)")
    parser.add_argument("--pace", type=float, default=0, metavar="SECONDS",
                        help="how long each resource of a stack takes (default: as fast as it goes)")
    parser.add_argument("--keep", action="store_true", help="live on when the process that started it ends")
    return parser.parse_args()


def announce(endpoint: str, ready_file: str | None) -> None:
    """Endpoint and process id; a reader of the file never sees half of it, it appears by rename."""
    lines = f"endpoint={endpoint}\npid={os.getpid()}\n"
    if not ready_file:
        print(lines, end="", flush=True)
        return
    unfinished = f"{ready_file}.{os.getpid()}"
    with open(unfinished, "w") as file:
        file.write(lines)
    os.rename(unfinished, ready_file)


def wait(sandbox: Sandbox, parent: int, keep: bool) -> int:
    """Until the server ends (1) or the process that started us does (0)."""
    while sandbox.is_running():
        if not keep and os.getppid() != parent:
            return 0
        time.sleep(POLL_S)
    print("sandbox: the server ended", file=sys.stderr)
    return 1


def main() -> int:
    arguments = parse_arguments()
    parent = os.getppid()
    end_on_signals(0)
    try:
        with Sandbox(arguments.port, arguments.log, arguments.pace) as sandbox:
            announce(sandbox.endpoint, arguments.ready_file)
            return wait(sandbox, parent, arguments.keep)
    except StartFailed as failure:
        print(f"sandbox: {failure}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
