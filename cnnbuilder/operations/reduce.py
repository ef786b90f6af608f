"""The largest value or the mean of a box of values: pooling over windows, over a whole plane, over channels.

The box is the product of three ranges, one an axis, so a reduction holds for every axis the list of its ranges.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import prod

from cnnbuilder.design.shape import Shape, size
from cnnbuilder.design.window import Axis
from cnnbuilder.operations.base import Index, Operation, Read

Range = tuple[int, int, int]
"""`(start, stop, counted)`: the cells `start` to `stop − 1`, and how many the mean divides by along this axis."""


class Ranges(Sequence[Range]):
    """Ranges that are made when asked for. `number` says how many, also beyond what `len` can."""

    @property
    def number(self) -> int:
        """How many ranges there are."""
        raise NotImplementedError

    def __len__(self) -> int:
        return self.number


@dataclass(frozen=True)
class Windows(Ranges):
    """The ranges of a sliding window along `axis`; made when asked for, because there may be thousands of millions."""

    axis: Axis
    count_padding: bool = True
    """Whether the mean divides by the cells in the padding too."""

    @property
    def number(self) -> int:
        return self.axis.output

    def __getitem__(self, position: int) -> Range:  # type: ignore[override]
        if not 0 <= position < self.number:
            raise IndexError(position)
        start, stop, counted = self.axis.cells(position)
        return start, stop, counted if self.count_padding else stop - start


@dataclass(frozen=True)
class Each(Ranges):
    """The ranges of an axis that is left as it is: every one holds one cell."""

    cells: int

    @property
    def number(self) -> int:
        return self.cells

    def __getitem__(self, position: int) -> Range:  # type: ignore[override]
        if not 0 <= position < self.cells:
            raise IndexError(position)
        return position, position + 1, 1


@dataclass(frozen=True)
class Shares(Ranges):
    """The ranges of an axis of `cells` divided into `parts`, as alike as can be: part i runs from ⌊i · cells / parts⌋
    to ⌈(i + 1) · cells / parts⌉. They overlap where the division leaves a rest."""

    cells: int
    parts: int

    @property
    def number(self) -> int:
        return self.parts

    def __getitem__(self, position: int) -> Range:  # type: ignore[override]
        if not 0 <= position < self.parts:
            raise IndexError(position)
        start, stop = position * self.cells // self.parts, -(-(position + 1) * self.cells // self.parts)
        return start, stop, stop - start

    def holding(self, cell: int) -> tuple[int, int]:
        """The first and the last part that hold `cell`."""
        return cell * self.parts // self.cells, -(-(cell + 1) * self.parts // self.cells) - 1


def whole(count: int) -> tuple[Range, ...]:
    """An axis that is reduced as a whole: one range over all cells."""
    return ((0, count, count),)


@dataclass(frozen=True)
class Reduce(Operation):
    """`max` (the first largest in row-major order has the gradient; NaN wins) or `mean` over boxes of `shape`."""

    function: str
    shape: Shape
    channels: Sequence[Range]
    rows: Sequence[Range]
    columns: Sequence[Range]

    @property
    def input_shapes(self) -> tuple[Shape, ...]:
        return (self.shape,)

    @property
    def output_shape(self) -> Shape:
        axes = (self.channels, self.rows, self.columns)
        return tuple(axis.number if isinstance(axis, Ranges) else len(axis) for axis in axes)

    @property
    def work(self) -> int:
        boxes = prod(sum(stop - start for start, stop, _ in axis) for axis in (self.channels, self.rows, self.columns))
        return max(boxes, size(self.output_shape))

    def reads(self, index: Index) -> Iterator[Read]:
        spans = [axis[i] for axis, i in zip((self.channels, self.rows, self.columns), index, strict=True)]
        for c in range(*spans[0][:2]):
            for row in range(*spans[1][:2]):
                for column in range(*spans[2][:2]):
                    yield Read(0, (c, row, column))

    def divisor(self, index: Index) -> int:
        """What the mean at output `index` divides by."""
        return prod(axis[i][2] for axis, i in zip((self.channels, self.rows, self.columns), index, strict=True))
