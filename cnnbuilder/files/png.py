"""Writing PNG files: the same pixels give the same bytes, and 16 bits stay 16 bits."""

import struct
import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnbuilder.files.atomic import write_atomically
from cnnbuilder.files.reading import FilePath

_COLOUR_TYPES = {1: 0, 2: 4, 3: 2, 4: 6}
_PALETTE_TYPE = 3
_LEVEL = 3  # maps compress little more at 6, which takes three times as long


def encode_png(pixels: NDArray[Any], palette: NDArray[np.uint8] | None = None) -> bytes:
    """The PNG file of uint8 or uint16 pixels `[height, width]` or `[height, width, 1 … 4]` (grey, grey and opacity,
    red green blue, and opacity). With a `palette` of `[colours, 3]` the pixels are numbers of its colours."""
    if pixels.ndim == 2:
        pixels = pixels[:, :, None]
    height, width, channels = pixels.shape
    if pixels.dtype not in (np.uint8, np.uint16) or channels not in _COLOUR_TYPES or not height * width:
        raise ValueError(f"not the pixels of a PNG: {pixels.dtype}, {pixels.shape}")
    depth = pixels.dtype.itemsize
    kind = _COLOUR_TYPES[channels] if palette is None else _PALETTE_TYPE
    rows = np.zeros((height, 1 + width * channels * depth), np.uint8)  # each row begins with its filter: none
    rows[:, 1:] = np.ascontiguousarray(pixels, f">u{depth}").view(np.uint8).reshape(height, -1)
    chunks = [(b"IHDR", struct.pack(">IIBBBBB", width, height, 8 * depth, kind, 0, 0, 0))]
    if palette is not None:
        chunks.append((b"PLTE", palette.astype(np.uint8).tobytes()))
    chunks += [(b"IDAT", zlib.compress(rows.data, _LEVEL)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, content) for name, content in chunks)


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(content, zlib.crc32(name)))


def write_png(path: FilePath, pixels: NDArray[Any], palette: NDArray[np.uint8] | None = None) -> None:
    """Write `encode_png(pixels, palette)` to a file; raises DesignFileError where that cannot be done."""
    content = encode_png(pixels, palette)
    write_atomically(path, lambda file: file.write(content))
