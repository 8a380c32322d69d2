"""The operations that fuzz.py combines: functions from a generator to a new node, or None where nothing fits."""

import math

from fuzz_modules import library
from fuzz_specs import Dim

UNARY = {
    "relu({0})": None,
    "abs({0})": None,
    "-{0}": None,
    "silu({0})": None,
    "gelu({0})": None,
    "gelu_tanh({0})": None,
    "quick_gelu({0})": None,
    "softplus({0})": None,
    "log_sigmoid({0})": None,
    "tanh({0})": 1.0,
    "sigmoid({0})": 1.0,
    "exp(clip({0}, -3.0, 2.0))": 8.0,
    "log(abs({0}) + 0.5)": 4.0,
    "sqrt(abs({0}) + 0.25)": 4.0,
    "sin(clip({0}, -9.0, 9.0))": 1.0,
    "cos(clip({0}, -9.0, 9.0))": 1.0,
    "(abs({0}) + 0.5) ** -0.5": 1.5,
    "2.0 ** tanh({0})": 2.0,
    "clip({0}, -0.5, 1.25)": 1.25,
    "1.0 / (abs({0}) + 0.5)": 2.0,
}
EXACT_UNARY = ("relu({0})", "abs({0})", "-{0}", "clip({0}, -0.5, 1.25)")
ACTIVATIONS = ("gelu", "gelu_tanh", "quick_gelu", "silu", "relu", "tanh")


def unary(g):
    x = g.pick()
    text, size = g.random.choice(list(UNARY.items()))
    return x and g.make(text, [x], x.shape, size=size, exact=x.exact and text in EXACT_UNARY)


def squared(g):
    x = g.pick(where=lambda node: node.size <= 8)
    return x and g.make(g.random.choice(["{0} ** 2", "{0} * {0}"]), [x], x.shape, size=x.size**2)


def broadcast_shape(g, shape):
    """A shape that stretches to `shape`."""
    kept = shape[g.random.randint(0, len(shape)) :] if g.random.random() < 0.4 else shape
    return tuple(Dim.of(1) if g.random.random() < 0.25 else dim for dim in kept)


def binary(g):
    x = g.pick()
    if not x:
        return None
    y = g.like(broadcast_shape(g, x.shape))
    if g.random.random() < 0.5:
        text, size = g.random.choice([("{0} + {1}", x.size + y.size), ("{0} - {1}", x.size + y.size)])
    elif g.random.random() < 0.5:
        text, size = "{0} * {1}", x.size * y.size
    else:
        text, size = "{0} / (abs({1}) + 0.5)", 2 * x.size
    return g.make(text, [x, y], x.shape, size=size)


def integer_arithmetic(g):
    x = g.pick("i", where=lambda node: node.size < 1e4)
    if not x:
        return integer_input(g)
    number = g.random.choice([1, 2, 3, 4, 5, 7, 8, 13])
    text = g.random.choice(["{0} // {n}", "({0} - 4) // {n}", "({0} - 6) % {n}", "{0} + {n}", "{0} * {n} - 5", "clip({0}, 1, {n})", "-{0}", "abs({0} - 3)"])
    return g.make(text.replace("{n}", str(number)), [x], x.shape, "i", exact=True, size=x.size * number + 8)


def integer_input(g):
    x = g.pick()
    return g.integers(x.shape[: g.random.randint(1, 3)] if x and x.shape else g.shape(2), g.random.choice([2, 3, 9])) and None


def integer_to_float(g):
    x = g.pick("i", where=lambda node: node.size < 20)
    return x and g.make("{0} * 0.5", [x], x.shape, size=x.size / 2, exact=True)


def compare(g):
    x = g.pick("fi", exact=True)
    if not x:
        return None
    sign = g.random.choice(["==", "!=", "<", "<=", ">", ">="])
    if g.random.random() < 0.5:
        return g.make(f"{{0}} {sign} {0.5 if x.kind == 'f' else 2}", [x], x.shape, "b", exact=True)
    y = g.like(broadcast_shape(g, x.shape), x.kind, exact=True)
    return g.make(f"{{0}} {sign} {{1}}", [x, y], x.shape, "b", exact=True)


