"""The modules and functions of std that fuzz.py combines with its operations."""

from fuzz_specs import Dim

ACTIVATIONS = ("gelu", "gelu_tanh", "quick_gelu", "silu", "relu")
IMAGE = (3, 8, 8)


class Draw:
    """Sizes that fit each other, and the inputs that std's modules take."""

    def __init__(self, g):
        self.g = g
        self.heads = g.random.choice([1, 2, 4])
        self.head = g.random.choice([2, 4, 6, 8])
        self.width = self.heads * self.head
        self.wide = g.random.choice([5, 13, 16, 24])
        self.act = g.random.choice(ACTIVATIONS)
        self.depth = g.random.randint(1, 2)
        self.b, self.t, self.s = g.random.choice(g.symbols), g.dim(), g.dim()

    def tensor(self, *shape):
        return self.g.like(tuple(map(Dim.of, shape)))

    def tokens(self, width=None):
        return self.tensor(self.b, self.t, width or self.width)

    def ids(self, high=9):
        return self.g.integers((self.b, self.t), high)

    def part(self, text, operands, shape, recipe, size=8.0):
        part, declaration = self.g.part(recipe)
        return self.g.make(text.replace("PART", part), operands, shape, parts=[declaration], size=size)


def layers(d):
    g, x = d.g, d.tokens()
    same, wide = (d.b, d.t, d.width), (d.b, d.t, d.wide)
    mask = g.random.choice(["none", "causal"])
    angles = f"Rope({g.random.choice(['', 'theta=500.0', 'type=' + chr(34) + 'llama3' + chr(34) + ', factor=4.0', 'type=' + chr(34) + 'linear' + chr(34) + ', factor=2.0'])}).angles(arange({{0}}.shape[1]), {d.head})"
    kv = g.random.choice([k for k in (1, 2, 4) if d.heads % k == 0])
    choices = [
        ("PART({0})", f"RmsNorm({d.width})", same),
        ("PART({0})", f"MlpProjector({d.width}, {d.wide}, {d.act})", wide),
        ("PART({0})", f"GatedMlp({d.width}, {d.wide}, {d.act})", same),
        ("PART({0})", f"feed_forward({d.width})", same),
        (f"PART({{0}}, {mask})", f"Attention({d.width}, {d.heads})", same),
        ("PART({0}, {0}, {0})", f"MultiheadAttention({d.width}, {d.heads})", same),
        (f"PART({{0}}, {mask})", f"OptLayer({d.width}, {d.heads}, {d.wide}, {d.act})", same),
        (f"PART({{0}}, {angles}, causal)", f"LlamaAttention({d.width}, {d.heads}, {kv})", same),
        (f"PART({{0}}, {angles}, causal)", f"LlamaLayer({d.width}, {d.heads}, {d.wide}, {d.act}, 1e-5, {kv})", same),
        ("PART({0})", f"PoolingHead({d.width}, {d.heads}, {d.wide}, {d.act}, 1e-5)", (d.b, d.width)),
    ]
    text, recipe, shape = g.random.choice(choices)
    return d.part(text, [x], shape, recipe)


def two_sequences(d):
    g, x = d.g, d.tokens()
    seen = d.tensor(d.b, d.s, d.wide)
    kv = g.random.choice([k for k in (1, 2, 4) if d.heads % k == 0])
    if g.random.random() < 0.5:
        return d.part("PART({0}, {1})", [x, seen], x.shape, f"CrossAttention({d.width}, {d.wide}, {d.heads}, {kv})")
    latents = d.tensor(d.b, 3, d.width)
    return d.part("PART({0}, {1})", [x, latents], latents.shape, f"PerceiverAttention({d.width}, {d.heads}, {d.head})")


