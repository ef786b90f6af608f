"""Losses: what is made small in training, and its gradient to the output of a network."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnbuilder.design.errors import InputError
from cnnbuilder.design.shape import Shape, show, size
from cnnbuilder.engine.numbers import numbers

Array = NDArray[Any]


@dataclass(frozen=True)
class CrossEntropy:
    """`J = −log p[target]`, the mean over a batch, from scores (logits) `[n, classes]`.

    Computed in float64, the largest score taken off first, so that it is finite for any finite score.
    """

    logits: Array
    targets: NDArray[np.int64]

    @cached_property
    def _log_p(self) -> Array:
        scores = self.logits.astype(np.float64)
        with np.errstate(invalid="ignore"):  # infinite scores give NaN, as they do in the kernels
            scores = scores - scores.max(axis=1, keepdims=True)
            return np.asarray(scores - np.log(np.exp(scores).sum(axis=1, keepdims=True)))

    @property
    def _chosen(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        return np.arange(len(self.targets)), self.targets

    def value(self) -> float:
        """The loss."""
        return float(-self._log_p[self._chosen].mean())

    def probabilities(self) -> Array:
        """The softmax of the scores."""
        return np.asarray(np.exp(self._log_p))

    def to_logits(self) -> Array:
        """`(p − onehot) / n`: dJ/d(logits)."""
        gradient = self.probabilities()
        gradient[self._chosen] -= 1
        return np.asarray(gradient / len(self.targets))

    def to_probabilities(self) -> Array:
        """`−1 / (n · p)` at the targets and 0 elsewhere: dJ/dp."""
        gradient = np.zeros(self.logits.shape)
        with np.errstate(over="ignore"):
            gradient[self._chosen] = -np.exp(-self._log_p[self._chosen]) / len(self.targets)
        return gradient


@dataclass(frozen=True, eq=False)
class Start:
    """Where a backward pass begins: with dJ/d(a value of the tape), and what that comes from."""

    value: int
    gradient: Array
    """Batch axis first, in float64."""
    loss: float | None = None
    entropy: CrossEntropy | None = None
    squares: bool = False
    """Whether J is the mean of squared differences."""
    reported: Mapping[int, Array] = field(default_factory=dict)
    """Gradients at values behind it that are only told: of the softmax, whose input has its gradient at once."""


def mean_squared_error(output: Array, target: Any) -> tuple[float, Array]:
    """`J`, the mean of `(output − target)²` over all elements, and dJ/d(output). `target` may lack the batch axis."""
    wanted = like(output, target, "target")
    difference = output.astype(np.float64) - wanted
    return float((difference**2).mean()), 2 * difference / difference.size


def like(output: Array, values: Any, what: str) -> Array:
    """`values` as float64 of the shape of `output`, repeated over the batch if they have no batch axis; InputError."""
    try:
        array = numbers(values).astype(np.float64)
    except ValueError as error:
        raise InputError(f"{what}: {error}") from None
    if array.shape == output.shape:
        return array
    if array.shape == output.shape[1:]:
        return np.broadcast_to(array, output.shape)
    raise InputError(
        f"{what}: its shape is {array.shape}, the output's is {output.shape[1:]} (or {output.shape} with a batch)"
    )


def class_targets(block: str, shape: Shape, batch: int, target: Any) -> NDArray[np.int64]:
    """One class for each of `batch` pictures; raises InputError naming what `block` (of output `shape`) can take."""
    classes = shape[0]
    if size(shape) != classes:
        raise InputError(
            f"{block} gives {show(shape)}: a target class needs a vector. Give gradient=… or an array with loss='mse'."
        )
    given = target if isinstance(target, Sequence) or np.ndim(target) else [target] * batch
    try:
        labels = [_class_number(item) for item in given]
    except TypeError:
        raise InputError(
            f"target: {target!r} is not a class; {block} has {classes}, numbered 0 to {classes - 1}"
        ) from None
    if len(labels) != batch:
        raise InputError(f"target: {len(labels)} classes for {batch} pictures; give one a picture")
    for label in labels:
        if not 0 <= label < classes:
            raise InputError(f"target: there is no class {label}; {block} has {classes}, numbered 0 to {classes - 1}")
    return np.array(labels, np.int64)


def _class_number(item: Any) -> int:
    if isinstance(item, (bool, np.bool_)) or not isinstance(item, (int, np.integer)):
        if np.ndim(item) == 0 and isinstance(item, np.ndarray) and np.issubdtype(item.dtype, np.integer):
            return int(item)
        raise TypeError
    return int(item)
