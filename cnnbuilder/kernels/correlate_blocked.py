"""Convolution as products of register tiles (`tile.py`): windows are gathered into panels, never as a whole.

Forward, `y[f, place] += Σ_k W[f, k] · window[k, place]`, with the weights where they are and k = (channel, row,
column) of the kernel. To the input the product `Wᵀ · gy` gives each tap's share of gx, which is added row by row
where it belongs (nothing is multiplied for strides that skip). To the weights, `gW[f, k] = Σ_place gy[f, place] ·
window[place, k]`.

Gathered padding is 0, and 0 · ∞ is NaN where the formula reads nothing: so a NaN that padding may have made is
computed again by the plain sum.
"""

from cnnbuilder.kernels.correlate_direct import input_plane, rectify, start_outputs
from cnnbuilder.kernels.correlate_plain import plain_output
from cnnbuilder.kernels.correlate_row import (
    ACCUMULATE,
    BATCH,
    CHANNELS,
    COLUMNS,
    DILATION_COLUMNS,
    DILATION_ROWS,
    FILTERS,
    GROUPS,
    HEIGHT,
    KERNEL_COLUMNS,
    KERNEL_ROWS,
    RELU,
    ROWS,
    STRIDE_COLUMNS,
    WIDTH,
    Y,
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
    real,
    release,
    reserve,
    routine,
    tile,
    tile_lanes,
    tile_rows,
    values,
)
from cnnbuilder.kernels.rows import ADD, STORE, combine, fill

DEPTH = 256
"""Weights of a filter that a panel holds: 256 × 48 places stay in the first- and second-level cache."""
PANELS = 6
"""Panels gathered at once on the way forward: eight rows of weights are read once for all of them."""
VECTORS = 3


