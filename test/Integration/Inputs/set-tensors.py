"""Copies a .safetensors file with every element of some tensors set to one number: set-tensors.py FROM TO NUMBER GLOB …"""

import fnmatch
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../../../tools/dev"))
import tensor_files


def main(source, target, number, *globs):
    tensors = tensor_files.read(source)
    for glob in globs:
        names = fnmatch.filter(tensors, glob)
        if not names:
            sys.exit(f"{source}: expected a tensor {glob}, found none")
        for name in names:
            dtype, shape, values = tensors[name]
            tensors[name] = dtype, shape, [float(number)] * len(values)
    tensor_files.write(target, tensors)


if __name__ == "__main__":
    main(*sys.argv[1:])
