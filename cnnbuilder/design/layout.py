"""Where cards lie: by depth from left to right, long chains wrapped into rows, branches in lanes below one another."""

from collections.abc import Mapping
from dataclasses import replace
from math import ceil, sqrt

from cnnbuilder.design.document import Design
from cnnbuilder.design.graph import Graph

COLUMN, ROW = 213, 270
"""From a card to the one beside it, and to the one below."""

FEWEST_COLUMNS = 5
Place = tuple[float, float]


def arranged(graph: Graph, direction: str = "right", groups: tuple[object, ...] = ()) -> dict[str, Place]:
    """A place for every block; the same graph has the same places."""
    depth = _depths(graph)
    lane = _lanes(graph, depth)
    columns = max(FEWEST_COLUMNS, ceil(sqrt(1.6 * (max(depth.values(), default=0) + 1))))
    first: dict[int, int] = {}
    """The depth at which each row begins."""
    row_of: dict[int, int] = {}
    for start, stop in _rows(graph, depth, columns):
        first[len(first)] = start
        row_of.update(dict.fromkeys(range(start, stop), len(first) - 1))
    lanes: dict[int, int] = dict.fromkeys(first, 1)
    for id, at in depth.items():
        lanes[row_of[at]] = max(lanes[row_of[at]], lane[id] + 1)
    top: dict[int, int] = {}
    height = 0
    for row in first:
        top[row] = height
        height += lanes[row] * ROW
    return {
        id: ((depth[id] - first[row_of[depth[id]]]) * COLUMN, top[row_of[depth[id]]] + lane[id] * ROW)
        for id in graph.blocks
    }


def completed(graph: Graph, layout: Mapping[str, Place]) -> dict[str, Place]:
    """`layout` with a place for each block that has none: behind the block it reads, where there is room."""
    if not any(id in layout for id in graph.blocks):
        return arranged(graph)
    places = {id: layout[id] for id in graph.blocks if id in layout}
    lowest: dict[Place, float] = {}
    """Where the last card beside a source came to lie: the next one is looked for from there on."""
    for id in (*graph.wiring.order, *graph.blocks):
        if id not in places:
            source = next((places[other] for other in graph.wiring.sources[id] if other in places), None)
            x, y = (source[0] + COLUMN, source[1]) if source else (0.0, 0.0)
            wanted = (x, y)
            y = lowest.get(wanted, y)
            while any(abs(x - a) < COLUMN * 0.75 and abs(y - b) < ROW * 0.85 for a, b in places.values()):
                y += ROW
            places[id] = (x, y)
            lowest[wanted] = y
    return {id: places[id] for id in graph.blocks}


def followed(before: Design, graph: Graph) -> Design:
    """`before` with another graph: arranged anew if it lay as the program arranges, else with what is new placed."""
    whole = completed(before.graph, before.layout)
    if not before.blocks or whole == arranged(before.graph):
        return replace(before, graph=graph, layout=arranged(graph))
    return replace(before, graph=graph, layout=completed(graph, whole))


def _depths(graph: Graph) -> dict[str, int]:
    """How many blocks lie before each on the longest way; blocks in a loop lie behind all others."""
    depth: dict[str, int] = {}
    for id in graph.wiring.order:
        depth[id] = 1 + max((depth[source] for source in graph.wiring.sources[id]), default=-1)
    behind = max(depth.values(), default=-1)
    for id in graph.blocks:
        if id not in depth:
            behind += 1
            depth[id] = behind
    # An input that is read late, or a block of a short branch, stands just before the first that reads it.
    for id in reversed(graph.wiring.order):
        readers = [depth[other] for other in graph.wiring.followers[id]]
        if readers and not graph.wiring.sources[id]:
            depth[id] = max(depth[id], min(readers) - 1)
    return depth


def _lanes(graph: Graph, depth: Mapping[str, int]) -> dict[str, int]:
    """A lane for every block: its first source's where that is free, else the next one down."""
    taken: set[tuple[int, int]] = set()
    lane: dict[str, int] = {}
    longest = _longest_ways(graph)
    for id in sorted(graph.blocks, key=lambda item: (depth[item], -longest.get(item, 0))):
        sources = [lane[source] for source in graph.wiring.sources[id] if source in lane]
        wanted = min(sources, default=0)
        while (depth[id], wanted) in taken:
            wanted += 1
        lane[id] = wanted
        taken.add((depth[id], wanted))
        # The way from a source to here is kept free, so that no card lies on the link.
        for source in graph.wiring.sources[id]:
            taken.update((at, wanted) for at in range(depth[source] + 1, depth[id]) if lane.get(source) == wanted != 0)
    return lane


def _longest_ways(graph: Graph) -> dict[str, int]:
    """How many blocks follow each on the longest way."""
    found: dict[str, int] = {}
    for id in reversed(graph.wiring.order):
        found[id] = 1 + max((found.get(other, 0) for other in graph.wiring.followers[id]), default=0)
    return found


def _rows(graph: Graph, depth: Mapping[str, int], columns: int) -> list[tuple[int, int]]:
    """Ranges of depth that make a row each, broken where few links cross; at most `columns` wide."""
    end = max(depth.values(), default=-1) + 1
    crossing = [0] * (end + 1)
    for source, followers in graph.wiring.followers.items():
        for at in range(depth[source] + 1, max((depth[other] for other in followers), default=-1) + 1):
            crossing[at] += 1
    rows: list[tuple[int, int]] = []
    start = 0
    while start < end:
        last = min(start + columns, end)
        stop = last
        if last < end:
            candidates = range(last, max(start + columns // 2, start), -1)
            stop = min(candidates, key=lambda at: (crossing[at], -at))
        rows.append((start, stop))
        start = stop
    return rows
