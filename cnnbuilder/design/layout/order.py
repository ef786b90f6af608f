"""Which card lies above which: the order within each layer in which few links cross.

Sweeps by barycentre, then exchanges of neighbours, from several first orders (E. Gansner et al., "A technique for
drawing directed graphs", 1993). Where that leaves crossings and layers are small, every order is tried, layer by layer.
"""

from bisect import bisect_right, insort
from collections.abc import Sequence
from functools import lru_cache
from itertools import groupby, pairwise, permutations, product
from math import factorial

from cnnbuilder.design.layout.layers import Layered

SWEEPS = 8
EFFORT = 12_000
"""Links looked at, in all sweeps over one part."""
TRIED = 5_000
"""Pairs of orders tried, one after another, where sweeps leave crossings."""

End = tuple[int, float]
"""The node at the other end of a link, and its port there."""
Gap = tuple[tuple[int, int, float], ...]
"""The links between two layers: `(place before, place behind, port)`."""
Order = list[list[int]]


def put_in_order(graph: Layered) -> None:
    """Order the nodes of each layer so that few links cross."""
    # Where a layer has one node, what is before and what is behind do not touch: each part is ordered on its own.
    single = [at for at, layer in enumerate(graph.layers) if len(layer) == 1]
    ends = sorted({0, *single, len(graph.layers) - 1})
    place = [0] * len(graph.layer_of)
    for layer in graph.layers:
        for number, node in enumerate(layer):
            place[node] = number
    gaps: list[list[tuple[int, int, float]]] = [[] for _ in graph.layers]
    for source, target, port in graph.links:
        gaps[graph.layer_of[source]].append((place[source], place[target], port))
    for first, last in pairwise(ends):
        if last == first + 1 and len(graph.layers[first]) == len(graph.layers[last]) == 1:
            continue
        part = graph.layers[first : last + 1]
        sizes = tuple(len(layer) for layer in part)
        found = best_order(sizes, tuple(tuple(sorted(gap)) for gap in gaps[first:last]))
        for layer, chosen in zip(part, found, strict=True):
            layer[:] = [layer[number] for number in chosen]


def crossings(graph: Layered) -> int:
    """How many pairs of links cross, drawn straight from layer to layer."""
    place = {node: number for layer in graph.layers for number, node in enumerate(layer)}
    gaps: list[list[tuple[int, int, float]]] = [[] for _ in graph.layers]
    for source, target, port in graph.links:
        gaps[graph.layer_of[source]].append((place[source], place[target], port))
    return sum(_crossings(gap) for gap in gaps)


def _crossings(gap: Sequence[tuple[int, int, float]]) -> int:
    """How many pairs of links of one gap cross; links of one source do not."""
    passed: list[tuple[int, float]] = []
    count = 0
    for _, links in groupby(sorted(gap), key=lambda link: link[0]):
        ends = [(target, port) for _, target, port in links]
        count += sum(len(passed) - bisect_right(passed, end) for end in ends)
        for end in ends:
            insort(passed, end)
    return count


@lru_cache(4096)
def best_order(sizes: tuple[int, ...], gaps: tuple[Gap, ...]) -> tuple[tuple[int, ...], ...]:
    """An order of each layer, of `sizes` nodes, with few crossings of the links in the `gaps` between them."""
    search = _Search(sizes, gaps)
    return tuple(tuple(layer) for layer in search.found)


