"""The connections of an operation as arrays: its index map `reads`, for many outputs at once.

Along each axis of its output, an operation reads a number of *taps*; an output at (i, j, k) reads every combination of
the taps of i, of j and of k. Which input value and which weight a combination is, the operation's own arithmetic says.
"""

from dataclasses import dataclass
from functools import singledispatch
from math import gcd, prod
from typing import Any, NamedTuple, cast

import numpy as np
import numpy.typing as npt

from cnnbuilder.design.shape import Shape
from cnnbuilder.design.window import Axis
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

Ints = npt.NDArray[np.int64]
Places = tuple[Ints, ...]
"""Many units of a volume or a vector: an array for each of its axes."""


PART = 1_000_000
"""So many places along an axis are looked at at once."""


class TooMany(Exception):
    """There are more connections than asked for."""


class Edges(NamedTuple):
    """Connections of the units that were asked for, in the order in which the plain loop adds them."""

    owner: Ints
    """Which of the units it belongs to, by its place among them."""
    source: Ints
    """Which of the operation's inputs it reads."""
    input: Ints
    """Which value of that input, counted through all its axes."""
    weight: Ints
    """Which value of the weight array; -1 where there is none."""


@dataclass(frozen=True)
class Taps:
    """What outputs read along one axis: `count` numbers each, from `first` on by `step`; with `listed` these are
    places in that list."""

    count: Ints
    first: Ints | int = 0
    step: int = 1
    listed: Ints | None = None

    def at(self, owner: Ints, nth: Ints) -> Ints:
        """The n-th tap of each owner."""
        first = self.first if isinstance(self.first, int) else self.first[owner]
        number: Ints = first + nth * self.step
        return number if self.listed is None else self.listed[number]


class Ends(NamedTuple):
    """Where connections lead: input number, unit of that input, place in the weight array if any."""

    source: Ints | int
    unit: Places
    weight: Places | None = None


@singledispatch
def taps(operation: Operation, index: Places) -> tuple[Taps, ...]:
    """What the outputs at `index` read along each axis. Each axis is asked on its own, so that the arrays of `index`
    may have different lengths."""
    raise NotImplementedError


@singledispatch
def ends(operation: Operation, index: Places, tap: Places) -> Ends:
    """Where the connections lead that have these taps at these outputs."""
    raise NotImplementedError


def edges(operation: Operation, units: Ints, most: int) -> Edges:
    """The connections of outputs, which are counted through all axes. Raises TooMany for more than `most`."""
    index = unravelled(units, operation.output_shape)
    if not _known(operation):
        return _one_by_one(operation, units, most)
    found = taps(operation, index)
    owner, nth = _combined([axis.count for axis in found], most)
    there = tuple(axis[owner] for axis in index)
    tap = tuple(axis.at(owner, number) for axis, number in zip(found, nth, strict=True))
    source, read, weight = ends(operation, there, tap)
    sources = np.broadcast_to(np.asarray(source, np.int64), owner.shape)
    inputs = np.empty_like(owner)
    for number, shape in enumerate(operation.input_shapes):
        mine = sources == number
        inputs[mine] = ravelled(tuple(axis[mine] for axis in read), shape)
    if weight is None:
        return Edges(owner, sources, inputs, np.full_like(owner, -1))
    return Edges(owner, sources, inputs, ravelled(weight, operation.weight_shapes["weight"]))


def count(operation: Operation) -> int:
    """How many connections all outputs have together, without making them."""
    shape = operation.output_shape
    if not _known(operation):
        return sum(1 for index in np.ndindex(shape) for _ in operation.reads(index))
    return prod(_along(operation, axis) for axis in range(len(shape)))


def _along(operation: Operation, axis: int) -> int:
    """How many taps all places along an axis of the output have together; a part of a very long one at a time."""
    total = 0
    for first in range(0, operation.output_shape[axis], PART):
        places = np.arange(first, min(first + PART, operation.output_shape[axis]), dtype=np.int64)
        index = [np.zeros(1, np.int64) for _ in operation.output_shape]
        index[axis] = places
        total += int(taps(operation, tuple(index))[axis].count.sum())
    return total


def unravelled(flat: Ints, shape: Shape) -> Places:
    """Units that are counted through all axes, by axis."""
    found: list[Ints] = []
    for n in reversed(shape):
        flat, place = np.divmod(flat, n)
        found.append(place)
    return tuple(reversed(found))


