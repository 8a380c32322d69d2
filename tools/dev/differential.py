"""Compares what a spec's compiled code computes with the float64 interpreter."""

import math
import subprocess

import tensor_files

CONFIGURATIONS = {"all": ["--fuse=all"], "none": ["--fuse=none"], "v3": ["--arch=x86-64-v3"]}
TIMEOUT = 60


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


def compile_all(spec, folder):
    for name, options in CONFIGURATIONS.items():
        run(["bridgec", spec, *options, "-o", folder / f"model-{name}"], f"compile {name}")


def check_entry(spec, folder, entry, tensors, seed, tolerance, place):
    """Raises a Failure where the models of `compile_all` and the interpreter disagree; `tolerance` is a function of the result's key."""
    inputs, reference = folder / "inputs.safetensors", folder / "reference.safetensors"
    tensor_files.write(inputs, tensors)
    common = [entry, "--weights", f"random:{seed}", "--inputs", inputs, "--output"]
    run(["bridge-run", spec, "--reference", *common, reference], "reference", **place)
    expected = tensor_files.read(reference)
    runs = [(name, name, "2") for name in CONFIGURATIONS] + [("threads", "all", "1")]
    for name, model, threads in runs:
        output = folder / f"{name}.safetensors"
        run([folder / f"model-{model}", *common, output, "--threads", threads], f"run {name}", **place)
        found = tensor_files.read(output)
        for key, value in expected.items():
            if problem := difference(found[key], value, tolerance(key)):
                raise Failure(f"result {name}", f"{key}: {problem}", **place)
    if (folder / "threads.safetensors").read_bytes() != (folder / "all.safetensors").read_bytes():
        raise Failure("result threads", "1 and 2 threads differ", **place)
