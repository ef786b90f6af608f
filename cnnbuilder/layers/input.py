"""Where a picture comes in."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

from cnnbuilder.design.layer import Layer, Surroundings
from cnnbuilder.design.parameters import choice, integer, numbers
from cnnbuilder.design.problem import Change, Misfit
from cnnbuilder.design.shape import Shape, is_volume, plural, show_pair
from cnnbuilder.operations import Operation

LARGEST_SIDE = 224
"""The longer side of a new input, for a picture that is larger."""


@dataclass(frozen=True)
class Input(Layer, kind="input", group="Input", label="Picture"):
    """Take a picture in: its size, how it is fitted to it and how its values are scaled."""

    channels: int = integer(1, low=1, help="1 for grey, 3 for red, green and blue.")
    height: int = integer(28, low=1, help="Rows of the picture that the network sees.")
    width: int = integer(28, low=1, help="Columns of the picture that the network sees.")
    size: str = choice(
        "fixed",
        {"fixed": "as given here", "picture": "the picture's own"},
        help="Whether every picture is brought to this size, or shapes follow the picture.",
    )
    fit: str = choice(
        "stretch",
        {"stretch": "stretch", "crop": "crop", "pad": "pad"},
        help="How a picture of another size is fitted: stretched, cut to the middle, or padded with zeros.",
    )
    scale: str = choice(
        "0-1", {"0-1": "0 … 1", "-1-1": "−1 … 1", "0-255": "0 … 255"}, help="The range that black to white becomes."
    )
    mean: tuple[float, ...] | None = numbers(null="0", help="Taken off after scaling, one number a channel.")
    deviation: tuple[float, ...] | None = numbers(
        null="1", low=0, above=True, help="Divided by after that, one number a channel."
    )

    inputs = (0, 0)

    @classmethod
    def suited(cls, around: Surroundings) -> dict[str, Any]:
        """As the one that is there, else as the picture, made smaller where it is large."""
        if around.like is not None:
            return around.like.to_params()
        if around.picture is None:
            return {}
        channels, *size = around.picture
        less = max(1.0, max(size) / LARGEST_SIDE)
        height, width = (max(1, round(length / less)) for length in size)
        return {"channels": channels, "height": height, "width": width}

    def output_shape(self, *inputs: Shape) -> Shape | Misfit:
        for name, values in (("mean", self.mean), ("deviation", self.deviation)):
            if values is not None and len(values) != self.channels:
                return Misfit(
                    "channel-count",
                    f"{{block}}: {name} has {plural(len(values), 'number')} for "
                    f"{plural(self.channels, 'channel')}; give one a channel.",
                    f"{name}: one number a channel",
                    (
                        Change(f"No {name} in {{block}}", {name: None}),
                        Change(f"{plural(len(values), 'channel')} in {{block}}", {"channels": len(values)}),
                    ),
                )
        return (self.channels, self.height, self.width)

    def taking(self, shape: Shape) -> Self | None:
        if shape == (self.channels, self.height, self.width):
            return self
        if self.size == "picture" and is_volume(shape) and shape[0] == self.channels:
            return replace(self, height=shape[1], width=shape[2])
        return None

    def lower(self, *inputs: Shape) -> Sequence[Operation]:
        return ()

    def summary(self) -> str:
        return f"{show_pair((self.height, self.width))} · {plural(self.channels, 'channel')}"
