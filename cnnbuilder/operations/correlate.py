"""A sliding window of products: convolution as the lecture notes write it, the kernel not flipped.

`Z[i,j,k] = b[i] + Σ_{l,m,n} V[l, j·s + m·d − p, k·s + n·d − p] · K[i,l,m,n]`, where filter i reads the channels l of
its group, or the ones that `connections` lists for it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from cnnbuilder.design.shape import Pair, Shape
from cnnbuilder.operations.base import Index
from cnnbuilder.operations.map import Map
from cnnbuilder.operations.sliding import Sliding


@dataclass(frozen=True)
class Correlate(Sliding):
    """Convolution of `channels` maps by `filters` kernels, the weights shared over all places."""

    connections: tuple[tuple[int, ...], ...] | None = None
    """For each filter the channels it reads; other weights are fixed at 0 and have gradient 0."""
    bias: str = "channel"
    """`"channel"`: `[filters]`; `"location"`: `[filters, OH, OW]`; `"none"`."""
    epilogue: Map | None = None
    """A function applied to every output before it is stored (set by fusing)."""

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
    def turns(self) -> dict[str, Pair]:
        return {"bias": (1, 2)} if self.bias == "location" else {}

    @property
    def kernels(self) -> int:
        return super().kernels if self.connections is None else sum(map(len, self.connections))

    def channels_of(self, filter: int) -> Sequence[int]:
        return super().channels_of(filter) if self.connections is None else self.connections[filter]

    def weight_index(self, output: Index, channel: int, row: int, column: int) -> Index:
        return (output[0], channel, row, column)
