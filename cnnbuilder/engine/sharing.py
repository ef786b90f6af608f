"""Weights carried over where a layer comes to share them more, or less.

Less sharing copies: every place keeps the kernel that it had, so the output stays exactly. More sharing averages: a
kernel becomes the mean of those at the places that now share it.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnbuilder.design.check import check
from cnnbuilder.design.document import Design
from cnnbuilder.design.layer import Layer
from cnnbuilder.design.shape import Pair, Shape
from cnnbuilder.design.sharing import Way
from cnnbuilder.engine import memory
from cnnbuilder.engine.weights import FirstWeights, Weights
from cnnbuilder.operations import Sliding

Array = NDArray[Any]


def carried(design: Design, id: str, way: Way, weights: Mapping[str, Any] | None = None) -> Weights:
    """`weights` with those of block `id` as the block holds them when it shares its weights in another way.

    What is not held begins as the first weights, made of the seed. Raises MemoryLimitError where the arrays are too
    large.
    """
    before, shapes = design.blocks[id].layer, check(design).input_shapes(id)
    after = before.shared_as(way) if before is not None else None
    held, first = Weights.of(weights), FirstWeights(design.seed)
    if before is None or after is None:
        return held
    old, new = _operation(before, shapes), _operation(after, shapes)
    memory.require(
        (id, "its weights", memory.array_bytes(shape, "float64"))
        for operation in (old, new)
        for shape in operation.weight_shapes.values()
    )
    found: dict[str, Array] = {}
    for name, weight in before.weights(*shapes).items():
        array = held.get(f"{id}.{name}")
        if array is None or array.shape != weight.shape:
            array = first.make(f"{id}.{name}", weight).array
        found[f"{id}.{name}"] = _carried(array, old.turns.get(name), new, name)
    return held.with_arrays(found)


def _operation(layer: Layer, shapes: tuple[Shape, ...]) -> Sliding:
    (operation,) = layer.lower(*shapes)
    assert isinstance(operation, Sliding), "only what slides has ways to share"
    return operation


def _carried(array: Array, turns: Pair | None, new: Sliding, name: str) -> Array:
    """An array whose kernels take turns along the axes `turns`, as the new operation holds it."""
    kernels = np.moveaxis(array, turns, (0, 1)) if turns else array[None, None]
    after, shape = new.turns.get(name), new.weight_shapes[name]
    for axis, places in enumerate(new.output_shape[1:]):
        kernels = _in_turn(kernels, axis, places, shape[after[axis]] if after else 1)
    kernels = np.moveaxis(kernels, (0, 1), after) if after else kernels[0, 0]
    return np.ascontiguousarray(kernels, np.float32)


def _in_turn(kernels: Array, axis: int, places: int, period: int) -> Array:
    """`period` kernels along an axis of `places` in place of as many as there are: each the mean of those at its
    places, or, where it has none, the one whose turn it would be."""
    held = kernels.shape[axis]
    turns = [[place % held for place in range(turn, places, period)] or [turn % held] for turn in range(period)]
    if all(len(set(turn)) == 1 for turn in turns):
        return kernels.take([turn[0] for turn in turns], axis)
    return np.stack([kernels.take(turn, axis).mean(axis, np.float64) for turn in turns], axis)
