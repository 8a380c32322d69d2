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
import subprocess
import sys
import tempfile
import time

import tensor_files
from fuzz_specs import SYMBOLS, Generator, Spec

SIZES = (1, 2, 3, 5, 7, 12, 13, 14, 15, 16, 17, 31, 32, 33, 47, 64, 65, 97)
CONFIGURATIONS = {"all": ["--fuse=all"], "none": ["--fuse=none"], "v3": ["--arch=x86-64-v3"]}
TIMEOUT = 60
MAX_ELEMENTS = 60_000


class Failure(Exception):
    def __init__(self, kind, message, entry=None, sizes=None):
        super().__init__(message)
        self.kind, self.message, self.entry, self.sizes = kind, message, entry, sizes


def run(command, what, **place):
    try:
        done = subprocess.run(command, capture_output=True, timeout=TIMEOUT)
    except subprocess.TimeoutExpired:
        raise Failure(f"{what}: hang", f"no end after {TIMEOUT} s", **place) from None
    if done.returncode:
        text = (done.stderr or done.stdout).decode(errors="replace").strip()[-1500:]
        raise Failure(f"{what}: status {done.returncode}", text, **place)


def difference(out, expected, tolerance):
    """What is wrong with an output, or None."""
    if out[1] != expected[1]:
        return f"expected shape {expected[1]}, found {out[1]}"
    if (out[0] == "F32") != (expected[0] in ("F32", "F64")):
        return f"expected {expected[0]}, found {out[0]}"
    if out[0] != "F32":
        wrong = [i for i, (a, b) in enumerate(zip(out[2], expected[2])) if a != b]
        return f"{len(wrong)} of {len(out[2])} differ, first at {wrong[0]}: {out[2][wrong[0]]}, not {expected[2][wrong[0]]}" if wrong else None
    error = norm = 0.0
    for i, (a, b) in enumerate(zip(out[2], expected[2])):
        if math.isfinite(a) and math.isfinite(b):
            error += (a - b) ** 2
            norm += b * b
        elif a != b and not (a != a and b != b):
            return f"element {i} is {a}, not {b}"
    # What cancels leaves rounding errors only: an absolute bound beside the relative one.
    bound = tolerance * math.sqrt(norm) + 2e-5 * math.sqrt(len(out[2]))
    return f"error {math.sqrt(error):.3g}, allowed {bound:.3g}" if error > bound * bound else None


def write_inputs(spec, results, sizes, seed, path):
    numbers, tensors = random.Random(seed), {}
    for node in spec.inputs(results):
        shape = [dim.at(sizes) for dim in node.shape]
        count = math.prod(shape)
        if node.kind == "f":
            tensors[node.name] = "F32", shape, [numbers.gauss(0, 1) for _ in range(count)]
        else:
            high = node.high.at(sizes)
            tensors[node.name] = "I32", shape, [numbers.randrange(high) for _ in range(count)]
    tensor_files.write(path, tensors)


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
        for name, options in CONFIGURATIONS.items():
            run(["bridgec", path, *options, "-o", self.folder / f"model-{name}"], f"compile {name}")
        for sizes in self.sizes:
            for entry, results in self.spec.entries.items():
                self.check_entry(entry, results, sizes)

    def check_entry(self, entry, results, sizes):
        inputs, reference = self.folder / "inputs.safetensors", self.folder / "reference.safetensors"
        place = {"entry": entry, "sizes": sizes}
        write_inputs(self.spec, results, sizes, self.seed, inputs)
        common = [entry, "--weights", f"random:{self.seed}", "--inputs", inputs, "--output"]
        run(["bridge-run", self.folder / "fuzz.bridge", "--reference", *common, reference], "reference", **place)
        expected = tensor_files.read(reference)
        runs = [(name, name, "2") for name in CONFIGURATIONS] + [("threads", "all", "1")]
        for name, model, threads in runs:
            output = self.folder / f"{name}.safetensors"
            run([self.folder / f"model-{model}", *common, output, "--threads", threads], f"run {name}", **place)
            found = tensor_files.read(output)
            for node in results:
                key = f"{entry}/{node.name}_out"
                if problem := difference(found[key], expected[key], 1e-3 if node.loose else 1e-4):
                    raise Failure(f"result {name}", f"{key}: {problem}", **place)
        if (self.folder / "threads.safetensors").read_bytes() != (self.folder / "all.safetensors").read_bytes():
            raise Failure("result threads", "1 and 2 threads differ", **place)


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


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=0, help="the seed of the first case; the next ones count on")
    parser.add_argument("--cases", type=int, help="stop after so many cases")
    parser.add_argument("--seconds", type=float, default=20, help="begin no case after that time; without end if it is 0")
    parser.add_argument("--minimise", type=float, default=60, metavar="SECONDS", help="how long a failing case is minimised")
    parser.add_argument("--keep", type=pathlib.Path, metavar="DIR", help="keep the failing cases there")
    arguments = parser.parse_args()
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
