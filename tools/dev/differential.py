"""Compares what a spec's compiled code computes with the float64 interpreter."""

import math
import subprocess

import tensor_files

CONFIGURATIONS = {"all": ["--fuse=all"], "none": ["--fuse=none"], "v3": ["--arch=x86-64-v3"]}
TIMEOUT = 60
# What an output may be off by: a share of its norm, and so many times what f32's roundings make of it.
NORM_SHARE, NOISE_SHARE = 5e-7, 8


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


def distance(values, expected):
    """The Euclidean norm of the difference, over what is finite in both."""
    return math.sqrt(sum((a - b) ** 2 for a, b in zip(values, expected) if math.isfinite(a) and math.isfinite(b)))


def difference(out, expected, estimates):
    """What is wrong with an output, or None. `estimates` are the same computed with disturbances as large as f32's roundings."""
    if out[1] != expected[1]:
        return f"expected shape {expected[1]}, found {out[1]}"
    if (out[0] == "F32") != (expected[0] in ("F32", "F64")):
        return f"expected {expected[0]}, found {out[0]}"
    if out[0] != "F32":
        wrong = [i for i, (a, b) in enumerate(zip(out[2], expected[2])) if a != b]
        return f"{len(wrong)} of {len(out[2])} differ, first at {wrong[0]}: {out[2][wrong[0]]}, not {expected[2][wrong[0]]}" if wrong else None
    for i, (a, b) in enumerate(zip(out[2], expected[2])):
        if not (math.isfinite(a) and math.isfinite(b)) and a != b and not (a != a and b != b):
            return f"element {i} is {a}, not {b}"
    error, norm = distance(out[2], expected[2]), math.hypot(*(b for b in expected[2] if math.isfinite(b)))
    noise = max((distance(estimate, expected[2]) for estimate in estimates), default=0.0)
    bound = NORM_SHARE * norm + NOISE_SHARE * noise
    return f"error {error:.3g}, allowed {bound:.3g} for the norm {norm:.3g} and roundings of {noise:.3g}" if error > bound else None


class Reference:
    """What the float64 interpreter makes of inputs, and how far f32's roundings move that."""

    def __init__(self, spec, folder, options, place):
        self.spec, self.folder, self.options, self.place = spec, folder, options, place
        self.expected = self.compute()
        self.disturbed = []

    def compute(self, *more):
        output = self.folder / "reference.safetensors"
        run(["bridge-run", self.spec, "--reference", *self.options, "--output", output, *more], "reference", **self.place)
        return tensor_files.read(output)

    def problem(self, key, out):
        """What is wrong with an output, or None. Few seeds may come out too well for small outputs, so failures ask more of them."""
        for seeds in (0, 2, 10):
            while len(self.disturbed) < seeds:
                self.disturbed.append(self.compute(f"--rounding={len(self.disturbed) + 1}"))
            found = difference(out, self.expected[key], [disturbed[key][2] for disturbed in self.disturbed])
            if not found:
                return None
        return found


def compile_all(spec, folder, configurations=None):
    for name, options in (configurations or CONFIGURATIONS).items():
        run(["bridgec", spec, *options, "-o", folder / f"model-{name}"], f"compile {name}")


def check_entry(spec, folder, entry, tensors, seed, place, configurations=None):
    """Raises a Failure where the models of `compile_all` and the interpreter disagree, or the first of them with itself on one thread."""
    inputs = folder / "inputs.safetensors"
    tensor_files.write(inputs, tensors)
    options = [entry, "--weights", f"random:{seed}", "--inputs", inputs]
    reference = Reference(spec, folder, options, place)
    names = list(configurations or CONFIGURATIONS)

    def compute(name, model, threads):
        output = folder / f"{name}.safetensors"
        run([folder / f"model-{model}", *options, "--output", output, "--threads", threads], f"run {name}", **place)
        return output

    for name in names:
        output = compute(name, name, "2")
        found = tensor_files.read(output)
        for key in reference.expected:
            if problem := reference.problem(key, found[key]):
                raise Failure(f"result {name}", f"{key}: {problem}", **place)
    if compute("threads", names[0], "1").read_bytes() != (folder / f"{names[0]}.safetensors").read_bytes():
        raise Failure("result threads", "1 and 2 threads differ", **place)
