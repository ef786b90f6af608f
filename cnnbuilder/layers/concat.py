"""Concatenation: the merge of an inception block."""

from collections.abc import Sequence
from dataclasses import dataclass

from cnnbuilder.design.layer import Layer
from cnnbuilder.design.problem import Misfit
from cnnbuilder.design.shape import Shape
from cnnbuilder.layers.merging import joined_shape
from cnnbuilder.operations import Merge, Operation


@dataclass(frozen=True)
class Concat(Layer, kind="concat", group="Merge", label="Concatenate"):
    """Lay the channels of two or more inputs of equal size behind one another."""

    inputs = (2, None)

    def output_shape(self, *inputs: Shape) -> Shape | Misfit:
        return joined_shape(inputs)

    def lower(self, *inputs: Shape) -> Sequence[Operation]:
        return (Merge("concat", inputs),)

    def summary(self) -> str:
        return "along the channels"
