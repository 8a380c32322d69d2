#!/usr/bin/env python3
"""Makes each mistake of the table of errors in docs/language-reference.md and compares what is said and its hint with the table.

mistakes.py SPECS GOLDENS REFERENCE: a mistake changes a copy of the specs that come along, or of a golden case, which is then compiled or run;
that must end with status 1 and leave no output. A row without a mistake here is an error, and so is a mistake without a row."""
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

SPECS, GOLDENS, REFERENCE = map(pathlib.Path, sys.argv[1:])

# mistake: (case, file, text, replacement). The file is a spec; "config.json" changes a field, None takes it away; the others are tensor files.
MISTAKES = {
    "a misspelt name": ("llava", "llava.bridge", "multi_modal_projector(patches)", "multi_modal_projector(patchs)"),
    "a misspelt attribute": ("llava", "llava.bridge", "text.width, act", "text.widht, act"),
    "a misspelt argument": ("clip", "clip.bridge", "vision.width, width, bias=false", "vision.width, width, biased=false"),
    "a parameter left out": ("llava", "llava.bridge", "text.width, act, projector_bias)", "act=act, bias=projector_bias)"),
    "arguments swapped": ("open_flamingo", "flamingo.bridge", "latents, depth, heads, head_dim)", "latents, depth, head_dim, heads)"),
    "a module of the wrong kind": ("clip", "clip.bridge", "text: ClipText = ClipText()", "text: ClipVision = ClipVision()"),
    "the wrong width": ("llava_full_layers", "llava.bridge", "vision.width * len(feature_layers)", "vision.width"),
    "the wrong rank": ("llava", "llava.bridge", "seen[:, 1:] if", "seen[0, 1:] if"),
    "a misspelt dimension": ("clip", "std/transformer.bridge", "def forward(x[b, t, width], mask=none) {\n    q", "def forward(x[b, t, widht], mask=none) {\n    q"),
    "a pattern that loses an axis": ("open_flamingo", "std/flamingo.bridge", "-> b (m n) media_width", "-> b n media_width"),
    "a pattern that does not divide": ("clip", "std/attention.bridge", "... heads t d)\n", "... heads t d, heads=7)\n"),
    "a tensor as a condition": ("open_flamingo", "flamingo.bridge", "if gated != none {", "if text_time == 0 {"),
    "weights in a function": ("llava", "std/projector.bridge", "def forward(x) = linear_2(act(linear_1(x)))",
                              "def forward(x) {\n    extra = Linear(in_width, in_width)\n    return linear_2(act(linear_1(extra(x))))\n  }"),
    "a module that cannot be called": ("llava", "llava.bridge", "vision_tower.hidden(pixel_values)", "vision_tower(pixel_values)"),
    "something never used": ("llava", "llava.bridge", "  features = multi", "  unused = seen\n  features = multi"),
    "`and`, `or`, `not`": ("clip", "clip.bridge", "causal & padding", "causal and padding"),
    "`a == b & c`": ("gemma3", "gemma3.bridge", "(words[:, query] == words[:, key])", "words[:, query] == words[:, key]"),
    "`0 < x < 1`": ("clip", "clip.bridge", "check text_len <= text.context", "check 0 < text_len <= text.context"),
    "`None`, `True`, `False`": ("llava", "std/llama.bridge", "none if tied else Linear", "None if tied else Linear"),
    "a mask joined with a number": ("clip", "clip.bridge", "causal & padding(attention_mask)", "causal & attention_mask"),
    "a masked softmax that does not say what an empty row is": ("llava_full_layers", "std/attention.bridge", ', empty="uniform"', ""),
    "a weight that the checkpoint lacks": ("llava", "std/projector.bridge", "linear_2", "linear_3"),
    "a weight that the spec lacks": ("clip", "model.safetensors", "", "text_model.final_norm.weight"),
    "a weight of another shape": ("clip", "model.safetensors", "logit_scale", "[1]"),
    "a table of another size": ("clip", "std/clip.bridge", "(image_size // patch_size) ** 2 + 1", "(image_size // patch_size) ** 2"),
    "two weights of one name": ("clip", "clip.bridge", "  weight     logit_scale[]", "  weight vision_model.pre_layrnorm.weight[1]\n  weight     logit_scale[]"),
    "a field that nothing reads": ("llava", "config.json", "vision_feature_layers", -1),
    "a field of a value that is not supported": ("llava", "config.json", "text_config.rope_parameters.rope_type", "yarn"),
    "an unknown activation": ("clip", "config.json", "vision_config.hidden_act", "gelu_fast"),
    "an unknown `model_type`": ("llava", "config.json", "text_config.model_type", "lama"),
    "a field left out": ("open_flamingo", "config.json", "media_token_id", None),
    "a text that is too long": ("clip", "inputs.safetensors", "text_len", 17),
    "more pictures than the text has places for": ("llava", "inputs.safetensors", "images", 3),
    "an id that is not in the table": ("clip", "inputs.safetensors", "id", 100),
}


