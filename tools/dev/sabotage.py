"""Wrong rewrites of fused programs, to see that comparisons catch them: each as what it changes in the text of a fused module."""

import re

from differential import run

ATTENTION, LINEAR = r"bridge\.attention ", r"bridge\.fused_linear "
TRUE = "arith.constant true\n"


def change(place, pattern, replacement):
    """Replaces the first match of `pattern` after the first `place`."""

    def rewrite(text):
        found = re.search(place, text)
        if not found:
            return text
        head, tail = text[: found.start()], text[found.start() :]
        return head + re.sub(pattern, replacement, tail, count=1, flags=re.DOTALL)

    return rewrite


# Those of regions reach from the operation's name to the end of its region.
REWRITES = {
    "attention: another scale": change(ATTENTION, r"\A([^\n]*) scale (\S+)", r"\1 scale 1.25"),
    "attention: no mask": change(ATTENTION + r"[^\n]* mask", r"bridge\.yield (%\w+) : i1", "%sabotage = " + TRUE + r"      bridge.yield %sabotage : i1"),
    "attention: the other empty rows": change(ATTENTION + r"[^\n]* empty +zero", r"empty +zero", "empty uniform"),
    "attention: values for keys": change(ATTENTION + r"%\w+, (%\w+), (?!\1)%\w+", r"\A(bridge\.attention %\w+, )(%\w+), (%\w+)", r"\1\2, \2"),
    "epilogue: no bias": change(LINEAR + r"[^\n]* bias %", r" bias %\w+ : tensor<[^>]*>", ""),
    "epilogue: a difference for a sum": change(LINEAR, r"\A((?:(?!bridge\.yield).)*?)arith\.addf", r"\1arith.subf"),
    "epilogue: what came before it": change(LINEAR, r"\A((?:(?!bridge\.yield).)*?\^bb0\((%\w+): f32.*?)bridge\.yield %\w+", r"\1bridge.yield \2"),
}


def apply(name, spec, output):
    """The fused module of a spec with a wrong rewrite, or None where there is no place for it."""
    run(["bridgec", spec, "--stop-after=fused", "-o", output], "fuse")
    text = output.read_text()
    wrong = REWRITES[name](text)
    output.write_text(wrong)
    return output if wrong != text else None
