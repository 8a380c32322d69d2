"""Random variations of what fusions look for, some the same by algebra, some not, for fuzz-near-misses.py.

A kind is a function from a Draft to nothing: it writes statements and names results. No variation says whether it should fuse; all must give what is written.
"""

import re

ACTIVATIONS = ("gelu", "gelu_tanh", "quick_gelu", "silu", "relu", "tanh", "sigmoid")


class Draft:
    """A spec being written."""

    def __init__(self, random):
        self.random = random
        self.inputs, self.weights, self.parts, self.flow, self.results, self.options = {}, [], [], [], [], set()

    def pick(self, *choices):
        return self.random.choice(choices)

    def chance(self, share):
        return self.random.random() < share

    def input(self, name, *shape, high=None):
        """A float input or, with `high`, one of integers below it: a number or a symbol."""
        self.inputs[name] = shape, high
        return name

    def weight(self, *shape):
        name = f"w{len(self.weights)}"
        self.weights.append(f"  weight {name}[{', '.join(map(str, shape))}]")
        return name

    def let(self, name, value):
        self.flow.append(f"  {name} = {value}")
        return name

    def result(self, *values):
        self.results += values

    def sometimes_used_again(self, *values):
        """Extra uses of intermediates: as a result, in a sum, beside a constant."""
        for value in values:
            if self.chance(0.12):
                self.result(self.pick(value, f"sum({value}, axis=0)", f"{value} * 0.5", f"tanh({value})"))

    def used_statements(self):
        """Those that the results need: unused ones are errors."""
        kept, needed = [], "\n".join(self.results)
        for statement in reversed(self.flow):
            if re.search(rf"\b{statement.split()[0]}\b", needed):
                kept.insert(0, statement)
                needed += "\n" + statement.partition("=")[2]
        return kept

    def text(self):
        lines = ["bridge NearMiss() {"]
        kept = self.used_statements()
        flow = "\n".join([*kept, *self.results])
        weights = [weight for weight in self.weights if re.search(rf"\b{weight.split()[1].partition('[')[0]}\b", flow)]
        for name, (shape, high) in self.inputs.items():
            if re.search(rf"\b{name}\b", flow):
                lines.append(f"  input {name}[{', '.join(map(str, shape))}]: {'f32' if high is None else 'i32'}")
        values = ", ".join(f"r{i}: {value}" for i, value in enumerate(self.results))
        return "\n".join([*lines, *weights, *kept, f"  entry run -> {values}", "}", ""])


def transposed(d, x):
    """x.T of rank 4, spelled in one of its ways."""
    return d.pick(f"{x}.T", f"rearrange({x}, b h c d -> b h d c)", f"rearrange({x}, ... c d -> ... d c)")


def heads_of(d, name, tokens, heads, width):
    """[n, heads, tokens, width] from an input, by one of the ways to split heads, or a wrong one."""
    way = d.pick("given", "rearrange", "rearrange", "slices", "swapped", "repeated", "linear")
    if way == "given":
        return d.input(name, "n", heads, tokens, width)
    x = d.input(name, "n", tokens, heads * width)
    if way == "linear":
        x = f"linear({x}, {d.weight(heads * width, heads * width)}{d.pick('', ', ' + d.weight(heads * width))})"
    if way == "slices":
        parts = ", ".join(f"{x}[:, :, {i * width}:{(i + 1) * width}]" for i in range(heads))
        return d.let(f"{name}h", f"stack([{parts}], axis=1)")
    if way == "swapped":
        return d.let(f"{name}h", f"rearrange({x}, b c (d h) -> b h c d, h={heads})")
    if way == "repeated" and heads > 1:
        few = d.let(f"{name}few", f"rearrange({x}[:, :, :{width}], b c (h d) -> b h c d, h=1)")
        return d.let(f"{name}h", f"repeat({few}, b g c d -> b {d.pick('(g r)', '(r g)')} c d, r={heads})")
    return d.let(f"{name}h", f"rearrange({x}, b c (h d) -> b h c d, h={heads})")


