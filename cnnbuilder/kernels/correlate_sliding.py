"""Convolution forward on register tiles: eight filters by 48 places, all weights of a filter in one go.

`y[f, place] = Σ_k W[f, k] · sheet[offsets[k] + place]`: the input lies in sheets (`sheets.py`), the weights where they
are, and the sums stay in registers from the first weight to the last. The maps are taken in chunks of places whose
sheets fit in the second-level cache; there each filter's weights are read once for all places of a chunk. The five
sizes of VGG reach 84 to 89 % of what registers alone do (gathered panels: 70 to 82 %).

Padding is written out as 0, and 0 · ∞ is NaN where the formula reads nothing: so a NaN that padding may have made is
computed again by the plain sum.
"""

from cnnbuilder.kernels.correlate_blocked import VECTORS, ceil_div, copy_rows, kernel_length, touches_padding
from cnnbuilder.kernels.correlate_direct import input_plane
from cnnbuilder.kernels.correlate_plain import plain_output
from cnnbuilder.kernels.correlate_row import (
    ACCUMULATE,
    BATCH,
    BIAS,
    CHANNELS,
    COLUMNS,
    DILATION_COLUMNS,
    DILATION_ROWS,
    FILTERS,
    GROUPS,
    HEIGHT,
    KERNEL_COLUMNS,
    KERNEL_ROWS,
    LOCATION,
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
from cnnbuilder.kernels.native import (
    Integers,
    Values,
    at,
    cancelled,
    finish,
    helper,
    integers,
    real,
    release,
    reserve,
    routine,
    sliding_tile,
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
    lay,
    place_count,
    spread,
    tap_offsets,
)

ROOM = 96 << 10
"""Values of sheets that are held at once: 384 KB, with as much again for weights in the second-level cache."""
MOST = 2048
"""Places of a chunk at most: eight sums for each are held too."""
PIECES = 4
"""Items for each part, so that the parts are about equal."""


@helper
def reach_rows(step: Integers) -> int:
    """How far behind its first the last row of a window's taps lies."""
    return (step[KERNEL_ROWS] - 1) * step[DILATION_ROWS]


@helper
def reach_columns(step: Integers) -> int:
    """The same of columns."""
    return (step[KERNEL_COLUMNS] - 1) * step[DILATION_COLUMNS]


@helper
def values_at_a_place(channels: int, down: int, across: int, reach_down: int, reach_across: int) -> int:
    """Values that sheets hold for each place, by strides and reaches."""
    return channels * min(down, reach_down + 1) * min(across, reach_across + 1)


@routine
def columns_at_once(columns: int, each: int, over_rows: int, over_columns: int) -> int:
    """Columns of places in a chunk: all of them, unless one row is too much; `each` values a place."""
    line = each * (1 + over_rows)
    if columns <= MOST and line * (columns + over_columns) <= 2 * ROOM:
        return columns
    wide = VECTORS * tile_lanes()
    return min(columns, max(wide, min(MOST, ROOM // line) // wide * wide))


@routine
def rows_at_once(rows: int, columns: int, each: int, over_rows: int, over_columns: int) -> int:
    """Rows of places in a chunk of all columns."""
    pitch = columns + over_columns
    return max(1, min(rows, min(ROOM // (each * pitch) - over_rows, MOST // pitch)))


@routine
def sliding_forward(step: Integers, frame: Integers, part: int, parts: int, cancel: Integers) -> None:
    """Split over samples, groups and chunks of places, and over filters where those are few."""
    in_group, size, lanes = step[CHANNELS] // step[GROUPS], kernel_length(step), tile_lanes()
    filters, blocks = step[FILTERS] // step[GROUPS], ceil_div(step[FILTERS] // step[GROUPS], tile_rows())
    down, across = step[STRIDE_ROWS], step[STRIDE_COLUMNS]
    each = values_at_a_place(in_group, down, across, reach_rows(step), reach_columns(step))
    over_rows, over_columns = reach_rows(step) // down, reach_columns(step) // across
    columns = columns_at_once(step[COLUMNS], each, over_rows, over_columns)
    rows = 1
    if columns == step[COLUMNS]:
        rows = rows_at_once(step[ROWS], columns, each, over_rows, over_columns)
    chunks_down, chunks_across = ceil_div(step[ROWS], rows), ceil_div(step[COLUMNS], columns)
    chunks = step[BATCH] * step[GROUPS] * chunks_down * chunks_across
    pieces = min(blocks, ceil_div(PIECES * parts, chunks)) if parts > 1 else 1
    numbers = reserve(2 * (SHEET + size))
    sheet, offsets, held = integers(numbers), at(integers(numbers), SHEET), -1
    places = (rows * (columns + over_columns) + lanes) // lanes * lanes
    sheets = each * (rows + over_rows) * (columns + over_columns) + over_columns + lanes
    buffer = reserve(tile_rows() * (places + size) + sheets)
    sums, tail = values(buffer), at(values(buffer), tile_rows() * places)
    target = at(tail, tile_rows() * size)
    items = chunks * pieces
    for item in range(part * items // parts, (part + 1) * items // parts):
        piece, chunk = item % pieces, item // pieces
        unit, at_once = chunk // (chunks_down * chunks_across), chunk % (chunks_down * chunks_across)
        j, k = at_once // chunks_across * step[ROWS] // chunks_down, at_once % chunks_across * columns
        stop = (at_once // chunks_across + 1) * step[ROWS] // chunks_down
        first = unit % step[GROUPS] * filters
        if chunk != held:
            lay(sheet, down, across, reach_rows(step), reach_columns(step), stop - j, min(columns, step[COLUMNS] - k),
                start_row(step, j), start_column(step, k), step[WIDTH])
            tap_offsets(sheet, in_group, step[KERNEL_ROWS], step[KERNEL_COLUMNS], step[DILATION_ROWS],
                        step[DILATION_COLUMNS], 0, 0, offsets)
            x = at(values(frame[0]), input_plane(step, unit // step[GROUPS], first, 0) * step[HEIGHT] * step[WIDTH])
            spread(sheet, x, in_group, step[HEIGHT], step[WIDTH], target)
            held = chunk
        for block in range(piece * blocks // pieces, (piece + 1) * blocks // pieces):
            if cancelled(cancel):
                break
            f = first + block * tile_rows()
            used = min(tile_rows(), first + filters - f)
            forward_block(step, frame, sheet, offsets, unit // step[GROUPS], f, used, j, k, target, sums, tail)
    release(numbers)
    release(buffer)


@routine
def forward_block(
    step: Integers, frame: Integers, sheet: Integers, offsets: Integers, sample: int, f: int, used: int, j: int, k: int,
    sheets: Values, sums: Values, tail: Values,
) -> None:
    """`used` filters from `f` on at the places of the sheets, which begin at (j, k)."""
    size, columns, places = kernel_length(step), step[COLUMNS], step[ROWS] * step[COLUMNS]
    a = at(values(frame[1]), f * size)
    if used < tile_rows():
        copy_rows(a, size, used, size, tail)
        a = tail
    room = ceil_div(place_count(sheet), tile_lanes()) * tile_lanes()
    slide(sheet, size, a, size, 1, sheets, offsets, sums, room)
    for r in range(used):
        y = at(values(frame[slot(step, Y)]), (sample * step[FILTERS] + f + r) * places + j * columns + k)
        for row in range(sheet[DOWN]):
            source, target = at(sums, r * room + row * sheet[PITCH]), at(y, row * columns)
            finish_row(step, frame, sample, f + r, j + row, k, sheet[ACROSS], source, target)


@routine
def slide(
    sheet: Integers, depth: int, a: Values, a_row: int, a_step: int, sheets: Values, offsets: Integers, sums: Values,
    room: int,
) -> None:
    """sums[r, place] = Σ_k A[r, k] · sheets[offsets[k] + place], rows `room` apart."""
    wide = VECTORS * tile_lanes()
    for place in range(0, room, wide):
        vectors = min(VECTORS, (room - place) // tile_lanes())
        sliding_tile(vectors, depth, a, a_row, a_step, at(sheets, place), offsets, at(sums, place), room)


@routine
def finish_row(
    step: Integers, frame: Integers, sample: int, f: int, j: int, k: int, count: int, source: Values, target: Values
) -> None:
    """Bias and epilogue of a row of sums, stored or added; what padding may have made NaN is computed again."""
    bias = real(0)
    if step[BIAS] == LOCATION:
        combine(source, at(values(frame[2]), (f * step[ROWS] + j) * step[COLUMNS] + k), count, ADD)
    elif step[BIAS]:
        bias = values(frame[2])[f]
    adding = step[ACCUMULATE] & 1
    row = source if adding else target
    if store_row(row, source, count, bias, step[RELU]):
        for i in range(count):
            if row[i] != row[i] and touches_padding(step, j, k + i):
                v = plain_output(step, frame, sample, f, j, k + i)
                row[i] = real(0) if step[RELU] and v <= 0 else v
    if adding:
        combine(target, source, count, ADD)


@routine
def store_row(target: Values, source: Values, count: int, bias: float, rectified: int) -> int:
    """target = source + bias, through a ReLU or not, and whether any of it is NaN."""
    return finish(count, source, bias, rectified, target)
