#!/usr/bin/env python3
"""Compares all entries of a spec with the interpreter, compiled as fuzz.py does: run-shapes.py SPEC N,T,S …

Inputs are made for these sizes of the symbolic dimensions n, t and s; those of integers are 0 or 1. Models are left in the current folder.
"""

import json
import math
import pathlib
import random
import subprocess
import sys

from differential import Failure, check_entry, compile_all

SEED = 1


def make_inputs(inputs, sizes):
    numbers, tensors = random.Random(SEED), {}
    for each in inputs:
        shape = [int(dim) if dim.isdigit() else sizes[dim] for dim in each["shape"]]
        count = math.prod(shape)
        if each["dtype"] == "f32":
            tensors[each["name"]] = "F32", shape, [numbers.gauss(0, 1) for _ in range(count)]
        else:
            tensors[each["name"]] = "I32", shape, [numbers.randrange(2) for _ in range(count)]
    return tensors


def main(spec, *every):
    folder = pathlib.Path.cwd()
    compile_all(spec, folder)
    listing = subprocess.run([folder / "model-all", "--json"], capture_output=True, check=True).stdout
    for text in every:
        sizes = dict(zip("nts", map(int, text.split(","))))
        for entry in json.loads(listing)["entries"]:
            place = {"entry": entry["name"], "sizes": sizes}
            check_entry(spec, folder, entry["name"], make_inputs(entry["inputs"], sizes), SEED, place)


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except Failure as failure:
        sys.exit(f"{failure.kind}, entry {failure.entry}, sizes {failure.sizes}: {failure.message}")
