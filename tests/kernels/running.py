"""Runs one step of an operation on arrays, as the engine would."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnbuilder import kernels
from cnnbuilder.kernels import program
from cnnbuilder.operations import Correlate, Normalise, Operation, Product, Rectify, Transposed, Untied

Array = NDArray[Any]


def weight_shapes(operation: Operation) -> dict[str, tuple[int, ...]]:
    """The shapes of the weights that an operation reads."""
    if isinstance(operation, Correlate):
        bias = operation.output_shape if operation.bias == "location" else (operation.filters,)
        shapes: dict[str, tuple[int, ...]] = {"weight": operation.weight_shape, "bias": bias}
    elif isinstance(operation, Untied):
        kernel = (operation.channels // operation.groups, operation.rows.kernel, operation.columns.kernel)
        places = operation.tiles or (operation.rows.output, operation.columns.output)
        weight = (*places, *kernel) if operation.tiles is None else (*kernel, *places)
        each = places if operation.bias == "kernel" else ()
        shapes = {"weight": (operation.filters, *weight), "bias": (operation.filters, *each)}
    elif isinstance(operation, Product):
        shapes = {"weight": (operation.units, operation.features), "bias": (operation.units,)}
    elif isinstance(operation, Rectify):
        shapes = {"weight": operation.shape[:1]}
    elif isinstance(operation, Transposed):
        shapes = {"weight": operation.convolution.weight_shape, "bias": operation.output_shape[:1]}
    elif isinstance(operation, Normalise):
        shapes = dict.fromkeys(operation.weight_names, operation.shape[:1])
    else:
        shapes = {}
    return {name: shapes[name] for name in operation.weight_names}


@dataclass
class Data:
    """Everything that the three roles of an operation read, in float64."""

    inputs: list[Array]
    weights: list[Array]
    gradient: Array

    @property
    def batch(self) -> int:
        return int(self.inputs[0].shape[0])

    def sample(self, number: int) -> "Data":
        """One sample of it."""
        part = slice(number, number + 1)
        return Data([x[part] for x in self.inputs], self.weights, self.gradient[part])


def draw_data(operation: Operation, batch: int, seed: int) -> Data:
    """Random data; a variance is positive."""
    rng = np.random.default_rng(seed)
    inputs = [rng.standard_normal((batch, *shape)) for shape in operation.input_shapes]
    weights = [rng.standard_normal(shape) for shape in weight_shapes(operation).values()]
    if isinstance(operation, Normalise):
        weights[3] = np.abs(weights[3]) + 0.1
    return Data(inputs, weights, rng.standard_normal((batch, *operation.output_shape)))


@dataclass
class Result:
    """What the three roles give."""

    output: Array
    saved: Array
    inputs: list[Array]
    weights: list[Array]


def split(step: kernels.Step, parts: int) -> kernels.Step:
    """The same step in exactly `parts` parts, worth waking other threads for."""
    return replace(step, parts=parts, cost=10.0 * program.WORTH_WAKING)


def run_step(step: kernels.Step, frame: list[Array | None], parts: int = 1, cancel: int = 0) -> None:
    """Run one step over its frame; with more than one part, on two threads."""
    assert step.frame == len(frame)
    addresses = np.array([0 if array is None else array.ctypes.data for array in frame], np.int64)
    flag = np.array([cancel], np.int64)
    if parts == 1:
        kernels.Program([step]).run(addresses, flag, 1)
    else:
        # Enough threads are promised for so many parts; the pool has but two.
        kernels.Program([split(step, parts)]).run(addresses, flag, max(2, parts))


def forward(operation: Operation, data: Data, dtype: str, parts: int = 1) -> tuple[Array, Array]:
    """The output and what is saved; both are full of NaN before, to find what is not written."""
    inputs, weights = ([np.ascontiguousarray(a, dtype) for a in group] for group in (data.inputs, data.weights))
    output = np.full((data.batch, *operation.output_shape), np.nan, dtype)
    saved = np.full(operation.saved_size(data.batch), np.nan, dtype)
    gradients: list[Array | None] = [None] * (len(inputs) + len(weights) + 1)
    step = kernels.step(operation, "forward", data.batch, dtype)
    run_step(step, [*inputs, *weights, output, saved, *gradients], parts)
    return output, saved


def backward(
    operation: Operation, role: str, data: Data, output: Array, saved: Array, dtype: str, parts: int = 1,
    start: list[Array] | None = None, accumulate: int = 0, only_needed: bool = False,
) -> list[Array]:  # fmt: skip
    """The gradients of a role; `start` is what the inputs' gradients hold before. With `only_needed` every slot that
    the role does not name is 0."""
    inputs, weights = ([np.ascontiguousarray(a, dtype) for a in group] for group in (data.inputs, data.weights))
    output, saved, gradient = (np.ascontiguousarray(a, dtype) for a in (output, saved, data.gradient))
    to_inputs = [np.full_like(x, np.nan) for x in inputs] if start is None else start
    to_weights = [np.full_like(w, np.nan) for w in weights]
    named = zip(operation.weight_names, to_weights, strict=True)
    wanted = [w if name in operation.trained else None for name, w in named]
    needs = kernels.needs(operation, role, dtype)
    groups: list[tuple[str, list[Array | None]]] = [
        ("x", [*inputs]), ("weights", [*weights]), ("y", [output]), ("saved", [saved]), ("gx", [*to_inputs]),
        ("gweights", wanted), ("gy", [gradient]),
    ]  # fmt: skip
    frame = [array if name in needs or not only_needed else None for name, group in groups for array in group]
    run_step(kernels.step(operation, role, data.batch, dtype, accumulate), frame, parts)
    return to_inputs if role == "to_input" else [w for w in wanted if w is not None]


def run_all(operation: Operation, data: Data, dtype: str, parts: int = 1) -> Result:
    """All roles; backward has no more than the slots that it names."""
    output, saved = forward(operation, data, dtype, parts)
    gradients: dict[str, list[Array]] = {"to_input": [], "to_weights": []}
    for role in gradients:
        if kernels.has(operation, role):
            gradients[role] = backward(operation, role, data, output, saved, dtype, parts, only_needed=True)
    return Result(output, saved, gradients["to_input"], gradients["to_weights"])
