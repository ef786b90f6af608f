"""What the kinds of convolution share, however they share their weights: parameters, shapes, words and costs."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import prod
from typing import Any, ClassVar

from cnnbuilder.design.formula import Formula
from cnnbuilder.design.layer import Layer, Surroundings, Weight
from cnnbuilder.design.parameters import declared, integer, padding, pair
from cnnbuilder.design.problem import Misfit, Remark
from cnnbuilder.design.shape import Pair, Shape, is_volume, plural, show_pair
from cnnbuilder.design.sharing import Connections, Way
from cnnbuilder.design.window import Axis, Padding
from cnnbuilder.design.window import axes as window_axes
from cnnbuilder.layers.shared import (
    groups_misfit,
    not_a_volume,
    short_one,
    show_padding,
    too_small,
    unreached,
    window_formulas,
    window_summary,
)
from cnnbuilder.operations import Operation, Sliding

MOST_FILTERS = 512
"""Where doubling the filters of a new block ends."""


@dataclass(frozen=True)
class Windows(Layer, kind=None, group="", label=""):
    """Filters that slide over maps. A kind says which weights a filter has at which place, by its operation."""

    way: ClassVar[str]
    """Its way to share weights, as `design/sharing.py` names it."""

    filters: int = integer(8, low=1, help="How many maps come out: one a filter.")
    kernel_size: Pair = pair(3, low=1, help="Rows and columns of a filter.")
    stride: Pair = pair(1, low=1, help="How far the filter moves from one output to the next.")
    padding: Padding = padding(
        "valid",
        help="Zeros around the input: valid none, same keeps the size (at stride 1), "
        "full lets every pixel be visited by every weight.",
    )
    dilation: Pair = pair(1, low=1, help="The distance between neighbouring weights of a filter on the input.")
    groups: int = integer(1, low=1, help="Channels are split into this many groups; a filter reads only its own group.")

    @classmethod
    def suited(cls, around: Surroundings) -> dict[str, Any]:
        """As the one of its kind before it; twice the filters where the map became smaller since."""
        like, shape = around.like, around.like_shape
        if not isinstance(like, cls) or shape is None:
            return {}
        smaller = bool(around.inputs) and is_volume(around.inputs[0]) and around.inputs[0][1] < shape[1]
        filters = min(2 * like.filters, MOST_FILTERS) if smaller else like.filters
        kept = {name: value for name, value in like.to_params().items() if name in ("kernel_size", "padding")}
        return {"filters": max(filters, like.filters), **kept}

    def output_shape(self, *inputs: Shape) -> Shape | Misfit:
        misfit = (
            not_a_volume(*inputs)
            or self.channel_misfit(inputs[0][0])
            or too_small(self.axes(inputs[0]), "kernel_size", self.padding, "kernel")
        )
        if misfit is not None:
            return misfit
        rows, columns = self.axes(inputs[0])
        return (self.filters, rows.output, columns.output)

    def channel_misfit(self, channels: int) -> Misfit | None:
        """Why it cannot read so many channels."""
        return groups_misfit(channels, self.filters, self.groups)

    def axes(self, x: Shape) -> tuple[Axis, Axis]:
        """The vertical and horizontal window arithmetic on an input of shape `x`."""
        return window_axes((x[1], x[2]), self.kernel_size, self.stride, self.dilation, self.padding)

    def operation(self, x: Shape) -> Sliding:
        """The operation that it is on an input of shape `x`."""
        raise NotImplementedError

    def weights(self, *inputs: Shape) -> dict[str, Weight]:
        fan_in = inputs[0][0] // self.groups * prod(self.kernel_size)
        operation = self.operation(inputs[0])
        found = {name: Weight(shape) for name, shape in operation.weight_shapes.items()}
        return {**found, "weight": replace(found["weight"], fan_in=fan_in, axes=operation.weight_axes)}

    def lower(self, *inputs: Shape) -> Sequence[Operation]:
        return (self.operation(inputs[0]),)

    def sharing(self, *inputs: Shape) -> tuple[Way, ...]:
        operation = self.operation(inputs[0])
        parameters = sum(weight.count for weight in self.weights(*inputs).values())
        bias = "bias" in operation.weight_names
        taps = prod(self.kernel_size)
        found = Connections(inputs[0], operation.output_shape, operation.kernels, taps, bias, self.own_tiles)
        return found.ways(self.way, parameters)

    def shared_as(self, way: Way) -> Layer | None:
        kinds = {kind.way: kind for kind in Windows.__subclasses__()}
        wanted = kinds.get(way.form)
        if wanted is None or (wanted is type(self) and way.tiles in (None, self.own_tiles)):
            return None
        params = self.to_params()
        # A bias is shared as the weights are, unless there is none.
        given = {name: params[name] for name in params if name in declared(Windows) or params[name] == "none"}
        if way.tiles is not None:
            given["tiles"] = list(way.tiles)
        found, _ = wanted.read(given)
        return found

    @property
    def own_tiles(self) -> Pair | None:
        """The period of its kernels, where it has one."""
        return None

    def summary(self) -> str:
        kernel, *stride = window_summary(self.kernel_size, self.stride)
        parts = [kernel, plural(self.filters, "filter"), *stride, show_padding(self.padding)]
        if self.dilation != (1, 1):
            parts.append(f"dilation {short_one(self.dilation)}")
        if self.groups != 1:
            parts.append(plural(self.groups, "group"))
        return " · ".join(parts)

    def remarks(self, *inputs: Shape) -> list[Remark]:
        axes = self.axes(inputs[0])
        rows, columns = axes
        found = list(unreached(axes))
        if rows.output == columns.output == 1 and max(self.kernel_size) > 1:
            found.append(
                Remark(
                    "kernel-never-moves",
                    f"The kernel of {{block}} ({show_pair(self.kernel_size)}) covers its "
                    "whole input and never moves: it is a fully connected layer.",
                )
            )
        corner = rows.readers(0) * columns.readers(0)
        middle = rows.readers(rows.size // 2) * columns.readers(columns.size // 2)
        if corner < middle:
            found.append(
                Remark(
                    "border",
                    f"A corner pixel of {{0}} reaches {plural(corner, 'place')} in a map of {{block}}, "
                    f"one in the middle {middle}.",
                )
            )
        return found

    def formulas(self, *inputs: Shape) -> list[Formula]:
        return window_formulas(self.axes(inputs[0]), "K", self.filters)
