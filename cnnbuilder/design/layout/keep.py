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

    def take(place: Place) -> None:
        taken.setdefault((int(place[0] // COLUMN), int(place[1] // ROW)), []).append(place)

    for place in places.values():
        take(place)
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
            take((x, y))
    return {id: places[id] for id in graph.blocks}


def followed(before: Design, graph: Graph) -> Design:
    """`before` with another graph: arranged anew if it lay as the program arranges, else with what is new placed."""
    direction, groups = before.direction, before.groups
    whole = completed(before.graph, before.layout, direction, groups)
    if not before.blocks or whole == arranged(before.graph, direction, groups):
        return replace(before, graph=graph, layout=arranged(graph, direction, groups))
    return replace(before, graph=graph, layout=completed(graph, whole, direction, groups))


def _behind(place: Place, direction: str) -> Place:
    return (place[0] + COLUMN, place[1]) if direction == "right" else (place[0], place[1] + ROW)


def _overlaps(place: Place, taken: Mapping[tuple[int, int], list[Place]]) -> bool:
    column, row = int(place[0] // COLUMN), int(place[1] // ROW)
    return any(
        abs(place[0] - x) < COLUMN * 0.75 and abs(place[1] - y) < ROW * 0.85
        for a in (column - 1, column, column + 1)
        for b in (row - 1, row, row + 1)
        for x, y in taken.get((a, b), ())
    )