def mask_of(d, t, s):
    valid, times = d.input("valid", "n", s, high=2), d.input("times", "n", t, high=4)
    masks = [
        "causal", f"padding({valid})", f"causal & padding({valid})", "(mask query, key: key < query)", "(mask query, key: query < key)",
        "(mask query, key: (key <= query) & (key > query - 5))", f"(mask query, key: {times}[:, query] == key // 4)", "~causal",
        f"(mask query, key: {times}[:, query] > key // 7)", "(mask query, key: key // 3 == query // 3)", f"(causal | padding({valid}))",
        "(mask query, key: key < 2 * query)", "(mask query, key: key + query < 9)",
    ]  # fmt: skip
    return d.pick(*masks)


def attention(d):
    heads, width = d.pick(1, 2, 4), d.pick(4, 8, 16)
    t, s = "t", d.pick("t", "s")
    q, k = heads_of(d, "q", t, heads, width), heads_of(d, "k", s, heads, width)
    v = k if d.chance(0.1) else heads_of(d, "v", s, heads, d.pick(width, 8))
    scale = d.pick("0.25", "0.25", "0.7", "-0.5", "(" + d.weight(1) + ")", "(" + d.weight(heads, 1, 1) + ")", f"{width} ** -0.5")
    product = d.pick(
        f"{q} @ {transposed(d, k)} * {scale}", f"{q} @ {transposed(d, k)} * {scale}", f"({q} * {scale}) @ {transposed(d, k)}",
        f"{q} @ ({k} * {scale}).T", f"({q} * {scale}) @ ({k} * {scale}).T", f"{scale} * ({q} @ {k}.T)", f"{q} @ {k}.T / 4.0", f"{q} @ {k}.T",
        f"({k} @ {q}.T).T * {scale}", f"2.0 * {q} @ {k}.T * {scale}", f"l2_normalize({q}, eps=1e-6) @ l2_normalize({k}, eps=1e-6).T * 8.0",
        f"rms_norm({q}) @ rms_norm({k}).T * {scale}", f"{q} @ {k}.T * {scale} * {scale}", f"-({q} @ {k}.T)",
    )  # fmt: skip
    scores = d.let("scores", product)
    if d.chance(0.35):
        shape = d.pick((heads, t, s), (t, s), (1, s), (t, 1), ("n", 1, 1, s), ("n", heads, t, s), ("n", 1, t, s), (heads, 1, 1))
        bias = d.input("bias", *shape)
        scores = d.let("biased", d.pick(f"{scores} + {bias}", f"{bias} + {scores}", f"{scores} - {bias}", f"({scores} + {bias}) * 0.5", f"{scores} * {bias}"))
    if d.chance(0.15):
        d.input("valid", "n", s, high=2)
        hidden = d.let("hidden", "where(valid != 0, 0.0, -10000.0)")
        scores = d.let("offset", f"{scores} + {hidden}[:, none, none, :]")
    if d.chance(0.1):
        scores = d.let("capped", f"tanh({scores} * 0.2) * 5.0")
    where = f', where={mask_of(d, t, s)}, empty="{d.pick("zero", "uniform")}"' if d.chance(0.55) else ""
    power = f"exp({scores} - max({scores}, axis=-1, keep=true))"
    shares = d.pick(
        f"softmax({scores}{where})", f"softmax({scores}{where})", f"softmax({scores}{where})", f"softmax({scores}.T).T",
        f"{power} / sum({power}, axis=-1, keep=true)", f"{power} / mean({power}, axis=-1, keep=true)", f"{power} / sum({power}, axis=-2, keep=true)",
        f"exp({scores} - mean({scores}, axis=-1, keep=true)) / sum(exp({scores} - mean({scores}, axis=-1, keep=true)), axis=-1, keep=true)",
        f"{power} / (sum({power}, axis=-1, keep=true) + 1.0)", f"log_softmax({scores})", f"softmax(softmax({scores}))",
        f"exp(log_softmax({scores}))", f"rearrange(softmax(rearrange({scores}, b h c e -> b c h e)), b c h e -> b h c e)",
    )  # fmt: skip
    # As written, exp(x - mean) of what is hidden by -10000 overflows where most is hidden; the softmax that it is raised to does not.
    if scores == "offset" and "- mean(offset" in shares:
        shares = f"softmax({scores}{where})"
    p = d.let("p", shares)
    if d.chance(0.12):
        d.input("keep", "n", s, high=2)
        p = d.let("kept", f"where(keep[:, none, none, :] != 0, {p}, 0.0)")
    after = [f"{p} @ {v}"] * 6 + [f"{p} * 0.5 @ {v}", f"{p} @ ({v} + 1.0)", f"{p} @ {v} * 2.0", f"{p} @ {v}[:, :, :, :4]", f"({v}.T @ {p}.T).T"]
    o = d.let("o", d.pick(*after))
    d.sometimes_used_again(scores, p, q, k)
    last = d.pick(o, o, f"rearrange({o}, b h t d -> b t (h d))", f"rearrange({o}, b h t d -> b t (d h))", f"{o} + {o}", f"tanh({d.weight(1)}) * {o}")
    d.result(last)


