"""Palette numbers of maps, made off the window's thread."""

from math import ceil, inf, isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnbuilder.app.thumbnails import FEW, Thumbnail, grid_shape

Array = NDArray[Any]
SIDE = 160
"""More rows or columns than this are thinned out for a card."""
GLANCE = 32
"""Rows and columns that are enough to tell in which map most happens."""
LEAST = 1e-35
"""Values that are all smaller are shown as zeros."""


def scale_of(values: Array) -> tuple[str, float]:
    """`positive` or `signed`, and the largest magnitude that is finite."""
    low, high = float(values.min(initial=0)), float(values.max(initial=0))
    if not isfinite(low + high):
        finite = values[np.isfinite(values)]
        low, high = float(finite.min(initial=0)), float(finite.max(initial=0))
    if low >= 0:
        return "positive", high
    return "signed", max(-low, high)


def to_bytes(values: Array, scale: str, limit: float) -> NDArray[np.uint8]:
    """Palette numbers: 0 … 255 for 0 … limit, or for −limit … limit with 0 at 128. What is no number is 0."""
    if not LEAST < limit < inf:
        limit = 1.0
    if not np.isfinite(values.sum()):
        values = np.nan_to_num(values, nan=0.0, posinf=limit, neginf=-limit)
    scaled = values * np.float32(255 / limit) if scale != "signed" else values * np.float32(127.5 / limit)
    if scale == "signed":
        scaled += np.float32(127.5)
    return np.clip(scaled, 0, 255, out=scaled).astype(np.uint8)


def as_grid(vector: Array) -> Array:
    """A vector as a rectangle, row by row, filled up with zeros."""
    rows, columns = grid_shape(len(vector))
    grid = np.zeros(rows * columns, vector.dtype)
    grid[: len(vector)] = vector
    return grid.reshape(rows, columns)


def thumbnail(array: Array, is_picture: bool, channel: int | None = None) -> Thumbnail:
    """A block's output without batch axis in small. `channel` None: the map in which most happens.

    Values of very deep networks may be near the largest, infinite, or no numbers at all.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        return _thumbnail(array, is_picture, channel)


def _thinned(plane: Array, side: int = SIDE) -> Array:
    step = max(1, ceil(max(plane.shape[-2:]) / side))
    return plane[..., ::step, ::step]


def _thumbnail(array: Array, is_picture: bool, channel: int | None) -> Thumbnail:
    if array.ndim == 1:
        scale, limit = scale_of(array)
        bars = tuple(float(v) for v in array) if len(array) <= FEW else None
        return Thumbnail(to_bytes(as_grid(array[:4096]), scale, limit), scale, bars=bars)
    if is_picture and len(array) in (1, 3):
        values = _thinned(array)
        low, high = float(values.min()), float(values.max())
        pixels = to_bytes(values - min(low, 0.0), "grey", (high - min(low, 0.0)) or 1.0)
        if len(array) == 3:
            return Thumbnail(np.ascontiguousarray(pixels.transpose(1, 2, 0)), "colour")
        return Thumbnail(pixels[0], "grey")
    thin = _thinned(array)
    if channel is None or channel >= len(array):
        channel = int(np.argmax(_thinned(array, GLANCE).reshape(len(array), -1).std(axis=1)))
    plane = thin[channel]
    scale = "positive" if float(thin.min()) >= 0 else "signed"
    return Thumbnail(to_bytes(plane, scale, scale_of(plane)[1]), scale, channel, len(array))
