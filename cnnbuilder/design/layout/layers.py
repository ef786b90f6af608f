"""Layers: how far along each block lies, and the stations through which long links pass the layers between.

K. Sugiyama, S. Tagawa and M. Toda, "Methods for visual understanding of hierarchical system structures" (1981).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

MOST_STATIONS = 4000
"""Above this, links of one block share their stations; above it still, the longest links have none."""

Sources = Mapping[str, Sequence[str]]
"""For each card the cards that it reads, in the order of its inputs."""


@dataclass
class Layered:
    """A graph in layers whose links lead from one layer to the next. Nodes are numbers: cards first, then stations."""

    cards: list[str]
    layer_of: list[int]
    layers: list[list[int]]
    """The nodes of each layer, from the top."""
    wires: list[tuple[int, int]] = field(default_factory=list)
    """The links from card to card."""
    links: list[tuple[int, int, float]] = field(default_factory=list)
    """The pieces between neighbouring layers, `(from, to, port)`; the port is where the piece enters a card: from −½,
    the first input, to ½, the last."""
    main: set[int] = field(default_factory=set)
    """The cards of the longest path."""
    weight: list[int] = field(default_factory=list)
    """For each node the cards of the longest path through it."""

    @cached_property
    def onward(self) -> list[list[tuple[int, float]]]:
        """For each node the pieces that lead from it, as `(to, port)`."""
        found: list[list[tuple[int, float]]] = [[] for _ in self.layer_of]
        for source, target, port in self.links:
            found[source].append((target, port))
        return found

    def is_card(self, node: int) -> bool:
        """Whether `node` is a card and not a station."""
        return node < len(self.cards)


def layered(order: Sequence[str], sources: Sources) -> Layered:
    """`order` (each card behind what it reads; a link that leads back is left out) in layers."""
    place = {id: number for number, id in enumerate(order)}
    reads = [[place[source] for source in sources[id]] for id in order]
    links = [
        (source, target, _port(number, len(read)))
        for target, read in enumerate(reads)
        for number, source in enumerate(read)
        if source < target
    ]
    before: list[list[int]] = [[] for _ in order]
    after: list[list[int]] = [[] for _ in order]
    for source, target, _ in links:
        if source not in before[target]:
            before[target].append(source)
            after[source].append(target)
    depth = _depths(before, after)
    layers: list[list[int]] = [[] for _ in range(max(depth, default=-1) + 1)]
    graph = Layered(list(order), depth, layers, [(source, target) for source, target, _ in links])
    graph.main, graph.weight = _longest(before, after)
    for node in _walked(before, after, graph.weight):
        layers[depth[node]].append(node)
    _lay_stations(graph, links)
    return graph


def _port(number: int, count: int) -> float:
    return 0.0 if count == 1 else number / (count - 1) - 0.5


def _depths(before: list[list[int]], after: list[list[int]]) -> list[int]:
    """How many cards lie before each on the longest way; an input, and what only it leads to, waits for its reader."""
    depth: list[int] = []
    loose: list[bool] = []
    for node, sources in enumerate(before):
        depth.append(1 + max((depth[source] for source in sources), default=-1))
        loose.append(all(loose[source] and after[source] == [node] for source in sources))
    for node in range(len(before) - 1, -1, -1):
        if loose[node] and after[node]:
            depth[node] = min(depth[target] for target in after[node]) - 1
    return depth


def _longest(before: list[list[int]], after: list[list[int]]) -> tuple[set[int], list[int]]:
    """The longest path, and for each card how many cards the longest path through it has."""
    to, rest = [1] * len(before), [1] * len(before)
    for number, sources in enumerate(before):
        to[number] += max((to[source] for source in sources), default=0)
    for number in range(len(before) - 1, -1, -1):
        rest[number] += max((rest[target] for target in after[number]), default=0)
    weight = [a + b - 1 for a, b in zip(to, rest, strict=True)]
    path: set[int] = set()
    node: int | None = max(
        range(len(before)), key=lambda item: (weight[item] if not before[item] else 0, -item), default=None
    )
    while node is not None:
        path.add(node)
        # Where ways are equally long, the one in the middle: what is beside it lies on both sides.
        longest = max((rest[target] for target in after[node]), default=0)
        ways = [target for target in after[node] if rest[target] == longest]
        node = ways[(len(ways) - 1) // 2] if ways else None
    return path, weight


def _walked(before: list[list[int]], after: list[list[int]], weight: list[int]) -> list[int]:
    """The cards as they are met on ways from the first ones: what belongs together stays together."""
    found: dict[int, None] = {}
    for start in sorted((n for n, sources in enumerate(before) if not sources), key=lambda n: (-weight[n], n)):
        waiting = [start]
        while waiting:
            node = waiting.pop()
            if node not in found:
                found[node] = None
                waiting += reversed(after[node])
    return list(found)


def _lay_stations(graph: Layered, links: list[tuple[int, int, float]]) -> None:
    """Cut links that pass layers into pieces from layer to layer."""
    depth = graph.layer_of
    spans = [depth[target] - depth[source] - 1 for source, target, _ in links]
    shared = sum(spans) > MOST_STATIONS
    laid: dict[tuple[int, int], int] = {}
    """The station of a card's links in a layer, where they share them."""
    left = MOST_STATIONS
    for number in sorted(range(len(links)), key=lambda item: spans[item]):
        source, target, port = links[number]
        if spans[number] > left:
            continue
        at = source
        for layer in range(depth[source] + 1, depth[target]):
            station = laid.get((source, layer)) if shared else None
            if station is None:
                station = laid[source, layer] = len(graph.layer_of)
                graph.layer_of.append(layer)
                graph.layers[layer].append(station)
                graph.weight.append(0)
                graph.links.append((at, station, 0.0))
                left -= 1
            at = station
        graph.links.append((at, target, port))


def components(order: Sequence[str], sources: Sources) -> list[list[str]]:
    """The cards that are joined in any way, each part in the order given, the parts by their first card."""
    parent = {id: id for id in order}

    def root(id: str) -> str:
        while parent[id] != id:
            parent[id] = parent[parent[id]]
            id = parent[id]
        return id

    for id in order:
        for source in sources[id]:
            parent[root(id)] = root(source)
    found: dict[str, list[str]] = {}
    for id in order:
        found.setdefault(root(id), []).append(id)
    return list(found.values())
