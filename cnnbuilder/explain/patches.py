"""The terms of an explanation laid out as they lie in the maps that they come from, a sheet for each block read.

A window that reaches over the border keeps its whole size: the cells beyond are in the padding and have no term.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, singledispatch

import numpy as np
from numpy.typing import NDArray

from cnnbuilder.design.shape import Shape, is_volume
from cnnbuilder.explain.terms import Explanation, Floats, Part, Unit
from cnnbuilder.operations import Index, Operation, Reduce, Sliding
from cnnbuilder.operations.reduce import Windows

Integers = NDArray[np.intp]
Cells = tuple[Sequence[int], Sequence[int]]
"""Rows and columns of a map, also such as lie beyond its border."""
Lines = Callable[[int], tuple[int, int]]
"""How many rows and columns a vector of so many values is laid out in."""


@dataclass(frozen=True, eq=False)
class Sheet:
    """All terms of one source, `[channel, row, column]`; where there is no term, NaN and the number −1."""

    part: Part
    volume: Shape
    """The source as channels, rows and columns: a vector that is a volume flattened, as that volume; any other vector
    row by row."""
    flat: bool
    """Whether it is a vector that was never a volume."""
    channels: Integers
    """Which channels there are terms of."""
    rows: Integers
    columns: Integers
    values: Floats
    weights: Floats
    products: Floats
    numbers: Integers
    """Which term of the part stands at a place."""

    @property
    def block(self) -> str:
        """The source."""
        return self.part.sources.name

    @cached_property
    def subtotals(self) -> Floats:
        """The sum of the products of each channel."""
        with np.errstate(all="ignore"):
            return np.asarray(np.nansum(self.products, axis=(1, 2)))

    @cached_property
    def padded(self) -> NDArray[np.bool_]:
        """`[row, column]`: what lies beyond the border."""
        _, height, width = self.volume
        rows = (self.rows < 0) | (self.rows >= height)
        return rows[:, None] | ((self.columns < 0) | (self.columns >= width))[None, :]

    def source(self, channel: int, row: int, column: int) -> Unit | None:
        """The block and the index in it of a cell of the `channel`-th channel here; None where there is no term."""
        number = int(self.numbers[channel, row, column])
        return None if number < 0 else self.part.sources.unit(number)

    def factor(self, channel: int, row: int, column: int) -> Unit | None:
        """What the value in a cell is multiplied by, by name; None where that has none."""
        number = int(self.numbers[channel, row, column])
        return None if number < 0 or self.part.factors is None else self.part.factors.unit(number)


def sheets(
    explanation: Explanation, volumes: Callable[[str], Shape], lines: Lines, window: Cells | None
) -> list[Sheet]:
    """A sheet for each part of an explanation. `volumes` gives a block's shape as it is to be seen (that of the volume
    before a flatten), `lines` how a vector is laid out; `window` the cells of the window, where there is one."""
    return [_sheet(part, volumes(part.sources.name), lines, window) for part in explanation.terms.parts if len(part)]


def _sheet(part: Part, shape: Shape, lines: Lines, window: Cells | None) -> Sheet:
    flat = not is_volume(shape)
    volume = (1, *lines(shape[0])) if flat else shape
    channel, row, column = np.unravel_index(part.sources.places, volume)
    channels, at_channel = np.unique(channel, return_inverse=True)
    rows, columns = (np.asarray(own, np.intp) for own in (window if window and not flat else (_run(row), _run(column))))
    at = (at_channel, np.searchsorted(rows, row), np.searchsorted(columns, column))
    size = (len(channels), len(rows), len(columns))
    numbers = np.full(size, -1, np.intp)
    numbers[at] = np.arange(len(part))
    values, weights, products = np.full((3, *size), np.nan)
    for laid, own in ((values, part.values), (weights, part.weights), (products, part.products)):
        laid[at] = own
    return Sheet(part, volume, flat, channels, rows, columns, values, weights, products, numbers)


def _run(cells: Integers) -> Integers:
    """The cells that occur, in order; those between them too where they lie evenly enough to be seen as a map."""
    found = np.unique(cells)
    between = np.arange(found[0], found[-1] + 1)
    return between if len(between) <= 2 * len(found) else found


@singledispatch
def window_of(operation: Operation, index: Index) -> Cells | None:
    """The cells that the window of an output lies on, padding included; None where nothing slides."""
    return None


@window_of.register
def _(operation: Sliding, index: Index) -> Cells | None:
    found = [
        [axis.start(i) + tap * axis.dilation for tap in range(axis.kernel)]
        for axis, i in zip((operation.rows, operation.columns), index[1:], strict=True)
    ]
    return found[0], found[1]


@window_of.register
def _(operation: Reduce, index: Index) -> Cells | None:
    found: list[Sequence[int]] = []
    for ranges, i in zip((operation.rows, operation.columns), index[1:], strict=True):
        if isinstance(ranges, Windows):
            start = ranges.axis.start(i)
            found.append(range(start, start + ranges.axis.kernel))
        else:
            found.append(range(*ranges[i][:2]))
    return found[0], found[1]
