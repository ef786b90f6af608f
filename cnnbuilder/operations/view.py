"""The same values in the same order under another shape: flatten and reshape. Nothing is computed or copied."""

from collections.abc import Iterator
from dataclasses import dataclass

from cnnbuilder.design.shape import Shape
from cnnbuilder.operations.base import Index, Operation, Read


@dataclass(frozen=True)
class View(Operation):
    """`before` read as `after`; both hold equally many values, in row-major order."""

    before: Shape
    after: Shape

    @property
    def input_shapes(self) -> tuple[Shape, ...]:
        return (self.before,)

    @property
    def output_shape(self) -> Shape:
        return self.after

    def reads(self, index: Index) -> Iterator[Read]:
        flat = 0
        for i, n in zip(index, self.after, strict=True):
            flat = flat * n + i
        found: list[int] = []
        for n in reversed(self.before):
            flat, i = divmod(flat, n)
            found.append(i)
        yield Read(0, tuple(reversed(found)))