def epilogue(d):
    i, o = d.pick(5, 16, 33), d.pick(1, 8, 13, 16, 33)
    x = d.input("x", "n", "t", i)
    w, b = d.weight(o, i), d.weight(o)
    y = d.let("y", d.pick(f"linear({x}, {w}, {b})", f"linear({x}, {w})", f"{x} @ {w}.T + {b}", f"linear({x}, {w}) + {b}", f"linear({x}, {w}) * {b}", f"(linear({x}, {w}) + {b}) * 0.5"))
    other = d.input("other", *d.pick(("n", "t", o), ("n", "t", o), ("t", o), ("n", 1, o), (o,), ("t", 1), ("n", "t", 1)))
    act, again = d.pick(*ACTIVATIONS), d.pick(*ACTIVATIONS)
    gate = d.weight(*d.pick((1,), (1,), (o,), (1, 1, 1)))
    forms = [
        f"{act}({y})", f"{act}({y}) + {other}", f"{other} + {act}({y})", f"{act}({y} + {other})", f"{y} - {other}", f"{other} - {y}", f"{y} * 2.0 + {other}",
        f"{y} + {other} * 2.0", f"({y} + {other}) * 2.0", f"{act}({y}) * {other}", f"{act}({other}) * {y}", f"{y} / ({other} * {other} + 1.0)", f"{act}({again}({y}))",
        f"{y} + {y}", f"{y} * {y}", f"{act}({y}) * {y}", f"{other} + {y} + {other}", f"where({other} > 0.0, {y}, {other})", f"clip({y}, -0.5, 0.5)", f"max({y}, axis=-1, keep=true) + {other}",
        f"tanh({gate}) * {y} + {other}", f"{other} + tanh({gate}) * {y}", f"tanh({gate}) * ({y} + {other})", f"tanh({gate}) + {y} * {other}",
        f"tanh({gate}) * {other} + {y}", f"(1.0 - tanh({gate})) * {other} + tanh({gate}) * {y}", f"sigmoid({gate}) * {y} + {other}", f"{gate} * {y} + {other}",
        f"tanh({gate} * {y}) + {other}", f"tanh({gate}) * {act}({y}) + {other}",
    ]  # fmt: skip
    z = d.let("z", d.pick(*forms))
    d.sometimes_used_again(y, z)
    d.result(d.pick(z, z, z, f"linear({z}, {d.weight(7, o)})" if other else z, f"{z}[:, 0]", f"{z}.T"))


def shared_reader(d):
    """Several linears that read one tensor, as q, k and v do, or nearly one; gated MLPs."""
    i, o = d.pick(8, 16, 24), d.pick(4, 8, 16)
    x = d.input("x", "n", "t", i)
    count = d.random.randint(2, 4)
    source = d.pick(x, x, f"layer_norm({x}, {d.weight(i)}, {d.weight(i)}, eps=1e-5)", f"rms_norm({x}, {d.weight(i)}, eps=1e-5)", f"gelu({x})")
    base = d.let("base", f"{source} * 1.0") if source == x else d.let("base", source)
    widths = [d.pick(o, o, o, 2 * o) for _ in range(count)]
    shared = d.weight(o, i)
    values = []
    for index, width in enumerate(widths):
        read = d.pick(base, base, base, base, f"{base}[:, 1:]" if d.chance(0.3) else base, f"({base} + 1.0)")
        weight = shared if width == o and d.chance(0.2) else d.weight(width, i)
        bias = ", " + d.weight(width) if d.chance(0.5) else ""
        values.append(d.let(f"y{index}", f"linear({read}, {weight}{bias})"))
    act = d.pick(*ACTIVATIONS)
    if widths[0] == widths[1] and not any("1:]" in line for line in d.flow) and d.chance(0.5):
        z = d.let("z", d.pick(f"{act}({values[0]}) * {values[1]}", f"{values[0]} * {act}({values[1]})", f"{act}({values[0]} * {values[1]})", f"{act}({values[0]}) + {values[1]}"))
        values = [f"linear({z}, {d.weight(i, o if widths[0] == o else 2 * o)})", *values[2:], *d.pick([], values[:1])]
    d.result(*values)


