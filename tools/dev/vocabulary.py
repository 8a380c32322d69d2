"""What the bridge language has: primitives, operators, and the modules and functions of std; and what its dialects have."""

import functools
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
PATTERNS = ("rearrange", "repeat")  # Primitives of which the parser knows.
STATIC = ("range", "len", "int", "enumerate")  # They leave nothing to compute.
IN_SCOPE = ("std.layers", "std.attention", "std.rope", "std.losses", "std.config")
OPERATORS = ("+", "-", "*", "/", "//", "%", "**", "@", "==", "!=", "<", "<=", ">", ">=", "&", "|", "~", ".T")


def primitives():
    """The names in the tables of the frontend; those of tensors."""
    names = set(PATTERNS)
    for path in (ROOT / "lib/Frontend").glob("*Primitives.cpp"):
        names |= set(re.findall(r'^      \{"(\w+)",\s*(?:\n\s*)?\{"', path.read_text(), re.MULTILINE))
    if len(names) < 40:
        raise SystemExit(f"expected the tables of primitives in lib/Frontend, found {sorted(names)}")
    return names - set(STATIC)


@functools.cache
def library():
    """The modules, functions and masks of std, with the files that have them."""
    names = {}
    for path in sorted((ROOT / "bridges-dsl/std").glob("*.bridge")):
        for name in re.findall(r"^(?:module |def |(?=causal\b))(\w+)", path.read_text(), re.MULTILINE):
            names[name] = f"std.{path.stem}"
    return names


def needed_files(text):
    """The files of std that a spec has to `use`."""
    return sorted({library()[word] for word in used_words(text) if word in library()} - set(IN_SCOPE))


def used_words(text):
    """The words and operators of a spec. A `-` or `*` also stands in masks, patterns and slices; that counts as well."""
    code = re.sub(r'"[^"]*"|#.*', "", text)
    return set(re.findall(r"[A-Za-z_]\w*|\.T\b|//|\*\*|==|!=|<=|>=|[-+*/%@<>&|~]", code))


def missing_words(words):
    """Of primitives, operators and std, what is not among `words`."""
    return (primitives() | set(library()) | set(OPERATORS)) - words


def definitions(file, pattern):
    found = re.findall(pattern, (ROOT / "include/bridge/IR" / file).read_text())
    if not found:
        raise SystemExit(f"expected definitions in {file}")
    return found


@functools.cache
def dialect_words():
    """What printed IR has of the dialects: operations as `softmax`, kinds as `unary gelu`, kernels as `kernel gemm`."""
    words = set()
    for file in ("BridgePrimitiveOps.td", "BridgeFusedOps.td"):
        words |= set(definitions(file, r'Bridge_(?:Tensor)?Op<"(\w+)"'))
    for kind, mnemonic, cases in definitions("BridgeDialect.td", r'Bridge_Enum<"(\w+)", "[^"]*", (\[)([^\]]*)\]'):
        mnemonic = {"ExtremeKind": "arg_extreme", "EmptyRows": "empty", "NormKind": "residual_norm"}.get(kind, kind.removesuffix("Kind").lower())
        words |= {f"{mnemonic} {case}" for case in re.findall(r'"(\w+)">', cases)}
    (cases,) = definitions("PlanDialect.td", r'"KernelKind", "[^"]*", \[([^\]]*)\]')
    return words | {f"kernel {case}" for case in re.findall(r'"(\w+)">', cases)}


def words_of_dialects(text):
    """The words of `dialect_words` in printed IR."""
    pairs = re.findall(r"\b(?:(?:bridge|plan)\.(\w+)|empty)(?: +(\w+))?", text)
    return dialect_words() & {word for first, second in pairs for word in (first, f"{first or 'empty'} {second}")}
