#!/usr/bin/env python3
"""Measures the error of every output of every golden case against the reference implementation:

    golden-errors.py [--json FILE] [--check FILE] [CASE …]

A case is a folder of test/Goldens with a config.json. Each entry is run by the float64 interpreter, and compiled with all
fusions, with none, and for bf16 (the weights are those of f32, rounded when the model is opened). Prints a table in
Markdown; --json writes the numbers too, --check fails where one is more than twice that of FILE and above what f32 or
bf16 rounds. Needs bridgec and bridge-run on the PATH.
"""

import argparse
import json
import pathlib
import platform
import re
import subprocess
import sys
import tempfile

GOLDENS = pathlib.Path(__file__).resolve().parents[2] / "test/Goldens"
# How each column is run, and the error below which a number says nothing.
COLUMNS = {"reference": (None, 1e-12), "fused": (["--fuse=all"], 1e-6), "unfused": (["--fuse=none"], 1e-6), "bf16": (["--precision=bf16"], 1e-2)}


def run(command):
    result = subprocess.run(list(map(str, command)), capture_output=True, text=True)
    if result.returncode:
        sys.exit(f"{' '.join(map(str, command))}: {result.stderr.strip()}")
    return result.stdout


def errors_of(model, entry, case, *options):
    """The errors of an entry's outputs by name."""
    report = run(["bridge-run", model, entry, "--weights", case, "--inputs", case / "inputs.safetensors",
                  "--compare", case / "outputs.safetensors", "--tolerance", "10", *options])
    return {name: float(amount) for name, amount in re.findall(r"^(\S+): relative error (\S+)$", report, re.MULTILINE)}


def measure(case, scratch):
    entries = json.loads((case / "about.json").read_text())["entries"]
    rows = {}
    for column, (options, _) in COLUMNS.items():
        model, flags = case, ["--reference"]
        if options is not None:
            model, flags = scratch / f"{column}.so", []
            run(["bridgec", case, "-o", model, *options])
        for entry in entries:
            for output, amount in errors_of(model, entry, case, *flags).items():
                rows.setdefault(output, {})[column] = amount
    return [{"case": case.name, "output": output} | amounts for output, amounts in rows.items()]


def compare(rows, path):
    expected = {(row["case"], row["output"]): row for row in json.loads(path.read_text())["results"]}
    worse = []
    for row in rows:
        before = expected.get((row["case"], row["output"]), {})
        for column, (_, floor) in COLUMNS.items():
            if not row[column] <= max(2 * before.get(column, 0), floor):
                worse.append(f"{row['case']} {row['output']} {column}: {row[column]:.1e}, was {before.get(column, 'not measured')}")
    return worse


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("cases", nargs="*", metavar="CASE")
    parser.add_argument("--json", type=pathlib.Path)
    parser.add_argument("--check", type=pathlib.Path)
    options = parser.parse_args()
    cases = [GOLDENS / name for name in options.cases] or sorted(config.parent for config in GOLDENS.glob("*/config.json"))

    print(f"| case | output | {' | '.join(COLUMNS)} |\n|---|---|{'---|' * len(COLUMNS)}")
    rows = []
    for case in cases:
        with tempfile.TemporaryDirectory() as scratch:
            for row in measure(case, pathlib.Path(scratch)):
                print(f"| {row['case']} | {row['output']} | {' | '.join(format(row[column], '.1e') for column in COLUMNS)} |", flush=True)
                rows.append(row)
    if options.json:
        commit = run(["git", "-C", GOLDENS, "rev-parse", "--short", "HEAD"]).strip()
        options.json.write_text(json.dumps({"suite": "golden-errors", "commit": commit, "machine": platform.machine(), "results": rows}, indent=1) + "\n")
    worse = compare(rows, options.check) if options.check else []
    return "\n".join(worse) or 0


if __name__ == "__main__":
    sys.exit(main())
