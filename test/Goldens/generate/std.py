"""What PyTorch makes of the modules of bridges-dsl/std and of the primitives that no published model uses: ../std/<case>.

    python std.py               write model.safetensors, inputs.safetensors and outputs.safetensors of every case

Weights and inputs are f32; PyTorch computes in float64. The specs stand beside the data, as ../std/<case>.bridge.
"""

import functools
import pathlib

import torch
import torch.nn.functional as F
from safetensors.torch import save_file

from common import Random

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "std"


def heads(x, count):
    return x.unflatten(-1, (count, -1)).transpose(-2, -3)


def attention(random):
    """CrossAttention is scaled_dot_product_attention between four linear layers, MultiheadAttention is torch.nn's."""
    batch, texts, places, width, seen_width = 2, 3, 5, 12, 10
    weights = {
        "cross.q_proj.weight": random.normal(12, width),
        "cross.k_proj.weight": random.normal(6, seen_width),
        "cross.v_proj.weight": random.normal(6, seen_width),
        "cross.out_proj.weight": random.normal(width, 12),
        "cross.out_proj.bias": random.normal(width),
        "packed.in_proj_weight": random.normal(3 * width, width) / 2,
        "packed.in_proj_bias": random.normal(3 * width),
        "packed.out_proj.weight": random.normal(width, width),
        "packed.out_proj.bias": random.normal(width),
        "bare.in_proj_weight": random.normal(3 * width, width) / 2,
        "bare.out_proj.weight": random.normal(width, width),
    }
    inputs = {
        "x": random.normal(batch, texts, width),
        "seen": random.normal(batch, places, seen_width),
        "valid": torch.tensor([[1, 1, 1, 1, 0], [1, 0, 1, 0, 0]]),
        "score_bias": random.normal(4, texts, places),
    }

    def evaluate(w, x, seen, valid, score_bias):
        def cross(mask=None):
            q, k, v = (F.linear(a, w[f"cross.{n}_proj.weight"]) for n, a in [("q", x), ("k", seen), ("v", seen)])
            y = F.scaled_dot_product_attention(heads(q, 4), heads(k, 2), heads(v, 2), attn_mask=mask, enable_gqa=True)
            return F.linear(y.transpose(1, 2).flatten(2), w["cross.out_proj.weight"], w["cross.out_proj.bias"])

        def multihead(name, bias):
            module = torch.nn.MultiheadAttention(width, 4, bias=bias, batch_first=True).double()
            module.load_state_dict({k.removeprefix(name + "."): v for k, v in w.items() if k.startswith(name + ".")})
            return module

        hidden = torch.zeros(batch, 1, 1, places).double().masked_fill(valid[:, None, None] == 0, float("-inf"))
        later = torch.ones(texts, texts, dtype=torch.bool).triu(1)
        packed = multihead("packed", True)
        return {
            "cross/plain": cross(),
            "cross/masked": cross(hidden),
            "cross/biased": cross(hidden + score_bias),
            "packed/self": packed(x, x, x, attn_mask=later)[0],
            "packed/other": packed(x, x * x, x.tanh())[0],
            "packed/bare": multihead("bare", False)(x, x, x)[0],
        }

    return weights, inputs, {"outputs": evaluate}


