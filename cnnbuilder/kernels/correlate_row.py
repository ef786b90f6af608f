"""A convolution's row, and what its plain, blocked and direct loops share: slots, windows, the plain sums.

After the numbers below come, where connections are listed, where each filter's list starts (`filters + 1` numbers)
and the lists. `START` is 1 where gx begins with a number a channel, as the output of a transposed convolution does;
`ACCUMULATE` is 0 forward, but for one's way to the input (`transposed.py`).
"""

from cnnbuilder.kernels.native import Integers, helper, real, values

(
    BATCH, ACCUMULATE, CHANNELS, FILTERS, HEIGHT, WIDTH, ROWS, COLUMNS, KERNEL_ROWS, KERNEL_COLUMNS, STRIDE_ROWS,
    STRIDE_COLUMNS, DILATION_ROWS, DILATION_COLUMNS, BEFORE_ROWS, BEFORE_COLUMNS, GROUPS, BIAS, RELU, ALGORITHM, LISTED,
    START, LISTS,
) = range(23)  # fmt: skip
DIRECT, WINOGRAD = 1, 2
LOCATION = 2
Y, SAVED, GX, GW, GB, GY = range(6)
FIRST = 7
"""The slot of what gx begins with, behind those of a convolution without a bias."""


@helper
def slot(step: Integers, name: int) -> int:
    """Which slot of the frame holds y, gx, …; there is one more weight where there is a bias."""
    weights = 2 if step[BIAS] else 1
    if name == GY:
        return 4 + 2 * weights
    return name + 1 + weights


@helper
def beginning(step: Integers, frame: Integers, plane: int) -> float:
    """What a plane of gx holds before anything is added."""
    return values(frame[FIRST])[plane % step[CHANNELS]] if step[START] else real(0)


@helper
def stop_of(step: Integers, i: int) -> int:
    """How many channels filter `i` reads."""
    if step[LISTED]:
        return step[LISTS + i + 1] - step[LISTS + i]
    return step[CHANNELS] // step[GROUPS]


@helper
def channel_of(step: Integers, i: int, q: int) -> int:
    """The number of the `q`-th channel that filter `i` reads, within its group."""
    if step[LISTED]:
        return step[LISTS + step[FILTERS] + 1 + step[LISTS + i] + q]
    return q


@helper
def start_row(step: Integers, j: int) -> int:
    """The input row under the first tap of output row `j`; negative in the padding."""
    return j * step[STRIDE_ROWS] - step[BEFORE_ROWS]


@helper
def start_column(step: Integers, k: int) -> int:
    """The input column under the first tap of output column `k`."""
    return k * step[STRIDE_COLUMNS] - step[BEFORE_COLUMNS]


@helper
def first_inside(offset: int, stride: int) -> int:
    """The first window position whose tap at `offset` is not before the input."""
    return 0 if offset >= 0 else (-offset + stride - 1) // stride


@helper
def stop_inside(offset: int, stride: int, size: int, positions: int) -> int:
    """One past the last of `positions` windows whose tap at `offset` is not behind the input's `size` cells."""
    return 0 if offset >= size else min(positions, (size - offset + stride - 1) // stride)


@helper
def masked(step: Integers, frame: Integers, index: int) -> float:
    """gy at an index, taken back through the epilogue."""
    if step[RELU] and values(frame[slot(step, Y)])[index] <= 0:
        return real(0)
    return values(frame[slot(step, GY)])[index]
