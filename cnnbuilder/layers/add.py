"""Addition: the merge of a residual branch."""

from collections.abc import Sequence
from dataclasses import dataclass

from cnnbuilder.design.layer import Layer
from cnnbuilder.design.problem import Misfit
from cnnbuilder.design.shape import Shape
from cnnbuilder.layers.merging import broadcast_shape
from cnnbuilder.operations import Merge, Operation


@dataclass(frozen=True)
class Add(Layer, kind="add", group="Merge", label="Add"):
    """Add two or more inputs value by value; an axis of size 1 repeats."""

    inputs = (2, None)

    def output_shape(self, *inputs: Shape) -> Shape | Misfit:
        return broadcast_shape("adds", inputs)

    def lower(self, *inputs: Shape) -> Sequence[Operation]:
        return (Merge("add", inputs),)

    def summary(self) -> str:
        return "value by value"
