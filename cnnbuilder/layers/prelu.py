"""A ReLU that learns its slope."""

from collections.abc import Sequence
from dataclasses import dataclass

from cnnbuilder.design.layer import Layer, Weight
from cnnbuilder.design.problem import Misfit
from cnnbuilder.design.shape import Shape
from cnnbuilder.operations import Operation, Rectify

FIRST_SLOPE = 0.25
"""As in the paper (K. He et al., 2015)."""


@dataclass(frozen=True)
class PRelu(Layer, kind="prelu", group="Activation", label="PReLU"):
    """Keep what is positive, and multiply the rest by a number that each channel learns."""

    def output_shape(self, *inputs: Shape) -> Shape | Misfit:
        return inputs[0]

    def weights(self, *inputs: Shape) -> dict[str, Weight]:
        return {"weight": Weight(inputs[0][:1], value=FIRST_SLOPE)}

    def lower(self, *inputs: Shape) -> Sequence[Operation]:
        return (Rectify(inputs[0]),)

    def summary(self) -> str:
        return "a slope each channel"
