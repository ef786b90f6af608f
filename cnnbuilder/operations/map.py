"""A function of one value, applied to each value on its own."""

from collections.abc import Iterator
from dataclasses import dataclass

from cnnbuilder.design.shape import Shape
from cnnbuilder.operations.base import Index, Operation, Read

FUNCTIONS = (
    "relu",
    "leaky_relu",
    "elu",
    "selu",
    "gelu",
    "silu",
    "hard_swish",
    "hard_sigmoid",
    "sigmoid",
    "tanh",
    "softplus",
    "clip",
)
"""The functions by name; a function's number in the native tables is its place here."""


@dataclass(frozen=True)
class Map(Operation):
    """`function` with up to two parameters `a` and `b`: slope (leaky_relu), alpha (elu), low and high (clip)."""

    function: str
    shape: Shape
    a: float = 0.0
    b: float = 0.0

    @property
    def input_shapes(self) -> tuple[Shape, ...]:
        return (self.shape,)

    @property
    def output_shape(self) -> Shape:
        return self.shape

    def reads(self, index: Index) -> Iterator[Read]:
        yield Read(0, index)
