"""What an explanation is made of: terms, each a value times a weight, made one by one only when they are looked at."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from math import fsum
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from cnnbuilder.design.shape import Shape
from cnnbuilder.operations import Index

Floats = NDArray[np.float64]
Places = NDArray[np.intp]
"""Places in an array of one sample, numbered in row-major order."""

Unit = tuple[str, Index]
"""A name, of a block or a weight, and an index in it."""


@dataclass(frozen=True)
class Term:
    """One number times another: `product = value · weight`."""

    source: Unit
    """The block and the index where `value` stands: of its output, or backward of the gradient at its output."""
    factor: Unit | None
    """The weight, or the block and the value of its output, that `weight` is; None where it is neither: one part of a
    mean, a share of an interpolation, a derivative, a mask of dropout."""
    value: float
    weight: float
    product: float
    sample: int = 0
    """The picture of the batch that `source` belongs to, and `factor` where it is a value."""


@dataclass(frozen=True, eq=False)
class Named:
    """Places in an array that has a name."""

    name: str
    shape: Shape
    places: Places

    def unit(self, number: int) -> Unit:
        """The name with the index of one of the places."""
        return self.name, tuple(int(i) for i in np.unravel_index(int(self.places[number]), self.shape))

    def units(self) -> list[Unit]:
        """All of them."""
        axes = [axis.tolist() for axis in np.unravel_index(self.places, self.shape)]
        return [(self.name, index) for index in zip(*axes, strict=True)]


@dataclass(frozen=True, eq=False)
class Part:
    """Terms of one source and one kind of factor, as arrays."""

    sources: Named
    values: Floats
    weights: Floats
    factors: Named | None = None
    sample: int = 0
    picks: bool = False
    """Whether a weight of 0 takes nothing, also of what is infinite: what is not the largest of a window."""

    def __len__(self) -> int:
        return len(self.values)

    @cached_property
    def products(self) -> Floats:
        """The product of each term."""
        with np.errstate(all="ignore"):  # infinite values and NaN are explained like others
            found = self.values * self.weights
        return np.where(self.weights == 0, 0.0, found) if self.picks else found

    def term(self, number: int) -> Term:
        """One of its terms."""
        factor = None if self.factors is None else self.factors.unit(number)
        value, weight, product = (float(array[number]) for array in (self.values, self.weights, self.products))
        return Term(self.sources.unit(number), factor, value, weight, product, self.sample)

    def terms(self) -> Iterator[Term]:
        """All of them."""
        count = len(self)
        factors: list[Unit] | list[None] = [None] * count if self.factors is None else self.factors.units()
        numbers = zip(self.values.tolist(), self.weights.tolist(), self.products.tolist(), strict=True)
        for source, factor, (value, weight, product) in zip(self.sources.units(), factors, numbers, strict=True):
            yield Term(source, factor, value, weight, product, self.sample)


@dataclass(frozen=True, eq=False)
class Terms(Sequence[Term]):
    """Terms in the order in which the plain loop adds them. A dense layer has thousands, so they are kept as arrays;
    `values`, `weights` and `products` give them as such."""

    parts: tuple[Part, ...] = ()

    def __len__(self) -> int:
        return sum(map(len, self.parts))

    @overload
    def __getitem__(self, number: int) -> Term: ...
    @overload
    def __getitem__(self, number: slice) -> tuple[Term, ...]: ...
    def __getitem__(self, number: int | slice) -> Term | tuple[Term, ...]:
        count = len(self)
        if isinstance(number, slice):
            return tuple(self[i] for i in range(*number.indices(count)))
        place = number + count if number < 0 else number
        if not 0 <= place < count:
            raise IndexError(number)
        for part, end in zip(self.parts, accumulate(map(len, self.parts)), strict=True):
            if place < end:
                return part.term(place - end + len(part))
        raise AssertionError

    def __iter__(self) -> Iterator[Term]:
        for part in self.parts:
            yield from part.terms()

    @cached_property
    def values(self) -> Floats:
        """The value of each term."""
        return _joined([part.values for part in self.parts])

    @cached_property
    def weights(self) -> Floats:
        """The weight of each term."""
        return _joined([part.weights for part in self.parts])

    @cached_property
    def products(self) -> Floats:
        """The product of each term."""
        return _joined([part.products for part in self.parts])


def _joined(arrays: list[Any]) -> Floats:
    return np.concatenate(arrays) if arrays else np.zeros(0)


@dataclass(frozen=True, eq=False)
class Explanation:
    """One number and what it is made of. Where `is_sum`, the bias and the products add up to `total`, in float64;
    elsewhere the terms only list what is read, each with the weight 1, and `formula` says how `total` comes of them."""

    what: str
    """The block or the weight."""
    index: Index
    sample: int
    value: float
    """The number as the engine computed it."""
    bias: float
    """What is added that is no term."""
    terms: Terms
    total: float
    """The number made of the terms, in float64."""
    formula: str
    """How, in words of the lecture notes, with the numbers in it."""
    is_sum: bool = True
    method: str = "direct"
    """How the engine summed: `"direct"`, or `"winograd"`, whose values differ from `total` by up to 2e-4 of the map's
    scale where a direct sum differs by rounding alone."""

    @property
    def scale(self) -> float:
        """What a difference between `total` and `value` is measured by: |bias| + Σ |product|, and |total| where the
        terms only list what is read."""
        found = abs(self.bias) + float(np.abs(self.terms.products).sum())
        return found if self.is_sum else max(found, abs(self.total))


def total_of(bias: float, terms: Terms) -> float:
    """The bias and all products together, rounded once."""
    products = terms.products
    if not np.isfinite(products).all():
        with np.errstate(all="ignore"):
            return float(bias + products.sum())
    return fsum((bias, *products.tolist()))
