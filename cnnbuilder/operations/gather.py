"""Values taken from other places: padding, upsampling, channels selected.

Each output is the sum of a few values of its input, each times a fixed factor. What is taken is decided for each axis
on its own: an output at (i, j, k) reads the product of what i reads of channels, j of rows and k of columns.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from cnnbuilder.design.shape import Shape, size
from cnnbuilder.operations.base import Index, Operation, Read

Taps = tuple[tuple[int, float], ...]
"""`(cell, factor)` of each cell that is read, two at most; none gives 0."""


@dataclass(frozen=True)
class Source:
    """What the outputs along one axis of `size` cells read. Asked cell by cell, because there may be thousands of
    millions."""

    size: int

    @property
    def count(self) -> int:
        """How many outputs there are along the axis."""
        return self.size

    def taps(self, output: int) -> Taps:
        """What the output reads; as it stands, its own cell."""
        return ((output, 1.0),)


@dataclass(frozen=True)
class Selected(Source):
    """The cells that are listed, in their order."""

    cells: tuple[int, ...]

    @property
    def count(self) -> int:
        return len(self.cells)

    def taps(self, output: int) -> Taps:
        return ((self.cells[output], 1.0),)


@dataclass(frozen=True)
class Padded(Source):
    """Cells before and after: zeros, reflected about the outermost cell, or the outermost cell again (`edge`)."""

    before: int
    after: int
    mode: str

    @property
    def count(self) -> int:
        return self.before + self.size + self.after

    def taps(self, output: int) -> Taps:
        cell, last = output - self.before, self.size - 1
        if 0 <= cell <= last:
            return ((cell, 1.0),)
        if self.mode == "zeros":
            return ()
        if self.mode == "reflect":
            return ((-cell if cell < 0 else 2 * last - cell, 1.0),)
        return ((0 if cell < 0 else last, 1.0),)


@dataclass(frozen=True)
class Repeated(Source):
    """Every cell `scale` times."""

    scale: int

    @property
    def count(self) -> int:
        return self.size * self.scale

    def taps(self, output: int) -> Taps:
        return ((output // self.scale, 1.0),)


@dataclass(frozen=True)
class Interpolated(Repeated):
    """On the straight line between the centres of two neighbouring cells; beyond the outermost centres, its cell."""

    def taps(self, output: int) -> Taps:
        # The output's centre lies at (output + 1/2) / scale − 1/2, counted in halves of 1 / scale to be exact.
        cell, part = divmod(2 * output + 1 - self.scale, 2 * self.scale)
        if cell < 0 or part == 0 or cell == self.size - 1:
            return ((max(cell, 0), 1.0),)
        share = part / (2 * self.scale)
        return ((cell, 1.0 - share), (cell + 1, share))


@dataclass(frozen=True)
class Gather(Operation):
    """What `channels`, `rows` and `columns` say is read of each axis of the input."""

    channels: Source
    rows: Source
    columns: Source

    @property
    def axes(self) -> tuple[Source, Source, Source]:
        """The three axes in order."""
        return (self.channels, self.rows, self.columns)

    @property
    def input_shapes(self) -> tuple[Shape, ...]:
        return (tuple(axis.size for axis in self.axes),)

    @property
    def output_shape(self) -> Shape:
        return tuple(axis.count for axis in self.axes)

    @property
    def work(self) -> int:
        return max(size(self.output_shape), size(self.input_shapes[0]))

    def reads(self, index: Index) -> Iterator[Read]:
        channels, rows, columns = (axis.taps(i) for axis, i in zip(self.axes, index, strict=True))
        for c, of_channel in channels:
            for row, of_row in rows:
                for column, of_column in columns:
                    yield Read(0, (c, row, column), factor=of_channel * of_row * of_column)
