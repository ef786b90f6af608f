"""Pooling over channels: the largest of neighbouring feature maps at each place, as in maxout networks
(I. Goodfellow et al., 2013)."""

from collections.abc import Sequence
from dataclasses import dataclass

from cnnbuilder.design.formula import Formula, window_formula
from cnnbuilder.design.layer import Layer
from cnnbuilder.design.parameters import integer
from cnnbuilder.design.problem import Change, Misfit, Remark
from cnnbuilder.design.shape import Shape, plural
from cnnbuilder.design.window import Axis
from cnnbuilder.layers.shared import not_a_volume
from cnnbuilder.operations import Operation, Reduce
from cnnbuilder.operations.reduce import Each, Windows


@dataclass(frozen=True)
class ChannelPool(Layer, kind="channel_pool", group="Pooling", label="Channel pooling"):
    """Keep the largest value of neighbouring channels at each place: so features that differ a little become one."""

    pool_size: int = integer(2, low=1, help="How many neighbouring channels are compared.")
    stride: int = integer(2, low=1, help="How many channels further the next comparison begins.")

    def _axis(self, x: Shape) -> Axis:
        return Axis(x[0], self.pool_size, self.stride)

    def output_shape(self, *inputs: Shape) -> Shape | Misfit:
        misfit = not_a_volume(*inputs)
        if misfit is not None:
            return misfit
        channels, height, width = inputs[0]
        if channels < self.pool_size:
            return Misfit(
                "too-few-channels",
                f"{{block}} compares {plural(self.pool_size, 'channel')}, but {{0}} gives only {channels}.",
                f"needs {plural(self.pool_size, 'channel')}, gets {channels}",
                (Change(f"Pool size {channels} in {{block}}", {"pool_size": channels}),),
                about_channels=True,
            )
        return (self._axis(inputs[0]).output, height, width)

    def lower(self, *inputs: Shape) -> Sequence[Operation]:
        _, height, width = inputs[0]
        return (Reduce("max", inputs[0], Windows(self._axis(inputs[0])), Each(height), Each(width)),)

    def summary(self) -> str:
        return f"max of {plural(self.pool_size, 'channel')} · stride {self.stride}"

    def remarks(self, *inputs: Shape) -> list[Remark]:
        rest = self._axis(inputs[0]).unreached
        if not rest:
            return []
        which, verb = ("The last channel", "goes") if rest == 1 else (f"The last {rest} channels", "go")
        text = f"{which} of {{0}} {verb} into no comparison of {{block}}: the division leaves a rest."
        return [Remark("unreached", text)]

    def formulas(self, *inputs: Shape) -> list[Formula]:
        return [window_formula("D₂", self._axis(inputs[0]))]
