"""The ABI is the one of the baseline, or has only grown: programs that were linked with it go on working.

    check_abi.py LIBBAKERY_SO SOURCE_ROOT [COMPILER...]
    check_abi.py --update LIBBAKERY_SO SOURCE_ROOT [COMPILER...]      writes the baseline anew

A function that is gone or changed fails, and so does a public struct or a value of an enum. Before 1.0 such a break is
allowed with another soname: then, and after something was added, write the baseline anew and say so in the CHANGELOG.
A struct that begins with its size may grow at its end without one: look first that it is neither within another struct
nor in an array.
"""
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import tempfile

SKIPPED = 77
arguments = sys.argv[1:]
update = arguments[0] == "--update"
library, root, *compiler = arguments[update:]
compiler = compiler or ["cc"]
root = pathlib.Path(root)
baseline = root / "tests/abi/libbakery.abi"


def skip(why):
    print(f"skipped: {why}")
    sys.exit(SKIPPED)


def output_of(*words):
    return subprocess.run(words, check=True, stdout=subprocess.PIPE, text=True).stdout


# A pointer to each function that is exported, as a program sees it that has the installed headers alone: what is opaque
# to a program is so in the description, and how the library was built makes no difference.
def describe(functions, folder):
    soname = re.search(r"Library soname: \[(.*)\]", output_of("readelf", "--dynamic", "--wide", library))[1]
    source, seen, into = folder / "abi.c", folder / "abi.so", folder / "libbakery.abi"
    source.write_text("#include <bakery/bakery.h>\n" + "".join(
        f"__typeof__({name}) *const abi_{name} = {name};\n" for name in functions))
    compiled = subprocess.run([*compiler, "-std=c11", "-g", "-O0", "-fPIC", "-shared", f"-Wl,-soname,{soname}",
                               "-I", root / "include", "-o", seen, source])
    if compiled.returncode:
        sys.exit("the functions that the library exports do not compile with its headers")
    # Without paths, lines and the machine: the same headers give the same file everywhere.
    output_of("abidw", "--no-architecture", "--no-corpus-path", "--no-comp-dir-path", "--no-show-locs",
              "--drop-undefined-syms", "--no-elf-needed", "--out-file", into, seen)
    return into


def differ(here, *options):
    return subprocess.run(["abidiff", "--no-show-locs", *options, baseline, here], stdout=subprocess.PIPE, text=True)


# abidiff calls harmless what is not here, say another type behind a pointer; but a new value of an enum is. So it is
# asked twice: of all that is harmful, and of all but enums.
def breaks(here, folder):
    no_enums = folder / "no-enums"
    no_enums.write_text("[suppress_type]\ntype_kind = enum\n")
    for options in ["--no-added-syms"], ["--no-added-syms", "--harmless", "--suppressions", no_enums]:
        found = differ(here, *options)
        if found.returncode:
            return found.stdout
    return ""


for program in ("abidw", "abidiff"):
    if not shutil.which(program):
        skip(f"there is no {program}; apt-get install abigail-tools")
if not shutil.which(compiler[0]):
    skip(f"there is no compiler {compiler[0]}")
if struct.calcsize("P") != 8:
    skip("the baseline is one of 64 bits")

listed = (line.split() for line in output_of("nm", "-D", "--defined-only", library).splitlines())
functions = sorted(name.split("@")[0] for _, kind, name in listed if kind == "T")

with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    here = describe(functions, folder)
    if update:
        shutil.copyfile(here, baseline)
        print(f"{baseline} is written: git diff shows what changed")
        sys.exit(0)
    gone = sorted(set(re.findall(r"<elf-symbol name='abi_(\w+)'", baseline.read_text())) - set(functions))
    broken = "\n".join(f"{name} is of the ABI, and the library exports it no more" for name in gone) or breaks(here, folder)
    grown = differ(here, "--harmless").returncode

if broken:
    print(broken.rstrip())
    sys.exit("the ABI is broken: the first lines of this script say what to do")
print("the ABI has grown: write the baseline anew with --update" if grown else "the ABI is that of the baseline")
