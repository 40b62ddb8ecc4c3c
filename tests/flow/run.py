"""Runs the flow tests: bakery-cli against the local AWS. Ends with `N passed, N failed, N skipped`.

    python tests/flow/run.py CLI [--zip FILE] [--only WORD] [--log FILE]

Needs the packages of tests/sandbox/requirements.txt. The tests with SDKs of other languages use what scripts/test fetches
and builds: the packages of tests/flow/package.json, the programs of tests/go.
"""

import argparse
import collections
import importlib
import os
import sys
import time
import traceback

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from flow import world as worlds  # noqa: E402
from sandbox import launcher  # noqa: E402

TOPICS = ("assuming", "refusing", "mfa", "running", "processes", "cache", "renewing", "shells", "secrets", "access",
          "sdk", "check_admin", "users",
          "deploying", "deploy_states", "deploy_removing", "deploy_plans", "deploy_interrupted", "deploy_progress",
          "deploy_burgers", "stack_sets", "migrating")


def tests_of(topic: str):
    module = importlib.import_module("flow." + topic)
    return [(f"{topic}.{name}", test) for name, test in vars(module).items()
            if name.startswith("test_") and callable(test)]


def run_one(name: str, test, world) -> str:
    """How it ended: one of the words of the last line."""
    world.reset()
    began = time.monotonic()
    try:
        test(world)
    except worlds.Skipped as skipped:
        print(f"skipped {name}: {skipped}", flush=True)
        return "skipped"
    except worlds.Failed as failure:
        print(f"FAILED {name}: {failure}", flush=True)
        return "failed"
    except Exception:
        print(f"FAILED {name}: {traceback.format_exc()}", flush=True)
        return "failed"
    print(f"ok     {name} ({time.monotonic() - began:.1f} s)", flush=True)
    return "passed"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("cli", help="the bakery-cli to test")
    parser.add_argument("--zip", metavar="FILE", help="check-admin.zip: its tests run too")
    parser.add_argument("--only", action="append", metavar="WORD", help="tests whose names hold WORD; repeatable")
    parser.add_argument("--log", metavar="FILE", default=os.devnull, help="the log of the sandbox")
    arguments = parser.parse_args()
    launcher.end_on_signals()
    topics = TOPICS + (("lambda",) if arguments.zip else ())
    tests = [test for topic in topics for test in tests_of(topic)
             if not arguments.only or any(word in test[0] for word in arguments.only)]
    with worlds.made(arguments.cli, arguments.log, arguments.zip) as world:
        ended = collections.Counter(run_one(name, test, world) for name, test in tests)
    print(f"{ended['passed']} passed, {ended['failed']} failed, {ended['skipped']} skipped")
    return 0 if ended["passed"] and not ended["failed"] else 1


if __name__ == "__main__":
    sys.exit(main())
