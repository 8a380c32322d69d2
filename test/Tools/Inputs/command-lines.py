#!/usr/bin/env python3
"""Compares docs/command-lines.md with what the tools say by --help: command-lines.py DOCUMENT EXECUTABLE."""
import pathlib
import re
import subprocess
import sys

TOOLS = {"`bridgec": ["bridgec"], "`bridge-run": ["bridge-run"], "A compiled executable": [sys.argv[2]], "`bridge-explore": ["bridge-explore"]}
EVERYWHERE = {"--help", "--help-list", "--version"}


def offered(tool):
    said = subprocess.run([*tool, "--help"], text=True, capture_output=True, check=True).stdout
    return set(re.findall(r"^  (--?[A-Za-z][\w-]*)", said, re.M)) - EVERYWHERE


def documented(section):
    cells = [re.match(r"\| ((?:[^|\\]|\\.)*) \|", line) for line in section.splitlines()]
    return set(re.findall(r"`(--?[A-Za-z][\w-]*)", " ".join(cell[1] for cell in cells if cell)))


wrong = 0
for section in pathlib.Path(sys.argv[1]).read_text(encoding="utf-8").split("\n## ")[1:]:
    for title, tool in TOOLS.items():
        if section.startswith(title):
            missing, surplus = offered(tool) - documented(section), documented(section) - offered(tool)
            print(f"{tool[0]}: {len(offered(tool))} options")
            if missing or surplus:
                print(f"  without a row: {sorted(missing)}; that it does not have: {sorted(surplus)}")
                wrong += 1
sys.exit(wrong != 0)
