"""A picture painted over, pixel by pixel, and how it was before every stroke. No Qt."""

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnbuilder.files.pictures import Picture, prepare
from cnnbuilder.layers.input import Input

Array = NDArray[Any]
MOST_STROKES = 200
"""So many can be taken back."""


def seen_by(picture: Picture, layer: Input) -> Array:
    """The picture as an input block brings it to its size, before it is scaled and normalised: from 0 to 1,
    `[rows, columns, 1 or 3]`. Raises InputError, MemoryLimitError."""
    channels = 3 if layer.channels >= 3 else 1
    plain = replace(layer, channels=channels, scale="0-1", mean=None, deviation=None)
    values = prepare(picture, plain).transpose(1, 2, 0)
    return np.ascontiguousarray(values.clip(0, 1))


class Pixels:
    """The values that are painted over, `[rows, columns, channels]` from 0 to 1, and what was there at first."""

    def __init__(self, values: Array) -> None:
        self.first = values.astype(np.float32)
        self.now = self.first.copy()
        self._before: list[Array] = []

    @property
    def size(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.now.shape[0], self.now.shape[1]

    @property
    def channels(self) -> int:
        """1 for grey, 3 for colours."""
        return int(self.now.shape[2])

    @property
    def strokes(self) -> int:
        """How many can be taken back."""
        return len(self._before)

    @property
    def painted(self) -> int:
        """How many pixels are not as they were at first."""
        return int((self.now != self.first).any(axis=2).sum())

    def begin(self) -> None:
        """Another stroke."""
        self._before.append(self.now.copy())
        del self._before[:-MOST_STROKES]

    def dab(self, row: float, column: float, width: float, value: Array | None) -> None:
        """Give every pixel whose middle lies within half of `width` of a point this value; None: what was there at
        first. The pixel at the point always is one of them."""
        reach = width / 2
        top, left = max(0, int(row - reach)), max(0, int(column - reach))
        area = np.s_[top : max(0, int(row + reach) + 1), left : max(0, int(column + reach) + 1)]
        rows, columns = np.ogrid[area[0].start : self.size[0], area[1].start : self.size[1]]
        rows, columns = rows[: area[0].stop - top], columns[:, : area[1].stop - left]
        near = (rows + 0.5 - row) ** 2 + (columns + 0.5 - column) ** 2 <= reach**2
        if top <= int(row) < top + near.shape[0] and left <= int(column) < left + near.shape[1]:
            near[int(row) - top, int(column) - left] = True
        self.now[area][near] = self.first[area][near] if value is None else value

    def line(self, start: tuple[float, float], end: tuple[float, float], width: float, value: Array | None) -> None:
        """Dabs from one point to another, half a pixel apart."""
        steps = int(2 * max(abs(end[0] - start[0]), abs(end[1] - start[1]))) + 1
        for part in np.linspace(0, 1, steps + 1)[1:]:
            at = [a + (b - a) * float(part) for a, b in zip(start, end, strict=True)]
            self.dab(at[0], at[1], width, value)

    def undo(self) -> None:
        """Take the last stroke back."""
        if self._before:
            self.now = self._before.pop()

    def clear(self) -> None:
        """All as it was at first; that can be taken back like a stroke."""
        self.begin()
        self.now = self.first.copy()

    def picture(self, name: str) -> Picture:
        """What is painted now."""
        values = self.now.copy()
        values.flags.writeable = False
        return Picture(values, name)