def table():
    """{mistake: (what is said, hint)} of the reference, from the section on errors."""
    section = REFERENCE.read_text().partition("## 14 Errors")[2].partition("\n## ")[0]
    cells = [re.split(r"(?<!\\)\|", line)[1:-1] for line in section.splitlines() if line.startswith("| ")]
    return {mistake: (said.replace("\\|", "|"), hint.replace("\\|", "|"))
            for mistake, said, hint in ([cell.strip() for cell in row] for row in cells[1:])}


def read_tensors(path):
    data = path.read_bytes()
    end = 8 + int.from_bytes(data[:8], "little")
    return {name: (tensor["dtype"], tensor["shape"], data[end + tensor["data_offsets"][0]:end + tensor["data_offsets"][1]])
            for name, tensor in json.loads(data[8:end]).items() if name != "__metadata__"}


def write_tensors(path, tensors):
    header, body = {}, b""
    for name, (dtype, shape, data) in tensors.items():
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [len(body), len(body) + len(data)]}
        body += data
    text = json.dumps(header).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + body)


def ids(shape, value):
    return "I64", shape, value.to_bytes(8, "little") * (shape[0] * shape[1])


def change_tensors(path, what, value):
    tensors = read_tensors(path)
    if what == "text_len":
        tensors.update({name: ids([4, value], 1) for name in ("input_ids", "attention_mask")})
    elif what == "images":
        dtype, shape, data = tensors["pixel_values"]
        size = len(data) // shape[0]
        tensors["pixel_values"] = dtype, [value, *shape[1:]], (data * 2)[:value * size]
    elif what == "id":
        tensors["input_ids"] = ids(tensors["input_ids"][1], value)
    elif what:
        dtype, _, data = tensors[what]
        tensors[what] = dtype, json.loads(value), data
    else:
        tensors[value] = "F32", [1], bytes(4)
    write_tensors(path, tensors)


def change_config(path, field, value):
    config = json.loads(path.read_text())
    *parents, last = field.split(".")
    place = config
    for parent in parents:
        place = place[parent]
    place.pop(last, None)
    if value is not None:
        place[last] = value
    path.write_text(json.dumps(config))


def provoke(folder, case, file, old, new):
    """What is said of the mistake: by bridgec of specs and configs, by bridge-run of tensors."""
    shutil.copytree(SPECS, folder / "specs")
    shutil.copytree(GOLDENS / case, folder / case)
    if file.endswith(".bridge"):
        text = (folder / "specs" / file).read_text()
        assert old in text, f"{file} has no {old}"
        (folder / "specs" / file).write_text(text.replace(old, new))
    elif file == "config.json":
        change_config(folder / case / file, old, new)
    else:
        change_tensors(folder / case / file, old, new)
    commands = [["bridgec", case, "-I", "specs", "-o", "bad", "--arch=x86-64-v3"]]
    commands += [["bridge-run", case, entry, "-I", "specs", "--reference", "--inputs", f"{case}/inputs.safetensors", "--output", "bad"]
                 for entry in json.loads((GOLDENS / case / "about.json").read_text())["entries"]]
    for command in commands[1:] if file.endswith(".safetensors") else commands:
        run = subprocess.run(command, cwd=folder, text=True, capture_output=True)
        if run.returncode:
            assert run.returncode == 1, f"status {run.returncode}"
            assert not (folder / "bad").exists(), "an output was left"
            return run.stderr
        (folder / "bad").unlink(missing_ok=True)
    return "nothing is said"


rows, wrong = table(), 0
for title in dict.fromkeys([*rows, *MISTAKES]):
    if title not in rows or title not in MISTAKES:
        print(f"{title}: stands {'only in the reference' if title in rows else 'not in the reference'}")
        wrong += 1
        continue
    with tempfile.TemporaryDirectory() as folder:
        said = provoke(pathlib.Path(folder), *MISTAKES[title])
    message, hint = rows[title]
    text = said.partition("error: ")[2]
    text = re.sub(rf"^{MISTAKES[title][0]}(/|: )", "", re.sub(r"^\S+:\d+:\d+: ", "", text))
    if not re.match(re.escape(message) + "[;\n]", text) or bool(hint) != bool(re.search("hint: |; did you mean", said)) or hint not in said:
        print(f"{title}: expected\n{message}\n  hint: {hint}\nfound\n{said}")
        wrong += 1
sys.exit(wrong != 0)
