"""A sliding window of products whose weights are shared less than a convolution's: not at all, or by tiles.

`Z[i,j,k] = b + Σ_{l,m,n} V[l, j·s + m·d − p, k·s + n·d − p] · K[i,l,m,n]`, where K is the kernel of place (j, k)
alone, or that of its tile, (j mod t, k mod t) (Q. Le et al., "Tiled convolutional neural networks", 2010;
I. Goodfellow et al., "Deep Learning", 2016, 9.5).
"""

from dataclasses import dataclass

from cnnbuilder.design.shape import Pair, Shape
from cnnbuilder.operations.base import Index
from cnnbuilder.operations.sliding import Sliding


@dataclass(frozen=True)
class Untied(Sliding):
    """A kernel of its own at every place, or `tiles` of kernels in turn."""

    tiles: Pair | None = None
    """After how many rows and columns the first kernel comes again; None: never."""
    bias: str = "kernel"
    """`"kernel"`: one for each kernel of a filter, `[filters, *period]`; `"channel"`: `[filters]`; `"none"`."""

    @property
    def period(self) -> Pair:
        """How many kernels there are in a column and in a row of places; they may be more than the places."""
        return self.tiles or (self.rows.output, self.columns.output)

    @property
    def weight_shape(self) -> Shape:
        """`[filters, OH, OW, channels / groups, kernel rows, kernel columns]`; the tiles last where there are any."""
        kernel = (self.channels // self.groups, self.rows.kernel, self.columns.kernel)
        return (self.filters, *self.period, *kernel) if self.tiles is None else (self.filters, *kernel, *self.tiles)

    @property
    def weight_shapes(self) -> dict[str, Shape]:
        shapes = {"weight": self.weight_shape}
        if self.bias != "none":
            shapes["bias"] = (self.filters,) if self.bias == "channel" else (self.filters, *self.period)
        return shapes

    @property
    def turns(self) -> dict[str, Pair]:
        found: dict[str, Pair] = {"weight": (1, 2) if self.tiles is None else (4, 5)}
        return {**found, "bias": (1, 2)} if self.bias == "kernel" else found

    @property
    def weight_axes(self) -> tuple[str, ...]:
        if self.tiles is None:
            return ("filter", "place down", "place across", "channel", "row", "column")
        return ("filter", "channel", "row", "column", "tile row", "tile column")

    def weight_index(self, output: Index, channel: int, row: int, column: int) -> Index:
        i, j, k = output
        if self.tiles is None:
            return (i, j, k, channel, row, column)
        return (i, channel, row, column, j % self.tiles[0], k % self.tiles[1])
