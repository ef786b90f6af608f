"""The way to the weights on register tiles: four filters by six taps, along the places.

`gK[f, k] = Σ_place gy[f, place] · sheet[offsets[k] + place]`: x lies in sheets (`sheets.py`), gy along the same pitch
with zeros between the rows, and 24 sums of a vector each run to the end of a chunk of places, where their lanes are
added up. Nothing is gathered across. At 64 filters × 224 × 224 that takes 0.5 of the time of panels gathered across;
where places are few and filters many, adding up the lanes costs more than the gathering (`correlate_backward.py`).

The zeros between rows meet values of x that the formula does not read, and padding meets gy: a NaN is computed again.
"""

from cnnbuilder.kernels.correlate_blocked import ceil_div, has_nan
from cnnbuilder.kernels.correlate_row import (
    BATCH,
    CHANNELS,
    COLUMNS,
    DILATION_COLUMNS,
    DILATION_ROWS,
    FILTERS,
    GROUPS,
    GW,
    GY,
    HEIGHT,
    KERNEL_COLUMNS,
    KERNEL_ROWS,
    RELU,
    ROWS,
    STRIDE_COLUMNS,
    STRIDE_ROWS,
    WIDTH,
    Y,
    slot,
    start_column,
    start_row,
)
from cnnbuilder.kernels.correlate_sliding import PIECES, ROOM, reach_columns, reach_rows, values_at_a_place
from cnnbuilder.kernels.native import (
    Integers,
    Values,
    at,
    cancelled,
    dot_rows,
    dot_taps,
    dot_tile,
    helper,
    integers,
    real,
    release,
    reserve,
    routine,
    tile_lanes,
    values,
)
from cnnbuilder.kernels.rows import fill
from cnnbuilder.kernels.sheets import ACROSS, DOWN, PITCH, SHEET, lay, place_count, spread, tap_offsets
from cnnbuilder.kernels.turns import (
    OF_ACROSS,
    OF_DOWN,
    OF_FILTER,
    OF_TAP,
    TURNS_ACROSS,
    TURNS_DOWN,
    plain_weight,
    weight_of,
)

CHUNK = 1024
"""Places at once: four rows of gy and what six taps see stay in the first-level cache."""

SUMS = 32
"""Room for the sums of a dot tile, whole cache lines."""


@helper
def chunk_columns(step: Integers, turns: Integers) -> int:
    """Columns of places of a kernel in a chunk."""
    return min(CHUNK, ceil_div(step[COLUMNS], turns[TURNS_ACROSS]))


