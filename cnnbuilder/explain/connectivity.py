"""Every connection of a block, and which of them share a weight: from the operations' index maps, without a run."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from cnnbuilder.design.check import Report, check
from cnnbuilder.design.document import Design
from cnnbuilder.design.errors import DesignError, InputError
from cnnbuilder.design.shape import Shape, grouped, plural, size
from cnnbuilder.explain.edges import Ints, TooMany, count, edges
from cnnbuilder.operations import Operation, View

MOST = 10**7
"""So many connections are given at once."""
LARGEST = 2**62
"""The units of a map that can be counted in 64 bits."""


@dataclass(frozen=True, eq=False)
class Connectivity:
    """The connections of a block as four arrays of equal length, sorted by output as they were asked for.

    A unit's number counts through its map in row-major order: channel, row, column. Padding and biases are no
    connections. Where a block is several operations in a row, each way through them is one.
    """

    outputs: Ints
    """The unit of the block."""
    inputs: Ints
    """The unit that it reads, within the input that `sources` names."""
    weights: Ints
    """The number in the weight array of what it is multiplied by; equal: the same shared weight; -1: no weight."""
    sources: Ints
    """Which of the block's inputs it reads; 0 wherever a block has one."""
    block: str
    blocks: tuple[str, ...]
    """The blocks that it reads, in the order of its inputs."""
    input_shapes: tuple[Shape, ...]
    output_shape: Shape
    weight: str | None
    """The name of the weight array, as `network.weights` has it; None without weights."""
    weight_shape: Shape | None

    def __len__(self) -> int:
        return len(self.outputs)

    @cached_property
    def shared(self) -> int:
        """How many different weights these connections have."""
        return len(np.unique(self.weights[self.weights >= 0]))


def connectivity(design: Design, block: str, outputs: Iterable[int] | int | None = None) -> Connectivity:
    """Every connection of a block: which output reads which input through which weight.

    `outputs` restricts it to these units, counted through the map; it is needed above 10,000,000 connections. Raises
    DesignError where a shape is not known, InputError for units that there are not and for too many connections.
    """
    return connectivity_of(check(design), block, outputs)


def connectivity_of(
    report: Report, block: str, outputs: Iterable[int] | int | None = None, most: int = MOST
) -> Connectivity:
    """The same of a design that was checked, perhaps on a picture of another size; at most so many connections."""
    operations, inputs, shape = _lowered(report, block)
    units = _units(block, shape, outputs)
    try:
        if units is None:
            if size(shape) > most:
                raise TooMany
            units = np.arange(size(shape), dtype=np.int64)
        # What reads nothing, as an input block, has no connections.
        found = _followed(operations, units if inputs else units[:0], most)
    except TooMany:
        held = f"{block}: its connections" if outputs is None else f"{block}: the connections of these units"
        raise InputError(
            f"{held} are more than {grouped(most)}; name fewer units with outputs=…, of {grouped(size(shape))}"
        ) from None
    name, weight_shape = next(
        ((name, shapes[name]) for shapes in (o.weight_shapes for o in reversed(operations)) for name in shapes),
        (None, None),
    )
    made = Connectivity(
        *found,
        block=block,
        blocks=report.graph.wiring.sources[block],
        input_shapes=inputs,
        output_shape=shape,
        weight=f"{block}.{name}" if name else None,
        weight_shape=weight_shape,
    )
    for array in found:
        array.flags.writeable = False
    return made


def connections(design: Design, block: str) -> int:
    """How many connections a block has, biases left out, without making them. Raises as `connectivity` does."""
    return connections_of(check(design), block)


def connections_of(report: Report, block: str) -> int:
    """The same of a design that was checked."""
    operations, inputs, shape = _lowered(report, block)
    steps = [operation for operation in operations if not isinstance(operation, View)]
    if len(steps) > 1:
        return len(connectivity_of(report, block))
    return count(steps[0]) if steps else size(shape) * bool(inputs)


def _followed(operations: Sequence[Operation], units: Ints, most: int) -> tuple[Ints, Ints, Ints, Ints]:
    """The connections of units through operations in a row: outputs, inputs, weights, sources."""
    read, owner = units, np.arange(len(units))
    weights, sources = np.full_like(units, -1), np.zeros_like(units)
    for operation in reversed(operations):
        found = edges(operation, read, most)
        # What is nearest to the output has the say, should two have weights.
        weights = np.where(weights[found.owner] < 0, found.weight, weights[found.owner])
        read, owner, sources = found.input, owner[found.owner], found.source
    return units[owner], read.copy(), weights, sources.copy()


def _units(block: str, shape: Shape, outputs: Iterable[int] | int | None) -> Ints | None:
    """The units asked for; None: all."""
    if outputs is None:
        return None
    asked = np.atleast_1d(np.asarray(list(outputs) if isinstance(outputs, Iterable) else outputs))
    if asked.size == 0:
        return np.zeros(0, np.int64)
    if asked.ndim != 1 or asked.dtype.kind not in "iu":
        raise InputError(f"{block}: outputs are whole numbers of units, from 0 to {size(shape) - 1}")
    low, high = int(asked.min()), int(asked.max())
    if low < 0 or high >= size(shape):
        wrong = low if low < 0 else high
        raise InputError(f"{block}: there is no unit {wrong}; it has {plural(size(shape), 'unit')}, from 0 on")
    return asked.astype(np.int64)


def _lowered(report: Report, block: str) -> tuple[Sequence[Operation], tuple[Shape, ...], Shape]:
    """The operations of a block, the shapes that it reads and its own. Without operations its input goes by."""
    report.graph.block(block)
    shape, layer = report.shapes[block], report.graph.blocks[block].layer
    if shape is None or layer is None:
        raise DesignError(f"{block}: its shape is not known; see the problems of the design")
    inputs = report.input_shapes(block)
    operations: Sequence[Operation] = layer.lower(*inputs)  # type: ignore[assignment]
    arrays = [shape, *inputs, *(own for operation in operations for own in operation.weight_shapes.values())]
    if max(map(size, arrays)) > LARGEST:
        raise InputError(f"{block}: it has more units or weights than can be numbered")
    return operations, inputs, shape
