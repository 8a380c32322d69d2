#!/usr/bin/env python3
"""Checks that tests quote every error in the sources, and that docs/errors.md explains each of those that a user can cause.

Other libraries are told of a program that the frontend would not make: by bridge-opt, and by a spec only where something is wrong with us.
An error is what stands in a call that reports one; what is put into it (names, numbers) is written `…`. `--list` prints them."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
REPORTERS = {"error", "fail", "failure", "createStringError", "emitError", "emitOpError", "violation"}
TOKEN = re.compile(
    r'//[^\n]*|R"\((?P<raw>.*?)\)"|"(?P<text>(?:[^"\\]|\\.)*)"|\'(?:[^\'\\]|\\.)*\'|(?P<name>[A-Za-z_]\w*)|(?P<sign>\S)', re.S)
# Where errors come from that a user can cause.
DOCUMENTED = {"Frontend", "Driver", "Emulator", "Runner", "Runtime", "Explorer", "bridgec", "bridge-run", "bridge-explore"}
FORMAT = re.compile(r"%(?:\.\*|\.\d+)?(?:ll|z)?[a-z]|\{\d[^}]*\}")
ESCAPES = {"n": "\n", "t": "\t"}


def tokens(source):
    """(kind, text, offset); neighbouring strings are one, comments none."""
    result = []
    for match in TOKEN.finditer(source):
        kind = match.lastgroup
        if kind == "text":
            text = re.sub(r"\\(.)", lambda escape: ESCAPES.get(escape[1], escape[1]), match["text"])
        elif kind:
            text = match[kind]
        if kind in ("text", "raw") and result and result[-1][0] == "string":
            result[-1] = ("string", result[-1][1] + text, result[-1][2])
        elif kind:
            result.append(("string" if kind in ("text", "raw") else kind, text, match.start()))
    return result


def wording(found, start):
    """The message in a reporter's parentheses, or up to the end of the statement where a stream follows."""
    depth, result, streams = 0, "", False
    for index in range(start, len(found)):
        kind, text, _ = found[index]
        if kind == "string":
            result += text
            continue
        if kind == "sign" and text in "([{":
            depth += 1
        elif kind == "sign" and text in ")]}":
            depth -= 1
            streams = streams or depth == 0 and found[index + 1][1:2] == ("<",)
            if depth <= 0 and not streams:
                break
        elif text == ";" or text == "," and depth == 1 and re.search("[a-z]", result):
            break
        if not result.endswith("…"):
            result += "…"
    return re.sub("…+", "…", FORMAT.sub("…", result))


def errors():
    """(place, wording) of each error in the sources."""
    sources = [*ROOT.glob("lib/**/*.cpp"), *ROOT.glob("lib/**/*.h"), *ROOT.glob("tools/bridge*/*.cpp")]
    for path in sorted(sources):
        source = path.read_text()
        found = tokens(source)
        for index, (kind, text, offset) in enumerate(found[:-1]):
            if kind == "name" and text in REPORTERS and found[index + 1][1] == "(":
                line = source.count("\n", 0, offset) + 1
                yield f"{path.relative_to(ROOT)}:{line}", wording(found, index + 1).strip("… \n:,")


def pieces(text):
    """What a wording says itself; short pieces say nothing."""
    return [piece for piece in map(str.strip, text.split("…")) if re.search("[a-zA-Z].* .*[a-zA-Z]", piece)]


def strings():
    """All strings in the sources: some messages are made of pieces elsewhere."""
    for path in [*ROOT.glob("lib/**/*.cpp"), *ROOT.glob("lib/**/*.h"), *ROOT.glob("tools/bridge*/*.cpp")]:
        for kind, text, _ in tokens(path.read_text()):
            if kind == "string":
                yield FORMAT.sub("…", text)


def tested():
    """All text of tests, strings of C++ joined."""
    suffixes = {".test", ".bridge", ".mlir", ".txt", ".cpp", ".py", ".c"}
    texts = [path.read_text(errors="ignore") for path in sorted((ROOT / "test").rglob("*")) if path.suffix in suffixes]
    return re.sub(r'"\s*\n\s*"', "", "\n".join(texts)).replace('\\"', '"')


