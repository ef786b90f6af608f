"""Convolution, by the notes: a filter slides over all channels of its input, the same weights everywhere."""

from dataclasses import dataclass, replace

from cnnbuilder.design.layer import Layer, Weight
from cnnbuilder.design.parameters import channel_lists, choice
from cnnbuilder.design.problem import Change, Misfit
from cnnbuilder.design.shape import Shape, plural
from cnnbuilder.design.sharing import CONVOLUTION, Way
from cnnbuilder.layers.windows import Windows
from cnnbuilder.operations import Correlate


@dataclass(frozen=True)
class Conv(Windows, kind="conv", group="Convolution", label="Convolution"):
    """Slide filters over the input, the same weights at every place; each filter gives one map."""

    way = CONVOLUTION

    bias: str = choice(
        "channel",
        {"channel": "per channel", "location": "per location", "none": "none"},
        help="One number added for each map, for each value of each map, or none.",
    )
    connections: tuple[tuple[int, ...], ...] | None = channel_lists(
        null="all channels", help="For each filter the list of input channels that it reads."
    )

    def channel_misfit(self, channels: int) -> Misfit | None:
        if self.connections is None:
            return super().channel_misfit(channels)
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

    def shared_as(self, way: Way) -> Layer | None:
        # Only a convolution can leave connections out.
        return super().shared_as(way) if self.connections is None else None

    def operation(self, x: Shape) -> Correlate:
        rows, columns = self.axes(x)
        return Correlate(x[0], self.filters, rows, columns, self.groups, self.connections, self.bias)

    def weights(self, *inputs: Shape) -> dict[str, Weight]:
        found = super().weights(*inputs)
        return {**found, "weight": replace(found["weight"], connections=self.connections)}
