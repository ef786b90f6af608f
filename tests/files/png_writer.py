"""A PNG writer of its own for the tests: any depth, kind, filter and interlacing, after the PNG specification."""

import struct
import zlib

import numpy as np

ADAM7 = [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1)]
"""Each pass: first row, first column, step between rows, step between columns."""


def chunk(name, content):
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def png(values, filters=(0,), interlaced=False, extra=b"", size=None):
    """The PNG of uint8 or uint16 `[h, w, c]`; row i is filtered by `filters[i % len(filters)]`."""
    height, width, channels = values.shape
    kind = {1: 0, 2: 4, 3: 2, 4: 6}[channels]
    parts = [values[a::b, c::d] for a, c, b, d in ADAM7] if interlaced else [values]
    data = b"".join(filtered(part, filters) for part in parts if part.size)
    head = struct.pack(">IIBBBBB", *(size or (width, height)), 8 * values.dtype.itemsize, kind, 0, 0, interlaced)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + extra + chunk(b"IDAT", zlib.compress(data))
            + chunk(b"IEND", b""))


def filtered(values, filters):
    step = values.shape[2] * values.dtype.itemsize
    rows = values.astype(values.dtype.newbyteorder(">")).tobytes()
    length = values.shape[1] * step
    above = bytes(length)
    made = b""
    for number in range(values.shape[0]):
        row = rows[number * length:(number + 1) * length]
        kind = filters[number % len(filters)]
        left, corner = bytes(step) + row, bytes(step) + above
        made += bytes([kind])
        made += bytes((x - predicted(kind, left[i], above[i], corner[i])) % 256 for i, x in enumerate(row))
        above = row
    return made


def predicted(kind, left, up, corner):
    if kind == 4:  # Paeth
        guess = left + up - corner
        return min((left, up, corner), key=lambda value: abs(guess - value))
    return (0, left, up, (left + up) // 2)[kind]


def orientation(number):
    """An eXIf chunk that says so."""
    return chunk(b"eXIf", b"MM\0*\0\0\0\x08" + struct.pack(">HHHIHHI", 1, 0x0112, 3, 1, number, 0, 0))


def tiff(values, order="<"):
    """An uncompressed TIFF of uint16 `[h, w, 3]` in byte order `<` or `>`."""
    height, width, channels = values.shape
    data = values.astype(values.dtype.newbyteorder(order)).tobytes()
    at = 8 + len(data)
    tags = [(256, 3, 1, width), (257, 3, 1, height), (258, 3, 3, at), (259, 3, 1, 1), (262, 3, 1, 2), (273, 4, 1, 8),
            (277, 3, 1, channels), (278, 3, 1, height), (279, 4, 1, len(data)), (284, 3, 1, 1)]
    made = (b"II" if order == "<" else b"MM") + struct.pack(f"{order}HI", 42, at + 6) + data
    made += struct.pack(f"{order}HHH", 16, 16, 16) + struct.pack(f"{order}H", len(tags))
    for tag, kind, count, value in tags:
        packed = struct.pack(f"{order}HH", value, 0) if kind == 3 and count == 1 else struct.pack(f"{order}I", value)
        made += struct.pack(f"{order}HHI", tag, kind, count) + packed
    return made + struct.pack(f"{order}I", 0)


def noise(*shape, dtype=np.uint8, seed=0):
    return np.random.default_rng(seed).integers(0, np.iinfo(dtype).max, shape, dtype, endpoint=True)
