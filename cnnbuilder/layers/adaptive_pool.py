"""Adaptive pooling: maps of any size become maps of one size."""

from collections.abc import Sequence
from dataclasses import dataclass

from cnnbuilder.design.formula import Formula
from cnnbuilder.design.layer import Layer
from cnnbuilder.design.parameters import choice, integer
from cnnbuilder.design.problem import Misfit, Remark
from cnnbuilder.design.shape import Shape, show_pair
from cnnbuilder.layers.shared import not_a_volume, short_pair
from cnnbuilder.operations import Operation, Reduce
from cnnbuilder.operations.reduce import Each, Shares


@dataclass(frozen=True)
class AdaptivePool(Layer, kind="adaptive_pool", group="Pooling", label="Adaptive pooling"):
    """Reduce each map to a given size, whatever its own: the windows are as large as they must be."""

    height: int = integer(1, low=1, help="Rows of the output.")
    width: int = integer(1, low=1, help="Columns of the output.")
    mode: str = choice(
        "average", {"average": "mean", "max": "max"}, help="The mean of each window, or its largest value."
    )

    def output_shape(self, *inputs: Shape) -> Shape | Misfit:
        return not_a_volume(*inputs) or (inputs[0][0], self.height, self.width)

    def lower(self, *inputs: Shape) -> Sequence[Operation]:
        channels, height, width = inputs[0]
        function = "mean" if self.mode == "average" else "max"
        return (Reduce(function, inputs[0], Each(channels), Shares(height, self.height), Shares(width, self.width)),)

    def summary(self) -> str:
        word = "mean" if self.mode == "average" else "max"
        return f"{word} to {short_pair((self.height, self.width))}"

    def remarks(self, *inputs: Shape) -> list[Remark]:
        _, height, width = inputs[0]
        if self.height > height or self.width > width:
            return [
                Remark(
                    "repeated",
                    f"{{block}} makes {show_pair((self.height, self.width))} of {show_pair((height, width))}: "
                    "more windows than cells, so that values repeat.",
                )
            ]
        if height % self.height or width % self.width:
            return [
                Remark(
                    "uneven-windows",
                    f"{{block}} divides {show_pair((height, width))} by {show_pair((self.height, self.width))}, which "
                    "leaves a rest: some windows overlap or are larger than others.",
                )
            ]
        return []

    def formulas(self, *inputs: Shape) -> list[Formula]:
        found = []
        for letter, size, out in (("x", inputs[0][2], self.width), ("y", inputs[0][1], self.height)):
            found.append(Formula(f"{letter}ᵢ", "", f"⌊i·{size} / {out}⌋ … ⌈(i + 1)·{size} / {out}⌉ − 1"))
        return found
