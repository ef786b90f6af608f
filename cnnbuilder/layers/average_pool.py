"""Average pooling: the mean of each window."""

from collections.abc import Sequence
from dataclasses import dataclass

from cnnbuilder.design.formula import Formula
from cnnbuilder.design.layer import Layer
from cnnbuilder.design.parameters import flag, padding, pair
from cnnbuilder.design.problem import Misfit, Remark
from cnnbuilder.design.shape import Pair, Shape
from cnnbuilder.design.window import Padding
from cnnbuilder.layers.pooling import Pooling
from cnnbuilder.operations import Operation, Reduce
from cnnbuilder.operations.reduce import Each, Windows


@dataclass(frozen=True)
class AveragePool(Layer, kind="average_pool", group="Pooling", label="Average pooling"):
    """Keep the mean of each window."""

    pool_size: Pair = pair(2, low=1, help="Rows and columns of the window.")
    stride: Pair = pair(2, low=1, help="How far the window moves from one output to the next.")
    padding: Padding = padding("valid", help="Cells around the input.")
    ceil_mode: bool = flag(False, help="Also count a last window that reaches beyond the input.")
    count_include_pad: bool = flag(False, label="Count padding", help="Whether padding counts as zeros in the mean.")

    @property
    def _windows(self) -> Pooling:
        return Pooling(self.pool_size, self.stride, self.padding, self.ceil_mode)

    def output_shape(self, *inputs: Shape) -> Shape | Misfit:
        return self._windows.output_shape(*inputs)

    def lower(self, *inputs: Shape) -> Sequence[Operation]:
        rows, columns = (Windows(axis, self.count_include_pad) for axis in self._windows.axes(inputs[0]))
        return (Reduce("mean", inputs[0], Each(inputs[0][0]), rows, columns),)

    def summary(self) -> str:
        return self._windows.summary("mean")

    def remarks(self, *inputs: Shape) -> list[Remark]:
        return self._windows.remarks(*inputs)

    def formulas(self, *inputs: Shape) -> list[Formula]:
        return self._windows.formulas(*inputs)