def logic(g):
    x = g.pick("b")
    if not x:
        return None
    y = g.pick("b", where=lambda node: node.shape == x.shape)
    return g.make(g.random.choice(["{0} & {1}", "{0} | ~{1}", "~({0} | {1})"]), [x, y], x.shape, "b", exact=True)


def choose(g):
    c = g.pick("b")
    if not c:
        return None
    a = g.like(c.shape)
    if g.random.random() < 0.5:
        return g.make("where({0}, {1}, 0.5)", [c, a], c.shape, exact=a.exact)
    b = g.like(broadcast_shape(g, c.shape))
    return g.make("where({0}, {1}, {2})", [c, a, b], c.shape, exact=a.exact and b.exact)


def reduced(x, axes, keep):
    return tuple(Dim.of(1) if axis in axes else dim for axis, dim in enumerate(x.shape) if keep or axis not in axes)


def reduce(g):
    x = g.pick("fib", ranks=range(1, 6))
    if not x:
        return None
    axes = sorted(g.random.sample(range(len(x.shape)), g.random.randint(1, min(2, len(x.shape)))))
    keep = g.random.random() < 0.4
    name = g.random.choice({"f": ["sum", "mean", "max", "min"], "i": ["sum", "max", "min"], "b": ["any", "sum"]}[x.kind])
    written = axes if len(axes) > 1 else axes[0] - (len(x.shape) if g.random.random() < 0.5 else 0)
    text = f"{name}({{0}}, axis={written}{', keep=true' if keep else ''})"
    exact = x.kind != "f" or x.exact and name in ("max", "min")
    size = x.size * (12 if name == "sum" else 1)
    kind = "i" if x.kind == "b" and name == "sum" else x.kind
    return g.make(text, [x], reduced(x, axes, keep), kind, exact=exact, size=size)


def argument(g):
    x = g.pick("fi", ranks=range(1, 6), exact=True)
    if not x:
        return None
    axis = g.random.randrange(len(x.shape))
    keep = g.random.random() < 0.3
    text = f"{g.random.choice(['argmax', 'argmin'])}({{0}}, axis={axis}{', keep=true' if keep else ''})"
    return g.make(text, [x], reduced(x, [axis], keep), "i", exact=True, size=200)


def scan(g):
    x = g.pick("fib", ranks=range(1, 6), where=lambda node: node.kind != "f" or node.size < 5)
    if not x:
        return None
    axis = g.random.randrange(len(x.shape))
    kind = "f" if x.kind == "f" else "i"
    return g.make(f"cumsum({{0}}, axis={axis})", [x], x.shape, kind, exact=x.kind != "f", size=x.size * 10)


def product(g):
    a = g.pick(ranks=range(2, 5))
    if not a:
        return None
    lead = a.shape[:-2] if g.random.random() < 0.6 else tuple(broadcast_shape(g, a.shape[:-2]))
    n = g.dim()
    size = a.size * 8
    if g.random.random() < 0.5:
        b = g.like((*lead, n, a.shape[-1]))
        return g.make("{0} @ {1}.T", [a, b], (*a.shape[:-1], n), size=size)
    b = g.like((*lead, a.shape[-1], n))
    return g.make("{0} @ {1}", [a, b], (*a.shape[:-1], n), size=size)


def linear(g):
    x = g.pick(ranks=range(1, 5), last="static")
    if not x:
        return None
    o = g.size()
    weight, declaration = g.weight((o, x.shape[-1]))
    bias, other = g.weight((o,))
    has_bias = g.random.random() < 0.5
    text = f"linear({{0}}, {weight}{', ' + bias if has_bias else ''})"
    if g.random.random() < 0.3:
        text = f"{g.random.choice(ACTIVATIONS)}({text})"
    return g.make(text, [x], (*x.shape[:-1], o), parts=[declaration, other] if has_bias else [declaration], size=2 * x.size)


