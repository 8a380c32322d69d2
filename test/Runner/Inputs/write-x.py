"""Writes a tensor `x` of five numbers that f32 holds exactly."""

import json
import struct
import sys

VALUES = (0.5, -1.25, 2.0, -3.5, 0.75)
data = struct.pack("<5f", *VALUES)
header = json.dumps({"x": {"dtype": "F32", "shape": [len(VALUES)], "data_offsets": [0, len(data)]}}).encode()
with open(sys.argv[1], "wb") as file:
    file.write(struct.pack("<Q", len(header)) + header + data)
