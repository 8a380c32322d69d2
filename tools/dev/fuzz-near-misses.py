#!/usr/bin/env python3
"""Compares variations of what fusions look for, with all fusions and with none, with the float64 interpreter.

With --sabotage, wrong rewrites are made on purpose, one in each case that has a place for it: it says which were caught, and fails where one never was. Needs bridgec and bridge-run on the PATH.
"""

import argparse
import collections
import math
import pathlib
import random
import shutil
import sys
import tempfile
import time

import sabotage
from differential import Failure, check_entry, compile_all
from fuzz_specs import SIZES
from near_misses import KINDS, Draft

MAX_ELEMENTS = 40_000


def make_draft(seed, kind=None):
    """A draft of the kind of this name, or of any."""
    numbers = random.Random(seed)
    draft = Draft(numbers)
    numbers.choice([each for each in KINDS if kind in (None, each.__name__)])(draft)
    return draft


def choose_sizes(numbers):
    """Three times sizes of n, t and s; the batch is small."""
    every = [{"n": 2, "t": 5, "s": 7}]
    while len(every) < 3:
        sizes = {"n": numbers.choice((1, 2, 3)), "t": numbers.choice(SIZES), "s": numbers.choice(SIZES)}
        if sizes["n"] * sizes["t"] * max(sizes["s"], sizes["t"], 33) <= MAX_ELEMENTS:
            every.append(sizes)
    return every


def make_inputs(draft, text, sizes, seed):
    numbers, tensors = random.Random(seed), {}
    for name, (shape, high) in draft.inputs.items():
        if f"input {name}[" not in text:
            continue
        shape = [sizes.get(dim, dim) for dim in shape]
        count = math.prod(shape)
        if high is None:
            tensors[name] = "F32", shape, [numbers.gauss(0, 1) for _ in range(count)]
        else:
            tensors[name] = "I32", shape, [numbers.randrange(sizes.get(high, high)) for _ in range(count)]
    return tensors


def check(seed, folder, rewrite=None):
    """Raises a Failure where results differ; says whether there was a place for the rewrite."""
    draft = make_draft(seed, rewrite and rewrite.partition(":")[0])
    text = draft.text()
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "near-miss.bridge"
    path.write_text(text)
    compiled = path if rewrite is None else sabotage.apply(rewrite, path, folder / "wrong.mlir")
    if compiled is None:
        return False
    configurations = None if rewrite is None else {"all": ["--fuse=none"]}
    compile_all(compiled, folder, configurations)
    for sizes in choose_sizes(random.Random(seed)):
        tensors = make_inputs(draft, text, sizes, seed)
        check_entry(path, folder, "run", tensors, seed, {"entry": "run", "sizes": sizes}, configurations)
    return True


def run_sabotage(seeds, folder):
    """Gives each wrong rewrite to cases until it is caught; how many never were."""
    counts = collections.defaultdict(lambda: [0, 0])
    for seed in seeds:
        for rewrite in sabotage.REWRITES:
            if counts[rewrite][1]:
                continue
            try:
                counts[rewrite][0] += check(seed, folder, rewrite)
            except Failure as failure:  # A rewrite may also break types, which tells nothing.
                is_result = failure.kind.startswith("result")
                counts[rewrite][0] += is_result
                counts[rewrite][1] += is_result
        if all(counts[rewrite][1] for rewrite in sabotage.REWRITES):
            break
    for rewrite in sabotage.REWRITES:
        print(f"{rewrite}: {'caught' if counts[rewrite][1] else 'missed'} in {counts[rewrite][0]} places")
    return sum(not counts[rewrite][1] for rewrite in sabotage.REWRITES)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=0, help="the seed of the first case; the next ones count on")
    parser.add_argument("--cases", type=int, default=sys.maxsize, help="stop after so many cases")
    parser.add_argument("--seconds", type=float, default=20, help="begin no case after that time; without end if it is 0")
    parser.add_argument("--keep", type=pathlib.Path, metavar="DIR", help="keep the failing cases there")
    parser.add_argument("--sabotage", action="store_true", help="make wrong rewrites, which have to be caught")
    arguments = parser.parse_args()
    start, done, failed = time.monotonic(), 0, 0

    def seeds():
        seed = arguments.seed
        while seed - arguments.seed < arguments.cases and (not arguments.seconds or time.monotonic() - start < arguments.seconds):
            yield seed
            seed += 1

    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch) / "case"
        if arguments.sabotage:
            return run_sabotage(seeds(), folder) > 0
        for seed in seeds():
            done += 1
            try:
                check(seed, folder)
            except Failure as failure:
                failed += 1
                print(f"FAILED: seed {seed}: {failure.kind}, sizes {failure.sizes}\n{failure.message}\n{make_draft(seed).text()}", flush=True)
                if arguments.keep:
                    shutil.copytree(folder, arguments.keep / f"near-miss-{seed}", dirs_exist_ok=True)
    print(f"{done} cases, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
