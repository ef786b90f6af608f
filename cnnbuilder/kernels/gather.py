"""Values taken from other places, each times a factor; plain and fast loop are the same lines.

Every axis is a table of two taps an output: cells (−1: none) and factors. Where an output row is a stretch of its
input row, as in padding and in the selection of channels, it is copied as a whole. Backward is split by the input's
channels, because several outputs may read one value.
"""

from cnnbuilder.design.shape import size
from cnnbuilder.kernels.native import (
    Integers,
    Values,
    as_float,
    at,
    cancelled,
    kernel,
    real,
    routine,
    values,
)
from cnnbuilder.kernels.packing import Packed, float_bits
from cnnbuilder.kernels.rows import add_product, fill
from cnnbuilder.operations import Gather
from cnnbuilder.operations.gather import Source

CHANNELS, HEIGHT, WIDTH, OUT_CHANNELS, ROWS, COLUMNS, FIRST, COUNT, SHIFT, TAPS = range(2, 12)
TAP = 4
"""Numbers of an output in a table: two cells, two factors."""


def pack(operation: Gather, role: str, batch: int) -> Packed:
    """Row: batch, accumulate, the input's shape, the output's shape, the stretch of columns, the tables.

    The stretch: from output column FIRST on, COUNT columns read the column SHIFT before them; −1: they do not.
    """
    shape, output = operation.input_shapes[0], operation.output_shape
    tables = tuple(n for axis in operation.axes for i in range(axis.count) for n in _entry(axis, i))
    numbers = (*shape, *output, *_stretch(operation.columns), *tables)
    units = batch * (shape if role == "to_input" else output)[0]
    return Packed(numbers, units, batch * max(size(output), size(shape)) * 1.0)


def _entry(axis: Source, output: int) -> tuple[int, ...]:
    taps = [*axis.taps(output), (-1, 0.0), (-1, 0.0)]
    return taps[0][0], taps[1][0], float_bits(taps[0][1]), float_bits(taps[1][1])


def _stretch(axis: Source) -> tuple[int, int, int]:
    read = [(k, axis.taps(k)) for k in range(axis.count)]
    read = [(k, taps) for k, taps in read if taps]
    first = read[0][0] if read else 0
    shift = first - read[0][1][0][0] if read else 0
    if all(k == first + n and taps == ((k - shift, 1.0),) for n, (k, taps) in enumerate(read)):
        return first, len(read), shift
    return 0, -1, 0


def needs(operation: Gather, role: str, dtype: str) -> tuple[str, ...]:
    """The slots that a role reads or writes."""
    return ("x", "y") if role == "forward" else ("gx", "gy")


@kernel("gather_forward")
def forward(step: Integers, frame: Integers, part: int, parts: int, cancel: Integers) -> None:
    """y = the sum of what it reads, each times its factor."""
    plane, rows, columns = step[HEIGHT] * step[WIDTH], step[ROWS], step[COLUMNS]
    units = step[0] * step[OUT_CHANNELS]
    for unit in range(part * units // parts, (part + 1) * units // parts):
        if cancelled(cancel):
            return
        n, c = unit // step[OUT_CHANNELS], unit % step[OUT_CHANNELS]
        taps = at(step, TAPS + TAP * c)
        y = at(values(frame[1]), unit * rows * columns)
        fill(y, rows * columns, real(0))
        for t in range(2):
            if taps[t] >= 0:
                x = at(values(frame[0]), (n * step[CHANNELS] + taps[t]) * plane)
                take_plane(step, x, y, real(as_float(taps[2 + t])))


@routine
def take_plane(step: Integers, x: Values, y: Values, factor: float) -> None:
    """y += factor · what its rows and columns read of one channel."""
    row_taps = at(step, TAPS + TAP * step[OUT_CHANNELS])
    column_taps = at(row_taps, TAP * step[ROWS])
    columns, first, count = step[COLUMNS], step[FIRST], step[COUNT]
    for j in range(step[ROWS]):
        for t in range(2):
            row = row_taps[TAP * j + t]
            if row >= 0:
                each = factor * real(as_float(row_taps[TAP * j + 2 + t]))
                source, target = at(x, row * step[WIDTH]), at(y, j * columns)
                if count >= 0:
                    add_product(at(target, first), at(source, first - step[SHIFT]), each, count, 1, 1)
                else:
                    for k in range(columns):
                        target[k] += each * read_columns(source, at(column_taps, TAP * k))


@routine
def read_columns(source: Values, taps: Integers) -> float:
    """What one output column reads of a row."""
    total = real(0)
    for t in range(2):
        if taps[t] >= 0:
            total += real(as_float(taps[2 + t])) * source[taps[t]]
    return total


@kernel("gather_to_input")
def to_input(step: Integers, frame: Integers, part: int, parts: int, cancel: Integers) -> None:
    """gx (+)= each output's gy times its factor, at what it reads."""
    plane, places = step[HEIGHT] * step[WIDTH], step[ROWS] * step[COLUMNS]
    units = step[0] * step[CHANNELS]
    for unit in range(part * units // parts, (part + 1) * units // parts):
        if cancelled(cancel):
            return
        n, channel = unit // step[CHANNELS], unit % step[CHANNELS]
        gx = at(values(frame[3]), unit * plane)
        if step[1] & 1 == 0:
            fill(gx, plane, real(0))
        for c in range(step[OUT_CHANNELS]):
            taps = at(step, TAPS + TAP * c)
            for t in range(2):
                if taps[t] == channel:
                    gy = at(values(frame[4]), (n * step[OUT_CHANNELS] + c) * places)
                    give_plane(step, gx, gy, real(as_float(taps[2 + t])))


@routine
def give_plane(step: Integers, gx: Values, gy: Values, factor: float) -> None:
    """gx += factor · what the outputs of one channel give back."""
    row_taps = at(step, TAPS + TAP * step[OUT_CHANNELS])
    column_taps = at(row_taps, TAP * step[ROWS])
    columns, first, count = step[COLUMNS], step[FIRST], step[COUNT]
    for j in range(step[ROWS]):
        for t in range(2):
            row = row_taps[TAP * j + t]
            if row >= 0:
                each = factor * real(as_float(row_taps[TAP * j + 2 + t]))
                target, source = at(gx, row * step[WIDTH]), at(gy, j * columns)
                if count >= 0:
                    add_product(at(target, first - step[SHIFT]), at(source, first), each, count, 1, 1)
                else:
                    for k in range(columns):
                        give_columns(target, at(column_taps, TAP * k), each * source[k])


@routine
def give_columns(target: Values, taps: Integers, value: float) -> None:
    """target += value, shared out to what one output column reads."""
    for t in range(2):
        if taps[t] >= 0:
            target[taps[t]] += value * real(as_float(taps[2 + t]))