def module(g):
    x = g.pick(ranks=range(1, 4), last="static")
    if not x:
        return None
    width, act = x.shape[-1], g.random.choice(ACTIVATIONS)
    o = g.size()
    recipe, last = g.random.choice(
        [
            (f"Linear({width}, {o})", o),
            (f"[Linear({width}, {o}, bias=false), {act}, Linear({o}, {width})]", width),
            (f"LayerNorm({width})", width),
            (f"Mlp({width}, {o}, {act})", width),
        ]
    )
    part, declaration = g.part(recipe)
    return g.make(f"{part}({{0}})", [x], (*x.shape[:-1], last), parts=[declaration], size=x.size * 3)


def transformer(g):
    x = g.pick(ranks=[3], last="static", where=lambda node: node.shape[-1].number % 4 == 0)
    if not x:
        return None
    width, heads = x.shape[-1].number, g.random.choice([1, 2, 4])
    recipe = f"[TransformerLayer({width}, {heads}, {g.size()}, {g.random.choice(ACTIVATIONS)}, 1e-5) for i in range({g.random.randint(1, 3)})]"
    part, declaration = g.part(recipe)
    if g.random.random() < 0.4:
        return g.make(f"{part}({{0}})", [x], x.shape, parts=[declaration], size=x.size + 4)
    valid = g.integers(x.shape[:2], 2)
    seen = g.random.choice(["causal", "padding({1})", "causal & padding({1})"])
    operands = [x, valid] if "{1}" in seen else [x]
    text = f"{{me}} = {{0}}\nfor layer in {part} {{{{\n  {{me}} = layer({{me}}, {seen})\n}}}}"
    return g.make(text, operands, x.shape, parts=[declaration], size=x.size + 4)


