"""What the outputs of a block are like over some pictures: their mean and spread, and which of its maps do nothing.

A map (or the unit of a vector) is *dead* if it was 0 everywhere in every picture, and at least ten times. An activation
is *flat* where its slope is less than a hundredth of its steepest, so that hardly any gradient comes through; a map is
*saturated* if it is flat nearly everywhere without being 0 there (Glorot and Bengio, 2010, say it of units near the
ends of tanh).
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnbuilder.engine.run import Run
from cnnbuilder.explain.site import plain, slopes_at
from cnnbuilder.operations import Map

Array = NDArray[Any]
FLAT = 0.01
"""A slope so many times the steepest is flat."""
NEARLY = 0.95
"""A map is saturated if so much of it is flat."""
LEAST = 10
"""Of fewer values nothing is said: that a unit of a vector is 0 for one picture means little."""


@dataclass(frozen=True, eq=False)
class Tally:
    """What was counted for each channel of a volume, or each unit of a vector; NaN and infinite values apart."""

    pictures: int
    count: Array
    total: Array
    squares: Array
    low: Array
    high: Array
    zeros: Array
    flat: Array | None
    """None: the block is no activation."""
    unfinished: int
    """Values that are NaN or infinite."""

    def joined(self, other: "Tally") -> "Tally":
        """Both together; `other` is of the same block."""
        flat = None if self.flat is None or other.flat is None else self.flat + other.flat
        return Tally(
            self.pictures + other.pictures,
            self.count + other.count,
            self.total + other.total,
            self.squares + other.squares,
            np.minimum(self.low, other.low),
            np.maximum(self.high, other.high),
            self.zeros + other.zeros,
            flat,
            self.unfinished + other.unfinished,
        )

    @property
    def values(self) -> int:
        """How many values were finite."""
        return int(self.count.sum())

    @property
    def mean(self) -> float:
        """Of all values; NaN if none was finite."""
        return float(self.total.sum() / self.values) if self.values else float("nan")

    @property
    def deviation(self) -> float:
        """The standard deviation of all values."""
        if not self.values:
            return float("nan")
        return float(max(self.squares.sum() / self.values - self.mean**2, 0.0) ** 0.5)

    @property
    def range(self) -> tuple[float, float]:
        """The least and the largest value; NaN if none was finite."""
        found = self.count > 0
        if not found.any():
            return float("nan"), float("nan")
        return float(self.low[found].min()), float(self.high[found].max())

    @property
    def zero_share(self) -> float:
        """How much of the values is exactly 0."""
        return float(self.zeros.sum() / self.values) if self.values else 0.0

    @property
    def flat_share(self) -> float | None:
        """How much of the values is where the function is flat."""
        if self.flat is None:
            return None
        return float(self.flat.sum() / self.values) if self.values else 0.0

    @property
    def dead(self) -> list[int]:
        """The channels or units that were 0 throughout."""
        return [int(n) for n in np.flatnonzero((self.zeros == self.count) & (self.count >= LEAST))]

    @property
    def saturated(self) -> list[int]:
        """The channels or units that were flat nearly throughout, but not 0 there."""
        if self.flat is None:
            return []
        nearly = NEARLY * self.count
        return [int(n) for n in np.flatnonzero((self.flat >= nearly) & (self.zeros < nearly) & (self.count >= LEAST))]


def tally(run: Run, block: str) -> Tally:
    """Count what `block` gave in all pictures of a run."""
    values = run[block]
    axes = (0, *range(2, values.ndim))
    with np.errstate(all="ignore"):
        whole = bool(np.isfinite(values.sum(dtype=np.float64)))
    finite = np.ones((), np.bool_) if whole else np.isfinite(values)
    clean = values if whole else np.where(finite, values, np.zeros((), values.dtype))
    each = values.size // values.shape[1]
    flat = _flat(run, block)
    return Tally(
        len(values),
        np.full(values.shape[1], each) if whole else finite.sum(axis=axes),
        clean.sum(axis=axes, dtype=np.float64),
        np.square(clean, dtype=np.float64).sum(axis=axes),
        (values if whole else np.where(finite, values, np.inf)).min(axis=axes),
        (values if whole else np.where(finite, values, -np.inf)).max(axis=axes),
        (values == 0).sum(axis=axes),
        None if flat is None else (flat & finite).sum(axis=axes),
        0 if whole else int(values.size - finite.sum()),
    )


def _flat(run: Run, block: str) -> Array | None:
    """Where the function that `block` ends with is flat."""
    node = run.tape.maker.get(run.tape.output[block])
    if node is None or not isinstance(node.operation, Map):
        return None
    x, y = run.value(node.inputs[0]), run.value(node.output)
    slopes = [_slopes(node.operation, *pair) for pair in zip(x, y, strict=True)]
    return np.asarray(np.stack(slopes) < FLAT * _steepest(node.operation.with_(shape=(1,))))


def _slopes(operation: Map, x: Array, y: Array) -> Array:
    with np.errstate(all="ignore"):
        return np.asarray(np.abs(slopes_at(operation, x, y)))


@lru_cache(256)
def _steepest(operation: Map) -> float:
    """The largest slope of the function between −10 and 10."""
    x = np.linspace(-10, 10, 2001)
    operation = operation.with_(shape=x.shape)
    return float(_slopes(operation, x, plain(operation, x)).max()) or 1.0
