"""Compiled bridges from Python: a thin layer over the C API (bridge/Runtime/bridge.h), by ctypes and NumPy.

    model = bridges.Model("libclip.so", "model.safetensors", threads=2)
    out = model.run("encode_image", pixel_values=pixels)["image_embeds"]
"""

import ctypes as c

import numpy as np

_MAX_RANK = 8
_DTYPES = {"float32": 0, "float64": 1, "float16": 3, "int32": 4, "int64": 5, "bool": 6, "uint8": 7, "int8": 8,
           "int16": 9, "uint16": 10, "uint32": 11, "uint64": 12}


class _Message(c.Structure):
    _fields_ = [("text", c.c_char * 2048)]


class _Tensor(c.Structure):
    _fields_ = [("data", c.c_void_p), ("dtype", c.c_int), ("rank", c.c_int32),
                ("shape", c.c_int64 * _MAX_RANK), ("strides", c.c_int64 * _MAX_RANK)]


class _ValueInfo(c.Structure):
    _fields_ = [("name", c.c_char_p), ("dtype", c.c_int), ("rank", c.c_int32), ("dims", c.c_char_p * _MAX_RANK)]


class _EntryInfo(c.Structure):
    _fields_ = [("name", c.c_char_p), ("input_count", c.c_int64), ("inputs", c.POINTER(_ValueInfo)),
                ("output_count", c.c_int64), ("outputs", c.POINTER(_ValueInfo))]


class _SessionOptions(c.Structure):
    _fields_ = [("threads", c.c_int32), ("memory_limit", c.c_int64)]


class BridgeError(Exception):
    """What the run time has to say: what was expected and what was found."""


class Model:
    """A compiled bridge with its weights, and one session to run it in."""

    def __init__(self, library, weights=None, threads=0):
        self._lib = c.CDLL(str(library))
        self._lib.bridge_model_manifest.restype = c.c_void_p
        self._lib.bridge_manifest_entry.restype = c.POINTER(_EntryInfo)
        self._lib.bridge_manifest_entry.argtypes = [c.c_void_p, c.c_int64]
        self._lib.bridge_manifest_find.restype = c.c_int64
        self._lib.bridge_manifest_find.argtypes = [c.c_void_p, c.c_char_p]
        self._lib.bridge_model_level.restype = c.c_char_p
        for name in ("bridge_session_arena_bytes", "bridge_model_weights_bytes"):
            getattr(self._lib, name).restype = c.c_int64
        self._model, self._session = c.c_void_p(), c.c_void_p()
        program = c.byref(c.c_char.in_dll(self._lib, "bridge_program_v1"))
        self._call("bridge_model_open", program, str(weights).encode() if weights else None, c.byref(self._model))
        options = _SessionOptions(threads, 0)
        self._call("bridge_session_open", self._model, c.byref(options), c.byref(self._session))
        self._manifest = c.c_void_p(self._lib.bridge_model_manifest(self._model))
        self.level = self._lib.bridge_model_level(self._model).decode()

    def _call(self, function, *arguments):
        message = _Message()
        if getattr(self._lib, function)(*arguments, c.byref(message)):
            raise BridgeError(message.text.decode())

    @property
    def arena_bytes(self):
        """Bytes of the last run's intermediates, inputs and outputs."""
        return self._lib.bridge_session_arena_bytes(self._session)

    @property
    def weights_bytes(self):
        """Bytes of the packed weights."""
        return self._lib.bridge_model_weights_bytes(self._model)

    def run(self, entry, **inputs):
        """The results of an entry by name. Inputs are arrays by name; results are copies."""
        if not self._session:
            raise BridgeError("the model is closed")
        index = self._lib.bridge_manifest_find(self._manifest, entry.encode())
        if index < 0:
            raise BridgeError(f"there is no entry `{entry}`")
        info = self._lib.bridge_manifest_entry(self._manifest, index).contents
        names = [info.inputs[i].name.decode() for i in range(info.input_count)]
        if sorted(names) != sorted(inputs):
            raise BridgeError(f"{entry} takes {', '.join(names)}; given {', '.join(inputs)}")
        arrays = [np.asarray(inputs[n], order="C") for n in names]
        given = (_Tensor * max(len(names), 1))(*[_tensor(a) for a in arrays])
        made = (_Tensor * info.output_count)()
        self._call("bridge_session_run", self._session, c.c_int64(index), given, c.c_int64(len(names)), made,
                   c.c_int64(info.output_count))
        return {info.outputs[i].name.decode(): _array(made[i]) for i in range(info.output_count)}

    def close(self):
        """Gives back the session and the model."""
        if self._session:
            self._lib.bridge_session_close(self._session)
            self._lib.bridge_model_close(self._model)
            self._session = None


def _tensor(array):
    if array.dtype.name not in _DTYPES:
        raise BridgeError(f"expected one of {', '.join(_DTYPES)}, found {array.dtype}")
    shape = list(array.shape) + [0] * (_MAX_RANK - array.ndim)
    strides = [s // array.itemsize for s in array.strides] + [0] * (_MAX_RANK - array.ndim)
    return _Tensor(array.ctypes.data, _DTYPES[array.dtype.name], array.ndim, (c.c_int64 * _MAX_RANK)(*shape),
                   (c.c_int64 * _MAX_RANK)(*strides))


def _array(tensor):
    dtype = next(n for n, code in _DTYPES.items() if code == tensor.dtype)
    shape = list(tensor.shape[: tensor.rank])
    count = int(np.prod(shape))
    buffer = (c.c_char * (count * np.dtype(dtype).itemsize)).from_address(tensor.data)
    return np.frombuffer(buffer, dtype, count).reshape(shape).copy()
