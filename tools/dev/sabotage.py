"""Wrong rewrites of fused programs, to see that comparisons catch them: each as what it changes in the text of a fused module."""

import re

from differential import run

ATTENTION, LINEAR, SLICE = r"bridge\.attention ", r"bridge\.fused_linear ", r"bridge\.slice "
# Losses and norms by their whole line.
CONTRASTIVE, HEAD = r"(?m)^ *%\w+, %\w+, %\w+, %\w+ = bridge\.contrastive_loss ", r"(?m)^ *%\w+, %\w+ = bridge\.linear_cross_entropy "
PAIRS, NORM = r"(?m)^ *%\w+ = bridge\.sigmoid_loss ", r"(?m)^ *%\w+, %\w+ = bridge\.residual_norm "
TRUE = "arith.constant true\n"
NUMBER = "%sabotage = bridge.constant dense<{}> : tensor<f32> -> tensor<f32>\n"
# In a region: a sum with the product of `gate` and `acc`.
GATED = r"\A((?:(?!bridge\.yield).)*?)(%\w+) = arith\.mulf (?P<gate>%\w+), (?P<acc>%\w+) : f32(\s+)(%\w+) = arith\.addf (%\w+), \2 : f32"


def change(place, pattern, replacement):
    """Replaces the first match of `pattern` after the first `place`."""

    def rewrite(text):
        found = re.search(place, text)
        if not found:
            return text
        head, tail = text[: found.start()], text[found.start() :]
        return head + re.sub(pattern, replacement, tail, count=1, flags=re.DOTALL)

    return rewrite


def rename(place, one, other):
    """What is read as the group `one` of `place` is, from the next line on, read as its group `other`."""

    def rewrite(text):
        found = re.search(place, text)
        if not found:
            return text
        end = text.index("\n", found.end())
        return text[:end] + re.sub(re.escape(found[one]) + r"\b", found[other], text[end:])

    return rewrite


# Each by the fusion that would have made it. Those of regions reach from the operation's name to the end of its region.
REWRITES = {
    "attention: another scale": change(ATTENTION, r"\A([^\n]*) scale (\S+)", r"\1 scale 1.25"),
    "attention: no mask": change(ATTENTION + r"[^\n]* mask", r"bridge\.yield (%\w+) : i1", "%sabotage = " + TRUE + r"      bridge.yield %sabotage : i1"),
    "attention: the other empty rows": change(ATTENTION + r"[^\n]* empty +zero", r"empty +zero", "empty uniform"),
    "attention: values for keys": change(ATTENTION + r"%\w+, (%\w+), (?!\1)%\w+", r"\A(bridge\.attention %\w+, )(%\w+), (%\w+)", r"\1\2, \2"),
    "attention: no bias": change(ATTENTION + r"[^\n]* bias %", r" bias %\w+ : tensor<[^>]*>(?:>(?=[ ]))?", ""),
    "epilogue: no bias": change(LINEAR + r"[^\n]* bias %", r" bias %\w+ : tensor<[^>]*>", ""),
    "epilogue: a difference for a sum": change(LINEAR, r"\A((?:(?!bridge\.yield).)*?)arith\.addf", r"\1arith.subf"),
    "epilogue: what came before it": change(LINEAR, r"\A((?:(?!bridge\.yield).)*?\^bb0\((%\w+): f32.*?)bridge\.yield %\w+", r"\1bridge.yield \2"),
    "gate: another function": change(LINEAR, r"\A((?:(?!bridge\.yield).)*?)math\.tanh", r"\1math.exp"),
    "gate: a gated residual": change(LINEAR, GATED, r"\1\2 = arith.addf \7, \4 : f32\5\6 = arith.mulf \3, \2 : f32"),
    "gate: an open gate": change(LINEAR, GATED, r"\1\2 = arith.mulf \3, \4 : f32\5\6 = arith.addf \7, \4 : f32"),
    "norm: no residual": change(NORM, r"(residual_norm +\w+ (%\w+)), (?!\2)%\w+", r"\1, \2"),
    "norm: another eps": change(NORM, r" eps \S+", " eps 1.0e-01"),
    "norm: no weight": change(NORM + r"[^\n]* weight %", r" weight %\w+ : tensor<[^>]*>", ""),
    "softmax-loss: another temperature": change(CONTRASTIVE, r"\A( *)([^\n]*loss %\w+, %\w+, )%\w+", r"\1" + NUMBER.format("1.5") + r"\1\2%sabotage"),
    "softmax-loss: the rows' loss twice": rename(r"(%\w+), (%\w+), %\w+, %\w+ = bridge\.contrastive_loss ", 2, 1),
    "softmax-loss: labels on the diagonal": change(CONTRASTIVE + r"[^\n]* image_labels", r" image_labels %\w+ : tensor<[^>]*>>", ""),
    "cross-entropy: no bias": change(HEAD + r"[^\n]* bias %", r" bias %\w+ : tensor<[^>]*>", ""),
    "cross-entropy: ignored labels that count": change(HEAD + r"[^\n]*ignore", r"ignore = \d+", "ignore = -1"),
    "cross-entropy: another scale": change(HEAD + r"[^\n]* scale %", r" scale %\w+ : tensor<f32>", ""),
    "sigmoid-loss: no bias": change(PAIRS, r"\A( *)([^\n]*loss %\w+, %\w+, %\w+, )%\w+", r"\1" + NUMBER.format("0.0") + r"\1\2%sabotage"),
    "sigmoid-loss: another temperature": change(PAIRS, r"\A( *)([^\n]*loss %\w+, %\w+, )%\w+", r"\1" + NUMBER.format("1.5") + r"\1\2%sabotage"),
    "sigmoid-loss: images for texts": change(PAIRS, r"(loss (%\w+)), %\w+", r"\1, \2"),
    "slices: the next row": change(SLICE, r'from <"0", "0", "0">', 'from <"0", "1", "0">'),
    "slices: the last row": change(SLICE, r'from <"0", "0", "0">', 'from <"0", "t - 1", "0">'),
}  # fmt: skip

# Of what kind, a function of near_misses, the cases for a fusion are.
KINDS = {
    "attention": "attention", "epilogue": "epilogue", "gate": "epilogue", "norm": "norms", "softmax-loss": "contrastive", "cross-entropy": "language_head",
    "sigmoid-loss": "sigmoid_pairs", "slices": "epilogue",
}  # fmt: skip


def kind_of(name):
    return KINDS[name.partition(":")[0]]


class Program:
    """A draft of a spec that wrong rewrites are tried on, fused once for all of them."""

    def __init__(self, draft, folder):
        self.draft, self.folder, self.spec = draft, folder, folder / "near-miss.bridge"
        folder.mkdir(parents=True, exist_ok=True)
        self.spec.write_text(draft.text())
        fused = folder / "fused.mlir"
        run(["bridgec", self.spec, "--stop-after=fused", "-o", fused], "fuse")
        self.text = fused.read_text()

    def rewrite(self, name):
        """The fused module with a wrong rewrite, or None where there is no place for it."""
        wrong = REWRITES[name](self.text)
        if wrong == self.text:
            return None
        path = self.folder / "wrong.mlir"
        path.write_text(wrong)
        return path
