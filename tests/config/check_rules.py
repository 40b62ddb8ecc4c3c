"""Each rule id that the library gives a finding stands in an expected file of good/ or bad/.

    check_rules.py SOURCE_ROOT
"""
import pathlib
import re
import sys

# The functions that make a finding, whose first string is the rule; or a rule that several of them share.
MAKES_FINDING = re.compile(r'\b\w*(?:mistake|warning|refuse|report_add|report_vadd|warn_where)\s*\([^;"]*?"([a-z-]+)"'
                           r'|\brule\[\] = "([a-z-]+)"')

root = pathlib.Path(sys.argv[1])
rules = {}
for source in [*sorted(root.glob("libbakery/model/*.c")), root / "libbakery/formats/yaml.c"]:
    for found in MAKES_FINDING.finditer(source.read_text()):
        rules.setdefault(found[1] or found[2], source.relative_to(root))

expected = "".join(path.read_text() for path in (root / "tests/config/bad").glob("*.err"))
expected += "".join(path.read_text() for path in (root / "tests/config/good").glob("*.json"))

missing = [f"{source}: no expected file has the rule {rule}" for rule, source in sorted(rules.items())
           if f"[{rule}]\n" not in expected and f'"{rule}"' not in expected]
print(*missing, sep="\n", end="\n" if missing else "")
print(f"{len(rules)} rules, {len(missing)} without a case")
sys.exit(bool(missing) or len(rules) < 30)
