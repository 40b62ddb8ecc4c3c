"""Runs the flow tests: bakery-cli against the local AWS. Ends with `N passed, N failed`.

    python tests/flow/run.py CLI [--only WORD] [--log FILE]

Needs the packages of tests/sandbox/requirements.txt, and awscli for the tests that use it.
"""

import argparse
import importlib
import os
import sys
import time
import traceback

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from flow import world as worlds  # noqa: E402

TOPICS = ("assuming", "refusing", "mfa", "running", "processes", "cache", "shells", "secrets")


def tests_of(topic: str):
    module = importlib.import_module("flow." + topic)
    return [(f"{topic}.{name}", test) for name, test in vars(module).items()
            if name.startswith("test_") and callable(test)]


def run_one(name: str, test, world) -> bool:
    world.reset()
    began = time.monotonic()
    try:
        test(world)
    except worlds.Failed as failure:
        print(f"FAILED {name}: {failure}", flush=True)
        return False
    except Exception:
        print(f"FAILED {name}: {traceback.format_exc()}", flush=True)
        return False
    print(f"ok     {name} ({time.monotonic() - began:.1f} s)", flush=True)
    return True


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("cli", help="the bakery-cli to test")
    parser.add_argument("--only", action="append", metavar="WORD", help="tests whose names hold WORD; repeatable")
    parser.add_argument("--log", metavar="FILE", default=os.devnull, help="the log of the sandbox")
    arguments = parser.parse_args()
    tests = [test for topic in TOPICS for test in tests_of(topic)
             if not arguments.only or any(word in test[0] for word in arguments.only)]
    with worlds.made(arguments.cli, arguments.log) as world:
        results = [run_one(name, test, world) for name, test in tests]
    print(f"{sum(results)} passed, {len(results) - sum(results)} failed")
    return 0 if results and all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
