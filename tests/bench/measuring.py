"""What is measured: whole processes, in turns, so that whatever else the machine does hits all of them alike."""

import dataclasses
import os
import shutil
import statistics
import subprocess
import sys
from typing import Callable


def found(name):
    """A program of the pinned tools, or of the system; None when there is none."""
    return shutil.which(name)


@dataclasses.dataclass
class Program:
    """One row: a command, or what is missing of it."""

    name: str
    command: list
    environment: dict = None
    before: Callable = None     # called before each run, unmeasured
    slow: bool = False          # a peer that takes a thousand times as long: one run in ten
    missing: str = None         # why there is no row

    @classmethod
    def peer(cls, name, program, *arguments, **more):
        path = found(program)
        return cls(name, [path, *arguments], missing=None if path else f"{program} is not installed", **more)


class Measured:
    """Medians over some runs of a program."""

    def __init__(self, lines):
        cpu, wall, memory = zip(*(map(int, line.split()) for line in lines))
        self.runs = len(lines)
        self.cpu_us = statistics.median(cpu)
        self.wall_us = statistics.median(wall)
        self.memory_kib = statistics.median(memory)


class Tools:
    """Where everything is, and how often it runs."""

    def __init__(self, build, folder, runs, quick):
        self.folder, self.runs, self.quick = folder, runs, quick
        self.cli = os.path.join(build, "bakery-cli", "bakery-cli")
        self.empty = os.path.join(build, "tests", "bench", "bench_empty")
        self.signer = os.path.join(build, "tests", "bench", "bench_signer")
        self.measurer = os.path.join(build, "tests", "bench", "bench_measure")

    def run(self, program):
        """One measured run, as a line of bench_measure."""
        if program.before:
            program.before()
        done = subprocess.run([self.measurer, "1", *program.command], env=program.environment, capture_output=True,
                              text=True, check=False)
        if done.returncode != 0:
            sys.exit(f"{' '.join(program.command)} ended with {done.returncode}")
        return done.stdout.strip()

    def in_turns(self, programs, runs):
        lines = {program.name: [] for program in programs}
        for i in range(runs):
            for program in programs:
                if not program.missing and not (program.slow and i % 10):
                    lines[program.name].append(self.run(program))
        return {name: Measured(each) for name, each in lines.items() if each}

    def large_config(self, shape, *arguments):
        path = os.path.join(self.folder, "config.yml")
        large = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "examples", "large")
        with open(path, "w", encoding="utf-8") as file:
            subprocess.run([large, *arguments, *map(str, shape)], stdout=file, check=True)
        return path


def times(now, before):
    return f"{now / before:.1f}" if before else ""


def print_table(tools, programs, runs):
    """Measures the programs, the first of which is what the others are compared with."""
    measured = tools.in_turns(programs, runs)
    first = measured[programs[0].name]
    print(f"| | runs | CPU ms | times {programs[0].name} | wall ms | times | peak MiB |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    for program in programs:
        each = measured.get(program.name)
        if each:
            print(f"| {program.name} | {each.runs} | {each.cpu_us / 1000:.2f} | {times(each.cpu_us, first.cpu_us)} "
                  f"| {each.wall_us / 1000:.2f} | {times(each.wall_us, first.wall_us)} | {each.memory_kib / 1024:.1f} |")
        else:
            print(f"| {program.name} | {program.missing} | | | | | |")
    print(flush=True)
    return measured
