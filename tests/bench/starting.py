"""The section on start-up."""

import subprocess
import sys

from measuring import Program, print_table

INTRODUCTION = """\
## Start-up

What every call pays. The rows with 1,000 accounts read a configuration of 9 access types; `validate` makes all templates too, \
to see whether they fit.
"""


def has_command(tools, name):
    return subprocess.run([tools.cli, name, "--help"], capture_output=True, check=False).returncode == 0


def print_section(tools):
    config = tools.large_config((1, 1000, 9))
    programs = [
        Program("an empty C program", [tools.empty]),
        Program("`bakery-cli --version`", [tools.cli, "--version"]),
        Program("`bakery-cli schema`", [tools.cli, "schema"]),
        Program("`bakery-cli roles`, 1,000 accounts", [tools.cli, "--config", config, "roles"],
                missing=None if has_command(tools, "roles") else "not in this version"),
        Program("`bakery-cli generate burger_account.json`, 1,000 accounts",
                [tools.cli, "--config", config, "generate", "burger_account.json"]),
        Program("`bakery-cli validate`, 1,000 accounts", [tools.cli, "--config", config, "validate"]),
        Program.peer("`aws --version`", "aws", "--version", slow=True),
        Program("Python imports boto3", [sys.executable, "-c", "import boto3"], slow=True),
    ]
    print(INTRODUCTION)
    print_table(tools, programs, 2 if tools.quick else 300)
