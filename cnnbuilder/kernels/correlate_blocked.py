"""What products of register tiles share: widths, tiles that are not full, the search for NaN."""

from cnnbuilder.kernels.correlate_row import (
    CHANNELS,
    DILATION_COLUMNS,
    DILATION_ROWS,
    GROUPS,
    HEIGHT,
    KERNEL_COLUMNS,
    KERNEL_ROWS,
    WIDTH,
    start_column,
    start_row,
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
