#!/usr/bin/env python3
"""Runs the scenarios of scenarios.py: the server by its script, the caller as a program, and what came of both.

    run.py CALLER [NAME...]

The last line is "N passed, N failed".
"""

import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

import signature
from certificates import Certificates
from scenarios import scenarios
from server import Server

SETTLE_S = 20
LONGEST_S = 120  # for a machine that is busy; who never ends is seen by it too


class Stage:
    """What a scenario may name: the caller, certificates, and a server that must stay unvisited."""

    def __init__(self, caller, folder):
        self.caller, self.folder = caller, folder
        self.certificates = Certificates(folder)

    def call(self, scenario, server, elsewhere):
        environment = {"HOME": self.folder, "AWS_CA_BUNDLE": self.certificates.path("ca.pem"),
                       **{name: os.environ[name] for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS") if name in os.environ}}
        words = {"port": server.port if server else 0, "other": elsewhere.port, "folder": self.folder,
                 **scenario.ports}
        for name, value in scenario.environment.items():
            environment[name] = value.format(**words)
        options = [text.format(**words) for text in scenario.options]
        if not any(option == "--endpoint" for option in options) and scenario.endpoint:
            options = ["--endpoint", scenario.endpoint.format(**words), *options]
        command = os.environ.get("WIRE_WRAPPER", "").split() + [self.caller, *options, scenario.action]
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=LONGEST_S, check=False)


def lines_of(output):
    """Each name with its texts, in their order."""
    found = {}
    for line in output.splitlines():
        name, _, text = line.partition(": ")
        found.setdefault(name, []).append(text)
    return found


def faults(scenario, done, server, elsewhere):
    """What is not as the scenario says."""
    said = lines_of(done.stdout)
    if done.returncode or done.stderr:
        yield f"the caller ended with {done.returncode}: {done.stderr}"
    if "CANARY" in done.stdout + done.stderr:
        yield "a secret was printed"
    for name in ("status", "http", "account", "body", "sent"):
        wanted = getattr(scenario, name)
        got = said.get(name, [None])[-1]
        if wanted is not None and got != str(wanted):
            yield f"{name} is {got}, not {wanted}"
    for name in ("message", "hint", "warning", "log"):
        for piece in getattr(scenario, name):
            if piece not in "\n".join(said.get(name, [])):
                yield f"'{piece}' is not in the {name}"
    for piece in scenario.never:
        if piece in done.stdout:
            yield f"'{piece}' is said"
    if server:
        for name in ("requests", "connections"):
            wanted = getattr(scenario, name)
            got = getattr(server, name) if name == "connections" else len(server.requests)
            if wanted is not None and got != wanted:
                yield f"{got} {name}, not {wanted}"
        for request in server.requests:
            if scenario.signed and not signature.is_right(request):
                yield "a signature is wrong"
            if "expect" in request.headers:
                yield "an Expect header was sent"
            if scenario.check and not scenario.check(request):
                yield f"the request is not as it should be: {request.method} {request.target} {request.headers}"
    if elsewhere.connections:
        yield "another host was visited"


def settle(scenario, server):
    """The caller may be done before the server has read what it was sent."""
    end = time.monotonic() + SETTLE_S
    while server and time.monotonic() < end and (len(server.requests) < (scenario.requests or 0) or
                                                 server.connections < (scenario.connections or 0)):
        time.sleep(0.01)


def play(stage, scenario):
    # At an address of its own: at 127.0.0.1 a program that looks for a free port may pass by.
    with Server([[b""]], host="127.0.0.2") as elsewhere, scenario.set_up(stage) as server:
        done = stage.call(scenario, server, elsewhere)
        settle(scenario, server)
        found = list(faults(scenario, done, server, elsewhere))
        found += scenario.afterwards(stage)
    return found, done


def run(stage, chosen):
    with ThreadPoolExecutor(4) as pool:
        for scenario, outcome in [(each, pool.submit(play, stage, each)) for each in chosen]:
            try:
                found, done = outcome.result()
                output = done.stdout
            except (OSError, subprocess.SubprocessError) as error:
                found, output = [str(error)], ""
            for text in found:
                print(f"FAILED  {scenario.name}: {text}\n{output}")
            yield not found


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    with tempfile.TemporaryDirectory(prefix="bakery-wire-") as folder:
        stage = Stage(os.path.abspath(sys.argv[1]), folder)
        chosen = [each for each in scenarios() if not sys.argv[2:] or each.name in sys.argv[2:]]
        results = list(run(stage, chosen))
    print(f"{sum(results)} passed, {len(results) - sum(results)} failed")
    sys.exit(not results or not all(results))


if __name__ == "__main__":
    main()
