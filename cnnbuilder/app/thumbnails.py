"""What a block's output looks like in small, as plain data: made in `imaging`, coloured when painted."""

from dataclasses import dataclass
from math import ceil, sqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FEW = 20
"""Vectors of at most so many values are shown as bars."""


@dataclass(frozen=True, eq=False)
class Thumbnail:
    """One map (or vector) as bytes, 0 … 255 over its scale, and which colours they stand for."""

    pixels: "NDArray[np.uint8]"
    """`[rows, columns]`, or `[rows, columns, 3]` for a colour picture."""
    scale: str
    """`grey`, `colour`, `positive` or `signed`."""
    channel: int = 0
    channels: int = 1
    bars: tuple[float, ...] | None = None
    """The values themselves, of a short vector."""


def grid_shape(count: int) -> tuple[int, int]:
    """Rows and columns in which a vector is laid out."""
    columns = ceil(sqrt(count * 1.4)) if count > 64 else ceil(sqrt(count * 2))
    for nearby in range(columns, min(columns + 6, count + 1)):
        if count % nearby == 0:
            columns = nearby
            break
    return ceil(count / columns), columns
