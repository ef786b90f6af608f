"""Maps as a sheet: all channels of a volume, or all values of a vector, side by side in one PNG picture."""

from collections.abc import Sequence
from math import ceil, sqrt
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from cnnbuilder.files.png import encode_png

Colours = Literal["auto", "grey", "viridis", "signed"]

LEVELS = 253
"""Colours of a scale; odd, so that the middle one of a signed scale is exactly zero's, and a byte has some left."""

_GAP, _NOT_A_NUMBER = LEVELS, LEVELS + 1
_MARGIN_COLOURS = [(0x98, 0xA2, 0xB3), (0xFF, 0x00, 0xFF)]

_ANCHORS = {
    "grey": "000000 ffffff",
    # S. van der Walt and N. Smith's viridis at 33 places; between them it is off by at most 3 of 255.
    "viridis": (
        "440154 470d60 48186a 482374 472d7b 453781 424086 3e4989 3b528b 375b8d 33638d "
        "2f6b8e 2c728e 297a8e 26828e 23898e 21918c 1f988b 1fa088 22a785 28ae80 32b67a "
        "3fbc73 4ec36b 5ec962 70cf57 84d44b 98d83e addc30 c2df23 d8e219 ece51b fde725"
    ),
    "signed": "2166ac 92c5de ffffff f4a582 b2182b",
}

_TILE = 96
_LARGEST_CELL = 32
_LARGEST_SIDE = 2048
_MOST_VALUES = 2**23
_APART = 12
"""Pixels between stacked sheets."""


def colour_table(name: str, levels: int = LEVELS) -> NDArray[np.uint8]:
    """`[levels, 3]` colours of a scale: "grey" and "viridis" from low to high, "signed" blue, white and red."""
    anchors = np.array([list(bytes.fromhex(text)) for text in _ANCHORS[name].split()], np.float64)
    places, wanted = np.linspace(0, 1, len(anchors)), np.linspace(0, 1, levels)
    return np.rint(np.stack([np.interp(wanted, places, anchors[:, k]) for k in range(3)], axis=1)).astype(np.uint8)


def sheet(values: NDArray[Any], colours: Colours = "auto") -> bytes:
    """The PNG file of `(channels, height, width)` maps in a grid, or of a vector's `(features,)` as a grid of cells.

    One colour scale for all: viridis from 0 to the largest value, or, where a value is negative, blue-white-red around
    zero; "grey" runs from the smallest to the largest. What is not a number is magenta. Small maps are enlarged by a
    whole number; sheets of more than 2²³ values keep every second value, or fewer. Raises ValueError for another shape.
    """
    maps = np.asarray(values)
    maps = maps[:, None, None] if maps.ndim == 1 else maps
    if maps.ndim != 3 or not maps.size:
        raise ValueError(f"not maps: {maps.shape}")
    while maps.size > _MOST_VALUES and max(maps.shape[1:]) > 1:
        maps = maps[:, ::2, ::2]
    levels, name = _levels(maps, colours)
    return encode_png(_grid(levels), _palette(name))


def stacked(sheets: Sequence[tuple[NDArray[Any], NDArray[np.bool_], Colours]]) -> bytes:
    """The PNG file of several sheets below one another, each `(channels, height, width)` maps with where there is
    nothing to show (grey, as the lines between them) and its own colour scale."""
    pictures: list[NDArray[np.uint8]] = []
    for maps, absent, colours in sheets:
        levels, name = _levels(np.where(absent, 0, maps), colours)
        levels[absent] = _GAP
        pictures.append(_palette(name)[_grid(levels)])
    height, width = sum(len(picture) + _APART for picture in pictures), max(picture.shape[1] for picture in pictures)
    whole = np.full((height, width, 3), 255, np.uint8)
    top = 0
    for picture in pictures:
        whole[top:top + len(picture), :picture.shape[1]] = picture
        top += len(picture) + _APART
    return encode_png(whole[:-_APART])


def _palette(name: str) -> NDArray[np.uint8]:
    """The colours of a scale, of lines between maps and of what is not a number."""
    return np.vstack([colour_table(name), np.array(_MARGIN_COLOURS, np.uint8)])


def _levels(maps: NDArray[Any], colours: Colours) -> tuple[NDArray[np.uint8], str]:
    """Each value as the number of its colour, and the scale's name."""
    finite = np.isfinite(maps)
    found = maps[finite]
    low, high = (float(found.min()), float(found.max())) if found.size else (0.0, 0.0)
    name = colours if colours != "auto" else "signed" if low < 0 else "viridis"
    if name == "signed":
        high = max(-low, high)
        low = -high
    elif name == "viridis":
        low = min(low, 0.0)
    if high == low:
        flat = (LEVELS - 1) // 2 if name == "signed" else 0
        levels = np.full(maps.shape, flat, np.uint8)
    else:
        with np.errstate(all="ignore"):
            share = (maps.astype(np.float64) - low) / (high - low)
        levels = np.rint(np.clip(np.nan_to_num(share, nan=0, posinf=1, neginf=0), 0, 1) * (LEVELS - 1)).astype(np.uint8)
    levels[np.isnan(maps)] = _NOT_A_NUMBER
    return levels, name


def _grid(levels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The maps side by side, enlarged, with a line of one pixel around each."""
    count, height, width = levels.shape
    in_a_row = 16 if height == width == 1 else 3
    columns = count if count <= in_a_row else min(count, ceil(sqrt(count * height / width)))
    rows = ceil(count / columns)
    side, room = max(height, width), _LARGEST_SIDE // max(columns, rows) - 1
    cell = max(1, min(_LARGEST_CELL, _TILE // side, room // side))
    tall, wide = height * cell + 1, width * cell + 1
    grid = np.full((rows * tall + 1, columns * wide + 1), _GAP, np.uint8)
    for number, tile in enumerate(levels):
        row, column = divmod(number, columns)
        top, left = row * tall + 1, column * wide + 1
        grid[top:top + tall - 1, left:left + wide - 1] = tile.repeat(cell, 0).repeat(cell, 1)
    return grid
