"""Asks a sandbox every question; starts one of its own unless --endpoint names one. Ends with `N passed, N failed`.

    python tests/sandbox/test_sandbox.py [--topic WORD] [--verbose] [--endpoint URL] [--log FILE]
"""

import argparse
import contextlib
import importlib
import os
import sys

if not __package__:
    sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    __package__ = "sandbox"

from . import launcher  # noqa: E402
from .asking import Report, World, ask_topic  # noqa: E402

# The 125 questions of the probe that chose this sandbox over others.
PROBE_TOPICS = (
    "groups", "nested_stacks", "change_sets", "stack_updates", "template_functions", "stack_deletion",
    "assuming_roles", "signatures", "mfa", "refusals", "paging", "stack_sets", "organizations",
    "functions_and_events",
)

# What the flows of Bakery need beyond them.
FURTHER_TOPICS = (
    "mfa_rules", "presigned_and_expired", "trust_conditions", "self_service", "iam_limits",
    "nested_change_sets", "nested_failures", "update_events", "stack_states", "change_set_rules", "stack_set_operations",
    "burgers_in_an_organization", "buckets", "seeding", "aws_cli", "pace", "start_and_stop",
)


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Ask a sandbox every question.")
    parser.add_argument("--endpoint", metavar="URL", help="ask this running sandbox (default: start one)")
    parser.add_argument("--topic", action="append", choices=PROBE_TOPICS + FURTHER_TOPICS, metavar="TOPIC",
                        help="ask this topic only; repeatable; one of: " + ", ".join(PROBE_TOPICS + FURTHER_TOPICS))
    parser.add_argument("--verbose", action="store_true", help="print the traceback of a failure")
    parser.add_argument("--log", metavar="FILE", help="the log of the sandbox that is started")
    return parser.parse_args()


def ask_all(endpoint: str, topics: tuple, verbose: bool) -> Report:
    world, report = World(endpoint), Report(verbose)
    for name in topics:
        ask_topic(importlib.import_module(f".questions.{name}", __package__), world, report)
    return report


def main() -> int:
    arguments = parse_arguments()
    launcher.end_on_signals()
    topics = arguments.topic or PROBE_TOPICS + FURTHER_TOPICS
    with contextlib.ExitStack() as stack:
        endpoint = arguments.endpoint or stack.enter_context(launcher.running(log_path=arguments.log))
        report = ask_all(endpoint, topics, arguments.verbose)
    for failure in report.failed:
        print(f"failed: {failure}")
    print(f"{report.passed} passed, {len(report.failed)} failed")
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main())