@helper
def chunk_rows(step: Integers, turns: Integers, pitch: int) -> int:
    """Rows of places of a kernel in a chunk."""
    return max(1, min(ceil_div(step[ROWS], turns[TURNS_DOWN]), CHUNK // pitch))


@routine
def sliding_to_weights(
    step: Integers, turns: Integers, frame: Integers, part: int, parts: int, cancel: Integers
) -> None:
    """Split over groups and channels, and over filters where those are few; every item sees all samples and places."""
    in_group, filters = step[CHANNELS] // step[GROUPS], step[FILTERS] // step[GROUPS]
    taps, lanes = step[KERNEL_ROWS] * step[KERNEL_COLUMNS], tile_lanes()
    down, across = step[STRIDE_ROWS] * turns[TURNS_DOWN], step[STRIDE_COLUMNS] * turns[TURNS_ACROSS]
    reach_down = reach_rows(step) + (min(turns[TURNS_DOWN], step[ROWS]) - 1) * step[STRIDE_ROWS]
    reach_across = reach_columns(step) + (min(turns[TURNS_ACROSS], step[COLUMNS]) - 1) * step[STRIDE_COLUMNS]
    columns = chunk_columns(step, turns)
    pitch = columns + reach_across // across
    rows = chunk_rows(step, turns, pitch)
    each = values_at_a_place(1, down, across, reach_down, reach_across) * (rows + reach_down // down) * pitch
    wanted = ceil_div(PIECES * parts, step[GROUPS]) if parts > 1 else 1
    cuts = min(in_group, max(wanted, ceil_div(in_group * each, ROOM)))
    blocks = ceil_div(filters, dot_rows())
    pieces = min(blocks, ceil_div(wanted, cuts))
    most = ceil_div(in_group, cuts)
    room = (rows * pitch + lanes) // lanes * lanes
    numbers = reserve(2 * (SHEET + most * taps + dot_taps()))
    buffer = reserve(SUMS + dot_rows() * room + most * each + reach_across // across + 2 * lanes)
    items = step[GROUPS] * cuts * pieces
    for item in range(part * items // parts, (part + 1) * items // parts):
        piece, cut, group = item % pieces, item // pieces % cuts, item // pieces // cuts
        first, stop = piece * blocks // pieces * dot_rows(), min(filters, (piece + 1) * blocks // pieces * dot_rows())
        c, count = cut * in_group // cuts, (cut + 1) * in_group // cuts - cut * in_group // cuts
        for f in range(group * filters + first, group * filters + stop):
            gw = at(values(frame[slot(step, GW)]), weight_of(step, turns, f, c, 0, 0, 0, 0))
            fill(gw, count * taps * turns[OF_TAP], real(0))
        for sample in range(step[BATCH]):
            x = (sample * step[CHANNELS] + group * in_group + c) * step[HEIGHT] * step[WIDTH]
            for a in range(0, ceil_div(step[ROWS], turns[TURNS_DOWN]), rows):
                for b in range(0, ceil_div(step[COLUMNS], turns[TURNS_ACROSS]), columns):
                    if cancelled(cancel):
                        break
                    sheet = integers(numbers)
                    high, wide = ceil_div(step[ROWS], turns[TURNS_DOWN]), ceil_div(step[COLUMNS], turns[TURNS_ACROSS])
                    lay(sheet, down, across, reach_down, reach_across, min(rows, high - a), min(columns, wide - b),
                        start_row(step, a * turns[TURNS_DOWN]), start_column(step, b * turns[TURNS_ACROSS]),
                        step[WIDTH])
                    sheets = at(values(buffer), SUMS + dot_rows() * room)
                    spread(sheet, at(values(frame[0]), x), count, step[HEIGHT], step[WIDTH], sheets)
                    weights_chunk(step, turns, frame, sheet, sample, group * filters + first, group * filters + stop,
                                  c, count, a, b, sheets, values(buffer))
        for f in range(group * filters + first, group * filters + stop):
            mend(step, turns, frame, f, c, count)
    release(numbers)
    release(buffer)


@routine
def weights_chunk(
    step: Integers, turns: Integers, frame: Integers, sheet: Integers, sample: int, first: int, stop: int, c: int,
    count: int, a: int, b: int, sheets: Values, buffer: Values,
) -> None:
    """What the places of the sheets add to the kernels of filters `first` … `stop − 1`, for `count` channels."""
    offsets, number = at(sheet, SHEET), count * step[KERNEL_ROWS] * step[KERNEL_COLUMNS]
    room = ceil_div(place_count(sheet), tile_lanes()) * tile_lanes()
    gradients, sums = at(buffer, SUMS), buffer
    for jt in range(min(turns[TURNS_DOWN], step[ROWS])):
        for kt in range(min(turns[TURNS_ACROSS], step[COLUMNS])):
            tap_offsets(sheet, count, step[KERNEL_ROWS], step[KERNEL_COLUMNS], step[DILATION_ROWS],
                        step[DILATION_COLUMNS], jt * step[STRIDE_ROWS], kt * step[STRIDE_COLUMNS], offsets)
            for tap in range(dot_taps()):
                offsets[number + tap] = 0
            for f in range(first, stop, dot_rows()):
                used = min(dot_rows(), stop - f)
                for r in range(used):
                    copy_places(step, turns, frame, sheet, sample, f + r, jt + a * turns[TURNS_DOWN],
                                kt + b * turns[TURNS_ACROSS], room, at(gradients, r * room))
                fill(at(gradients, used * room), (dot_rows() - used) * room, real(0))
                gw = at(values(frame[slot(step, GW)]), weight_of(step, turns, f, c, 0, 0, jt, kt))
                for k in range(0, number, dot_taps()):
                    dot_tile(room // tile_lanes(), gradients, room, sheets, at(offsets, k), sums)
                    for r in range(used):
                        for tap in range(min(dot_taps(), number - k)):
                            gw[r * turns[OF_FILTER] + (k + tap) * turns[OF_TAP]] += sums[r * dot_taps() + tap]


@routine
def mend(step: Integers, turns: Integers, frame: Integers, f: int, c: int, count: int) -> None:
    """Compute again those gradients of a filter's weights for `count` channels from `c` on that are NaN."""
    down, across = turns[TURNS_DOWN], turns[TURNS_ACROSS]
    taps = step[KERNEL_ROWS] * step[KERNEL_COLUMNS]
    gw = at(values(frame[slot(step, GW)]), weight_of(step, turns, f, c, 0, 0, 0, 0))
    if has_nan(gw, count * taps * turns[OF_TAP]):
        for tap in range(count * taps):
            for jt in range(down):
                for kt in range(across):
                    at_weight = tap * turns[OF_TAP] + jt * turns[OF_DOWN] + kt * turns[OF_ACROSS]
                    if gw[at_weight] != gw[at_weight]:
                        m, n = tap % taps // step[KERNEL_COLUMNS], tap % step[KERNEL_COLUMNS]
                        gw[at_weight] = plain_weight(step, turns, frame, f, c + tap // taps, m, n, jt, kt)


@routine
def copy_places(
    step: Integers, turns: Integers, frame: Integers, sheet: Integers, sample: int, f: int, j: int, k: int, room: int,
    target: Values,
) -> None:
    """target = gy of a filter, back through the epilogue, at the places of one kernel from (j, k) on, along the pitch
    of the sheets; 0 between rows and beyond."""
    across, pitch = turns[TURNS_ACROSS], sheet[PITCH]
    count = max(0, min(sheet[ACROSS], ceil_div(step[COLUMNS] - k, across)))
    for row in range(sheet[DOWN]):
        line, down = at(target, row * pitch), j + row * turns[TURNS_DOWN]
        inside = count if down < step[ROWS] else 0
        start = ((sample * step[FILTERS] + f) * step[ROWS] + down) * step[COLUMNS] + k
        if inside > 0:
            gy = at(values(frame[slot(step, GY)]), start)
            if across == 1:
                for i in range(inside):
                    line[i] = gy[i]
            else:
                for i in range(inside):
                    line[i] = gy[i * across]
            if step[RELU]:
                y = at(values(frame[slot(step, Y)]), start)
                for i in range(inside):
                    line[i] = real(0) if y[i * across] <= 0 else line[i]
        for i in range(inside, min(pitch, room - row * pitch)):
            line[i] = real(0)
    for i in range(sheet[DOWN] * pitch, room):
        target[i] = real(0)
