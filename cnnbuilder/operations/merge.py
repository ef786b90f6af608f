"""Several values made one: added or multiplied value by value, or joined along the channels."""

from collections.abc import Iterator
from dataclasses import dataclass

from cnnbuilder.design.shape import Shape, size
from cnnbuilder.operations.base import Index, Operation, Read


@dataclass(frozen=True)
class Merge(Operation):
    """`add` or `multiply` (an input's axes of size 1 repeat to the output's size), or `concat` (first axis joined)."""

    function: str
    shapes: tuple[Shape, ...]

    @property
    def input_shapes(self) -> tuple[Shape, ...]:
        return self.shapes

    @property
    def output_shape(self) -> Shape:
        if self.function == "concat":
            return (sum(shape[0] for shape in self.shapes), *self.shapes[0][1:])
        return tuple(max(sizes) for sizes in zip(*self.shapes, strict=True))

    @property
    def work(self) -> int:
        return sum(size(shape) for shape in self.shapes)

    def reads(self, index: Index) -> Iterator[Read]:
        if self.function != "concat":
            for number, shape in enumerate(self.shapes):
                yield Read(number, tuple(0 if n == 1 else i for i, n in zip(index, shape, strict=True)))
            return
        channel = index[0]
        for number, shape in enumerate(self.shapes):
            if channel < shape[0]:
                yield Read(number, (channel, *index[1:]))
                return
            channel -= shape[0]
