#!/usr/bin/env python3
"""Puts the page together and prints it as C: assemble.py PAGE STYLE SCRIPT...

Style and scripts go into the page, and their hashes into its Content-Security-Policy, so that a browser runs these and
nothing else. What stands before and after @ACCESS@, the place of the report, becomes one array of char each. Run by the
build.
"""

import base64
import hashlib
import sys

LINE_WIDTH = 118


def hash_of(text):
    """As the policy has it: https://www.w3.org/TR/CSP3/#grammardef-hash-source"""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def put(page, place, text):
    assert page.count(place) == 1, f"{place} must be in the page once"
    return page.replace(place, text)


def array(name, text):
    lines, line = [], ""
    for byte in text.encode() + b"\0":
        value = f"'\\x{byte:x}'," if byte > 127 else f"{byte},"  # which of them a char holds as what is the compiler's
        if len(line + value) > LINE_WIDTH:
            lines.append(line)
            line = ""
        line += value
    return f"const char {name}[] = {{\n" + "\n".join(lines + [line]) + "\n};\n"


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def main(page_path, style_path, *script_paths):
    style = "\n" + read(style_path)
    script = "\n" + "\n".join(read(path) for path in script_paths)
    assert "</script" not in script and "</style" not in style
    page = read(page_path)
    page = put(page, "@STYLE-HASH@", hash_of(style))
    page = put(page, "@SCRIPT-HASH@", hash_of(script))
    # Last the script, since it may have words like those that are looked for.
    page = put(put(page, "@STYLE@", style), "@SCRIPT@", script)
    head, tail = page.split("@ACCESS@")
    print('#include "access/page.h"\n')
    print(array("bakery__page_head", head))
    print(array("bakery__page_tail", tail), end="")


main(*sys.argv[1:])
