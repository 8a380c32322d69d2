"""Compiled bridges from Python: a thin layer over the C API (bridge/Runtime/bridge.h), by ctypes and NumPy.

    model = bridges.Model("libclip.so", "model.safetensors", threads=2)
    out = model.run("encode_image", pixel_values=pixels)["image_embeds"]
"""

import ctypes as c

import numpy as np

from ._library import MAX_RANK, Library, Message, SessionOptions, Tensor

_DTYPES = {"float32": 0, "float64": 1, "float16": 3, "int32": 4, "int64": 5, "bool": 6, "uint8": 7, "int8": 8,
           "int16": 9, "uint16": 10, "uint32": 11, "uint64": 12}
_MAX_THREADS = 4096


class BridgeError(Exception):
    """What the run time has to say: what was expected and what was found."""


class Model:
    """A compiled bridge with its weights, and one session to run it in."""

    def __init__(self, library, weights=None, threads=0):
        self._model, self._session = c.c_void_p(), c.c_void_p()
        if not 0 <= threads <= _MAX_THREADS:
            raise BridgeError(f"{threads} threads: a number from 1 to {_MAX_THREADS} is expected, or 0 for all cores")
        self._lib = Library(str(library), BridgeError)
        self._call(self._lib.model_open, self._lib.program, str(weights).encode() if weights else None,
                   c.byref(self._model))
        options = SessionOptions(threads, 0)
        self._call(self._lib.session_open, self._model, c.byref(options), c.byref(self._session))
        self._manifest = self._lib.model_manifest(self._model)
        self.level = self._lib.model_level(self._model).decode()

    def _call(self, function, *arguments):
        message = Message()
        if function(*arguments, c.byref(message)):
            raise BridgeError(message.text.decode())

    def _check_open(self):
        if not self._session:
            raise BridgeError("the model is closed")

    @property
    def arena_bytes(self):
        """Bytes of the last run's intermediates, inputs and outputs."""
        self._check_open()
        return self._lib.session_arena_bytes(self._session)

    @property
    def weights_bytes(self):
        """Bytes of the packed weights."""
        self._check_open()
        return self._lib.model_weights_bytes(self._model)

    def run(self, entry, **inputs):
        """The results of an entry by name. Inputs are arrays by name; results are copies."""
        self._check_open()
        index = self._lib.manifest_find(self._manifest, str(entry).encode())
        if index < 0:
            entries = range(self._lib.manifest_entry_count(self._manifest))
            known = [self._lib.manifest_entry(self._manifest, i).contents.name.decode() for i in entries]
            raise BridgeError(f"there is no entry `{entry}` (there is {', '.join(known)})")
        info = self._lib.manifest_entry(self._manifest, index).contents
        names = [info.inputs[i].name.decode() for i in range(info.input_count)]
        if sorted(names) != sorted(inputs):
            raise BridgeError(f"{entry} takes {', '.join(names)}; given {', '.join(inputs) or 'none'}")
        arrays = [_native(np.asarray(inputs[n], order="C")) for n in names]
        given = (Tensor * max(len(names), 1))(*[_tensor(a) for a in arrays])
        made = (Tensor * info.output_count)()
        self._call(self._lib.session_run, self._session, index, given, len(names), made,
                   info.output_count)
        return {info.outputs[i].name.decode(): _array(made[i]) for i in range(info.output_count)}

    def close(self):
        """Gives back the session and the model."""
        if self._session:
            self._lib.session_close(self._session)
            self._lib.model_close(self._model)
            self._session = None


def _native(array):
    return array.astype(array.dtype.newbyteorder("=")) if not array.dtype.isnative else array


def _tensor(array):
    if array.dtype.name not in _DTYPES:
        raise BridgeError(f"expected one of {', '.join(_DTYPES)}, found {array.dtype}")
    if array.ndim > MAX_RANK:
        raise BridgeError(f"an input has at most {MAX_RANK} axes, found {array.ndim}")
    shape = list(array.shape) + [0] * (MAX_RANK - array.ndim)
    strides = [s // array.itemsize for s in array.strides] + [0] * (MAX_RANK - array.ndim)
    return Tensor(array.ctypes.data, _DTYPES[array.dtype.name], array.ndim, (c.c_int64 * MAX_RANK)(*shape),
                   (c.c_int64 * MAX_RANK)(*strides))


def _array(tensor):
    dtype = next(n for n, code in _DTYPES.items() if code == tensor.dtype)
    shape = list(tensor.shape[: tensor.rank])
    count = int(np.prod(shape))
    buffer = (c.c_char * (count * np.dtype(dtype).itemsize)).from_address(tensor.data)
    return np.frombuffer(buffer, dtype, count).reshape(shape).copy()
