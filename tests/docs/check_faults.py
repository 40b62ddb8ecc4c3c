"""tests/faults.md says for each fault which test holds it: the files that it names are there, and so are the cases.

    check_faults.py SOURCE_ROOT
"""
import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1])
failures, numbers = [], []

for row in re.findall(r"^\| *(\d+) *\|(.*)\|$", (root / "tests/faults.md").read_text(), re.MULTILINE):
    number, rest = row
    numbers.append(int(number))
    named = re.findall(r"`([^`]+)`", rest.split("|")[-1])
    if not named:
        failures.append(f"{number}: no test is named")
    for each in named:
        path, _, case = each.partition(": ")
        files = list((root / "tests").glob(path))
        if not files:
            failures.append(f"{number}: there is no tests/{path}")
        elif case and not any(f"@TEST {case}" in file.read_text() or case in file.read_text() for file in files):
            failures.append(f"{number}: tests/{path} has no case \"{case}\"")
        # A configuration without what is expected of it is no test.
        for file in files:
            expected = {"bad": [".err"], "good": [".json", ".txt"]}.get(file.parent.name, [])
            for suffix in expected if file.suffix == ".yml" else []:
                if not file.with_suffix(suffix).exists():
                    failures.append(f"{number}: {file.name} has no {suffix} beside it")

for number in range(1, 24):
    if numbers.count(number) != 1:
        failures.append(f"{number} stands there {numbers.count(number)} times")
if numbers != sorted(numbers):
    failures.append("the numbers are not in order")

print(*failures, sep="\n", end="\n" if failures else "")
print(f"{len(numbers)} faults, {len(failures)} failures")
sys.exit(bool(failures))