def norms(d):
    width, o = d.pick(8, 16, 33), d.pick(5, 16)
    x, y = d.input("x", "n", "t", width), d.input("y", *d.pick(("n", "t", width), ("t", width), (width,)))
    source = d.let("source", d.pick(x, f"{x} + {y}", f"{x} + {y}", f"{x} * {y}", f"{x} + linear({x}, {d.weight(width, width)})", f"{x} + {x}") + d.pick("", " * 1.0"))
    w, b, axis = d.weight(width), d.weight(width), d.pick(-1, -1, -1, 1)
    centred = f"({source} - mean({source}, axis={axis}, keep=true))"
    square = f"mean({centred} ** 2, axis={axis}, keep=true)"
    norm = d.let("norm", d.pick(
        f"layer_norm({source}, {w}, {b}, eps=1e-5)", f"layer_norm({source}, {w}, {b}, eps=1e-5)", f"rms_norm({source}, {w}, eps=1e-5)",
        f"{centred} / sqrt({square} + 1e-5) * {w} + {b}", f"{centred} * ({square} + 1e-5) ** -0.5 * {w} + {b}", f"{centred} / (sqrt({square}) + 1e-5) * {w} + {b}",
        f"{centred} / sqrt(sum({centred} ** 2, axis={axis}, keep=true) + 1e-5) * {w}", f"{source} / sqrt(mean({source} ** 2, axis={axis}, keep=true) + 1e-5) * {w}",
        f"l2_normalize({source}, eps=1e-6) * {w}", f"layer_norm({source}, eps=1e-3)",
    ))  # fmt: skip
    z = d.let("z", d.pick(f"linear({norm}, {d.weight(o, width)}, {d.weight(o)})", f"linear({norm}, {d.weight(o, width)})", f"linear({norm}, {d.weight(o, width)}) * 2.0", f"{norm} @ {d.weight(width, o)}"))
    d.sometimes_used_again(source, source, norm, norm)
    d.result(d.pick(z, f"gelu({z})"))


def normalised(d, x):
    return d.pick(x, x, f"l2_normalize({x})", f"l2_normalize({x}, eps=1e-6)", f"{x} / sqrt(sum({x} ** 2, axis=-1, keep=true))", f"{x} / sqrt(sum({x} ** 2, axis=0, keep=true))", f"{x} * 0.5")


def contrastive(d):
    width = d.pick(4, 16, 33)
    a = d.let("a", normalised(d, d.input("x", "t", width)) + " * 1.0")
    b = d.let("b", normalised(d, d.input("y", "t", width)) + " * 1.0")
    temperature = d.weight(1)
    scale = d.pick(f"exp({temperature})", f"exp({temperature})", "10.0", "-3.0", "150.0", temperature, f"(1.0 / (abs({temperature}) + 0.1))")
    product = d.pick(f"{a} @ {b}.T * {scale}", f"{scale} * {a} @ {b}.T", f"({a} * {scale}) @ {b}.T", f"{a} @ {b}.T / (abs({temperature}) + 0.2)", f"{a} @ {b}.T * {scale} + {d.weight(1)}", f"{a} @ ({a} + {b}).T * {scale}", f"{a} @ {b}.T")
    logits = d.let("logits", product)
    n = f"{a}.shape[0]"
    labels = d.input("labels", "t", high="t")
    rows = d.pick(f"arange({n})", f"arange({n})", f"arange({n})", f"(arange({n}) + 1) % 3 * 0", labels, f"{n} - 1 - arange({n})")
    columns = d.pick(rows, rows, f"arange({n})", labels)
    first = d.pick(f"cross_entropy({logits}, {rows})", f"cross_entropy({logits}, {rows})", f"cross_entropy({logits}, {rows}, smoothing=0.1)", f"-mean(log_softmax({logits})[arange({n}), {rows}], axis=0)", f"mean(log(sum(exp(clip({logits}, -60.0, 60.0)), axis=1)) - {logits}[arange({n}), {rows}], axis=0)")
    second = d.pick(f"cross_entropy({logits}.T, {columns})", f"cross_entropy({logits}.T, {columns})", f"cross_entropy({logits}, {columns})", f"cross_entropy(({b} @ {a}.T) * {scale}, {columns})")
    loss = d.pick(
        f"contrastive_loss({logits})", f"({first} + {second}) / 2", f"({first} + {second}) / 2", f"({first} + {second}) * 0.5", f"{first} + {second}", f"{first} * 0.3 + {second} * 0.7",
        f"({first} - {second}) / 2", first, second, f"sigmoid_loss({logits})", f"sigmoid_loss(-{logits})", f"sigmoid_loss({logits} - 2.0)",
    )  # fmt: skip
    d.sometimes_used_again(logits)
    d.result(loss)


