"""The largest value or the mean of boxes; plain and fast loop are the same lines but for the commonest boxes.

Forward first combines a box's channels and rows into one row, whole input rows at a time, which makes vector code,
and then each box's columns of that row. The largest of 2 × 2 values takes two vectors of two rows at once. Boxes may
overlap, so backward is split by the input's channels, never by boxes.
"""

from cnnbuilder.kernels.native import (
    Integers,
    Values,
    at,
    cancelled,
    helper,
    kernel,
    largest_pairs,
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
PAIRS = 9
"""Whether every box is the largest of 2 × 2 values, each in one box: rows of it need no ranges."""
RANGES = 10
"""Where the ranges stand in the row: those of channels, rows and columns, three numbers each."""


def pack(operation: Reduce, role: str, batch: int) -> Packed:
    """Row: batch, accumulate, function (0 max, 1 mean), the input's shape, the output's shape, pairs, the ranges."""
    axes = (operation.channels, operation.rows, operation.columns)
    head = (("max", "mean").index(operation.function), *operation.shape, *operation.output_shape)
    head += (int(operation.function == "max" and _is_pairs(operation)),)
    numbers = head + tuple(n for axis in axes for found in axis for n in found)
    units = batch * (operation.shape if role == "to_input" else operation.output_shape)[0]
    return Packed(numbers, units, batch * operation.work * (0.5 if role == "forward" else 1.5))


def _is_pairs(operation: Reduce) -> bool:
    flat = all(stop - start == 1 for start, stop, _ in operation.channels)
    axes = (operation.rows, operation.columns)
    return flat and all(found[:2] == (2 * k, 2 * k + 2) for axis in axes for k, found in enumerate(axis))


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


@kernel("reduce_forward", "float32")
def forward(step: Integers, frame: Integers, part: int, parts: int, cancel: Integers) -> None:
    """y = max or mean of each box."""
    if step[PAIRS]:
        pairs_forward(step, frame, part, parts, cancel)
    else:
        boxes_forward(step, frame, part, parts, cancel)


@kernel("reduce_forward", "float64")
def plain_forward(step: Integers, frame: Integers, part: int, parts: int, cancel: Integers) -> None:
    """The same, every box by its ranges."""
    boxes_forward(step, frame, part, parts, cancel)


@routine
def pairs_forward(step: Integers, frame: Integers, part: int, parts: int, cancel: Integers) -> None:
    """The largest of 2 × 2 values each, two rows at a time."""
    channels, height, width, out_channels, rows, columns = step[3], step[4], step[5], step[6], step[7], step[8]
    units = step[0] * out_channels
    for unit in range(part * units // parts, (part + 1) * units // parts):
        if cancelled(cancel):
            return
        plane = unit // out_channels * channels + step[RANGES + 3 * (unit % out_channels)]
        x, y = at(values(frame[0]), plane * height * width), at(values(frame[1]), unit * rows * columns)
        for j in range(rows):
            largest_pairs(columns, at(x, 2 * j * width), at(x, (2 * j + 1) * width), at(y, j * columns))


@routine
def boxes_forward(step: Integers, frame: Integers, part: int, parts: int, cancel: Integers) -> None:
    """y = max or mean of each box, by its ranges."""
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
                if step[PAIRS]:
                    pairs_to_input(step, frame, n, c, span[0])
                elif step[2] == MAX:
                    give_to_largest(step, frame, n, c, first, last)
                else:
                    spread(step, frame, n, c, first, last, values(buffer))
        unit += last - first
    release(buffer)


@routine
def pairs_to_input(step: Integers, frame: Integers, n: int, c: int, channel: int) -> None:
    """The gradient of output channel `c`, whose boxes are 2 × 2, to input channel `channel`."""
    width, rows, columns = step[5], step[7], step[8]
    plane = (n * step[3] + channel) * step[4] * width
    for j in range(rows):
        start, line = ((n * step[6] + c) * rows + j) * columns, plane + 2 * j * width
        give_pairs(at(values(frame[0]), line), at(values(frame[0]), line + width), at(values(frame[1]), start),
                   at(values(frame[4]), start), at(values(frame[3]), line), at(values(frame[3]), line + width), columns)


@routine
def give_pairs(
    above: Values, below: Values, y: Values, gy: Values, to_above: Values, to_below: Values, columns: int
) -> None:
    """gx += gy in the first of the cells above and below that is y (or NaN, if that is), for one output row."""
    for k in range(columns):
        v, g, nothing = y[k], gy[k], real(0)
        a, b, c = above[2 * k], above[2 * k + 1], below[2 * k]
        first = (a == v) | ((v != v) & (a != a))
        second = ((b == v) | ((v != v) & (b != b))) & (not first)
        third = ((c == v) | ((v != v) & (c != c))) & (not first) & (not second)
        last = (not first) & (not second) & (not third)
        to_above[2 * k] += g if first else nothing
        to_above[2 * k + 1] += g if second else nothing
        to_below[2 * k] += g if third else nothing
        to_below[2 * k + 1] += g if last else nothing


@routine
def give_to_largest(step: Integers, frame: Integers, n: int, c: int, first: int, last: int) -> None:
    """The gradient of output channel `c` to input channels `first` … `last − 1`."""
    channels, height, width, rows, columns = step[3], step[4], step[5], step[7], step[8]
    span, row_ranges = at(step, RANGES + 3 * c), at(step, RANGES + 3 * step[6])
    column_ranges = at(row_ranges, 3 * rows)
    x, gx = at(values(frame[0]), n * channels * height * width), at(values(frame[3]), n * channels * height * width)
    for j in range(rows):
        tall, start = at(row_ranges, 3 * j), ((n * step[6] + c) * rows + j) * columns
        y, gy = at(values(frame[1]), start), at(values(frame[4]), start)
        if span[1] - span[0] == 1:
            give_in_plane(at(x, span[0] * height * width), width, tall, column_ranges, columns, y, gy,
                          at(gx, span[0] * height * width))
        else:
            for k in range(columns):
                found = first_equal(x, height, width, span, tall, at(column_ranges, 3 * k), y[k])
                channel = found // (height * width)
                if first <= channel < last:
                    gx[found] += gy[k]


@routine
def give_in_plane(
    x: Values, width: int, tall: Integers, ranges: Integers, columns: int, y: Values, gy: Values, gx: Values
) -> None:
    """The same for one output row whose boxes lie in one plane: all cells are compared, the last first, without a
    branch that the values decide."""
    for k in range(columns):
        wide, value = at(ranges, 3 * k), y[k]
        found = tall[0] * width + wide[0]
        for row in range(tall[1] - 1, tall[0] - 1, -1):
            for column in range(wide[1] - 1, wide[0] - 1, -1):
                v = x[row * width + column]
                equal = (v == value) | ((v != v) & (value != value))
                found = row * width + column if equal else found
        gx[found] += gy[k]


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
