"""The way to the input on register tiles: eight channels by 48 input places, over sheets of gy.

gx at input row u sums gy at the rows `(u + p − m·d) / s` where that is whole. Which taps those are, and whose kernels
stand there, repeats after `stride · turns` input rows and columns: the input falls into as many *classes*, and each is
a plain sliding product, `gx[c, place] = Σ_k A[c, k] · sheet[offsets[k] + place]` with k = (filter, tap of the class).
So nothing is multiplied for strides that skip, and nothing is added up in memory. The weights of eight channels are
packed once for all places that a part does.

Sheets hold 0 outside gy, and 0 · ∞ is NaN where the formula reads nothing: such a NaN is computed again.
"""

from cnnbuilder.kernels.correlate_blocked import ceil_div
from cnnbuilder.kernels.correlate_direct import copy_masked
from cnnbuilder.kernels.correlate_row import (
    ACCUMULATE,
    BATCH,
    BEFORE_COLUMNS,
    BEFORE_ROWS,
    CHANNELS,
    COLUMNS,
    FILTERS,
    GROUPS,
    GX,
    GY,
    HEIGHT,
    KERNEL_COLUMNS,
    KERNEL_ROWS,
    RELU,
    ROWS,
    STRIDE_COLUMNS,
    STRIDE_ROWS,
    WIDTH,
    beginning,
    slot,
)
from cnnbuilder.kernels.correlate_sliding import (
    PIECES,
    columns_at_once,
    reach_columns,
    reach_rows,
    rows_at_once,
    slide,
    store_row,
    values_at_a_place,
)
from cnnbuilder.kernels.native import (
    Integers,
    Values,
    at,
    cancelled,
    helper,
    integers,
    real,
    release,
    reserve,
    routine,
    tile_lanes,
    tile_rows,
    values,
)
from cnnbuilder.kernels.rows import ADD, combine
from cnnbuilder.kernels.sheets import (
    ACROSS,
    DOWN,
    PITCH,
    SHEET,
    channel_size,
    lay,
    place_count,
    repeat_offsets,
    spread,
    tap_offset,
)
from cnnbuilder.kernels.turns import (
    OF_FILTER,
    TURNS,
    TURNS_ACROSS,
    TURNS_DOWN,
    alone,
    column_under,
    plain_input,
    row_under,
    weight_of,
)

PACKED = 128 << 10
"""Values of packed weights that are held at once, beside the sheets."""


@helper
def period_down(step: Integers, turns: Integers) -> int:
    """After how many input rows the classes repeat."""
    return step[STRIDE_ROWS] * turns[TURNS_DOWN]


@helper
def period_across(step: Integers, turns: Integers) -> int:
    """The same of columns."""
    return step[STRIDE_COLUMNS] * turns[TURNS_ACROSS]


@helper
def first_under(before: int, reach: int, stride: int) -> int:
    """The first output row (or column) under the first input class; negative before the first."""
    return ceil_div(before - reach, stride)


