"""The fully connected layer."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log2
from typing import Any

from cnnbuilder.design.layer import Layer, Surroundings, Weight
from cnnbuilder.design.parameters import flag, integer
from cnnbuilder.design.problem import Misfit
from cnnbuilder.design.shape import Shape, plural
from cnnbuilder.layers.shared import not_a_vector
from cnnbuilder.operations import Operation, Product

FEWEST_HIDDEN = 16
"""A hidden layer suggested is not smaller."""


@dataclass(frozen=True)
class Dense(Layer, kind="dense", group="Dense", label="Dense"):
    """Connect every output to every input, each connection with a weight of its own."""

    units: int = integer(10, low=1, help="How many values come out.")
    bias: bool = flag(True, help="Whether each output has a number added.")

    @classmethod
    def suited(cls, around: Surroundings) -> dict[str, Any]:
        """The last one has a unit for each class; one before others a quarter of its inputs, as a power of two."""
        if around.last:
            return {"units": around.classes} if around.classes else {}
        if around.inputs and around.inputs[0][0] >= 4 * FEWEST_HIDDEN:
            return {"units": 2 ** round(log2(around.inputs[0][0] / 4))}
        return {}

    def output_shape(self, *inputs: Shape) -> Shape | Misfit:
        return not_a_vector(inputs[0]) or (self.units,)

    def weights(self, *inputs: Shape) -> dict[str, Weight]:
        features = inputs[0][0]
        found = {"weight": Weight((self.units, features), fan_in=features)}
        return {**found, "bias": Weight((self.units,))} if self.bias else found

    def lower(self, *inputs: Shape) -> Sequence[Operation]:
        return (Product(inputs[0][0], self.units, self.bias),)

    def summary(self) -> str:
        return plural(self.units, "unit")
