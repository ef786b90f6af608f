"""Arrays as tiles: which maps an array is made of, what each is called, and what is known of their values."""

from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnbuilder.app.imaging import as_grid

Array = NDArray[Any]
At = tuple[int, int, int]
"""Tile, row, column."""
MOST_NAMED = 12
MOST_BARS = 256
"""A vector of weights of at most so many values, such as a bias, is a bar for each."""
MOST_SAMPLES, PART = 40_000, 1_000_000


@dataclass(frozen=True, eq=False)
class Tiles:
    """An array without batch axis as maps of equal size."""

    array: Array
    word: str
    """What one tile is: `map` or `kernel`."""
    axes: tuple[str, ...] = ()
    """What the array's axes count, where `row` and `column`, those of a tile, are not the last."""

    @cached_property
    def order(self) -> tuple[int, ...]:
        """The axes as they are seen: those that number the tiles, then a tile's rows and columns."""
        own = [self.axes.index(axis) for axis in ("row", "column")] if self.axes else []
        return (*(axis for axis in range(self.array.ndim) if axis not in own), *own)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """What the axes that number the tiles count."""
        return tuple(self.axes[axis] for axis in self.order[:-2]) if self.axes else (self.word,)

    @property
    def barred(self) -> bool:
        """Whether each value is seen as a bar."""
        return self.array.ndim == 1 and self.word == "kernel" and len(self.array) <= MOST_BARS

    @cached_property
    def values(self) -> Array:
        """`[tile, row, column]`; a vector is laid out row by row, or as bars in one."""
        if self.barred:
            return self.array[None, None]
        if self.array.ndim == 1:
            return as_grid(self.array)[None]
        seen = self.array.transpose(self.order)
        return seen.reshape(prod(self.leading), *seen.shape[-2:])

    @cached_property
    def leading(self) -> tuple[int, ...]:
        """The sizes of the axes that number the tiles."""
        return tuple(self.array.shape[axis] for axis in self.order[:-2])

    def _stored(self, seen: tuple[int, ...]) -> tuple[int, ...]:
        """The index of the array for an index in the order that is seen."""
        return tuple(seen[self.order.index(axis)] for axis in range(len(seen)))

    @property
    def across(self) -> int | None:
        """So many tiles belong in one row: the input channels of a filter."""
        return self.leading[-1] if len(self.leading) > 1 and self.leading[-1] > 1 else None

    @property
    def cells(self) -> int:
        """The values of a tile; a vector may leave places at the end of its last row."""
        return len(self.array) if self.array.ndim == 1 else int(np.prod(self.values.shape[1:]))

    def name(self, tile: int) -> str:
        """What stands below a tile."""
        if self.barred:
            return f"{len(self.array)} values"
        if self.array.ndim == 1:
            return f"{len(self.array)} values, row by row"
        if self.array.ndim == 2:
            return "a row for each unit, a column for each input"
        numbers = zip(np.unravel_index(tile, self.leading), self.leading, strict=True)
        told = [str(int(n)) for n, count in numbers if count > 1]
        return ", ".join(told) or "0"

    def row_words(self, tile: int) -> str:
        """What stands beside the row of tiles in which a tile lies: `filter 0, tile row 1`."""
        names = self.names if len(self.names) == len(self.leading) else ("filter",) * len(self.leading)
        numbers = zip(names[:-1], np.unravel_index(tile, self.leading), self.leading, strict=False)
        told: list[str] = []
        for name, n, count in numbers:
            if count > 1:
                begun = any(words.split()[0] == name.split()[0] for words in told)
                told.append(f"{name.split()[-1] if begun else name} {int(n)}")
        return ", ".join(told) or f"{names[0]} 0"

    def index(self, at: At) -> tuple[int, ...] | None:
        """Where in the array a place lies; None where a tile has no value."""
        tile, row, column = at
        count, rows, columns = self.values.shape
        if not (0 <= tile < count and 0 <= row < rows and 0 <= column < columns):
            return None
        if self.array.ndim == 1:
            number = row * columns + column
            return (number,) if number < len(self.array) else None
        numbers = (int(n) for n in np.unravel_index(tile, self.leading)) if self.leading else ()
        return self._stored((*numbers, row, column))

    def place(self, index: tuple[int, ...]) -> At | None:
        """Where an index of the array is seen."""
        if len(index) != self.array.ndim or any(
            not 0 <= n < size for n, size in zip(index, self.array.shape, strict=True)
        ):
            return None
        if self.array.ndim == 1:
            return (0, *divmod(index[0], self.values.shape[2]))
        *numbers, row, column = (index[axis] for axis in self.order)
        return int(np.ravel_multi_index(numbers, self.leading)) if numbers else 0, row, column

    def words(self, index: tuple[int, ...]) -> str:
        """`map 2, row 3, column 27`."""
        if len(index) == 1:
            return f"value {index[0]}"
        if len(index) == 2:
            return f"unit {index[0]}, input {index[1]}"
        *numbers, row, column = (index[axis] for axis in self.order)
        if len(self.names) == len(numbers):
            named = ", ".join(f"{axis} {n}" for axis, n in zip(self.names, numbers, strict=True))
        else:
            named = f"{self.word} {', '.join(map(str, numbers))}"
        return f"{named}, row {row}, column {column}"


