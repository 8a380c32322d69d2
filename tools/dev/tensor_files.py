"""Safetensors files without dependencies. Elements of BF16 are their bits."""

import json
import struct

FORMATS = {"F32": "f", "F16": "e", "BF16": "H", "I32": "i", "I64": "q", "F64": "d", "BOOL": "?"}


def write(path, tensors):
    """Writes a map from names to (dtype, shape, flat list)."""
    header, data = {}, b""
    for name, (dtype, shape, values) in tensors.items():
        raw = struct.pack(f"<{len(values)}{FORMATS[dtype]}", *values)
        header[name] = {"dtype": dtype, "shape": list(shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


def read(path):
    """The inverse of `write`."""
    with open(path, "rb") as file:
        content = file.read()
    start = 8 + struct.unpack("<Q", content[:8])[0]
    tensors = {}
    for name, entry in json.loads(content[8:start]).items():
        if name != "__metadata__":
            begin, end = entry["data_offsets"]
            code = FORMATS[entry["dtype"]]
            values = struct.unpack(f"<{(end - begin) // struct.calcsize(code)}{code}", content[start + begin : start + end])
            tensors[name] = entry["dtype"], entry["shape"], values
    return tensors
