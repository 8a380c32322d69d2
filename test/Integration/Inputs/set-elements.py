"""Copies a .safetensors file with the first element, or --all, of a tensor that is FROM set to TO:

    set-elements.py SOURCE TARGET TENSOR [--all] FROM=TO
"""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../../../tools/dev"))
import tensor_files


def main(source, target, name, *arguments):
    *options, change = arguments
    old, new = map(int, change.split("="))
    tensors = tensor_files.read(source)
    dtype, shape, values = tensors[name]
    values = list(values)
    places = [place for place, value in enumerate(values) if value == old]
    if not places:
        sys.exit(f"{source}: expected {old} in {name}, found none")
    for place in places if "--all" in options else places[:1]:
        values[place] = new
    tensor_files.write(target, tensors | {name: (dtype, shape, values)})


if __name__ == "__main__":
    main(*sys.argv[1:])
