"""Values fetched from other places; plain and fast loop are the same lines.

Forward blends the input rows that an output row reads into one row, or takes the only one as it is, and then fetches
its columns, runs of neighbours as a whole; an output row that reads what the one above it reads is a copy of it. Inputs
may be read many times, so backward is split by the input's channels: an output row's gradient is laid into a row of the
input's width, which is then added to each row that it came from.
"""

from cnnbuilder.design.shape import size
from cnnbuilder.kernels.native import (
    Integers,
    Values,
    as_float,
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
from cnnbuilder.kernels.packing import Packed, float_bits
from cnnbuilder.kernels.rows import ADD, STORE, add_product, combine, fill
from cnnbuilder.operations import Gather
from cnnbuilder.operations.gather import Source

TAPS = 9
"""Where the taps stand in the row: those of channels and rows, then the runs of columns, then the columns' taps."""
NOTHING, COPY, EACH = 0, 1, 2
"""What a run of columns does: reads nothing, copies neighbours, or follows each column's own taps."""


def pack(operation: Gather, role: str, batch: int) -> Packed:
    """Row: batch, accumulate, the input's shape, the output's shape, how many runs, taps, runs, columns' taps.

    Source are five numbers a place: how many, two cells, the bits of two factors. Runs are four: the first column, how
    many, the first cell, what they do.
    """
    runs = _runs(operation.columns)
    shape = operation.input_shapes[0]
    numbers = [*shape, *operation.output_shape, len(runs) // 4]
    numbers += [*_packed(operation.channels), *_packed(operation.rows), *runs, *_packed(operation.columns)]
    values_touched = size(operation.output_shape) + size(shape)
    if role == "forward":
        channels, rows, _ = operation.output_shape
        return Packed(tuple(numbers), batch * channels * rows, 0.5 * batch * values_touched)
    return Packed(tuple(numbers), batch * shape[0], batch * values_touched)


def _packed(source: Source) -> list[int]:
    found: list[int] = []
    for place in range(source.count):
        own = source.taps(place)
        (first, by_first), (second, by_second) = (*own, (0, 0.0), (0, 0.0))[:2]
        found += (len(own), first, second, float_bits(by_first), float_bits(by_second))
    return found


def _runs(source: Source) -> list[int]:
    """The columns in runs that do the same, one after another."""
    found: list[int] = []
    for place in range(source.count):
        own = source.taps(place)
        kind = NOTHING if not own else COPY if len(own) == 1 and own[0][1] == 1 else EACH
        cell = own[0][0] if own else 0
        if found and found[-1] == kind and (kind != COPY or cell == found[-2] + found[-3]):
            found[-3] += 1
        else:
            found += (place, 1, cell, kind)
    return _long_runs(found)


SHORT = 8
"""A run of fewer columns is not worth a call of its own."""


def _long_runs(runs: list[int]) -> list[int]:
    """Short runs made one in which each column follows its own taps."""
    found: list[int] = []
    for start in range(0, len(runs), 4):
        first, count, cell, kind = runs[start : start + 4]
        kind = EACH if count < SHORT else kind
        if found and found[-1] == kind == EACH:
            found[-3] += count
        else:
            found += (first, count, cell, kind)
    return found


def needs(operation: Gather, role: str, dtype: str) -> tuple[str, ...]:
    """The slots that a role reads or writes."""
    return ("x", "y") if role == "forward" else ("gx", "gy")


@helper
def same_taps(taps: Integers, other: Integers) -> bool:
    """Whether two places read the same."""
    cells = taps[0] == other[0] and taps[1] == other[1] and taps[2] == other[2]
    return cells and taps[3] == other[3] and taps[4] == other[4]


@kernel("gather_forward")
def forward(step: Integers, frame: Integers, part: int, parts: int, cancel: Integers) -> None:
    """y = Σ factor · x over the taps."""
    width, channels, rows, columns = step[4], step[5], step[6], step[7]
    row_taps = at(step, TAPS + 5 * channels)
    units = step[0] * channels * rows
    first = part * units // parts
    buffer = reserve(width)
    for unit in range(first, (part + 1) * units // parts):
        if cancelled(cancel):
            break
        row = unit % rows
        y, taps = at(values(frame[1]), unit * columns), at(row_taps, 5 * row)
        if row > 0 and unit > first and same_taps(taps, at(taps, -5)):
            combine(y, at(y, -columns), columns, STORE)
        else:
            gather_row(step, frame, unit // rows, taps, values(buffer), y)
    release(buffer)


@routine
def gather_row(step: Integers, frame: Integers, plane: int, rows: Integers, buffer: Values, y: Values) -> None:
    """One row of output plane `plane`, which reads the input's rows that `rows` names."""
    height, width, out_channels, columns = step[3], step[4], step[5], step[7]
    channels = at(step, TAPS + 5 * (plane % out_channels))
    if channels[0] == 0 or rows[0] == 0:
        fill(y, columns, real(0))
        return
    x = at(values(frame[0]), plane // out_channels * step[2] * height * width)
    line = at(x, (channels[1] * height + rows[1]) * width)
    if channels[0] > 1 or rows[0] > 1 or as_float(channels[3]) * as_float(rows[3]) != 1.0:
        fill(buffer, width, real(0))
        for a in range(channels[0]):
            for b in range(rows[0]):
                factor = real(as_float(channels[3 + a]) * as_float(rows[3 + b]))
                source = at(x, (channels[1 + a] * height + rows[1 + b]) * width)
                add_product(buffer, source, factor, width, 1, 1)
        line = buffer
    runs = at(step, TAPS + 5 * (out_channels + step[6]))
    column_taps = at(runs, 4 * step[8])
    for number in range(step[8]):
        run = at(runs, 4 * number)
        if run[3] == NOTHING:
            fill(at(y, run[0]), run[1], real(0))
        elif run[3] == COPY:
            combine(at(y, run[0]), at(line, run[2]), run[1], STORE)
        else:
            gather_each(at(y, run[0]), line, at(column_taps, 5 * run[0]), run[1])


@routine
def gather_each(y: Values, line: Values, taps: Integers, count: int) -> None:
    """y[k] = Σ factor · line[cell] over the taps of place k."""
    for k in range(count):
        own = at(taps, 5 * k)
        total = real(0)
        if own[0] > 0:
            total = real(as_float(own[3])) * line[own[1]]
        if own[0] > 1:
            total += real(as_float(own[4])) * line[own[2]]
        y[k] = total


@kernel("gather_to_input")
def to_input(step: Integers, frame: Integers, part: int, parts: int, cancel: Integers) -> None:
    """gx (+)= Σ factor · gy over the taps that read it."""
    channels, out_channels = step[2], step[5]
    plane = step[3] * step[4]
    units = step[0] * channels
    buffer = reserve(step[4])
    unit, stop = part * units // parts, (part + 1) * units // parts
    if step[1] & 1 == 0:
        fill(at(values(frame[3]), unit * plane), (stop - unit) * plane, real(0))
    while unit < stop:
        n, first = unit // channels, unit % channels
        last = min(channels, first + stop - unit)
        for c in range(out_channels):
            if cancelled(cancel):
                break
            taps = at(step, TAPS + 5 * c)
            for a in range(taps[0]):
                if first <= taps[1 + a] < last:
                    gx = at(values(frame[3]), (n * channels + taps[1 + a]) * plane)
                    gy = at(values(frame[4]), (n * out_channels + c) * step[6] * step[7])
                    give_plane(step, gx, gy, real(as_float(taps[3 + a])), values(buffer))
        unit += last - first
    release(buffer)


@routine
def give_plane(step: Integers, gx: Values, gy: Values, by_channel: float, line: Values) -> None:
    """gx += the gradient of one output plane, times a factor; rows that read the same are added up first."""
    width, rows, columns = step[4], step[6], step[7]
    row_taps = at(step, TAPS + 5 * step[5])
    for row in range(rows):
        taps = at(row_taps, 5 * row)
        if taps[0] > 0:
            if row == 0 or not same_taps(taps, at(taps, -5)):
                fill(line, width, real(0))
            give_row(step, line, at(gy, row * columns))
            if row == rows - 1 or not same_taps(taps, at(taps, 5)):
                for b in range(taps[0]):
                    factor = by_channel * real(as_float(taps[3 + b]))
                    add_product(at(gx, taps[1 + b] * width), line, factor, width, 1, 1)


@routine
def give_row(step: Integers, line: Values, gy: Values) -> None:
    """line += one output row's gradient, at the columns that it was fetched from."""
    runs = at(step, TAPS + 5 * (step[5] + step[6]))
    column_taps = at(runs, 4 * step[8])
    for number in range(step[8]):
        run = at(runs, 4 * number)
        if run[3] == COPY:
            combine(at(line, run[2]), at(gy, run[0]), run[1], ADD)
        elif run[3] == EACH:
            for k in range(run[0], run[0] + run[1]):
                own = at(column_taps, 5 * k)
                for b in range(own[0]):
                    line[own[1 + b]] += real(as_float(own[3 + b])) * gy[k]
