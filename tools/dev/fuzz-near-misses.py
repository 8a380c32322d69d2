#!/usr/bin/env python3
"""Compares variations of what fusions look for, with all fusions and with none, with the float64 interpreter.

With --sabotage, wrong rewrites are made on purpose, one in each case that has a place for it: it says which were caught, and fails where one never was. Needs bridgec and bridge-run on the PATH.
"""

import argparse
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


def compare(draft, spec, compiled, folder, seed, configurations=None):
    """Raises a Failure where what is compiled differs from the interpreter's results for the spec."""
    compile_all(compiled, folder, configurations)
    for sizes in choose_sizes(random.Random(seed)):
        tensors = make_inputs(draft, draft.text(), sizes, seed)
        check_entry(spec, folder, "run", tensors, seed, {"entry": "run", "sizes": sizes}, configurations)


def check(seed, folder):
    draft = make_draft(seed)
    folder.mkdir(parents=True, exist_ok=True)
    spec = folder / "near-miss.bridge"
    spec.write_text(draft.text())
    compare(draft, spec, spec, folder, seed)


def try_rewrite(rewrite, program, seed):
    """Whether the program has a place for the wrong rewrite, and whether it was caught there."""
    compiled = program.rewrite(rewrite)
    if compiled is None:
        return False, False
    try:
        compare(program.draft, program.spec, compiled, program.folder, seed, {"all": ["--fuse=none"]})
    except Failure as failure:  # A rewrite may also break types, which tells nothing.
        is_result = failure.kind.startswith("result")
        return is_result, is_result
    return True, False


def run_sabotage(seeds, folder):
    """Gives each wrong rewrite to cases until it is caught; how many never were."""
    counts = {rewrite: [0, 0] for rewrite in sabotage.REWRITES}
    for seed in seeds:
        missing = [rewrite for rewrite, (_, caught) in counts.items() if not caught]
        if not missing:
            break
        programs = {kind: sabotage.Program(make_draft(seed, kind), folder / kind) for kind in sorted(set(map(sabotage.kind_of, missing)))}
        for rewrite in missing:
            for index, found in enumerate(try_rewrite(rewrite, programs[sabotage.kind_of(rewrite)], seed)):
                counts[rewrite][index] += found
    for rewrite, (places, caught) in counts.items():
        print(f"{rewrite}: {'caught' if caught else 'missed'} in {places} places")
    return sum(not caught for _, caught in counts.values())


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
