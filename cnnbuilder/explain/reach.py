"""What an operation's outputs read of its inputs, and which outputs its inputs reach, for whole regions at once.

Both follow the operation's index map `reads`. An operation that is not listed here is asked it value by value.
"""

from collections.abc import Sequence
from functools import lru_cache, singledispatch
from itertools import product

from cnnbuilder.explain.region import (
    Box,
    Mask,
    Region,
    bits,
    full,
    joined,
    sizes,
    union,
    whole,
    window_reached,
    window_reads,
)
from cnnbuilder.operations import (
    Gather,
    Index,
    LocalNormalise,
    Map,
    Merge,
    Normalise,
    Operation,
    Product,
    Rectify,
    Reduce,
    Sliding,
    Softmax,
    Transposed,
    View,
)
from cnnbuilder.operations.gather import Source
from cnnbuilder.operations.reduce import Each, Range, Shares, Windows


@singledispatch
def read_by(operation: Operation, region: Region) -> list[Region]:
    """What the outputs in `region` read of each input."""
    found: list[list[Box]] = [[] for _ in operation.input_shapes]
    for box in region:
        for unit in product(*map(bits, box)):
            for read in operation.reads(unit[: len(operation.output_shape)]):
                found[read.input].append(unit_box(read.index))
    return [union(boxes) for boxes in found]


@singledispatch
def reached_by(operation: Operation, input: int, region: Region) -> Region:
    """The outputs that read anything in `region` of that input."""
    found: list[Box] = []
    for index in product(*map(range, operation.output_shape)):
        reads = (read.index for read in operation.reads(index) if read.input == input)
        if any(_holds(region, unit) for unit in reads):
            found.append(unit_box(index))
    return union(found)


def unit_box(index: Index) -> Box:
    """The box that holds one unit."""
    channel, row, column = (*index, 0, 0)[:3]
    return 1 << channel, 1 << row, 1 << column


def _holds(region: Region, index: Index) -> bool:
    unit = unit_box(index)
    return any(all(a & b for a, b in zip(unit, box, strict=True)) for box in region)


@read_by.register
def _(operation: Map | Normalise | Rectify, region: Region) -> list[Region]:
    return [region]


@reached_by.register
def _(operation: Map | Normalise | Rectify, input: int, region: Region) -> Region:
    return region


@read_by.register
def _(operation: Sliding, region: Region) -> list[Region]:
    return [
        union(
            (
                _channels(operation, filters),
                window_reads(operation.rows, rows),
                window_reads(operation.columns, columns),
            )
            for filters, rows, columns in region
        )
    ]


@reached_by.register
def _(operation: Sliding, input: int, region: Region) -> Region:
    return union(
        (
            _filters(operation, channels),
            window_reached(operation.rows, rows),
            window_reached(operation.columns, columns),
        )
        for channels, rows, columns in region
    )


@read_by.register
def _(operation: Transposed, region: Region) -> list[Region]:
    return [reached_by(operation.convolution, 0, region)]


@reached_by.register
def _(operation: Transposed, input: int, region: Region) -> Region:
    return read_by(operation.convolution, region)[0]


@lru_cache(4096)
def _channels(operation: Sliding, filters: Mask) -> Mask:
    """The channels that any of `filters` reads."""
    if operation.kernels == operation.filters * operation.channels:
        return full(operation.channels)
    return joined(read for number, read in enumerate(_lists(operation)) if filters >> number & 1)


@lru_cache(4096)
def _filters(operation: Sliding, channels: Mask) -> Mask:
    """The filters that read any of `channels`."""
    if operation.kernels == operation.filters * operation.channels:
        return full(operation.filters)
    return joined(1 << number for number, read in enumerate(_lists(operation)) if read & channels)


@lru_cache(256)
def _lists(operation: Sliding) -> tuple[Mask, ...]:
    """For each filter the channels that it reads."""
    inside, each = operation.channels // operation.groups, operation.filters // operation.groups
    lists = map(operation.channels_of, range(operation.filters))
    return tuple(
        joined(1 << channel for channel in listed) << number // each * inside for number, listed in enumerate(lists)
    )


@read_by.register
def _(operation: Reduce, region: Region) -> list[Region]:
    axes = (operation.channels, operation.rows, operation.columns)
    return [union(_box(*(_range_reads(axis, own) for axis, own in zip(axes, box, strict=True))) for box in region)]


@reached_by.register
def _(operation: Reduce, input: int, region: Region) -> Region:
    axes = (operation.channels, operation.rows, operation.columns)
    return union(_box(*(range_reached(axis, own) for axis, own in zip(axes, box, strict=True))) for box in region)


def _box(channels: Mask, rows: Mask, columns: Mask) -> Box:
    return channels, rows, columns


def _range_reads(ranges: Sequence[Range], places: Mask) -> Mask:
    """The cells in the ranges at `places`."""
    if isinstance(ranges, Each):
        return places
    if isinstance(ranges, Windows):
        return window_reads(ranges.axis, places)
    return joined(full(stop) ^ full(start) for start, stop, _ in (ranges[place] for place in bits(places)))


