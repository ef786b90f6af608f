"""Lanes: how far below the first card of its row each card lies. Chains run straight, the longest path before all.

Neighbours along a link are made one straight chain where no straighter one is in the way (U. Brandes and B. Köpf,
"Fast and simple horizontal coordinate assignment", 2001); chains then lie as close together as their order lets them.
"""

import itertools
from bisect import bisect_left
from collections.abc import Sequence

from cnnbuilder.design.layout.layers import Layered

Chains = dict[int, int]
"""For each node of a row the first node of its chain."""


def lanes_of(graph: Layered, start: int, stop: int) -> dict[int, int]:
    """A lane, from 0 at the top, for each node of the layers `start` to `stop − 1`."""
    layers = graph.layers[start:stop]
    chain = _chains(graph, layers)
    below: dict[int, set[int]] = {root: set() for root in chain.values()}
    """The chains that lie just below each chain somewhere."""
    above: dict[int, set[int]] = {root: set() for root in chain.values()}
    for layer in layers:
        for a, b in itertools.pairwise(layer):
            below[chain[a]].add(chain[b])
            above[chain[b]].add(chain[a])
    order = _downwards(below, above)
    lane: dict[int, int] = {}
    for root in order:
        lane[root] = 1 + max((lane[other] for other in above[root]), default=-1)
    # What lies above the longest path comes down to it.
    over = {chain[node] for layer in layers for node in layer if node in graph.main}
    main = set(over)
    for root in reversed(order):
        if root not in main and below[root] & over:
            over.add(root)
            lane[root] = min(lane[other] for other in below[root]) - 1
    return {node: lane[root] for node, root in chain.items()}


def _chains(graph: Layered, layers: Sequence[Sequence[int]]) -> Chains:
    """Which nodes lie on one straight line; links that do not cross are straightened, the most telling ones first."""
    place = {node: number for layer in layers for number, node in enumerate(layer)}
    chain: Chains = {node: node for node in place}
    taken: dict[int, list[tuple[int, int]]] = {}
    """For each layer the straight links from it, as places in it and in the next, from the top."""
    joined: set[tuple[int, bool]] = set()
    straight: list[tuple[int, int]] = []
    links = [(s, t, abs(port)) for layer in layers for s in layer for t, port in graph.onward[s] if t in place]
    for source, target, _ in sorted(links, key=lambda link: (*_rank(graph, link[0], link[1]), link[2], link)):
        if (source, True) in joined or (target, False) in joined:
            continue
        others = taken.setdefault(graph.layer_of[source], [])
        link = (place[source], place[target])
        at = bisect_left(others, link)
        if (at and others[at - 1][1] >= link[1]) or (at < len(others) and others[at][1] <= link[1]):
            continue
        others.insert(at, link)
        joined |= {(source, True), (target, False)}
        straight.append((source, target))
    for source, target in sorted(straight, key=lambda link: graph.layer_of[link[0]]):
        chain[target] = chain[source]
    return chain


def _rank(graph: Layered, source: int, target: int) -> tuple[int, int]:
    """Small for a link that is to run straight before others: on the longest path, then along stations."""
    if source in graph.main and target in graph.main:
        return 0, 0
    if not graph.is_card(target):
        return 1, 0
    return 2, -min(graph.weight[source] or graph.weight[target], graph.weight[target])


def _downwards(below: dict[int, set[int]], above: dict[int, set[int]]) -> list[int]:
    """The chains, each behind all that lie above it."""
    waiting = {root: len(others) for root, others in above.items()}
    ready = [root for root, count in waiting.items() if not count]
    found: list[int] = []
    while ready:
        root = ready.pop()
        found.append(root)
        for other in sorted(below[root]):
            waiting[other] -= 1
            if not waiting[other]:
                ready.append(other)
    return found
