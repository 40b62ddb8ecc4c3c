"""Deploys many burgers to the local AWS, with more and more of them at once: how long it takes, and how much memory.

    python tests/bench/burgers.py CLI [--burgers 200] [--jobs 1 4 16 32] [--throttle 10]

The time is the sandbox's as much as bakery-cli's: each resource takes a while there (--pace), as it does on AWS, and one
Python process answers all. With --throttle a share of the answers, in percent, is "Throttling" instead: all must end well.
"""

import argparse
import contextlib
import os
import random
import re
import subprocess
import sys
import tempfile
import time
import types

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from flow.kitchen import DEPLOYER, Kitchen, allow  # noqa: E402
from flow.world import Proxy  # noqa: E402
from sandbox import launcher  # noqa: E402

THROTTLED = (400, b"<ErrorResponse><Error><Type>Sender</Type><Code>Throttling</Code><Message>Rate exceeded</Message></Error>"
             b"<RequestId>r</RequestId></ErrorResponse>")
# Those of CloudFormation that are asked for most often.
THROTTLEABLE = ("CreateChangeSet", "DescribeChangeSet", "DescribeStacks", "DescribeStackEvents", "ExecuteChangeSet",
                "AssumeRole", "GetTemplate")


def kitchen_of(arguments, endpoint: str, folder: str, through: str) -> Kitchen:
    world = types.SimpleNamespace(cli=os.path.abspath(arguments.cli), sandbox=endpoint, endpoint=through, folder=folder)
    kitchen = Kitchen(world, DeployerRole=DEPLOYER)
    kitchen.write(Environments=[kitchen.environment("NonProd", **{
        f"Burger{number}": number for number in range(1, arguments.burgers + 1)})])
    for number in range(1, arguments.burgers + 1):
        kitchen.deployer(number)
    return kitchen


def throttle(proxy: Proxy, percent: int) -> None:
    chance = random.Random(1)

    def answer():
        return THROTTLED if chance.randrange(100) < percent else None

    proxy.answer = {action: answer for action in THROTTLEABLE}


def peak_of(pid: int) -> int:
    """The most memory so far, in KiB. What wait4() tells begins with that of this process, before the exec."""
    with contextlib.suppress(FileNotFoundError, ProcessLookupError), open(f"/proc/{pid}/status") as file:
        return int(re.search(r"VmHWM:\s+(\d+)", file.read() + "VmHWM: 0")[1])
    return 0


def deploy(kitchen: Kitchen, jobs: int) -> tuple[float, int]:
    """Seconds, and the most memory in KiB."""
    cook = kitchen.cook(policy=allow("sts:AssumeRole"))
    began = time.monotonic()
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen([kitchen.cli, "--output", "json", "deploy", "burgers", "--yes", "-j", str(jobs)],
                                   env=cook.environment(), stdout=log, stderr=subprocess.STDOUT)
        memory = 0
        while process.poll() is None:
            memory = max(memory, peak_of(process.pid))
            time.sleep(0.05)
        took = time.monotonic() - began
        log.seek(0)
        done = len(re.findall(rb'"event": "burger", .*"state": "done"', log.read()))
        log.seek(-2000, os.SEEK_END)
        if process.returncode or done != len(kitchen.settings["Environments"][0]["Accounts"]):
            raise SystemExit(f"-j {jobs}: exit {process.returncode}, {done} done:\n{log.read().decode()}")
    return took, memory


def measure(arguments, jobs: int) -> tuple[float, int]:
    with tempfile.TemporaryDirectory() as folder, launcher.running(pace_s=arguments.pace) as endpoint:
        proxy = Proxy(endpoint) if arguments.throttle else None
        kitchen = kitchen_of(arguments, endpoint, folder, proxy.endpoint if proxy else endpoint)
        if proxy:
            throttle(proxy, arguments.throttle)
        return deploy(kitchen, jobs)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("cli", help="the bakery-cli to measure")
    parser.add_argument("--burgers", type=int, default=200)
    parser.add_argument("--jobs", type=int, nargs="+", default=[1, 4, 16, 32])
    parser.add_argument("--pace", type=float, default=0.5, help="seconds for each resource (default: %(default)s)")
    parser.add_argument("--throttle", type=int, default=0, metavar="PERCENT", help="answers that are Throttling instead")
    arguments = parser.parse_args()
    print("| -j | seconds | burgers a second | memory, MiB |\n|---:|---:|---:|---:|")
    for jobs in arguments.jobs:
        took, memory = measure(arguments, jobs)
        print(f"| {jobs} | {took:.0f} | {arguments.burgers / took:.1f} | {memory / 1024:.1f} |", flush=True)


if __name__ == "__main__":
    main()
