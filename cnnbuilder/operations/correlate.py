"""A sliding window of products: convolution as the lecture notes write it, the kernel not flipped.

`Z[i,j,k] = b[i] + Σ_{l,m,n} V[l, j·s + m·d − p, k·s + n·d − p] · K[i,l,m,n]`, where filter i reads the channels l of
its group, or the ones that `connections` lists for it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from cnnbuilder.design.shape import Shape
from cnnbuilder.design.window import Axis
from cnnbuilder.operations.base import Index, Operation, Read
from cnnbuilder.operations.map import Map


@dataclass(frozen=True)
class Correlate(Operation):
    """Convolution of `channels` maps by `filters` kernels, the weights shared over all places."""

    channels: int
    filters: int
    rows: Axis
    columns: Axis
    groups: int = 1
    connections: tuple[tuple[int, ...], ...] | None = None
    """For each filter the channels it reads; other weights are fixed at 0 and have gradient 0."""
    bias: str = "channel"
    """`"channel"`: `[filters]`; `"location"`: `[filters, OH, OW]`; `"none"`."""
    epilogue: Map | None = None
    """A function applied to every output before it is stored (set by fusing)."""

    @property
    def input_shapes(self) -> tuple[Shape, ...]:
        return ((self.channels, self.rows.size, self.columns.size),)

    @property
    def output_shape(self) -> Shape:
        return (self.filters, self.rows.output, self.columns.output)

    @property
    def weight_shape(self) -> Shape:
        """`[filters, channels / groups, kernel rows, kernel columns]`."""
        return (self.filters, self.channels // self.groups, self.rows.kernel, self.columns.kernel)

    @property
    def weight_shapes(self) -> dict[str, Shape]:
        shapes = {"weight": self.weight_shape}
        if self.bias != "none":
            shapes["bias"] = (self.filters,) if self.bias == "channel" else self.output_shape
        return shapes

    @property
    def macs(self) -> int:
        places = self.rows.output * self.columns.output
        return places * self.rows.kernel * self.columns.kernel * self.kernels

    @property
    def kernels(self) -> int:
        """How many two-dimensional kernels there are: one a filter and channel that it reads."""
        if self.connections is not None:
            return sum(len(channels) for channels in self.connections)
        return self.filters * (self.channels // self.groups)

    def reads(self, index: Index) -> Iterator[Read]:
        i, j, k = index
        in_group = self.channels // self.groups
        first = i // (self.filters // self.groups) * in_group
        listed = self.connections[i] if self.connections is not None else range(in_group)
        for c in listed:
            for m in range(self.rows.kernel):
                row = self.rows.start(j) + m * self.rows.dilation
                if not 0 <= row < self.rows.size:
                    continue
                for n in range(self.columns.kernel):
                    column = self.columns.start(k) + n * self.columns.dilation
                    if 0 <= column < self.columns.size:
                        yield Read(0, (first + c, row, column), "weight", (i, c, m, n))
