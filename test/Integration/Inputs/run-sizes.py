"""Compares a checkpoint folder's compiled entry with the float64 interpreter at many sizes, run by one binary:

    run-sizes.py MODEL FOLDER ENTRY TOKEN dimension=size,…,places=COUNT …

MODEL is the compiled executable. Inputs are made for each list of sizes: pictures are random, TOKEN stands at COUNT places of
`input_ids`, `attention_mask` hides the ends of some rows. Both sides have the weights of FOLDER.
"""

import json
import math
import os
import random
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../../../tools/dev"))
import tensor_files


def make_input(name, shape, token, places, numbers):
    count = math.prod(shape)
    if name == "input_ids":
        values = [numbers.randrange(3, 60) for _ in range(count)]
        values = [value + 1 if value == token else value for value in values]
        for place in numbers.sample(range(count), places):
            values[place] = token
        return "I32", shape, values
    if name == "attention_mask":
        lengths = [numbers.randint(1, shape[1]) for _ in range(shape[0])]
        return "I32", shape, [int(i < length) for length in lengths for i in range(shape[1])]
    return "F32", shape, [numbers.gauss(0, 1) for _ in range(count)]


def main(model, folder, entry, token, *every):
    listing = json.loads(subprocess.run([model, "--json"], capture_output=True, check=True).stdout)
    inputs = next(each["inputs"] for each in listing["entries"] if each["name"] == entry)
    for number, text in enumerate(every):
        sizes = {name: int(size) for name, size in (pair.split("=") for pair in text.split(","))}
        numbers, tensors = random.Random(number), {}
        for each in inputs:
            shape = [int(dim) if dim.isdigit() else sizes[dim] for dim in each["shape"]]
            tensors[each["name"]] = make_input(each["name"], shape, int(token), sizes.get("places", 0), numbers)
        tensor_files.write("inputs.safetensors", tensors)
        common = [entry, "--weights", folder, "--inputs", "inputs.safetensors"]
        for command in [["bridge-run", folder, "--reference", *common, "--output", "expected.safetensors"],
                        [model, *common, "--compare", "expected.safetensors"]]:
            run = subprocess.run(command, capture_output=True, text=True)
            if run.returncode:
                sys.exit(f"{text}: {run.stdout}{run.stderr}")
        print(f"{text}: {run.stdout.strip()}")


if __name__ == "__main__":
    main(*sys.argv[1:])