def flamingo(d):
    media = d.tensor(d.b, 2, d.s, d.width)
    if d.g.random.random() < 0.5:
        recipe = f"PerceiverResampler({d.width}, {d.wide}, {d.depth}, {d.heads}, {d.head})"
        return d.part("PART({0})", [media], (d.b, 2, d.wide, d.width), recipe)
    x, time = d.tokens(d.wide), d.ids(3)
    recipe = f"GatedCrossAttention({d.wide}, {d.width}, {d.heads}, {d.head}, {d.g.random.choice(['true', 'false'])})"
    return d.part("PART({0}, {1}, {2})", [x, media, time], x.shape, recipe)


def towers(d):
    pixels = d.tensor(d.b, *IMAGE)
    sizes = f"width={d.width}, depth={d.depth}, heads={d.heads}, mlp_width={d.wide}"
    vision = d.g.random.choice(["ClipVision", "SiglipVision", "PatchEmbedding"])
    if vision == "PatchEmbedding":
        return d.part("PART({0})", [pixels], (d.b, 4, d.width), f"PatchEmbedding({d.width}, 4)")
    return d.part("PART.pooled({0})", [pixels], (d.b, d.width), f"{vision}(image_size=8, patch_size=4, {sizes})")


def texts(d):
    sizes = f"vocab=9, context=320, width={d.width}, depth={d.depth}, heads={d.heads}, mlp_width={d.wide}"
    kind, ids, valid = d.g.random.choice(["ClipText", "SiglipText", "Llama", "Opt", "Embedding"]), d.ids(), d.ids(2)
    if kind == "Embedding":
        return d.part("PART({0})", [ids], (d.b, d.t, d.width), f"Embedding(9, {d.width})")
    if kind == "ClipText":
        return d.part("PART.pooled({0}, causal)", [ids], (d.b, d.width), f"ClipText({sizes}, eos_token=2)")
    if kind == "SiglipText":
        return d.part("PART.pooled({0})", [ids], (d.b, d.width), f"SiglipText({sizes})")
    return d.part("PART.logits(PART.embed({0}), {1})", [ids, valid], (d.b, d.t, 9), f"{kind}({sizes}, tied={d.g.random.choice(['true', 'false'])})")


def losses(d):
    a, b = d.tensor(d.b, d.width), d.tensor(d.b, d.width)
    scale = d.g.random.choice(["0.5", "20.0", "-1.5"])
    left = d.g.random.choice(["{0}", "l2_normalize({0}, eps=1e-6)"])
    return d.g.make(f"{d.g.random.choice(['contrastive_loss', 'sigmoid_loss'])}({left} @ {{1}}.T * {scale})", [a, b], (), size=20.0)


def pooling(d):
    if d.g.random.random() < 0.5:
        x = d.tensor(d.b, 16, d.width)
        side = d.g.random.choice([1, 2, 4])
        return d.g.make(f"average_pool({{0}}, 4, {side})", [x], (d.b, side * side, d.width))
    return d.g.make("mean_pool({0}, {1} + 1)", [d.tokens(), d.ids(2)], (d.b, d.width))


def interpolation(d):
    rows, columns, method = d.g.random.choice([2, 5, 7]), d.g.random.choice([3, 4, 8]), d.g.random.choice(["bilinear", "bicubic"])
    if d.g.random.random() < 0.5:
        x = d.tensor(3, 5, d.width)
        return d.g.make(f"interpolate({{0}}, {rows}, {columns}, {method})", [x], (rows, columns, d.width))
    x = d.tensor(10, d.width)
    return d.g.make(f"interpolate_positions({{0}}, {rows}, {columns}, {method}, kept=1)", [x], (rows * columns + 1, d.width))


def heads(d):
    x = d.tokens()
    if d.g.random.random() < 0.5:
        return d.g.make(f"merge_heads(softmax(split_heads({{0}}, {d.heads})))", [x], x.shape, size=1.0)
    split = f"split_heads({{0}}, {d.heads})"
    return d.g.make(f"merge_heads(attend({split}, {split}, {split}, causal))", [x], x.shape)


KINDS = (layers, layers, two_sequences, flamingo, towers, texts, losses, pooling, interpolation, heads)


def library(g):
    return g.random.choice(KINDS)(Draw(g))
