"""A convolution turned round: every input value gives its share of a kernel to the outputs that lie under it.

`Y[f, j·s + m·d − p, k·s + n·d − p] += X[c, j, k] · K[c, f, m, n]`, and then the bias: the transpose of the matrix that
the convolution of `convolution` multiplies by (V. Dumoulin and F. Visin, "A guide to convolution arithmetic for deep
learning", 2016, chapter 4). That convolution goes from this operation's output to its input.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from cnnbuilder.design.shape import Shape
from cnnbuilder.design.window import Axis
from cnnbuilder.operations.base import Index, Operation, Read
from cnnbuilder.operations.correlate import Correlate


@dataclass(frozen=True)
class Transposed(Operation):
    """The transpose of `convolution`, which has no bias, no epilogue and no listed connections."""

    convolution: Correlate
    bias: str = "channel"
    """`"channel"`: one number for each map of the output; `"none"`."""

    @property
    def input_shapes(self) -> tuple[Shape, ...]:
        return (self.convolution.output_shape,)

    @property
    def output_shape(self) -> Shape:
        return self.convolution.input_shapes[0]

    @property
    def weight_shapes(self) -> dict[str, Shape]:
        shapes = {"weight": self.convolution.weight_shape}
        return {**shapes, "bias": (self.convolution.channels,)} if self.bias == "channel" else shapes

    @property
    def macs(self) -> int:
        return self.convolution.macs

    def reads(self, index: Index) -> Iterator[Read]:
        f, u, v = index
        wide = self.convolution
        inputs, outputs = wide.filters // wide.groups, wide.channels // wide.groups
        for c in range(f // outputs * inputs, (f // outputs + 1) * inputs):
            for m, j in _reaching(wide.rows, u):
                for n, k in _reaching(wide.columns, v):
                    yield Read(0, (c, j, k), "weight", (c, f % outputs, m, n))


def _reaching(axis: Axis, cell: int) -> Iterator[tuple[int, int]]:
    """The taps that lie on `cell` of the output, each with the position of the input that puts it there."""
    for tap in range(axis.kernel):
        position, rest = divmod(cell + axis.before - tap * axis.dilation, axis.stride)
        if not rest and 0 <= position < axis.output:
            yield tap, position
