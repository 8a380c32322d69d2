#!/usr/bin/env python3
"""Compiles the snippets of docs/language.md and docs/language-reference.md, each with a bridge that uses what it defines.

snippets.py DOCS: a snippet without a bridge here, and a bridge here without a snippet, are errors."""
import pathlib
import re
import subprocess
import sys
import tempfile

DOCS = pathlib.Path(sys.argv[1])

# By the document and the first thing that a snippet defines: what uses it, and options of bridgec.
USES = {
    ("language", "MlpProjector"): ["input x[n, 4]: f32", "projection p = MlpProjector(4, 8)", "entry run -> y: p(x)"],
    ("language", "Linear"): ["input x[n, 4]: f32", "projection p = Linear(4, 8)", "entry run -> y: p(x)"],
    ("language", "PatchEmbedding"): ["input x[n, 3, 4, 6]: f32", "projection p = PatchEmbedding(8, 2)", "entry run -> y: p(x)"],
    ("language", "SelfAttention"): ["input x[b, t, 8]: f32", "decoder p = SelfAttention(8, 2)", "entry run -> y: p(x, causal)"],
    ("language", "causal"): ["input x[b, 2, t, t]: f32", "input valid[b, t]: i32", 'entry run -> y: softmax(x, where=seen(valid, 2), empty="zero")'],
    ("language", "Block"): ["input x[b, t, 8]: f32", "encoder p = Tower(8, 2, 2)", "entry run -> y: p.last(x, causal), z: p.hidden(x, causal)[1]"],
    ("language", "TinyClip"): [],
    ("language", "TextTower"): ["input x[b, t]: i32", "encoder p = TextTower(depth=1)", "entry run -> y: p(x)"],
    ("language", "CrossAttention"): ["-D", "media_token=3", "-D", 'vision={"num_hidden_layers": 1}', "-D", 'text={"num_hidden_layers": 5}'],
    ("language-reference", "Mlp"): ["input x[n, 4]: f32", "projection p = Mlp(4, 8, gated=true)", "entry run -> y: p(x)"],
    ("language-reference", "split_heads"): ["input x[b, t, 4]: f32", "input ends[b]: i32", "entry run -> y: split_heads(x, 2), z: last_words(x, ends)",
                                            "entry outer -> y: outer(x[0, 0], x[0, 0])"],
    ("language-reference", "run"): ["input x[b, t, 4]: f32", "decoder p = [Linear(4, 4) for i in range(4)]", "entry run -> y: run(p, x)"],
    ("language-reference", "windowed"): ["input x[b, 2, t, 4]: f32", "input valid[b, t]: i32", "entry run -> y: windowed(x, x, x, valid, 3)"],
    ("language-reference", "Attention"): ["input x[n, 4]: f32", "projection p = Attention(4)", "entry run -> y: p(x)"],
}
# What a snippet takes from the one before it.
TAKES = {("language", "Block"): ("language", "SelfAttention")}


def snippets():
    for document in ("language", "language-reference"):
        for text in re.findall(r"\n```bridge\n(.*?)\n```\n", (DOCS / f"{document}.md").read_text(encoding="utf-8"), re.S):
            yield (document, re.search(r"^(?:module |bridge |def )?(\w+)(?:\(| =)", text, re.M)[1]), text


texts, wrong = dict(snippets()), 0
for key in dict.fromkeys([*texts, *USES]):
    if key not in texts or key not in USES:
        print(f"{key}: stands {'only in the document' if key in texts else 'not in the document'}")
        wrong += 1
        continue
    lines = USES[key]
    options = lines if lines and lines[0].startswith("-") else []
    text = texts[TAKES[key]] + "\n" + texts[key] if key in TAKES else texts[key]
    if not options and lines:
        text += "\nbridge Try() {\n  " + "\n  ".join(lines) + "\n}\n"
    with tempfile.TemporaryDirectory() as folder:
        (pathlib.Path(folder) / "spec.bridge").write_text(text, encoding="utf-8")
        run = subprocess.run(["bridgec", "spec.bridge", "-o", "model", "--arch=x86-64-v3", *options], cwd=folder, text=True, capture_output=True)
    if run.returncode:
        print(f"{key}: {run.stderr}")
        wrong += 1
print(f"{len(texts)} snippets")
sys.exit(wrong != 0)
