"""Window products whose kernels take turns: the places of one kernel are a convolution of longer strides.

The input lies in sheets (`sheets.py`) whose phases are those of stride × turns, so that one copy serves all kernels;
each slides over it with its weights where they are. Both ways back are a convolution's, told whose kernels stand where
(`turned_sliding.py`, `sliding_weights.py`, `turns.py`). 16 maps of 56 × 56 by 2 × 2 kernels of 3 × 3 take 0.22 ms on
one core, forward, where gathering a panel for each kernel took 0.54.
"""

from cnnbuilder.kernels.correlate_blocked import ceil_div, touches_padding
from cnnbuilder.kernels.correlate_row import (
    BATCH,
    BIAS,
    CHANNELS,
    COLUMNS,
    DILATION_COLUMNS,
    DILATION_ROWS,
    FILTERS,
    GROUPS,
    GW,
    HEIGHT,
    KERNEL_COLUMNS,
    KERNEL_ROWS,
    LISTS,
    ROWS,
    STRIDE_COLUMNS,
    STRIDE_ROWS,
    WIDTH,
    Y,
    slot,
    start_column,
    start_row,
)
from cnnbuilder.kernels.correlate_sliding import (
    PIECES,
    columns_at_once,
    reach_columns,
    reach_rows,
    rows_at_once,
    slide,
    values_at_a_place,
)
from cnnbuilder.kernels.native import (
    Integers,
    Values,
    at,
    cancelled,
    integers,
    real,
    release,
    reserve,
    routine,
    tile_lanes,
    tile_rows,
    values,
)
from cnnbuilder.kernels.sheets import ACROSS, DOWN, PITCH, SHEET, lay, place_count, spread, tap_offsets
from cnnbuilder.kernels.sliding_weights import sliding_to_weights
from cnnbuilder.kernels.turned_sliding import sliding_to_input
from cnnbuilder.kernels.turns import OF_ACROSS, OF_DOWN, OF_FILTER, OF_TAP, TURNS, TURNS_ACROSS, TURNS_DOWN
from cnnbuilder.kernels.untied_places import bias_gradient
from cnnbuilder.kernels.untied_plain import output_at, plain_output
from cnnbuilder.kernels.untied_row import (
    OF_COLUMN,
    OF_ROW,
    TILE_COLUMNS,
    TILE_ROWS,
    bias_at,
    kernel_at,
    kernel_length,
)
from cnnbuilder.kernels.untied_row import OF_FILTER as ROW_OF_FILTER
from cnnbuilder.kernels.untied_row import OF_TAP as ROW_OF_TAP


@routine
def turned(step: Integers, numbers: Integers) -> None:
    """The row of the convolution that has these windows, and behind it whose kernels stand where."""
    for number in range(LISTS):
        numbers[number] = step[number] if number <= BIAS else 0
    turns = at(numbers, LISTS)
    turns[TURNS_DOWN], turns[TURNS_ACROSS] = step[TILE_ROWS], step[TILE_COLUMNS]
    turns[OF_FILTER], turns[OF_TAP] = step[ROW_OF_FILTER], step[ROW_OF_TAP]
    turns[OF_DOWN], turns[OF_ACROSS] = step[OF_ROW], step[OF_COLUMN]


@routine
def tiles_to_input(step: Integers, frame: Integers, part: int, parts: int, cancel: Integers) -> None:
    """A convolution's way, with kernels in turn."""
    numbers = reserve(2 * (LISTS + TURNS))
    turned(step, integers(numbers))
    sliding_to_input(integers(numbers), at(integers(numbers), LISTS), frame, part, parts, cancel)
    release(numbers)


