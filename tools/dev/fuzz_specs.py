"""Random specs of the bridge language, for fuzz.py.

A spec is a graph of nodes. Each node knows its shape, whether its values are exact in f32 (so that comparisons of them cannot tip over), and how large
they may be; the generator keeps what it computes well-conditioned.
"""

import re
from dataclasses import dataclass, field

from vocabulary import needed_files

SYMBOLS = ("n", "t", "s")
STATIC_SIZES = (1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 13, 14, 15, 16, 17, 31, 32, 33)
# Around the tiles of kernels and vectors (13, 16, 32, 312), and primes.
SIZES = (1, 2, 3, 5, 7, 11, 12, 13, 14, 15, 16, 17, 19, 31, 32, 33, 47, 61, 97, 101, 311, 312, 313)


class Dim:
    """A polynomial of symbols: a map from sorted tuples of symbols to factors."""

    def __init__(self, terms):
        self.terms = {product: factor for product, factor in terms.items() if factor}

    @staticmethod
    def of(value):
        if isinstance(value, Dim):
            return value
        return Dim({(): value} if isinstance(value, int) else {(value,): 1})

    def __add__(self, other):
        terms = dict(self.terms)
        for product, factor in Dim.of(other).terms.items():
            terms[product] = terms.get(product, 0) + factor
        return Dim(terms)

    def __mul__(self, other):
        terms = {}
        for a, x in self.terms.items():
            for b, y in Dim.of(other).terms.items():
                product = tuple(sorted(a + b))
                terms[product] = terms.get(product, 0) + x * y
        return Dim(terms)

    def __eq__(self, other):
        return self.terms == Dim.of(other).terms

    def __hash__(self):
        return hash(frozenset(self.terms.items()))

    @property
    def number(self):
        """The size of a static dimension, else None."""
        return self.terms.get((), 0) if set(self.terms) <= {()} else None

    def at(self, sizes):
        total = 0
        for product, factor in self.terms.items():
            for symbol in product:
                factor *= sizes[symbol]
            total += factor
        return total

    def least(self):
        return self.at(dict.fromkeys(SYMBOLS, 1))

    def __str__(self):
        parts = []
        for product, factor in sorted(self.terms.items(), key=lambda term: (-len(term[0]), term)):
            names = list(product) if product and factor == 1 else [str(factor), *product]
            parts.append(" * ".join(names))
        return " + ".join(parts).replace("+ -", "- ") or "0"


@dataclass(eq=False)
class Node:
    name: str
    shape: tuple
    kind: str  # f, i or b: f32, i32, a truth value
    text: str = ""  # The statement's lines; {0}, {1}, … are the operands.
    operands: tuple = ()
    parts: tuple = ()  # Declarations that the statement needs.
    exact: bool = False
    size: float = 1.0  # About how large its elements are.
    high: Dim = None  # Of an integer input: its values are 0 … high − 1.

    @property
    def is_input(self):
        return not self.text

    def declared(self):
        return ", ".join(map(str, self.shape))


@dataclass
class Spec:
    """Entries, each a name and its results; all else follows from these."""

    entries: dict
    replaced: frozenset = field(default_factory=frozenset)  # Nodes that became inputs.

    def nodes(self, roots=None):
        """What the results need, operands first."""
        order, seen = [], set()

        def visit(node):
            if node in seen:
                return
            seen.add(node)
            if node not in self.replaced:
                for operand in node.operands:
                    visit(operand)
            order.append(node)

        for root in roots or [node for results in self.entries.values() for node in results]:
            visit(root)
        return order

    def inputs(self, roots=None):
        return [node for node in self.nodes(roots) if node.is_input or node in self.replaced]

    def is_closed(self):
        """Whether each entry's inputs have every symbol it mentions as an axis."""
        for results in self.entries.values():
            given = {str(dim) for node in self.inputs(results) for dim in node.shape}
            nodes = self.nodes(results)
            words = {word for node in nodes for word in re.findall(r"[a-z]+", node.text)}
            words |= {symbol for node in nodes for dim in node.shape for product in dim.terms for symbol in product}
            if not given.issuperset(words.intersection(SYMBOLS)):
                return False
        return True

    def text(self):
        lines, parts, flow = ["bridge Fuzz() {"], {}, []
        inputs = self.inputs()
        for node in inputs:
            kind = "f32" if node.kind == "f" else "i32"
            lines.append(f"  input {node.name}[{node.declared()}]: {kind}")
        for node in self.nodes():
            if node not in inputs:
                parts.update(dict.fromkeys(node.parts))
                statement = node.text.format(*(operand.name for operand in node.operands), me=node.name)
                flow += ["  " + line for line in statement.split("\n")]
        for group in (["  " + part for part in parts], flow):
            lines += ["", *group] if group else []
        lines.append("")
        for name, results in self.entries.items():
            values = ", ".join(f"{node.name}_out: {node.name}" for node in results)
            lines.append(f"  entry {name} -> {values}")
        body = "\n".join([*lines, "}", ""])
        return "".join(f"use {file}\n" for file in needed_files(body)) + body