@helper
def panel_width(first: int, stop: int) -> int:
    """How many columns the panel from `first` on has, whole vectors."""
    lanes = tile_lanes()
    return min(VECTORS, (stop - first + lanes - 1) // lanes) * lanes


@helper
def ceil_div(a: int, b: int) -> int:
    """a / b, rounded up."""
    return (a + b - 1) // b


@routine
def multiply(
    depth: int, a: Values, a_row: int, a_step: int, b: Values, width: int, c: Values, c_row: int, rows: int, count: int,
    spare: Values,
) -> None:
    """C += A · B for `rows` rows and `count` columns of one tile; a tile that is not full goes through `spare`."""
    vectors = width // tile_lanes()
    if rows == tile_rows() and count == width:
        tile(vectors, depth, a, a_row, a_step, b, c, c_row)
        return
    fill(spare, tile_rows() * width, real(0))
    tile(vectors, depth, a, a_row, a_step, b, spare, width)
    for row in range(rows):
        combine(at(c, row * c_row), at(spare, row * width), count, ADD)


@routine
def copy_rows(source: Values, row: int, rows: int, depth: int, target: Values) -> None:
    """target[r, k] = source[r · row + k], 0 in the rows that a tile lacks."""
    for r in range(rows):
        combine(at(target, r * depth), at(source, r * row), depth, STORE)
    fill(at(target, rows * depth), (tile_rows() - rows) * depth, real(0))


@routine
def blocked_forward(step: Integers, frame: Integers, part: int, parts: int, cancel: Integers) -> None:
    """Split over samples, groups and panels of places, and over filters only where those are too few."""
    rows, wide = tile_rows(), VECTORS * tile_lanes()
    filters = step[FILTERS] // step[GROUPS]
    places, groups = step[ROWS] * step[COLUMNS], step[GROUPS]
    panels, blocks, outer = ceil_div(places, wide), ceil_div(filters, rows), step[BATCH] * groups
    column_chunks = min(panels, max(ceil_div(panels, PANELS), ceil_div(parts, outer)))
    filter_chunks = min(blocks, ceil_div(parts, outer * column_chunks))
    items = outer * column_chunks * filter_chunks
    buffer = reserve(DEPTH * (PANELS * wide + rows) + rows * wide)
    for item in range(part * items // parts, (part + 1) * items // parts):
        chunk, rest = item % filter_chunks, item // filter_chunks
        column, unit = rest % column_chunks, rest // column_chunks
        first = chunk * blocks // filter_chunks * rows
        stop = min(filters, (chunk + 1) * blocks // filter_chunks * rows)
        start = column * panels // column_chunks * wide
        end = min(places, (column + 1) * panels // column_chunks * wide)
        base = unit % groups * filters
        if step[ACCUMULATE] & 1:
            adding_item(step, frame, unit // groups, base + first, base + stop, start, end, values(buffer), cancel)
        else:
            forward_item(step, frame, unit // groups, base + first, base + stop, start, end, values(buffer), cancel)
        if cancelled(cancel):
            break
    release(buffer)


@routine
def adding_item(
    step: Integers, frame: Integers, sample: int, first: int, stop: int, start: int, end: int, buffer: Values,
    cancel: Integers,
) -> None:
    """`forward_item`, added to what the outputs hold: that is kept aside, since what is NaN is computed again."""
    places, count = step[ROWS] * step[COLUMNS], end - start
    kept = reserve((stop - first) * count)
    for f in range(first, stop):
        y = at(values(frame[slot(step, Y)]), (sample * step[FILTERS] + f) * places + start)
        combine(at(values(kept), (f - first) * count), y, count, STORE)
    forward_item(step, frame, sample, first, stop, start, end, buffer, cancel)
    for f in range(first, stop):
        y = at(values(frame[slot(step, Y)]), (sample * step[FILTERS] + f) * places + start)
        combine(y, at(values(kept), (f - first) * count), count, ADD)
    release(kept)


@routine
def forward_item(
    step: Integers, frame: Integers, sample: int, first: int, stop: int, start: int, end: int, buffer: Values,
    cancel: Integers,
) -> None:
    """Filters `first` … `stop − 1`, of one group, at places `start` … `end − 1` of one sample."""
    size, wide = kernel_length(step), VECTORS * tile_lanes()
    places = step[ROWS] * step[COLUMNS]
    tail, spare = at(buffer, DEPTH * PANELS * wide), at(buffer, DEPTH * (PANELS * wide + tile_rows()))
    x = at(values(frame[0]), input_plane(step, sample, first, 0) * step[HEIGHT] * step[WIDTH])
    y = at(values(frame[slot(step, Y)]), sample * step[FILTERS] * places)
    for f in range(first, stop):
        start_outputs(step, frame, sample, f, start, end)
    for k in range(0, size, DEPTH):
        if cancelled(cancel):
            return
        depth = min(DEPTH, size - k)
        for place in range(start, end, wide):
            panel, width = at(buffer, (place - start) * depth), panel_width(place, end)
            gather(step, x, k, depth, place, min(wide, end - place), width, panel)
        for f in range(first, stop, tile_rows()):
            rows = min(tile_rows(), stop - f)
            a, a_row = at(values(frame[1]), f * size + k), size
            if rows < tile_rows():
                copy_rows(a, size, rows, depth, tail)
                a, a_row = tail, depth
            for place in range(start, end, wide):
                panel, width = at(buffer, (place - start) * depth), panel_width(place, end)
                multiply(depth, a, a_row, 1, panel, width, at(y, f * places + place), places, rows,
                         min(wide, end - place), spare)
    finish(step, frame, sample, first, stop, start, end)


@helper
def kernel_length(step: Integers) -> int:
    """How many weights a filter has."""
    return step[CHANNELS] // step[GROUPS] * step[KERNEL_ROWS] * step[KERNEL_COLUMNS]


@routine
def gather(
    step: Integers, x: Values, k: int, depth: int, place: int, count: int, width: int, panel: Values
) -> None:
    """panel[k, place]: what weights `k` … of a filter see at places `place` …; 0 in padding and beyond `count`."""
    lane = 0
    while lane < count:
        j, column = (place + lane) // step[COLUMNS], (place + lane) % step[COLUMNS]
        run = min(step[COLUMNS] - column, count - lane)
        gather_run(step, x, k, depth, j, column, run, width, at(panel, lane))
        lane += run
    if width > count:
        for row in range(depth):
            fill(at(panel, row * width + count), width - count, real(0))


@helper
def gather_run(
    step: Integers, x: Values, k: int, depth: int, j: int, column: int, run: int, width: int, target: Values
) -> None:
    """The part of `gather` in output row `j`, `run` columns from `column` on."""
    kernel_columns, kernel_rows, stride = step[KERNEL_COLUMNS], step[KERNEL_ROWS], step[STRIDE_COLUMNS]
    n, m, c = k % kernel_columns, k // kernel_columns % kernel_rows, k // (kernel_columns * kernel_rows)
    dilation_rows, dilation_columns = step[DILATION_ROWS], step[DILATION_COLUMNS]
    height, in_width = step[HEIGHT], step[WIDTH]
    top, left = start_row(step, j), start_column(step, column)
    for index in range(depth):
        row, offset = top + m * dilation_rows, left + n * dilation_columns
        line = at(target, index * width)
        if 0 <= row < height:
            low = min(run, first_inside(offset, stride))
            high = max(low, stop_inside(offset, stride, in_width, run))
            source = at(x, (c * height + row) * in_width + offset)
            for i in range(low):
                line[i] = real(0)
            if stride == 1:
                for i in range(low, high):
                    line[i] = source[i]
            else:
                for i in range(low, high):
                    line[i] = source[i * stride]
            for i in range(high, run):
                line[i] = real(0)
        else:
            fill(line, run, real(0))
        n += 1
        if n == kernel_columns:
            n = 0
            m += 1
            if m == kernel_rows:
                m = 0
                c += 1


@helper
def touches_padding(step: Integers, j: int, k: int) -> bool:
    """Whether the window at output `(j, k)` reaches outside the input."""
    row, column = start_row(step, j), start_column(step, k)
    last_row = row + (step[KERNEL_ROWS] - 1) * step[DILATION_ROWS]
    last_column = column + (step[KERNEL_COLUMNS] - 1) * step[DILATION_COLUMNS]
    return row < 0 or column < 0 or last_row >= step[HEIGHT] or last_column >= step[WIDTH]


@routine
def has_nan(row: Values, count: int) -> int:
    """Whether any value is NaN."""
    found = 0
    for i in range(count):
        found |= 1 if row[i] != row[i] else 0
    return found


@routine
def finish(step: Integers, frame: Integers, sample: int, first: int, stop: int, start: int, end: int) -> None:
    """Compute again what padding may have made NaN, then the epilogue."""
    places, columns = step[ROWS] * step[COLUMNS], step[COLUMNS]
    for f in range(first, stop):
        y = at(values(frame[slot(step, Y)]), (sample * step[FILTERS] + f) * places)
        if has_nan(at(y, start), end - start):
            for place in range(start, end):
                if y[place] != y[place] and touches_padding(step, place // columns, place % columns):
                    y[place] = plain_output(step, frame, sample, f, place // columns, place % columns)
        if step[RELU]:
            rectify(at(y, start), end - start)
