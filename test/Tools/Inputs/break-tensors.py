"""Writes one broken copy of a .safetensors file for each thing that can be wrong with it or with one of its weights."""

import copy
import json
import struct
import sys

source, weight = sys.argv[1:]
with open(source, "rb") as file:
    raw = file.read()
length = struct.unpack("<Q", raw[:8])[0]
header, data = json.loads(raw[8 : 8 + length]), raw[8 + length :]


def write(name, head, data=data):
    text = json.dumps(head).encode()
    write_bytes(name, struct.pack("<Q", len(text)) + text + data)


def write_bytes(name, contents):
    with open(name + ".safetensors", "wb") as file:
        file.write(contents)


def change(name, **fields):
    changed = copy.deepcopy(header)
    changed[weight].update(fields)
    write(name, changed)


write_bytes("empty", b"")
write_bytes("short", raw[:5])
write_bytes("length", struct.pack("<Q", 1 << 60) + raw[8:])
write_bytes("text", struct.pack("<Q", 10) + b"hello worl" + raw[18:])
write_bytes("list", struct.pack("<Q", 2) + b"[]")
write_bytes("nested", struct.pack("<Q", 100000) + b'{"a":' + b"[" * 99995)
write_bytes("header-cut", raw[:100])
write_bytes("data-cut", raw[:-5])
write_bytes("data-surplus", raw + b"12345678")

begin, end = header[weight]["data_offsets"]
change("unknown-dtype", dtype="Q7")
change("integers", dtype="I32")
change("behind-the-end", data_offsets=[begin, 10**12])
change("reversed", data_offsets=[end, begin])
change("negative", shape=[-1])
change("huge", shape=[2**40, 2**40])
change("transposed", shape=header[weight]["shape"][::-1])
change("shape-no-list", shape=3)

renamed = {name: info for name, info in header.items() if name != weight}
write("missing", {**renamed, "another." + weight: header[weight]})
surplus = {"dtype": "F32", "shape": [1], "data_offsets": [len(data), len(data) + 4]}
write("surplus", {**header, "extra.bias": surplus}, data + bytes(4))
overlapping = {"dtype": "F32", "shape": [1], "data_offsets": [begin, begin + 4]}
write("overlapping", {**header, "extra.bias": overlapping})
nan = bytes.fromhex("0000c07f")
write("nan", header, data[:begin] + nan * ((end - begin) // 4) + data[end:])
