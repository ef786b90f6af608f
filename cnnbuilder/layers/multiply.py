"""Multiplication: the merge of a gate, as in squeeze-and-excitation blocks (J. Hu et al., 2018)."""

from collections.abc import Sequence
from dataclasses import dataclass

from cnnbuilder.design.layer import Layer
from cnnbuilder.design.problem import Misfit
from cnnbuilder.design.shape import Shape
from cnnbuilder.layers.merging import broadcast_shape
from cnnbuilder.operations import Merge, Operation


@dataclass(frozen=True)
class Multiply(Layer, kind="multiply", group="Merge", label="Multiply"):
    """Multiply two or more inputs value by value; an axis of size 1 repeats."""

    inputs = (2, None)

    def output_shape(self, *inputs: Shape) -> Shape | Misfit:
        return broadcast_shape("multiplies", inputs)

    def lower(self, *inputs: Shape) -> Sequence[Operation]:
        return (Merge("multiply", inputs),)

    def summary(self) -> str:
        return "value by value"
