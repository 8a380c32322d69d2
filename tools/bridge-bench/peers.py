"""The peers of a benchmark: each function makes a work ready on some threads and returns a call that computes its first result.

A peer whose package is missing, or that cannot take a work, raises an exception; the report says so.
"""

import pathlib


def _tensors(work):
    import torch
    return {name: torch.from_numpy(value) for name, value in work.inputs.items()}


def _torch_call(module, work):
    import torch
    inputs = _tensors(work)

    def run():
        with torch.inference_mode():
            return module(**inputs).numpy()
    return run


def _onnx_file(work, folder):
    """The module as ONNX, exported once for all peers that read it."""
    import torch
    path = pathlib.Path(folder, "work.onnx")
    if not path.exists():
        torch.onnx.export(work.module, (), path, kwargs=_tensors(work), input_names=list(work.inputs), dynamo=True)
    return path


def pytorch(work, folder, threads):
    return _torch_call(work.module, work)


def torch_compile(work, folder, threads):
    import torch
    run = _torch_call(torch.compile(work.module), work)
    run()
    return run


def onnxruntime(work, folder, threads):
    import onnxruntime
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(str(_onnx_file(work, folder)), options, providers=["CPUExecutionProvider"])
    inputs = {each.name: work.inputs[each.name] for each in session.get_inputs()}
    return lambda: session.run(None, inputs)[0]


def openvino(work, folder, threads):
    import openvino
    core = openvino.Core()
    model = core.compile_model(_onnx_file(work, folder), "CPU", {"INFERENCE_NUM_THREADS": threads, "INFERENCE_PRECISION_HINT": "f32"})
    inputs = [work.inputs[each.any_name] for each in model.inputs]
    return lambda: model(inputs)[0]


PEERS = {"pytorch": pytorch, "torch.compile": torch_compile, "onnxruntime": onnxruntime, "openvino": openvino}
