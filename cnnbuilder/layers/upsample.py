"""Upsampling: larger maps without any weights."""

from collections.abc import Sequence
from dataclasses import dataclass

from cnnbuilder.design.formula import Formula
from cnnbuilder.design.layer import Layer
from cnnbuilder.design.parameters import choice, pair
from cnnbuilder.design.problem import Misfit
from cnnbuilder.design.shape import Pair, Shape
from cnnbuilder.layers.shared import not_a_volume, short_pair
from cnnbuilder.operations import Gather, Operation
from cnnbuilder.operations.gather import Interpolated, Repeated, Source


@dataclass(frozen=True)
class Upsample(Layer, kind="upsample", group="Shape", label="Upsampling"):
    """Make every map larger: each value repeated, or interpolated between its neighbours."""

    scale: Pair = pair(2, low=1, help="How many times as many rows and columns come out.")
    mode: str = choice(
        "nearest",
        {"nearest": "repeated", "bilinear": "bilinear"},
        help="Each value repeated, or the straight line between the centres of neighbouring values.",
    )

    def output_shape(self, *inputs: Shape) -> Shape | Misfit:
        misfit = not_a_volume(*inputs)
        if misfit is not None:
            return misfit
        channels, height, width = inputs[0]
        return (channels, height * self.scale[0], width * self.scale[1])

    def lower(self, *inputs: Shape) -> Sequence[Operation]:
        channels, height, width = inputs[0]
        source = {"nearest": Repeated, "bilinear": Interpolated}[self.mode]
        return (Gather(Source(channels), source(height, self.scale[0]), source(width, self.scale[1])),)

    def summary(self) -> str:
        return f"{short_pair(self.scale)} · {self.mode}"

    def formulas(self, *inputs: Shape) -> list[Formula]:
        _, height, width = inputs[0]
        return [
            Formula(left, f"{before} · {scale}", str(before * scale))
            for left, before, scale in (("W₂", width, self.scale[1]), ("H₂", height, self.scale[0]))
        ]
