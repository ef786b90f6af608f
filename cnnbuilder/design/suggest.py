"""What may come next behind a block, and with which parameters: from what kinds say of themselves and from habit."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import prod
from typing import Any

from cnnbuilder.design import edits
from cnnbuilder.design.check import check_graph
from cnnbuilder.design.graph import Graph
from cnnbuilder.design.infer import infer
from cnnbuilder.design.layer import Layer, Surroundings, find_kind, kinds
from cnnbuilder.design.problem import Change, Misfit
from cnnbuilder.design.shape import Shape

Counts = dict[str, float]
FITTING_TRIES = 4
"""How many of a misfit's own remedies are taken one after the other."""
DEPTH, LOOK_BACK = 6, 12
"""So many kinds before a place tell what follows; so many tell which networks a drawing is like."""
STRANGE = 0.05
"""What a step that a network never takes counts, beside 1 for one that it always takes."""
LEAPING = 0.1
"""What a merge counts where there is no other open end, so that it would leap over blocks."""


@dataclass(frozen=True)
class Suggestion:
    """A kind that may come next: its parameters there, what it would read, and what comes of it."""

    kind: str
    params: Mapping[str, Any]
    sources: tuple[str, ...]
    shape: Shape | None
    misfit: Misfit | None


def fitting(
    graph: Graph, kind: str, sources: Sequence[str], classes: int = 0, picture: Shape | None = None
) -> dict[str, Any]:
    """Parameters for a new block of `kind` that reads `sources`; those not named have their defaults.

    `classes`: how many the design names. `picture`: the shape of the picture at hand.
    """
    layer_class = find_kind(kind)
    if layer_class is None:
        return {}
    shapes = _shapes(graph, sources)
    like = _nearest(graph, kind, sources)
    around = Surroundings(
        inputs=shapes or (),
        like=graph.blocks[like].layer if like else None,
        like_shape=check_graph(graph).shapes[like] if like else None,
        classes=classes,
        last=_is_last(graph, sources),
        picture=picture,
    )
    params = layer_class.suited(around)
    return params if shapes is None else _mended(layer_class, params, shapes)


def _mended(layer_class: type[Layer], params: dict[str, Any], shapes: tuple[Shape, ...]) -> dict[str, Any]:
    """`params`, changed as the layer's own misfit says where it does not fit, and where that helps."""
    tried = params
    for _ in range(FITTING_TRIES):
        layer, _faults = layer_class.read(tried)
        if layer is None:
            return params
        misfit = infer(layer, shapes).misfit
        if misfit is None:
            return tried
        change = next((item for item in misfit.remedies if isinstance(item, Change)), None)
        if change is None:
            return params
        tried = {**tried, **change.params}
    return params


def _shapes(graph: Graph, sources: Sequence[str]) -> tuple[Shape, ...] | None:
    """The shapes of what is read; None if one of them is not known."""
    found = check_graph(graph).shapes
    known = [shape for source in sources if (shape := found[source]) is not None]
    return tuple(known) if len(known) == len(sources) else None


def _upstream(graph: Graph, sources: Sequence[str]) -> Iterator[str]:
    """`sources` and all that lies before them, the nearest first."""
    seen: dict[str, None] = dict.fromkeys(sources)
    waiting = list(seen)
    for id in waiting:
        yield id
        for other in graph.wiring.sources[id]:
            if other not in seen:
                seen[other] = None
                waiting.append(other)


def _nearest(graph: Graph, kind: str, sources: Sequence[str]) -> str | None:
    """The nearest block of `kind` before a place; anywhere, where nothing is read."""
    before = _upstream(graph, sources) if sources else iter(graph.blocks)
    return next((id for id in before if graph.blocks[id].kind == kind and graph.blocks[id].layer is not None), None)


def _downstream(graph: Graph, id: str) -> set[str]:
    found: set[str] = set()
    waiting = list(graph.wiring.followers[id])
    while waiting:
        other = waiting.pop()
        if other not in found:
            found.add(other)
            waiting += graph.wiring.followers[other]
    return found


def _is_last(graph: Graph, sources: Sequence[str]) -> bool:
    """Whether no block behind the first source has weights."""
    if not sources:
        return True
    found = check_graph(graph).inferences
    behind = (found[id] for id in _downstream(graph, sources[0]))
    return not any(inference and inference.weights for inference in behind)


def sources_of(graph: Graph, kind: str, after: str | None) -> tuple[str, ...]:
    """What a new block of `kind` behind `after` reads: `after`, and for a merge an open end or an earlier block of
    a shape that goes with it."""
    layer_class = find_kind(kind)
    if after is None or (layer_class is not None and layer_class.inputs[1] == 0):
        return ()
    found: tuple[str, ...] = (after,)
    low = layer_class.inputs[0] if layer_class is not None else 1
    if layer_class is None or low < 2:
        return found
    partners = list(_partners(graph, after))
    layer, _ = layer_class.read({})
    assert layer is not None
    for other in partners:
        shapes = _shapes(graph, (*found, other))
        if shapes is not None and infer(layer, shapes).misfit is None:
            found = (*found, other)
        if len(found) == low:
            return found
    # An open end that does not fit is joined too: the problem says how to mend it.
    loose = [id for id in partners if not graph.wiring.followers[id] and id not in found]
    return (*found, *loose[: low - len(found)])