@routine
def sliding_to_input(
    step: Integers, turns: Integers, frame: Integers, part: int, parts: int, cancel: Integers
) -> None:
    """Split over groups, samples, chunks of places, and over channels where those are few."""
    filters, in_group = step[FILTERS] // step[GROUPS], step[CHANNELS] // step[GROUPS]
    down, across, lanes = period_down(step, turns), period_across(step, turns), tile_lanes()
    top = first_under(step[BEFORE_ROWS], reach_rows(step), step[STRIDE_ROWS])
    left = first_under(step[BEFORE_COLUMNS], reach_columns(step), step[STRIDE_COLUMNS])
    reach_down = max(0, (min(down, step[HEIGHT]) - 1 + step[BEFORE_ROWS]) // step[STRIDE_ROWS] - top)
    reach_across = max(0, (min(across, step[WIDTH]) - 1 + step[BEFORE_COLUMNS]) // step[STRIDE_COLUMNS] - left)
    each = values_at_a_place(filters, turns[TURNS_DOWN], turns[TURNS_ACROSS], reach_down, reach_across)
    over_rows, over_columns = reach_down // turns[TURNS_DOWN], reach_across // turns[TURNS_ACROSS]
    all_rows, all_columns = ceil_div(step[HEIGHT], down), ceil_div(step[WIDTH], across)
    columns = columns_at_once(all_columns, each, over_rows, over_columns)
    rows = rows_at_once(all_rows, columns, each, over_rows, over_columns) if columns == all_columns else 1
    chunks_down, chunks_across = ceil_div(all_rows, rows), ceil_div(all_columns, columns)
    chunks, blocks = step[BATCH] * chunks_down * chunks_across, ceil_div(in_group, tile_rows())
    # Weights of a block for all classes: every tap is in one of them, for each kernel.
    deep = filters * step[KERNEL_ROWS] * step[KERNEL_COLUMNS]
    block_size = tile_rows() * deep * turns[TURNS_DOWN] * turns[TURNS_ACROSS]
    wanted = ceil_div(PIECES * parts, step[GROUPS] * chunks) if parts > 1 else 1
    pieces = min(blocks, max(wanted, ceil_div(blocks * block_size, PACKED)))
    taps_size = step[KERNEL_ROWS] * step[KERNEL_COLUMNS]
    numbers = reserve(2 * (SHEET + 2 * taps_size + block_size // tile_rows()))
    sheet, taps = integers(numbers), at(integers(numbers), SHEET)
    offsets = at(taps, 2 * taps_size)
    room = (rows * (columns + over_columns) + lanes) // lanes * lanes
    sheets = each * (rows + over_rows) * (columns + over_columns) + over_columns + lanes
    masked = filters * step[ROWS] * step[COLUMNS] if step[RELU] else 0
    buffer = reserve(tile_rows() * room + ceil_div(blocks, pieces) * block_size + sheets + masked)
    sums, packed = values(buffer), at(values(buffer), tile_rows() * room)
    target = at(packed, ceil_div(blocks, pieces) * block_size)
    items, held = step[GROUPS] * pieces * chunks, -1
    for item in range(part * items // parts, (part + 1) * items // parts):
        chunk, piece, group = item % chunks, item // chunks % pieces, item // chunks // pieces
        sample, at_once = chunk // (chunks_down * chunks_across), chunk % (chunks_down * chunks_across)
        first, stop = piece * blocks // pieces, (piece + 1) * blocks // pieces
        a, b = at_once // chunks_across * all_rows // chunks_down, at_once % chunks_across * columns
        end = (at_once // chunks_across + 1) * all_rows // chunks_down
        lay(sheet, turns[TURNS_DOWN], turns[TURNS_ACROSS], reach_down, reach_across, end - a,
            min(columns, all_columns - b), top + a * turns[TURNS_DOWN], left + b * turns[TURNS_ACROSS], step[COLUMNS])
        if item // chunks != held:
            held = item // chunks
            for block in range(first, stop):
                pack_block(step, turns, frame, sheet, taps, group, block, at(packed, (block - first) * block_size))
        class_offsets(step, turns, sheet, taps, offsets)
        spread_gradient(step, sheet, frame, sample, group, target, at(target, sheets))
        for block in range(first, stop):
            if cancelled(cancel):
                break
            input_block(step, turns, frame, sheet, offsets, sample, group, block, a, b, target, sums,
                        at(packed, (block - first) * block_size))
    release(numbers)
    release(buffer)


@routine
def turned_to_input(step: Integers, frame: Integers, part: int, parts: int, cancel: Integers) -> None:
    """A convolution's way to the input."""
    turns = reserve(2 * TURNS)
    alone(step, integers(turns))
    sliding_to_input(step, integers(turns), frame, part, parts, cancel)
    release(turns)


@routine
def spread_gradient(
    step: Integers, sheet: Integers, frame: Integers, sample: int, group: int, target: Values, spare: Values
) -> None:
    """Fill the sheets with gy of the filters of a group, back through the epilogue."""
    filters, places = step[FILTERS] // step[GROUPS], step[ROWS] * step[COLUMNS]
    start = (sample * step[FILTERS] + group * filters) * places
    gy = at(values(frame[slot(step, GY)]), start)
    if step[RELU]:
        copy_masked(step, frame, start, filters * places, spare)
        gy = spare
    spread(sheet, gy, filters, step[ROWS], step[COLUMNS], target)


@helper
def classes_down(step: Integers, turns: Integers) -> int:
    """How many rows of classes have places."""
    return min(period_down(step, turns), step[HEIGHT])


@helper
def classes_across(step: Integers, turns: Integers) -> int:
    """How many columns of classes have places."""
    return min(period_across(step, turns), step[WIDTH])


@routine
def class_taps(
    step: Integers, turns: Integers, sheet: Integers, class_down: int, class_across: int, weights: Integers,
    offsets: Integers,
) -> int:
    """The taps of a class: where the first filter's and channel's weight lies, and how far behind the start of the
    sheets what it meets. Gives their number. (Sheets begin under the first class's last taps, for every chunk.)"""
    top = first_under(step[BEFORE_ROWS], reach_rows(step), step[STRIDE_ROWS])
    left = first_under(step[BEFORE_COLUMNS], reach_columns(step), step[STRIDE_COLUMNS])
    number = 0
    for m in range(step[KERNEL_ROWS]):
        under = row_under(step, class_down, m)
        if under % step[STRIDE_ROWS] == 0:
            for n in range(step[KERNEL_COLUMNS]):
                beside = column_under(step, class_across, n)
                if beside % step[STRIDE_COLUMNS] == 0:
                    j, k = under // step[STRIDE_ROWS], beside // step[STRIDE_COLUMNS]
                    weights[number] = weight_of(step, turns, 0, 0, m, n, j, k)
                    offsets[number] = tap_offset(sheet, 0, j - top, k - left)
                    number += 1
    return number


@routine
def pack_block(
    step: Integers, turns: Integers, frame: Integers, sheet: Integers, taps: Integers, group: int, block: int,
    packed: Values,
) -> None:
    """The weights of eight channels, class by class: packed[k, channel], 0 for channels that a tile lacks."""
    filters, in_group, rows = step[FILTERS] // step[GROUPS], step[CHANNELS] // step[GROUPS], tile_rows()
    used, apart = min(rows, in_group - block * rows), weight_of(step, turns, 0, 1, 0, 0, 0, 0)
    first = at(values(frame[1]), group * filters * turns[OF_FILTER] + block * rows * apart)
    target, unused = packed, at(taps, step[KERNEL_ROWS] * step[KERNEL_COLUMNS])
    for class_down in range(classes_down(step, turns)):
        for class_across in range(classes_across(step, turns)):
            count = class_taps(step, turns, sheet, class_down, class_across, taps, unused)
            for i in range(filters):
                for tap in range(count):
                    source = at(first, i * turns[OF_FILTER] + taps[tap])
                    if used == rows:
                        for r in range(tile_rows()):  # a fixed number: no loop is left of it
                            target[r] = source[r * apart]
                    else:
                        for r in range(rows):
                            target[r] = source[r * apart] if r < used else real(0)
                    target = at(target, rows)


@routine
def class_offsets(step: Integers, turns: Integers, sheet: Integers, taps: Integers, offsets: Integers) -> None:
    """Where in the sheets lies what the weights meet, in the order of `pack_block`."""
    target, filters = offsets, step[FILTERS] // step[GROUPS]
    for class_down in range(classes_down(step, turns)):
        for class_across in range(classes_across(step, turns)):
            count = class_taps(step, turns, sheet, class_down, class_across, taps, target)
            repeat_offsets(target, count, filters, channel_size(sheet))
            target = at(target, count * filters)


@helper
def tap_count(step: Integers, class_down: int, class_across: int) -> int:
    """How many taps a class has."""
    down, across = 0, 0
    for m in range(step[KERNEL_ROWS]):
        down += 1 if row_under(step, class_down, m) % step[STRIDE_ROWS] == 0 else 0
    for n in range(step[KERNEL_COLUMNS]):
        across += 1 if column_under(step, class_across, n) % step[STRIDE_COLUMNS] == 0 else 0
    return down * across


@routine
def input_block(
    step: Integers, turns: Integers, frame: Integers, sheet: Integers, offsets: Integers, sample: int, group: int,
    block: int, a: int, b: int, sheets: Values, sums: Values, packed: Values,
) -> None:
    """gx of eight channels at the places of the sheets, which begin at place (a, b) of every class."""
    in_group, rows, plane_size = step[CHANNELS] // step[GROUPS], tile_rows(), step[HEIGHT] * step[WIDTH]
    down, across = period_down(step, turns), period_across(step, turns)
    room = ceil_div(place_count(sheet), tile_lanes()) * tile_lanes()
    first = sample * step[CHANNELS] + group * in_group + block * rows
    weights, places = packed, offsets
    for class_down in range(classes_down(step, turns)):
        for class_across in range(classes_across(step, turns)):
            depth = step[FILTERS] // step[GROUPS] * tap_count(step, class_down, class_across)
            if depth:
                slide(sheet, depth, weights, 1, rows, sheets, places, sums, room)
                weights, places = at(weights, depth * rows), at(places, depth)
            for r in range(min(rows, in_group - block * rows)):
                gx = at(values(frame[slot(step, GX)]), (first + r) * plane_size)
                for row in range(sheet[DOWN]):
                    u, v = class_down + (a + row) * down, class_across + b * across
                    if u < step[HEIGHT] and v < step[WIDTH]:
                        source = at(sums, r * room + row * sheet[PITCH])
                        store_input(step, turns, frame, sheet, first + r, u, v, depth, source,
                                    at(gx, u * step[WIDTH] + v))


@routine
def store_input(
    step: Integers, turns: Integers, frame: Integers, sheet: Integers, plane: int, u: int, v: int, depth: int,
    source: Values, target: Values,
) -> None:
    """A row of one class's sums, from (u, v) on, stored in a plane of gx, or added."""
    across = period_across(step, turns)
    count = min(sheet[ACROSS], ceil_div(step[WIDTH] - v, across))
    if depth == 0:
        for i in range(count):
            source[i] = real(0)
    adding = step[ACCUMULATE] & 1
    row = target if across == 1 and not adding else source
    if store_row(row, source, count, beginning(step, frame, plane), 0):
        for i in range(count):
            if row[i] != row[i] and misses_outputs(step, u, v + i * across):
                row[i] = plain_input(step, turns, frame, plane, u, v + i * across)
    if across == 1:
        if adding:
            combine(target, source, count, ADD)
    elif adding:
        for i in range(count):
            target[i * across] += source[i]
    else:
        for i in range(count):
            target[i * across] = source[i]


@helper
def misses_outputs(step: Integers, u: int, v: int) -> bool:
    """Whether a tap over input place (u, v) may belong to a window that there is not."""
    row, column = row_under(step, u, step[KERNEL_ROWS] - 1), column_under(step, v, step[KERNEL_COLUMNS] - 1)
    last_row, last_column = row_under(step, u, 0), column_under(step, v, 0)
    beyond = last_row // step[STRIDE_ROWS] >= step[ROWS] or last_column // step[STRIDE_COLUMNS] >= step[COLUMNS]
    return row < 0 or column < 0 or beyond
