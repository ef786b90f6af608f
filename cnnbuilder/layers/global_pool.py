"""Global pooling: one value a map."""

from collections.abc import Sequence
from dataclasses import dataclass

from cnnbuilder.design.layer import Layer
from cnnbuilder.design.parameters import choice
from cnnbuilder.design.problem import Misfit
from cnnbuilder.design.shape import Shape
from cnnbuilder.layers.shared import not_a_volume
from cnnbuilder.operations import Operation, Reduce
from cnnbuilder.operations.reduce import Each, whole


@dataclass(frozen=True)
class GlobalPool(Layer, kind="global_pool", group="Pooling", label="Global pooling"):
    """Reduce each map to one value, whatever the map's size: so pictures of any size fit what follows."""

    mode: str = choice("average", {"average": "mean", "max": "max"}, help="The mean of each map, or its largest value.")

    def output_shape(self, *inputs: Shape) -> Shape | Misfit:
        return not_a_volume(*inputs) or (inputs[0][0], 1, 1)

    def lower(self, *inputs: Shape) -> Sequence[Operation]:
        channels, height, width = inputs[0]
        function = {"average": "mean", "max": "max"}[self.mode]
        return (Reduce(function, inputs[0], Each(channels), whole(height), whole(width)),)

    def summary(self) -> str:
        return {"average": "mean", "max": "max"}[self.mode] + " of each map"
