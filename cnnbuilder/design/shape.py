"""Shapes of values: `(channels, height, width)` for a volume and `(features,)` for a vector."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from math import prod

Shape = tuple[int, ...]
Pair = tuple[int, int]

TIMES = " × "


def is_volume(shape: Shape) -> bool:
    """Whether `shape` is `(channels, height, width)` and not a vector."""
    return len(shape) == 3


def size(shape: Shape) -> int:
    """The number of values in one sample of `shape`."""
    return prod(shape)


@dataclass
class Order:
    """In which order a person reads the sizes of a volume. It changes words only, never a shape."""

    channels_first: bool = False


order = Order()
"""The order of this program; the window's preferences set it."""


def show(shape: Shape | None) -> str:
    """`8 × 8 × 1` (height × width × channels, as the lecture notes write it; channels first where `order` says so),
    `10` for a vector, `?` if unknown."""
    if shape is None:
        return "?"
    if is_volume(shape) and not order.channels_first:
        shape = (*shape[1:], shape[0])
    return TIMES.join(str(n) for n in shape)


def show_pair(pair: Iterable[int | Fraction]) -> str:
    """`5 × 5`, as a kernel's or a map's size is written."""
    return TIMES.join(str(n) for n in pair)


def plural(count: int, noun: str) -> str:
    """`1 filter`, `6 filters`, with thin spaces between thousands."""
    return f"{grouped(count)} {noun}" if count == 1 else f"{grouped(count)} {noun}s"


def grouped(number: int) -> str:
    """An integer with a comma between thousands, as screens and tables show it: `61,706`."""
    return f"{number:,}"
