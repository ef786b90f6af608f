"""Softmax: scores become probabilities."""

from collections.abc import Sequence
from dataclasses import dataclass

from cnnbuilder.design.layer import Layer
from cnnbuilder.design.problem import Misfit
from cnnbuilder.design.shape import Shape
from cnnbuilder.operations import Operation, Softmax


@dataclass(frozen=True)
class SoftmaxLayer(Layer, kind="softmax", group="Output", label="Softmax"):
    """Turn scores into probabilities that add up to 1: over a vector, or over the channels at every place."""

    def output_shape(self, *inputs: Shape) -> Shape | Misfit:
        return inputs[0]

    def lower(self, *inputs: Shape) -> Sequence[Operation]:
        return (Softmax(inputs[0]),)

    def summary(self) -> str:
        return "probabilities"
