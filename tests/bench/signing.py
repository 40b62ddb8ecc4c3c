"""The section on signatures."""

import os
import statistics
import subprocess
import sys

from measuring import Program

HERE = os.path.dirname(os.path.abspath(__file__))
TITLES = {"header": "Header form: GET, two query parameters, signed headers host and x-amz-date.",
          "query": "Query form (presigned), of the same request."}

INTRODUCTION = """\
## Signatures

Signature Version 4 on one core: the same request signed again and again by one process with one signer, the signing key \
kept by those that keep it. CPU time of the whole process, less that of one that signs once. All print the same signature.
"""


def programs(tools):
    """What signs, and how often in one run."""
    return [
        (Program("libbakery", [tools.signer]), 200_000),
        (Program.peer("aws-sdk-go-v2", "go-sdk-signer", environment={**os.environ, "GOMAXPROCS": "1"}), 100_000),
        (Program("botocore", [sys.executable, os.path.join(HERE, "sign_with_botocore.py")]), 5_000),
    ]


def signature(program, form):
    done = subprocess.run([*program.command, form, "1"], env=program.environment, capture_output=True, text=True, check=True)
    return done.stdout.strip()[-64:]


def us_each(tools, program, form, count):
    cpu_us = [int(tools.run(Program(program.name, [*program.command, form, str(n)], program.environment)).split()[0])
              for n in (1, count)]
    return (cpu_us[1] - cpu_us[0]) / (count - 1)


def print_table(tools, form):
    all_of_them = programs(tools)
    there = [(program, 200 if tools.quick else count) for program, count in all_of_them if not program.missing]
    if len({signature(program, form) for program, _ in there}) != 1:
        sys.exit(f"the signers do not agree, {form}")
    rounds = {program.name: [] for program, _ in there}
    for _ in range(tools.runs):
        for program, count in there:
            rounds[program.name].append(us_each(tools, program, form, count))

    medians = {name: statistics.median(each) for name, each in rounds.items()}
    print(f"{TITLES[form]}\n\n| | us each | signatures a second | times ours |\n|---|---:|---:|---:|")
    for program, _ in all_of_them:
        us = medians.get(program.name)
        if us:
            print(f"| {program.name} | {us:.2f} | {1e6 / us:,.0f} | {us / medians['libbakery']:.1f} |")
        else:
            print(f"| {program.name} | {program.missing} | | |")
    print(flush=True)


def print_section(tools):
    print(INTRODUCTION)
    for form in TITLES:
        print_table(tools, form)
