"""What lies where on the canvas: cards, and the ways of links. Tables of square cells; plain numbers, no Qt."""

from collections import defaultdict
from collections.abc import Container, Hashable, Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Generic, NamedTuple, TypeVar

Key = TypeVar("Key", bound=Hashable)
Item = TypeVar("Item", bound=Hashable)
Point = tuple[float, float]
Rect = tuple[float, float, float, float]
"""Left, top, right, bottom."""
CELL = 256.0
MANY_CELLS = 4000


def _covering(rect: Rect) -> Iterator[tuple[int, int]]:
    rows = range(int(rect[1] // CELL), int(rect[3] // CELL) + 1)
    for column in range(int(rect[0] // CELL), int(rect[2] // CELL) + 1):
        for row in rows:
            yield column, row


def _in_cells(rect: Rect, cells: Mapping[tuple[int, int], set[Item]], everything: Iterable[Item]) -> Iterable[Item]:
    """What lies in the cells of `rect`; simply everything where the cells are too many to be looked through."""
    if (rect[2] - rect[0]) * (rect[3] - rect[1]) > MANY_CELLS * CELL * CELL:
        return everything
    found: set[Item] = set()
    for cell in _covering(rect):
        found.update(cells.get(cell, ()))
    return found


class Places(Generic[Key]):
    """Where the cards lie, found by place."""

    def __init__(self) -> None:
        self._rects: dict[Key, Rect] = {}
        self._cells: dict[tuple[int, int], set[Key]] = defaultdict(set)

    def put(self, key: Key, rect: Rect) -> None:
        """Note where a card lies now."""
        if key in self._rects:
            self.take(key)
        self._rects[key] = rect
        for cell in _covering(rect):
            self._cells[cell].add(key)

    def take(self, key: Key) -> Rect:
        """Forget a card; where it lay."""
        rect = self._rects.pop(key)
        for cell in _covering(rect):
            self._cells[cell].discard(key)
        return rect

    def rect(self, key: Key) -> Rect | None:
        """Where a card lay when it was last put."""
        return self._rects.get(key)

    def keys(self) -> set[Key]:
        """The cards noted."""
        return set(self._rects)

    def clear(self) -> None:
        """Forget all cards."""
        self._rects.clear()
        self._cells.clear()

    def meeting(self, rect: Rect) -> list[Rect]:
        """The cards that `rect` overlaps."""
        left, top, right, bottom = rect
        found = [self._rects[key] for key in _in_cells(rect, self._cells, self._rects)]
        return [
            other for other in found if other[0] < right and other[2] > left and other[1] < bottom and other[3] > top
        ]


class Piece(NamedTuple, Generic[Key]):
    """A straight part of a way, level or upright."""

    at: float
    """How high it lies, or how far to the right if it is upright."""
    first: float
    last: float
    upright: bool
    start: Point
    """Where its link begins: links of one card begin at one point."""
    link: Key


class Ways(Generic[Key]):
    """The ways of all links, found by place."""

    def __init__(self) -> None:
        self.points: dict[Key, list[Point]] = {}
        self._numbers: dict[Key, list[int]] = {}
        self._pieces: dict[int, Piece[Key]] = {}
        self._cells: dict[tuple[int, int], set[int]] = defaultdict(set)
        self._next = 0

    def put(self, link: Key, points: list[Point]) -> None:
        """Note the way of a link."""
        self.take(link)
        self.points[link] = points
        numbers = self._numbers[link] = []
        for a, b in pairwise(points):
            rect, piece = _piece(a, b, points[0], link)
            self._pieces[self._next] = piece
            numbers.append(self._next)
            for cell in _covering(rect):
                self._cells[cell].add(self._next)
            self._next += 1

    def take(self, link: Key) -> list[Point]:
        """Forget the way of a link; which it was, empty if there was none."""
        points = self.points.pop(link, [])
        for (a, b), number in zip(pairwise(points), self._numbers.pop(link, ()), strict=True):
            del self._pieces[number]
            for cell in _covering(_piece(a, b, a, link)[0]):
                self._cells[cell].discard(number)
        return points

    def keep(self, links: Container[Key]) -> None:
        """Forget the ways of all links but these."""
        for link in [link for link in self.points if link not in links]:
            self.take(link)

    def beginning(self, start: Point) -> list[list[Point]]:
        """The ways that begin at a point."""
        links = {piece.link: None for piece in self.near((*start, *start)) if piece.start == start}
        return [self.points[link] for link in links]

    def near(self, rect: Rect) -> list[Piece[Key]]:
        """The pieces of which something may lie in `rect`."""
        return [self._pieces[number] for number in _in_cells(rect, self._cells, self._pieces)]


def _piece(a: Point, b: Point, start: Point, link: Key) -> tuple[Rect, Piece[Key]]:
    left, right = (a[0], b[0]) if a[0] < b[0] else (b[0], a[0])
    top, bottom = (a[1], b[1]) if a[1] < b[1] else (b[1], a[1])
    if right - left > bottom - top:
        return (left, top, right, bottom), Piece(top, left, right, False, start, link)
    return (left, top, right, bottom), Piece(left, top, bottom, True, start, link)