def ravelled(index: Places, shape: Shape) -> Ints:
    """Units by axis, counted through all axes."""
    flat: Ints = np.zeros_like(index[0])
    for place, n in zip(index, shape, strict=True):
        flat = flat * n + place
    return flat


def _known(operation: Operation) -> bool:
    return taps.dispatch(type(operation)) is not taps.dispatch(object)


def _combined(counts: list[Ints], most: int) -> tuple[Ints, Places]:
    """Every combination of taps: whose it is, and the number of its tap along each axis."""
    each: Ints = np.ones_like(counts[0])
    for axis in counts:
        each = each * axis
    if each.sum(dtype=np.float64) > most:
        raise TooMany
    owner = np.repeat(np.arange(len(each)), each)
    left = np.arange(len(owner)) - np.repeat(np.cumsum(each) - each, each)
    found: list[Ints] = []
    for axis in reversed(counts):
        left, nth = np.divmod(left, axis[owner])
        found.append(nth)
    return owner, tuple(reversed(found))


def _one_by_one(operation: Operation, units: Ints, most: int) -> Edges:
    """The same of an operation that is not listed here: it is asked output by output."""
    found: list[tuple[int, int, int, int]] = []
    for owner, unit in enumerate(units):
        place = tuple(int(axis) for axis in unravelled(unit, operation.output_shape))
        for read in operation.reads(place):
            weight = -1
            if read.weight is not None:
                weight = int(np.ravel_multi_index(read.weight_index, operation.weight_shapes[read.weight]))
            shape = operation.input_shapes[read.input]
            found.append((owner, read.input, int(np.ravel_multi_index(read.index, shape)), weight))
        if len(found) > most:
            raise TooMany
    table = np.array(found, np.int64).reshape(-1, 4)
    return Edges(*(np.ascontiguousarray(column) for column in table.T))


def _one(places: Ints) -> Taps:
    """One tap each: the place itself."""
    return Taps(np.ones_like(places), places)


# One value each


@taps.register
def _(operation: Map | Normalise | Rectify | View, index: Places) -> tuple[Taps, ...]:
    return tuple(map(_one, index))


@ends.register
def _(operation: Map, index: Places, tap: Places) -> Ends:
    return Ends(0, index)


@ends.register
def _(operation: Normalise | Rectify, index: Places, tap: Places) -> Ends:
    return Ends(0, index, index[:1])


@ends.register
def _(operation: View, index: Places, tap: Places) -> Ends:
    return Ends(0, unravelled(ravelled(index, operation.after), operation.before))


# Sums of products


@taps.register
def _(operation: Product, index: Places) -> tuple[Taps, ...]:
    return (Taps(np.full_like(index[0], operation.features)),)


@ends.register
def _(operation: Product, index: Places, tap: Places) -> Ends:
    return Ends(0, tap, (index[0], tap[0]))


@taps.register
def _(operation: Sliding, index: Places) -> tuple[Taps, ...]:
    filters, rows, columns = index
    return (_channels(operation, filters), _window(operation.rows, rows), _window(operation.columns, columns))


@ends.register
def _(operation: Sliding, index: Places, tap: Places) -> Ends:
    (i, j, k), (c, m, n) = index, tap
    first = i // (operation.filters // operation.groups) * (operation.channels // operation.groups)
    rows, columns = operation.rows, operation.columns
    read = (
        first + c,
        j * rows.stride - rows.before + m * rows.dilation,
        k * columns.stride - columns.before + n * columns.dilation,
    )
    # The operation's own arithmetic, done on arrays.
    weight = operation.weight_index(cast(Index, index), *cast(tuple[int, int, int], tap))
    return Ends(0, read, cast(Places, weight))


def _channels(operation: Sliding, filters: Ints) -> Taps:
    """The channels that filters read, numbered within their group."""
    asked, mine = np.unique(filters, return_inverse=True)
    lists = [operation.channels_of(int(number)) for number in asked]
    counts = np.array([len(own) for own in lists], np.int64)
    if all(isinstance(own, range) for own in lists):
        return Taps(counts[mine])
    listed = np.array([channel for own in lists for channel in own], np.int64)
    return Taps(counts[mine], (np.cumsum(counts) - counts)[mine], listed=listed)


