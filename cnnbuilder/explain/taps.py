"""Which values, outputs and weights of an operation belong together, as arrays: its index map `reads`, forward and
turned round.

An operation that is not listed here is asked value by value.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import singledispatch
from itertools import product
from typing import Any

import numpy as np

from cnnbuilder.design.shape import Shape, size
from cnnbuilder.design.window import Axis
from cnnbuilder.explain.reach import range_reached, reached_by, unit_box
from cnnbuilder.explain.region import Mask, bits
from cnnbuilder.explain.terms import Floats, Places
from cnnbuilder.operations import (
    Gather,
    Index,
    Merge,
    Normalise,
    Operation,
    Product,
    Read,
    Rectify,
    Reduce,
    Sliding,
    Softmax,
    Transposed,
    View,
)


@dataclass(frozen=True, eq=False)
class Taps:
    """Outputs with the values of one input that they read: at each place of these arrays a pair, and the weight and
    the factor that are between the two."""

    input: int
    outputs: Places
    inputs: Places
    weight: str | None = None
    weights: Places | None = None
    factors: Floats | None = None

    def turned(self) -> "Taps":
        """The outputs as inputs, and the other way round."""
        return replace(self, outputs=self.inputs, inputs=self.outputs)


def index_of(place: int, shape: Shape) -> Index:
    """The index of a place."""
    return tuple(int(i) for i in np.unravel_index(place, shape))


def place_of(index: Sequence[Any], shape: Shape) -> Any:
    """The place of an index; an index of arrays gives an array of places."""
    found: Any = 0
    for i, n in zip(index, shape, strict=True):
        found = found * n + i
    return found


def bias_index(operation: Operation, index: Index) -> Index | None:
    """The bias of an output: its filter's, or, where they take turns from place to place, the one whose turn it is."""
    shape = operation.weight_shapes.get("bias")
    return None if shape is None else tuple(i % n for i, n in zip(index, shape, strict=False))


def biased_by(operation: Operation, index: Index) -> Places:
    """The outputs that the bias at an index is added to."""
    shape, out = operation.weight_shapes["bias"], operation.output_shape
    axes = [np.arange(i, n, turn) for i, n, turn in zip(index, out, shape, strict=False)]
    return _grid([*axes, *(np.arange(n) for n in out[len(shape) :])], out)


def _grid(axes: Sequence[Any], shape: Shape) -> Places:
    """The places of every combination of an index along each axis, in row-major order."""
    found = np.zeros(1, np.intp)
    for axis, n in zip(axes, shape, strict=True):
        found = (found[:, None] * n + np.asarray(axis, np.intp)).reshape(-1)
    return found


# What an output reads


@singledispatch
def reads_of(operation: Operation, output: int) -> list[Taps]:
    """What an output reads of each input that it reads, in the order of the plain loop."""
    found: dict[int, list[Read]] = {}
    for read in operation.reads(index_of(output, operation.output_shape)):
        found.setdefault(read.input, []).append(read)
    return [_listed(operation, [(output, read) for read in reads]) for reads in found.values()]


def _listed(operation: Operation, pairs: list[tuple[int, Read]], input: int = 0) -> Taps:
    """Reads of one input and one weight, each with the output that it belongs to."""
    input = pairs[0][1].input if pairs else input
    shape = operation.input_shapes[input]
    outputs = np.array([output for output, _ in pairs], np.intp)
    inputs = np.array([place_of(read.index, shape) for _, read in pairs], np.intp)
    factors = np.array([read.factor for _, read in pairs], np.float64)
    weight = next((read.weight for _, read in pairs if read.weight is not None), None)
    if weight is None:
        return Taps(input, outputs, inputs, factors=factors)
    held = operation.weight_shapes[weight]
    weights = np.array([place_of(read.weight_index, held) for _, read in pairs], np.intp)
    return Taps(input, outputs, inputs, weight, weights, factors)


@reads_of.register
def _(operation: View, output: int) -> list[Taps]:
    return [readers_of(operation, 0, output)]


@reads_of.register
def _(operation: Product, output: int) -> list[Taps]:
    features = np.arange(operation.features)
    return [Taps(0, np.full_like(features, output), features, "weight", output * operation.features + features)]


@reads_of.register
def _(operation: Sliding, output: int) -> list[Taps]:
    filter, row, column = index_of(output, operation.output_shape)
    channels = operation.channels_of(filter)
    pairs = (np.full(len(channels), filter), np.array(channels, np.intp))
    return [_windows(operation, pairs, _at_place(operation.rows, row), _at_place(operation.columns, column))]


