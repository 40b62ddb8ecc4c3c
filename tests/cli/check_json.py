"""What bakery-cli prints as JSON is JSON, whatever stands in the names; each template too.

    check_json.py BAKERY_CLI SOURCE_ROOT
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

cli, root = os.path.abspath(sys.argv[1]), pathlib.Path(sys.argv[2]).resolve()
failures = 0


def no_twice(pairs):
    """A key that stands twice is no error to json.loads, and the first would be lost."""
    keys = [key for key, value in pairs]
    if len(keys) != len(set(keys)):
        raise ValueError(f"a key stands twice: {keys}")
    return dict(pairs)


def answer(*words, expect=0):
    global failures
    result = subprocess.run([cli, *words], capture_output=True)
    try:
        if result.returncode != expect:
            raise ValueError(f"exit {result.returncode}, not {expect}: {result.stderr.decode(errors='replace')}")
        return json.loads(result.stdout.decode("utf-8"), object_pairs_hook=no_twice)
    except ValueError as problem:
        print(f"FAILED bakery-cli {words}: {problem}")
        failures += 1
        return {}


def check(what, condition):
    global failures
    if not condition:
        print(f"FAILED {what}")
        failures += 1


schema = answer("schema")
check("the schema names TeamName", "TeamName" in schema.get("properties", {}))

with tempfile.TemporaryDirectory() as folder:
    os.chdir(folder)
    # A name with a quote, a backslash, a control character, a byte that is no UTF-8, and a letter that is.
    hostile = os.fsencode("a\"\\\n") + b"\xff" + "ü\u202e\U000e0041".encode()
    os.mkdir(hostile)
    for name in ("good.yml", "bad.yml"):
        pathlib.Path(os.fsdecode(hostile), name).write_bytes((root / "tests/cli" / name).read_bytes())
    good, bad = os.path.join(hostile, b"good.yml"), os.path.join(hostile, b"bad.yml")

    report = answer("-c", good, "validate", "-o", "json")
    check("a valid configuration has no finding", report.get("version") == 1 and report.get("findings") == [])
    report = answer("-c", bad, "validate", "-o", "json", expect=3)
    check("the counts are those of the findings", report.get("errors") == 2 and len(report.get("findings", [])) == 3)
    sarif = answer("-c", bad, "validate", "-o", "sarif", expect=3)
    results = sarif.get("runs", [{}])[0].get("results", [])
    rules = {rule["id"] for rule in sarif.get("runs", [{}])[0].get("tool", {}).get("driver", {}).get("rules", [])}
    check("SARIF has every finding, and its rule", len(results) == 3 and {each["ruleId"] for each in results} == rules)

    written = answer("-c", good, "generate", "--out", os.path.join(hostile, b"t"), "-o", "json")
    check("four files are written", [each["state"] for each in written.get("files", [])] == ["written"] * 4)
    check("a byte that is no UTF-8 is seen", all("\ufffdü\u202e\U000e0041" in each["path"] for each in written.get("files", [])))
    checked = answer("-c", good, "generate", "--out", os.path.join(hostile, b"t"), "-o", "json", "--check")
    check("and unchanged then", [each["state"] for each in checked.get("files", [])] == ["unchanged"] * 4)
    check("sizes and checksums are the same", [(each["size_bytes"], each["sha256"]) for each in written.get("files", [])]
          == [(each["size_bytes"], each["sha256"]) for each in checked.get("files", [])])

for config in sorted((root / "tests/config/bad").glob("*.yml")):
    report = answer("-c", config, "validate", "-o", "json", expect=3)
    sarif = answer("-c", config, "validate", "-o", "sarif", expect=3)
    rules = [rule["id"] for rule in sarif.get("runs", [{}])[0].get("tool", {}).get("driver", {}).get("rules", [])]
    check(f"{config.name}: SARIF names each rule once", sorted(rules) ==
          sorted({each["rule"] for each in report.get("findings", [])}))

for config in sorted((root / "tests/golden").glob("*/config.yml")):
    with tempfile.TemporaryDirectory() as folder:
        files = answer("-c", config, "generate", "--out", folder, "-o", "json").get("files", [])
        check(f"{config}: it makes templates", files)
        for each in files:
            answer("-c", config, "generate", each["file"])

print(f"{failures} failures")
sys.exit(bool(failures))
