"""The names that libbakery.so exports are those that the installed headers declare, and nothing inside leaks into them.

    check_symbols.py LIBBAKERY_SO SOURCE_ROOT
"""
import pathlib
import re
import subprocess
import sys

library, root = sys.argv[1], pathlib.Path(sys.argv[2])
headers = {path.name: path.read_text() for path in (root / "include/bakery").glob("*.h")}
failures = []

declared = set()
for text in headers.values():
    bare = re.sub(r"^#.*$", "", re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL), flags=re.MULTILINE)
    declared.update(re.findall(r"BAKERY_EXPORT\s[^;(]*?\b(\w+)\s*\(", bare))

listed = subprocess.run(["nm", "-D", "--defined-only", library], check=True, capture_output=True, text=True).stdout
exported = {line.split()[-1] for line in listed.splitlines()}
versions = {name.split("@")[-1] for name in exported if "@" in name}
exported = {name.split("@")[0] for name in exported} - versions - {"LIBBAKERY_0"}

for name in sorted(declared - exported):
    failures.append(f"{name} is declared, and not exported")
for name in sorted(exported - declared):
    failures.append(f"{name} is exported, and no header declares it")
for name in sorted(exported):
    if name.startswith("bakery__"):
        failures.append(f"{name} is of the inside")
if versions != {"LIBBAKERY_0"}:
    failures.append(f"the version of the symbols is {versions}, not LIBBAKERY_0")

for name, text in sorted(headers.items()):
    if "bakery__" in text:
        failures.append(f"{name} mentions bakery__, which is of the inside")
    for word in ("AUTO_PTR", "STEAL", "cJSON", "cyaml", "CURL", "EVP_", "XML_Parser", "yaml_parser"):
        if word in text:
            failures.append(f"{name} mentions {word}")
    if 'extern "C"' not in text and "BAKERY_EXPORT" in text:
        failures.append(f'{name} has no extern "C"')

installed = set(re.findall(r"'(\w+\.h)'", (root / "include/bakery/meson.build").read_text()))
for name in sorted(installed ^ set(headers)):
    failures.append(f"{name} is either not there or not installed")
umbrella = set(re.findall(r"<bakery/(\w+\.h)>", headers.get("bakery.h", "")))
for name in sorted(umbrella ^ (set(headers) - {"bakery.h"})):
    failures.append(f"bakery.h and the folder do not agree on {name}")

print(*failures, sep="\n", end="\n" if failures else "")
print(f"{len(declared)} names declared, {len(exported)} exported, {len(failures)} failures")
sys.exit(bool(failures) or not declared)
