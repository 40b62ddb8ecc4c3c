"""The ABI is the one of the baseline, or has only grown: programs that were linked with it go on working.

    check_abi.py LIBBAKERY_SO SOURCE_ROOT
    check_abi.py --update LIBBAKERY_SO SOURCE_ROOT      writes the baseline anew

A function that is gone or changed fails. Before 1.0 such a break is allowed with another soname: then, and after
something was added, write the baseline anew and say so in the CHANGELOG.
"""
import pathlib
import shutil
import subprocess
import sys
import tempfile

SKIPPED = 77
update = sys.argv[1] == "--update"
library, root = sys.argv[-2], pathlib.Path(sys.argv[-1])
baseline = root / "tests/abi/libbakery.abi"

for program in ("abidw", "abidiff"):
    if not shutil.which(program):
        print(f"skipped: there is no {program}; apt-get install abigail-tools")
        sys.exit(SKIPPED)


def describe(into):
    # Without paths, lines and the names of what is opaque: the same library gives the same file on every machine.
    subprocess.run(["abidw", "--headers-dir", root / "include", "--drop-private-types", "--no-corpus-path",
                    "--no-comp-dir-path", "--no-show-locs", "--drop-undefined-syms", "--no-elf-needed",
                    "--out-file", into, library], check=True)


if update:
    describe(baseline)
    print(f"{baseline} is written: git diff shows what changed")
    sys.exit(0)

with tempfile.TemporaryDirectory() as folder:
    here = pathlib.Path(folder, "libbakery.abi")
    describe(here)
    # What is new breaks nobody; anything else that abidiff tells does, whatever it says of the harm.
    broken = subprocess.run(["abidiff", "--no-show-locs", "--no-added-syms", baseline, here])
    grown = subprocess.run(["abidiff", "--no-show-locs", baseline, here], capture_output=True)

if broken.returncode:
    sys.exit("the ABI is broken: the first lines of this script say what to do")
print("the ABI has grown: write the baseline anew with --update" if grown.returncode else
      "the ABI is that of the baseline")
