"""How our time and memory grow with sizes, threads and layers; no peers.

    python tools/bridge-bench/scaling.py [--rounds 5] [--output docs/benchmarks/scaling-NAME.json]

Each study compiles a spec once, runs it over a range of one size in rounds (all sizes in turn, so that a slow moment meets all) and
keeps the least time of each. Memory is the run time's arena, and for the compiler the peak of its process.
"""

import argparse
import datetime
import json
import pathlib
import resource
import subprocess
import sys
import tempfile
import time

import numpy as np

from bench import BRIDGEC, ROOT, machine

import bridges

SPECS = ROOT / "bridges-dsl"
OURS = pathlib.Path(__file__).parent / "specs"


def compile_spec(folder, spec, entry, *options):
    library = pathlib.Path(folder, f"{spec.stem}.so")
    subprocess.run([BRIDGEC, spec, "-o", library, "--entry", entry, *options], check=True)
    return library


def least_times(calls, rounds):
    """Milliseconds by name, the least of `rounds` after one to warm up."""
    least = {}
    for _ in range(rounds + 1):
        for name, call in calls.items():
            begin = time.perf_counter()
            call()
            spent = (time.perf_counter() - begin) * 1e3
            least[name] = min(least.get(name, spent), spent) if name in least else float("inf")
    return least


def random(*shape):
    return np.random.default_rng(0).standard_normal(shape, dtype=np.float32)


def study(folder, rounds, threads, spec, entry, options, sizes, inputs_of):
    """Points of (size, ms, arena bytes)."""
    library = compile_spec(folder, spec, entry, *options)
    weights = "random:1"
    models = {size: bridges.Model(str(library), weights, threads) for size in sizes}
    inputs = {size: inputs_of(size) for size in sizes}
    least = least_times({size: lambda size=size: models[size].run(entry, **inputs[size]) for size in sizes}, rounds)
    return [{"size": size, "ms": round(least[size], 4), "arena_bytes": models[size].arena_bytes} for size in sizes]


def loss(folder, rounds, threads):
    return study(folder, rounds, threads, SPECS / "contrastive_loss.bridge", "loss", ["-D", "width=512"], [512, 1024, 2048, 4096, 8192],
                 lambda n: {"image_embeddings": random(n, 512), "text_embeddings": random(n, 512)})


def resampler(folder, rounds, threads):
    options = [text for item in ("width=1024", "count=64", "depth=6", "heads=8", "head_dim=64") for text in ("-D", item)]
    return study(folder, rounds, threads, OURS / "resampler.bridge", "run", options, [64, 128, 256, 512, 1024, 2048],
                 lambda tokens: {"seen": random(1, 1, tokens, 1024)})


def tile_edges(folder, rounds, threads):
    options = ["-D", "width=1024", "-D", "out_width=1024"]
    return study(folder, rounds, threads, OURS / "projector.bridge", "run", options, list(range(96, 225, 4)) + [105, 117, 118, 131, 143, 157, 159, 161],
                 lambda rows: {"x": random(1, rows, 1024)})


def threads_speedup(folder, rounds, threads):
    """Milliseconds on one thread and on all, of a projector of 576 tokens and a loss of 4096 pairs."""
    options = ["-D", "width=1024", "-D", "out_width=4096"]
    points = []
    for name, spec, entry, given, inputs in [
            ("projector, 576 tokens", OURS / "projector.bridge", "run", options, {"x": random(1, 576, 1024)}),
            ("contrastive loss, 4096 pairs", SPECS / "contrastive_loss.bridge", "loss", ["-D", "width=512"],
             {"image_embeddings": random(4096, 512), "text_embeddings": random(4096, 512)})]:
        library = compile_spec(folder, spec, entry, *given)
        models = {count: bridges.Model(str(library), "random:1", count) for count in (1, threads)}
        least = least_times({count: lambda count=count: models[count].run(entry, **inputs) for count in models}, rounds)
        points.append({"work": name, "ms": {str(count): round(ms, 3) for count, ms in least.items()}, "speedup": round(least[1] / least[threads], 3)})
    return points


def layers(folder, rounds, threads):
    """Processor seconds and peak memory of compiling ViT-L/14@336's image tower with more and more layers, for one --arch."""
    points = []
    for depth in (6, 12, 24, 48):
        command = [BRIDGEC, OURS / "tower.bridge", "-D", f"depth={depth}", "--arch", "x86-64-v4", "-o", pathlib.Path(folder, "tower")]
        spent = []
        for _ in range(rounds):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            subprocess.run(command, check=True)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            spent.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        points.append({"size": depth, "processor_seconds": round(min(spent), 4), "binary_bytes": pathlib.Path(folder, "tower").stat().st_size})
    return points


STUDIES = {"loss": loss, "resampler": resampler, "tile_edges": tile_edges, "threads": threads_speedup, "layers": layers}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--study", nargs="*", default=list(STUDIES), choices=list(STUDIES))
    parser.add_argument("--output", help="a JSON file for the results")
    arguments = parser.parse_args()
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True).stdout.strip()
    report = {"suite": "scaling", "date": datetime.date.today().isoformat(), "commit": commit, "machine": machine(), "threads": arguments.threads, "studies": {}}
    for name in arguments.study:
        with tempfile.TemporaryDirectory() as folder:
            report["studies"][name] = STUDIES[name](folder, arguments.rounds, arguments.threads)
        for point in report["studies"][name]:
            print(name, json.dumps(point), flush=True)
    if arguments.output:
        pathlib.Path(arguments.output).write_text(json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    sys.exit(main())
