"""How the rows or columns that a unit reads move with the unit, as if volumes had no borders.

Size, jump and start after A. Araujo, W. Norris and J. Sim, "Computing receptive fields of convolutional neural
networks" (2019), here from the output back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import singledispatch
from math import ceil, floor

from cnnbuilder.design.window import Axis
from cnnbuilder.explain.region import sizes
from cnnbuilder.operations import (
    Drop,
    Gather,
    LocalNormalise,
    Map,
    Merge,
    Normalise,
    Operation,
    Rectify,
    Reduce,
    Sliding,
    Softmax,
    Transposed,
)
from cnnbuilder.operations.gather import Interpolated, Padded, Repeated, Source
from cnnbuilder.operations.reduce import Each, Range, Shares, Windows


@dataclass(frozen=True)
class Span:
    """Unit j reads the cells from `j · jump + low` to `j · jump + high`. Fractions, where units lie closer than cells,
    have no greater denominator than `jump`, so that for some units both ends are cells."""

    jump: int | Fraction
    low: int | Fraction
    high: int | Fraction

    @property
    def size(self) -> int:
        """How many cells these are at most."""
        return int(self.high - self.low) + 1

    def through(self, axis: Axis) -> "Span":
        """What the windows at these cells read."""
        low = self.low * axis.stride - axis.before
        high = self.high * axis.stride - axis.before + axis.spread - 1
        if not self.jump:
            return Span(0, max(low, 0), min(high, axis.size - 1))  # what does not move has borders
        return Span(self.jump * axis.stride, low, high)

    def back(self, axis: Axis) -> "Span":
        """The positions of the windows that read these cells."""
        jump = Fraction(self.jump) / axis.stride
        parts = jump.denominator
        low = Fraction(ceil(parts * Fraction(self.low + axis.before - axis.spread + 1) / axis.stride), parts)
        high = max(Fraction(floor(parts * Fraction(self.high + axis.before) / axis.stride), parts), low)
        if not jump:
            last = axis.output - 1
            return Span(0, min(max(int(low), 0), last), max(min(int(high), last), 0))
        return Span(jump, low, high)

    def joined(self, other: "Span", size: int) -> "Span":
        """The cells of both; all `size` of them where they do not move together."""
        if self.jump != other.jump:
            return all_of(size)
        return Span(self.jump, min(self.low, other.low), max(self.high, other.high))


Spans = tuple[Span, Span]
"""Of rows and of columns."""


def all_of(size: int) -> Span:
    """Every unit reads everything."""
    return Span(0, 0, size - 1)


@singledispatch
def span_of(operation: Operation, spans: Spans) -> list[Spans]:
    """What is read of each input; everything, where an operation says nothing else."""
    return [_everything(operation, number) for number in range(len(operation.input_shapes))]


def _everything(operation: Operation, input: int) -> Spans:
    _, rows, columns = sizes(operation.input_shapes[input])
    return all_of(rows), all_of(columns)


@span_of.register
def _(operation: Drop | LocalNormalise | Map | Normalise | Rectify | Softmax, spans: Spans) -> list[Spans]:
    return [spans]


@span_of.register
def _(operation: Sliding, spans: Spans) -> list[Spans]:
    return [(spans[0].through(operation.rows), spans[1].through(operation.columns))]


@span_of.register
def _(operation: Transposed, spans: Spans) -> list[Spans]:
    return [(spans[0].back(operation.convolution.rows), spans[1].back(operation.convolution.columns))]


@span_of.register
def _(operation: Reduce, spans: Spans) -> list[Spans]:
    _, rows, columns = operation.shape
    return [(_ranges(operation.rows, spans[0], rows), _ranges(operation.columns, spans[1], columns))]


def _ranges(ranges: Sequence[Range], span: Span, size: int) -> Span:
    if isinstance(ranges, Each):
        return span
    if isinstance(ranges, Shares) and ranges.cells % ranges.parts == 0:
        step = ranges.cells // ranges.parts
        return span.through(Axis(size, step, step))
    return span.through(ranges.axis) if isinstance(ranges, Windows) else all_of(size)


@span_of.register
def _(operation: Gather, spans: Spans) -> list[Spans]:
    return [(_gathered(operation.rows, spans[0]), _gathered(operation.columns, spans[1]))]


def _gathered(axis: Source, span: Span) -> Span:
    if isinstance(axis, Padded):
        # As if there were no borders: what is padded is never seen.
        return span.through(Axis(axis.size, 1, before=axis.before, after=axis.after))
    if isinstance(axis, Repeated):
        # It is the way back through windows of the outputs that a cell gives something to.
        scale = axis.scale
        if isinstance(axis, Interpolated):  # those less than `scale` from the centre of the cell
            return span.back(Axis(axis.count, 2 * scale - scale % 2, scale, before=scale // 2, after=scale // 2))
        return span.back(Axis(axis.count, scale, scale))
    return span if type(axis) is Source else all_of(axis.size)


@span_of.register
def _(operation: Merge, spans: Spans) -> list[Spans]:
    found: list[Spans] = []
    for shape in operation.shapes:
        _, *own = sizes(shape)
        _, *out = sizes(operation.output_shape)
        rows, columns = (span if n == m else all_of(n) for span, n, m in zip(spans, own, out, strict=True))
        found.append((rows, columns))
    return found