@routine
def tiles_to_weights(step: Integers, frame: Integers, part: int, parts: int, cancel: Integers) -> None:
    """A convolution's way, with kernels in turn; biases split over filters."""
    for i in range(part * step[FILTERS] // parts, (part + 1) * step[FILTERS] // parts):
        bias_gradient(step, frame, i)
    if frame[slot(step, GW)] == 0:
        return
    numbers = reserve(2 * (LISTS + TURNS))
    turned(step, integers(numbers))
    sliding_to_weights(integers(numbers), at(integers(numbers), LISTS), frame, part, parts, cancel)
    release(numbers)


@routine
def tiles_forward(step: Integers, frame: Integers, part: int, parts: int, cancel: Integers) -> None:
    """Split over samples, groups and chunks of places, and over kernels and filters where those are few."""
    in_group, size, lanes = step[CHANNELS] // step[GROUPS], kernel_length(step), tile_lanes()
    filters, blocks = step[FILTERS] // step[GROUPS], ceil_div(step[FILTERS] // step[GROUPS], tile_rows())
    kernels_down, kernels_across = min(step[TILE_ROWS], step[ROWS]), min(step[TILE_COLUMNS], step[COLUMNS])
    down, across = step[STRIDE_ROWS] * step[TILE_ROWS], step[STRIDE_COLUMNS] * step[TILE_COLUMNS]
    reach_down = reach_rows(step) + (kernels_down - 1) * step[STRIDE_ROWS]
    reach_across = reach_columns(step) + (kernels_across - 1) * step[STRIDE_COLUMNS]
    each = values_at_a_place(in_group, down, across, reach_down, reach_across)
    over_rows, over_columns = reach_down // down, reach_across // across
    high, wide = ceil_div(step[ROWS], step[TILE_ROWS]), ceil_div(step[COLUMNS], step[TILE_COLUMNS])
    columns = columns_at_once(wide, each, over_rows, over_columns)
    rows = rows_at_once(high, columns, each, over_rows, over_columns) if columns == wide else 1
    chunks_down, chunks_across = ceil_div(high, rows), ceil_div(wide, columns)
    chunks, products = step[BATCH] * step[GROUPS] * chunks_down * chunks_across, kernels_down * kernels_across * blocks
    pieces = min(products, ceil_div(PIECES * parts, chunks)) if parts > 1 else 1
    numbers, held = reserve(2 * (SHEET + size)), -1
    places = (rows * (columns + over_columns) + lanes) // lanes * lanes
    sheets = each * (rows + over_rows) * (columns + over_columns) + over_columns + lanes
    buffer = reserve(tile_rows() * (places + size) + sheets)
    sheet, target = integers(numbers), at(values(buffer), tile_rows() * (places + size))
    items = chunks * pieces
    for item in range(part * items // parts, (part + 1) * items // parts):
        piece, chunk = item % pieces, item // pieces
        unit, at_once = chunk // (chunks_down * chunks_across), chunk % (chunks_down * chunks_across)
        a, b = at_once // chunks_across * high // chunks_down, at_once % chunks_across * columns
        first = unit % step[GROUPS] * filters
        if chunk != held:
            lay(sheet, down, across, reach_down, reach_across, (at_once // chunks_across + 1) * high // chunks_down - a,
                min(columns, wide - b), start_row(step, a * step[TILE_ROWS]),
                start_column(step, b * step[TILE_COLUMNS]), step[WIDTH])
            plane = unit // step[GROUPS] * step[CHANNELS] + unit % step[GROUPS] * in_group
            x = at(values(frame[0]), plane * step[HEIGHT] * step[WIDTH])
            spread(sheet, x, in_group, step[HEIGHT], step[WIDTH], target)
            held = chunk
        for product in range(piece * products // pieces, (piece + 1) * products // pieces):
            if cancelled(cancel):
                break
            kernel, f = product // blocks, first + product % blocks * tile_rows()
            forward_block(step, frame, sheet, unit // step[GROUPS], f, min(tile_rows(), first + filters - f),
                          kernel // kernels_across, kernel % kernels_across, a, b, target, values(buffer))
    release(numbers)
    release(buffer)


@routine
def forward_block(
    step: Integers, frame: Integers, sheet: Integers, sample: int, f: int, used: int, jt: int, kt: int, a: int, b: int,
    sheets: Values, buffer: Values,
) -> None:
    """`used` filters from `f` on at the places of kernel (jt, kt) in the sheets, which begin at its place (a, b)."""
    size, rows, offsets = kernel_length(step), tile_rows(), at(sheet, SHEET)
    tap_offsets(sheet, step[CHANNELS] // step[GROUPS], step[KERNEL_ROWS], step[KERNEL_COLUMNS], step[DILATION_ROWS],
                step[DILATION_COLUMNS], jt * step[STRIDE_ROWS], kt * step[STRIDE_COLUMNS], offsets)
    packed, sums = buffer, at(buffer, rows * size)
    weights, apart = at(values(frame[1]), kernel_at(step, f, jt, kt)), step[ROW_OF_FILTER]
    for k in range(size):
        for r in range(rows):
            packed[k * rows + r] = weights[r * apart + k * step[ROW_OF_TAP]] if r < used else real(0)
    room = ceil_div(place_count(sheet), tile_lanes()) * tile_lanes()
    slide(sheet, size, packed, 1, rows, sheets, offsets, sums, room)
    for r in range(used):
        for row in range(sheet[DOWN]):
            j, k = jt + (a + row) * step[TILE_ROWS], kt + b * step[TILE_COLUMNS]
            if j < step[ROWS] and k < step[COLUMNS]:
                store(step, frame, sheet, sample, f + r, j, k, at(sums, r * room + row * sheet[PITCH]))


@routine
def store(
    step: Integers, frame: Integers, sheet: Integers, sample: int, i: int, j: int, k: int, sums: Values
) -> None:
    """y = bias + sums at a kernel's places in one row, from (j, k) on; computed again where padding may have made a
    NaN."""
    bias = values(frame[2])[bias_at(step, i, j, k)] if step[BIAS] else real(0)
    across, found = step[TILE_COLUMNS], 0
    y = at(values(frame[slot(step, Y)]), output_at(step, sample, i, j, k))
    count = min(sheet[ACROSS], ceil_div(step[COLUMNS] - k, across))
    for place in range(count):
        v = sums[place] + bias
        y[place * across] = v
        found |= 1 if v != v else 0
    if found:
        for place in range(count):
            if y[place * across] != y[place * across] and touches_padding(step, j, k + place * across):
                y[place * across] = plain_output(step, frame, sample, i, j, k + place * across)
