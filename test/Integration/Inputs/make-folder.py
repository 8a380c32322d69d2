"""Makes a checkpoint folder as people have them of a golden case's weights:

    make-folder.py GOLDEN CONFIG FOLDER DTYPE [rename:FROM=TO | i64:NAME=COUNT | copy:NAME=FROM] …

FOLDER gets CONFIG, the weights as BF16, F16 or F32 in three shards with an index, and what lies beside them: files for
pictures, tokens and generation. Names that start with FROM start with TO instead; i64 adds a buffer, copy a weight once more. FOLDER.safetensors holds
the rounded weights as F32 under the names of GOLDEN.
"""

import json
import os
import pathlib
import shutil
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../../../tools/dev"))
import tensor_files

BESIDE = ["generation_config.json", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json", "chat_template.json"]
SHARDS = 3


def as_bf16(value):
    """The bits of the nearest bfloat16, ties to even."""
    bits = struct.unpack("<I", struct.pack("<f", value))[0]
    return (bits + 0x7FFF + (bits >> 16 & 1)) >> 16


def rounded(values, dtype):
    if dtype == "BF16":
        return [struct.unpack("<f", struct.pack("<I", as_bf16(value) << 16))[0] for value in values]
    if dtype == "F16":
        return [struct.unpack("<e", struct.pack("<e", value))[0] for value in values]
    return values


def write_shards(folder, tensors):
    names, index = sorted(tensors), {}
    for shard in range(SHARDS):
        file = f"model-{shard + 1:05}-of-{SHARDS:05}.safetensors"
        part = names[shard::SHARDS]
        tensor_files.write(folder / file, {name: tensors[name] for name in part})
        index |= dict.fromkeys(part, file)
    (folder / "model.safetensors.index.json").write_text(json.dumps({"metadata": {"total_size": 0}, "weight_map": index}))


def main(golden, config, folder, dtype, *changes):
    shutil.rmtree(folder, ignore_errors=True)
    golden, folder = pathlib.Path(golden), pathlib.Path(folder)
    folder.mkdir()
    shutil.copy(config, folder / "config.json")
    shutil.copy(golden / "preprocessor_config.json", folder)
    for name in BESIDE:
        (folder / name).write_text("{}")
    (folder / "README.md").write_text("A model card.\n")

    weights = {name: (shape, rounded(values, dtype)) for name, (_, shape, values) in tensor_files.read(golden / "model.safetensors").items()}
    tensor_files.write(f"{folder}.safetensors", {name: ("F32", *tensor) for name, tensor in weights.items()})
    stored = {name: (dtype, *tensor) for name, tensor in weights.items()}
    for change in changes:
        kind, _, names = change.partition(":")
        left, _, right = names.partition("=")
        if kind == "rename":
            if not any(name.startswith(left) for name in stored):
                sys.exit(f"{golden}: expected names that start with {left}, found none")
            stored = {right + name.removeprefix(left) if name.startswith(left) else name: tensor for name, tensor in stored.items()}
        elif kind == "i64":
            stored[left] = "I64", [1, int(right)], list(range(int(right)))
        elif kind == "copy":
            stored[left] = stored[right]
        else:
            sys.exit(f"expected rename:, i64: or copy:, found {change}")
    if dtype == "BF16":
        stored = {name: (d, shape, [as_bf16(value) for value in values] if d == dtype else values) for name, (d, shape, values) in stored.items()}
    write_shards(folder, stored)


if __name__ == "__main__":
    main(*sys.argv[1:])
