"""Ours beside PyTorch and ONNX Runtime, call by call in one process; correctness first.

    pip install -r tools/bridge-bench/requirements.txt
    python tools/bridge-bench/bench.py towers [--threads 2] [--rounds 15] [--output docs/benchmarks/NAME.json]

A suite is a file in suites/. Each work is made as a checkpoint folder with random weights, compiled, compared with
PyTorch's result (relative error), then timed in rounds in which every peer runs once, after a rest. Reported are medians, minima and
the ratio of each peer's median to ours.
"""

import argparse
import datetime
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np

# Threads of the peer that ran before go on spinning for a while and would take the next one's cores.
REST_SECONDS = 0.3
ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools/python"))


def clip(work, folder):
    """A CLIP with the work's image tower and a small text tower, saved as a checkpoint folder; its image tower."""
    import torch
    from transformers import CLIPConfig, CLIPModel
    text = {"hidden_size": 64, "num_hidden_layers": 1, "num_attention_heads": 1, "intermediate_size": 64, "vocab_size": 100,
            "max_position_embeddings": 8, "eos_token_id": 2}
    config = CLIPConfig(vision_config=work["vision"], text_config=text, projection_dim=work["projection"])
    torch.manual_seed(0)
    model = CLIPModel(config).eval()
    model.save_pretrained(folder)

    class Tower(torch.nn.Module):
        def forward(self, pixel_values):
            pooled = model.visual_projection(model.vision_model(pixel_values)[1])
            return pooled / pooled.norm(dim=-1, keepdim=True)

    size = work["vision"]["image_size"]
    pixels = np.random.default_rng(0).standard_normal((work["batch"], 3, size, size), dtype=np.float32)
    return Tower().eval(), {"pixel_values": pixels}


PEERS = {"clip": clip}


def onnx_session(module, inputs, folder, threads):
    import onnxruntime
    import torch
    path = os.path.join(folder, "tower.onnx")
    torch.onnx.export(module, tuple(torch.from_numpy(v) for v in inputs.values()), path, input_names=list(inputs),
                      dynamo=True)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def measure(work, threads, rounds, level):
    import bridges
    import torch
    torch.set_num_threads(threads)
    with tempfile.TemporaryDirectory() as folder:
        module, inputs = PEERS[work["peer"]](work, folder)
        library = os.path.join(folder, "ours.so")
        compile_begin = time.perf_counter()
        subprocess.run([ROOT / "build/bin/bridgec", folder, "-o", library, "--entry", work["entry"]] + (["--arch", level] if level else []), check=True)
        compile_seconds = time.perf_counter() - compile_begin
        ours = bridges.Model(library, os.path.join(folder, "model.safetensors"), threads)
        session = onnx_session(module, inputs, folder, threads)
        tensors = {k: torch.from_numpy(v) for k, v in inputs.items()}

        def run_torch():
            with torch.inference_mode():
                return module(**tensors).numpy()

        runs = {"ours": lambda: next(iter(ours.run(work["entry"], **inputs).values())), "pytorch": run_torch,
                "onnxruntime": lambda: session.run(None, inputs)[0]}
        begin = time.perf_counter()
        results = {"ours": runs["ours"]()}
        first_call = time.perf_counter() - begin
        results |= {name: run() for name, run in runs.items() if name != "ours"}
        reference = results["pytorch"].astype(np.float64)
        errors = {n: float(np.linalg.norm(r - reference) / np.linalg.norm(reference)) for n, r in results.items()}
        if errors["ours"] > 1e-4:
            raise SystemExit(f"{work['name']}: ours differs from PyTorch by {errors['ours']:.1e}")
        times = {name: [] for name in runs}
        for _ in range(rounds):
            for name, run in runs.items():
                time.sleep(REST_SECONDS)
                begin = time.perf_counter()
                run()
                times[name].append((time.perf_counter() - begin) * 1e3)
        medians = {n: statistics.median(t) for n, t in times.items()}
        return {"name": work["name"], "error": errors["ours"], "level": ours.level, "compile_seconds": round(compile_seconds, 3),
                "first_call_ms": round(first_call * 1e3, 2), "arena_bytes": ours.arena_bytes, "weights_bytes": ours.weights_bytes,
                "library_bytes": os.path.getsize(library),
                "median_ms": {n: round(m, 2) for n, m in medians.items()},
                "min_ms": {n: round(min(t), 2) for n, t in times.items()},
                "ratio_to_ours": {n: round(m / medians["ours"], 3) for n, m in medians.items()}}


def machine():
    with open("/proc/cpuinfo") as info:
        name = next(line.split(":")[1].strip() for line in info if line.startswith("model name"))
    return {"processor": name, "cores": os.cpu_count()}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("suite", help="the name of a file in suites/")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--arch", help="passed on to bridgec")
    parser.add_argument("--output", help="a JSON file for the results")
    arguments = parser.parse_args()
    suite = json.loads((ROOT / f"tools/bridge-bench/suites/{arguments.suite}.json").read_text())
    results = []
    for work in suite["works"]:
        result = measure(work, arguments.threads, arguments.rounds, arguments.arch)
        results.append(result)
        times = ", ".join(f"{n} {t:g} ms" for n, t in result["median_ms"].items())
        print(f"{work['name']}: error {result['error']:.1e}; medians: {times}")
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True).stdout.strip()
    report = {"suite": arguments.suite, "date": datetime.date.today().isoformat(), "commit": commit, "machine": machine(),
              "threads": arguments.threads, "rounds": arguments.rounds, "results": results}
    if arguments.output:
        pathlib.Path(arguments.output).write_text(json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    main()