def explained():
    """The wordings of the tables in docs/errors.md."""
    for line in (ROOT / "docs/errors.md").read_text().splitlines():
        if line.startswith("| ") and not line.startswith("| what is said"):
            cell = re.match(r"\| ((?:[^|\\]|\\.)*) \|", line)[1].replace("\\|", "|")
            yield from cell.split(" · ")


# What nobody sees, and why; neither tested nor documented.
UNREACHABLE = {
    "this stands between the brackets of an index": "the parser lets it stand nowhere else",
    "expected an expression": "the parser makes no other nodes",
    "expected a spec or a config": "an input is one or the other",
    "this cannot stand in a function": "the parser sees to it",
    "this cannot stand in a module": "the parser sees to it",
    "`return` stands in functions": "the parser sees to it",
    "expected a tensor and a pattern": "the parser sees to it",
    "`concat` of an empty list": "the primitive takes no empty lists",
    "`stack` of an empty list": "the primitive takes no empty lists",
    "the plan of `…` has": "the explorer counts what the driver made",
    "expected the number of groups": "the verifier of bridge.conv2d sees to it",
    "expected a region in a 'map' kernel": "the verifier of plan.kernel sees to it",
    "no kernel computes": "each kind has one",
    "expected an element-wise operation in the region of a kernel": "what converts to a plan makes no others",
    "expected a polynomial, found": "the verifier of bridge.dim sees to it",
    "a check compares two polynomials": "the verifier of bridge.check sees to it",
    "the reference does not know the operation": "each operation of the dialect has a definition",
    "the result has the shape": "a result has the shape of its type, or the definition of its operation is wrong",
    "a slice takes … from": "the frontend makes a check of it",
    "a tensor of shape … cannot have the shape": "the verifier of bridge.reshape sees to it",
    "the model declares no weight": "the verifier of bridge.read_weight sees to it",
    "the target cannot write": "that of the CPU can",
    "the kernels call": "the conversion calls what GPUs have",
    "linking failed": "objects of our own link",
}
# What no test provokes, and why; documented all the same.
UNTESTED = {
    "another machine": ["which this machine does not give", "need more memory than", "cannot start thread", "cannot map",
                        "cannot make a temporary", "cannot make stacks for", "the weights take more bytes", "this processor has n",
                        "BRIDGE_LEVEL is …, which this processor"],
    "an error of ours": ["cannot be translated to LLVM IR"],
    "a damaged binary": ["the program's manifest", "the program has version", "has panels of", "met an error without name"],
    "no std": ["in the folders of specs"],
    "other limits come first": ["calls are nested more than", "expressions are nested more than", "a model has at most",
                                "this weight needs a name", "a weight needs a shape", "has no value before this",
                                "would have to be", "broken PNG: unknown pixels"],
    "sizes that no test has memory for": ["has more elements than can be counted", "more bytes than can be counted",
                                          "the numbers are too large", "has no valid value",
                                          "for intermediates, inputs and outputs"],
    "no spec here takes pictures so": ["takes one picture, got", "after preparation, the pictures before it"],
    "unit tests look at the status": ["input `…` has rank", "a memory limit below 0",
                                      "has no valid dtype, rank or shape"],
}


def main():
    listed = [(place, text) for place, text in errors() if pieces(text) and not any(text.startswith(u) for u in UNREACHABLE)]
    if "--list" in sys.argv:
        for place, text in listed:
            print(place, text.replace("\n", " "), sep=": ")
        return 0
    quotes, wordings = tested(), list(explained())
    manual, said = "\n".join(wordings), "\n".join(strings())
    problems = []
    for place, text in listed:
        if place.split("/")[1] in DOCUMENTED:
            problems += [f"{place}: docs/errors.md lacks `{piece}`" for piece in pieces(text) if piece not in manual]
        if not any(part in text for parts in UNTESTED.values() for part in parts):
            problems += [f"{place}: no test quotes `{piece}`" for piece in pieces(text) if piece not in quotes]
    for text in wordings:
        problems += [f"docs/errors.md: nobody says `{piece}`" for piece in pieces(text) if piece not in said]
    print("\n".join(problems) or f"{len(listed)} errors are tested")
    return bool(problems)


if __name__ == "__main__":
    sys.exit(main())
