"""Runs the shell examples of README.md and of docs/: every block that begins with ```sh.

    check_examples.py BAKERY_CLI SOURCE_ROOT

The blocks of one file are run one after the other in one new folder, as a reader would type them, with bakery-cli in PATH
and examples/ beside; each must succeed. A block that begins with ```console is a transcript and is not run.
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

cli, root = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
failures, run = 0, 0

for document in [root / "README.md", *sorted((root / "docs").rglob("*.md"))]:
    if not document.exists():
        continue
    text = document.read_text()
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(root / "examples", pathlib.Path(folder, "examples"))
        for block in re.finditer(r"^( *)```sh\n(.*?)^ *```$", text, re.MULTILINE | re.DOTALL):
            run += 1
            result = subprocess.run(["sh", "-eu", "-c", block[2]], cwd=folder, capture_output=True, text=True, timeout=300,
                                    env={"PATH": f"{cli.parent}:{os.environ['PATH']}", "HOME": folder})
            if result.returncode != 0:
                line = text.count("\n", 0, block.start()) + 1
                print(f"FAILED {document.name}:{line}: exit {result.returncode}\n{result.stdout}{result.stderr}")
                failures += 1

print(f"{run} examples, {failures} failures")
sys.exit(bool(failures) or run == 0)
