"""The lines of a graph: runs of blocks that every path passes, and what lies between neighbours on them.

Block b follows block a on a line if every path from the first blocks to b leads through a, and every path on from a
leads through b (a is b's immediate dominator, and b is a's in the graph turned round; T. Lengauer and R. Tarjan, 1979).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from cnnbuilder.design.graph import Graph


@dataclass(frozen=True)
class Step:
    """A block on a line and what lies between it and the block before it on the line."""

    joint: str
    kind: str
    body: tuple[str, ...] = ()
    """The blocks in between."""
    form: tuple[object, ...] = ()
    """Kinds and wiring of body and joint; equal for what is built alike, whatever its parameters are."""
    plain: bool = True
    """Whether it reads one block."""


class Lines:
    """The lines of one graph; blocks in or behind a loop are on none."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        wiring = graph.wiring
        order = wiring.order
        self._order = order
        self._sources: dict[str, Sequence[str]] = {id: wiring.sources[id] for id in order}
        known = set(order)
        readers = {id: wiring.followers[id] for id in order}
        self._before = _dominators(order, self._sources)
        # Who is read by a block in a loop is read by somebody outside.
        outside = {id: () if any(reader not in known for reader in read) else read for id, read in readers.items()}
        self._after = _dominators(order[::-1], outside)

    def steps(self) -> list[list[Step]]:
        """Every line, each from its first block on."""
        following = {
            before: id for id, before in self._before.items() if before is not None and self._after[before] == id
        }
        firsts = [id for id in self._order if id not in set(following.values())]
        found: list[list[Step]] = []
        for first in firsts:
            line = [self._first(first)]
            while line[-1].joint in following:
                line.append(self._step(line[-1].joint, following[line[-1].joint]))
            found.append(line)
        return found

    def _first(self, id: str) -> Step:
        return Step(id, self._graph.blocks[id].kind, plain=len(set(self._sources[id])) < 2)

    def _step(self, before: str, joint: str) -> Step:
        """The step from one block on a line to the next."""
        number: dict[str, int] = {before: 0, joint: 1}
        form: list[object] = []
        waiting = [joint]
        while waiting:
            id = waiting.pop()
            for source in self._sources[id]:
                if source not in number:
                    number[source] = len(number)
                    waiting.append(source)
            form.append((self._graph.blocks[id].kind, tuple(number[source] for source in self._sources[id])))
        body = tuple(id for id in number if id not in (before, joint))
        return Step(joint, self._graph.blocks[joint].kind, body, tuple(form))


def _dominators(order: Iterable[str], sources: Mapping[str, Sequence[str]]) -> dict[str, str | None]:
    """For each block the last one that every path to it leads through; None where there is none."""
    found: dict[str, str | None] = {}
    depth: dict[str | None, int] = {None: 0}
    for id in order:
        common: str | None = sources[id][0] if sources[id] else None
        for other in sources[id][1:]:
            here: str | None = other
            while here != common:
                if depth[here] >= depth[common]:
                    assert here is not None
                    here = found[here]
                else:
                    assert common is not None
                    common = found[common]
        found[id] = common
        depth[id] = depth[common] + 1
    return found
