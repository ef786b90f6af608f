"""Sets of units of a volume, exactly and small: a union of boxes with holes.

A box is a set of channels, a set of rows and a set of columns, each the bits of an integer, and holds every unit whose
channel, row and column are in them. A vector is a volume of one row and one column.
"""

from collections.abc import Iterable
from functools import lru_cache

from cnnbuilder.design.shape import Pair, Shape, is_volume
from cnnbuilder.design.window import Axis

Mask = int
Box = tuple[Mask, Mask, Mask]
"""Channels, rows and columns."""
Region = tuple[Box, ...]

FEW = 12
"""Up to so many boxes a region is left as it comes."""


def sizes(shape: Shape) -> tuple[int, int, int]:
    """Channels, rows and columns of a volume or a vector."""
    return (shape[0], shape[1], shape[2]) if is_volume(shape) else (shape[0], 1, 1)


def full(count: int) -> Mask:
    """The first `count`."""
    return (1 << count) - 1


def whole(shape: Shape) -> Box:
    """Every unit of a value."""
    channels, rows, columns = sizes(shape)
    return full(channels), full(rows), full(columns)


def joined(masks: Iterable[Mask]) -> Mask:
    """What is in any of `masks`."""
    found = 0
    for mask in masks:
        found |= mask
    return found


def bits(mask: Mask) -> list[int]:
    """The numbers in a mask, in order."""
    found: list[int] = []
    while mask:
        low = mask & -mask
        found.append(low.bit_length() - 1)
        mask ^= low
    return found


def ends(mask: Mask) -> Pair:
    """The first and the last number in a mask."""
    return (mask & -mask).bit_length() - 1, mask.bit_length() - 1


def bounds(region: Region) -> tuple[int, int, int, int] | None:
    """First and last row, first and last column; None where there are none."""
    rows, columns = joined(box[1] for box in region), joined(box[2] for box in region)
    return (*ends(rows), *ends(columns)) if rows else None


def union(boxes: Iterable[Box]) -> Region:
    """The boxes as a region: empty ones left out, and what lies in another one; many are divided by rows anew."""
    found: list[Box] = []
    for box in boxes:
        if all(box) and not any(_within(box, other) for other in found):
            found = [other for other in found if not _within(other, box)]
            found.append(box)
    return tuple(found) if len(found) <= FEW else _by_rows(found)


def _within(a: Box, b: Box) -> bool:
    return a[0] | b[0] == b[0] and a[1] | b[1] == b[1] and a[2] | b[2] == b[2]


def _by_rows(boxes: list[Box]) -> Region:
    """The same units in boxes of which no two share a row, or else a channel."""
    channels: dict[tuple[Mask, ...], Mask] = {}
    for number in bits(joined(box[0] for box in boxes)):
        inside = tuple(which for which, box in enumerate(boxes) if box[0] >> number & 1)
        channels[inside] = channels.get(inside, 0) | 1 << number
    found: dict[tuple[Mask, Mask], Mask] = {}
    for inside, same in channels.items():
        for row in bits(joined(boxes[which][1] for which in inside)):
            columns = joined(boxes[which][2] for which in inside if boxes[which][1] >> row & 1)
            found[same, columns] = found.get((same, columns), 0) | 1 << row
    return tuple((same, rows, columns) for (same, columns), rows in found.items())


@lru_cache(50_000)
def window_reads(axis: Axis, places: Mask) -> Mask:
    """The cells of the input that the windows at `places` read."""
    first, last = ends(places)
    cells = full(axis.size)
    if axis.dilation == 1 and axis.kernel >= axis.stride and places == full(last + 1) ^ full(first):
        low, high = max(axis.start(first), 0), min(axis.start(last) + axis.kernel, axis.size)
        return full(high) ^ full(low) if low < high else 0
    found = 0
    for place in bits(places):
        found |= _shifted(_taps(axis), axis.start(place))
    return found & cells


@lru_cache(50_000)
def window_reached(axis: Axis, cells: Mask) -> Mask:
    """The places of windows that read any of `cells`."""
    taps = _taps(axis)
    # Only windows near the cells are looked at.
    first, last = ends(cells)
    low = max(-((axis.spread - 1 - axis.before - first) // axis.stride), 0)
    high = min((last + axis.before) // axis.stride, axis.output - 1)
    found = 0
    for place in range(low, high + 1):
        if _shifted(taps, axis.start(place)) & cells:
            found |= 1 << place
    return found


@lru_cache(4096)
def _taps(axis: Axis) -> Mask:
    return joined(1 << tap * axis.dilation for tap in range(axis.kernel))


def _shifted(mask: Mask, by: int) -> Mask:
    return mask << by if by >= 0 else mask >> -by