def _partners(graph: Graph, after: str) -> Iterator[str]:
    """Blocks that may be merged with `after`, the likeliest first; none that lies behind it."""
    behind = _downstream(graph, after)
    yield from (id for id in graph.wiring.outputs if id != after and id not in behind)
    before = list(_upstream(graph, (after,)))[1:]
    yield from before[1:]  # with only one block between them there is little to leave out
    yield from before[:1]


def appended(
    graph: Graph,
    kind: str,
    after: str | None,
    branch: bool = False,
    classes: int = 0,
    picture: Shape | None = None,
) -> tuple[Graph, str]:
    """A new block behind `after` with parameters that fit; what read `after` reads it, unless it is a `branch`."""
    sources = sources_of(graph, kind, after)
    params = fitting(graph, kind, sources, classes, picture)
    if branch or after is None:
        graph, id = edits.add(graph, kind, params, after)
        for number, source in enumerate(sources):
            graph = edits.link(graph, source, id, number)
        return graph, id
    graph, id = edits.append(graph, kind, params, after)
    for number, source in enumerate(sources[1:], 1):
        graph = edits.link(graph, source, id, number)
    return graph, id


@dataclass
class _Habit:
    """What follows what in one network: by the kinds before it, the nearest first, and by the group before it."""

    kinds: dict[tuple[str, ...], Counts] = field(default_factory=dict)
    groups: dict[str, Counts] = field(default_factory=dict)

    @classmethod
    def of(cls, graph: Graph) -> "_Habit":
        made = cls()
        for link in graph.links:
            one, then = graph.blocks[link.source].layer_class, graph.blocks[link.target].layer_class
            if one is None or then is None:
                continue
            before = _way(graph, link.source, DEPTH)
            for depth in range(1, len(before) + 1):
                made.kinds.setdefault(before[:depth], defaultdict(float))[then.kind] += 1
            made.groups.setdefault(one.group, defaultdict(float))[then.group] += 1
        return made

    def likeness(self, way: Sequence[str]) -> float:
        """How much a way, its end first, goes as this network does: the chance of each step, one after the other."""
        return prod(
            STRANGE + _share(self.kinds.get((before,)), then) for then, before in pairwise(way)
        )

    def rate(self, way: tuple[str, ...], group: str, layer_class: type[Layer]) -> float:
        """How usual a kind is behind the end of a way; the more kinds before it are the same, the more that counts."""
        known = (
            _share(self.kinds.get(way[:depth]), layer_class.kind) * 10.0**depth for depth in range(1, DEPTH + 1)
        )
        return sum(known) + _share(self.groups.get(group), layer_class.group)


@dataclass
class Habits:
    """What usually follows what, in networks that people drew. One that goes as what is being drawn counts more."""

    networks: list[_Habit] = field(default_factory=list)

    @classmethod
    def of(cls, graphs: Iterable[Graph]) -> "Habits":
        """The habits of those networks that can learn: one without an activation or with a problem is an example."""
        return cls([_Habit.of(graph) for graph in graphs if _can_learn(graph)])

    def behind(self, graph: Graph, after: str) -> Callable[[type[Layer]], float]:
        """Tells how usual a kind is behind block `after`; 0 if that was never seen."""
        block, way = graph.blocks[after].layer_class, _way(graph, after, LOOK_BACK)
        group = block.group if block else ""
        weighted = [(habit, habit.likeness(way)) for habit in self.networks]
        return lambda layer_class: sum(
            weight * habit.rate(way[:DEPTH], group, layer_class) for habit, weight in weighted
        )


def _can_learn(graph: Graph) -> bool:
    groups = {block.layer_class.group for block in graph.blocks.values() if block.layer_class}
    return "Activation" in groups and not check_graph(graph).problems


def _way(graph: Graph, id: str, most: int) -> tuple[str, ...]:
    """The kinds of a block and of those before it, along first inputs."""
    found: list[str] = []
    sources = [id]
    while sources and len(found) < most:
        found.append(graph.blocks[sources[0]].kind)
        sources = list(graph.wiring.sources[sources[0]])
    return tuple(found)


def _share(counted: Counts | None, what: str) -> float:
    return counted.get(what, 0.0) / sum(counted.values()) if counted else 0.0


def following(
    graph: Graph,
    after: str | None,
    habits: Habits,
    classes: int = 0,
    picture: Shape | None = None,
) -> list[Suggestion]:
    """Every kind that may come behind `after` (None: stand for itself), the likeliest first, what does not fit last."""
    rated: list[tuple[bool, float, Suggestion]] = []
    loose = set(graph.wiring.outputs) - {after}
    usual = habits.behind(graph, after) if after is not None else None
    for kind, layer_class in kinds().items():
        begins = layer_class.inputs[1] == 0
        if begins and after is not None:
            continue
        sources = sources_of(graph, kind, after)
        params = fitting(graph, kind, sources, classes, picture)
        shapes = _shapes(graph, sources)
        layer, _ = layer_class.read(params)
        found = infer(layer, shapes) if layer is not None and shapes is not None else None
        suggestion = Suggestion(
            kind, params, sources, found.shape if found else None, found.misfit if found and after else None
        )
        rate = usual(layer_class) if usual is not None else float(begins)
        if layer_class.inputs[0] > 1 and not loose:
            rate *= LEAPING
        rated.append((suggestion.misfit is not None, -rate, suggestion))
    return [suggestion for _, _, suggestion in sorted(rated, key=lambda item: item[:2])]
