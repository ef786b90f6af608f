"""Weights as safetensors: an 8-byte length, a JSON header, and the arrays one after another.

Read and written here rather than by the library of that name, so that half a gigabyte is read into one buffer of which
the arrays are views, written without a copy, and every fault is one line (docs/decisions/0005). The format:
https://github.com/huggingface/safetensors#format
"""

import json
from collections.abc import Iterable, Mapping
from math import prod
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from cnnbuilder.design.errors import MemoryLimitError
from cnnbuilder.engine import memory
from cnnbuilder.files.reading import Fault, parse_json

Array = NDArray[np.float32]

_LARGEST_HEADER = 100_000_000  # as in the library
_CHUNK = 2**20
_ALWAYS_FREE = 2**24  # asking what is free takes longer than reading so little
_DTYPES: dict[str, np.dtype[Any]] = {
    "F64": np.dtype("<f8"), "F32": np.dtype("<f4"), "F16": np.dtype("<f2"), "BF16": np.dtype("<u2"),
    "I64": np.dtype("<i8"), "I32": np.dtype("<i4"), "I16": np.dtype("<i2"), "I8": np.dtype("i1"),
    "U64": np.dtype("<u8"), "U32": np.dtype("<u4"), "U16": np.dtype("<u2"), "U8": np.dtype("u1"),
}


def looks_like_safetensors(start: bytes, size: int) -> bool:
    """Whether a file of `size` bytes that begins with `start` says that it holds safetensors."""
    return len(start) >= 9 and start[8:9] == b"{" and int.from_bytes(start[:8], "little") <= size - 8


def read_arrays(stream: IO[bytes], size: int) -> dict[str, Array]:
    """The arrays in `size` bytes of a stream as read-only float32, by name in the file's order.

    Arrays that the file holds as float32 are views of one buffer; others are converted. Raises Fault,
    MemoryLimitError.
    """
    start = stream.read(8)
    length = int.from_bytes(start, "little")
    if len(start) < 8 or length > min(size - 8, _LARGEST_HEADER):
        raise Fault("the header is cut off")
    header = parse_json(stream.read(length).rstrip(b" "))
    if not isinstance(header, dict):
        raise Fault("the header is not a JSON object")
    header.pop("__metadata__", None)
    room = size - 8 - length
    places = {name: _place(name, entry, room) for name, entry in header.items()}
    _check_cover([(begin, end) for _, _, begin, end in places.values()], room)
    buffer = _fill(stream, room)
    return {name: _array(buffer[begin:end], dtype, shape) for name, (dtype, shape, begin, end) in places.items()}


def _place(name: str, entry: Any, room: int) -> tuple[str, tuple[int, ...], int, int]:
    """Dtype, shape, begin and end of one array in the data."""
    try:
        dtype, shape, (begin, end) = entry["dtype"], entry["shape"], entry["data_offsets"]
        numbers = [*shape, begin, end]
        sound = all(type(number) is int and number >= 0 for number in numbers) and isinstance(dtype, str)
    except (TypeError, KeyError, ValueError):
        sound = False
    if not sound:
        raise Fault(f"the header's entry of {name!r} is damaged")
    if dtype not in _DTYPES:
        raise Fault(f"{name!r} is of the type {dtype[:20]}, which cannot be read; save it as F32")
    if end > room or end - begin != prod(shape) * _DTYPES[dtype].itemsize:
        raise Fault(f"{name!r} is cut off or of another size than its shape says")
    return dtype, tuple(shape), begin, end


def _check_cover(places: list[tuple[int, int]], room: int) -> None:
    """Arrays must follow one another without gap or overlap: anything else is damage, or something hidden."""
    reached = 0
    for begin, end in sorted(places):
        if begin != reached:
            raise Fault("arrays overlap or leave gaps")
        reached = end
    if reached != room:
        raise Fault(f"{room - reached} bytes belong to no array")


def _fill(stream: IO[bytes], size: int) -> NDArray[np.uint8]:
    if size > _ALWAYS_FREE and size > memory.RESERVE * (free := memory.free_memory()):
        need, room = memory.show_bytes(size), memory.show_bytes(free)
        raise MemoryLimitError(f"the weights need {need} of memory, and only {room} are free")
    buffer = np.empty(size, np.uint8)
    at = 0
    while chunk := stream.read(_CHUNK):
        if at + len(chunk) > size:
            raise Fault("there is more data than the header says")
        buffer[at:at + len(chunk)] = np.frombuffer(chunk, np.uint8)
        at += len(chunk)
    if at < size:
        raise Fault(f"the last {size - at} bytes are missing")
    return buffer


def _array(data: NDArray[np.uint8], dtype: str, shape: tuple[int, ...]) -> Array:
    read = _DTYPES[dtype]
    if data.ctypes.data % read.itemsize and data.size:
        data = data.copy()
    values = data.view(read).reshape(shape)
    if dtype == "BF16":
        result = (values.astype(np.uint32) << 16).view(np.float32)
    else:
        with np.errstate(over="ignore", invalid="ignore"):
            result = values.astype(np.float32, copy=False)
    result.flags.writeable = False
    return result


class Arrays:
    """Weights made ready for writing as F32, sorted by name: `size` bytes in all.

    Raises Fault for what is not an array of numbers.
    """

    def __init__(self, weights: Mapping[str, Any]) -> None:
        self._arrays = {name: _as_float32(name, weights[name]) for name in sorted(weights)}
        self._header = _header(self._arrays.items())
        self.size = len(self._header) + sum(array.nbytes for array in self._arrays.values())

    def write(self, stream: IO[bytes]) -> None:
        """Write all of it, the arrays straight from where they lie."""
        stream.write(self._header)
        for array in self._arrays.values():
            if array.size:
                stream.write(array.reshape(-1).view(np.uint8).data)


def _as_float32(name: Any, value: Any) -> Array:
    if not isinstance(name, str):
        raise Fault(f"the name of a weight must be a text, not {name!r}")
    try:
        array = np.asarray(value)
        if array.dtype.kind not in "fiub":
            raise TypeError
        with np.errstate(over="ignore", invalid="ignore"):
            return np.asarray(array, dtype="<f4", order="C")
    except (TypeError, ValueError):
        raise Fault(f"the weight {name!r} is not an array of numbers") from None


def _header(arrays: Iterable[tuple[str, Array]]) -> bytes:
    entries: dict[str, Any] = {}
    at = 0
    for name, array in arrays:
        entries[name] = {"dtype": "F32", "shape": list(array.shape), "data_offsets": [at, at + array.nbytes]}
        at += array.nbytes
    text = json.dumps(entries, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "backslashreplace")
    text += b" " * (-len(text) % 8)  # the arrays begin at a multiple of 8
    return len(text).to_bytes(8, "little") + text