@reads_of.register
def _(operation: Transposed, output: int) -> list[Taps]:
    return [readers_of(operation.convolution, 0, output).turned()]


@reads_of.register
def _(operation: Reduce, output: int) -> list[Taps]:
    index = index_of(output, operation.output_shape)
    axes = (operation.channels, operation.rows, operation.columns)
    spans = [axis[i] for axis, i in zip(axes, index, strict=True)]
    inputs = _grid([np.arange(start, stop) for start, stop, _ in spans], operation.shape)
    return [Taps(0, np.full_like(inputs, output), inputs)]


@reads_of.register
def _(operation: Softmax, output: int) -> list[Taps]:
    return [readers_of(operation, 0, output).turned()]


# What reads a value


@singledispatch
def readers_of(operation: Operation, input: int, place: int) -> Taps:
    """The outputs that read a value of an input."""
    index = index_of(place, operation.input_shapes[input])
    pairs: list[tuple[int, Read]] = []
    shape = operation.output_shape
    for output in _units(reached_by(operation, input, (unit_box(index),)), shape):
        reads = operation.reads(index_of(output, shape))
        pairs += [(output, read) for read in reads if (read.input, read.index) == (input, index)]
    return _listed(operation, pairs, input)


def _units(region: Iterable[tuple[Mask, Mask, Mask]], shape: Shape) -> list[int]:
    """The places of the units of a region, in order."""
    found = {index[: len(shape)] for box in region for index in product(*map(bits, box))}
    return sorted([place_of(index, shape) for index in found])


@readers_of.register
def _(operation: View, input: int, place: int) -> Taps:
    here = np.array([place])  # the order of the values is the same
    return Taps(0, here, here)


@readers_of.register
def _(operation: Product, input: int, place: int) -> Taps:
    units = np.arange(operation.units)
    return Taps(0, units, np.full_like(units, place), "weight", units * operation.features + place)