def _window(axis: Axis, places: Ints) -> Taps:
    """The taps of the windows at `places` that lie on the input and not on its padding."""
    start = places * axis.stride - axis.before
    low = np.maximum(-(start // axis.dilation), 0)
    high = np.minimum((axis.size - 1 - start) // axis.dilation, axis.kernel - 1)
    return Taps(np.maximum(high - low + 1, 0), low)


@taps.register
def _(operation: Transposed, index: Places) -> tuple[Taps, ...]:
    wide = operation.convolution
    filters, rows, columns = index
    inputs = np.full_like(filters, wide.filters // wide.groups)
    return (Taps(inputs), _reaching(wide.rows, rows), _reaching(wide.columns, columns))


@ends.register
def _(operation: Transposed, index: Places, tap: Places) -> Ends:
    wide = operation.convolution
    (f, u, v), (c, m, n) = index, tap
    inputs, outputs = wide.filters // wide.groups, wide.channels // wide.groups
    channel = f // outputs * inputs + c
    row = (u + wide.rows.before - m * wide.rows.dilation) // wide.rows.stride
    column = (v + wide.columns.before - n * wide.columns.dilation) // wide.columns.stride
    return Ends(0, (channel, row, column), (channel, f % outputs, m, n))


def _reaching(axis: Axis, cells: Ints) -> Taps:
    """The taps of a convolution that lie on these cells of its input, in one of its windows."""
    # Tap m of window j lies on the cell where j · stride + m · dilation = offset: every `step`-th m from some first on.
    offset = cells + axis.before
    common = gcd(axis.stride, axis.dilation)
    step = axis.stride // common
    low = np.maximum(-(-(offset - (axis.output - 1) * axis.stride) // axis.dilation), 0)
    high = np.minimum(offset // axis.dilation, axis.kernel - 1)
    first = low + (offset // common * pow(axis.dilation // common, -1, step) - low) % step
    some = (offset % common == 0) & (first <= high)
    return Taps(np.where(some, (high - first) // step + 1, 0), first, step)


# Boxes of values


@taps.register
def _(operation: Reduce, index: Places) -> tuple[Taps, ...]:
    axes = (operation.channels, operation.rows, operation.columns)
    found: list[Taps] = []
    for ranges, places in zip(axes, index, strict=True):
        asked, mine = np.unique(places, return_inverse=True)
        spans = np.array([ranges[int(place)][:2] for place in asked], np.int64).reshape(-1, 2)[mine]
        found.append(Taps(np.maximum(spans[:, 1] - spans[:, 0], 0), spans[:, 0]))
    return tuple(found)


@taps.register
def _(operation: Gather, index: Places) -> tuple[Taps, ...]:
    found: list[Taps] = []
    for axis, places in zip(operation.axes, index, strict=True):
        asked, mine = np.unique(places, return_inverse=True)
        read = [[cell for cell, _ in axis.taps(int(place))] for place in asked]
        counts = np.array([len(cells) for cells in read], np.int64)
        listed = np.array([cell for cells in read for cell in cells], np.int64)
        found.append(Taps(counts[mine], (np.cumsum(counts) - counts)[mine], listed=listed))
    return tuple(found)


@taps.register
def _(operation: LocalNormalise, index: Places) -> tuple[Taps, ...]:
    channels, *others = index
    low = np.maximum(channels - operation.before, 0)
    high = np.minimum(channels + operation.after, operation.shape[0] - 1)
    return (Taps(high - low + 1, low), *map(_one, others))


@taps.register
def _(operation: Softmax, index: Places) -> tuple[Taps, ...]:
    return (Taps(np.full_like(index[0], operation.shape[0])), *map(_one, index[1:]))


@ends.register
def _(operation: Reduce | Gather | LocalNormalise | Softmax, index: Places, tap: Places) -> Ends:
    return Ends(0, tap)


# Several inputs


@taps.register
def _(operation: Merge, index: Places) -> tuple[Taps, ...]:
    each = 1 if operation.function == "concat" else len(operation.shapes)
    return (Taps(np.full_like(index[0], each)), *map(_one, index[1:]))


@ends.register
def _(operation: Merge, index: Places, tap: Places) -> Ends:
    if operation.function == "concat":
        firsts = np.cumsum([0, *(shape[0] for shape in operation.shapes)])
        source = np.searchsorted(firsts, index[0], side="right") - 1
        return Ends(source, (index[0] - firsts[source], *index[1:]))
    source = tap[0]
    read: list[Any] = []
    for axis, places in enumerate(index):
        repeated = np.array([shape[axis] == 1 for shape in operation.shapes])
        read.append(np.where(repeated[source], 0, places))
    return Ends(source, tuple(read))
