#!/usr/bin/env python3
"""Compiles the specs of files of cases and compares all that `bridgec` says, word by word.

A case is a line `### title`, the text of spec.bridge, for each other file a line `#--- name` and its text, perhaps a line
`$ arguments` of bridgec, a line `--->` and what is said. Each must end with status 1 and leave no file. Places in std, which
others edit, are compared without their numbers; `--write` puts what is said into the files."""
import pathlib
import re
import subprocess
import sys
import tempfile


def outcome(body):
    """What bridgec says to a case."""
    files, name, arguments = {"spec.bridge": ""}, "spec.bridge", "spec.bridge"
    for line in body.splitlines():
        if line.startswith("#--- "):
            name = line[5:]
            files[name] = ""
        elif line.startswith("$ "):
            arguments = line[2:]
        else:
            files[name] += line + "\n"
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            path = pathlib.Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        before = sorted(pathlib.Path(folder).rglob("*"))
        run = subprocess.run(["bridgec", *arguments.split(), "-o", "bad"], cwd=folder, text=True, capture_output=True)
        said = re.sub(r"(std/\w+\.bridge):\d+:\d+", r"\1:…", run.stdout + run.stderr).rstrip("\n")
        if run.returncode != 1:
            said += f"\nexit status {run.returncode}, expected 1"
        if sorted(pathlib.Path(folder).rglob("*")) != before:
            said += "\na file was left"
    return said


wrong = 0
for path in map(pathlib.Path, filter(lambda argument: argument != "--write", sys.argv[1:])):
    result = ""
    for case in path.read_text().removeprefix("### ").split("\n### "):
        title, rest = case.split("\n", 1)
        body, _, expected = rest.partition("--->\n")
        found = outcome(body)
        result += f"### {title}\n{body.rstrip()}\n--->\n{found}\n"
        if found != expected.rstrip("\n"):
            wrong += 1
            print(f"{path}: {title}:\n{found}\ninstead of\n{expected}")
    if "--write" in sys.argv:
        path.write_text(result)
sys.exit(wrong != 0)
