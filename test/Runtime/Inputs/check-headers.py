"""Gives a program files of weights with broken headers and folders with broken indices: check-headers.py PROGRAM ENTRY.

Each has to end with status 1 and with exactly this message, the file's name aside."""
import pathlib
import struct
import subprocess
import sys

NOT_JSON = "header: line 1, column {}: not valid JSON: {}"
TENSOR = b'{"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}%s}'
CASES = [
    (b'{} x', NOT_JSON.format(4, "something follows the value")),
    (b'{"a": [' + b'1,' * 4_000_000 + b'1]}', NOT_JSON.format(8000004, "too many values (4,000,000)")),
    (b'{"a": [1 2]}', NOT_JSON.format(10, "`,` or `]` is expected here")),
    (b'{a: 1}', NOT_JSON.format(2, "a name in quotes is expected here")),
    (b'{"a" 1}', NOT_JSON.format(6, "`:` is expected here")),
    (b'{"a": 1 "b": 2}', NOT_JSON.format(9, "`,` or `}` is expected here")),
    (TENSOR % b', "a": 1', "header: the name `a` stands twice in one object"),
    (b'{"a\x01": 1}', NOT_JSON.format(4, "a control character in a string")),
    (b'{"a\\q": 1}', NOT_JSON.format(4, "an unknown escape in a string")),
    (b'{"a\\ud800": 1}', NOT_JSON.format(10, "half of a surrogate pair in a string")),
    (b'{"a\\u0000": 1}', NOT_JSON.format(10, "a zero character in a string")),
    (b'{"a\xff": 1}', NOT_JSON.format(4, "a string is not UTF-8")),
    (b'{"a', NOT_JSON.format(4, "a string without end")),
    (b'{"a": ', NOT_JSON.format(7, "the text ends early")),
    (b'{"a": -x}', NOT_JSON.format(8, "a digit is expected here")),
    (b'{"a": 1.x}', NOT_JSON.format(9, "a digit is expected here")),
    (b'{"a": 1ex}', NOT_JSON.format(9, "a digit is expected here")),
    (b'{"a": 01}', NOT_JSON.format(7, "a number begins with 0")),
    (b'{"a": 1}', "tensor `a` needs a dtype, a shape and two data_offsets"),
    (b'{"a": {"dtype": "F32", "shape": [1,1,1,1,1,1,1,1,2], "data_offsets": [0, 8]}}',
     "tensor `a` has 9 axes; at most 8 are supported"),
    (b'{"a": {"dtype": "F32", "shape": [4611686018427387904, 4], "data_offsets": [0, 8]}}',
     "tensor `a` has more bytes than can be counted: [4611686018427387904, 4]"),
    (b'{"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 9223372036854775808]}}',
     "tensor `a` has data_offsets that are not two whole numbers in order"),
    (b'{"a": {"dtype": "F32", "shape": [2], "data_offsets": [-8, 0]}}',
     "tensor `a` has data_offsets that are not two whole numbers in order"),
    (b'{"a": {"dtype": "F32", "shape": [1], "data_offsets": [4, 8]}}',
     "bytes 0 to 4 of the data belong to no tensor"),
    (b'{"a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}', "the last 4 bytes belong to no tensor"),
]
INDICES = [
    (b'{"weight_map": []}', "has no object `weight_map`"),
    (b'[]', "has no object `weight_map`"),
    (b'{"weight_map": {"a": "../b.safetensors"}}', "`a` is not mapped to a .safetensors file of the same folder"),
    (b'{"weight_map": {"a": "b.bin"}}', "`a` is not mapped to a .safetensors file of the same folder"),
    (b'{"weight_map": {"a": 3}}', "`a` is not mapped to a .safetensors file of the same folder"),
    (b'{"weight_map": ', "line 1, column 16: not valid JSON: the text ends early"),
]


def expect(program, weights, shown, message):
    run = subprocess.run([*program, "--weights", weights], text=True, capture_output=True)
    assert run.returncode == 1 and run.stderr.endswith(f"error: {shown}: {message}\n"), (weights, message, run.returncode, run.stderr)


program = sys.argv[1:]
for header, message in CASES:
    pathlib.Path("broken.safetensors").write_bytes(struct.pack("<Q", len(header)) + header + bytes(8))
    expect(program, "broken.safetensors", "broken.safetensors", message)
pathlib.Path("folder").mkdir()
index = pathlib.Path("folder/model.safetensors.index.json")
for text, message in INDICES:
    index.write_bytes(text)
    expect(program, "folder", index, message)
print(len(CASES) + len(INDICES), "refused")
