"""Local response normalisation, as AlexNet has it."""

from collections.abc import Sequence
from dataclasses import dataclass

from cnnbuilder.design.layer import Layer
from cnnbuilder.design.parameters import integer, number
from cnnbuilder.design.problem import Misfit
from cnnbuilder.design.shape import Shape, is_volume, plural
from cnnbuilder.operations import LocalNormalise, Operation, View


@dataclass(frozen=True)
class LocalResponseNorm(Layer, kind="local_response_norm", group="Normalisation", label="Local response norm"):
    """Divide every value by a power of the mean square of neighbouring channels at its place.

    `y = x / (k + alpha · mean)^beta`, channels beyond the first and the last counting as 0.
    """

    size: int = integer(5, low=1, help="How many neighbouring channels, its own among them, a value is measured by.")
    alpha: float = number(1e-4, low=0, help="How much their mean square counts.")
    beta: float = number(0.75, low=0, help="The power of what is divided by.")
    k: float = number(1.0, low=0, above=True, help="Added to it, so that it is never 0.", label="k")

    def output_shape(self, *inputs: Shape) -> Shape | Misfit:
        return inputs[0]

    def lower(self, *inputs: Shape) -> Sequence[Operation]:
        x = inputs[0]
        if is_volume(x):
            return (LocalNormalise(x, self.size, self.alpha, self.beta, self.k),)
        # A vector's features are its channels.
        maps = (x[0], 1, 1)
        normalise = LocalNormalise(maps, self.size, self.alpha, self.beta, self.k)
        return (View(x, maps), normalise, View(maps, x))

    def summary(self) -> str:
        return f"over {plural(self.size, 'channel')}"
