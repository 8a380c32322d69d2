"""Runs a compiled LLaVA with and without image tokens: time-refusal.py LIBRARY CHECKPOINT_FOLDER

Prints the error, and "at once" where it takes less than a third of a run's time (the least of many of both).
"""

import os
import pathlib
import sys
import time

import bridges
import numpy as np

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../../../tools/dev"))
import tensor_files

library, folder = sys.argv[1], pathlib.Path(sys.argv[2])
inputs = {name: np.array(values, {"F32": np.float32, "I64": np.int64}[dtype]).reshape(shape)
          for name, (dtype, shape, values) in tensor_files.read(folder / "inputs.safetensors").items()}
model = bridges.Model(library, folder, threads=1)


def least(ids, runs=50):
    times, error = [], None
    for _ in range(runs):
        begin = time.perf_counter()
        try:
            model.run("prefill", **(inputs | {"input_ids": ids}))
        except bridges.BridgeError as refusal:
            error = refusal
        times.append(time.perf_counter() - begin)
    return min(times), error


right, none = least(inputs["input_ids"])
wrong, error = least(np.zeros_like(inputs["input_ids"]))
assert none is None, none
print("refused:", error)
print("at once" if 3 * wrong < right else f"after {wrong * 1e3:.3f} ms, a run takes {right * 1e3:.3f} ms")
