"""The row of a window product with untied weights, and what its plain and fast loops share.

It begins as a convolution's (`correlate_row.py`). Then come the tiles; how far apart weights of neighbouring filters,
taps, tile rows and tile columns lie, so that one loop serves both layouts; the same for the biases; and how gx is
split, into bands of rows and chunks of a group's channels.
"""

from cnnbuilder.kernels.correlate_row import (
    BIAS,
    CHANNELS,
    COLUMNS,
    GROUPS,
    KERNEL_COLUMNS,
    KERNEL_ROWS,
    ROWS,
)
from cnnbuilder.kernels.native import Integers, helper

(
    TILE_ROWS, TILE_COLUMNS, OF_FILTER, OF_TAP, OF_ROW, OF_COLUMN, BIAS_FILTER, BIAS_ROW, BIAS_COLUMN, BANDS, CHUNKS,
    BY_PLACE,
) = range(BIAS + 1, BIAS + 13)  # fmt: skip


@helper
def kernel_at(step: Integers, i: int, j: int, k: int) -> int:
    """Where in the weights the kernel of filter `i` at place (j, k) begins."""
    return i * step[OF_FILTER] + j % step[TILE_ROWS] * step[OF_ROW] + k % step[TILE_COLUMNS] * step[OF_COLUMN]


@helper
def bias_at(step: Integers, i: int, j: int, k: int) -> int:
    """Which bias filter `i` has at place (j, k)."""
    return i * step[BIAS_FILTER] + j % step[TILE_ROWS] * step[BIAS_ROW] + k % step[TILE_COLUMNS] * step[BIAS_COLUMN]


@helper
def kernel_length(step: Integers) -> int:
    """How many weights an output has: channels of its group × taps."""
    return step[CHANNELS] // step[GROUPS] * step[KERNEL_ROWS] * step[KERNEL_COLUMNS]


@helper
def places_of(step: Integers) -> int:
    """The places of an output map."""
    return step[ROWS] * step[COLUMNS]
