"""Batch normalisation."""

from collections.abc import Sequence
from dataclasses import dataclass

from cnnbuilder.design.layer import Layer, Weight
from cnnbuilder.design.parameters import number
from cnnbuilder.design.problem import Misfit
from cnnbuilder.design.shape import Shape, is_volume
from cnnbuilder.operations import Normalise, Operation, View


@dataclass(frozen=True)
class BatchNorm(Layer, kind="batch_norm", group="Normalisation", label="Batch norm"):
    """Bring each channel to mean 0 and deviation 1, then scale and shift it by learned numbers."""

    epsilon: float = number(1e-5, low=0, above=True, help="Added to the variance, so that it is never 0.")
    momentum: float = number(0.1, low=0, high=1, help="How much of a batch goes into the running mean and variance.")

    def output_shape(self, *inputs: Shape) -> Shape | Misfit:
        return inputs[0]

    def weights(self, *inputs: Shape) -> dict[str, Weight]:
        shape = (inputs[0][0],)
        return {
            "weight": Weight(shape, value=1.0),
            "bias": Weight(shape),
            "running_mean": Weight(shape, trained=False),
            "running_var": Weight(shape, value=1.0, trained=False),
        }

    def lower(self, *inputs: Shape) -> Sequence[Operation]:
        x = inputs[0]
        if is_volume(x):
            return (Normalise(x, self.epsilon, self.momentum),)
        # A vector's features are its channels.
        maps = (x[0], 1, 1)
        return (View(x, maps), Normalise(maps, self.epsilon, self.momentum), View(maps, x))

    def summary(self) -> str:
        return "a channel each"
