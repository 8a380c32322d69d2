"""The works of a suite: a spec or checkpoint folder for us, a PyTorch module with the same weights for the peers, and inputs."""

import dataclasses
import pathlib
import typing

import numpy as np
import torch
from safetensors.torch import save_file

import modules

ROOT = pathlib.Path(__file__).resolve().parents[2]


@dataclasses.dataclass
class Work:
    """`model` is what bridgec compiles with `options`; `weights` is a .safetensors file, a folder or None.

    The parameters of `module` are f32 and, with the precision bf16, rounded to it.
    """

    model: pathlib.Path
    module: torch.nn.Module
    inputs: dict
    weights: typing.Optional[pathlib.Path] = None
    options: list = dataclasses.field(default_factory=list)
    precision: str = "f32"


def normal(*shape):
    return np.random.default_rng(0).standard_normal(shape, dtype=np.float32)


def rounded(module, work):
    """The module with parameters that its precision can hold."""
    if work["precision"] == "bf16":
        with torch.no_grad():
            for parameter in module.parameters():
                parameter.copy_(parameter.to(torch.bfloat16))
    return module.eval()


class Call(torch.nn.Module):
    """A model with what is computed of it; its inputs are named."""

    def __init__(self, model, function):
        super().__init__()
        self.model, self.function = model, function

    def forward(self, **inputs):
        return self.function(self.model, **inputs)


def clip(work, folder):
    """A CLIP whose other tower is small."""
    from transformers import CLIPConfig, CLIPModel
    small = {"hidden_size": 64, "num_hidden_layers": 1, "num_attention_heads": 1, "intermediate_size": 64}
    text = work.get("text", small | {"vocab_size": 100, "max_position_embeddings": 8, "eos_token_id": 2})
    vision = work.get("vision", small | {"image_size": 32, "patch_size": 16})
    torch.manual_seed(0)
    model = rounded(CLIPModel(CLIPConfig(vision_config=vision, text_config=text, projection_dim=work["projection"])), work)
    model.save_pretrained(folder)

    def image(model, pixel_values):
        return torch.nn.functional.normalize(model.visual_projection(model.vision_model(pixel_values)[1]), dim=-1)

    def caption(model, input_ids, attention_mask):
        pooled = model.text_model(input_ids, attention_mask)[1]
        return torch.nn.functional.normalize(model.text_projection(pooled), dim=-1)

    if work["entry"] == "encode_image":
        size = vision["image_size"]
        return Work(folder, Call(model, image), {"pixel_values": normal(work["batch"], 3, size, size)}, folder)
    shape = work["batch"], text["max_position_embeddings"]
    ids = np.random.default_rng(0).integers(0, text["vocab_size"], shape)
    return Work(folder, Call(model, caption), {"input_ids": ids, "attention_mask": np.ones(shape, np.int64)}, folder)


def llava(work, folder):
    """One picture and some words through a LLaVA."""
    from transformers import LlavaConfig, LlavaForConditionalGeneration
    torch.manual_seed(0)
    model = rounded(LlavaForConditionalGeneration(LlavaConfig(
        vision_config=work["vision"] | {"model_type": "clip_vision_model"}, text_config=work["text"] | {"model_type": "llama"},
        image_token_index=work["text"]["vocab_size"] - 1, image_seq_length=work["image_tokens"], tie_word_embeddings=False)), work)
    model.save_pretrained(folder)
    size, words = work["vision"]["image_size"], work["words"]
    ids = np.random.default_rng(0).integers(0, work["text"]["vocab_size"] - 1, (1, work["image_tokens"] + words))
    ids[:, 1:work["image_tokens"] + 1] = work["text"]["vocab_size"] - 1
    inputs = {"pixel_values": normal(1, 3, size, size), "input_ids": ids, "attention_mask": np.ones(ids.shape, np.int64)}
    return Work(folder, Call(model, lambda model, **inputs: model(**inputs, use_cache=False).logits), inputs, folder)


def block(work, folder):
    """A class of modules.py beside the spec of its name, with the same parameters."""
    torch.manual_seed(0)
    module = rounded(getattr(modules, work["module"])(**work["parameters"]), work)
    prefix = f"{work['part']}." if "part" in work else ""
    weights = {prefix + name: value.contiguous() for name, value in module.state_dict().items()}
    path = pathlib.Path(folder, "weights.safetensors") if weights else None
    if weights:
        save_file(weights, path)
    inputs = {name: normal(*shape) for name, shape in work["inputs"].items()}
    inputs |= {name: np.ones(shape, np.int32) for name, shape in work.get("ones", {}).items()}
    options = [text for name, value in work["parameters"].items() for text in ("-D", f"{name}={value}")]
    return Work(ROOT / work["spec"], module, inputs, path, options)


KINDS = {"clip": clip, "llava": llava, "block": block}


def make(work, precision, folder):
    made = KINDS[work["kind"]](work | {"precision": precision}, pathlib.Path(folder))
    made.precision = precision
    return made


def reference(work):
    """What PyTorch computes in f32."""
    with torch.inference_mode():
        return work.module(**{name: torch.from_numpy(value) for name, value in work.inputs.items()}).numpy()
