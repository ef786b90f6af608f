"""The dense product: every output reads every input, each with a weight of its own.

`z[u] = b[u] + Σ_f v[f] · K[u,f]`.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from cnnbuilder.design.shape import Shape
from cnnbuilder.operations.base import Index, Operation, Read


@dataclass(frozen=True)
class Product(Operation):
    """A vector of `features` times a matrix `[units, features]`."""

    features: int
    units: int
    bias: bool = True

    @property
    def input_shapes(self) -> tuple[Shape, ...]:
        return ((self.features,),)

    @property
    def output_shape(self) -> Shape:
        return (self.units,)

    @property
    def weight_shapes(self) -> dict[str, Shape]:
        shapes: dict[str, Shape] = {"weight": (self.units, self.features)}
        return {**shapes, "bias": (self.units,)} if self.bias else shapes

    @property
    def macs(self) -> int:
        return self.units * self.features

    def reads(self, index: Index) -> Iterator[Read]:
        for feature in range(self.features):
            yield Read(0, (feature,), "weight", (index[0], feature))
