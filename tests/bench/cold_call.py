#!/usr/bin/env python3
"""A cold GetCallerIdentity over TLS, as a whole process: the library's, beside curl that makes the same call with the same
headers, signature included. Both against the scripted server of tests/wire, in turns; nothing is asserted.

    cold_call.py --caller PATH/wire_caller --measure PATH/bench_measure [--empty PATH/bench_empty] [--runs N]
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "wire"))

from certificates import Certificates  # noqa: E402
from scenarios import GOOD  # noqa: E402
from server import Server  # noqa: E402

SENT_BY_BOTH = ("authorization", "content-type", "x-amz-date", "x-amz-security-token")


class Round:
    """CPU time, wall time and peak memory of a program's runs."""

    def __init__(self):
        self.lines = []

    def run(self, measure, environment, command):
        done = subprocess.run([measure, "1", *command], env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            sys.exit(f"{' '.join(command[:1])} ended with {done.returncode}: {done.stderr}")
        self.lines.append([int(word) for word in done.stdout.split()])

    def medians(self):
        return [statistics.median(column) for column in zip(*self.lines)]


def curl_command(server, authorities):
    """What the caller has just sent, as curl's arguments."""
    request = server.requests[-1]
    headers = [word for name in SENT_BY_BOTH for word in ("-H", f"{name}: {request.headers[name]}")]
    return [shutil.which("curl"), "-q", "-sS", "-f", "--http1.1", "--cacert", authorities, "-o", "/dev/null", *headers, "--data-binary",
            request.body.decode(), f"https://127.0.0.1:{server.port}/"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("--caller", "--measure"):
        parser.add_argument(name, required=True)
    parser.add_argument("--empty")
    parser.add_argument("--runs", type=int, default=100)
    options = parser.parse_args()
    if not shutil.which("curl"):
        print("skipped: curl is not installed")
        sys.exit(77)

    with tempfile.TemporaryDirectory(prefix="bakery-cold-") as folder:
        made = Certificates(folder)
        environment = {"HOME": folder, "AWS_CA_BUNDLE": made.path("ca.pem")}
        with Server([GOOD], made.server_context("good")) as server:
            ours = [options.caller, "--endpoint", f"https://127.0.0.1:{server.port}", "whoami"]
            subprocess.run(ours, env=environment, check=True, capture_output=True)
            programs = {"libbakery": ours, "curl": curl_command(server, made.path("ca.pem"))}
            if options.empty:
                programs["empty program"] = [options.empty]
            rounds = {name: Round() for name in programs}
            for _ in range(options.runs):
                for name, command in programs.items():
                    rounds[name].run(options.measure, environment, command)
            connections = server.connections
    medians = {name: each.medians() for name, each in rounds.items()}
    for name, (cpu_us, wall_us, memory_kib) in medians.items():
        print(f"{name:14} wall {wall_us / 1000:6.2f} ms  CPU {cpu_us / 1000:6.2f} ms  peak {memory_kib / 1024:5.1f} MiB")
    wall, cpu = (medians["libbakery"][i] / medians["curl"][i] for i in (1, 0))
    print(f"libbakery / curl: wall {wall:.2f}, CPU {cpu:.2f} ({options.runs} runs, {connections} connections)")


if __name__ == "__main__":
    main()
