"""Rows: where a long drawing is broken off, to go on below from the left."""

from cnnbuilder.design.layout.layers import Layered

ROW_COST = 0.2
"""What a row costs, beside one that is twice as wide as it should be: that costs `WIDE`."""
WIDE = 3.0
SHORT = 0.5
LONELY = 1.0
"""What a row of one card costs more."""
PASSING = 20.0
"""What links of one block more across a break cost: rather a row several times as wide."""
FORK = 1.0
"""What links of the same block beside its first cost, times the square of their number."""


def rows_of(graph: Layered, columns: int) -> list[tuple[int, int]]:
    """Ranges of layers that make a row each: about `columns` wide, broken where one link passes if there is such."""
    end = len(graph.layers)
    passing = _passing(graph)
    widths = range(1, min(max(4 * columns, 80), end) + 1)
    price = [_price(width, columns, SHORT) for width in widths]
    last = [_price(width, columns, 0.0) for width in widths]
    cost = [0.0] + [float("inf")] * end
    begin = [0] * (end + 1)
    for stop in range(1, end + 1):
        across = passing[stop] if stop < end else 0.0
        best, start = float("inf"), 0
        for width, own in enumerate(price if stop < end else last, 1):
            if width > stop or (own > best and width > columns):
                break
            spent = cost[stop - width] + own
            # Of equal breaks the earliest rows are full.
            if spent <= best + 1e-9:
                best, start = spent, stop - width
        cost[stop], begin[stop] = best + across, start
    found: list[tuple[int, int]] = []
    while end:
        found.append((begin[end], end))
        end = begin[end]
    return found[::-1]


def _price(width: int, columns: int, short: float) -> float:
    """What a row of that width costs."""
    excess = width / columns - 1
    return ROW_COST + (WIDE if excess > 0 else short) * excess * excess + LONELY * (width == 1)


def _passing(graph: Layered) -> list[float]:
    """What the links across each break cost."""
    links = [0] * (len(graph.layers) + 1)
    sources = [0] * (len(graph.layers) + 1)
    furthest: dict[int, int] = {}
    for source, target in graph.wires:
        first, last = graph.layer_of[source] + 1, graph.layer_of[target]
        for at in range(first, last + 1):
            links[at] += 1
        for at in range(max(first, furthest.get(source, 0) + 1), last + 1):
            sources[at] += 1
        furthest[source] = max(furthest.get(source, 0), last)
    return [
        PASSING * max(0, others - 1) + FORK * (all_links - others) ** 2
        for all_links, others in zip(links, sources, strict=True)
    ]
