"""The man pages and the command tell the same: commands, options, keys of the configuration, headers; and the examples load.

    check_man.py BAKERY_CLI SOURCE_ROOT
"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

cli, root = sys.argv[1], pathlib.Path(sys.argv[2])
man = root / "docs/man"
failures = []


def run(*words):
    return subprocess.run([cli, *words], check=True, capture_output=True, text=True).stdout


def section(text, title):
    found = re.search(rf"^# {title}\n(.*?)(?=^# |\Z)", text, re.MULTILINE | re.DOTALL)
    return found[1] if found else ""


def same(what, here, there):
    here, there = set(here), set(there)
    for each in sorted(here - there):
        failures.append(f"{what}: {each} is there, and not in its man page")
    for each in sorted(there - here):
        failures.append(f"{what}: {each} is in the man page, and not there")


# "  -c, --config FILE   ..." in a help, "*-c, --config* _FILE_" in a page: both become "-c --config FILE".
def options_of_help(text):
    return {" ".join(filter(None, found)) for found in
            re.findall(r"^ +(?:(-\w), )?(--[\w-]+)(?: ([A-Z]+))?\s", text, re.MULTILINE)}


def options_of_page(text):
    return {" ".join(filter(None, found)) for found in
            re.findall(r"^\*(?:(-\w), )?(--[\w-]+)\*(?: _([A-Z]+)_)?$", section(text, "OPTIONS"), re.MULTILINE)}


help_text = run("--help")
for line in help_text.splitlines():
    if len(line) > 80:
        failures.append(f"bakery-cli --help: a line of {len(line)}: {line}")
commands = re.findall(r"^  (\w[\w-]*) +\S", re.search(r"Commands:\n(.*?)\n\n", help_text, re.DOTALL)[1], re.MULTILINE)
main_page = (man / "bakery-cli.1.scd").read_text()
same("commands", commands, re.findall(r"^\*([\w-]+)\*$", section(main_page, "COMMANDS"), re.MULTILINE))
global_options = options_of_help(help_text)
same("bakery-cli", global_options, options_of_page(main_page))

known_flags = {flag for option in global_options for flag in option.split() if flag.startswith("--")}
for command in commands:
    text = run(command, "--help")
    for line in text.splitlines():
        if len(line) > 80:
            failures.append(f"bakery-cli {command} --help: a line of {len(line)}: {line}")
    options = options_of_help(text)
    known_flags |= {flag for option in options for flag in option.split() if flag.startswith("--")}
    if not global_options <= options:
        failures.append(f"bakery-cli {command} --help does not list {global_options - options}")
    page = man / f"bakery-cli-{command}.1.scd"
    if not page.exists():
        failures.append(f"{command} has no man page {page.name}")
        continue
    same(command, options - global_options, options_of_page(page.read_text()) - global_options)
    same(f"{command}: the page that its help names", [f"bakery-cli-{command}"], re.findall(r"More: man (\S+)", text))
for page in man.glob("bakery-cli-*.scd"):
    if page.name.removeprefix("bakery-cli-").removesuffix(".1.scd") not in commands:
        failures.append(f"{page.name} is about no command")

# A flag that some page mentions and no command takes is one that was renamed.
for page in sorted(man.glob("*.scd")):
    for flag in re.findall(r"(?<![\w-])--[a-z][\w-]*", page.read_text().replace("\\", "")):
        if page.name.startswith("bakery") and flag not in known_flags:
            failures.append(f"{page.name} mentions {flag}, which no command takes")


# Every key of the configuration, and no other.
def keys_of(schema):
    for name, value in schema.get("properties", {}).items():
        yield name
        yield from keys_of(value)
        yield from keys_of(value.get("items", {}))


library_page = (man / "libbakery.3.scd").read_text()
same("libbakery", (header.name for header in (root / "include/bakery").glob("*.h") if header.name != "bakery.h"),
     re.findall(r"^\|  bakery/(\w+\.h)$", library_page, re.MULTILINE))

config_page = (man / "bakery-config.5.scd").read_text()
# "*TeamName* (name, required)" heads what is said of a key.
described = set(re.findall(r"^\t?\*([A-Z]\w+)\* \(", config_page, re.MULTILINE))
same("bakery-config", set(keys_of(json.loads(run("schema")))), described)

# Each whole configuration that stands there loads, and nothing is to be said of it.
examples = [block for block in re.findall(r"^```\n(.*?)^```$", config_page, re.MULTILINE | re.DOTALL)
            if block.startswith("TeamName:")]
if not examples:
    failures.append("bakery-config.5.scd has no whole configuration as an example")
for example in examples:
    with tempfile.TemporaryDirectory() as folder:
        config = pathlib.Path(folder, "config.yml")
        config.write_text(example)
        result = subprocess.run([cli, "-c", config, "validate"], capture_output=True, text=True)
        if result.returncode != 0 or "warning: " in result.stdout:
            failures.append(f"an example of bakery-config.5.scd: {result.stdout}{result.stderr}")

# Each file of examples/ is a configuration that loads.
for config in sorted((root / "examples").glob("*.yml")):
    result = subprocess.run([cli, "-c", config, "validate"], capture_output=True, text=True)
    if result.returncode != 0:
        failures.append(f"{config.name}: {result.stdout}{result.stderr}")

print(*failures, sep="\n", end="\n" if failures else "")
print(f"{len(commands)} commands, {len(known_flags)} flags, {len(described)} keys, {len(examples)} examples, "
      f"{len(failures)} failures")
sys.exit(bool(failures))
