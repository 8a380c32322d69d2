"""Calls a compiled CLIP through the Python binding: call-from-python.py LIBRARY CHECKPOINT_FOLDER"""

import json
import pathlib
import sys

import bridges
import numpy as np

DTYPES = {"F32": "<f4", "F64": "<f8", "I32": "<i4", "I64": "<i8"}


def read(path):
    """The tensors of a .safetensors file by name."""
    data = path.read_bytes()
    begin = 8 + int.from_bytes(data[:8], "little")
    header = json.loads(data[8:begin])
    header.pop("__metadata__", None)
    return {name: np.frombuffer(data[begin + t["data_offsets"][0]:begin + t["data_offsets"][1]],
                                DTYPES[t["dtype"]]).reshape(t["shape"]) for name, t in header.items()}


def refused(call):
    try:
        call()
    except bridges.BridgeError as error:
        print("refused:", error)
    else:
        sys.exit("expected a BridgeError, found none")


def close(found, expected):
    assert np.linalg.norm(found - expected) <= 1e-4 * np.linalg.norm(expected), (found, expected)


library, folder = sys.argv[1], pathlib.Path(sys.argv[2])
inputs, outputs = read(folder / "inputs.safetensors"), read(folder / "outputs.safetensors")
pixels = inputs["pixel_values"]

model = bridges.Model(library, folder, threads=2)
embeds = model.run("encode_image", pixel_values=pixels)["image_embeds"]
close(embeds, outputs["encode_image/image_embeds"])
close(model.run("similarity", **inputs)["logits_per_image"], outputs["similarity/logits_per_image"])
loss = model.run("loss", **inputs)["loss"]
assert loss.shape == ()
close(loss, outputs["loss/loss"])

# Whatever the memory looks like, and of any float type.
swapped = np.ascontiguousarray(pixels.swapaxes(2, 3)).swapaxes(2, 3)
assert (model.run("encode_image", pixel_values=swapped)["image_embeds"] == embeds).all()
assert (model.run("encode_image", pixel_values=pixels.astype("f8"))["image_embeds"] == embeds).all()
assert (model.run("encode_image", pixel_values=pixels.astype(">f4"))["image_embeds"] == embeds).all()
print("level", model.level, "arena", model.arena_bytes > 0, "weights", model.weights_bytes > 0)

refused(lambda: model.run("encode_sound", pixel_values=pixels))
refused(lambda: model.run("encode_image", pixels=pixels))
refused(lambda: model.run("encode_image", pixel_values=pixels[..., :-1]))
refused(lambda: model.run("encode_image", pixel_values=pixels[:0]))
refused(lambda: model.run("encode_image", pixel_values=pixels.astype("c8")))
refused(lambda: model.run("encode_image", pixel_values=np.zeros((1,) * 9)))
refused(lambda: model.run("encode_image"))
refused(lambda: bridges.Model(library, folder / "nowhere"))
refused(lambda: bridges.Model("./nowhere.so", folder))
refused(lambda: model.run(3, pixel_values=pixels))
refused(lambda: model.run("encode_image", pixel_values=None))
refused(lambda: bridges.Model(library, folder, threads=-1))
refused(lambda: bridges.Model(library, folder, threads=2**32 + 1))
refused(lambda: bridges.Model("libm.so.6", folder))
model.close()
model.close()
refused(lambda: model.run("encode_image", pixel_values=pixels))
refused(lambda: model.arena_bytes)
refused(lambda: model.weights_bytes)
print("done")
