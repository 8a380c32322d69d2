#!/usr/bin/env python3
"""Compares golden cases compiled for bf16 with the float64 interpreter: check-bf16.py [--pytorch] [--tolerance T] [--fuse PLAN] [--precision P] CASE…

A case's weights are first rounded to bf16. Every level that this machine can run is compared, and one thread with two, which
have to agree bit by bit. --pytorch (which needs the packages of test/Goldens/generate) adds the error of PyTorch's bf16 model.
Works in the current folder.
"""

import argparse
import json
import os
import pathlib
import shutil
import struct
import subprocess
import sys

import tensor_files

ROOT = pathlib.Path(__file__).resolve().parents[2]
LEVELS = {"x86-64-v4-bf16": "avx512_bf16", "x86-64-v4": "avx512vl", "x86-64-v3": "avx2"}


def rounded(value):
    """The f32 that the nearest bf16 is, ties to even."""
    (bits,) = struct.unpack("<I", struct.pack("<f", value))
    return struct.unpack("<f", struct.pack("<I", (bits + 0x7FFF + (bits >> 16 & 1) & 0xFFFF0000)))[0]


def round_weights(case, folder):
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(case, folder)
    tensors = tensor_files.read(case / "model.safetensors")
    for name, (dtype, shape, values) in tensors.items():
        if dtype == "F32":
            tensors[name] = dtype, shape, [rounded(value) for value in values]
    (folder / "model.safetensors").unlink()
    tensor_files.write(folder / "model.safetensors", tensors)


def run(command, **environment):
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=os.environ | environment)


def outputs(model, entry, folder, name, *options, **environment):
    path = folder / f"{name}.safetensors"
    run(["bridge-run", model, entry, "--weights", folder, "--inputs", folder / "inputs.safetensors", "--output", path, *options], **environment)
    return {name: values for name, (_, _, values) in tensor_files.read(path).items()}


def error(found, reference):
    """‖found − reference‖ / ‖reference‖"""
    difference = sum((a - b) ** 2 for a, b in zip(found, reference, strict=True)) ** 0.5
    return difference / sum(b * b for b in reference) ** 0.5


def pytorch_outputs(folder):
    sys.path.insert(0, str(ROOT / "test/Goldens/generate"))
    import check
    import torch
    from safetensors.torch import load_file
    kind = check.KINDS.get(json.loads((folder / "config.json").read_text())["model_type"])
    if not kind:
        return {}
    inputs = {name: value.to(torch.bfloat16) if value.is_floating_point() else value
              for name, value in load_file(folder / "inputs.safetensors").items()}
    with torch.no_grad():
        found = kind.evaluate(kind.load(folder).to(torch.bfloat16), inputs)
    return {name: value.double().flatten().tolist() for name, value in found.items()}


def check_case(case, levels, options):
    """Prints the errors, and returns how many are too great."""
    folder = pathlib.Path.cwd() / case
    round_weights(ROOT / "test/Goldens" / case, folder)
    model = folder / "model.so"
    run(["bridgec", folder, f"--precision={options.precision}", f"--fuse={options.fuse}", f"--arch={','.join(levels)}", "-o", model])
    peers = pytorch_outputs(folder) if options.pytorch else {}
    failures = 0
    for entry in json.loads((folder / "about.json").read_text())["entries"]:
        reference = outputs(folder, entry, folder, "reference", "--reference")
        for level in levels:
            found = outputs(model, entry, folder, "one", "--threads=1", BRIDGE_LEVEL=level)
            if found != outputs(model, entry, folder, "two", "--threads=2", BRIDGE_LEVEL=level):
                print(f"{case} {level} {entry}: two threads give other results than one")
                failures += 1
            for name, values in found.items():
                amount = error(values, reference[name])
                beside = f", PyTorch {error(peers[name], reference[name]):.2e}" if name in peers else ""
                print(f"{case} {level} {name}: relative error {amount:.2e}{beside}")
                failures += not amount <= options.tolerance
    return failures


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("cases", nargs="+", help="folders of test/Goldens")
    parser.add_argument("--tolerance", type=float, default=2e-2)
    parser.add_argument("--fuse", default="all")
    parser.add_argument("--precision", default="bf16")
    parser.add_argument("--pytorch", action="store_true")
    options = parser.parse_args()
    with open("/proc/cpuinfo") as info:
        flags = set(next(line for line in info if line.startswith("flags")).split())
    levels = [level for level, flag in LEVELS.items() if flag in flags]
    failures = sum(check_case(case, levels, options) for case in options.cases)
    return f"{failures} of the results are wrong" if failures else 0


if __name__ == "__main__":
    sys.exit(main())
