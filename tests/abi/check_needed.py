"""What is loaded when a program starts: start-up time is a feature, and libcrypto and libcurl would multiply it.

    check_needed.py LIBBAKERY_SO BAKERY_CLI SOURCE_ROOT dlopen|linked

DT_NEEDED of the library is held to a list; then each command is run, and what the dynamic linker loads for it is
compared with what the table says. What is opened at run time stands in the note .note.dlopen.
"""
import pathlib
import re
import subprocess
import sys
import tempfile

library, cli, root, network = sys.argv[1:]
failures = []

NEEDED = {"libc", "libcjson", "libcyaml", "libyaml", "libyaml-0", "libexpat"}
# -fexceptions, with which a C++ host's callback that throws does not skip the clean-up, asks for the unwinder.
NEEDED |= {"libgcc_s"}
# What older C libraries keep apart from libc, and what a sanitizer adds.
NEEDED |= {"libdl", "libpthread", "libm", "ld-linux-x86-64", "ld-linux-aarch64"}
NEEDED |= {"libasan", "libubsan", "libtsan", "libstdc++"}
LATE = {"libcrypto", "libcurl"}
if network == "linked":
    NEEDED |= LATE


def stem(soname):
    return soname.split(".so")[0]


dynamic = subprocess.run(["readelf", "-d", library], check=True, capture_output=True, text=True).stdout
needed = {stem(name) for name in re.findall(r"\(NEEDED\).*\[(.+)\]", dynamic)}
for name in sorted(needed - NEEDED):
    failures.append(f"libbakery needs {name} at every start")
dynamic = subprocess.run(["readelf", "-d", cli], check=True, capture_output=True, text=True).stdout
for name in sorted({stem(name) for name in re.findall(r"\(NEEDED\).*\[(.+)\]", dynamic)} - NEEDED - {"libbakery"}):
    failures.append(f"bakery-cli needs {name} at every start")
if "FLAGS_1" in dynamic and "NOW" not in dynamic:
    failures.append("bakery-cli is not linked with -z now")

if network != "linked":
    note = subprocess.run(["readelf", "-p", ".note.dlopen", library], capture_output=True, text=True).stdout
    for name in LATE:
        if not re.search(rf'"soname":\["{name}\.so\.\d+"', note):
            failures.append(f".note.dlopen does not name {name}")

    config = str(pathlib.Path(root, "tests/golden/everything/config.yml").resolve())
    with tempfile.TemporaryDirectory() as folder:
        # Each command, and what of LATE it opens.
        commands = [
            (["--version"], set()),
            (["--help"], set()),
            (["validate"], set()),
            (["validate", "-o", "json"], set()),
            (["validate", "-o", "sarif"], set()),
            (["roles"], set()),
            (["access", "--format", "html"], set()),
            (["generate", "--out", folder], set()),
            (["generate", "--out", folder, "--check"], set()),
            (["generate", "bakery_stack.json"], set()),
            (["schema"], set()),
            (["generate", "--out", folder, "-o", "json"], {"libcrypto"}),
            (["--version", "-v"], LATE),
        ]
        for words, late in commands:
            traced = subprocess.run([cli, "--config", config, *words], capture_output=True, text=True,
                                    env={"LD_DEBUG": "files", "HOME": folder, "PATH": "/usr/bin:/bin"})
            opened = {stem(pathlib.Path(name).name) for name in re.findall(r"calling init: (.+)", traced.stderr)}
            if traced.returncode != 0 or not opened:
                failures.append(f"bakery-cli {' '.join(words)} cannot be traced (exit {traced.returncode})")
            elif opened & LATE != late and not (late == LATE and late <= opened):
                failures.append(f"bakery-cli {' '.join(words)} opens {sorted(opened & LATE)}, not {sorted(late)}")
            elif late == set() and opened - NEEDED - {"libbakery"}:
                failures.append(f"bakery-cli {' '.join(words)} loads {sorted(opened - NEEDED - {'libbakery'})}")

print(*failures, sep="\n", end="\n" if failures else "")
print(f"{len(failures)} failures")
sys.exit(bool(failures))
