"""How links run: level and upright lines round the cards in between, across one another only where they must.

Each link takes the cheapest of a few ways, short links first; where links still meet, one of the two is laid anew
behind the other. Everything is worked out for links that leave cards at the right and enter at the left; for a design
laid out downwards x and y change places on the way in and out.
"""

from bisect import bisect_left
from collections.abc import Container, Hashable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, Generic, TypeVar

from cnnbuilder.app.canvas.places import Piece, Places, Point, Rect, Ways

__all__ = ["Places", "Point", "Rect", "Router", "distance"]

OUT = 26.0
"""How far a link runs straight before it turns."""
CLEAR, CLEAR_BELOW = 14.0, 24.0
"""How far a link stays from the cards that it passes above, and below, where its words stand between them and it."""
NEAR = 24.0
"""A target that begins less than this behind its source is reached by going round."""
STEP = 7.0
"""From a link to the one beside it."""
BESIDE, TOUCH = 5.0, 4.0
"""Links closer than this lie on one another; a corner closer than this to a link touches it."""
SHIFTS = (0.0, -STEP, STEP, -2 * STEP, 2 * STEP, 3 * STEP)
"""Where a link turns, from where it would rather."""
LEVELS = 5
"""How many levels beside each card are tried."""
BLOCKED, TOGETHER, CROSSED, BEND = 1e6, 2000.0, 1500.0, 4.0
"""What a card, a link alongside, a link across and a place not liked cost, in pixels of way."""
SHARED = 0.25
"""What way costs that another link of the same card leads along already."""
REACH = 330.0
"""How far above and below its ends a way is looked for."""
TRIES, LOOKS = 30, 12_000
"""How many levels are tried where none is free, and how much is looked at before the first that will do is taken."""
PATIENCE, HURRY = 150_000, 500
"""How much is looked at in one go before the first level must do after less."""
MENDING, ROUNDS = 200_000, 3
"""How much is looked at in one go to lay links anew that meet others, and how many times each at most."""

Link = TypeVar("Link", bound=Hashable)
Way = list[Point]
Line = tuple[float, float, float, bool]
"""Where a piece lies, from where to where it runs, and whether its link begins at the same card."""
Costly = tuple[float, float, Way]
"""What a way costs in all, what of that is for what it meets, and the way."""


class _Field:
    """What there is to meet in the part of the canvas where a link may run."""

    def __init__(self, cards: Sequence[Rect], pieces: Iterable[Piece[Any]], start: Point) -> None:
        self.cards = cards
        self.levels: list[Line] = []
        self.uprights: list[Line] = []
        for at, first, last, upright, begin, _ in pieces:
            (self.uprights if upright else self.levels).append((at, first, last, begin == start))
        self.levels.sort()
        self.uprights.sort()
        self.looks = 0
        """How much has been looked at."""

    @property
    def size(self) -> int:
        """How much there is."""
        return len(self.cards) + len(self.levels) + len(self.uprights)

    def level(self, y: float, a: float, b: float) -> float:
        """What a level line costs for what it meets."""
        if a > b:
            a, b = b, a
        cost = 0.0
        for left, top, right, bottom in self.cards:
            if left < b and right > a and top < y + 1 and bottom > y - 1:
                cost += BLOCKED
        return cost + self._met(y, a, b, self.levels, self.uprights)

    def upright(self, x: float, c: float, d: float) -> float:
        """What an upright line costs for what it meets."""
        if c > d:
            c, d = d, c
        cost = 0.0
        for left, top, right, bottom in self.cards:
            if left < x + 1 and right > x - 1 and top < d and bottom > c:
                cost += BLOCKED
        return cost + self._met(x, c, d, self.uprights, self.levels)

    def _met(self, at: float, a: float, b: float, along: list[Line], across: list[Line]) -> float:
        met = across[bisect_left(across, (a - TOUCH,)) : bisect_left(across, (b + TOUCH,))]
        beside = along[bisect_left(along, (at - BESIDE,)) : bisect_left(along, (at + BESIDE,))]
        self.looks += 10 + len(self.cards) + len(met) + len(beside)
        cost = 0.0
        for other, c, d, same in met:
            margin = -0.5 if same else TOUCH
            if a - margin < other < b + margin and c - margin < at < d + margin:
                cost += CROSSED
        for other, c, d, same in beside:
            if not same and other > at - BESIDE and c < b and d > a:
                cost += TOGETHER
        return cost


