"""What operations whose windows slide over maps share, however they share their weights."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cnnbuilder.design.shape import Pair, Shape
from cnnbuilder.design.window import Axis
from cnnbuilder.operations.base import Index, Operation, Read


@dataclass(frozen=True)
class Sliding(Operation):
    """`filters` windows over `channels` maps; filter i reads the channels of its group."""

    channels: int
    filters: int
    rows: Axis
    columns: Axis
    groups: int = 1

    @property
    def input_shapes(self) -> tuple[Shape, ...]:
        return ((self.channels, self.rows.size, self.columns.size),)

    @property
    def output_shape(self) -> Shape:
        return (self.filters, self.rows.output, self.columns.output)

    @property
    def macs(self) -> int:
        places = self.rows.output * self.columns.output
        return places * self.rows.kernel * self.columns.kernel * self.kernels

    @property
    def kernels(self) -> int:
        """How many two-dimensional kernels there are at one place: one a filter and channel that it reads."""
        return self.filters * (self.channels // self.groups)

    @property
    def turns(self) -> dict[str, Pair]:
        """Of a weight whose kernels take turns from place to place the axes that number them, down and across."""
        return {}

    @property
    def weight_axes(self) -> tuple[str, ...]:
        """What each axis of `weight` counts; `row` and `column` are those of one kernel."""
        return ("filter", "channel", "row", "column")

    def channels_of(self, filter: int) -> Sequence[int]:
        """The channels that a filter reads, numbered within its group."""
        return range(self.channels // self.groups)

    def weight_index(self, output: Index, channel: int, row: int, column: int) -> Index:
        """Which weight an output has at a row and column of its window, on a channel of its group."""
        raise NotImplementedError

    def reads(self, index: Index) -> Iterator[Read]:
        i, j, k = index
        first = i // (self.filters // self.groups) * (self.channels // self.groups)
        for c in self.channels_of(i):
            for m in range(self.rows.kernel):
                row = self.rows.start(j) + m * self.rows.dilation
                if not 0 <= row < self.rows.size:
                    continue
                for n in range(self.columns.kernel):
                    column = self.columns.start(k) + n * self.columns.dilation
                    if 0 <= column < self.columns.size:
                        yield Read(0, (first + c, row, column), "weight", self.weight_index(index, c, m, n))
