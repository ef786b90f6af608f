"""The largest value or the mean of boxes; plain and fast loop are the same lines.

Forward first combines a box's channels and rows into one row, whole input rows at a time, which makes vector code,
and then each box's columns of that row. Boxes may overlap, so backward is split by the input's channels, never by
boxes.
"""

from cnnbuilder.kernels.native import (
    Integers,
    Values,
    at,
    cancelled,
    helper,
    kernel,
    real,
    release,
    reserve,
    routine,
    values,
)
from cnnbuilder.kernels.packing import Packed
from cnnbuilder.kernels.rows import ADD, STORE, combine, fill
from cnnbuilder.operations import Reduce

MAX = 0
RANGES = 9
"""Where the ranges stand in the row: those of channels, rows and columns, three numbers each."""


def pack(operation: Reduce, role: str, batch: int) -> Packed:
    """Row: batch, accumulate, function (0 max, 1 mean), the input's shape, the output's shape, the ranges."""
    axes = (operation.channels, operation.rows, operation.columns)
    head = (("max", "mean").index(operation.function), *operation.shape, *operation.output_shape)
    numbers = head + tuple(n for axis in axes for found in axis for n in found)
    units = batch * (operation.shape if role == "to_input" else operation.output_shape)[0]
    return Packed(numbers, units, batch * operation.work * (0.5 if role == "forward" else 1.5))


def needs(operation: Reduce, role: str, dtype: str) -> tuple[str, ...]:
    """The slots that a role reads or writes."""
    if role == "forward":
        return ("x", "y")
    return ("x", "y", "gx", "gy") if operation.function == "max" else ("gx", "gy")


@routine
def largest_row(target: Values, source: Values, count: int) -> None:
    """target = max(target, source); NaN wins."""
    for i in range(count):
        v, t = source[i], target[i]
        target[i] = v if (v > t) | (v != v) else t


@kernel("reduce_forward")
def forward(step: Integers, frame: Integers, part: int, parts: int, cancel: Integers) -> None:
    """y = max or mean of each box."""
    function, channels, height, width = step[2], step[3], step[4], step[5]
    out_channels, rows, columns = step[6], step[7], step[8]
    channel_ranges = at(step, RANGES)
    row_ranges, column_ranges = at(channel_ranges, 3 * out_channels), at(channel_ranges, 3 * (out_channels + rows))
    units = step[0] * out_channels
    buffer = reserve(width)
    line = values(buffer)
    first_column, last_column = width, 0
    for k in range(columns):
        first_column, last_column = min(first_column, column_ranges[3 * k]), max(last_column, column_ranges[3 * k + 1])
    for unit in range(part * units // parts, (part + 1) * units // parts):
        if cancelled(cancel):
            break
        n, span = unit // out_channels, at(channel_ranges, 3 * (unit % out_channels))
        for j in range(rows):
            tall = at(row_ranges, 3 * j)
            for c in range(span[0], span[1]):
                for row in range(tall[0], tall[1]):
                    start = ((n * channels + c) * height + row) * width + first_column
                    source, target = at(values(frame[0]), start), at(line, first_column)
                    if c == span[0] and row == tall[0]:
                        combine(target, source, last_column - first_column, STORE)
                    elif function == MAX:
                        largest_row(target, source, last_column - first_column)
                    else:
                        combine(target, source, last_column - first_column, ADD)
            y = at(values(frame[1]), (unit * rows + j) * columns)
            reduce_columns(function, line, column_ranges, columns, y, span[2] * tall[2])
    release(buffer)


@routine
def reduce_columns(
    function: int, line: Values, ranges: Integers, columns: int, y: Values, counted: int
) -> None:
    """y[k] = max or mean of `line` over range k; `counted` is what the mean divides by along the other axes."""
    for k in range(columns):
        start, stop = ranges[3 * k], ranges[3 * k + 1]
        found = line[start]
        if function == MAX:
            for column in range(start + 1, stop):
                v = line[column]
                found = v if (v > found) | (v != v) else found
            y[k] = found
        else:
            for column in range(start + 1, stop):
                found += line[column]
            y[k] = found / real(counted * ranges[3 * k + 2])


@kernel("reduce_to_input")
def to_input(step: Integers, frame: Integers, part: int, parts: int, cancel: Integers) -> None:
    """gx (+)= each box's gy at its first largest value, or spread over the box."""
    channels, out_channels = step[3], step[6]
    plane = step[4] * step[5]
    units = step[0] * channels
    buffer = reserve(step[5])
    unit, stop = part * units // parts, (part + 1) * units // parts
    if step[1] & 1 == 0:
        fill(at(values(frame[3]), unit * plane), (stop - unit) * plane, real(0))
    while unit < stop:
        n, first = unit // channels, unit % channels
        last = min(channels, first + stop - unit)
        for c in range(out_channels):
            if cancelled(cancel):
                break
            span = at(step, RANGES + 3 * c)
            if span[0] < last and span[1] > first:
                if step[2] == MAX:
                    give_to_largest(step, frame, n, c, first, last)
                else:
                    spread(step, frame, n, c, first, last, values(buffer))
        unit += last - first
    release(buffer)


@routine
def give_to_largest(step: Integers, frame: Integers, n: int, c: int, first: int, last: int) -> None:
    """The gradient of output channel `c` to input channels `first` … `last − 1`."""
    channels, height, width, rows, columns = step[3], step[4], step[5], step[7], step[8]
    row_ranges = at(step, RANGES + 3 * step[6])
    column_ranges = at(row_ranges, 3 * rows)
    x, gx = values(frame[0]), values(frame[3])
    start = (n * step[6] + c) * rows * columns
    for j in range(rows):
        for k in range(columns):
            place = start + j * columns + k
            found = first_equal(
                at(x, n * channels * height * width), height, width, at(step, RANGES + 3 * c), at(row_ranges, 3 * j),
                at(column_ranges, 3 * k), values(frame[1])[place],
            )
            channel = found // (height * width)
            if first <= channel < last:
                gx[n * channels * height * width + found] += values(frame[4])[place]


@helper
def first_equal(
    x: Values, height: int, width: int, span: Integers, tall: Integers, wide: Integers, value: float
) -> int:
    """The index of the first value of the box that is `value` (or NaN, if that is)."""
    for c in range(span[0], span[1]):
        for row in range(tall[0], tall[1]):
            for column in range(wide[0], wide[1]):
                index = (c * height + row) * width + column
                v = x[index]
                if v == value or (v != v and value != value):
                    return index
    return (span[0] * height + tall[0]) * width + wide[0]


@routine
def spread(
    step: Integers, frame: Integers, n: int, c: int, first: int, last: int, line: Values
) -> None:
    """The mean's gradient of output channel `c`, to each cell of each box alike."""
    channels, height, width, rows, columns = step[3], step[4], step[5], step[7], step[8]
    span = at(step, RANGES + 3 * c)
    row_ranges = at(step, RANGES + 3 * step[6])
    column_ranges = at(row_ranges, 3 * rows)
    for j in range(rows):
        tall = at(row_ranges, 3 * j)
        gy = at(values(frame[4]), ((n * step[6] + c) * rows + j) * columns)
        fill(line, width, real(0))
        for k in range(columns):
            wide = at(column_ranges, 3 * k)
            share = gy[k] / real(span[2] * tall[2] * wide[2])
            for column in range(wide[0], wide[1]):
                line[column] += share
        for channel in range(max(first, span[0]), min(last, span[1])):
            for row in range(tall[0], tall[1]):
                combine(at(values(frame[3]), ((n * channels + channel) * height + row) * width), line, width, ADD)
