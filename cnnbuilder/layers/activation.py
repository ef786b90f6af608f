"""Functions of one value: the detector stage of a convolutional layer."""

from collections.abc import Sequence
from dataclasses import dataclass

from cnnbuilder.design.layer import Layer
from cnnbuilder.design.parameters import choice, number
from cnnbuilder.design.problem import Change, Misfit
from cnnbuilder.design.shape import Shape
from cnnbuilder.operations import Map, Operation

WORDS = {
    "relu": "ReLU",
    "leaky_relu": "Leaky ReLU",
    "elu": "ELU",
    "selu": "SELU",
    "gelu": "GELU",
    "silu": "SiLU (Swish)",
    "hard_swish": "Hard Swish",
    "hard_sigmoid": "Hard sigmoid",
    "sigmoid": "Sigmoid",
    "tanh": "Tanh",
    "softplus": "Softplus",
    "clip": "Clip",
}


@dataclass(frozen=True)
class Activation(Layer, kind="activation", group="Activation", label="Activation"):
    """Apply a function to every value on its own: the detector stage."""

    function: str = choice("relu", WORDS, help="The function: ReLU keeps what is positive and makes the rest 0.")
    slope: float = number(0.01, help="Leaky ReLU: the slope below 0.")
    alpha: float = number(1.0, help="ELU: what it tends to for very negative values, with its sign turned.")
    low: float = number(0.0, help="Clip: the smallest value that comes out.")
    high: float = number(6.0, help="Clip: the largest value that comes out.")

    def output_shape(self, *inputs: Shape) -> Shape | Misfit:
        if self.function == "clip" and self.low > self.high:
            return Misfit(
                "range",
                f"{{block}}: low ({self.low:g}) is above high ({self.high:g}).",
                "low is above high",
                (
                    Change(
                        f"Low {self.high:g} and high {self.low:g} in {{block}}", {"low": self.high, "high": self.low}
                    ),
                ),
            )
        return inputs[0]

    def lower(self, *inputs: Shape) -> Sequence[Operation]:
        a, b = {"leaky_relu": (self.slope, 0.0), "elu": (self.alpha, 0.0), "clip": (self.low, self.high)}.get(
            self.function, (0.0, 0.0)
        )
        return (Map(self.function, inputs[0], a, b),)

    def summary(self) -> str:
        extra = {
            "leaky_relu": f" · slope {self.slope:g}",
            "elu": f" · alpha {self.alpha:g}",
            "clip": f" · {self.low:g} … {self.high:g}",
        }.get(self.function, "")
        return WORDS[self.function] + extra
