"""How links run: level and upright lines round the cards in between. Plain numbers, no Qt.

Everything is worked out for links that leave cards at the right and enter at the left; for a design laid out downwards
x and y change places on the way in and out.
"""

from collections import defaultdict
from collections.abc import Container, Hashable, Iterable, Iterator
from typing import Any, Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Point = tuple[float, float]
Rect = tuple[float, float, float, float]
"""Left, top, right, bottom."""

OUT = 26.0
"""How far a link runs straight before it turns."""
CLEAR, CLEAR_BELOW = 14.0, 24.0
"""How far a link stays from the cards that it passes above, and below, where its words stand between them and it."""
NEAR = 24.0
"""A target that begins less than this behind its source is reached by going round."""
TRIES = 6
BLOCKED = 2000.0
"""What crossing a card costs, in pixels of way."""


class Places(Generic[Key]):
    """Where the cards lie, found by place: a table of square cells."""

    CELL = 256.0

    def __init__(self) -> None:
        self._rects: dict[Key, Rect] = {}
        self._cells: dict[tuple[int, int], set[Key]] = defaultdict(set)

    def put(self, key: Key, rect: Rect) -> None:
        """Note where a card lies now."""
        if key in self._rects:
            self.take(key)
        self._rects[key] = rect
        for cell in self._covering(rect):
            self._cells[cell].add(key)

    def take(self, key: Key) -> Rect:
        """Forget a card; where it lay."""
        rect = self._rects.pop(key)
        for cell in self._covering(rect):
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
        found: dict[Key, Rect] = {}
        for cell in self._covering(rect):
            for key in self._cells.get(cell, ()):
                other = self._rects[key]
                if other[0] < right and other[2] > left and other[1] < bottom and other[3] > top:
                    found[key] = other
        return list(found.values())

    def _covering(self, rect: Rect) -> Iterator[tuple[int, int]]:
        size = self.CELL
        for column in range(int(rect[0] // size), int(rect[2] // size) + 1):
            for row in range(int(rect[1] // size), int(rect[3] // size) + 1):
                yield column, row


class Router:
    """Finds the way of one link after the other; the level parts of links from different cards do not run together."""

    def __init__(self, places: Places[Any], down: bool) -> None:
        self._places, self.down = places, down
        self._taken: dict[Hashable, tuple[Hashable, float, float, float]] = {}
        """For a link with a level of its own: its source, that level, and from where to where it runs there."""

    def keep(self, links: Container[Hashable]) -> None:
        """Forget the ways of all links but these."""
        for link in [link for link in self._taken if link not in links]:
            del self._taken[link]

    def route(
        self, link: Hashable, source: Hashable, start: Point, end: Point, boxes: tuple[Rect, Rect]
    ) -> list[Point]:
        """The corners of the way from `start` to `end`; `boxes` are the cards at both ends."""
        self._taken.pop(link, None)
        if self.down:
            flipped = self._route(link, source, _flip(start), _flip(end), (_flip_rect(boxes[0]), _flip_rect(boxes[1])))
            return [_flip(point) for point in flipped]
        return self._route(link, source, start, end, boxes)

    def _meeting(self, rect: Rect) -> list[Rect]:
        if self.down:
            return [_flip_rect(found) for found in self._places.meeting(_flip_rect(rect))]
        return self._places.meeting(rect)

    def _route(
        self, link: Hashable, source: Hashable, start: Point, end: Point, boxes: tuple[Rect, Rect]
    ) -> list[Point]:
        (x0, y0), (x1, y1) = start, end
        if x1 >= x0 + NEAR:
            if abs(y0 - y1) < 1:
                if not self._level(y0, x0 + 1, x1 - 1):
                    return [start, end]
            else:
                turn = self._turn(start, end)
                if turn is not None:
                    return [start, (turn, y0), (turn, y1), end]
            candidates = self._round(start, end, x0 + OUT, x1 - OUT)
        else:
            candidates = self._back(start, end, boxes)
        out, back = x0 + OUT, x1 - OUT
        if x1 >= x0 + NEAR and back < out + 8:
            out = back = (x0 + x1) / 2
        lane = min(candidates, key=lambda y: self._cost(y, start, end, out, back))
        lane = self._aside(link, source, lane, min(out, back), max(out, back))
        return [start, (out, y0), (out, lane), (back, lane), (back, y1), end]

    def _turn(self, start: Point, end: Point) -> float | None:
        """Where a link with one step turns without crossing a card: just before its end, else behind its start."""
        (x0, y0), (x1, y1) = start, end
        last, first = max(x0 + 12, x1 - OUT - 6), min(x0 + OUT, x1 - 12)
        for turn in dict.fromkeys((last, first, (x0 + x1) / 2)):
            if not (self._level(y0, x0 + 1, turn) or self._upright(turn, y0, y1) or self._level(y1, turn, x1 - 1)):
                return turn
        return None

    def _level(self, y: float, a: float, b: float) -> list[Rect]:
        return self._meeting((min(a, b), y - 1, max(a, b), y + 1))

    def _upright(self, x: float, a: float, b: float) -> list[Rect]:
        return self._meeting((x - 1, min(a, b), x + 1, max(a, b)))

    def _round(self, start: Point, end: Point, out: float, back: float) -> list[float]:
        """Levels above and below what lies in between: all of it, the row of the start, the row of the end."""
        low, high = min(start[1], end[1]), max(start[1], end[1])
        above, below = low, high
        for _ in range(TRIES):
            met = self._level(above, out, back)
            if not met:
                break
            above = min(rect[1] for rect in met) - CLEAR
        for _ in range(TRIES):
            met = self._level(below, out, back)
            if not met:
                break
            below = max(rect[3] for rect in met) + CLEAR_BELOW
        found = [above, below]
        for y in (start[1], end[1]):
            met = self._level(y, out, back)
            if met:
                found += [min(rect[1] for rect in met) - CLEAR, max(rect[3] for rect in met) + CLEAR_BELOW]
        return found

    def _back(self, start: Point, end: Point, boxes: tuple[Rect, Rect]) -> list[float]:
        """Levels between two rows of cards, or round both ends."""
        source, target = boxes
        left, right = end[0] - OUT, start[0] + OUT
        found = [max(source[3], target[3]) + OUT, min(source[1], target[1]) - OUT]
        for upper, lower in ((source, target), (target, source)):
            if lower[1] >= upper[3] + 8:
                met = self._meeting((left, upper[3], right, lower[1]))
                floor = max([rect[3] for rect in met if rect[3] < lower[1]], default=upper[3])
                ceiling = min([rect[1] for rect in met if rect[1] > upper[3]], default=lower[1])
                found += [(floor + lower[1]) / 2, (upper[3] + ceiling) / 2]
        return found

    def _cost(self, lane: float, start: Point, end: Point, out: float, back: float) -> float:
        crossed = (
            len(self._level(lane, out, back))
            + len(self._upright(out, start[1], lane))
            + len(self._upright(back, lane, end[1]))
        )
        return abs(lane - start[1]) + abs(lane - end[1]) + BLOCKED * crossed

    def _aside(self, link: Hashable, source: Hashable, lane: float, left: float, right: float) -> float:
        """`lane`, or a level nearby on which no link of another card runs already."""
        others = [(y, a, b) for owner, y, a, b in self._taken.values() if owner != source]
        for shift in (0.0, -7.0, 7.0, -14.0):
            y = lane + shift
            if shift and self._level(y, left, right):
                continue
            if not any(abs(y - other) < 5 and a < right and b > left for other, a, b in others):
                lane = y
                break
        self._taken[link] = (source, lane, left, right)
        return lane


def _flip(point: Point) -> Point:
    return point[1], point[0]


def _flip_rect(rect: Rect) -> Rect:
    return rect[1], rect[0], rect[3], rect[2]


def distance(points: Iterable[Point], at: Point) -> float:
    """How far a point lies from the way of a link."""
    best = float("inf")
    x, y = at
    before: Point | None = None
    for point in points:
        if before is not None:
            dx, dy = point[0] - before[0], point[1] - before[1]
            length = dx * dx + dy * dy
            t = max(0.0, min(1.0, ((x - before[0]) * dx + (y - before[1]) * dy) / length)) if length else 0.0
            best = min(best, ((x - before[0] - t * dx) ** 2 + (y - before[1] - t * dy) ** 2) ** 0.5)
        before = point
    return best
