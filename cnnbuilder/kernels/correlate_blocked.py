"""What products of register tiles share: gathered panels, tiles that are not full, the search for NaN.

Forward (`correlate_sliding.py`) the input lies in sheets; backward (`correlate_backward.py`) and for kernels in turn
(`untied_tiles.py`) windows are gathered into panels, never as a whole.
"""

from cnnbuilder.kernels.correlate_row import (
    CHANNELS,
    COLUMNS,
    DILATION_COLUMNS,
    DILATION_ROWS,
    GROUPS,
    HEIGHT,
    KERNEL_COLUMNS,
    KERNEL_ROWS,
    STRIDE_COLUMNS,
    WIDTH,
    first_inside,
    start_column,
    start_row,
    stop_inside,
)
from cnnbuilder.kernels.native import (
    Integers,
    Values,
    at,
    helper,
    real,
    routine,
    tile,
    tile_lanes,
    tile_rows,
)
from cnnbuilder.kernels.rows import ADD, STORE, combine, fill

DEPTH = 256
"""Weights of a filter that a panel holds: 256 × 48 places stay in the first- and second-level cache."""
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
