"""Who may include whom: reads the #include lines of every file and holds the table of floors below.

    check_includes.py SOURCE_ROOT
"""
import pathlib
import re
import sys

# What the files of a floor may include, besides themselves and libc. Nothing goes upwards or sideways.
BELOW_TEMPLATE = {"model", "formats", "base"}
FLOORS = {
    "base": set(),
    "formats": {"base"},
    "model": {"formats", "base"},
    "template": BELOW_TEMPLATE,
    "aws": {"model/partition.h", "formats", "base"},
    "credentials": {"aws"} | BELOW_TEMPLATE,
    "access": {"credentials", "aws"} | BELOW_TEMPLATE,
    "deploy": {"access", "credentials", "aws", "template"} | BELOW_TEMPLATE,
}

# The floor that a public header belongs to; a floor below it may not include it.
PUBLIC = {
    "base": {"base.h", "error.h", "report.h"},
    "model": {"admin_check.h", "config.h", "grants.h", "group.h", "schema.h", "user.h"},
    "template": {"template.h"},
    "aws": {"client.h", "credentials.h", "http.h", "lambda.h", "signer.h", "sts.h", "versions.h"},
    "credentials": {"assume.h", "chain.h", "session.h"},
    "access": {"access.h", "caller.h", "explain.h", "key_rotation.h", "revocation.h", "users.h",
               "users_report.h"},
    "deploy": {"burgers.h", "drift.h", "plan.h", "stack_sets.h", "target.h"},
}

# Other people's libraries each stand behind the files named here, so that one can be exchanged, and its traps have one
# place. versions.c asks each for its version.
BEHIND = {
    "cjson": r"formats/json\w*\.c|aws/versions\.c",
    "cyaml": r"model/raw\.c|aws/versions\.c",
    "yaml.h": r"formats/yaml\.c|aws/versions\.c",
    "expat": r"formats/xml\.c",
    "openssl": r"formats/crypto\.[ch]",
    "curl": r"aws/\w*curl\.[ch]",
}

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)
root = pathlib.Path(sys.argv[1])
library = root / "libbakery"
failures, lines = [], 0


def floor_of_public(name):
    of = next((floor for floor, names in PUBLIC.items() if name in names), None)
    if not of:
        sys.exit(f"PUBLIC in {sys.argv[0]} does not say of which floor include/bakery/{name} is")
    return of


def allowed_in_library(file, quote, name):
    floor, first = file.split("/")[0], name.split("/")[0]
    if quote == '"':  # of the library itself; version.h is made by the build
        return name == "version.h" or first == floor or first in FLOORS[floor] or name in FLOORS[floor]
    if first == "bakery":
        of = floor_of_public(name.split("/")[1])
        return of == floor or of in FLOORS[floor]
    return first not in BEHIND or re.fullmatch(BEHIND[first], file) is not None


def allowed_in_cli(file, quote, name):
    if quote == '"':
        return (root / "bakery-cli" / name).exists() or (root / "bakery-cli" / file).parent.joinpath(name).exists()
    return name.startswith("bakery/") or name.split("/")[0] not in BEHIND


def allowed_in_public(file, quote, name):
    return quote == "<" and (name.startswith("bakery/") or name in ("stddef.h", "stdint.h", "stdarg.h", "time.h"))


for folder, allowed in ((library, allowed_in_library), (root / "bakery-cli", allowed_in_cli),
                        (root / "include/bakery", allowed_in_public)):
    for path in sorted(folder.rglob("*.[ch]")):
        file = path.relative_to(folder).as_posix()
        for quote, name in INCLUDE.findall(path.read_text()):
            lines += 1
            if not allowed(file, quote, name):
                failures.append(f"{path.relative_to(root)} may not include {name}")

print(*failures, sep="\n", end="\n" if failures else "")
print(f"{lines} #include lines, {len(failures)} that may not be")
sys.exit(bool(failures) or lines == 0)
