#!/usr/bin/env python3
"""Writes a checkpoint in PyTorch's own format as .safetensors, without PyTorch:

    to-safetensors.py FILE [TARGET.safetensors]   .pt, .pth or .bin; TARGET is by default FILE with another ending
    to-safetensors.py FOLDER                      pytorch_model.bin, or the shards that pytorch_model.bin.index.json names;
                                                  model.safetensors, or shards with an index, appear beside them

Of the pickle in such a file only what makes tensors is followed; anything else in it is an error, and no code of it runs.
A state dict may lie in the file directly or under "state_dict", "model_state_dict" or "model"; "module." before all of
its names, as parallel training leaves it, goes. Nothing is written where an error is met.
"""

import argparse
import collections
import json
import os
import pathlib
import pickle
import struct
import sys
import zipfile

import numpy as np

# The storages of PyTorch, the dtypes of .safetensors, and bytes for each element.
DTYPES = {"FloatStorage": ("F32", 4), "DoubleStorage": ("F64", 8), "HalfStorage": ("F16", 2), "BFloat16Storage": ("BF16", 2),
          "LongStorage": ("I64", 8), "IntStorage": ("I32", 4), "ShortStorage": ("I16", 2), "CharStorage": ("I8", 1),
          "ByteStorage": ("U8", 1), "BoolStorage": ("BOOL", 1)}
NESTED = ["state_dict", "model_state_dict", "model"]


class CheckpointError(Exception):
    pass


# Where a storage lies in the archive; of a tensor, `offset` and `strides` count elements.
Storage = collections.namedtuple("Storage", "dtype width key count")
Tensor = collections.namedtuple("Tensor", "storage offset shape strides")


def make_tensor(storage, offset, shape, strides, *_):
    return Tensor(storage, offset, tuple(shape), tuple(strides))


def make_parameter(tensor, *_):
    return tensor


class Unpickler(pickle.Unpickler):
    """Follows a state dict; storages stay in the archive."""

    MAKERS = {("torch._utils", "_rebuild_tensor_v2"): make_tensor, ("torch._utils", "_rebuild_parameter"): make_parameter,
              ("collections", "OrderedDict"): collections.OrderedDict}

    def find_class(self, module, name):
        if module == "torch" and name in DTYPES:
            return name
        try:
            return self.MAKERS[module, name]
        except KeyError:
            raise CheckpointError(f"it holds a {module}.{name}, where only tensors are expected") from None

    def persistent_load(self, identifier):
        kind, storage, key, _, count = identifier
        if kind != "storage" or storage not in DTYPES:
            raise CheckpointError(f"it holds a {kind} of {storage}, which is no tensor's")
        return Storage(*DTYPES[storage], key, count)


class Archive:
    """A file that torch.save wrote: a zip archive with a pickle and the bytes of each storage."""

    def __init__(self, path):
        if not zipfile.is_zipfile(path):
            raise CheckpointError("not what torch.save writes since PyTorch 1.6; load and save it with PyTorch once")
        self.zip = zipfile.ZipFile(path)
        names = self.zip.namelist()
        pickles = [name for name in names if name.endswith("/data.pkl")]
        if len(pickles) != 1:
            raise CheckpointError(f"expected one data.pkl in the archive, found {len(pickles)}")
        if any(name.endswith("/constants.pkl") for name in names):
            raise CheckpointError("a TorchScript program, not a state dict; save its state_dict() with PyTorch")
        self.root = pickles[0].removesuffix("data.pkl")
        order = self.root + "byteorder"
        if order in names and self.zip.read(order) != b"little":
            raise CheckpointError("its numbers are not little-endian")

    def tensors(self):
        with self.zip.open(self.root + "data.pkl") as file:
            state = Unpickler(file).load()
        while isinstance(state, dict) and (key := next((key for key in NESTED if isinstance(state.get(key), dict)), None)):
            state = state[key]
        if not isinstance(state, dict) or not state:
            raise CheckpointError("expected a dictionary of tensors")
        for name, value in state.items():
            if not isinstance(value, Tensor):
                raise CheckpointError(f"expected `{name}` to be a tensor, found {type(value).__name__}")
        prefix = "module." if all(name.startswith("module.") for name in state) else ""
        return {name.removeprefix(prefix): tensor for name, tensor in state.items()}

    def bytes_of(self, name, tensor):
        storage, width = tensor.storage, tensor.storage.width
        data = self.zip.read(f"{self.root}data/{storage.key}")
        last = tensor.offset + sum((size - 1) * stride for size, stride in zip(tensor.shape, tensor.strides))
        if 0 in tensor.shape:
            return b""
        if min((tensor.offset, *tensor.strides)) < 0 or (last + 1) * width > len(data):
            raise CheckpointError(f"`{name}` reaches beyond its {len(data)} bytes")
        elements = np.frombuffer(data, f"V{width}")[tensor.offset:]
        strides = [stride * width for stride in tensor.strides]
        return np.ascontiguousarray(np.lib.stride_tricks.as_strided(elements, tensor.shape, strides)).tobytes()


def write(archive, tensors, target):
    header, end = {}, 0
    for name, tensor in tensors.items():
        begin, end = end, end + tensor.storage.width * int(np.prod(tensor.shape, dtype=np.int64))
        header[name] = {"dtype": tensor.storage.dtype, "shape": tensor.shape, "data_offsets": [begin, end]}
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    partial = target.with_name(target.name + ".partial")
    try:
        with open(partial, "wb") as file:
            file.write(struct.pack("<Q", len(text)) + text)
            for name, tensor in tensors.items():
                file.write(archive.bytes_of(name, tensor))
        os.replace(partial, target)
    finally:
        partial.unlink(missing_ok=True)


def convert_file(source, target):
    try:
        archive = Archive(source)
        tensors = archive.tensors()
        write(archive, tensors, target)
    except (CheckpointError, pickle.UnpicklingError, zipfile.BadZipFile, KeyError, ValueError, TypeError, EOFError) as error:
        raise CheckpointError(f"{source}: {error}") from error
    print(f"{target}: {len(tensors)} tensors")
    return list(tensors)


def convert_folder(folder):
    single, index = folder / "pytorch_model.bin", folder / "pytorch_model.bin.index.json"
    if single.exists():
        convert_file(single, folder / "model.safetensors")
        return
    if not index.exists():
        raise CheckpointError(f"{folder}: expected pytorch_model.bin or pytorch_model.bin.index.json, found neither")
    shards = sorted(set(json.loads(index.read_text())["weight_map"].values()))
    places = {}
    try:
        for number, shard in enumerate(shards, 1):
            target = f"model-{number:05}-of-{len(shards):05}.safetensors"
            places |= dict.fromkeys(convert_file(folder / shard, folder / target), target)
    except CheckpointError:
        for target in set(places.values()):
            (folder / target).unlink()
        raise
    (folder / "model.safetensors.index.json").write_text(json.dumps({"metadata": {}, "weight_map": places}, indent=1) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoint", type=pathlib.Path, metavar="CHECKPOINT")
    parser.add_argument("target", type=pathlib.Path, nargs="?", metavar="TARGET")
    arguments = parser.parse_args()
    try:
        if not arguments.checkpoint.is_dir():
            convert_file(arguments.checkpoint, arguments.target or arguments.checkpoint.with_suffix(".safetensors"))
        elif arguments.target:
            raise CheckpointError("expected a folder without TARGET: the files are written beside its own")
        else:
            convert_folder(arguments.checkpoint)
    except (CheckpointError, OSError) as error:
        sys.exit(f"to-safetensors: error: {error}")


if __name__ == "__main__":
    main()
