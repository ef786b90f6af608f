"""Convolution, by the notes: a filter slides over all channels of its input, the same weights everywhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import gcd, prod
from typing import Any

from cnnbuilder.design.formula import Formula
from cnnbuilder.design.layer import Layer, Surroundings, Weight
from cnnbuilder.design.parameters import channel_lists, choice, integer, padding, pair
from cnnbuilder.design.problem import Change, Misfit, Remark
from cnnbuilder.design.shape import Pair, Shape, is_volume, plural, show_pair
from cnnbuilder.design.sharing import CONVOLUTION, Connections, Way
from cnnbuilder.design.window import Axis, Padding
from cnnbuilder.design.window import axes as window_axes
from cnnbuilder.layers.shared import (
    not_a_volume,
    short_one,
    show_padding,
    too_small,
    unreached,
    window_formulas,
    window_summary,
)
from cnnbuilder.operations import Correlate, Operation

MOST_FILTERS = 512
"""Where doubling the filters of a new block ends."""


@dataclass(frozen=True)
class Conv(Layer, kind="conv", group="Convolution", label="Convolution"):
    """Slide filters over the input, the same weights at every place; each filter gives one map."""

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
    bias: str = choice(
        "channel",
        {"channel": "per channel", "location": "per location", "none": "none"},
        help="One number added for each map, for each value of each map, or none.",
    )
    connections: tuple[tuple[int, ...], ...] | None = channel_lists(
        null="all channels", help="For each filter the list of input channels that it reads."
    )

    @classmethod
    def suited(cls, around: Surroundings) -> dict[str, Any]:
        """As the convolution before it; twice the filters where the map became smaller since."""
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
            or self._channel_misfit(inputs[0][0])
            or too_small(self.axes(inputs[0]), "kernel_size", self.padding, "kernel")
        )
        if misfit is not None:
            return misfit
        rows, columns = self.axes(inputs[0])
        return (self.filters, rows.output, columns.output)

    def _channel_misfit(self, channels: int) -> Misfit | None:
        if self.connections is not None:
            return self._connections_misfit(channels)
        if channels % self.groups or self.filters % self.groups:
            common = gcd(channels, self.filters, self.groups)
            rounded = -(-self.filters // self.groups) * self.groups
            return Misfit(
                "groups",
                f"{{block}}: {plural(self.groups, 'group')} must divide both the {plural(channels, 'channel')} "
                f"of {{0}} and its own {plural(self.filters, 'filter')}.",
                f"{self.groups} groups do not divide the channels",
                (
                    Change(f"{plural(rounded, 'filter')} in {{block}}", {"filters": rounded}),
                    Change(f"{plural(common, 'group')} in {{block}}", {"groups": common}),
                    Change("1 group in {block}", {"groups": 1}),
                ),
                about_channels=True,
            )
        return None

    def _connections_misfit(self, channels: int) -> Misfit | None:
        assert self.connections is not None
        drop = Change("All channels for every filter of {block}", {"connections": None})
        if self.groups != 1:
            return Misfit(
                "connections",
                f"{{block}}: listed connections go with 1 group only; it has {self.groups}.",
                "connections need 1 group",
                (Change("1 group in {block}", {"groups": 1}), drop),
            )
        if len(self.connections) != self.filters:
            listed = len(self.connections)
            return Misfit(
                "connections",
                f"{{block}}: connections list {plural(listed, 'filter')}, but it has {self.filters}.",
                "connections: one list a filter",
                (Change(f"{plural(listed, 'filter')} in {{block}}", {"filters": listed}), drop),
            )
        largest = max((max(row) for row in self.connections if row), default=0)
        if largest >= channels:
            return Misfit(
                "connections",
                f"{{block}}: connections name channel {largest}, but {{0}} gives "
                f"{plural(channels, 'channel')} (0 to {channels - 1}).",
                f"there is no channel {largest}",
                (drop,),
                about_channels=True,
            )
        return None

    def axes(self, x: Shape) -> tuple[Axis, Axis]:
        """The vertical and horizontal window arithmetic on an input of shape `x`."""
        return window_axes((x[1], x[2]), self.kernel_size, self.stride, self.dilation, self.padding)

    def weights(self, *inputs: Shape) -> dict[str, Weight]:
        rows, columns = self.axes(inputs[0])
        in_group = inputs[0][0] // self.groups
        taps = self.kernel_size[0] * self.kernel_size[1]
        found = {
            "weight": Weight(
                (self.filters, in_group, *self.kernel_size), fan_in=in_group * taps, connections=self.connections
            )
        }
        if self.bias == "channel":
            found["bias"] = Weight((self.filters,))
        elif self.bias == "location":
            found["bias"] = Weight((self.filters, rows.output, columns.output))
        return found

    def lower(self, *inputs: Shape) -> Sequence[Operation]:
        rows, columns = self.axes(inputs[0])
        return (Correlate(inputs[0][0], self.filters, rows, columns, self.groups, self.connections, self.bias),)

    def sharing(self, *inputs: Shape) -> tuple[Way, ...]:
        x, z = inputs[0], self.output_shape(*inputs)
        assert not isinstance(z, Misfit)
        kernels = (
            sum(map(len, self.connections)) if self.connections is not None else self.filters * (x[0] // self.groups)
        )
        parameters = sum(weight.count for weight in self.weights(x).values())
        connections = Connections(x, z, kernels, prod(self.kernel_size), bias=self.bias != "none")
        return connections.ways(CONVOLUTION, parameters)

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
