"""The C structures of bridge/Runtime/bridge.h, and the functions of a compiled bridge's run time."""

import ctypes as c
import struct

MAX_RANK = 8
_ABI_VERSION = 4
_SUFFIX = b"_program"


class Message(c.Structure):
    _fields_ = [("text", c.c_char * 2048)]


class Tensor(c.Structure):
    _fields_ = [("data", c.c_void_p), ("dtype", c.c_int), ("rank", c.c_int32),
                ("shape", c.c_int64 * MAX_RANK), ("strides", c.c_int64 * MAX_RANK)]


class ValueInfo(c.Structure):
    _fields_ = [("name", c.c_char_p), ("dtype", c.c_int), ("rank", c.c_int32), ("dims", c.c_char_p * MAX_RANK)]


class EntryInfo(c.Structure):
    _fields_ = [("name", c.c_char_p), ("input_count", c.c_int64), ("inputs", c.POINTER(ValueInfo)),
                ("output_count", c.c_int64), ("outputs", c.POINTER(ValueInfo))]


class SessionOptions(c.Structure):
    _fields_ = [("threads", c.c_int32), ("memory_limit", c.c_int64)]


class _Program(c.Structure):
    _fields_ = [("abi_version", c.c_int64), ("manifest", c.c_void_p), ("manifest_bytes", c.c_int64),
                ("levels", c.c_void_p), ("level_count", c.c_int64), ("embedded_weights", c.c_void_p),
                ("embedded_bytes", c.c_int64), ("packed_bytes", c.c_int64), ("api", c.POINTER(c.c_void_p))]


_P, _I64, _S = c.c_void_p, c.c_int64, c.c_char_p
_MESSAGE = c.POINTER(Message)
# bridge_api of bridge/Runtime/Api.h up to the last function that is used here: result and parameters.
_API = [
    ("manifest_open", c.c_int, _P, _P, _MESSAGE),
    ("manifest_close", None, _P),
    ("manifest_model", _S, _P),
    ("manifest_entry_count", _I64, _P),
    ("manifest_entry", c.POINTER(EntryInfo), _P, _I64),
    ("manifest_find", _I64, _P, _S),
    ("manifest_preprocessor", _S, _P),
    ("model_open", c.c_int, _P, _S, _P, _MESSAGE),
    ("model_close", None, _P),
    ("model_manifest", _P, _P),
    ("model_level", _S, _P),
    ("model_weights_bytes", _I64, _P),
    ("session_open", c.c_int, _P, _P, _P, _MESSAGE),
    ("session_close", None, _P),
    ("session_run", c.c_int, _P, _I64, _P, _I64, _P, _I64, _MESSAGE),
    ("session_arena_bytes", _I64, _P),
]


def _exported_symbols(path):
    """The names that a 64-bit ELF library defines for others."""
    with open(path, "rb") as file:
        data = file.read()
    sections = struct.unpack_from("<Q", data, 40)[0]
    size, count = struct.unpack_from("<HH", data, 58)
    headers = [struct.unpack_from("<IIQQQQIIQQ", data, sections + i * size) for i in range(count)]
    for _, kind, _, _, offset, bytes_, link, _, _, entry in headers:
        if kind != 11:  # SHT_DYNSYM
            continue
        for at in range(offset, offset + bytes_, entry):
            name, _, _, section = struct.unpack_from("<IBBH", data, at)
            begin = headers[link][4] + name
            if section:
                yield data[begin : data.index(b"\0", begin)]


class Library:
    """A loaded library: its program and, by name, the functions of its run time."""

    def __init__(self, path, error):
        try:
            self._loaded = c.CDLL(path)  # keeps it in memory
            symbol = next((name for name in _exported_symbols(path) if name.endswith(_SUFFIX)), None)
        except OSError as reason:
            raise error(str(reason)) from None
        if not symbol:
            raise error(f"{path}: not a compiled bridge: it has no symbol `…{_SUFFIX.decode()}`")
        program = _Program.in_dll(self._loaded, symbol.decode())
        if program.abi_version != _ABI_VERSION:
            raise error(f"{path}: has ABI version {program.abi_version}; this binding has version {_ABI_VERSION}")
        self.program = c.addressof(program)
        for index, (name, *signature) in enumerate(_API):
            setattr(self, name, c.CFUNCTYPE(*signature)(program.api[index]))