class _Search:
    """The search for the order of one part of a graph."""

    def __init__(self, sizes: tuple[int, ...], gaps: tuple[Gap, ...]) -> None:
        self.sizes, self.gaps = sizes, gaps
        self.back: list[list[list[End]]] = [[[] for _ in range(size)] for size in sizes]
        """For each node the ends before it, `port` being its own."""
        self.on: list[list[list[End]]] = [[[] for _ in range(size)] for size in sizes]
        """For each node the ends behind it, `port` being theirs."""
        for at, gap in enumerate(gaps):
            for source, target, port in gap:
                self.on[at][source].append((target, port))
                self.back[at + 1][target].append((source, port))
        self.found: Order = [list(range(size)) for size in sizes]
        self.least = self._count(self.found)
        self.left = EFFORT
        natural = [list(layer) for layer in self.found]
        for start in (natural, [layer[::-1] for layer in natural], self._by_ports()):
            if self.least and self.left > 0:
                self._improve([list(layer) for layer in start])
        if self.least:
            self._try_all()

    def _count(self, order: Order) -> int:
        place = [_places(layer) for layer in order]
        return sum(
            _crossings([(place[at][source], place[at + 1][target], port) for source, target, port in gap])
            for at, gap in enumerate(self.gaps)
        )

    def _keep(self, order: Order) -> bool:
        count = self._count(order)
        self.left -= sum(map(len, self.gaps))
        if count < self.least:
            self.least, self.found = count, [list(layer) for layer in order]
        return self.least == 0

    def _by_ports(self) -> Order:
        """A first order in which what enters a card higher lies higher, from the last layer back."""
        order = [list(range(size)) for size in self.sizes]
        for at in range(len(order) - 2, -1, -1):
            self._sort(order, at, forward=False)
        return order

    def _improve(self, order: Order) -> None:
        for _ in range(SWEEPS):
            for at in range(1, len(order)):
                self._sort(order, at, forward=True)
            self._exchange(order)
            if self._keep(order):
                return
            for at in range(len(order) - 2, -1, -1):
                self._sort(order, at, forward=False)
            self._exchange(order)
            if self._keep(order) or self.left <= 0:
                return

    def _sort(self, order: Order, at: int, forward: bool) -> None:
        """Sort a layer by the mean place of what each node is joined to on one side."""
        place = _places(order[at - 1 if forward else at + 1])
        ends = self.back[at] if forward else self.on[at]
        share = 0.0 if forward else 1.0
        now = _places(order[at])
        key: dict[int, float] = {}
        for node in order[at]:
            joined = ends[node]
            mean = sum(place[end] + share * 0.9 * port for end, port in joined) / len(joined) if joined else None
            key[node] = now[node] if mean is None else mean
        order[at].sort(key=lambda node: key[node])

    def _exchange(self, order: Order) -> None:
        """Swap neighbours while that takes crossings away."""
        better = True
        while better and self.left > 0:
            better = False
            for at, layer in enumerate(order):
                before = _places(order[at - 1]) if at else []
                behind = _places(order[at + 1]) if at + 1 < len(order) else []
                for number in range(len(layer) - 1):
                    a, b = layer[number], layer[number + 1]
                    if self._gain(at, a, b, before, behind) > 0:
                        layer[number], layer[number + 1] = b, a
                        better = True
                self.left -= len(layer)

    def _gain(self, at: int, a: int, b: int, before: list[int], behind: list[int]) -> int:
        """How many crossings go away when `a`, just above `b`, comes below it."""
        gain = 0
        for (p, _), (q, _) in product(self.back[at][a], self.back[at][b]):
            gain += (before[p] > before[q]) - (before[p] < before[q])
        for (p, port), (q, other) in product(self.on[at][a], self.on[at][b]):
            high, low = (behind[p], port), (behind[q], other)
            gain += (high > low) - (high < low)
        self.left -= 1
        return gain

    def _try_all(self) -> None:
        """The least number of crossings there can be, by the best way through all orders of all layers."""
        if max(self.sizes) > 6:
            return
        counts = [factorial(size) for size in self.sizes]
        if sum(a * b for a, b in pairwise(counts)) > TRIED:
            return
        ways: list[tuple[int, tuple[tuple[int, ...], ...]]] = [(0, (order,)) for order in _orders(self.sizes[0])]
        for gap, size in zip(self.gaps, self.sizes[1:], strict=True):
            placed = [(cost, way, _places(way[-1])) for cost, way in ways]
            ways = []
            for order in _orders(size):
                behind = _places(order)
                ways.append(
                    min(
                        (cost + _crossings([(place[s], behind[t], port) for s, t, port in gap]), (*way, order))
                        for cost, way, place in placed
                    )
                )
        least, way = min(ways)
        if least < self.least:
            self.least, self.found = least, [list(order) for order in way]


def _orders(size: int) -> list[tuple[int, ...]]:
    return list(permutations(range(size)))


def _places(layer: Sequence[int]) -> list[int]:
    """Where each node lies in its layer."""
    place = [0] * len(layer)
    for number, node in enumerate(layer):
        place[node] = number
    return place