@readers_of.register
def _(operation: Sliding, input: int, place: int) -> Taps:
    channel, row, column = index_of(place, operation.input_shapes[0])
    group, inside = divmod(channel, operation.channels // operation.groups)
    each = operation.filters // operation.groups
    filters = [i for i in range(group * each, (group + 1) * each) if inside in operation.channels_of(i)]
    pairs = (np.array(filters, np.intp), np.full(len(filters), inside))
    return _windows(operation, pairs, _at_cell(operation.rows, row), _at_cell(operation.columns, column))


@readers_of.register
def _(operation: Transposed, input: int, place: int) -> Taps:
    return reads_of(operation.convolution, place)[0].turned()


@readers_of.register
def _(operation: Reduce, input: int, place: int) -> Taps:
    index = index_of(place, operation.shape)
    axes = (operation.channels, operation.rows, operation.columns)
    places = [bits(range_reached(axis, 1 << i)) for axis, i in zip(axes, index, strict=True)]
    outputs = _grid(places, operation.output_shape)
    return Taps(0, outputs, np.full_like(outputs, place))


@readers_of.register
def _(operation: Gather, input: int, place: int) -> Taps:
    index = index_of(place, operation.input_shapes[0])
    outputs, factors = np.zeros(1, np.intp), np.ones(1)
    for axis, i in zip(operation.axes, index, strict=True):
        found = [(at, factor) for at in range(axis.count) for cell, factor in axis.taps(at) if cell == i]
        outputs = (outputs[:, None] * axis.count + np.array([at for at, _ in found], np.intp)).reshape(-1)
        factors = (factors[:, None] * np.array([factor for _, factor in found])).reshape(-1)
    return Taps(0, outputs, np.full_like(outputs, place), factors=factors)


@readers_of.register
def _(operation: Merge, input: int, place: int) -> Taps:
    own, out = operation.shapes[input], operation.output_shape
    index = list(index_of(place, own))
    if operation.function == "concat":
        index[0] += sum(shape[0] for shape in operation.shapes[:input])
        outputs = _grid([[i] for i in index], out)
    else:
        outputs = _grid([[i] if n == m else range(m) for i, n, m in zip(index, own, out, strict=True)], out)
    return Taps(input, outputs, np.full_like(outputs, place))


@readers_of.register
def _(operation: Softmax, input: int, place: int) -> Taps:
    places = size(operation.shape[1:])
    outputs = np.arange(operation.shape[0]) * places + place % places
    return Taps(0, outputs, np.full_like(outputs, place))


# What uses a weight


@singledispatch
def uses_of(operation: Operation, weight: str, place: int) -> Taps:
    """The outputs that use one number of a weight that `reads` names, and the values that they multiply by it."""
    index = index_of(place, operation.weight_shapes[weight])
    pairs = [
        (output, read)
        for output in range(size(operation.output_shape))
        for read in operation.reads(index_of(output, operation.output_shape))
        if (read.weight, read.weight_index) == (weight, index)
    ]
    return _listed(operation, pairs)


@uses_of.register
def _(operation: Product, weight: str, place: int) -> Taps:
    unit, feature = divmod(place, operation.features)
    return Taps(0, np.array([unit]), np.array([feature]), weight, np.array([place]))


@uses_of.register
def _(operation: Sliding, weight: str, place: int) -> Taps:
    shape = operation.weight_shapes[weight]
    index = index_of(place, shape)
    at = dict(zip(operation.weight_axes, index, strict=True))
    turns = [(index[axis], shape[axis]) for axis in operation.turns.get(weight, ())] or [(0, 1), (0, 1)]
    read = at["channel"] in operation.channels_of(at["filter"])
    pairs = (np.array([at["filter"]] * read, np.intp), np.array([at["channel"]] * read, np.intp))
    rows = _at_tap(operation.rows, at["row"], *turns[0])
    return _windows(operation, pairs, rows, _at_tap(operation.columns, at["column"], *turns[1]))


@uses_of.register
def _(operation: Transposed, weight: str, place: int) -> Taps:
    return uses_of(operation.convolution, weight, place).turned()


@uses_of.register(Normalise)
@uses_of.register(Rectify)
def _(operation: Normalise | Rectify, weight: str, place: int) -> Taps:
    places = size(operation.shape[1:])
    units = place * places + np.arange(places)
    return Taps(0, units, units, weight, np.full_like(units, place))


# Windows

_Along = tuple[Places, Places, Places]
"""Along one axis: positions of windows, taps of the kernel, and the cells of the input that lie under them."""


def _at_place(axis: Axis, position: int) -> _Along:
    taps = np.arange(axis.kernel)
    return _inside(axis, np.full_like(taps, position), taps)


def _at_tap(axis: Axis, tap: int, first: int, turn: int) -> _Along:
    """At every `turn`-th position from `first` on."""
    positions = np.arange(first, axis.output, turn)
    return _inside(axis, positions, np.full_like(positions, tap))


def _inside(axis: Axis, positions: Places, taps: Places) -> _Along:
    cells = positions * axis.stride - axis.before + taps * axis.dilation
    kept = (cells >= 0) & (cells < axis.size)
    return positions[kept], taps[kept], cells[kept]


def _at_cell(axis: Axis, cell: int) -> _Along:
    taps = np.arange(axis.kernel)
    positions, rest = np.divmod(cell + axis.before - taps * axis.dilation, axis.stride)
    kept = (rest == 0) & (positions >= 0) & (positions < axis.output)
    return positions[kept], taps[kept], np.full_like(taps[kept], cell)


def _windows(operation: Sliding, pairs: tuple[Places, Places], rows: _Along, columns: _Along) -> Taps:
    """Every combination of a filter with a channel of its group, of rows and of columns."""
    filters, channels = (axis[:, None, None] for axis in pairs)
    at_row, tap_row, row = (axis[:, None] for axis in rows)
    at_column, tap_column, column = columns
    _, out_height, out_width = operation.output_shape
    _, height, width = operation.input_shapes[0]
    first = filters // (operation.filters // operation.groups) * (operation.channels // operation.groups)
    outputs = (filters * out_height + at_row) * out_width + at_column
    inputs = ((first + channels) * height + row) * width + column
    # The index map takes arrays as it takes numbers.
    index = operation.weight_index((filters, at_row, at_column), channels, tap_row, tap_column)  # type: ignore[arg-type]
    weights = place_of(index, operation.weight_shapes["weight"])
    shape = np.broadcast_shapes(outputs.shape, inputs.shape)
    outputs, inputs, weights = (np.broadcast_to(array, shape).reshape(-1) for array in (outputs, inputs, weights))
    return Taps(0, outputs, inputs, "weight", weights)
