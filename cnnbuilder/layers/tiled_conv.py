"""Tiled convolution: a few kernels in turn from place to place."""

from dataclasses import dataclass
from math import prod

from cnnbuilder.design.parameters import choice, pair
from cnnbuilder.design.problem import Remark
from cnnbuilder.design.shape import Pair, Shape, plural, show_pair
from cnnbuilder.design.sharing import TILED
from cnnbuilder.layers.shared import short_one
from cnnbuilder.layers.windows import Windows
from cnnbuilder.operations import Untied


@dataclass(frozen=True)
class TiledConv(Windows, kind="tiled_conv", group="Convolution", label="Tiled convolution"):
    """Slide filters over the input that change their weights in turn, and after a few places begin anew."""

    way = TILED

    tiles: Pair = pair(
        2, low=1, help="After how many rows and columns of the output the same weights come again; 1 is a convolution."
    )
    bias: str = choice(
        "tile",
        {"tile": "per tile", "channel": "per channel", "none": "none"},
        help="One number added for each kernel of a filter, for each map, or none.",
    )

    @property
    def own_tiles(self) -> Pair:
        return self.tiles

    def operation(self, x: Shape) -> Untied:
        rows, columns = self.axes(x)
        bias = "kernel" if self.bias == "tile" else self.bias
        return Untied(x[0], self.filters, rows, columns, self.groups, self.tiles, bias)

    def summary(self) -> str:
        return f"{super().summary()} · tiles {short_one(self.tiles)}"

    def remarks(self, *inputs: Shape) -> list[Remark]:
        found = super().remarks(*inputs)
        rows, columns = self.axes(inputs[0])
        placed = min(self.tiles[0], rows.output) * min(self.tiles[1], columns.output)
        left = prod(self.tiles) - placed
        if left:
            found.append(
                Remark(
                    "kernels-without-a-place",
                    f"The tiles of {{block}} ({show_pair(self.tiles)}) exceed its output "
                    f"({show_pair((rows.output, columns.output))}): {plural(left, 'kernel')} of every filter "
                    f"{'has' if left == 1 else 'have'} no place, and gradient 0.",
                )
            )
        return found