def sigmoid_pairs(d):
    width = d.pick(4, 16, 33)
    x, y = d.input("x", "t", width), d.input("y", "t", width)
    logits = d.let("logits", f"{normalised(d, x)} @ l2_normalize({y}, eps=1e-6).T * exp({d.weight(1)}) {d.pick('+', '-')} {d.pick(d.weight(1), '2.0')}")
    n = f"{x}.shape[0]"
    sign = d.let("sign", d.pick(
        f"where(arange({n})[:, none] == arange({n}), 1, -1)", f"where(arange({n})[:, none] == arange({n}), -1, 1)", f"where(arange({n})[:, none] == arange({n}) + 1, 1, -1)",
        f"where(arange({n})[:, none] <= arange({n}), 1, -1)", f"where(arange({n})[:, none] == arange({n}), 1.0, -0.5)", f"where(arange({n}) == arange({n})[:, none], 2, 0) - 1",
    ))  # fmt: skip
    terms = d.let("terms", d.pick(f"log_sigmoid({sign} * {logits})", f"log_sigmoid({sign} * {logits})", f"log_sigmoid(-{sign} * {logits})", f"-softplus(-{sign} * {logits})", f"log(sigmoid({sign} * {logits}) + 1e-3)"))
    d.sometimes_used_again(logits, terms)
    d.result(d.pick(f"-sum({terms}, axis=[0, 1]) / {n}", f"-mean({terms}, axis=[0, 1])", f"-mean(sum({terms}, axis=1), axis=0)", f"-mean(sum({terms}, axis=0), axis=0)", f"-sum({terms}, axis=0)", f"-sum({terms}, axis=[0, 1])"))


def language_head(d):
    width, vocabulary = d.pick(8, 16), d.pick(7, 33, 100)
    x = d.input("x", "n", "t", width)
    labels = d.input("labels", "n", "t", high=vocabulary)
    w = d.weight(vocabulary, width)
    source = d.pick(x, f"rms_norm({x}, {d.weight(width)}, eps=1e-5)")
    logits = d.let("logits", d.pick(f"linear({source}, {w})", f"linear({source}, {w}, {d.weight(vocabulary)})", f"{source} @ {w}.T", f"{source} @ {w}.T * 0.5", f"tanh(linear({source}, {w})) * 5.0"))
    more = d.pick("", "", ", ignore=0", ", smoothing=0.1", ", ignore=3, smoothing=0.2")
    d.sometimes_used_again(logits)
    d.result(d.pick(
        f"cross_entropy({logits}, {labels}{more})", f"cross_entropy(rearrange({logits}, n t v -> (n t) v), rearrange({labels}, n t -> (n t)){more})",
        f"cross_entropy(rearrange({logits}, n t v -> (t n) v), rearrange({labels}, n t -> (n t)){more})", f"cross_entropy({logits}[:, 0], {labels}[:, -1]{more})",
        f"cross_entropy({logits}, {labels} * 0{more if 'ignore=0' not in more else ''})", f"cross_entropy(softmax({logits}), {labels}{more})", f"cross_entropy({logits}[:1], {labels}[:1]{more})",
    ))  # fmt: skip


KINDS = (attention, attention, attention, epilogue, epilogue, shared_reader, norms, contrastive, sigmoid_pairs, language_head)
