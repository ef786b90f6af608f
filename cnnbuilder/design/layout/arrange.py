"""The arrangement of a whole design: parts that are not joined, folded groups, both directions."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from math import ceil, sqrt

from cnnbuilder.design.document import Group
from cnnbuilder.design.graph import Graph, Wiring
from cnnbuilder.design.layout.lanes import lanes_of
from cnnbuilder.design.layout.layers import Layered, Sources, components, layered
from cnnbuilder.design.layout.order import put_in_order
from cnnbuilder.design.layout.rows import rows_of

COLUMN, ROW = 213, 270
"""From a card to the one beside it, and to the one below."""
STATION = 18
"""From a link that passes cards to what is beside it."""
FEWEST = {"right": 5, "down": 3}
"""How many cards follow one another before a chain is wrapped."""
SHAPE = {"right": 1.6, "down": 0.6}
"""How long rows are: the number of cards in one is the root of this times the number of all."""
ALONG = {"right": COLUMN, "down": ROW}
ACROSS = {"right": ROW, "down": COLUMN}

Place = tuple[float, float]


def arranged(graph: Graph, direction: str = "right", groups: Iterable[Group] = ()) -> dict[str, Place]:
    """A place for every block, the links leading to the right or down; the same graph has the same places."""
    known = graph.blocks
    members = (tuple(id for id in group.blocks if id in known) for group in groups if group.folded)
    return dict(_arranged(graph.wiring, direction, tuple(group for group in members if len(group) > 1)))


@lru_cache(8)
def _arranged(wiring: Wiring, direction: str, folded: tuple[tuple[str, ...], ...]) -> dict[str, Place]:
    # Remembered by the wiring itself: the very same one comes again at every edit that draws no link.
    ids = tuple(dict.fromkeys((*wiring.order, *wiring.sources)))
    if not folded:
        return _placed(ids, wiring.sources, direction)
    card = {id: id for id in ids}
    for members in folded:
        card.update(dict.fromkeys(members, members[0]))
    sources: dict[str, list[str]] = {card[id]: [] for id in ids}
    for id in ids:
        for source in wiring.sources[id]:
            if card[source] != card[id] and (card[source] not in sources[card[id]] or card[id] == id):
                sources[card[id]].append(card[source])
    order = _ordered(sources)
    places = _placed(order, sources, direction)
    for members in folded:
        inner = _placed(
            [id for id in ids if card[id] == members[0]],
            {id: [source for source in wiring.sources[id] if card[source] == members[0]] for id in members},
            direction,
        )
        (x, y), (left, top) = places[members[0]], inner[members[0]]
        places.update({id: (x + a - left, y + b - top) for id, (a, b) in inner.items()})
    return {id: places[id] for id in ids}


def _ordered(sources: dict[str, list[str]]) -> Sequence[str]:
    """The cards behind what they read; folding what is not of one piece can make loops, which come last."""
    found: dict[str, None] = {}
    waiting = list(sources)
    while waiting:
        later = [id for id in waiting if any(source not in found for source in sources[id])]
        if len(later) == len(waiting):
            later = waiting[1:]
        kept = set(later)
        found.update(dict.fromkeys(id for id in waiting if id not in kept))
        waiting = later
    return list(found)


def _placed(ids: Sequence[str], sources: Sources, direction: str) -> dict[str, Place]:
    """A place for each card: every part that is joined on its own, one beside another, single cards last."""
    parts = components(ids, sources)
    joined = [part for part in parts if len(part) > 1]
    alone = [part[0] for part in parts if len(part) == 1]
    found: dict[str, Place] = {}
    across = 0.0
    for part in joined:
        places, width = _part(layered(part, sources), direction)
        found.update({id: (a, across + b) for id, (a, b) in places.items()})
        across += width
    columns = _columns(len(alone), direction)
    for number, id in enumerate(alone):
        row, column = divmod(number, columns)
        found[id] = (float(column * ALONG[direction]), across + row * ACROSS[direction])
    return found if direction == "right" else {id: (b, a) for id, (a, b) in found.items()}


def _columns(count: int, direction: str) -> int:
    return max(FEWEST[direction], ceil(sqrt(SHAPE[direction] * count)))


def _part(graph: Layered, direction: str) -> tuple[dict[str, Place], float]:
    """Places along and across the direction of what is joined, and how wide it is across."""
    put_in_order(graph)
    found: dict[str, Place] = {}
    across = 0.0
    for start, stop in rows_of(graph, _columns(len(graph.layers), direction)):
        lane = lanes_of(graph, start, stop)
        cards = {at for node, at in lane.items() if graph.is_card(node)}
        top: dict[int, float] = {}
        # Links that pass above the first cards have room there; the first row begins with its first cards.
        height = across if across else -float(STATION * sum(at < min(cards) for at in set(lane.values())))
        for at in sorted(set(lane.values())):
            top[at] = height
            height += ACROSS[direction] if at in cards else STATION
        for node, at in lane.items():
            if graph.is_card(node):
                found[graph.cards[node]] = (float((graph.layer_of[node] - start) * ALONG[direction]), top[at])
        across = height
    return found, across
