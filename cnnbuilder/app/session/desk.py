"""The open documents, each with its history. One of them is on top; every edit is one step in its history."""

import itertools
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from cnnbuilder.app.session.shown import Arrays, Shown, State, Tab, title_of, with_places
from cnnbuilder.design.check import check
from cnnbuilder.design.document import Design
from cnnbuilder.design.history import History

if TYPE_CHECKING:
    from cnnbuilder.files.pictures import Picture

OF_A_DOCUMENT = ("picture", "path", "selected", "target", "origin")
"""The fields of Shown that each document has for itself."""


@dataclass(eq=False)
class _Document:
    """A document that is open: its history, and how it was looked at last."""

    history: History[State]
    shown: Shown
    name: str = ""
    number: int = 1
    """Which of the open documents without a file that have this name; it keeps its number when others are closed."""

    @property
    def untouched(self) -> bool:
        """Whether nothing would be missed if another document took its place."""
        steps = len(self.history.labels)
        return not steps and not self.history.changed and self.shown.path is None


class Desk(QObject):
    """Holds the documents; views see the one on top as a Shown, and one signal says what changed."""

    changed = Signal(object, object)
    """`(old, new)`, both a Shown. Another document on top is a change of `key`."""

    def __init__(self, design: Design | None = None) -> None:
        super().__init__()
        self._keys = itertools.count()
        self._key = next(self._keys)
        history = History(State(with_places(design or Design())))
        self._shown = Shown(history.state, self._key)
        self._documents = {self._key: _Document(history, self._shown)}
        self._shown = replace(self._shown, tabs=self._tabs())

    @property
    def shown(self) -> Shown:
        """What is shown now."""
        return self._shown

    @property
    def design(self) -> Design:
        """The design shown now."""
        return self._shown.design

    @property
    def _history(self) -> History[State]:
        return self._documents[self._key].history

    def _show(self, **changes: Any) -> None:
        old, history = self._shown, self._history
        design = history.state.design
        before = self._documents[self._key].shown
        own = {name: getattr(before, name) for name in OF_A_DOCUMENT} | changes
        selected = tuple(id for id in own.pop("selected") if id in design.blocks)
        document = self._documents[self._key]
        document.shown = replace(
            old,
            state=history.state,
            key=self._key,
            changed=history.changed,
            undo=history.undo_label,
            redo=history.redo_label,
            selected=selected if selected != old.selected else old.selected,
            **own,
        )
        tabs = self._tabs()
        document.shown = self._shown = replace(document.shown, tabs=tabs if tabs != old.tabs else old.tabs)
        self.changed.emit(old, self._shown)

    def _tabs(self) -> tuple[Tab, ...]:
        return tuple(
            Tab(key, self._title(item), item.history.changed, item.shown.path) for key, item in self._documents.items()
        )

    def _title(self, document: _Document) -> str:
        name = title_of(document.shown.path, document.history.state.design)
        if document.shown.path is not None:
            document.name = ""
            return name
        if document.name != name:
            taken = {other.number for other in self._documents.values() if other.name == name}
            document.name, document.number = name, next(n for n in itertools.count(1) if n not in taken)
        return name if document.number == 1 else f"{name} {document.number}"

    # Documents

    def open(
        self, design: Design, weights: Arrays | None = None, path: Path | None = None, picture: "Picture | None" = None
    ) -> None:
        """Show another document, in place of the one on top if that is untouched. Its history begins here.

        The picture stays where the document has none.
        """
        if not self._documents[self._key].untouched:
            self._key = next(self._keys)
        history = History(State(with_places(design), weights))
        self._documents[self._key] = _Document(history, replace(self._shown, key=self._key))
        first = next(iter(self.design_order(design)), None)
        shown = (first,) if first else ()
        self._show(path=path, picture=picture or self._shown.picture, target=None, origin=None, selected=shown)

    @staticmethod
    def design_order(design: Design) -> list[str]:
        """The blocks as one would look at them: those with weights first."""
        report = check(design)
        return sorted(design.blocks, key=lambda id: not report.parameters[id])

    def complete(self, key: int, weights: Arrays | None, picture: "Picture | None") -> None:
        """Add what was read after a document was shown; not the weights if there was an edit meanwhile."""
        document = self._documents.get(key)
        if document is None:
            return
        if not document.history.labels:
            document.history = History(State(document.history.state.design, weights))
        document.shown = replace(document.shown, picture=picture or document.shown.picture)
        self._show()

    def saved(self, path: Path, state: State) -> None:
        """Note that `path` now holds `state`, of whichever document that is."""
        for document in self._documents.values():
            if document.history.holds(state):
                document.history.saved(state)
                document.shown = replace(document.shown, path=path)
        self._show()

    def show_document(self, key: int) -> None:
        """Bring another document on top."""
        if key != self._key and key in self._documents:
            self._key = key
            self._show()

    def close_document(self, key: int) -> None:
        """Give a document up, saved or not; with the last one gone, an empty one is there."""
        keys = list(self._documents)
        if key not in keys:
            return
        if len(keys) == 1:
            self._documents[key] = _Document(History(State(Design())), replace(self._shown, path=None))
            self._show(path=None, selected=(), target=None, origin=None)
            return
        del self._documents[key]
        if key == self._key:
            place = keys.index(key)
            self._key = (keys[:place] + keys[place + 1 :])[min(place, len(keys) - 2)]
        self._show()

    # Edits

    def apply(
        self,
        label: str,
        design: Design,
        merge: Hashable = None,
        select: tuple[str, ...] | None = None,
        weights: Arrays | None = None,
    ) -> None:
        """One step of undo: another design (and other weights, if given).

        Successive edits with an equal `merge` that is not None are one step together, until `seal`.
        """
        if design is self.design and weights is None:
            return
        held = self._history.state.weights if weights is None else weights
        self._history.add(State(with_places(design), held), label, merge)
        self._show(selected=self._shown.selected if select is None else select)

    def edit(self, label: str, change: Callable[[Design], Design], merge: Hashable = None) -> None:
        """One step of undo by a pure function of the design."""
        self.apply(label, change(self.design), merge)

    def seal(self) -> None:
        """The next edit is a step of its own."""
        self._history.seal()

    def undo(self) -> None:
        """Go back one step."""
        before = self.design
        self._history.undo()
        self._show(selected=self._concerned(before))

    def redo(self) -> None:
        """Go forward one step."""
        before = self.design
        self._history.redo()
        self._show(selected=self._concerned(before))

    def _concerned(self, before: Design) -> tuple[str, ...]:
        """What is selected after a step: what came; else what still is; else what those that went had read."""
        blocks, selected = self._history.state.design.blocks, self._shown.selected
        came = tuple(id for id in blocks if id not in before.blocks)
        kept = tuple(id for id in selected if id in blocks)
        if came or kept or not selected:
            return came or kept
        id, sources = selected[0], before.graph.wiring.sources
        while id not in blocks and sources[id]:
            id = sources[id][0]
        return (id,) if id in blocks else ()

    @property
    def steps(self) -> list[str]:
        """The words for every step of the document, undone ones included."""
        return self._history.labels

    @property
    def step(self) -> int:
        """How many of the steps are done."""
        return self._history.now

    def go_to(self, step: int) -> None:
        """Go back or forward until `step` steps are done."""
        self._history.go_to(step)
        self._show()

    # What is looked at

    def select(self, ids: tuple[str, ...]) -> None:
        """Select blocks; the last one is looked at."""
        if ids != self._shown.selected:
            self._show(selected=ids)

    def look(self, **changes: Any) -> None:
        """Change `picture`, `target`, `origin`, `live` or `backward`; no step of undo."""
        self._show(**changes)