class Router(Generic[Link]):
    """Finds the ways of links and remembers them."""

    def __init__(self, places: Places[Any], down: bool) -> None:
        self._places, self.down = places, down
        self._ways: Ways[Link] = Ways()
        self._looks, self._patience = 0, PATIENCE
        self._ends: dict[Link, tuple[Point, Point]] = {}

    @property
    def known(self) -> Container[Link]:
        """The links that have a way."""
        return self._ways.points

    def keep(self, links: Container[Link]) -> None:
        """Forget the ways of all links but these."""
        self._ways.keep(links)
        self._ends = {link: ends for link, ends in self._ends.items() if link in links}

    def shift(self, links: Iterable[Link], by: Point) -> None:
        """The ways of links as they are, but elsewhere."""
        across, down = _flip(by) if self.down else by
        for link in links:
            self._ends[link] = tuple((x + across, y + down) for x, y in self._ends[link])  # type: ignore[assignment]
            self._ways.put(link, [(x + across, y + down) for x, y in self._ways.points[link]])

    def route(self, ends: Mapping[Link, tuple[Point, Point]]) -> dict[Link, Way]:
        """The corners of the way of each link from its start to its end, and of links that made room for them."""
        self._looks, self._patience = 0, PATIENCE
        for link, (start, end) in ends.items():
            self._ways.take(link)
            self._ends[link] = (_flip(start), _flip(end)) if self.down else (start, end)
        found: dict[Link, Way] = {}
        meeting: list[Link] = []
        for link in sorted(ends, key=self._length):
            _, met, way = self._find(link)
            self._ways.put(link, way)
            found[link] = way
            if met:
                meeting.append(link)
        self._looks, self._patience = 0, MENDING
        for _ in range(ROUNDS):
            changed: dict[Link, Way] = {}
            for link in meeting:
                if self._looks < MENDING:
                    changed.update(self._mend(link))
            found.update(changed)
            if not changed:
                break
        return {link: [_flip(point) for point in way] for link, way in found.items()} if self.down else found

    def _length(self, link: Link) -> float:
        """Short links, which have the least choice, come first, and those that are straight before all."""
        (x0, y0), (x1, y1) = self._ends[link]
        return abs(x1 - x0) + abs(y1 - y0)

    def _mend(self, link: Link) -> dict[Link, Way]:
        """Lay a link anew that meets others, or one of those, or both; what has changed by that."""
        changed: dict[Link, Way] = {}
        for rival in [None, *self._rivals(link)[:3]]:
            orders = ((link,),) if rival is None else ((rival,), (rival, link))
            for order in orders:
                better = self._better(order)
                changed.update(better)
                if better and not self._rivals(link):
                    return changed
        return changed

    def _better(self, links: Sequence[Link]) -> dict[Link, Way]:
        """Lay links anew, one after the other; empty where that is not better, and all is as it was."""
        before = after = 0.0
        old: dict[Link, Way] = {}
        new: dict[Link, Way] = {}
        for link in links:
            # Each pair is counted once: what was taken before is not met any more.
            old[link] = self._ways.take(link)
            before += self._price(old[link])
        for link in links:
            _, met, new[link] = self._find(link)
            after += met
            self._ways.put(link, new[link])
        if after < before:
            return new
        for link in links:
            self._ways.put(link, old[link])
        return {}

    def _price(self, way: Sequence[Point]) -> float:
        """What a way costs for what it meets."""
        field = self._field(_around(way), way[0])
        pieces = [(a, c, b, d) for (a, c), (b, d) in pairwise(way)]
        # The cards at its ends are not met there.
        pieces[0] = (pieces[0][0] + 1, *pieces[0][1:])
        pieces[-1] = (*pieces[-1][:2], pieces[-1][2] - 1, pieces[-1][3])
        return sum(field.level(c, a, b) if c == d else field.upright(a, c, d) for a, c, b, d in pieces)

    def _rivals(self, link: Link) -> list[Link]:
        """The links that a link meets."""
        way = self._ways.points[link]
        pieces = self._ways.near(_around(way))
        self._looks += 4 * len(pieces)
        found: dict[Link, None] = {}
        for piece in pieces:
            if piece.link != link and piece.link not in found:
                field = _Field((), (piece,), way[0])
                if any(field.level(c, a, b) if c == d else field.upright(a, c, d) for (a, c), (b, d) in pairwise(way)):
                    found[piece.link] = None
        return list(found)

    def _cards(self, rect: Rect) -> list[Rect]:
        if self.down:
            return [_flip_rect(found) for found in self._places.meeting(_flip_rect(rect))]
        return self._places.meeting(rect)

    def _field(self, rect: Rect, start: Point) -> _Field:
        field = _Field(self._cards(rect), self._ways.near(rect), start)
        self._looks += 10 * field.size
        return field

    def _find(self, link: Link) -> Costly:
        """The best way for a link whose own way is not noted."""
        start, end = self._ends[link]
        (x0, y0), (x1, y1) = start, end
        best: Costly | None = None
        if x1 >= x0 + NEAR:
            if abs(y0 - y1) < 1 and not self._cards((x0 + 1, y0 - 1, x1 - 1, y0 + 1)):
                met = self._field((x0, y0, x1, y0), start).level(y0, x0 + 1, x1 - 1)
                return x1 - x0 + met, met, [start, end]
            best = self._turned(start, end)
            if best is not None and not best[1]:
                return best
        best = self._round((start,), end, best)
        if best[1] and self._looks < self._patience:
            for way in self._ways.beginning(start):
                if len(way) > 4:
                    best = self._round(way[:4], end, best)
        return best

    def _turned(self, start: Point, end: Point) -> Costly | None:
        """The best way with one step: just before its end, else behind its start, else in between."""
        (x0, y0), (x1, y1) = start, end
        if abs(y0 - y1) < 1:
            return None
        field = self._field((x0 + 1, min(y0, y1) - 1, x1 - 1, max(y0, y1) + 1), start)
        last, first = max(x0 + 12, x1 - OUT - 6), min(x0 + OUT, x1 - 12)
        ends = [rect[2] + OUT for rect in field.cards if rect[1] < y1 < rect[3]]
        best: Costly | None = None
        for number, wanted in enumerate(dict.fromkeys((last, first, max(ends, default=(x0 + x1) / 2)))):
            for away, shift in enumerate(SHIFTS):
                x = wanted + shift
                if not x0 + 6 <= x <= x1 - 6:
                    continue
                met = field.level(y0, x0 + 1, x) + field.upright(x, y0, y1) + field.level(y1, x, x1 - 1)
                cost = x1 - x0 + abs(y1 - y0) + met + BEND * (8 * number + away)
                if best is None or cost < best[0]:
                    best = cost, met, [start, (x, y0), (x, y1), end]
                if not met:
                    return best
        return best

    def _round(self, begun: Sequence[Point], end: Point, best: Costly | None) -> Costly:
        """The best way that leads over a level of its own, above, below or between cards; `best` if none is better.

        It begins as `begun` does: at its card, or along the way of another link of that card, round a row of cards.
        """
        start, (x0, y0), (x1, y1) = begun[0], begun[-1], end
        outs = [x0 + OUT + shift for shift in SHIFTS] if len(begun) == 1 else [x0]
        backs = [x1 - OUT - shift for shift in SHIFTS]
        forward = x1 >= x0 + NEAR
        if forward and backs[0] < outs[0] + 8:
            if best is not None:
                return best
            outs = backs = [(x0 + x1) / 2]
        left, right = min(outs[0], backs[0]), max(outs[0], backs[0]) + 1
        low, high = min(y0, y1), max(y0, y1)
        between = self._cards((left, low - REACH, right, high + REACH))
        top = min([rect[1] for rect in between] + [low]) - LEVELS * STEP - CLEAR
        bottom = max([rect[3] for rect in between] + [high]) + LEVELS * STEP + CLEAR_BELOW
        field = self._field((min(left, x0), top, max(right, x1), bottom), start)
        levels = sorted((abs(y - y0) + abs(y - y1) + liking, y) for y, liking in _levels(between, low, high))
        way = SHARED * sum(abs(a - b) + abs(c - d) + BEND for (a, c), (b, d) in pairwise(begun))
        way += abs(outs[0] - x0) + abs(outs[0] - backs[0]) + abs(backs[0] - x1)
        # Links of one card leave it together.
        shared = {at for at, _, _, same in field.uprights if same and x0 + 6 < at < x0 + 2 * OUT}
        if len(begun) == 1:
            outs = [*(x for x in sorted(shared) if not forward or x <= backs[0]), *outs]
        patience = LOOKS if self._looks < self._patience else HURRY
        for number, (length, y) in enumerate(levels):
            if best is not None and best[1] < BLOCKED and (number >= TRIES or field.looks > patience):
                break
            if best is not None and way + length >= best[0]:
                break
            near, out = _turn(field, (x0, y0), outs, y)
            far, back = _turn(field, end, [x for x in backs if not forward or x >= out], y)
            met = near + far + field.level(y, out, back)
            cost = way + length + met
            if best is None or cost < best[0]:
                best = cost, met, _without_repeats([*begun, (out, y0), (out, y), (back, y), (back, y1), end])
        self._looks += field.looks
        assert best is not None
        return best


