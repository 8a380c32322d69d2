"""check-examples.py BRIDGE_OPT FILE.td…: every ```mlir example in the descriptions of operations parses and verifies.

An example leaves open where its operands come from. They become arguments of a function; their types are found by
trying those that the example mentions.
"""
import itertools, re, subprocess, sys

PRELUDE = """
bridge.weight @"visual_projection.weight" : tensor<512x768xf32> from [#bridge.source<"visual_projection.weight">]
func.func private @TransformerLayer(tensor<77x64xf32>, tensor<64xf32>) -> tensor<77x64xf32>
"""


def candidates(example):
    """The example in functions with all combinations of argument types, or as it is."""
    defined = {name for left in re.findall(r"^\s*(%.+?) =", example, re.M) for name in re.findall(r"%\w+", left)}
    defined |= set(re.findall(r"(%\w+): ", example))
    free = sorted(set(re.findall(r"%\w+", example)) - defined)
    types = sorted(set(re.findall(r"tensor<[^<>]*(?:<[^<>]*>)?[^<>]*>", example))) + ["i32"]
    if re.match(r"\s*(bridge.weight|plan.kernel)", example):
        return [example]
    return [
        "%s\nfunc.func @example(%s) {\n%s\nreturn\n}" % (
            PRELUDE, ", ".join(f"{name}: {type}" for name, type in zip(free, combination)), example)
        for combination in itertools.product(types, repeat=len(free))
    ]


failed = 0
for path in sys.argv[2:]:
    for example in re.findall(r"```mlir\n(.*?)```", open(path).read(), re.S):
        text = "\n// -----\n".join(candidates(example))
        run = subprocess.run([sys.argv[1], "-split-input-file", "-"], input=text, capture_output=True, text=True)
        if "func.func @example" not in run.stdout and run.returncode != 0:
            failed += 1
            print(f"{path}: no types make this example valid:\n{example}\n{run.stderr[-400:]}")
sys.exit(failed != 0)
