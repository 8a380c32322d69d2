"""Ours beside PyTorch, torch.compile, ONNX Runtime and OpenVINO, in turns in one process; correctness first.

    pip install -r tools/bridge-bench/requirements.txt
    python tools/bridge-bench/bench.py towers [--threads 2] [--rounds 15] [--precision bf16] [--output docs/benchmarks/NAME.json]

A suite is a file in suites/. Each work (works.py) is made with random weights, compiled, compared with PyTorch's result
(relative error), then timed in rounds in which every peer (peers.py) in turn, after a rest, is called once to warm up and then a
few times. Reported are medians, minima and the ratio of each peer's median to ours; and, of a process of its own, the peak of
memory beside packed weights and arena.

The precision is the suite's, or each that it lists in turn, or what --precision says. With bf16, weights are rounded to bf16 for
all, the reference is PyTorch's f32 with these, and peers compute in bf16.
"""

import argparse
import datetime
import itertools
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np

from peers import PEERS

# Threads of the peer that ran before go on spinning for a while and would take the next one's cores.
REST_SECONDS = 0.3
CALLS_A_ROUND = 3
TOLERANCES = {"f32": 1e-4, "bf16": 2e-2}
HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
BRIDGEC = ROOT / "build/bin/bridgec"
sys.path.insert(0, str(ROOT / "tools/python"))


def compile_work(work, entry, output, level):
    begin = time.perf_counter()
    arch = ["--arch", level] if level else []
    command = [BRIDGEC, work.model, *work.options, "-o", output, "--entry", entry, "--precision", work.precision, *arch]
    subprocess.run(command, check=True)
    return time.perf_counter() - begin


def ready_peers(work, folder, threads, chosen):
    """Their calls, and why those that cannot take part do not."""
    calls, absent = {}, {}
    for name in chosen:
        try:
            calls[name] = PEERS[name](work, folder, threads)
        except Exception as problem:
            absent[name] = f"{type(problem).__name__}: {problem}".splitlines()[0][:200]
    return calls, absent


def relative_errors(results, reference):
    reference = reference.astype(np.float64)
    return {name: float(np.linalg.norm(result - reference) / np.linalg.norm(reference)) for name, result in results.items()}


def in_rounds(calls, rounds):
    """Milliseconds of every call by peer."""
    times = {name: [] for name in calls}
    for _ in range(rounds):
        for name, call in calls.items():
            time.sleep(REST_SECONDS)
            call()
            for _ in range(CALLS_A_ROUND):
                begin = time.perf_counter()
                call()
                times[name].append((time.perf_counter() - begin) * 1e3)
    return times


def peak_memory(work, entry, folder, threads, level):
    """Of the generated executable: the peak of the process, its packed weights, its arena, in bytes."""
    from safetensors.numpy import save_file
    program, inputs = folder / "program", folder / "inputs.safetensors"
    compile_work(work, entry, program, level)
    save_file({name: np.ascontiguousarray(value) for name, value in work.inputs.items()}, inputs)
    command = [program, entry, "--inputs", inputs, "--threads", str(threads), "--json", "--output", folder / "output.safetensors"]
    command += ["--weights", work.weights] if work.weights else []
    run = subprocess.run([sys.executable, "-S", HERE / "run_measured.py", *command], check=True, capture_output=True, text=True)
    report, peak = run.stdout.strip().rsplit("\n", 1)
    report, peak = json.loads(report), int(peak)
    known = {"weights_bytes": report["weights_bytes"], "arena_bytes": report["arena_bytes"],
             "inputs_bytes": sum(value.nbytes for value in work.inputs.values())}
    return known | {"peak_bytes": peak, "ratio": round(peak / sum(known.values()), 3)}


def measure(description, precision, arguments):
    import bridges
    import torch

    import works
    torch.set_num_threads(arguments.threads)
    entry = description["entry"]
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        work = works.make(description, precision, folder)
        library = folder / "ours.so"
        seconds = compile_work(work, entry, library, arguments.arch)
        memory = peak_memory(work, entry, folder, arguments.threads, arguments.arch)
        ours = bridges.Model(str(library), str(work.weights) if work.weights else None, arguments.threads)
        begin = time.perf_counter()
        first = next(iter(ours.run(entry, **work.inputs).values()))
        first_call = time.perf_counter() - begin

        calls, absent = ready_peers(work, folder, arguments.threads, ["pytorch", *arguments.peers])
        results = {"ours": first} | {peer: call() for peer, call in calls.items()}
        errors = relative_errors(results, works.reference(work))
        if not errors["ours"] <= TOLERANCES[precision]:
            raise SystemExit(f"{description['name']}: ours differs from PyTorch by {errors['ours']:.1e}")
        calls = {"ours": lambda: next(iter(ours.run(entry, **work.inputs).values()))} | calls
        times = in_rounds(calls, arguments.rounds)
        medians = {peer: statistics.median(each) for peer, each in times.items()}
        return {"name": description["name"], "precision": precision, "error": errors["ours"], "errors_of_peers": {n: e for n, e in errors.items() if n != "ours"},
                "level": ours.level, "compile_seconds": round(seconds, 3), "first_call_ms": round(first_call * 1e3, 2),
                "arena_bytes": ours.arena_bytes, "weights_bytes": ours.weights_bytes, "library_bytes": library.stat().st_size,
                "median_ms": {n: round(m, 2) for n, m in medians.items()}, "min_ms": {n: round(min(t), 2) for n, t in times.items()},
                "ratio_to_ours": {n: round(m / medians["ours"], 3) for n, m in medians.items()}, "memory": memory, "absent": absent}


def machine():
    with open("/proc/cpuinfo") as info:
        name = next(line.split(":")[1].strip() for line in info if line.startswith("model name"))
    return {"processor": name, "cores": os.cpu_count()}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.error = lambda message: sys.exit(f"bench.py: error: {message}")
    suites = ROOT / "tools/bridge-bench/suites"
    parser.add_argument("suite", choices=sorted(path.stem for path in suites.glob("*.json")), help="the name of a file in suites/")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--precision", choices=sorted(TOLERANCES), help="instead of those that the suite lists")
    parser.add_argument("--arch", help="passed on to bridgec")
    parser.add_argument("--work", default="", help="only works whose name has this in it")
    parser.add_argument("--peers", nargs="*", default=["onnxruntime"], choices=sorted(set(PEERS) - {"pytorch"}), help="beside PyTorch")
    parser.add_argument("--output", help="a JSON file for the results")
    arguments = parser.parse_args()
    suite = json.loads((suites / f"{arguments.suite}.json").read_text())
    results = []
    precisions = [arguments.precision] if arguments.precision else suite["precisions"]
    for description, precision in itertools.product(suite["works"], precisions):
        if arguments.work not in description["name"]:
            continue
        result = measure(description, precision, arguments)
        results.append(result)
        times = ", ".join(f"{n} {t:g} ms" for n, t in result["median_ms"].items())
        print(f"{result['name']}, {precision}: error {result['error']:.1e}; medians: {times}; peak memory {result['memory']['ratio']:g} of the known", flush=True)
        for peer, problem in result["absent"].items():
            print(f"  without {peer}: {problem}")
    if not results:
        raise SystemExit(f"{arguments.suite}: no work is named so: {arguments.work}")
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True).stdout.strip()
    report = {"suite": arguments.suite, "date": datetime.date.today().isoformat(), "commit": commit, "machine": machine(),
              "threads": arguments.threads, "rounds": arguments.rounds, "results": results}
    if arguments.output:
        pathlib.Path(arguments.output).write_text(json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    main()