def pooling(random):
    """avg_pool2d of the grid, and means over the tokens that are there."""
    inputs = {
        "grid": random.normal(2, 36, 5),
        "row": random.normal(3, 4, 5),
        "valid": torch.tensor([[1, 1, 1, 1], [0, 1, 1, 0], [1, 0, 0, 0]]),
    }

    def evaluate(w, grid, row, valid):
        square = grid.transpose(1, 2).unflatten(2, (6, 6))
        pooled = {side: F.avg_pool2d(square, 6 // side).flatten(2).transpose(1, 2) for side in (2, 3, 6)}
        return {
            "average/halves": pooled[3],
            "average/thirds": pooled[2],
            "average/same": pooled[6],
            "mean/mean": torch.stack([r[v == 1].mean(0) for r, v in zip(row, valid)]),
        }

    return {}, inputs, {"outputs": evaluate}


def interpolation(random):
    """torch.nn.functional.interpolate, without and with a class token's position."""
    weights = {"grid": random.normal(4, 6, 3), "positions": random.normal(26, 3)}
    inputs = {"shift": random.normal(2, 3)}

    def evaluate(w, shift):
        def interpolate(table, size, mode):
            return F.interpolate(table.permute(2, 0, 1)[None], size, mode=mode, align_corners=False)[0].permute(1, 2, 0)

        kept, table = w["positions"][:1], w["positions"][1:].unflatten(0, (5, 5))
        return {
            f"{entry}/{name}": interpolate(w["grid"], size, mode) + shift[0]
            for entry, mode in [("linear", "bilinear"), ("cubic", "bicubic")]
            for name, size in [("larger", (7, 9)), ("smaller", (3, 2))]
        } | {
            "table/cubic": torch.cat([kept, interpolate(table, (7, 3), "bicubic").flatten(0, 1)]) + shift[0],
            "table/linear": interpolate(table, (8, 8), "bilinear").flatten(0, 1) + shift[0],
        }

    return weights, inputs, {"outputs": evaluate}


def primitives(random):
    """Every primitive that no published model here uses, and the arguments that they leave alone."""
    weights = {"kernel": random.normal(8, 2, 3, 3), "shift": random.normal(8)}
    inputs = {
        "picture": random.normal(2, 4, 7, 5),
        "x": random.normal(2, 3, 6),
        "logits": random.normal(2, 3, 5),
        "labels": torch.tensor([[3, -1, 4], [0, 2, -1]]),
        "valid": torch.tensor([[1, 0, 1], [1, 1, 0]]),
    }

    def evaluate(w, picture, x, logits, labels, valid):
        rows, targets = logits.flatten(0, 1), labels.flatten()
        seen = (valid[:, :, None] != 0) & (valid[:, None] != 0)
        blind = ~seen.any(-1, keepdim=True)
        scores = (x @ x.mT).masked_fill(~seen, float("-inf"))
        shares = scores.masked_fill(blind, 0).softmax(-1)
        angles = torch.arange(3)[:, None] * (0.5 + torch.arange(3).double())
        first, second = x.chunk(2, -1)
        loss = lambda **options: F.cross_entropy(rows, options.pop("of", targets.abs()), **options)
        return {
            "convolve/padded": F.conv2d(picture, w["kernel"], w["shift"], padding=1, groups=2),
            "convolve/strided": F.conv2d(picture, w["kernel"], stride=2, padding=2, groups=2),
            "reduce/sum": x.sum(-1, keepdim=True),
            "reduce/mean": x.mean(1, keepdim=True),
            "reduce/both": x.sum((0, 2), keepdim=True),
            "reduce/max": x.amax(-1),
            "reduce/max_keep": x.amax(1, keepdim=True),
            "reduce/min": x.amin(1),
            "reduce/min_keep": x.amin(-1, keepdim=True),
            "reduce/argmax": x.argmax(1),
            "reduce/argmin": x.argmin(-1),
            "reduce/argmin_keep": x.argmin(-1, keepdim=True),
            "reduce/any": (x > 1).any(-1).double(),
            "reduce/any_keep": (x > 1).any(1, keepdim=True).double(),
            "reduce/cumsum": x.cumsum(1),
            "reduce/counts": (x > 0).cumsum(-1),
            "elementwise/sin": x.sin(),
            "elementwise/cos": x.cos(),
            "elementwise/abs": x.abs(),
            "elementwise/softplus": F.softplus(20 * x, threshold=1000),
            "elementwise/sigmoid": x.sigmoid(),
            "elementwise/log_sigmoid": F.logsigmoid(20 * x),
            "elementwise/exp": x.exp(),
            "elementwise/log": (x * x + 1).log(),
            "elementwise/sqrt": (x * x).sqrt(),
            "elementwise/relu": x.relu(),
            "elementwise/silu": F.silu(x),
            "elementwise/tanh": x.tanh(),
            "elementwise/gelu": F.gelu(x),
            "elementwise/gelu_tanh": F.gelu(x, approximate="tanh"),
            "elementwise/quick_gelu": x * (1.702 * x).sigmoid(),
            "elementwise/clip": x.clamp(-0.5, 0.75),
            "elementwise/power": x.abs() ** 1.5,
            "elementwise/power_of": 2**x,
            "elementwise/negative": -x,
            "elementwise/divided": 1 / (x * x + 1),
            "elementwise/floor": labels // 3,
            "elementwise/rest": labels % 3,
            "elementwise/chosen": torch.where((x < 0) | ~(x < 1), x, 0),
            "integers/mean": labels.double().mean(1),
            "integers/sum": labels.sum(0, keepdim=True),
            "integers/max": labels.amax(1),
            "integers/min": labels.amin(-1, keepdim=True),
            "integers/argmax": labels.argmax(1),
            "integers/exp": labels.double().exp(),
            "integers/half": labels.double() / 2,
            "integers/square": labels**2,
            "integers/abs": labels.abs(),
            "integers/clip": labels.clamp(0, 2),
            "integers/true_max": (x > 0).any(0).long(),
            "integers/true_sum": (x > 0).sum(1),
            "integers/cumsum": labels.cumsum(0),
            "integers/mixed": labels[:, :, None] * x,
            "integers/dims": 3 * labels + 2,
            "integers/concat": torch.cat([labels, torch.arange(3).expand(2, 3)]),
            "normalise/layer": F.layer_norm(x, (6,)),
            "normalise/layer_eps": F.layer_norm(x, (6,), eps=0.1),
            "normalise/rms": F.rms_norm(x, (6,), eps=1e-6),
            "normalise/rms_eps": F.rms_norm(x, (6,), eps=0.1),
            "normalise/unit": F.normalize(x, dim=-1),
            "normalise/unit_eps": F.normalize(x, dim=-1, eps=2.5),
            "normalise/softmax": x.softmax(-1),
            "normalise/log_softmax": (30 * x).log_softmax(-1),
            "normalise/zero": shares.masked_fill(blind, 0),
            "normalise/uniform": shares,
            "place/axis": x[:, None] * x[:, :, None],
            "place/before": F.pad(x, (0, 0, 2, 0)),
            "place/after": F.pad(x, (0, 1)),
            "place/around": F.pad(x, (1, 2)),
            "place/stack": torch.stack([x, 2 * x], 1),
            "place/stack_last": torch.stack([x, -x], -1),
            "place/concat": torch.cat([x, x[:, :1]], 1),
            "place/repeat": x.repeat(2, 1, 1),
            "place/picked": x[torch.arange(2), labels[:, 0] % 2],
            "place/turned": x.mT,
            "place/backwards": x[:, -2:, 1:-1],
            "place/rotated": torch.cat(
                [first * angles.cos() - second * angles.sin(), second * angles.cos() + first * angles.sin()], -1
            ),
            "loss/plain": loss(),
            "loss/ignore": loss(of=targets, ignore_index=-1),
            "loss/smooth": loss(label_smoothing=0.1),
            "loss/both": loss(of=targets, ignore_index=-1, label_smoothing=0.1),
        }

    return weights, inputs, {"outputs": evaluate}


def places(random):
    """Indices, static lists, and numbers where tensors could be."""
    weights = {"table": random.normal(7, 8)}
    inputs = {"x": random.normal(2, 5, 8), "ids": torch.tensor([[3, 0, 6, 2, 5], [1, 4, 4, 0, 6]])}

    def evaluate(w, x, ids):
        table = w["table"]
        left, right = x.chunk(2, -1)
        return {
            "run/ones": torch.full((2, 3), 0.5),
            "run/taken": F.embedding(ids, table),
            "run/back": x[-1, -1],
            "run/mid": x[:, -1, :-3],
            "run/lr": left - right,
            "run/spread": x[:, :, None, :2] + 0 * x[:, None, :, :2],
            "run/sum": x[..., 0] + 2 * x[..., 1] + 5 * x[..., 2],
            "run/last": x[..., -1],
            "run/n": 0 * ids + 5,
            "run/half": 2 * ids,
            "run/t": table[ids],
            "run/w": torch.where(ids > 2, 1, 0.5),
            "run/at": 2 * x,
            "run/m": x[torch.arange(2), ids[:, 0] % 2],
            "run/pair": table[ids, ids % 8],
            "run/eye": torch.eye(5),
        }

    return weights, inputs, {"outputs": evaluate}


def towers(random):
    """Three towers of a config's list, stored as tower_N. `overridden`: with -D scale=2.5 -D tied=true, which leaves out the head."""
    weights = {
        "tower_0.fc.weight": random.normal(4, 3),
        "tower_0.fc.bias": random.normal(4),
        "tower_0.gate": random.normal(1),
        "tower_0.positions": torch.arange(5),
        "tower_1.fc.0.weight": random.normal(6, 3),
        "tower_1.fc.2.weight": random.normal(3, 6),
        "tower_1.fc.2.bias": random.normal(3),
        "tower_2.fc.weight": random.normal(2, 3),
        "tower_2.fc.bias": random.normal(2),
        "tower_2.gate": random.normal(1),
        "head.weight": random.normal(2, 9),
    }

    def evaluate(w, x, scale=1, tied=False):
        linear = lambda name, x: F.linear(x, w[f"{name}.weight"], w.get(f"{name}.bias"))
        wide = linear("tower_1.fc.2", linear("tower_1.fc.0", x).relu())
        seen = torch.cat([linear("tower_0.fc", x) * w["tower_0.gate"], wide, linear("tower_2.fc", x)], -1)
        read = seen[:, :2] if tied else linear("head", seen)
        return {"run/features": seen * scale, "run/doubled": 2 * seen, "run/read": read}

    files = {"outputs": evaluate, "overridden": functools.partial(evaluate, scale=2.5, tied=True)}
    return weights, {"x": random.normal(3, 3)}, files


def main():
    for seed, case in enumerate([attention, pooling, interpolation, primitives, places, towers]):
        weights, inputs, evaluations = case(Random(seed))
        double = lambda tensors: {k: v.double() if v.is_floating_point() else v for k, v in tensors.items()}
        with torch.no_grad():
            outputs = {name: evaluate(double(weights), **double(inputs)) for name, evaluate in evaluations.items()}
        folder = FOLDER / case.__name__
        folder.mkdir(parents=True, exist_ok=True)
        for name, tensors in ({"model": weights, "inputs": inputs} | outputs).items():
            if tensors:
                save_file({k: v.contiguous() for k, v in tensors.items()}, folder / f"{name}.safetensors")


if __name__ == "__main__":
    main()
