"""Checkpoint folders as people have them, made of the golden cases, through bridge-run and through transformers in float32.

    PATH=build/bin:$PATH python folders.py [--out FOLDER] [--only CASE]

Every case is saved in four ways: with the weight names of published checkpoints and with those of transformers' own modules,
each with all fields in config.json and, as releases before 5 wrote them, with only those that are not the defaults of their class. Weights are bfloat16 or
float16, in several shards, and files for tokenizers and generation lie beside them.
"""

import argparse
import copy
import json
import pathlib
import subprocess
import sys
import tempfile

import torch
from safetensors.torch import load_file, save_file

import catalogue
import clip
import common
import idefics
import llava
import siglip

KINDS = {kind.KIND: kind for kind in (clip, siglip, llava, idefics)}
CASES = ["clip", "clip_gelu_eos", "siglip", "llava", "llava_full_layers", "idefics", "blip_2", "mllama", "qwen2_vl", "gemma3"]
SHARD_BYTES = "100KB"
TOLERANCE = 1e-4


def load(folder):
    kind = json.loads((folder / "config.json").read_text())["model_type"]
    return KINDS[kind].load(folder) if kind in KINDS else catalogue.load(folder)


def evaluate(folder, model, inputs):
    kind = model.config.model_type
    with torch.no_grad():
        if kind in ("llava", "idefics"):
            return {"prefill/logits": model(**inputs).logits}
        if kind in KINDS:
            return KINDS[kind].evaluate(model, inputs)
        return catalogue.evaluate(kind, model, inputs, json.loads((folder / "about.json").read_text())["entries"])


def sparse(config):
    """What a configuration's fields are that differ from its class's defaults, its parts' likewise."""
    fields, defaults = config.to_dict(), type(config)().to_dict()
    parts = {name: sparse(getattr(config, name)) for name in config.sub_configs if getattr(config, name, None) is not None}
    kept = {name: value for name, value in fields.items() if name not in parts and value != defaults.get(name)}
    kept.pop("_name_or_path", None)
    return kept | parts | {"model_type": config.model_type}


def old_fields(fields):
    """What releases before transformers 5 wrote instead of `rope_parameters`."""
    fields = {name: old_fields(value) if isinstance(value, dict) else value for name, value in fields.items()}
    rope = fields.pop("rope_parameters", None) or {}
    if "sliding_attention" in rope:
        fields["rope_local_base_freq"] = rope["sliding_attention"]["rope_theta"]
        rope = rope["full_attention"]
    theta, scaling = rope.get("rope_theta"), {name: value for name, value in rope.items() if name != "rope_theta"}
    if theta and fields["model_type"] != "qwen2_vl_vision":
        fields["rope_theta"] = theta
    if "mrope_section" in scaling:
        fields["rope_scaling"] = {"type": "mrope", "mrope_section": scaling["mrope_section"]}
    elif scaling.get("rope_type", "default") != "default":
        fields["rope_scaling"] = scaling
    return fields


def save(model, dtype, folder, published, few):
    """Rounds the model's weights to what is saved. (Its buffers stay: transformers computes them anew when it loads.)"""
    for parameter in model.parameters():
        parameter.data = parameter.data.to(dtype).float()
    copy.deepcopy(model).to(dtype).save_pretrained(folder, max_shard_size=SHARD_BYTES, save_original_format=published)
    if few:
        fields = old_fields(sparse(model.config)) | {"architectures": [type(model).__name__], "torch_dtype": str(dtype).removeprefix("torch.")}
        common.write_json(folder / "config.json", fields)
    for name in ("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json", "generation_config.json"):
        common.write_json(folder / name, {})
    (folder / "README.md").write_text("A model card.\n")


def compare(folder, inputs, outputs):
    """Relative errors by output, or what bridge-run said."""
    save_file({name: value.contiguous() for name, value in inputs.items()}, folder / "inputs.st")
    errors = {}
    for entry in dict.fromkeys(name.split("/")[0] for name in outputs):
        run = subprocess.run(["bridge-run", folder, entry, "--inputs", folder / "inputs.st", "--output", folder / "found.st"],
                             capture_output=True, text=True)
        if run.returncode:
            return run.stderr.strip()
        errors |= {name: common.error(value, outputs[name].double()) for name, value in load_file(folder / "found.st").items()}
    return errors


def check_case(case, out):
    good = True
    golden = common.HERE.parent / case
    for i, (published, few) in enumerate((p, f) for p in (True, False) for f in (True, False)):
        folder = out / f"{case}-{'published' if published else 'module'}-{'few' if few else 'all'}"
        folder.mkdir(parents=True, exist_ok=True)
        model, inputs = load(golden), load_file(golden / "inputs.safetensors")
        save(model, torch.bfloat16 if i % 2 else torch.float16, folder, published, few)
        found = compare(folder, inputs, evaluate(golden, model, inputs))
        right = isinstance(found, dict) and max(found.values()) <= TOLERANCE
        text = "  ".join(f"{name} {error:.1e}" for name, error in found.items()) if isinstance(found, dict) else found
        print(f"{'ok  ' if right else 'FAIL'} {folder.name}: {text}", flush=True)
        good &= right
    return good


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=pathlib.Path, help="keep the folders here")
    parser.add_argument("--only", help="name of a single case")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        results = [check_case(case, options.out or pathlib.Path(temporary)) for case in CASES if options.only in (None, case)]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
