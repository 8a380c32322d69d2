"""The peers of a benchmark: each function makes a work ready on some threads and returns a call that computes its first result.

A peer whose package is missing, or that cannot take a work or its precision, raises an exception; the report says so.
"""

import copy
import pathlib


def _tensors(work):
    import torch
    return {name: torch.from_numpy(value) for name, value in work.inputs.items()}


def _module(work):
    """The work's module in its precision."""
    import torch
    return work.module if work.precision == "f32" else copy.deepcopy(work.module).to(torch.bfloat16)


def _torch_call(module, work):
    import torch
    precision = torch.bfloat16 if work.precision == "bf16" else torch.float32
    inputs = {name: value.to(precision) if value.is_floating_point() else value for name, value in _tensors(work).items()}

    def run():
        with torch.inference_mode():
            return module(**inputs).float().numpy()
    return run


def _onnx_file(work, folder):
    """The module as ONNX, exported once for all peers that read it."""
    import torch
    path = pathlib.Path(folder, "work.onnx")
    if not path.exists():
        torch.onnx.export(work.module, (), path, kwargs=_tensors(work), input_names=list(work.inputs), dynamo=True)
    return path


def pytorch(work, folder, threads):
    return _torch_call(_module(work), work)


def torch_compile(work, folder, threads):
    import torch
    run = _torch_call(torch.compile(_module(work)), work)
    run()
    return run


def onnxruntime(work, folder, threads):
    import onnxruntime
    if work.precision != "f32":
        raise ValueError("its kernels for the processor compute in f32")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(str(_onnx_file(work, folder)), options, providers=["CPUExecutionProvider"])
    inputs = {each.name: work.inputs[each.name] for each in session.get_inputs()}
    return lambda: session.run(None, inputs)[0]


def openvino(work, folder, threads):
    import openvino
    core = openvino.Core()
    model = core.compile_model(_onnx_file(work, folder), "CPU", {"INFERENCE_NUM_THREADS": threads, "INFERENCE_PRECISION_HINT": work.precision})
    inputs = [work.inputs[each.any_name] for each in model.inputs]
    return lambda: model(inputs)[0]


PEERS = {"pytorch": pytorch, "torch.compile": torch_compile, "onnxruntime": onnxruntime, "openvino": openvino}
