#!/usr/bin/env python3
"""Compares compiled random specs with the float64 interpreter.

Each case is a spec from a seed, run with several sizes of its symbolic dimensions: compiled with all fusions, with none, for x86-64-v3, and on one and two
threads. A case that fails is minimised and printed. Needs bridgec and bridge-run on the PATH.
"""

import argparse
import math
import pathlib
import random
import shutil
import sys
import tempfile
import time

from differential import Failure, check_entry, compile_all
from fuzz_specs import SIZES, SYMBOLS, Generator, Spec
from vocabulary import missing_words, used_words

MAX_ELEMENTS = 60_000


def make_inputs(spec, results, sizes, seed):
    numbers, tensors = random.Random(seed), {}
    for node in spec.inputs(results):
        shape = [dim.at(sizes) for dim in node.shape]
        count = math.prod(shape)
        if node.kind == "f":
            tensors[node.name] = "F32", shape, [numbers.gauss(0, 1) for _ in range(count)]
        else:
            high = node.high.at(sizes)
            tensors[node.name] = "I32", shape, [numbers.randrange(high) for _ in range(count)]
    return tensors


class Case:
    """A spec with the sizes it is run with, in a folder."""

    def __init__(self, spec, sizes, seed, folder):
        self.spec, self.sizes, self.seed, self.folder = spec, sizes, seed, folder

    def check(self):
        """Raises a Failure where compiled code and the interpreter disagree."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        path = self.folder / "fuzz.bridge"
        path.write_text(self.spec.text())
        compile_all(path, self.folder)
        for sizes in self.sizes:
            for entry, results in self.spec.entries.items():
                tensors = make_inputs(self.spec, results, sizes, self.seed)
                place = {"entry": entry, "sizes": sizes}
                check_entry(path, self.folder, entry, tensors, self.seed, place)


def failure_of(case):
    try:
        case.check()
    except Failure as failure:
        return failure
    return None


def minimised(case, failure, seconds):
    """A smaller case that fails in the same way: fewer entries and sizes, earlier results, and inputs in place of what is computed."""
    end = time.monotonic() + seconds

    def attempts(spec):
        nodes = spec.nodes()
        results = {node for entry in spec.entries.values() for node in entry}
        for node in nodes:
            if node not in spec.inputs():
                yield Spec({"e": [node]}, spec.replaced)
        for node in reversed(nodes):
            if node not in results and node not in spec.inputs() and node.kind == "f":
                yield Spec(spec.entries, spec.replaced | {node})

    found = True
    while found and time.monotonic() < end:
        found = False
        for spec in attempts(case.spec):
            if time.monotonic() > end:
                break
            if not spec.is_closed() or len(spec.nodes()) >= len(case.spec.nodes()) and len(spec.entries) >= len(case.spec.entries):
                continue
            smaller = Case(spec, [failure.sizes] if failure.sizes else case.sizes[:1], case.seed, case.folder)
            now = failure_of(smaller)
            if now and now.kind == failure.kind:
                case, failure, found = smaller, now, True
                break
    return case, failure


def make_case(seed, folder):
    numbers = random.Random(seed)
    spec = Spec({})
    while not spec.entries or not spec.is_closed():
        spec = Generator(numbers).spec()
    every = []
    for _ in range(200):
        sizes = {symbol: numbers.choice(SIZES) for symbol in SYMBOLS}
        largest = max(math.prod(dim.at(sizes) for dim in node.shape) for node in spec.nodes())
        if largest <= MAX_ELEMENTS:
            every.append(sizes)
        if len(every) == 3:
            break
    return Case(spec, every or [dict.fromkeys(SYMBOLS, 1)], seed, folder)


def report(case, failure):
    print(f"FAILED: seed {case.seed}: {failure.kind}, entry {failure.entry}, sizes {failure.sizes}\n{failure.message}\n")
    print(case.spec.text(), flush=True)


def report_coverage(seed, count):
    """Whether `count` cases leave out something; says what."""
    words, sizes = set(), set()
    for each in range(seed, seed + count):
        case = make_case(each, None)
        words |= used_words(case.spec.text())
        sizes |= {size for every in case.sizes for size in every.values()}
    never = sorted(missing_words(words)) + sorted(set(SIZES) - sizes)
    print(f"{count} cases, {len(words)} words; never drawn: {' '.join(map(str, never)) or 'nothing'}")
    return len(never) > 0


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=0, help="the seed of the first case; the next ones count on")
    parser.add_argument("--cases", type=int, help="stop after so many cases")
    parser.add_argument("--seconds", type=float, default=20, help="begin no case after that time; without end if it is 0")
    parser.add_argument("--minimise", type=float, default=60, metavar="SECONDS", help="how long a failing case is minimised")
    parser.add_argument("--coverage", action="store_true", help="run nothing: fail if the cases leave out a primitive, operator or module, or a size")
    parser.add_argument("--keep", type=pathlib.Path, metavar="DIR", help="keep the failing cases there")
    arguments = parser.parse_args()
    if arguments.coverage:
        return report_coverage(arguments.seed, arguments.cases or 1000)
    start, done, failed = time.monotonic(), 0, 0
    with tempfile.TemporaryDirectory() as scratch:
        while done != arguments.cases and (not arguments.seconds or time.monotonic() - start < arguments.seconds):
            case = make_case(arguments.seed + done, pathlib.Path(scratch) / "case")
            done += 1
            failure = failure_of(case)
            if failure:
                failed += 1
                case, failure = minimised(case, failure, arguments.minimise)
                report(case, failure)
                if arguments.keep:
                    failure_of(case)
                    shutil.copytree(case.folder, arguments.keep / f"seed-{case.seed}", dirs_exist_ok=True)
    print(f"{done} cases, {failed} failed")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
