"""Two designs side by side: which blocks correspond, in what they differ, and one difference carried across.

Blocks of one name correspond, whatever they do; between them those of one kind, in the order in which they run.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from functools import cached_property
from typing import Any

from cnnbuilder.design import edits
from cnnbuilder.design.document import Design
from cnnbuilder.design.graph import Block, Graph, Link

KIND, OFF, READS, MISSING = "kind", "off", "reads", "missing"
"""What two blocks can differ in beside a parameter. MISSING: there is only one of them."""
A, B = "a", "b"


@dataclass(frozen=True)
class Difference:
    """One thing in which two corresponding blocks differ."""

    what: str
    """A parameter's name, or KIND, OFF, READS, MISSING."""
    a: Any
    b: Any


@dataclass(frozen=True)
class Pair:
    """A block of each design that correspond, or one that has no counterpart."""

    a: str | None
    b: str | None
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True, eq=False)
class Comparison:
    """Two designs, block by block, in the order in which the first runs; those of the second alone where they lie."""

    a: Design
    b: Design
    pairs: tuple[Pair, ...]

    @cached_property
    def counterparts(self) -> dict[str, dict[str, str]]:
        """For each side the block of the other by the block of its own."""
        both = [(pair.a, pair.b) for pair in self.pairs if pair.a is not None and pair.b is not None]
        return {A: dict(both), B: {b: a for a, b in both}}

    @property
    def differing(self) -> tuple[Pair, ...]:
        """The pairs that differ."""
        return tuple(pair for pair in self.pairs if pair.differences)

    def pair_of(self, side: str, id: str) -> Pair | None:
        """The pair of a block of one side."""
        return next((pair for pair in self.pairs if (pair.a if side == A else pair.b) == id), None)


def compare(a: Design, b: Design) -> Comparison:
    """Which blocks of two designs correspond, and in what they differ."""
    matched = _matched(a.graph, b.graph)
    back = {theirs: mine for mine, theirs in matched.items()}
    made: list[Pair] = []
    waiting = _order(b.graph)
    for id in _order(a.graph):
        other = matched.get(id)
        if other is None:
            made.append(Pair(id, None, (Difference(MISSING, id, None),)))
            continue
        # Those of the second design alone come before the block that follows them there.
        while waiting and (first := waiting[0]) != other and first not in back:
            made.append(Pair(None, waiting.pop(0), (Difference(MISSING, None, first),)))
        if other in waiting:
            waiting.remove(other)
        made.append(Pair(id, other, _differences(a.graph, b.graph, id, other, back)))
    made += [Pair(None, id, (Difference(MISSING, None, id),)) for id in waiting if id not in back]
    return Comparison(a, b, tuple(made))


def _order(graph: Graph) -> list[str]:
    """The blocks as they run; those that cannot, last."""
    order = graph.wiring.order
    known = set(order)
    return [*order, *(id for id in graph.blocks if id not in known)]


def _matched(a: Graph, b: Graph) -> dict[str, str]:
    """The block of `b` for each of `a` that has one."""
    found = {id: id for id in a.blocks if id in b.blocks}
    mine, theirs = _order(a), _order(b)

    def tokens(order: Sequence[str], graph: Graph) -> list[tuple[str, str]]:
        return [("name", id) if id in found else ("kind", graph.blocks[id].kind) for id in order]

    matcher = SequenceMatcher(None, tokens(mine, a), tokens(theirs, b), autojunk=False)
    for start, other, count in matcher.get_matching_blocks():
        for step in range(count):
            found.setdefault(mine[start + step], theirs[other + step])
    return found


def _differences(a: Graph, b: Graph, mine: str, theirs: str, back: dict[str, str]) -> tuple[Difference, ...]:
    x, y = a.blocks[mine], b.blocks[theirs]
    found: list[Difference] = []
    if x.kind != y.kind:
        found.append(Difference(KIND, x.kind, y.kind))
    else:
        p, q = x.params, y.params
        names = dict.fromkeys([*p, *q])
        found += [Difference(name, p.get(name), q.get(name)) for name in names if p.get(name) != q.get(name)]
    if x.off != y.off:
        found.append(Difference(OFF, x.off, y.off))
    reads, others = a.wiring.sources[mine], b.wiring.sources[theirs]
    if reads != tuple(back.get(source) for source in others):
        found.append(Difference(READS, reads, others))
    return tuple(found)


# Carrying a difference across


def carried(compared: Comparison, pair: Pair, difference: Difference, to: str) -> Design | None:
    """The design on side `to` (A or B) made like the other in one difference; None where that cannot be done: what a
    block is to read has no counterpart."""
    target, source = (compared.a, compared.b) if to == A else (compared.b, compared.a)
    own, other = (pair.a, pair.b) if to == A else (pair.b, pair.a)
    names = compared.counterparts[B if to == A else A]
    if difference.what == MISSING:
        if own is not None:
            return target.with_graph(edits.remove(target.graph, [own]))
        return target.with_graph(_added(target.graph, source.graph, str(other), names))
    block, model = target.blocks[str(own)], source.blocks[str(other)]
    if difference.what == READS:
        return _rejoined(target, source.graph.wiring.sources[model.id], block.id, names)
    return target.with_graph(target.graph.with_block(_changed(block, model, difference.what)))


def _changed(block: Block, model: Block, what: str) -> Block:
    if what == KIND:
        return replace(block, kind=model.kind, given=model.given)
    if what == OFF:
        return replace(block, off=model.off)
    if what in model.given:
        return block.with_params(**{what: model.given[what]})
    return replace(block, given={name: value for name, value in block.given.items() if name != what})


def _rejoined(target: Design, sources: Sequence[str], id: str, names: dict[str, str]) -> Design | None:
    if not all(source in names for source in sources):
        return None
    kept = [link for link in target.links if link.target != id]
    kept += [Link(names[source], id, number) for number, source in enumerate(sources)]
    return target.with_graph(Graph(target.blocks, tuple(kept)))


def _added(graph: Graph, source: Graph, id: str, names: dict[str, str]) -> Graph:
    """With a block as the other design has it: in the link that leads from what it reads to what reads it, or else
    joined to what it reads, as far as that is there."""
    model = source.blocks[id]
    reads = [names.get(other) for other in source.wiring.sources[id]]
    readers = {names[other] for other in source.wiring.followers[id] if other in names}
    within = [link for link in graph.links if len(reads) == 1 and link.source == reads[0] and link.target in readers]
    before = next((read for read in reversed(reads) if read is not None), None)
    graph, new = edits.add(graph, model.kind, dict(model.given), before)
    if id not in graph.blocks and new != id:
        graph = _renamed(graph, new, id)
        new = id
    graph = graph.with_block(replace(graph.blocks[new], off=model.off, extra=model.extra))
    for link in within:
        graph = edits.link(graph, new, link.target, link.input)
    for number, read in enumerate(reads):
        if read is not None:
            graph = edits.link(graph, read, new, number)
    return edits.renumber_inputs(graph, new)


def _renamed(graph: Graph, old: str, new: str) -> Graph:
    """A block that nothing is joined to yet under another name."""
    return Graph(
        {
            (new if id == old else id): (replace(block, id=new) if id == old else block)
            for id, block in graph.blocks.items()
        },
        graph.links,
    )
