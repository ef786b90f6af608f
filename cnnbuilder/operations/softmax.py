"""Softmax over the channels at every place, or over a vector.

`p[i] = exp(x[i]) / Σ_j exp(x[j])`, the largest x taken off first.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from cnnbuilder.design.shape import Shape
from cnnbuilder.operations.base import Index, Operation, Read


@dataclass(frozen=True)
class Softmax(Operation):
    """Over the first axis of `shape`, at every place of the others."""

    shape: Shape

    @property
    def input_shapes(self) -> tuple[Shape, ...]:
        return (self.shape,)

    @property
    def output_shape(self) -> Shape:
        return self.shape

    def reads(self, index: Index) -> Iterator[Read]:
        for channel in range(self.shape[0]):
            yield Read(0, (channel, *index[1:]))