class Generator:
    def __init__(self, random):
        self.random = random
        self.values = []
        self.count = 0
        self.parts = 0
        self.shared = {}
        self.symbols = [Dim.of(symbol) for symbol in random.sample(SYMBOLS, random.randint(1, 3))]

    def spec(self):
        from fuzz_operations import OPERATIONS

        for _ in range(self.random.randint(1, 3)):
            self.input(self.shape(self.random.randint(2, 4)))
        wanted = len(self.values) + self.random.randint(3, 12)
        while len(self.values) < wanted:
            if made := self.random.choice(OPERATIONS)(self):
                self.values.append(made)
        used = {operand for node in self.values for operand in node.operands}
        results = [node for node in self.values if node not in used and not node.is_input]
        entries = {}
        for node in results:
            name = f"e{self.random.randrange(3)}"
            entries.setdefault(name, []).append(node)
        inner = [node for node in self.values if node in used and not node.is_input]
        for results in entries.values():
            if inner and self.random.random() < 0.4:
                results.append(self.random.choice(inner))
        return Spec(entries)

    # What operations are made of.

    def name(self):
        self.count += 1
        return f"v{self.count}"

    def size(self):
        return Dim.of(self.random.choice(STATIC_SIZES))

    def dim(self):
        return self.random.choice(self.symbols) if self.random.random() < 0.45 else self.size()

    def shape(self, rank):
        """Of at most 3 symbols and a bounded static part."""
        while True:
            shape = tuple(self.dim() for _ in range(rank))
            if is_small(shape):
                return shape

    def input(self, shape, kind="f", high=None):
        node = Node(self.name(), tuple(shape), kind, exact=True, size=3.0, high=high)
        self.values.append(node)
        return node

    def weight(self, shape):
        """The name of a weight of static shape, sometimes one that is there already."""
        key = ("weight", tuple(shape))
        if key not in self.shared or self.random.random() < 0.5:
            self.parts += 1
            self.shared[key] = f"w{self.parts}"
        name = self.shared[key]
        return name, f"weight {name}[{', '.join(map(str, shape))}]"

    def part(self, recipe):
        """The name of a part, sometimes one that is there already."""
        if recipe not in self.shared or self.random.random() < 0.5:
            self.parts += 1
            self.shared[recipe] = f"part{self.parts}"
        name = self.shared[recipe]
        return name, f"decoder {name} = {recipe}"

    def pick(self, kind="f", ranks=range(0, 6), last=None, exact=None, where=lambda node: True):
        """A value that fits, or None; later ones are likelier."""
        fitting = [
            node
            for node in self.values
            if node.kind in kind
            and len(node.shape) in ranks
            and (last is None or node.shape and node.shape[-1].number is not None)
            and (exact is None or node.exact == exact)
            and where(node)
        ]
        if not fitting:
            return None
        return fitting[max(self.random.randrange(len(fitting)) for _ in range(2))]

    def like(self, shape, kind="f", exact=None):
        """A value of this shape: one that is there or a new input."""
        node = self.pick(kind, exact=exact, where=lambda node: node.shape == tuple(shape))
        if node and self.random.random() < 0.7:
            return node
        return self.input(shape, kind[0], Dim.of(9) if kind[0] == "i" else None)

    def integers(self, shape, high):
        return self.input(shape, "i", Dim.of(high))

    def make(self, text, operands, shape, kind="f", parts=(), exact=False, size=None):
        """A node, unless it would be too large. `text` is an expression or, with `{me}`, statements."""
        shape = tuple(Dim.of(dim) for dim in shape)
        if len(shape) > 6 or not is_small(shape) or any(dim.least() < 1 for dim in shape):
            return None
        operands = tuple(operands)
        node = Node(self.name(), shape, kind, "", operands, tuple(parts), exact)
        node.text = text if "{me}" in text else "{me} = " + text
        node.size = size if size is not None else max([operand.size for operand in operands], default=1.0)
        if kind == "f" and node.size > 50:
            self.values.append(node)
            return self.make("tanh({0} * 0.02)", [node], shape, size=1.0)
        return node


def is_small(shape):
    """At most two symbols are multiplied, beside a bounded number."""
    symbols, number = 0, 1
    for dim in shape:
        symbols += max((len(product) for product in dim.terms), default=0)
        number *= max(abs(sum(dim.terms.values())), 1)
    return symbols <= 3 and number <= (4096, 1200, 160, 12)[symbols]
