"""Reshape: the same values read as maps of another size."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cnnbuilder.design.formula import Formula
from cnnbuilder.design.layer import Layer
from cnnbuilder.design.parameters import LARGEST, integer
from cnnbuilder.design.problem import Change, Misfit
from cnnbuilder.design.shape import Shape, grouped, is_volume, show, size
from cnnbuilder.layers.shared import short_pair, squarest
from cnnbuilder.operations import Operation, View


@dataclass(frozen=True)
class Reshape(Layer, kind="reshape", group="Shape", label="Reshape"):
    """Read the values as maps of another size, in the same order: channel by channel, row by row."""

    channels: int = integer(1, low=1, help="How many maps.")
    height: int = integer(28, low=1, help="Rows of each map.")
    width: int = integer(28, low=1, help="Columns of each map.")

    @property
    def _shape(self) -> Shape:
        return (self.channels, self.height, self.width)

    def output_shape(self, *inputs: Shape) -> Shape | Misfit:
        given, wanted = size(inputs[0]), size(self._shape)
        if given == wanted:
            return self._shape
        return Misfit(
            "unequal-count",
            f"{{block}} holds {grouped(wanted)} values ({show(self._shape)}), but {{0}} gives {grouped(given)} "
            f"({show(inputs[0])}); the number of values must stay the same.",
            f"holds {grouped(wanted)} values, gets {grouped(given)}",
            tuple(
                Change(
                    f"{show(shape)} in {{block}}", dict(zip(("channels", "height", "width"), shape, strict=True))
                )
                for shape in dict.fromkeys(self._fitting(inputs[0]))
                if max(shape) <= LARGEST
            ),
        )

    def _fitting(self, x: Shape) -> Iterator[Shape]:
        """Shapes of as many values as `x` has: as near to what is wanted as can be, and as square."""
        count = size(x)
        plane = self.height * self.width
        square = squarest(count if count % self.channels else count // self.channels)
        if count % plane == 0:
            yield (count // plane, self.height, self.width)
        if square is not None:
            yield (count // (square[0] * square[1]), *square)
        if is_volume(x):
            yield x
        yield (count, 1, 1)

    def lower(self, *inputs: Shape) -> Sequence[Operation]:
        return (View(inputs[0], self._shape),)

    def summary(self) -> str:
        return short_pair((self.height, self.width, self.channels))

    def formulas(self, *inputs: Shape) -> list[Formula]:
        return [Formula("N", "·".join(str(n) for n in (*self._shape[1:], self.channels)), str(size(inputs[0])))]
