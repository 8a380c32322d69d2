#!/usr/bin/env python3
"""Compares compiled specs with the float64 interpreter where kernels change their course: at 1, around tiles and pieces, at primes.

Each spec is compiled once for this machine and once for x86-64-v3; these two models then run with all sizes. With --complete it is an error if the specs
leave out a primitive of the language, or an operation, kind or kernel of the dialects. Needs bridgec and bridge-run on the PATH.
"""

import argparse
import concurrent.futures
import itertools
import json
import math
import pathlib
import random
import subprocess
import sys
import tempfile

from differential import Failure, check_entry, compile_all
from edge_sizes import assignments, value
from vocabulary import dialect_words, primitives, used_words, words_of_dialects

CONFIGURATIONS = {"native": [], "v3": ["--arch=x86-64-v3"]}
MAX_ELEMENTS = 12_000
SEED = 1


def numbers():
    """Numbers for inputs: floats whose sums are not close to 0, and integers that are. Their counts are prime, so that rows differ."""
    draw = random.Random(SEED)
    return [draw.gauss(0.5, 1) for _ in range(10_007)], [draw.randrange(-9, 10) for _ in range(9_973)]


FLOATS, INTEGERS = numbers()


def make_inputs(inputs, sizes):
    tensors = {}
    for place, each in enumerate(inputs):
        shape = [value(dim, sizes) for dim in each["shape"]]
        kind, pool = ("F32", FLOATS) if each["dtype"] == "f32" else ("I32", INTEGERS)
        tensors[each["name"]] = kind, shape, list(itertools.islice(itertools.cycle(pool), 977 * place, 977 * place + math.prod(shape)))
    return tensors


def check(spec):
    """Raises a Failure where a model of this spec and the interpreter disagree; else how many comparisons were made."""
    count = 0
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        compile_all(spec, folder, CONFIGURATIONS)
        listing = json.loads(subprocess.run([folder / "model-native", "--json"], capture_output=True, check=True).stdout)
        for entry in listing["entries"]:
            for sizes in assignments(entry, MAX_ELEMENTS):
                place = {"entry": entry["name"], "sizes": sizes}
                check_entry(spec, folder, entry["name"], make_inputs(entry["inputs"], sizes), SEED, place, CONFIGURATIONS)
                count += 1
    return count


def printed(spec, phase):
    return subprocess.run(["bridgec", spec, f"--stop-after={phase}"], capture_output=True, check=True, text=True).stdout


def left_out(specs):
    """What the language and its dialects have and no spec uses."""
    texts = [spec.read_text() for spec in specs]
    words = set().union(*map(used_words, texts))
    found = set().union(*(words_of_dialects(printed(spec, phase)) for spec in specs for phase in ("bridge", "fused", "planned")))
    return sorted((primitives() - words) | (dialect_words() - found))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("specs", nargs="+", type=pathlib.Path, metavar="SPEC")
    parser.add_argument("--complete", action="store_true", help="fail where the specs leave out something of the language")
    arguments = parser.parse_args()
    if arguments.complete and (missing := left_out(arguments.specs)):
        sys.exit(f"no spec has: {', '.join(missing)}")
    failed = False
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for spec, result in [(spec, pool.submit(check, spec)) for spec in arguments.specs]:
            try:
                print(f"{spec.name}: {result.result()} comparisons", flush=True)
            except Failure as failure:
                failed = True
                print(f"{spec.name}: {failure.kind}, entry {failure.entry}, sizes {failure.sizes}: {failure.message}", flush=True)
    return failed


if __name__ == "__main__":
    sys.exit(main())
