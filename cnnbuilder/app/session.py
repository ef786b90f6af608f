"""The one owner of the document. Views read what it shows and ask it for edits; one signal says what changed."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from cnnbuilder.design import edits
from cnnbuilder.design.check import Report, check
from cnnbuilder.design.document import Design
from cnnbuilder.design.graph import Block
from cnnbuilder.design.history import History
from cnnbuilder.design.layout import arranged, completed, followed

if TYPE_CHECKING:
    from cnnbuilder.files.pictures import Picture

Arrays = Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class State:
    """What undo goes back to: the design and its weights (None: the first ones, made of the seed)."""

    design: Design
    weights: Arrays | None = None


@dataclass(frozen=True, eq=False)
class Shown:
    """All that views look at, as one value; unchanged parts are the same objects as before."""

    state: State
    picture: "Picture | None" = None
    path: Path | None = None
    changed: bool = False
    """Whether there is something to save."""
    undo: str | None = None
    redo: str | None = None
    selected: tuple[str, ...] = ()
    target: int | None = None
    """The class that the backward pass begins with; None: the likeliest."""
    live: bool = True

    @property
    def design(self) -> Design:
        """The design."""
        return self.state.design

    @property
    def report(self) -> Report:
        """What the check says of the design."""
        return check(self.state.design)

    @property
    def block(self) -> Block | None:
        """The block selected last."""
        return self.design.blocks.get(self.selected[-1]) if self.selected else None

    @property
    def title(self) -> str:
        """The file's name, or the design's."""
        return self.path.name if self.path else (self.design.name or "untitled")

    def fitting_weights(self) -> dict[str, Any]:
        """Of the weights held, those that have a place in the design as it is."""
        found: dict[str, Any] = {}
        for id, inference in self.report.inferences.items():
            for name, weight in inference.weights if inference else ():
                array = (self.state.weights or {}).get(f"{id}.{name}")
                if array is not None and tuple(array.shape) == tuple(weight.shape):
                    found[f"{id}.{name}"] = array
        return found


def with_places(design: Design) -> Design:
    """`design` with a place for every card."""
    if all(id in design.layout for id in design.blocks):
        return design
    return replace(design, layout=completed(design.graph, design.layout))


class Session(QObject):
    """Holds the document, its history, and what is looked at."""

    changed = Signal(object, object)
    """`(old, new)`, both a Shown."""

    def __init__(self, design: Design | None = None) -> None:
        super().__init__()
        self._history = History(State(with_places(design or Design())))
        self._shown = Shown(self._history.state)

    @property
    def shown(self) -> Shown:
        """What is shown now."""
        return self._shown

    @property
    def design(self) -> Design:
        """The design shown now."""
        return self._shown.design

    def _show(self, **changes: Any) -> None:
        old, history = self._shown, self._history
        design = history.state.design
        selected = tuple(id for id in changes.pop("selected", old.selected) if id in design.blocks)
        self._shown = replace(
            old,
            state=history.state,
            changed=history.changed,
            undo=history.undo_label,
            redo=history.redo_label,
            selected=selected if selected != old.selected else old.selected,
            **changes,
        )
        self.changed.emit(old, self._shown)

    # The document

    def open(
        self, design: Design, weights: Arrays | None = None, path: Path | None = None, picture: "Picture | None" = None
    ) -> None:
        """Show another document; its history begins here. The picture stays where the document has none."""
        self._history = History(State(with_places(design), weights))
        first = next((id for id in self.design_order(design)), None)
        self._show(path=path, picture=picture or self._shown.picture, target=None, selected=(first,) if first else ())

    @staticmethod
    def design_order(design: Design) -> list[str]:
        """The blocks as one would look at them: those with weights first."""
        report = check(design)
        return sorted(design.blocks, key=lambda id: not report.parameters[id])

    def complete(self, weights: Arrays | None, picture: "Picture | None") -> None:
        """Add what was read after the design was shown. Nothing happens if there was an edit meanwhile."""
        if self._shown.undo is None and self._shown.redo is None:
            self._history = History(State(self.design, weights))
        self._show(picture=picture or self._shown.picture)

    def saved(self, path: Path, state: State) -> None:
        """Note that `path` now holds `state`."""
        self._history.saved(state)
        self._show(path=path)

    # Edits

    def apply(
        self,
        label: str,
        design: Design,
        merge: Hashable = None,
        select: tuple[str, ...] | None = None,
        weights: Arrays | None = None,
    ) -> None:
        """One step of undo: another design (and other weights, if given)."""
        if design is self.design and weights is None:
            return
        held = self._history.state.weights if weights is None else weights
        self._history.add(State(with_places(design), held), label, merge)
        self._show(selected=self._shown.selected if select is None else select)

    def edit(self, label: str, change: Callable[[Design], Design]) -> None:
        """One step of undo by a pure function of the design."""
        self.apply(label, change(self.design))

    def set_param(self, id: str, name: str, value: Any, label: str = "") -> None:
        """Change one parameter of a block."""
        block = self.design.blocks[id]
        if block.params.get(name) == value and name not in block.faults:
            return
        self.apply(f"{label or name} of {id}", self.design.with_params(id, **{name: value}))

    def append(self, kind: str) -> None:
        """Add a block of `kind` behind the selected one, or behind the last."""
        design = self.design
        after = self._shown.selected[-1] if self._shown.selected else next(iter(reversed(tuple(design.blocks))), None)
        graph, id = edits.append(design.graph, kind, after=after)
        self.apply(f"Add {id}", followed(design, graph), select=(id,))

    def place(self, kind: str, x: float, y: float) -> None:
        """Add an unlinked block of `kind` at a place of the canvas."""
        graph, id = edits.add(self.design.graph, kind)
        design = replace(self.design, graph=graph, layout={**self.design.layout, id: (round(x), round(y))})
        self.apply(f"Add {id}", design, select=(id,))

    def remove_selected(self) -> None:
        """Take the selected blocks out; links heal."""
        ids = self._shown.selected
        if not ids:
            return
        followers = self.design.graph.wiring.sources[ids[0]]
        graph = edits.remove(self.design.graph, ids)
        label = f"Delete {ids[0]}" if len(ids) == 1 else f"Delete {len(ids)} blocks"
        self.apply(label, followed(self.design, graph), select=followers[:1])

    def rename(self, old: str, new: str) -> None:
        """Give a block another name; its weights come with it. Raises DesignError."""
        if old == new:
            return
        weights = self._history.state.weights
        if weights is not None:
            from cnnbuilder.engine.weights import Weights

            weights = Weights.of(weights).renamed(old, new)
        self.apply(f"Rename {old}", edits.rename(self.design, old, new), select=(new,), weights=weights)

    def move(self, places: dict[str, tuple[float, float]]) -> None:
        """Lay cards elsewhere; the graph stays the same object."""
        label = f"Move {next(iter(places))}" if len(places) == 1 else f"Move {len(places)} blocks"
        self.apply(label, edits.move(self.design, places))

    def arrange(self) -> None:
        """Lay all cards anew."""
        places = arranged(self.design.graph)
        if places != dict(self.design.layout):
            self.apply("Arrange", edits.move(self.design, dict(places)))

    def undo(self) -> None:
        """Go back one step."""
        self._history.undo()
        self._show()

    def redo(self) -> None:
        """Go forward one step."""
        self._history.redo()
        self._show()

    # What is looked at

    def select(self, ids: tuple[str, ...]) -> None:
        """Select blocks; the last one is looked at."""
        if ids != self._shown.selected:
            self._show(selected=ids)

    def look(self, **changes: Any) -> None:
        """Change `picture`, `target` or `live`; no step of undo."""
        self._show(**changes)
