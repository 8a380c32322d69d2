"""Makes the files beside it with PyTorch: python3 make.py"""

import collections
import os
import pathlib

import torch

folder = pathlib.Path(__file__).parent
grid = torch.arange(24, dtype=torch.float32).reshape(4, 6)


class Program:
    """A pickle that would run a command."""

    def __reduce__(self):
        return os.system, ("touch was-run",)


tensors = collections.OrderedDict({
    "module.weight": grid,
    "module.turned": grid.t(),
    "module.part": grid[1:3, 2:5],
    "module.half": torch.tensor([1.5, -2.0], dtype=torch.float16),
    "module.brain": torch.nn.Parameter(torch.tensor([[1.0], [3.0]], dtype=torch.bfloat16)),
    "module.double": torch.tensor(0.1, dtype=torch.float64),
    "module.ids": torch.arange(5),
    "module.none": torch.zeros(0, 3),
    "module.truth": torch.tensor([True, False]),
})
torch.save({"epoch": 3, "state_dict": tensors}, folder / "tensors.pt")
torch.save({"bias": grid[0, :4].clone()}, folder / "bias.pt")
torch.save({"weight": grid, "note": "text"}, folder / "text.pt")
torch.save({"weight": grid, "program": Program()}, folder / "program.pt")
torch.save(tensors, folder / "old.pt", _use_new_zipfile_serialization=False)
torch.jit.script(torch.nn.Linear(2, 2)).save(folder / "script.pt")