@read_by.register
def _(operation: Gather, region: Region) -> list[Region]:
    return [
        union(
            _box(
                *(
                    joined(_taps(axis, place) for place in bits(own))
                    for axis, own in zip(operation.axes, box, strict=True)
                )
            )
            for box in region
        )
    ]


@reached_by.register
def _(operation: Gather, input: int, region: Region) -> Region:
    return union(
        _box(
            *(
                joined(1 << place for place in range(axis.count) if _taps(axis, place) & own)
                for axis, own in zip(operation.axes, box, strict=True)
            )
        )
        for box in region
    )


def _taps(axis: Source, place: int) -> Mask:
    """The cells that an output reads along an axis."""
    return joined(1 << cell for cell, _ in axis.taps(place))


def range_reached(ranges: Sequence[Range], cells: Mask) -> Mask:
    """The places of ranges that hold any of `cells`."""
    if isinstance(ranges, Each):
        return cells
    if isinstance(ranges, Windows):
        return window_reached(ranges.axis, cells)
    if isinstance(ranges, Shares):
        spans = map(ranges.holding, bits(cells))
        return joined(full(last + 1) ^ full(first) for first, last in spans)
    return joined(1 << place for place, (start, stop, _) in enumerate(ranges) if (full(stop) ^ full(start)) & cells)


@read_by.register
def _(operation: Merge, region: Region) -> list[Region]:
    if operation.function != "concat":
        return [
            union(
                _box(*(own if size > 1 else 1 for own, size in zip(box, sizes(shape), strict=True))) for box in region
            )
            for shape in operation.shapes
        ]
    found: list[Region] = []
    first = 0
    for shape in operation.shapes:
        found.append(union((box[0] >> first & full(shape[0]), *box[1:]) for box in region))
        first += shape[0]
    return found


@reached_by.register
def _(operation: Merge, input: int, region: Region) -> Region:
    if operation.function != "concat":
        own, out = sizes(operation.shapes[input]), sizes(operation.output_shape)
        return union(
            _box(*(mask if n == m else full(m) for mask, n, m in zip(box, own, out, strict=True))) for box in region
        )
    first = sum(shape[0] for shape in operation.shapes[:input])
    return union((box[0] << first, *box[1:]) for box in region)


@read_by.register
def _(operation: Softmax, region: Region) -> list[Region]:
    return [union((full(operation.shape[0]), *box[1:]) for box in region)]


@reached_by.register
def _(operation: Softmax, input: int, region: Region) -> Region:
    return union((full(operation.shape[0]), *box[1:]) for box in region)


@read_by.register
def _(operation: LocalNormalise, region: Region) -> list[Region]:
    return [union((_around(operation, box[0], operation.before, operation.after), *box[1:]) for box in region)]


@reached_by.register
def _(operation: LocalNormalise, input: int, region: Region) -> Region:
    return union((_around(operation, box[0], operation.after, operation.before), *box[1:]) for box in region)


def _around(operation: LocalNormalise, channels: Mask, before: int, after: int) -> Mask:
    """The channels from `before` before any of `channels` to `after` after it."""
    near = joined(channels >> by for by in range(before + 1)) | joined(channels << by for by in range(after + 1))
    return near & full(operation.shape[0])


@read_by.register
def _(operation: Product, region: Region) -> list[Region]:
    return [(whole(operation.input_shapes[0]),) if region else ()]


@reached_by.register
def _(operation: Product, input: int, region: Region) -> Region:
    return (whole(operation.output_shape),) if region else ()


@read_by.register
def _(operation: View, region: Region) -> list[Region]:
    return [_viewed(region, sizes(operation.after), sizes(operation.before))]


@reached_by.register
def _(operation: View, input: int, region: Region) -> Region:
    return _viewed(region, sizes(operation.before), sizes(operation.after))


def _viewed(region: Region, before: tuple[int, int, int], after: tuple[int, int, int]) -> Region:
    """The same values in another shape."""
    if before == after or not region:
        return region
    if (full(before[0]), full(before[1]), full(before[2])) in region:
        return ((full(after[0]), full(after[1]), full(after[2])),)
    flat = 0
    for channels, rows, columns in region:
        plane = joined(columns << row * before[2] for row in bits(rows))
        flat |= joined(plane << channel * before[1] * before[2] for channel in bits(channels))
    if after[1:] == (1, 1):
        return ((flat, 1, 1),)
    alike: dict[tuple[int, Mask], Mask] = {}
    """The rows of a channel that hold the same columns."""
    for line in range(after[0] * after[1]):
        channel, row = divmod(line, after[1])
        columns = flat >> line * after[2] & full(after[2])
        if columns:
            alike[channel, columns] = alike.get((channel, columns), 0) | 1 << row
    boxes: dict[tuple[Mask, Mask], Mask] = {}
    for (channel, columns), rows in alike.items():
        boxes[rows, columns] = boxes.get((rows, columns), 0) | 1 << channel
    return union((channels, rows, columns) for (rows, columns), channels in boxes.items())
