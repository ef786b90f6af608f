"""Dropout."""

from collections.abc import Sequence
from dataclasses import dataclass

from cnnbuilder.design.layer import Layer
from cnnbuilder.design.parameters import number
from cnnbuilder.design.problem import Misfit
from cnnbuilder.design.shape import Shape
from cnnbuilder.operations import Drop, Operation


@dataclass(frozen=True)
class Dropout(Layer, kind="dropout", group="Normalisation", label="Dropout"):
    """In training, make values 0 by chance and enlarge the rest, so that none is relied on alone; else do nothing."""

    rate: float = number(0.5, low=0, high=1, below=True, help="The probability with which a value is made 0.")

    def output_shape(self, *inputs: Shape) -> Shape | Misfit:
        return inputs[0]

    def lower(self, *inputs: Shape) -> Sequence[Operation]:
        return (Drop(inputs[0], inputs[0], self.rate),)

    def summary(self) -> str:
        return f"rate {self.rate:g} · in training"
