"""Padding as a block of its own."""

from collections.abc import Sequence
from dataclasses import dataclass

from cnnbuilder.design.formula import Formula
from cnnbuilder.design.layer import Layer
from cnnbuilder.design.parameters import choice, padding
from cnnbuilder.design.problem import Change, Misfit
from cnnbuilder.design.shape import Shape, show_pair
from cnnbuilder.design.window import Padding, resolve
from cnnbuilder.layers.shared import not_a_volume, short_one
from cnnbuilder.operations import Gather, Operation
from cnnbuilder.operations.gather import Padded, Source


@dataclass(frozen=True)
class Pad(Layer, kind="pad", group="Shape", label="Padding"):
    """Put cells around every map: zeros, the map mirrored at its border, or its border again."""

    padding: Padding = padding((1, 1, 1, 1), words=(), help="How many cells are added: at top, bottom, left and right.")
    mode: str = choice(
        "zeros",
        {"zeros": "zeros", "reflect": "mirrored", "edge": "the border again"},
        help="What the new cells hold: zeros, the map mirrored about its outermost cells, or these cells again.",
    )

    @property
    def _sides(self) -> tuple[int, int, int, int]:
        return resolve(self.padding, (0, 0), (1, 1), (1, 1), (1, 1))

    def output_shape(self, *inputs: Shape) -> Shape | Misfit:
        misfit = not_a_volume(*inputs)
        if misfit is not None:
            return misfit
        channels, height, width = inputs[0]
        top, bottom, left, right = self._sides
        if self.mode == "reflect" and (max(top, bottom) >= height or max(left, right) >= width):
            fitting = [min(top, height - 1), min(bottom, height - 1), min(left, width - 1), min(right, width - 1)]
            return Misfit(
                "reflection-too-large",
                f"{{block}} mirrors up to {show_pair((max(top, bottom), max(left, right)))} cells, but {{0}} gives "
                f"maps of {show_pair((height, width))}: at most one cell less than their size can be mirrored.",
                f"mirrors more than {show_pair((height, width))} holds",
                (
                    Change(f"Padding {', '.join(map(str, fitting))} in {{block}}", {"padding": fitting}),
                    Change("The border again in {block}", {"mode": "edge"}),
                    Change("Zeros in {block}", {"mode": "zeros"}),
                ),
            )
        return (channels, height + top + bottom, width + left + right)

    def lower(self, *inputs: Shape) -> Sequence[Operation]:
        channels, height, width = inputs[0]
        top, bottom, left, right = self._sides
        rows, columns = Padded(height, top, bottom, self.mode), Padded(width, left, right, self.mode)
        return (Gather(Source(channels), rows, columns),)

    def summary(self) -> str:
        words = {"zeros": "zeros", "reflect": "mirrored", "edge": "border"}[self.mode]
        return f"{short_one(self._sides)} · {words}"

    def formulas(self, *inputs: Shape) -> list[Formula]:
        _, height, width = inputs[0]
        top, bottom, left, right = self._sides
        return [
            Formula("W₂", f"{width} + {left} + {right}", str(width + left + right)),
            Formula("H₂", f"{height} + {top} + {bottom}", str(height + top + bottom)),
        ]
