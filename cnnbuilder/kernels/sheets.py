"""Maps laid out so that a window slides by moving a pointer: what sliding tiles (`tile.py`) read, no copy for each tap.

A window with stride s and padding p has under its tap u, at output row j, the input row `j·s + u − p`: one of phase
`u mod s`, moved on by `u div s` rows. So the rows and columns of every channel are sorted by phase into *sheets*, with
the padding written out, and the value under tap (u, v) at place (j, k) is `(j + u div s) · pitch + k + v div s` behind
the start of its sheet. Places are numbered along the pitch: one product of the tile runs over several rows of them,
and the few places between two rows are computed and dropped. Without strides the zeros behind a row are those before
the next, which makes the pitch of a 14 × 14 map 15 and not 16. Each input value is copied once for all taps and
filters, where gathering copied it once a tap.
"""

from cnnbuilder.kernels.correlate_row import first_inside, stop_inside
from cnnbuilder.kernels.native import Integers, Values, at, copy_short, helper, real, routine, tile_lanes
from cnnbuilder.kernels.rows import fill

(
    STRIDE_DOWN, STRIDE_ACROSS, PHASES_DOWN, PHASES_ACROSS, HIGH, PITCH, TOP, LEFT, DOWN, ACROSS, SHARED, SHEET,
) = range(12)  # fmt: skip
"""The numbers of a layout: strides, phases, rows of a sheet, their pitch, the input place that comes first (negative in
the padding), rows and columns of places, and zeros that the last row lacks."""


@routine
def lay(
    sheet: Integers, down: int, across: int, reach_down: int, reach_across: int, rows: int, columns: int, top: int,
    left: int, width: int,
) -> None:
    """The layout for `rows` × `columns` places from input place (top, left) on, of windows with strides `down` and
    `across` whose last taps are `reach_…` behind their first, on maps of a width."""
    sheet[STRIDE_DOWN], sheet[STRIDE_ACROSS] = down, across
    sheet[PHASES_DOWN], sheet[PHASES_ACROSS] = min(down, reach_down + 1), min(across, reach_across + 1)
    sheet[HIGH] = rows + reach_down // down
    sheet[SHARED] = 0
    if across == 1:
        # No more than lies between two rows: each place has a number of its own.
        sheet[SHARED] = max(0, min(-left, reach_across, left + columns + reach_across - width))
    sheet[PITCH] = columns + reach_across // across - sheet[SHARED]
    sheet[TOP], sheet[LEFT], sheet[DOWN], sheet[ACROSS] = top, left, rows, columns


@helper
def place_count(sheet: Integers) -> int:
    """Places from the first to the last, those between two rows with them."""
    return (sheet[DOWN] - 1) * sheet[PITCH] + sheet[ACROSS]


@helper
def tap_offset(sheet: Integers, channel: int, u: int, v: int) -> int:
    """How far behind the start of all sheets the value under tap (u, v) lies at the first place."""
    down, across = sheet[STRIDE_DOWN], sheet[STRIDE_ACROSS]
    plane = (channel * sheet[PHASES_DOWN] + u % down) * sheet[PHASES_ACROSS] + v % across
    return (plane * sheet[HIGH] + u // down) * sheet[PITCH] + v // across


@helper
def channel_size(sheet: Integers) -> int:
    """Values of the sheets of one channel."""
    return sheet[PHASES_DOWN] * sheet[PHASES_ACROSS] * sheet[HIGH] * sheet[PITCH]


@routine
def repeat_offsets(offsets: Integers, count: int, channels: int, apart: int) -> None:
    """The offsets of the other channels, behind the `count` ones of the first."""
    for c in range(1, channels):
        for tap in range(count):
            offsets[c * count + tap] = offsets[tap] + c * apart


@routine
def tap_offsets(
    sheet: Integers, channels: int, rows: int, columns: int, apart_down: int, apart_across: int, u: int, v: int,
    offsets: Integers,
) -> None:
    """`tap_offset` of every channel, row and column of a kernel whose first tap is (u, v)."""
    for m in range(rows):
        for n in range(columns):
            offsets[m * columns + n] = tap_offset(sheet, 0, u + m * apart_down, v + n * apart_across)
    repeat_offsets(offsets, rows * columns, channels, channel_size(sheet))


@routine
def spread(sheet: Integers, x: Values, channels: int, height: int, width: int, target: Values) -> None:
    """Fill the sheets of `channels` maps from `x` on."""
    pitch, stride = sheet[PITCH], sheet[STRIDE_ACROSS]
    line = target
    for c in range(channels):
        for rest in range(sheet[PHASES_DOWN] * sheet[PHASES_ACROSS]):
            down, across = rest // sheet[PHASES_ACROSS], rest % sheet[PHASES_ACROSS]
            offset = sheet[LEFT] + across
            low = min(pitch, first_inside(offset, stride))
            high = max(low, stop_inside(offset, stride, width, pitch))
            for a in range(sheet[HIGH]):
                row = sheet[TOP] + a * sheet[STRIDE_DOWN] + down
                if 0 <= row < height:
                    copy_inside(line, at(x, (c * height + row) * width + offset), low, high, pitch, stride)
                else:
                    fill(line, pitch, real(0))
                line = at(line, pitch)
    fill(line, sheet[SHARED] + tile_lanes(), real(0))


@routine
def copy_inside(target: Values, source: Values, low: int, high: int, count: int, stride: int) -> None:
    """target[i] = source[i · stride] for `low` … `high − 1`, 0 elsewhere."""
    for i in range(low):
        target[i] = real(0)
    if stride == 1:
        copy_short(high - low, at(source, low), at(target, low))
    elif stride == 2:
        for i in range(low, high):
            target[i] = source[2 * i]
    else:
        for i in range(low, high):
            target[i] = source[i * stride]
    for i in range(high, count):
        target[i] = real(0)
