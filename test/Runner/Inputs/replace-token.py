"""Writes OUT, the tensor file IN with the first TOKEN of input_ids replaced by 1: replace-token.py IN TOKEN OUT"""

import json
import struct
import sys

with open(sys.argv[1], "rb") as file:
    content = bytearray(file.read())
start = 8 + struct.unpack_from("<Q", content)[0]
entry = json.loads(content[8:start])["input_ids"]
assert entry["dtype"] == "I64", entry
begin, end = (start + offset for offset in entry["data_offsets"])
ids = list(struct.unpack_from(f"<{(end - begin) // 8}q", content, begin))
ids[ids.index(int(sys.argv[2]))] = 1
struct.pack_into(f"<{len(ids)}q", content, begin, *ids)
with open(sys.argv[3], "wb") as file:
    file.write(content)
