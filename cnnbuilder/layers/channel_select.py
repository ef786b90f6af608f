"""Channels chosen from a volume: split in groups, shuffled, repeated."""

from collections.abc import Sequence
from dataclasses import dataclass

from cnnbuilder.design.formula import Formula
from cnnbuilder.design.layer import Layer
from cnnbuilder.design.parameters import channels
from cnnbuilder.design.problem import Change, Misfit
from cnnbuilder.design.shape import Shape, plural
from cnnbuilder.layers.shared import not_a_volume
from cnnbuilder.operations import Gather, Operation
from cnnbuilder.operations.gather import Selected, Source

SHOWN = 6
"""How many channels the card names."""


@dataclass(frozen=True)
class ChannelSelect(Layer, kind="channel_select", group="Shape", label="Channel selection"):
    """Take some channels of the input, in any order, also more than once: to split, shuffle or restrict them."""

    channels: tuple[int, ...] | None = channels(
        null="all channels", help="The numbers of the input channels that are taken, in their order, counted from 0."
    )

    def output_shape(self, *inputs: Shape) -> Shape | Misfit:
        misfit = not_a_volume(*inputs)
        if misfit is not None:
            return misfit
        given = inputs[0][0]
        if self.channels is None:
            return inputs[0]
        if max(self.channels) >= given:
            kept = [channel for channel in self.channels if channel < given]
            few = Change(f"Only {plural(len(kept), 'channel')} that are there in {{block}}", {"channels": kept})
            return Misfit(
                "no-such-channel",
                f"{{block}} takes channel {max(self.channels)}, but {{0}} gives {plural(given, 'channel')} "
                f"(0 to {given - 1}).",
                f"there is no channel {max(self.channels)}",
                (*([few] if kept else []), Change("All channels in {block}", {"channels": None})),
                about_channels=True,
            )
        return (len(self.channels), *inputs[0][1:])

    def lower(self, *inputs: Shape) -> Sequence[Operation]:
        if self.channels is None:
            return ()
        given, height, width = inputs[0]
        return (Gather(Selected(given, self.channels), Source(height), Source(width)),)

    def summary(self) -> str:
        if self.channels is None:
            return "all channels"
        shown = ", ".join(str(channel) for channel in self.channels[:SHOWN])
        return f"{'channel' if len(self.channels) == 1 else 'channels'} {shown}" + (
            f" … {self.channels[-1]}" if len(self.channels) > SHOWN else ""
        )

    def formulas(self, *inputs: Shape) -> list[Formula]:
        return [Formula("D₂", "channels taken", str(inputs[0][0] if self.channels is None else len(self.channels)))]
