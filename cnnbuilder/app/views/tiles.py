"""Arrays as tiles: which maps an array is made of, what each is called, and how they share the room."""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnbuilder.app.imaging import as_grid

Array = NDArray[Any]
PAGE = 64
"""The most tiles shown at once; further ones are on further pages."""
GAP, LABEL = 8.0, 20.0
SMALLEST, LARGEST = 34.0, 168.0


@dataclass(frozen=True, eq=False)
class Tiles:
    """Maps of equal size, and what a person calls each of them and each place in it."""

    values: Array
    """`[tile, row, column]`."""
    name: Callable[[int], str]
    place: Callable[[int, int, int], tuple[str, tuple[int, ...]] | None]
    """Words for tile, row and column, and the index into the array; None where a tile has no value."""


def tiles_of(array: Array, word: str) -> Tiles:
    """An output or a weight as tiles; `word` is what one tile is: map, kernel."""
    if array.ndim == 1:
        columns = as_grid(array).shape[1]
        count = len(array)

        def place(tile: int, row: int, column: int) -> tuple[str, tuple[int, ...]] | None:
            index = row * columns + column
            return (f"value {index}", (index,)) if index < count else None

        return Tiles(as_grid(array)[None], lambda tile: f"{count} values, row by row", place)
    if array.ndim == 2:
        return Tiles(
            array[None],
            lambda tile: "a row for each unit, a column for each input",
            lambda tile, row, column: (f"unit {row}, input {column}", (row, column)),
        )
    leading = array.shape[:-2]

    def name(tile: int) -> str:
        return ", ".join(str(int(n)) for n in np.unravel_index(tile, leading))

    def where(tile: int, row: int, column: int) -> tuple[str, tuple[int, ...]] | None:
        index = tuple(int(n) for n in np.unravel_index(tile, leading))
        return f"{word} {name(tile)}, row {row}, column {column}", (*index, row, column)

    return Tiles(array.reshape(-1, *array.shape[-2:]), name, where)


def arrange(count: int, rows: int, columns: int, width: float, height: float) -> tuple[float, float, int]:
    """How wide and high each of `count` tiles is and how many stand in a row, so that all are seen at their largest."""
    aspect = rows / columns
    best = (SMALLEST, SMALLEST * aspect, 1)
    for across in range(1, count + 1):
        down = ceil(count / across)
        wide = (width - (across + 1) * GAP) / across
        high = (height - down * (LABEL + GAP) - GAP) / down
        side = min(wide, high / aspect, LARGEST if count > 1 else LARGEST * 2.2, LARGEST * 1.6 / aspect)
        if side > best[0]:
            best = (side, side * aspect, across)
    if best[0] <= SMALLEST:
        across = max(1, int((width - GAP) // (SMALLEST + GAP)))
        return SMALLEST, SMALLEST * aspect, across
    return best
