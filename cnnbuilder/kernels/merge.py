"""Sums, products and joins of several values; plain and fast loop are the same lines.

Inputs are taken one after another, row by row, so that two inputs may be the same memory and no input's broadcast axes
cost a test in an inner loop. A product's gradient multiplies the other inputs again instead of dividing the output.
"""

from math import prod

from cnnbuilder.design.shape import Shape, size
from cnnbuilder.kernels.native import Integers, Values, at, cancelled, kernel, real, release, reserve, routine, values
from cnnbuilder.kernels.packing import Packed
from cnnbuilder.kernels.rows import ADD, MULTIPLY, STORE, combine, combine_one, fill
from cnnbuilder.operations import Merge

FUNCTIONS = ("add", "multiply", "concat")
CONCAT = 2
SHAPES = 7
"""Where the inputs' shapes stand in the row."""


def pack(operation: Merge, role: str, batch: int) -> Packed:
    """Row: batch, accumulate, function, inputs, then the output's and each input's channels, rows, columns.

    A join needs sizes alone: each is a row of values. Planes that all inputs have as a whole, or not at all, are rows.
    """
    shapes = [operation.output_shape, *operation.shapes]
    if operation.function == "concat" or len(shapes[0]) < 3:
        volumes = [(1, 1, size(shape)) for shape in shapes]
    else:
        volumes = _joined(shapes)
    head = (FUNCTIONS.index(operation.function), len(operation.shapes))
    numbers = head + tuple(n for volume in volumes for n in volume)
    split = operation.function == "concat" or volumes[0][0] == 1
    units = max(size(shape) for shape in shapes) // 1024 + 1 if split else batch * volumes[0][0]
    if role == "to_input" and operation.function != "concat":
        units = batch * max(volume[0] for volume in volumes)
    return Packed(numbers, units, 0.4 * batch * operation.work)


def _joined(shapes: list[Shape]) -> list[tuple[int, int, int]]:
    plane = shapes[0][1:]
    if all(shape[1:] in (plane, (1,) * len(plane)) for shape in shapes):
        return [(shape[0], 1, prod(shape[1:])) for shape in shapes]
    return [(shape[0], shape[1], shape[2]) for shape in shapes]


def needs(operation: Merge, role: str, dtype: str) -> tuple[str, ...]:
    """The slots that a role reads or writes."""
    if role == "forward":
        return ("x", "y")
    return ("x", "gx", "gy") if operation.function == "multiply" else ("gx", "gy")


@kernel("merge_forward")
def forward(step: Integers, frame: Integers, part: int, parts: int, cancel: Integers) -> None:
    """y = x_0 ∘ x_1 ∘ …"""
    batch, function, inputs = step[0], step[2], step[3]
    if function == CONCAT:
        join(step, frame, part, parts, 0)
        return
    channels, rows, columns = step[4], step[5], step[6]
    y = values(frame[inputs])
    # With one channel (vectors too) the columns are split, otherwise samples and channels are.
    first, last, low, high = part * batch * channels // parts, (part + 1) * batch * channels // parts, 0, columns
    if channels == 1:
        first, last, low, high = 0, batch, part * columns // parts, (part + 1) * columns // parts
    for unit in range(first, last):
        if cancelled(cancel):
            return
        n, c = unit // channels, unit % channels
        for i in range(inputs):
            mode = STORE if i == 0 else (ADD if function == 0 else MULTIPLY)
            for row in range(rows):
                target = at(y, (unit * rows + row) * columns + low)
                combine_row(step, frame, i, n, c, row, low, target, high - low, mode)


@routine
def combine_row(
    step: Integers, frame: Integers, i: int, n: int, c: int, row: int, low: int, target: Values, count: int, mode: int
) -> None:
    """target ∘= the row of input `i` that output row `(n, c, row)` reads, from column `low` on."""
    shape = at(step, SHAPES + 3 * i)
    channel = n * shape[0] + (c if shape[0] > 1 else 0)
    start = (channel * shape[1] + (row if shape[1] > 1 else 0)) * shape[2]
    x = at(values(frame[i]), start)
    if shape[2] > 1:
        combine(target, at(x, low), count, mode)
    else:
        combine_one(target, x[0], count, mode)


@routine
def join(step: Integers, frame: Integers, part: int, parts: int, back: int) -> None:
    """Copy this part of every input to its place in y, or of gy to every input that wants it."""
    batch, inputs, total = step[0], step[3], step[6]
    for i in range(inputs):
        whole = values(frame[2 * inputs + 2]) if back else values(frame[inputs])
        piece = frame[inputs + 2 + i] if back else frame[i]
        length = step[SHAPES + 3 * i + 2]
        offset = 0
        for before in range(i):
            offset += step[SHAPES + 3 * before + 2]
        low, high = part * length // parts, (part + 1) * length // parts
        for n in range(batch):
            joined, own = at(whole, n * total + offset + low), at(values(piece), n * length + low)
            if not back:
                combine(joined, own, high - low, STORE)
            elif piece != 0:
                combine(own, joined, high - low, ADD if (step[1] >> i) & 1 else STORE)


@kernel("merge_to_input")
def to_input(step: Integers, frame: Integers, part: int, parts: int, cancel: Integers) -> None:
    """gx_i (+)= gy · the product of the other inputs (for a product), summed over the axes that input i repeats."""
    batch, function, inputs = step[0], step[2], step[3]
    if function == CONCAT:
        join(step, frame, part, parts, 1)
        return
    buffer = reserve(step[6])
    for i in range(inputs):
        if frame[inputs + 2 + i] == 0:
            continue
        units = batch * step[SHAPES + 3 * i]
        for unit in range(part * units // parts, (part + 1) * units // parts):
            if cancelled(cancel):
                break
            gather_unit(step, frame, i, unit, values(buffer))
    release(buffer)


@routine
def gather_unit(step: Integers, frame: Integers, i: int, unit: int, buffer: Values) -> None:
    """The gradient of one channel of one sample of input `i`."""
    inputs, channels, rows, columns = step[3], step[4], step[5], step[6]
    shape = at(step, SHAPES + 3 * i)
    n, c = unit // shape[0], unit % shape[0]
    gy = values(frame[2 * inputs + 2])
    plane = shape[1] * shape[2]
    gx = at(values(frame[inputs + 2 + i]), unit * plane)
    if (step[1] >> i) & 1 == 0:
        fill(gx, plane, real(0))
    first, last = (0, channels) if shape[0] == 1 else (c, c + 1)
    for channel in range(first, last):
        for row in range(rows):
            combine(buffer, at(gy, ((n * channels + channel) * rows + row) * columns), columns, STORE)
            if step[2] == 1:
                for other in range(inputs):
                    if other != i:
                        combine_row(step, frame, other, n, channel, row, 0, buffer, columns, MULTIPLY)
            target = at(gx, (row if shape[1] > 1 else 0) * shape[2])
            if shape[2] > 1:
                combine(target, buffer, columns, ADD)
            else:
                total = real(0)
                for column in range(columns):
                    total += buffer[column]
                target[0] += total
