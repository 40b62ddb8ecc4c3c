"""Puts a text into the program: embed.py NAME FILE prints it as an array of char that ends in NUL. Run by the build."""

import sys

WIDTH = 118

name, path = sys.argv[1:]
with open(path, "rb") as file:
    numbers = [f"{byte}," for byte in file.read() + b"\0"]
lines = [""]
for number in numbers:
    if len(lines[-1] + number) > WIDTH:
        lines.append("")
    lines[-1] += number
print(f"extern const char {name}[];\nconst char {name}[] = {{")
print("\n".join(lines))
print("};")
