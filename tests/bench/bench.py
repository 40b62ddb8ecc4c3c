#!/usr/bin/env python3
"""The benchmark: prints docs/benchmarks.md. Machines differ and are noisy, so what counts is the ratio of two figures of
one run; nothing here is asserted. scripts/bench builds what it needs and runs it.

    bench.py --build FOLDER [--runs N] [--quick]
"""

import argparse
import datetime
import importlib.metadata
import os
import platform
import subprocess
import tempfile

import assuming
import generating
import signing
import starting
from measuring import Tools, found

# How peers tell their version, and in how many words. The others are pinned: tests/*/requirements.txt, tests/go/go.mod.
PEERS = [(["aws", "--version"], 1), (["curl", "--version"], 2), (["go", "version"], 3)]


def processor():
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        for line in file:
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or "unknown processor"


def first_line(command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()[0].strip()


def print_head(tools):
    peers = [" ".join(first_line(command).split()[:words]) for command, words in PEERS if found(command[0])]
    print("# Benchmarks\n")
    print("Made by `scripts/bench`, which prints this page. Machines differ and are noisy: only ratios within one run count, "
          "and no test asserts a time. Whole processes are measured, in turns; CPU time is user and system, peak memory the "
          "largest resident set; the figures are medians.\n")
    print(f"{first_line([tools.cli, '--version'])}, {datetime.date.today()}, {os.cpu_count()} x {processor()}, "
          f"{platform.machine()}, Linux {platform.release().split('-')[0]}, Python {platform.python_version()}; load at the "
          f"beginning {os.getloadavg()[0]:.1f}. Medians of {tools.runs} runs, where no other number stands.\n")
    print(f"Beside it: {', '.join([*peers, 'boto3 ' + importlib.metadata.version('boto3')])}.\n", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", required=True, metavar="FOLDER", help="where meson has built everything")
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--quick", action="store_true", help="small shapes and few runs: does it still work?")
    options = parser.parse_args()

    with tempfile.TemporaryDirectory(prefix="bakery-bench-") as folder:
        tools = Tools(options.build, folder, 2 if options.quick else options.runs, options.quick)
        print_head(tools)
        starting.print_section(tools)
        assuming.print_sections(tools)
        signing.print_section(tools)
        generating.print_section(tools)


if __name__ == "__main__":
    main()
