"""Whose kernels stand at a place: a convolution's own at every place, or a tiled layer's in turn.

A product of sliding windows is a convolution's row (`correlate_row.py`) and these numbers: after how many rows and
columns of places the first kernel comes again, and how far apart in the weights lie filters, taps, and kernels down and
across. With one kernel it is a convolution.
"""

from cnnbuilder.kernels.correlate_row import (
    BATCH,
    BEFORE_COLUMNS,
    BEFORE_ROWS,
    CHANNELS,
    COLUMNS,
    DILATION_COLUMNS,
    DILATION_ROWS,
    FILTERS,
    GROUPS,
    HEIGHT,
    KERNEL_COLUMNS,
    KERNEL_ROWS,
    ROWS,
    START,
    STRIDE_COLUMNS,
    STRIDE_ROWS,
    WIDTH,
    beginning,
    masked,
    start_column,
    start_row,
)
from cnnbuilder.kernels.native import Integers, helper, real, routine, values

TURNS_DOWN, TURNS_ACROSS, OF_FILTER, OF_TAP, OF_DOWN, OF_ACROSS, TURNS = range(7)


@helper
def alone(step: Integers, turns: Integers) -> None:
    """The turns of a convolution."""
    turns[TURNS_DOWN], turns[TURNS_ACROSS], turns[OF_TAP], turns[OF_DOWN], turns[OF_ACROSS] = 1, 1, 1, 0, 0
    turns[OF_FILTER] = step[CHANNELS] // step[GROUPS] * step[KERNEL_ROWS] * step[KERNEL_COLUMNS]


@helper
def weight_of(step: Integers, turns: Integers, i: int, c: int, m: int, n: int, j: int, k: int) -> int:
    """Where the weight of filter `i`, channel `c` of its group and tap (m, n) lies, of the kernel at place (j, k)."""
    tap = (c * step[KERNEL_ROWS] + m) * step[KERNEL_COLUMNS] + n
    kernel = j % turns[TURNS_DOWN] * turns[OF_DOWN] + k % turns[TURNS_ACROSS] * turns[OF_ACROSS]
    return i * turns[OF_FILTER] + tap * turns[OF_TAP] + kernel


@helper
def row_under(step: Integers, u: int, m: int) -> int:
    """The output row whose tap `m` lies on input row `u`, in strides: whole where there is one."""
    return u + step[BEFORE_ROWS] - m * step[DILATION_ROWS]


@helper
def column_under(step: Integers, v: int, n: int) -> int:
    """The same of columns."""
    return v + step[BEFORE_COLUMNS] - n * step[DILATION_COLUMNS]


@routine
def plain_input(step: Integers, turns: Integers, frame: Integers, plane: int, u: int, v: int) -> float:
    """gx at (u, v) of one plane, its start with it, by the formula."""
    channel, in_group, filters = plane % step[CHANNELS], step[CHANNELS] // step[GROUPS], step[FILTERS] // step[GROUPS]
    group, sample = channel // in_group, plane // step[CHANNELS]
    total = beginning(step, frame, plane) if step[START] else real(0)
    for i in range(group * filters, (group + 1) * filters):
        for m in range(step[KERNEL_ROWS]):
            down = row_under(step, u, m)
            j = down // step[STRIDE_ROWS]
            if down % step[STRIDE_ROWS] == 0 and 0 <= j < step[ROWS]:
                for n in range(step[KERNEL_COLUMNS]):
                    across = column_under(step, v, n)
                    k = across // step[STRIDE_COLUMNS]
                    if across % step[STRIDE_COLUMNS] == 0 and 0 <= k < step[COLUMNS]:
                        place = ((sample * step[FILTERS] + i) * step[ROWS] + j) * step[COLUMNS] + k
                        weight = values(frame[1])[weight_of(step, turns, i, channel % in_group, m, n, j, k)]
                        total += masked(step, frame, place) * weight
    return total


@routine
def plain_weight(
    step: Integers, turns: Integers, frame: Integers, i: int, c: int, m: int, n: int, jt: int, kt: int
) -> float:
    """The gradient of weight (m, n) of filter `i`'s kernel (jt, kt) for channel `c` of its group, by the formula."""
    in_group, filters = step[CHANNELS] // step[GROUPS], step[FILTERS] // step[GROUPS]
    total = real(0)
    for sample in range(step[BATCH]):
        channel = sample * step[CHANNELS] + i // filters * in_group + c
        for j in range(jt, step[ROWS], turns[TURNS_DOWN]):
            row = start_row(step, j) + m * step[DILATION_ROWS]
            for k in range(kt, step[COLUMNS], turns[TURNS_ACROSS]):
                column = start_column(step, k) + n * step[DILATION_COLUMNS]
                if 0 <= row < step[HEIGHT] and 0 <= column < step[WIDTH]:
                    g = masked(step, frame, ((sample * step[FILTERS] + i) * step[ROWS] + j) * step[COLUMNS] + k)
                    total += g * values(frame[0])[(channel * step[HEIGHT] + row) * step[WIDTH] + column]
    return total
