"""Writes a .safetensors file of tensors NAME:DTYPE:SHAPE[=VALUES], which without values count up from 0."""

import json
import math
import struct
import sys

FORMATS = {"f32": ("F32", "f"), "i64": ("I64", "q")}

header, data = {}, b""
for argument in sys.argv[2:]:
    name, dtype, shape = argument.split(":")
    shape, _, values = shape.partition("=")
    shape = [int(size) for size in shape.split(",")]
    code, letter = FORMATS[dtype]
    count = math.prod(shape)
    values = [int(value) for value in values.split(",")] if values else range(count)
    begin = len(data)
    data += struct.pack(f"<{count}{letter}", *values)
    header[name] = {"dtype": code, "shape": shape, "data_offsets": [begin, len(data)]}
text = json.dumps(header).encode()
with open(sys.argv[1], "wb") as file:
    file.write(struct.pack("<Q", len(text)) + text + data)