class Summary:
    """What is known of the values of tiles, found once for an array."""

    def __init__(self, tiles: Tiles) -> None:
        self.tiles = tiles
        flat = tiles.values.reshape(len(tiles.values), prod(tiles.values.shape[1:]))
        flat = flat[:, : tiles.cells]
        self.high: Array = flat.max(axis=1, initial=-np.inf)
        self.low: Array = flat.min(axis=1, initial=np.inf)
        with np.errstate(invalid="ignore"):
            self.finite = bool(np.isfinite(self.high.sum() + self.low.sum()))
        if not self.finite:
            kept = np.where(np.isfinite(flat), flat, 0)
            self.high, self.low = kept.max(axis=1, initial=0), kept.min(axis=1, initial=0)
        self.dead: Array = (self.high == 0) & (self.low == 0)
        self.constant: Array = (self.high == self.low) & ~self.dead
        low, high = float(self.low.min(initial=0)), float(self.high.max(initial=0))
        self.signed = low < 0
        self.limit = max(-low, high)

    @cached_property
    def unfinished(self) -> int:
        """How many values are no number, or infinite."""
        return 0 if self.finite else int(np.count_nonzero(~np.isfinite(self.tiles.array)))

    @cached_property
    def activity(self) -> Array:
        """The mean magnitude of each tile."""
        values = self.tiles.values.reshape(len(self.dead), -1)
        found = np.empty(len(values), np.float64)
        # In parts, so that no copy of a large array is made.
        step = max(1, PART // max(1, values.shape[1]))
        for first in range(0, len(values), step):
            part = np.abs(values[first : first + step])
            found[first : first + step] = (part if self.finite else np.nan_to_num(part)).mean(axis=1)
        return found

    @cached_property
    def sample(self) -> Array:
        """Some of the finite values, spread evenly."""
        flat = self.tiles.array.reshape(-1)
        flat = flat[:: max(1, flat.size // MOST_SAMPLES)]
        return flat if self.finite else flat[np.isfinite(flat)]

    def clipped(self, percent: float) -> float:
        """Only so few values are larger: the limit of a scale in which outliers do not wash out the rest."""
        sample = np.abs(self.sample)
        sample = sample[sample > 0]
        return float(np.percentile(sample, percent)) if sample.size else self.limit

    def tile_limits(self) -> Array:
        """The largest magnitude of each tile."""
        return np.maximum(np.abs(self.low), np.abs(self.high))

    def words(self) -> str:
        """`3 dead: 2, 7, 11`, and what else is odd; empty if nothing is."""
        if len(self.dead) < 2:
            parts = []
        else:
            parts = [_listed(self.dead, "dead", self.tiles), _listed(self.constant, "constant", self.tiles)]
        if self.unfinished:
            parts.append(f"{self.unfinished} not finite")
        return " · ".join(part for part in parts if part)

    def order(self, by: str, living: bool) -> Array | None:
        """The tiles in the order wanted, without the dead ones if `living`; None: all as they are. Rows stay whole."""
        across = self.tiles.across or 1
        keys = {"activity": lambda: self.activity, "largest": self.tile_limits}
        if by not in keys and not (living and self.dead.any()):
            return None
        groups = np.arange(len(self.dead)).reshape(-1, across)
        if by in keys:
            key = keys[by]().reshape(-1, across).max(axis=1)
            groups = groups[np.argsort(-key, kind="stable")]
        if living:
            groups = groups[~self.dead[groups].all(axis=1)]
        return groups.reshape(-1)


def _listed(which: Array, word: str, tiles: Tiles) -> str:
    found = np.flatnonzero(which)
    if not len(found):
        return ""
    names = [tiles.name(int(n)) for n in found[:MOST_NAMED]]
    separator = "; " if len(tiles.leading) > 1 else ", "
    return f"{len(found)} {word}: {separator.join(names)}{' …' if len(found) > MOST_NAMED else ''}"


def same(a: Tiles | None, b: Tiles) -> bool:
    """Whether two tiles are of one array. As long as it is held, nothing else can lie at its address."""
    return (
        a is not None
        and a.word == b.word
        and a.axes == b.axes
        and a.array.shape == b.array.shape
        and a.array.strides == b.array.strides
        and a.array.ctypes.data == b.array.ctypes.data
    )