def convolution(g):
    x = g.pick(ranks=[4], where=lambda node: node.shape[1].number is not None and all(dim.number for dim in node.shape[2:]))
    if not x:
        h, w = g.random.choice([5, 6, 8]), g.random.choice([4, 6, 9])
        g.input((g.random.choice(g.symbols), Dim.of(g.random.choice([1, 2, 3, 4])), Dim.of(h), Dim.of(w)))
        return None
    b, c, h, w = x.shape
    groups = g.random.choice([k for k in (1, 2, 4) if c.number % k == 0])
    out = groups * g.random.choice([1, 2, 3, 5, 8])
    p, q = g.random.randint(1, min(3, h.number)), g.random.randint(1, min(3, w.number))
    stride, padding = g.random.randint(1, 3), g.random.randint(0, 2)
    weight, declaration = g.weight(tuple(map(Dim.of, (out, c.number // groups, p, q))))
    bias, other = g.weight((Dim.of(out),))
    rows, columns = ((size.number + 2 * padding - tap) // stride + 1 for size, tap in ((h, p), (w, q)))
    has_bias = g.random.random() < 0.5
    text = f"conv2d({{0}}, {weight}{', ' + bias if has_bias else ''}, stride={stride}, padding={padding}, groups={groups})"
    return g.make(text, [x], (b, out, rows, columns), parts=[declaration, other] if has_bias else [declaration], size=2 * x.size)


def embedding(g):
    ids = g.integers(g.shape(g.random.randint(1, 2)), g.random.choice([5, 17]))
    width = g.size()
    weight, declaration = g.weight((ids.high, width))
    return g.make(f"embedding({{0}}, {weight})", [ids], (*ids.shape, width), parts=[declaration], size=2.0)


def norm(g):
    x = g.pick(ranks=range(1, 5), last="static")
    if not x:
        return None
    weight, declaration = g.weight(x.shape[-1:])
    bias, other = g.weight(x.shape[-1:])
    text, parts = g.random.choice(
        [
            ("layer_norm({0})", []),
            (f"layer_norm({{0}}, {weight}, {bias}, eps=1e-3)", [declaration, other]),
            ("rms_norm({0})", []),
            (f"rms_norm({{0}}, {weight}, eps=1e-3)", [declaration]),
            ("l2_normalize({0}, eps=1e-2)", []),
        ]
    )
    return g.make(text, [x], x.shape, parts=parts, size=4.0)


def symbolic_norm(g):
    x = g.pick(ranks=range(1, 5))
    text = g.random.choice(["layer_norm({0}, eps=1e-3)", "rms_norm({0}, eps=1e-3)", "l2_normalize({0}, eps=1e-2)", "softmax({0})", "log_softmax({0})"])
    return x and g.make(text, [x], x.shape, size=6.0)


def mask_text(g, batch, q, k, number):
    """A mask over these dimensions with its operands, the first of which is {number}."""
    operands, terms = [], []
    window = g.random.choice([1, 3, 7, 16])
    kinds = ["key <= query", "causal", f"key > query - {window}", f"(key // {window}) == (query // {window})", "key < 0"]
    if batch is not None:
        kinds += ["padding", "rows", "pairs"]
    for kind in g.random.sample(kinds, g.random.randint(1, 2)):
        if kind == "padding":
            terms.append(f"padding({{{number + len(operands)}}})")
            operands.append(g.integers((batch, k), 2))
        elif kind == "rows":
            terms.append(f"(mask query, key: {{{number + len(operands)}}}[:, query] > key)")
            operands.append(g.integers((batch, q), 5))
        elif kind == "pairs":
            terms.append(f"(mask query, key: {{{number + len(operands)}}}[:, query, key] != 0)")
            operands.append(g.integers((batch, q, k), 2))
        else:
            terms.append(kind if kind == "causal" else f"(mask query, key: {kind})")
    text = g.random.choice([" & ", " | "]).join(terms)
    return (f"~({text})" if g.random.random() < 0.2 else text), operands


def masked_softmax(g):
    x = g.pick(ranks=range(2, 5))
    if not x:
        return None
    text, operands = mask_text(g, x.shape[0] if len(x.shape) > 2 else None, x.shape[-2], x.shape[-1], 1)
    empty = g.random.choice(["zero", "uniform"])
    return g.make(f'softmax({{0}}, where={text}, empty="{empty}")', [x, *operands], x.shape, size=1.0)


def attention(g):
    q = g.pick(ranks=[3, 4], last="static")
    if not q:
        return None
    s, d, e = g.dim(), q.shape[-1], g.size()
    heads = q.shape[1].number if len(q.shape) == 4 else None
    groups = g.random.choice([k for k in range(1, heads + 1) if heads % k == 0]) if heads else None
    lead = (q.shape[0], Dim.of(groups)) if groups else q.shape[:-2]
    k, v = g.like((*lead, s, d)), g.like((*lead, s, e))
    mask, operands = mask_text(g, q.shape[0], q.shape[-2], s, 3) if g.random.random() < 0.7 else ("none", [])
    if groups and g.random.random() < 0.5:
        text = f"attend({{0}}, {{1}}, {{2}}, {mask})"
    elif groups and groups != heads:
        return None
    else:
        hidden = f', where={mask}, empty="{g.random.choice(["zero", "uniform"])}"' if mask != "none" else ""
        text = f"softmax({{0}} @ {{1}}.T * 0.3{hidden}) @ {{2}}"
    return g.make(text, [q, k, v, *operands], (*q.shape[:-1], e), size=v.size)


def rotary(g):
    x = g.pick(ranks=range(2, 5), last="static", where=lambda node: node.shape[-1].number % 2 == 0)
    if not x:
        return None
    half = Dim.of(x.shape[-1].number // 2)
    lead = (x.shape[0], x.shape[2]) if len(x.shape) == 4 and g.random.random() < 0.5 else x.shape[-2:-1]
    return g.make("rotary({0}, {1})", [x, g.like((*lead, half))], x.shape, size=1.5 * x.size)


def cross_entropy(g):
    x = g.pick(ranks=range(2, 4), last="static")
    if not x:
        return None
    labels = g.integers(x.shape[:-1], x.shape[-1])
    text = g.random.choice(["cross_entropy({0}, {1})", "cross_entropy({0}, {1}, smoothing=0.1)"])
    return g.make(text, [x, labels], (), size=x.size + 4)


def cross_entropy_ignoring(g):
    x = g.pick(ranks=range(2, 4), last="static")
    if not x:
        return None
    c = x.shape[-1].number
    labels = g.integers(x.shape[:-1], c + 1)
    return g.make(f"cross_entropy({{0}}, {{1}}, ignore={c}, smoothing={g.random.choice([0, 0.2])})", [x, labels], (), size=x.size + 4)


def concat(g):
    x = g.pick("fi", ranks=range(1, 5))
    if not x:
        return None
    axis = g.random.randrange(len(x.shape))
    shape = list(x.shape)
    shape[axis] = g.dim()
    y = g.like(shape, x.kind)
    texts = [("[{0}, {1}]", x.shape[axis] + shape[axis]), ("[{0}, {1}, {0}]", x.shape[axis] * 2 + shape[axis])]
    text, shape[axis] = g.random.choice(texts)
    return g.make(f"concat({text}, axis={axis})", [x, y], shape, x.kind, exact=x.exact and y.exact)


def stack(g):
    x = g.pick("fi", ranks=range(1, 4))
    if not x:
        return None
    y, axis = g.like(x.shape, x.kind), g.random.randint(0, len(x.shape))
    return g.make(f"stack([{{0}}, {{1}}], axis={axis})", [x, y], (*x.shape[:axis], 2, *x.shape[axis:]), x.kind, exact=x.exact and y.exact)


def pad(g):
    x = g.pick("fi", ranks=range(1, 5))
    if not x:
        return None
    axis, before, after = g.random.randrange(len(x.shape)), g.random.randint(0, 3), g.random.randint(0, 3)
    shape = list(x.shape)
    shape[axis] = shape[axis] + before + after
    return g.make(f"pad({{0}}, before={before}, after={after}, axis={axis})", [x], shape, x.kind, exact=x.exact)


def index(g):
    x = g.pick("fib", ranks=range(1, 5))
    if not x:
        return None
    items, shape = [], []
    for dim in x.shape:
        choice = g.random.random()
        symbols = [symbol for symbol in g.symbols if all(factor >= 0 for factor in (dim + symbol * -1).terms.values())]
        if choice < 0.4:
            items.append(":")
            shape.append(dim)
        elif choice < 0.55:
            items.append(g.random.choice(["0", "-1"]))
        elif symbols and choice < 0.8:
            symbol = g.random.choice(symbols)
            items.append(g.random.choice([f":{symbol}", f"-{symbol}:"]))
            shape.append(symbol)
        elif dim.least() > 1:
            start = g.random.randint(0, dim.least() - 1)
            end = g.random.randint(0, dim.least() - 1 - start)
            items.append(f"{start}:{f'-{end}' if end else ''}")
            shape.append(dim + -(start + end))
        else:
            items.append(g.random.choice(["-1:", ":1"]))
            shape.append(Dim.of(1))
        if g.random.random() < 0.1:
            items.append("none")
            shape.append(Dim.of(1))
    return g.make(f"{{0}}[{', '.join(items)}]", [x], shape, x.kind, exact=x.exact)


def gather(g):
    x = g.pick("fi", ranks=range(1, 4))
    if not x:
        return None
    axis = g.random.randrange(len(x.shape))
    if axis == 1 and g.random.random() < 0.5:
        ids = g.integers(x.shape[:1], x.shape[1])
        return g.make(f"{{0}}[arange({x.shape[0]}), {{1}}]", [x, ids], (x.shape[0], *x.shape[2:]), x.kind, exact=x.exact)
    ids = g.integers(g.shape(g.random.randint(1, 2)), x.shape[axis])
    return g.make(f"{{0}}[{':, ' * axis}{{1}}]", [x, ids], (*x.shape[:axis], *ids.shape, *x.shape[axis + 1 :]), x.kind, exact=x.exact)


def splice(g):
    x = g.pick(ranks=[2, 3])
    if not x:
        return None
    rows = math.prod(x.shape[:-1], start=Dim.of(1))
    at = "arange({0}.shape[0]) >= 0" if len(x.shape) == 2 else "repeat(arange({0}.shape[1]) >= 0, qt -> qn qt, qn={0}.shape[0])"
    if len(x.shape) == 2 and x.shape[0].least() > 1:
        rows, at = rows + -1, "arange({0}.shape[0]) != 0"
    values = g.like((rows, x.shape[-1]))
    return g.make(f"splice({{0}}, {{1}}, at=({at}))", [x, values], x.shape, exact=x.exact and values.exact)


def positions(g):
    n = g.random.choice(g.symbols)
    return g.make(f"arange({n}) % 7", [], (n,), "i", exact=True, size=7)


def rearrange(g):
    x = g.pick("fi", ranks=range(2, 5))
    if not x:
        return None
    left, names, given = [], [], []
    for axis, dim in enumerate(x.shape):
        number = dim.number
        factors = [k for k in (2, 3, 4) if number and number > k and number % k == 0]
        if factors and g.random.random() < 0.5:
            factor = g.random.choice(factors)
            left.append(f"(qa{axis} qb{axis})")
            names += [(f"qa{axis}", Dim.of(factor)), (f"qb{axis}", Dim.of(number // factor))]
            given.append(f"qa{axis}={factor}")
        else:
            left.append(f"q{axis}")
            names.append((f"q{axis}", dim))
    g.random.shuffle(names)
    right, shape = [], []
    while names:
        if len(names) > 1 and g.random.random() < 0.35:
            (a, first), (b, second), *names = names
            right.append(f"({a} {b})")
            shape.append(first * second)
        else:
            (a, size), *names = names
            right.append(a)
            shape.append(size)
    pattern = f"{' '.join(left)} -> {' '.join(right)}"
    return g.make(f"rearrange({', '.join(['{0}', pattern, *given])})", [x], shape, x.kind, exact=x.exact)


def repeat(g):
    x = g.pick("fi", ranks=range(1, 4))
    if not x:
        return None
    names = [f"q{axis}" for axis in range(len(x.shape))]
    place, times = g.random.randint(0, len(names)), g.random.choice([Dim.of(2), Dim.of(3), *g.symbols])
    shape = (*x.shape[:place], times, *x.shape[place:])
    right = [*names[:place], "r", *names[place:]]
    if place < len(names) and g.random.random() < 0.5:
        right[place : place + 2] = [f"({right[place]} {right[place + 1]})"]
        shape = (*x.shape[:place], times * x.shape[place], *x.shape[place + 1 :])
    return g.make(f"repeat({{0}}, {' '.join(names)} -> {' '.join(right)}, r={times})", [x], shape, x.kind, exact=x.exact)


def centred(g):
    x = g.pick(ranks=range(1, 5))
    if not x:
        return None
    axis = g.random.randrange(len(x.shape))
    return g.make(f"{{0}} - mean({{0}}, axis={axis}, keep=true)", [x], x.shape, size=2 * x.size)


def residual(g):
    x = g.pick(ranks=range(2, 5), last="static")
    if not x:
        return None
    weight, declaration = g.weight((x.shape[-1], x.shape[-1]))
    return g.make(f"{{0}} + linear({{0}}, {weight})", [x], x.shape, parts=[declaration], size=3 * x.size)


OPERATIONS = [
    unary, squared, binary, binary, integer_arithmetic, integer_to_float, compare, logic, choose, reduce, reduce, argument, scan, product, product, linear, linear,
    library, library, library, module, transformer, convolution, embedding, norm, symbolic_norm, masked_softmax, attention, attention, rotary, cross_entropy, cross_entropy_ignoring, concat,
    stack, pad, index, index, gather, splice, positions, rearrange, repeat, centred, residual,
]  # fmt: skip
