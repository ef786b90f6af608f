"""Transposed convolution: a convolution turned round, which makes maps larger instead of smaller."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import gcd
from typing import Any

from cnnbuilder.design.formula import Formula
from cnnbuilder.design.layer import Layer, Surroundings, Weight
from cnnbuilder.design.parameters import choice, integer, padding, pair
from cnnbuilder.design.problem import Change, Misfit, Remark
from cnnbuilder.design.shape import Pair, Shape, is_volume, plural, show_pair
from cnnbuilder.design.window import Axis, Padding, resolve, spread
from cnnbuilder.layers.shared import groups_misfit, not_a_volume, short_one, show_padding, window_summary
from cnnbuilder.operations import Correlate, Operation, Transposed


@dataclass(frozen=True)
class TransposedConv(Layer, kind="transposed_conv", group="Convolution", label="Transposed convolution"):
    """Spread every input value over the outputs around it, weighted by the filters: a convolution turned round.

    The output has the size that a convolution with the same parameters would reduce to the input's.
    """

    filters: int = integer(8, low=1, help="How many maps come out.")
    kernel_size: Pair = pair(3, low=1, help="Rows and columns of outputs that one input value gives to.")
    stride: Pair = pair(1, low=1, help="How far apart on the output neighbouring input values lie: the enlargement.")
    padding: Padding = padding(0, words=(), help="How many rows and columns are cut off at the edges of the output.")
    dilation: Pair = pair(1, low=1, help="The distance between neighbouring weights of a filter on the output.")
    groups: int = integer(
        1, low=1, help="Channels are split into this many groups; each gives to its own share of the maps only."
    )
    bias: str = choice(
        "channel", {"channel": "per channel", "none": "none"}, help="One number added for each map, or none."
    )
    output_padding: Pair = pair(
        0, help="How many rows and columns more the output has at the bottom and the right; less than the stride."
    )
    output_size: Pair | None = pair(
        None,
        low=1,
        null="automatic",
        help="Rows and columns of the output, where several fit; it replaces the output padding.",
    )

    @classmethod
    def suited(cls, around: Surroundings) -> dict[str, Any]:
        """As the one before it, or twice the size; half the maps that come in."""
        like = around.like
        kept = {name: value for name, value in like.to_params().items() if name in _KEPT} if like is not None else {}
        found = kept or {"kernel_size": [2, 2], "stride": [2, 2]}
        if around.inputs and is_volume(around.inputs[0]):
            found["filters"] = max(1, around.inputs[0][0] // 2)
        return found

    def output_shape(self, *inputs: Shape) -> Shape | Misfit:
        misfit = (
            not_a_volume(*inputs)
            or groups_misfit(inputs[0][0], self.filters, self.groups)
            or self._nothing_left(inputs[0])
            or (self._size_misfit(inputs[0]) if self.output_size is not None else self._padding_misfit())
        )
        if misfit is not None:
            return misfit
        rows, columns = self.axes(inputs[0])
        return (self.filters, rows.size, columns.size)

    def _smallest(self, x: Shape) -> Pair:
        """Rows and columns of the output without output padding; not positive where nothing is left."""
        top, bottom, left, right = self._sides
        height, width = (
            (size - 1) * stride - cut + spread(kernel, dilation)
            for size, stride, cut, kernel, dilation in zip(
                x[1:], self.stride, (top + bottom, left + right), self.kernel_size, self.dilation, strict=True
            )
        )
        return (height, width)

    @property
    def _sides(self) -> tuple[int, int, int, int]:
        return resolve(self.padding, (1, 1), self.kernel_size, self.stride, self.dilation)

    @property
    def _room(self) -> Pair:
        """How many rows and columns output padding can add at most."""
        return (max(self.stride[0], self.dilation[0]) - 1, max(self.stride[1], self.dilation[1]) - 1)

    def _given(self, x: Shape) -> Pair:
        """Rows and columns of the output."""
        if self.output_size is not None:
            return self.output_size
        smallest = self._smallest(x)
        return (smallest[0] + self.output_padding[0], smallest[1] + self.output_padding[1])

    def _nothing_left(self, x: Shape) -> Misfit | None:
        given = self._smallest(x)
        largest = (given[0] + self._room[0], given[1] + self._room[1])
        wanted = largest if self.output_size is not None else self._given(x)
        if min(wanted) > 0 and min(largest) > 0:
            return None
        cut = self._sides
        whole = (given[0] + cut[0] + cut[1], given[1] + cut[2] + cut[3])
        return Misfit(
            "nothing-left",
            f"{{block}} makes {show_pair(whole)} of {{0}}, and its {show_padding(self.padding)} cuts all of it off.",
            "its padding leaves nothing",
            (Change("Padding 0 in {block}", {"padding": 0}),),
        )

    def _padding_misfit(self) -> Misfit | None:
        room = self._room
        if self.output_padding[0] <= room[0] and self.output_padding[1] <= room[1]:
            return None
        fitting = [min(self.output_padding[0], room[0]), min(self.output_padding[1], room[1])]
        enough = [max(s, p + 1) for s, p in zip(self.stride, self.output_padding, strict=True)]
        return Misfit(
            "output-padding",
            f"{{block}}: its output padding is {show_pair(self.output_padding)}, but with stride "
            f"{show_pair(self.stride)} and dilation {show_pair(self.dilation)} it can be {_range((0, 0), room)}.",
            f"output padding must be {_range((0, 0), room)}",
            (
                Change(f"Output padding {show_pair(fitting)} in {{block}}", {"output_padding": fitting}),
                Change(f"Stride {show_pair(enough)} in {{block}}", {"stride": enough}),
            ),
        )

    def _size_misfit(self, x: Shape) -> Misfit | None:
        assert self.output_size is not None
        low = self._smallest(x)
        high = (low[0] + self._room[0], low[1] + self._room[1])
        low = (max(low[0], 1), max(low[1], 1))
        nearest = [min(max(n, a), b) for n, a, b in zip(self.output_size, low, high, strict=True)]
        if nearest == list(self.output_size):
            return None
        remedies = [Change(f"Output size {show_pair(nearest)} in {{block}}", {"output_size": nearest})]
        smallest = self._smallest(x)
        if min(smallest) > 0:
            params = {"output_size": None, "output_padding": [0, 0]}
            remedies.append(Change(f"Output size {show_pair(smallest)}, as the formula says, in {{block}}", params))
        return Misfit(
            "output-size",
            f"{{block}} cannot give {show_pair(self.output_size)}: of {show_pair(x[1:])} from {{0}} it can make "
            f"{_range(low, high)}.",
            f"output size must be {_range(low, high)}",
            tuple(remedies),
        )

    def axes(self, x: Shape) -> tuple[Axis, Axis]:
        """The vertical and horizontal windows of the convolution that goes the other way, over the output."""
        top, _, left, _ = self._sides
        height, width = self._given(x)
        return (
            _turned(x[1], height, self.kernel_size[0], self.stride[0], self.dilation[0], top),
            _turned(x[2], width, self.kernel_size[1], self.stride[1], self.dilation[1], left),
        )

    def weights(self, *inputs: Shape) -> dict[str, Weight]:
        channels = inputs[0][0]
        # An output reads, in the mean, every stride-th weight along each axis, and one at least.
        reads = float(channels // self.groups)
        for kernel, stride in zip(self.kernel_size, self.stride, strict=True):
            reads *= max(1.0, kernel / stride)
        shape = (channels, self.filters // self.groups, *self.kernel_size)
        found = {"weight": Weight(shape, fan_in=round(reads), axes=("channel", "filter", "row", "column"))}
        return {**found, "bias": Weight((self.filters,))} if self.bias == "channel" else found

    def lower(self, *inputs: Shape) -> Sequence[Operation]:
        rows, columns = self.axes(inputs[0])
        turned = Correlate(self.filters, inputs[0][0], rows, columns, self.groups, bias="none")
        return (Transposed(turned, self.bias),)

    def summary(self) -> str:
        kernel, *stride = window_summary(self.kernel_size, self.stride)
        parts = [kernel, plural(self.filters, "filter"), *stride]
        if any(self._sides):
            parts.append(show_padding(self.padding))
        if self.dilation != (1, 1):
            parts.append(f"dilation {short_one(self.dilation)}")
        if self.groups != 1:
            parts.append(plural(self.groups, "group"))
        return " · ".join(parts)

    def remarks(self, *inputs: Shape) -> list[Remark]:
        found: list[Remark] = []
        smallest = self._smallest(inputs[0])
        if self.output_size is not None and any(self.output_padding):
            found.append(Remark("output-padding-unused", "{block} has an output size: its output padding is not used."))
        rows, columns = self.axes(inputs[0])
        if (rows, smallest[0]) == (columns, smallest[1]):
            return [*found, *_axis_remarks(rows, smallest[0], "rows and columns")]
        return [*found, *_axis_remarks(rows, smallest[0], "rows"), *_axis_remarks(columns, smallest[1], "columns")]

    def formulas(self, *inputs: Shape) -> list[Formula]:
        rows, columns = self.axes(inputs[0])
        top, bottom, left, right = self._sides
        smallest = self._smallest(inputs[0])
        return [
            _formula("W₂", columns, (left, right), columns.size - smallest[1]),
            _formula("H₂", rows, (top, bottom), rows.size - smallest[0]),
            Formula("D₂", "K", str(self.filters)),
        ]


_KEPT = ("kernel_size", "stride", "padding", "output_padding")


def _turned(positions: int, size: int, kernel: int, stride: int, dilation: int, before: int) -> Axis:
    """The axis of a window over `size` cells that has exactly `positions` positions: padding that is negative leaves
    out what output padding adds behind the last of them."""
    after = (positions - 1) * stride + spread(kernel, dilation) - size - before
    return Axis(size, kernel, stride, dilation, before, after)


def _range(low: Sequence[int], high: Sequence[int]) -> str:
    """`3 × 3 to 4 × 4`, or `3 × 3 only`."""
    return f"{show_pair(low)} only" if list(low) == list(high) else f"{show_pair(low)} to {show_pair(high)}"


def _axis_remarks(axis: Axis, smallest: int, word: str) -> Iterator[Remark]:
    if axis.stride == 1:
        return
    low, high = max(smallest, 1), smallest + axis.stride - 1
    if low < high:
        yield Remark(
            "several-sizes",
            f"A convolution like {{block}} gives {axis.output} {word} for {low} to {high}, so {{block}} must be told "
            f"which of them to give back: it gives {axis.size}. Output padding, or the output size, decides.",
        )
    # Of `stride` neighbouring outputs the taps reach as many as there are remainders of tap · dilation by the stride.
    reached = min(axis.kernel, axis.stride // gcd(axis.stride, axis.dilation))
    if reached < axis.stride:
        if axis.output > 1:
            yield Remark(
                "gaps",
                f"Only {reached} of every {axis.stride} {word} of {{block}} are reached by its input; the others are "
                "the bias alone.",
            )
    elif axis.kernel % axis.stride:
        yield Remark(
            "uneven",
            f"The kernel size {axis.kernel} is no multiple of the stride {axis.stride}: neighbouring {word} of "
            "{block} are sums of unequally many values, which can show as a chequered pattern.",
        )


def _formula(left: str, axis: Axis, cut: Pair, more: int) -> Formula:
    """`W₂ = (W₁ − 1)·S − P − P + D·(F − 1) + 1 + output padding`."""
    terms = f"({axis.output} − 1)·{axis.stride}"
    if any(cut):
        terms += f" − {cut[0]} − {cut[1]}"
    terms += f" + {axis.dilation}·({axis.kernel} − 1) + 1" if axis.dilation > 1 else f" + {axis.kernel}"
    return Formula(left, f"{terms} + {more}" if more else terms, str(axis.size))
