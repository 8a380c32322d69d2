#!/usr/bin/env python3
"""Assembles PTX by ptxas and compares what each kernel needs with a data file.

    ptx-figures.py --arch sm_80 --case clip FIGURES.json [--write] < clip.ptx

No kernel may spill, and no block may need more registers than there are. What the data file says (registers, bytes of shared memory) holds for the
version of ptxas that it names: with another one only these two rules are checked. `--write` records the figures instead of comparing them."""
import argparse
import json
import pathlib
import re
import subprocess
import sys

BLOCK_REGISTERS = 65536
ALLOCATION = 8  # Registers of a thread are allotted so many at a time.


def version():
    text = subprocess.run(["ptxas", "--version"], capture_output=True, text=True, check=True).stdout
    return re.search(r"release ([\d.]+)", text)[1]


def assemble(ptx, arch):
    """What ptxas says of each kernel: registers, spills, shared."""
    done = subprocess.run(["ptxas", f"-arch={arch}", "-v", "-o", "/dev/null", "/dev/stdin"], input=ptx, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"ptxas fails:\n{done.stderr}")
    figures, name = {}, None
    for line in done.stderr.splitlines():
        if match := re.search(r"Compiling entry function '(\S+)'", line):
            name = match[1]
            figures[name] = {"registers": 0, "shared": 0, "spills": 0}
        if match := re.search(r"(\d+) bytes spill stores, (\d+) bytes spill loads", line):
            figures[name]["spills"] += int(match[1]) + int(match[2])
        if match := re.search(r"Used (\d+) registers", line):
            figures[name]["registers"] = int(match[1])
            if shared := re.search(r"(\d+) bytes smem", line):
                figures[name]["shared"] = int(shared[1])
    return figures


def threads(ptx):
    return {name: int(count) for name, count in re.findall(r"\.entry (\w+)\(.*?\.reqntid (\d+)", ptx, re.DOTALL)}


def faults(found, ptx):
    for name, count in threads(ptx).items():
        figures = found[name]
        registers = -(-figures["registers"] // ALLOCATION) * ALLOCATION
        if figures["spills"]:
            yield f"{name} spills {figures['spills']} bytes"
        if registers * count > BLOCK_REGISTERS:
            yield f"{name} needs {registers * count} registers for {count} threads, there are {BLOCK_REGISTERS}"


def differences(found, recorded):
    for name in sorted(found.keys() | recorded.keys()):
        if found.get(name) != recorded.get(name):
            yield f"{name}: expected {recorded.get(name)}, found {found.get(name)}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("figures", type=pathlib.Path)
    parser.add_argument("--arch", required=True)
    parser.add_argument("--case", required=True)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    ptx = sys.stdin.read()
    found = assemble(ptx, options.arch)
    data = json.loads(options.figures.read_text()) if options.figures.exists() else {}
    key = f"{options.case} {options.arch}"
    wrong = list(faults(found, ptx))
    if options.write and not wrong:
        data["ptxas"] = version()
        data.setdefault("kernels", {})[key] = found
        lines = [f'  "{case}": {{\n' + ",\n".join(f'    "{name}": {json.dumps(kernel)}' for name, kernel in sorted(kernels.items())) + "\n  }"
                 for case, kernels in sorted(data["kernels"].items())]
        options.figures.write_text(f'{{"ptxas": "{data["ptxas"]}", "kernels": {{\n' + ",\n".join(lines) + "\n}}\n")
    elif not options.write and data.get("ptxas") == version():
        wrong += differences(found, data["kernels"].get(key, {}))
    for line in wrong:
        print(line)
    print(f"{key}: {len(found)} kernels, {'wrong' if wrong else 'as expected'}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
