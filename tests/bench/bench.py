#!/usr/bin/env python3
"""The benchmark: prints docs/benchmarks.md. Machines differ and are noisy, so what counts is the ratio of two figures of
one run; nothing here is asserted. scripts/bench builds what it needs and runs it.

    bench.py --bakery-cli PATH --empty PATH --measure PATH [--quick]
"""

import argparse
import datetime
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
LARGE = os.path.join(HERE, "..", "..", "examples", "large")
READER = os.path.join(HERE, "read_with_pyyaml.py")
ORGANIZATION = "o-a1b2c3d4e5"

# environments, accounts of each, access types, and whether roles are named by pattern
EXACT = [(1, 10, 9), (1, 100, 9), (1, 1000, 9), (10, 1000, 9), (20, 1000, 9), (100, 1000, 2)]
BY_PATTERN = [(1, 10, 9), (1, 100, 9), (1, 1000, 9), (5, 2000, 9), (50, 2000, 9)]
QUICK = [(1, 10, 9), (1, 100, 9)]


class Measured:
    """Medians over some runs of a program."""

    def __init__(self, lines):
        cpu, wall, memory = zip(*(map(int, line.split()) for line in lines))
        self.cpu_us = statistics.median(cpu)
        self.wall_us = statistics.median(wall)
        self.memory_kib = statistics.median(memory)


class Bench:
    def __init__(self, options, folder):
        self.options = options
        self.folder = folder

    def measure(self, runs, *command):
        done = subprocess.run([self.options.measure, str(runs), *command], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            sys.exit(f"{' '.join(command)} ended with {done.returncode}")
        return done.stdout.splitlines()

    def config(self, shape, by_pattern=False):
        path = os.path.join(self.folder, "config.yml")
        arguments = ["--organization", ORGANIZATION] if by_pattern else []
        with open(path, "w", encoding="utf-8") as file:
            subprocess.run([LARGE, *arguments, *map(str, shape)], stdout=file, check=True)
        return path

    def generate(self, config):
        """Each run writes into an empty folder."""
        lines = []
        for _ in range(self.options.runs):
            out = os.path.join(self.folder, "out")
            shutil.rmtree(out, ignore_errors=True)
            lines += self.measure(1, self.options.bakery_cli, "--config", config, "generate", "--out", out)
        return Measured(lines)

    def pyyaml_us(self, config):
        return statistics.median(
            int(subprocess.run([sys.executable, READER, config], capture_output=True, check=True).stdout)
            for _ in range(min(self.options.runs, 3)))


def times(now, before):
    return f"{now / before:.1f}" if before else ""


def generate_table(bench, shapes, by_pattern):
    print("| accounts | environments x accounts x access types | grants | CPU ms | times | grants a ms | peak MiB | times "
          "| PyYAML reads it, ms | ratio |")
    print("|---:|---|---:|---:|---:|---:|---:|---:|---:|---:|")
    cpu_before = memory_before = 0
    for shape in shapes:
        environments, accounts, types = shape
        grants = environments * accounts * types
        config = bench.config(shape, by_pattern)
        ours, pyyaml_us = bench.generate(config), bench.pyyaml_us(config)
        print(f"| {environments * accounts:,} | {environments} x {accounts:,} x {types} | {grants:,} "
              f"| {ours.cpu_us / 1000:.1f} | {times(ours.cpu_us, cpu_before)} | {grants / ours.cpu_us * 1000:,.0f} "
              f"| {ours.memory_kib / 1024:.1f} | {times(ours.memory_kib, memory_before)} "
              f"| {pyyaml_us / 1000:,.0f} | {pyyaml_us / ours.cpu_us:.1f} |", flush=True)
        cpu_before, memory_before = ours.cpu_us, ours.memory_kib
    print()


def start_table(bench):
    runs = 20 if bench.options.quick else 300
    cli = bench.options.bakery_cli
    config = bench.config((1, 1000, 9))
    rows = [(name, Measured(bench.measure(runs, *command))) for name, command in [
        ("an empty C program", [bench.options.empty]),
        ("bakery-cli --version", [cli, "--version"]),
        ("bakery-cli schema", [cli, "schema"]),
        ("bakery-cli validate, 1,000 accounts x 9", [cli, "--config", config, "validate"]),
    ]]
    empty = rows[0][1]
    print("| | CPU ms | times the empty program | wall ms | times |")
    print("|---|---:|---:|---:|---:|")
    for name, ours in rows:
        print(f"| {name} | {ours.cpu_us / 1000:.2f} | {times(ours.cpu_us, empty.cpu_us)} "
              f"| {ours.wall_us / 1000:.2f} | {times(ours.wall_us, empty.wall_us)} |")
    print()


def processor():
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        for line in file:
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or "unknown processor"


def print_head(bench):
    version = subprocess.run([bench.options.bakery_cli, "--version"], capture_output=True, text=True, check=True)
    print("# Benchmarks\n")
    print("Made by `scripts/bench`, which prints this page. Machines differ and are noisy: only ratios within one run count, "
          "and no test asserts a time.\n")
    print(f"{version.stdout.strip()}, {datetime.date.today()}, {os.cpu_count()} x {processor()}, "
          f"{platform.machine()}, Linux {platform.release().split('-')[0]}, Python {platform.python_version()}. "
          f"Medians of {bench.options.runs} runs.\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("--bakery-cli", "--empty", "--measure"):
        parser.add_argument(name, required=True)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--quick", action="store_true", help="small shapes and few runs: does it still work?")
    options = parser.parse_args()
    if options.quick:
        options.runs = 2

    with tempfile.TemporaryDirectory(prefix="bakery-bench-") as folder:
        bench = Bench(options, folder)
        print_head(bench)
        print("## generate\n")
        print("CPU time (user and system) of the whole process `bakery-cli generate` into an empty folder, and its peak "
              "memory. *times* is the growth from the row above. The last columns are the CPU time in which PyYAML "
              "merely reads the same file (`yaml.load` with `CSafeLoader`, which is libyaml too; Python's start is not "
              "counted), and how many times ours that is.\n")
        print("Groups name each role by its exact ARN. AWS's limits end this shape: an account has at most 500 groups, one "
              "operation on nested stacks 2,500 resources. With 9 access types that is 20,000 accounts in environments of "
              "1,000; past it `generate` refuses. So 100,000 accounts are shown with 2 access types: five times the accounts "
              "of the row above, and 1.1 times its grants.\n")
        generate_table(bench, QUICK if options.quick else EXACT, False)
        print("Groups name their roles by pattern (`OrganizationId`): one short policy a group, and instead every role name "
              "is checked against every other group's pattern. 9 access types throughout.\n")
        generate_table(bench, QUICK if options.quick else BY_PATTERN, True)
        print("## Start-up\n")
        start_table(bench)


if __name__ == "__main__":
    main()
