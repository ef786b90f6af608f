"""Edits of blocks and links. Each is one step of undo."""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from cnnbuilder.app.session.beside import Beside
from cnnbuilder.app.session.shown import Arrays, State
from cnnbuilder.design import edits, suggest
from cnnbuilder.design.document import Design
from cnnbuilder.design.errors import MemoryLimitError
from cnnbuilder.design.graph import Graph, Link
from cnnbuilder.design.layout import arranged, followed, inserted
from cnnbuilder.design.shape import Shape
from cnnbuilder.design.sharing import Way

Place = tuple[float, float]


def counted(verb: str, names: Iterable[str]) -> str:
    """`Delete conv1`, or `Delete 3 blocks`."""
    found = list(names)
    return f"{verb} {found[0]}" if len(found) == 1 else f"{verb} {len(found)} blocks"


class Drawing(Beside):
    """Adds, joins, changes, moves and removes blocks."""

    # Adding

    def append(self, kind: str, after: str | None = None, branch: bool = False) -> None:
        """Add a block of `kind` behind `after`, the selected one or the last; what read that reads the new one.

        `branch`: what read that stays as it is.
        """
        design = self.design
        last = next(iter(reversed(tuple(design.blocks))), None)
        after = after or (self._shown.selected[-1] if self._shown.selected else last)
        graph, id = suggest.appended(design.graph, kind, after, branch, len(design.labels), self._picture_shape())
        self.apply(f"Add {id}", followed(design, graph), select=(id,))

    def place(
        self,
        kind: str,
        x: float,
        y: float,
        link: Link | None = None,
        after: str | None = None,
        before: str | None = None,
    ) -> None:
        """Add a block of `kind` at a place of the canvas: within `link`, or behind `after`, or ahead of `before`."""
        design = self.design
        sources = (link.source,) if link else suggest.sources_of(design.graph, kind, after)
        params = suggest.fitting(design.graph, kind, sources, len(design.labels), self._picture_shape())
        if link is not None:
            graph, id = edits.insert_in_link(design.graph, link, kind, params)
            self.apply(f"Insert {id}", inserted(design, graph, id, (x, y)), select=(id,))
            return
        graph, id = edits.add(design.graph, kind, params, after)
        for number, source in enumerate(sources):
            graph = edits.link(graph, source, id, number)
        if before is not None:
            graph = edits.link(graph, id, before, self._free_input(before))
        self.apply(f"Add {id}", self._laid(graph, {id: (x, y)}), select=(id,))

    def _picture_shape(self) -> Shape | None:
        picture = self._shown.picture
        return (picture.values.shape[2], *picture.size) if picture is not None else None

    def insert_block(self, id: str, link: Link, place: Place | None = None) -> None:
        """Put a block that is there into a link, and lay it at `place`."""
        graph = self.design.graph
        if id in (link.source, link.target) or link not in graph.links:
            return
        graph = Graph(graph.blocks, tuple(item for item in graph.links if item != link))
        graph = edits.link(edits.link(graph, link.source, id, 0), id, link.target, link.input)
        self.apply(f"Insert {id}", inserted(self.design, graph, id, place or self.design.layout[id]))

    def _laid(self, graph: Graph, places: Mapping[str, Place]) -> Design:
        shown = {id: (round(x), round(y)) for id, (x, y) in places.items()}
        return replace(self.design, graph=graph, layout={**self.design.layout, **shown})

    def _free_input(self, id: str) -> int:
        """The input of a block that the next link goes to: the only one, or the first that is free."""
        block = self.design.blocks[id]
        if block.layer_class is not None and block.layer_class.inputs[1] == 1:
            return 0
        taken = {link.input for link in self.design.links if link.target == id}
        return next(number for number in range(len(taken) + 1) if number not in taken)

    # Links

    def join(self, source: str, target: str, input: int | None = None) -> None:
        """Join two blocks; what was joined to that input before is taken off."""
        if source == target:
            return
        number = self._free_input(target) if input is None else input
        if Link(source, target, number) not in self.design.links:
            graph = edits.link(self.design.graph, source, target, number)
            self.apply(f"Join {source} to {target}", self.design.with_graph(graph))

    def part(self, link: Link) -> None:
        """Take a link away; later inputs of its target move up."""
        graph = edits.unlink(self.design.graph, link.source, link.target, link.input)
        self.apply(f"Part {link.source} from {link.target}", self.design.with_graph(graph))

    def rejoin(self, link: Link, source: str, target: str, input: int) -> None:
        """Lead a link elsewhere, as one step."""
        if source == target or link == Link(source, target, input):
            return
        kept = Graph(self.design.blocks, tuple(item for item in self.design.links if item != link))
        graph = edits.renumber_inputs(edits.link(kept, source, target, input), link.target)
        self.apply(f"Join {source} to {target}", self.design.with_graph(graph))

    # Blocks

    def set_param(self, id: str, name: str, value: Any, label: str = "", merge: Hashable = None) -> None:
        """Change one parameter of a block."""
        block = self.design.blocks[id]
        if block.params.get(name) == value and name not in block.faults:
            return
        self.apply(f"{label or name} of {id}", self.design.with_params(id, **{name: value}), merge)

    def set_params(self, ids: Iterable[str], name: str, value: Any, label: str = "", merge: Hashable = None) -> None:
        """Change one parameter of several blocks."""
        design, changed = self.design, []
        for id in ids:
            block = design.blocks[id]
            if block.params.get(name) != value or name in block.faults:
                design = design.with_params(id, **{name: value})
                changed.append(id)
        if changed:
            self.apply(counted(f"{label or name} of", changed), design, merge)

    def switch_off(self, ids: Iterable[str], off: bool | None = None) -> None:
        """Switch blocks off or on (without a word: not as the first is now). Blocks that read nothing stay on."""
        graph = self.design.graph
        can = [id for id in ids if (found := graph.blocks[id].layer_class) is None or found.inputs != (0, 0)]
        if not can:
            return
        off = not graph.blocks[can[0]].off if off is None else off
        for id in can:
            if graph.blocks[id].off != off:
                graph = graph.with_block(replace(graph.blocks[id], off=off))
        if graph is not self.design.graph:
            self.apply(counted("Switch off" if off else "Switch on", can), self.design.with_graph(graph))

    def remove_selected(self) -> None:
        """Take the selected blocks out; links heal."""
        self.remove(self._shown.selected, "Delete")

    def remove(self, ids: tuple[str, ...], verb: str) -> None:
        """Take blocks out; links heal."""
        if not ids:
            return
        sources = self.design.graph.wiring.sources[ids[0]]
        graph = edits.remove(self.design.graph, ids)
        weights = self._history.state.weights
        if weights is not None:
            from cnnbuilder.engine.weights import Weights

            weights = Weights.of(weights).without(ids)  # a new block of that name begins anew
        self.apply(counted(verb, ids), followed(self.design, graph), select=sources[:1], weights=weights)

    def rename(self, old: str, new: str) -> None:
        """Give a block another name; its weights come with it. Raises DesignError."""
        if old == new:
            return
        design = edits.rename(self.design, old, new)
        weights = self._history.state.weights
        if weights is not None:
            from cnnbuilder.engine.weights import Weights

            weights = Weights.of(weights).renamed(old, new)
        self.apply(f"Rename {old}", design, select=(new,), weights=weights)

    def share(self, id: str, way: Way, merge: Hashable = None, since: State | None = None) -> None:
        """Let a block share its weights in another way, and carry them: less sharing copies, more sharing averages.

        With `since`, a state that there was, it becomes so from that state: what lies between averages nothing.
        """
        from cnnbuilder.engine.sharing import carried

        state = since or self._history.state
        design = edits.share(state.design, id, way)
        if design is self.design:
            return
        try:
            weights: Arrays | None = carried(state.design, id, way, state.weights)
        except MemoryLimitError:  # what cannot be held begins anew
            weights = state.weights
        self.apply(f"{id} as {way.name}", design, merge, weights=weights)

    # Places

    def move(
        self, places: Mapping[str, Place], notes: Mapping[int, Place] | None = None, merge: Hashable = None
    ) -> None:
        """Lay cards and notes elsewhere; the graph stays the same object."""
        design = edits.move(self.design, dict(places)) if places else self.design
        if notes:
            moved = list(design.notes)
            for number, (x, y) in notes.items():
                moved[number] = replace(moved[number], x=x, y=y)
            design = replace(design, notes=tuple(moved))
        self.apply(counted("Move", places) if places else "Move a note", design, merge)

    def arrange(self, direction: str | None = None) -> None:
        """Lay all cards anew, in `direction` or as before."""
        design = self.design
        direction = direction or design.direction
        places = arranged(design.graph, direction, design.groups)
        if places != dict(design.layout) or direction != design.direction:
            self.apply("Arrange", replace(design, layout=places, direction=direction))
