"""What the kinds of pooling share: their windows, and what may be wrong with them. It declares no kind itself."""

from dataclasses import dataclass
from typing import ClassVar

from cnnbuilder.design.formula import Formula
from cnnbuilder.design.problem import Change, Misfit, Remark
from cnnbuilder.design.shape import Pair, Shape, show_pair
from cnnbuilder.design.window import Axis, Padding
from cnnbuilder.design.window import axes as window_axes
from cnnbuilder.layers.shared import (
    not_a_volume,
    show_padding,
    too_small,
    unreached,
    window_formulas,
    window_summary,
)


@dataclass(frozen=True)
class Pooling:
    """The windows of a pooling layer over its input."""

    pool_size: Pair
    stride: Pair
    padding: Padding
    ceil_mode: bool

    word: ClassVar[str] = "window"

    def axes(self, x: Shape) -> tuple[Axis, Axis]:
        """The vertical and horizontal window arithmetic on an input of shape `x`."""
        return window_axes((x[1], x[2]), self.pool_size, self.stride, (1, 1), self.padding, self.ceil_mode)

    def output_shape(self, *inputs: Shape) -> Shape | Misfit:
        """The shape after pooling, or why there is none."""
        misfit = not_a_volume(*inputs) or too_small(self.axes(inputs[0]), "pool_size", self.padding, self.word)
        if misfit is not None:
            return misfit
        axes = self.axes(inputs[0])
        for axis in axes:
            if any(start >= stop for start, stop, _ in (axis.cells(0), axis.cells(axis.output - 1))):
                return Misfit(
                    "window-in-padding",
                    f"{{block}}: a window of {show_pair(self.pool_size)} lies wholly in the padding and "
                    "reads nothing of {0}; padding must be smaller than the window.",
                    "a window lies wholly in padding",
                    (
                        Change("Padding valid in {block}", {"padding": "valid"}),
                        Change("Padding same in {block}", {"padding": "same"}),
                    ),
                )
        return (inputs[0][0], axes[0].output, axes[1].output)

    def summary(self, word: str) -> str:
        """`max 2×2 · stride 2`."""
        kernel, *stride = window_summary(self.pool_size, self.stride)
        padding = [] if self.padding == "valid" else [show_padding(self.padding)]
        return " · ".join([f"{word} {kernel}", *stride, *padding, *(["ceil"] if self.ceil_mode else [])])

    def remarks(self, *inputs: Shape) -> list[Remark]:
        """Rows and columns that no window reaches, and a smaller last window."""
        axes = self.axes(inputs[0])
        found = list(unreached(axes))
        if any(axis.start(axis.output - 1) + axis.kernel > axis.size + axis.after for axis in axes):
            found.append(
                Remark(
                    "smaller-window",
                    "The last window of {block} is smaller than the others: it reaches beyond its input.",
                )
            )
        return found

    def formulas(self, *inputs: Shape) -> list[Formula]:
        """Width, height and depth after pooling."""
        return window_formulas(self.axes(inputs[0]), "D₁", inputs[0][0])
