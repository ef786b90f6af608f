"""Places that follow an edit: what the user laid stays, what is new finds room."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from cnnbuilder.design.document import Design, Group
from cnnbuilder.design.graph import Graph
from cnnbuilder.design.layout.arrange import COLUMN, ROW, Place, arranged


def completed(
    graph: Graph, layout: Mapping[str, Place], direction: str = "right", groups: Iterable[Group] = ()
) -> dict[str, Place]:
    """`layout` with a place for each block that has none: behind the block it reads, where there is room."""
    if not any(id in layout for id in graph.blocks):
        return arranged(graph, direction, groups)
    places = {id: layout[id] for id in graph.blocks if id in layout}
    taken: dict[tuple[int, int], list[Place]] = {}
    """The cards by the field of the grid in which they lie."""
    for place in places.values():
        _take(place, taken)
    lowest: dict[Place, Place] = {}
    """Where the last card behind a place came to lie: the next one is looked for from there on."""
    for id in (*graph.wiring.order, *graph.blocks):
        if id not in places:
            source = next((places[other] for other in graph.wiring.sources[id] if other in places), None)
            wanted = _behind(source, direction) if source else (0.0, 0.0)
            x, y = lowest.get(wanted, wanted)
            while _overlaps((x, y), taken):
                x, y = (x, y + ROW) if direction == "right" else (x + COLUMN, y)
            places[id] = lowest[wanted] = (x, y)
            _take((x, y), taken)
    return {id: places[id] for id in graph.blocks}


def followed(before: Design, graph: Graph) -> Design:
    """`before` with another graph: arranged anew if it lay as the program arranges, else with what is new placed."""
    direction, groups = before.direction, before.groups
    whole = completed(before.graph, before.layout, direction, groups)
    if not before.blocks or whole == arranged(before.graph, direction, groups):
        return replace(before, graph=graph, layout=arranged(graph, direction, groups))
    return replace(before, graph=graph, layout=completed(graph, whole, direction, groups))


def inserted(before: Design, graph: Graph, id: str, place: Place) -> Design:
    """`before` with a graph in which block `id` was put into a link at `place`: arranged anew if it lay as the program
    arranges; else it lies there, and where that is too narrow, what lies behind it moves on."""
    anew = followed(before, graph)
    if any(anew.layout[other] != at for other, at in before.layout.items()):
        return anew
    layout = dict(before.layout)
    source = next((other for other in graph.wiring.sources[id] if other in layout), None)
    if source is not None and _hides(place, layout[source]):
        place = _behind(layout[source], before.direction)
    layout[id] = (round(place[0]), round(place[1]))
    _make_way(graph, layout, id, before.direction)
    return replace(before, graph=graph, layout=layout)


def beside(layout: Mapping[str, Place], places: Iterable[Place]) -> Place:
    """How far to move `places` to the right and down, by whole columns and rows and as little as can be, so that none
    of them lies over a card of `layout`."""
    taken: dict[tuple[int, int], list[Place]] = {}
    for place in layout.values():
        _take(place, taken)
    wanted = list(places)
    for shift in _SHIFTS:
        if not any(_overlaps((x + shift[0], y + shift[1]), taken) for x, y in wanted):
            return shift
    lowest, highest = max(y for _, y in layout.values()), min(y for _, y in wanted)
    return 0.0, lowest + ROW - highest


_SHIFTS = sorted(
    ((float(a * COLUMN), float(b * ROW)) for a in range(9) for b in range(9)), key=lambda at: (at[0] ** 2 + at[1] ** 2)
)


def _take(place: Place, taken: dict[tuple[int, int], list[Place]]) -> None:
    taken.setdefault((int(place[0] // COLUMN), int(place[1] // ROW)), []).append(place)


def _make_way(graph: Graph, layout: dict[str, Place], id: str, direction: str) -> None:
    """Move the blocks behind `id`, each as far as the card before it hides it."""
    moved = [id]
    for one in moved:
        for follower in graph.wiring.followers[one]:
            if follower in layout and follower not in moved and _hides(layout[one], layout[follower]):
                x, y = layout[follower]
                ahead = _behind(layout[one], direction)
                layout[follower] = (ahead[0], y) if direction == "right" else (x, ahead[1])
                moved.append(follower)


def _hides(one: Place, other: Place) -> bool:
    return abs(one[0] - other[0]) < COLUMN * 0.75 and abs(one[1] - other[1]) < ROW * 0.85


def _behind(place: Place, direction: str) -> Place:
    return (place[0] + COLUMN, place[1]) if direction == "right" else (place[0], place[1] + ROW)


def _overlaps(place: Place, taken: Mapping[tuple[int, int], list[Place]]) -> bool:
    column, row = int(place[0] // COLUMN), int(place[1] // ROW)
    return any(
        _hides(place, (x, y))
        for a in (column - 1, column, column + 1)
        for b in (row - 1, row, row + 1)
        for x, y in taken.get((a, b), ())
    )
