"""A ReLU whose slope below 0 is learned, a channel each (K. He et al., "Delving deep into rectifiers", 2015)."""

from collections.abc import Iterator
from dataclasses import dataclass

from cnnbuilder.design.shape import Shape
from cnnbuilder.operations.base import Index, Operation, Read


@dataclass(frozen=True)
class Rectify(Operation):
    """`y = x` above 0 and `weight · x` elsewhere; a weight for each place of the first axis of `shape`."""

    shape: Shape

    @property
    def input_shapes(self) -> tuple[Shape, ...]:
        return (self.shape,)

    @property
    def output_shape(self) -> Shape:
        return self.shape

    @property
    def weight_shapes(self) -> dict[str, Shape]:
        return {"weight": self.shape[:1]}

    def reads(self, index: Index) -> Iterator[Read]:
        yield Read(0, index, "weight", index[:1])
