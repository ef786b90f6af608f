"""Flatten: a volume read as a vector."""

from collections.abc import Sequence
from dataclasses import dataclass

from cnnbuilder.design.formula import Formula
from cnnbuilder.design.layer import Layer
from cnnbuilder.design.problem import Misfit
from cnnbuilder.design.shape import Shape, size
from cnnbuilder.operations import Operation, View


@dataclass(frozen=True)
class Flatten(Layer, kind="flatten", group="Shape", label="Flatten"):
    """Read the maps as one vector: channel by channel, row by row."""

    def output_shape(self, *inputs: Shape) -> Shape | Misfit:
        return (size(inputs[0]),)

    def lower(self, *inputs: Shape) -> Sequence[Operation]:
        return (View(inputs[0], (size(inputs[0]),)),)

    def summary(self) -> str:
        return "channel, row, column"

    def formulas(self, *inputs: Shape) -> list[Formula]:
        return [Formula("N", "·".join(str(n) for n in (*inputs[0][1:], inputs[0][0])), str(size(inputs[0])))]