def _turn(field: _Field, port: Point, places: Sequence[float], lane: float) -> tuple[float, float]:
    """What it meets where a way turns between a port and its level, and the best of `places` for that."""
    x, y = port
    least, best = float("inf"), x
    for place in places:
        met = field.level(y, x + 1 if place > x else x - 1, place) + field.upright(place, y, lane)
        if met < least:
            least, best = met, place
            if not met:
                break
    return least, best


def _levels(cards: Iterable[Rect], low: float, high: float) -> Iterator[tuple[float, float]]:
    """Levels free of cards, and how much each is disliked: some beside the cards above and below each gap."""
    floor: float | None = None
    for _, top, _, bottom in [*sorted(cards, key=lambda rect: rect[1]), (0.0, None, 0.0, 0.0)]:
        if top is None or floor is None or top > floor:
            yield from _levels_in(floor, top, low, high)
        floor = bottom if floor is None else max(floor, bottom)


def _levels_in(floor: float | None, ceiling: float | None, low: float, high: float) -> Iterator[tuple[float, float]]:
    if floor is None and ceiling is None:
        floor, ceiling = low - CLEAR_BELOW, high + CLEAR
    first = None if floor is None else floor + CLEAR_BELOW
    last = None if ceiling is None else ceiling - CLEAR
    if first is not None and last is not None and floor is not None and ceiling is not None:
        middle = (floor + ceiling) / 2
        if last <= first + 1:
            # Too narrow for words: the middle, and where there is room, beside it.
            for shift in (0.0, -STEP, STEP):
                if floor + 4 < middle + shift < ceiling - 4:
                    yield middle + shift, abs(shift)
            return
        yield middle, 0.0
    else:
        middle = None
    for number in range(LEVELS):
        for edge, y in ((first, STEP * number), (last, -STEP * number)):
            if edge is not None and (first is None or edge + y >= first) and (last is None or edge + y <= last):
                yield (
                    edge + y,
                    BEND + (abs(edge + y - middle) * 0.1 if middle is not None and low < edge + y < high else 0.0),
                )


def _without_repeats(way: Way) -> Way:
    return [way[0], *(after for before, after in pairwise(way) if after != before)]


def _around(way: Sequence[Point]) -> Rect:
    xs, ys = [x for x, _ in way], [y for _, y in way]
    return min(xs) - BESIDE, min(ys) - BESIDE, max(xs) + BESIDE, max(ys) + BESIDE


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
