"""Where one goes from a unit: to its neighbours, to other maps, to the block before or after."""

from dataclasses import dataclass, replace

from cnnbuilder.design.graph import Wiring
from cnnbuilder.design.shape import Shape
from cnnbuilder.operations import Index


@dataclass(frozen=True)
class Unit:
    """A value of a block's output or a number of a weight, and from which side it is looked at."""

    name: str
    """The block, or the weight: `conv1`, `conv1.weight`."""
    index: Index
    backward: bool = False
    """Whether its gradient is explained, not its value; a weight has nothing else to explain."""

    @property
    def block(self) -> str:
        """The block that it belongs to."""
        return self.name.partition(".")[0]

    @property
    def is_weight(self) -> bool:
        """Whether it is a number of a weight."""
        return "." in self.name

    @property
    def looks_back(self) -> bool:
        """Whether what is explained is a gradient."""
        return self.backward or self.is_weight

    def moved(self, shape: Shape, down: int, across: int) -> "Unit":
        """Its neighbour; at the border it stays. In a vector down and across are one way."""
        index = list(self.index)
        if len(index) < 2:
            steps = down or across
            return replace(self, index=tuple(_kept(i + steps, n) for i, n in zip(index, shape, strict=True)))
        index[-2], index[-1] = _kept(index[-2] + down, shape[-2]), _kept(index[-1] + across, shape[-1])
        return replace(self, index=tuple(index))

    def in_map(self, shape: Shape, by: int) -> "Unit":
        """The same place of another map."""
        if len(self.index) < 3:
            return self
        place = 0
        for i, n in zip(self.index[:-2], shape[:-2], strict=True):
            place = place * n + i
        return replace(self, index=(*_split(place + by, shape[:-2], self.index[:-2]), *self.index[-2:]))

    def number(self, shape: Shape) -> int:
        """Which one it is in its map, row by row; in a vector, in all."""
        found = 0
        for i, n in zip(self.index[-2:], shape[-2:], strict=True):
            found = found * n + i
        return found

    def numbered(self, shape: Shape, number: int) -> "Unit":
        """The one with a number in its map."""
        return replace(self, index=(*self.index[:-2], *_split(number, shape[-2:], self.index[-2:])))


def count(shape: Shape) -> int:
    """How many units a map has."""
    found = 1
    for n in shape[-2:]:
        found *= n
    return found


def beside(unit: Unit, wiring: Wiring, shapes: dict[str, Shape], by: int) -> Unit | None:
    """The unit at the same place of the block before (−1) or after (1); None at the ends."""
    if by < 0:
        near = [id for id in wiring.sources.get(unit.block, ()) if id in shapes]
    else:
        near = [id for id in wiring.order if unit.block in wiring.sources[id] and id in shapes]
    if not near or unit.block not in shapes:
        return None
    shape, target = shapes[unit.block], shapes[near[0]]
    index = unit.index if not unit.is_weight else (unit.index[0], *(n // 2 for n in shape[1:]))
    if len(shape) == len(target):
        found = tuple(min(i * m // n, m - 1) for i, n, m in zip(index, shape, target, strict=True))
        found = (min(index[0], target[0] - 1), *found[1:])
    else:
        found = (0, *(n // 2 for n in target[1:]))
    return Unit(near[0], found, unit.backward)


def middle(shape: Shape) -> Index:
    """The unit that is shown where none was chosen."""
    return (0, *(n // 2 for n in shape[1:]))


def _kept(number: int, size: int) -> int:
    return max(0, min(number, size - 1))


def _split(number: int, shape: Shape, otherwise: Index) -> Index:
    """A row-major number as an index; `otherwise` where there is no such number."""
    found: list[int] = []
    for n in reversed(shape):
        number, i = divmod(number, n)
        found.append(i)
    return otherwise if number else tuple(reversed(found))
