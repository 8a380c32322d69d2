"""Sizes at which kernels change their course: 1, around their tiles and pieces, and primes; and how the dimensions of an entry go through them."""

import math
import re

from vocabulary import ROOT

PRIMES = (2, 3, 61, 97)
DIAGONAL = 17  # Up to here all dimensions have an edge at once.
FILL = (3, 2)  # What dimensions are beside large ones, where that fits.
REGISTERS = ("lanes", "microRows")
PIECES = ("kPieceAcross", "kLongestScan", "kElementsPerJob", "kPiece")


def numbers_of(pattern, text, name):
    found = {math.prod(int(each) for each in ([match] if isinstance(match, str) else match)) for match in re.findall(pattern, text, re.DOTALL)}
    if not found:
        raise SystemExit(f"expected `{name}` in lib/Kernels")
    return found


def edges():
    """1, primes, each tile and block with one less and one more, the register tiles twice likewise, and one more than the pieces of long axes; in order."""
    levels = (ROOT / "lib/Kernels/Cpu/CpuLevel.cpp").read_text()
    kernels = "".join(path.read_text() for path in sorted(path for folder in ("lib", "include/bridge") for path in (ROOT / folder / "Kernels").rglob("*.[ch]*")))
    registers = set().union(*(numbers_of(rf"/\*{field}=\*/(\d+)", levels, field) for field in REGISTERS))
    registers |= numbers_of(r"/\*lanes=\*/(\d+),.*?/\*panelVectors=\*/(\d+)", levels, "panelVectors")
    blocks = numbers_of(r"/\*rowBlock=\*/(\d+)", levels, "rowBlock")
    pieces = set().union(*(numbers_of(rf"\b{name} = (\d+);", kernels, name) for name in PIECES))
    around = {tile + step for tile in registers | blocks for step in (-1, 0, 1)}
    twice = {2 * tile + step for tile in registers for step in (-1, 1)}
    return sorted({1, *PRIMES} | around | twice | {piece + 1 for piece in pieces})


def value(polynomial, sizes):
    """Of a dimension as models print it, such as `2 * s * t + 1`."""
    total = 0
    for sign, product in re.findall(r"(^|[+-])\s*([^+-]+)", polynomial):
        factors = (word.strip() for word in product.split("*"))
        total += (-1 if sign == "-" else 1) * math.prod(int(word) if word.isdigit() else sizes[word] for word in factors)
    return total


def largest(tensors, sizes):
    return max(math.prod(value(dim, sizes) for dim in tensor["shape"]) for tensor in tensors)


def assignments(entry, limit):
    """Sizes of an entry's dimensions: all of them at each small edge, and each of them at each larger one, while no input or output has more than `limit`
    elements. Large edges are paired where that fits; an edge that does not fit beside ones is left out."""
    names, tensors = entry["dimensions"], entry["inputs"] + entry["outputs"]
    fits = lambda sizes: largest(tensors, sizes) <= limit
    chosen = [sizes for edge in edges() if edge <= DIAGONAL if fits(sizes := dict.fromkeys(names, edge))]
    left = {name: [edge for edge in edges() if edge > DIAGONAL] for name in names}
    while any(left.values()):
        name = max(names, key=lambda each: left[each][-1:])
        sizes = {**dict.fromkeys(names, 1), name: left[name].pop()}
        if not fits(sizes):
            continue
        for other in names:
            partner = next((edge for edge in (*reversed(left[other]), *FILL) if fits({**sizes, other: edge})), 1)
            if other != name:
                left[other] = [edge for edge in left[other] if edge != partner]
                sizes[other] = partner
        chosen.append(sizes)
    return chosen
