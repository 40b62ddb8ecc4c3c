"""Runs cfn-lint over every golden template: no error, and no warning but those that cfn-lint.yml explains.

    check_cfn_lint.py FOLDER

cfn-lint is looked for in PATH, or is what $CFN_LINT names. Without it, or with another version than
tests/policy/requirements.txt asks for, the test is skipped: other versions know other rules.
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys

SKIPPED = 77

folder = pathlib.Path(sys.argv[1]).resolve()
requirements = (folder.parent / "policy/requirements.txt").read_text()
wanted = re.search(r"^cfn-lint==(\S+)", requirements, re.MULTILINE)[1]
program = shutil.which(os.environ.get("CFN_LINT") or "cfn-lint")


def skip(why):
    print(f"skipped: {why}; install it with: python3 -m venv VENV && VENV/bin/pip install cfn-lint=={wanted}, "
          "then set CFN_LINT=VENV/bin/cfn-lint")
    sys.exit(SKIPPED)


if not program:
    skip("there is no cfn-lint")
version = subprocess.run([program, "--version"], capture_output=True, text=True)
if version.returncode != 0 or wanted not in version.stdout.split():
    skip(f"{program} is not cfn-lint {wanted} ({(version.stdout or version.stderr).strip()[:80]})")

templates = sorted(path for path in folder.glob("*/*.json") if path.name != "inline.json")
result = subprocess.run([program, "--config-file", folder / "cfn-lint.yml", "--format", "parseable", "--", *templates],
                        capture_output=True, text=True)
print(result.stdout, result.stderr, sep="")
print(f"cfn-lint {wanted}: {len(templates)} templates, exit {result.returncode}")
sys.exit(result.returncode != 0 or not templates)
