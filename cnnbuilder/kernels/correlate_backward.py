"""A convolution's way to the weights: the choice between two products of register tiles, and one of them.

Where places are many, sums run along them (`sliding_weights.py`). Where filters are many, windows are gathered across,
places down and a filter's weights along the panel: the gathering serves all filters, eight at a time.
"""

from cnnbuilder.kernels.correlate_blocked import VECTORS, ceil_div, has_nan, kernel_length, multiply, panel_width
from cnnbuilder.kernels.correlate_direct import copy_masked, input_plane
from cnnbuilder.kernels.correlate_plain import plain_bias, plain_weight
from cnnbuilder.kernels.correlate_row import (
    BATCH,
    COLUMNS,
    DILATION_COLUMNS,
    DILATION_ROWS,
    FILTERS,
    GROUPS,
    GW,
    HEIGHT,
    KERNEL_COLUMNS,
    KERNEL_ROWS,
    ROWS,
    STRIDE_COLUMNS,
    WIDTH,
    first_inside,
    slot,
    start_column,
    start_row,
    stop_inside,
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
from cnnbuilder.kernels.rows import fill
from cnnbuilder.kernels.sliding_weights import chunk_columns, chunk_rows, sliding_to_weights
from cnnbuilder.kernels.turns import TURNS, alone

FEW_PLACES = 3
"""Places a filter from which on sums run along the places."""
PLACES = 128
"""Places that a panel holds on the way to the weights: written across, it should stay in the first-level cache."""


@helper
def slides(step: Integers, turns: Integers) -> bool:
    """Whether adding up lanes at the end of every chunk of places costs less than gathering windows across."""
    pitch = chunk_columns(step, turns)
    return chunk_rows(step, turns, pitch) * pitch > FEW_PLACES * (step[FILTERS] // step[GROUPS])


@routine
def to_weights_on_tiles(step: Integers, frame: Integers, part: int, parts: int, cancel: Integers) -> None:
    """A convolution's way to the weights, the cheaper of two."""
    room = reserve(2 * TURNS)
    turns = integers(room)
    alone(step, turns)
    if slides(step, turns):
        for f in range(part * step[FILTERS] // parts, (part + 1) * step[FILTERS] // parts):
            plain_bias(step, frame, f)
        if frame[slot(step, GW)] != 0:
            sliding_to_weights(step, turns, frame, part, parts, cancel)
    else:
        blocked_to_weights(step, frame, part, parts, cancel)
    release(room)


@routine
def blocked_to_weights(step: Integers, frame: Integers, part: int, parts: int, cancel: Integers) -> None:
    """Split over groups and panels of a filter's weights, and over filters where those are too few."""
    rows, wide, size = tile_rows(), VECTORS * tile_lanes(), kernel_length(step)
    filters, groups = step[FILTERS] // step[GROUPS], step[GROUPS]
    panels, blocks = ceil_div(size, wide), ceil_div(filters, rows)
    chunks = min(blocks, ceil_div(parts, groups * panels))
    items = groups * panels * chunks
    buffer = reserve(PLACES * (wide + rows) + rows * wide)
    for item in range(part * items // parts, (part + 1) * items // parts):
        chunk, rest = item % chunks, item // chunks
        first, stop = chunk * blocks // chunks * rows, min(filters, (chunk + 1) * blocks // chunks * rows)
        base, panel = rest // panels * filters, rest % panels
        if panel == 0:
            for f in range(base + first, base + stop):
                plain_bias(step, frame, f)
        if frame[slot(step, GW)] != 0:
            weights_item(step, frame, base + first, base + stop, panel * wide, values(buffer), cancel)
        if cancelled(cancel):
            break
    release(buffer)


@routine
def weights_item(
    step: Integers, frame: Integers, first: int, stop: int, k: int, buffer: Values, cancel: Integers
) -> None:
    """The gradient of one panel of weights, from `k` on, of filters `first` … `stop − 1` of one group."""
    size, wide, places = kernel_length(step), VECTORS * tile_lanes(), step[ROWS] * step[COLUMNS]
    width, count = panel_width(k, size), min(wide, size - k)
    packed, spare = at(buffer, PLACES * wide), at(buffer, PLACES * (wide + tile_rows()))
    gw = values(frame[slot(step, GW)])
    for f in range(first, stop):
        fill(at(gw, f * size + k), count, real(0))
    for sample in range(step[BATCH]):
        x = at(values(frame[0]), input_plane(step, sample, first, 0) * step[HEIGHT] * step[WIDTH])
        for start in range(0, places, PLACES):
            if cancelled(cancel):
                return
            depth = min(PLACES, places - start)
            gather_across(step, x, k, count, width, start, start + depth, buffer)
            for f in range(first, stop, tile_rows()):
                rows = min(tile_rows(), stop - f)
                for r in range(rows):
                    source = (sample * step[FILTERS] + f + r) * places + start
                    copy_masked(step, frame, source, depth, at(packed, r * depth))
                fill(at(packed, rows * depth), (tile_rows() - rows) * depth, real(0))
                multiply(depth, packed, depth, 1, buffer, width, at(gw, f * size + k), size, rows, count, spare)
    for f in range(first, stop):
        if has_nan(at(gw, f * size + k), count):
            again(step, frame, f, k, count, at(gw, f * size + k))


@routine
def again(step: Integers, frame: Integers, f: int, k: int, count: int, gw: Values) -> None:
    """Compute again those of `count` weight gradients that are NaN."""
    kernel_columns, taps = step[KERNEL_COLUMNS], step[KERNEL_ROWS] * step[KERNEL_COLUMNS]
    for i in range(count):
        if gw[i] != gw[i]:
            tap = (k + i) % taps
            gw[i] = plain_weight(step, frame, f, (k + i) // taps, tap // kernel_columns, tap % kernel_columns)


@routine
def gather_across(
    step: Integers, x: Values, k: int, count: int, width: int, start: int, end: int, panel: Values
) -> None:
    """panel[place, k]: `gather` with rows and columns exchanged, for places `start` … `end − 1`."""
    kernel_columns, taps, columns = step[KERNEL_COLUMNS], step[KERNEL_ROWS] * step[KERNEL_COLUMNS], step[COLUMNS]
    stride, in_width = step[STRIDE_COLUMNS], step[WIDTH]
    for i in range(width):
        tap = (k + i) % taps
        offset = start_column(step, 0) + tap % kernel_columns * step[DILATION_COLUMNS]
        first, stop = first_inside(offset, stride), stop_inside(offset, stride, in_width, columns)
        for j in range(start // columns, (end - 1) // columns + 1):
            row = start_row(step, j) + tap // kernel_columns * step[DILATION_ROWS]
            left, right = max(0, start - j * columns), min(columns, end - j * columns)
            low, high = max(left, first), min(right, stop)
            if i >= count or not 0 <= row < step[HEIGHT] or high < low:
                low, high = right, right
            source = at(x, (((k + i) // taps) * step[HEIGHT] + row) * in_width + offset)
            target = at(panel, (j * columns - start) * width + i)
            for column in range(left, low):
                target[column * width] = real(0)
            for column in range(low, high):
                target[column * width] = source[column * stride]
            for column in range(high, right):
                target[column * width] = real(0)
