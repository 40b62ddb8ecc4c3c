"""The section on generate."""

import os
import shutil
import statistics
import subprocess
import sys

from measuring import Measured, Program, times

READER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "read_with_pyyaml.py")
ORGANIZATION = "o-a1b2c3d4e5"

# environments, accounts of each, access types, and whether roles are named by pattern
EXACT = [(1, 10, 9), (1, 100, 9), (1, 1000, 9), (10, 1000, 9), (20, 1000, 9), (100, 1000, 2)]
BY_PATTERN = [(1, 10, 9), (1, 100, 9), (1, 1000, 9), (5, 2000, 9), (50, 2000, 9)]
QUICK = [(1, 10, 9), (1, 100, 9)]

INTRODUCTION = """\
## generate

CPU time (user and system) of the whole process `bakery-cli generate` into an empty folder, and its peak memory. *times* is \
the growth from the row above. The last columns are the CPU time in which PyYAML merely reads the same file (`yaml.load` with \
`CSafeLoader`, which is libyaml too; Python's start is not counted), and how many times ours that is.

Groups name each role by its exact ARN. AWS's limits end this shape: an account has at most 500 groups, one operation on \
nested stacks 2,500 resources. With 9 access types that is 20,000 accounts in environments of 1,000; past it `generate` \
refuses. So 100,000 accounts are shown with 2 access types: five times the accounts of the row above, and 1.1 times its grants.
"""

BY_PATTERN_INTRODUCTION = """\
Groups name their roles by pattern (`OrganizationId`): one short policy a group, and instead every role name is checked \
against every other group's pattern. 9 access types throughout.
"""


def generate(tools, config):
    """Each run writes into an empty folder."""
    out = os.path.join(tools.folder, "out")
    program = Program("generate", [tools.cli, "--config", config, "generate", "--out", out],
                      before=lambda: shutil.rmtree(out, ignore_errors=True))
    return Measured([tools.run(program) for _ in range(tools.runs)])


def pyyaml_us(tools, config):
    return statistics.median(
        int(subprocess.run([sys.executable, READER, config], capture_output=True, check=True).stdout)
        for _ in range(min(tools.runs, 3)))


def print_rows(tools, shapes, *arguments):
    print("| accounts | environments x accounts x access types | grants | CPU ms | times | grants a ms | peak MiB | times "
          "| PyYAML reads it, ms | ratio |")
    print("|---:|---|---:|---:|---:|---:|---:|---:|---:|---:|")
    cpu_before = memory_before = 0
    for shape in shapes:
        environments, accounts, types = shape
        grants = environments * accounts * types
        config = tools.large_config(shape, *arguments)
        ours, peer_us = generate(tools, config), pyyaml_us(tools, config)
        print(f"| {environments * accounts:,} | {environments} x {accounts:,} x {types} | {grants:,} "
              f"| {ours.cpu_us / 1000:.1f} | {times(ours.cpu_us, cpu_before)} | {grants / ours.cpu_us * 1000:,.0f} "
              f"| {ours.memory_kib / 1024:.1f} | {times(ours.memory_kib, memory_before)} "
              f"| {peer_us / 1000:,.0f} | {peer_us / ours.cpu_us:.1f} |", flush=True)
        cpu_before, memory_before = ours.cpu_us, ours.memory_kib
    print()


def print_section(tools):
    print(INTRODUCTION)
    print_rows(tools, QUICK if tools.quick else EXACT)
    print(BY_PATTERN_INTRODUCTION)
    print_rows(tools, QUICK if tools.quick else BY_PATTERN, "--organization", ORGANIZATION)
