"""Writes inputs that are too large or too deep to be checked in: make-nasty.py FOLDER, one subfolder for each kind."""

import json
import pathlib
import struct
import sys

FOLDER = pathlib.Path(sys.argv[1])
BODY = "bridge B() {{\n  input x[n, 4]: f32\n{}\n  entry run -> r: x * y\n}}\n"
MANY = 20_000

SPECS = {
    "parentheses": "x = " + "(" * MANY + "1" + ")" * MANY + "\n",
    "open": "x = " + "([" * MANY,
    "chain": BODY.format("  y = x" + " + x" * MANY),
    "else-if": "def f() { if true {}" + " else if true {}" * MANY + " }\n",
    "long-name": "x" * 1_000_000 + " = 1\n",
    "self-cycle": "module A() {\n  a = A()\n}\n" + BODY.format("  decoder y = A()"),
    "cycle": "module A() {\n  b = B2()\n}\nmodule B2() {\n  a = A()\n}\n" + BODY.format("  decoder y = A()"),
    "function-cycle": "def f(x) = g(x)\ndef g(x) = f(x)\n" + BODY.format("  y = f(x)"),
    "doubling": BODY.format("\n".join(["  y0 = [1, 1]", *(f"  y{i + 1} = y{i} + y{i}" for i in range(60)), "  y = len(y60)"])),
    "power": BODY.format("  y = 10 ** 10 ** 10 ** 10"),
    "negative-power": BODY.format("  y = 0 ** -1 + (-8) ** 0.5"),
    "smallest": BODY.format("  y = (0 - 9223372036854775807 - 1) // (0 - 1) + (0 - 9223372036854775807 - 1) % (0 - 1)"),
    "huge-shape": BODY.format("  y = x + arange(9223372036854775807)"),
    "huge-repeat": BODY.format("  y = repeat(x, n w -> n w r, r=9223372036854775807)"),
    "huge-pad": BODY.format("  y = pad(x, before=9223372036854775807, after=9223372036854775807, axis=0)"),
    "huge-slice": BODY.format("  y = x[-9223372036854775808:9223372036854775807]"),
    "many-loops": BODY.format("  y = x\n" + "".join(f"{'  ' * (i + 1)}for i{i} in range(60000) {{\n" for i in range(6)) + "y = y + 1\n" + "}\n" * 6),
    "deep-polynomial": BODY.format("\n".join(["  y0 = x.shape[0] + 1", *(f"  y{i + 1} = y{i} * y{i}" for i in range(20)), "  y = y20"])),
    "many-axes": BODY.format("  y = x[" + "none, " * 5000 + ":]"),
    "zero-bytes": "x = 1\0\n",
    "not-utf-8": b"x = \xff\xfe\n",
}
CONFIGS = {
    "deep": '{"model_type": "clip", "text_config": ' + "[" * 100_000,
    "deep-closed": '{"model_type": "clip", "text_config": ' + '{"a":' * 5000 + "1" + "}" * 5001,
    "huge-numbers": json.dumps({"model_type": "clip", "projection_dim": 10**30}),
    "infinite": '{"model_type": "clip", "logit_scale_init_value": 1e999}',
    "many-layers": json.dumps({"model_type": "clip", "text_config": {"num_hidden_layers": 10**12}}),
    "wide": json.dumps({"model_type": "clip", "text_config": {"hidden_size": 2**62, "num_attention_heads": 2**61}}),
    "negative": json.dumps({"model_type": "clip", "vision_config": {"hidden_size": -64, "patch_size": 0}}),
    "list": "[" + "1," * 100_000 + "1]",
    "empty": "",
}


def header(text, data=b""):
    return struct.pack("<Q", len(text)) + text.encode() + data


def tensor(shape, offsets=(0, 4), dtype="F32"):
    return json.dumps({"a": {"dtype": dtype, "shape": shape, "data_offsets": list(offsets)}})


TENSORS = {
    "deep": header('{"a": ' + "[" * 100_000),
    "claims-all": struct.pack("<Q", 2**64 - 1) + b"{}",
    "claims-100-mb": struct.pack("<Q", 100_000_000) + b"{}",
    "overflowing-shape": header(tensor([2**31, 2**31, 2**31]), bytes(4)),
    "zero-times-huge": header(tensor([0, 2**63 - 1, 2**63 - 1], (0, 0))),
    "huge-offset": header(tensor([1], (2**63 - 4, 2**63 - 1)), bytes(4)),
    "giant-number": header('{"a": {"dtype": "F32", "shape": [' + "9" * 100_000 + '], "data_offsets": [0, 4]}}', bytes(4)),
    "many-axes": header(tensor([1] * 10_000), bytes(4)),
    "long-name": header('{"' + "a" * 1_000_000 + '": {}}'),
}
INDICES = {
    "itself": '{"weight_map": {"a": "model.safetensors.index.json"}}',
    "parent": '{"weight_map": {"a": "../model-1.safetensors"}}',
    "missing": '{"weight_map": {"a": "model-9.safetensors"}}',
    "deep": "[" * 100_000,
    "zero": '{"weight_map": {"a\\u0000b": "model-1.safe\\u0000tensors"}}',
}
PICTURES = {
    "huge-size": json.dumps({"size": {"height": 2**40, "width": 2**40}}),
    "large-crop": json.dumps({"crop_size": {"height": 2**31, "width": 2**31}, "do_resize": False}),
    "zero-deviation": json.dumps({"image_mean": [0, 0, 0], "image_std": [0, 1e-400, 1]}),
    "deep": '{"size": ' + "[" * 100_000,
}

for kind, suffix, inputs in (
    ("specs", ".bridge", SPECS),
    ("configs", ".json", CONFIGS),
    ("tensors", ".safetensors", TENSORS),
    ("indices", ".json", INDICES),
    ("pictures", ".json", PICTURES),
):
    (FOLDER / kind).mkdir(parents=True, exist_ok=True)
    for name, content in inputs.items():
        (FOLDER / kind / f"nasty-{name}{suffix}").write_bytes(content if isinstance(content, bytes) else content.encode())
