"""One field that finds everything: commands, blocks of the design, kinds, samples, recent files, help."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QMenu

from cnnbuilder.app import theme
from cnnbuilder.app.actions import keys_of, plain_words
from cnnbuilder.app.finder import Entry, Finder
from cnnbuilder.app.samples import sample_designs
from cnnbuilder.design.layer import kinds
from cnnbuilder.design.shape import show
from cnnbuilder.design.words import sentence

if TYPE_CHECKING:
    from cnnbuilder.app.window import Window

WIDTH, HEIGHT = 600, 460
LAST_USED = "commands/last"
REMEMBERED = 5


class Commands(Finder):
    """Opened by Ctrl+K over the middle of the window."""

    def __init__(self, window: "Window") -> None:
        super().__init__(window, "Find anything", "A command, a block, a kind, a sample …")
        self._main = window
        self.taken.connect(self._run)
        self.show_foot("↑ ↓ walk · Enter does it · Esc closes")

    def ask(self) -> None:
        """Show everything, what was used last first."""
        self.open(self.entries(), WIDTH, HEIGHT)

    def entries(self) -> list[Entry]:
        """All that can be found now."""
        found = [
            *self._actions(),
            *self._blocks(),
            *self._notes(),
            *self._kinds(),
            *self._files(),
            *self._help(),
        ]
        last = _last_used()
        by_key = {_key(entry): entry for entry in found}
        used = [replace(by_key[key], group="Last used", words=by_key[key].group) for key in last if key in by_key]
        return [*used, *(entry for entry in found if _key(entry) not in last)]

    def _actions(self) -> Iterator[Entry]:
        groups = self._groups()
        for action in self._main.actions_.made.values():
            if action.isEnabled() and action.isVisible():
                group = groups.get(id(action), "Commands")
                icon = str(action.property("icon-name") or "")
                says = action.statusTip()
                yield Entry(plain_words(action), says, keys_of(action), group, icon, value=action.trigger)

    def _groups(self) -> dict[int, str]:
        """The menu in which each action stands."""
        menus = self._main.menuBar().findChildren(QMenu)
        return {id(action): menu.title().replace("&", "") for menu in menus for action in menu.actions()}

    def _blocks(self) -> Iterator[Entry]:
        shown = self._main.session.shown
        for id, block in shown.design.blocks.items():
            layer = block.layer_class
            name, group = (layer.label, layer.group) if layer else (block.kind, None)
            go = partial(self._show_block, id)
            shape = shown.report.shapes[id]
            words = show(shape) if shape else ""
            yield Entry(id, name, words, "Blocks", block.kind, theme.now().group(group), value=go)

    def _show_block(self, id: str) -> None:
        self._main.session.select((id,))
        self._main.canvas.show_block(id)
        self._main.canvas.setFocus()

    def _notes(self) -> Iterator[Entry]:
        for number, note in enumerate(self._main.session.design.notes):
            yield Entry(" ".join(note.text.split()), group="Notes", value=partial(self._show_note, number))

    def _show_note(self, number: int) -> None:
        canvas = self._main.canvas
        canvas.choose_note(number)
        canvas.centre_on(canvas.cards.notes[number].outline.center())
        canvas.setFocus()

    def _kinds(self) -> Iterator[Entry]:
        for kind, layer in kinds().items():
            add = partial(self._main.session.append, kind)
            colour = theme.now().group(layer.group)
            yield Entry(f"Add {layer.label}", sentence(layer), "", "Add a block", kind, colour, kind, value=add)

    def _files(self) -> Iterator[Entry]:
        documents = self._main.documents
        for sample in sample_designs():
            then = partial(documents.open, sample.path, True)
            yield Entry(sample.title, sample.teaches, "", "Samples", "open", value=then)
        for name in documents.recent():
            path = Path(name)
            yield Entry(path.name, str(path.parent), "", "Recent files", "open", value=partial(documents.open, path))

    def _help(self) -> Iterator[Entry]:
        from cnnbuilder.app.help_pages import titles

        for page, title in titles().items():
            yield Entry(title, "", "", "Help", "help", words="help", value=partial(self._main.shell.show_help, page))

    def _run(self, entry: Entry, _shift: bool) -> None:
        key = _key(entry)
        kept = [key, *(other for other in _last_used() if other != key)]
        QSettings().setValue(LAST_USED, kept[:REMEMBERED])
        then: Callable[[], Any] = entry.value
        then()


def _key(entry: Entry) -> str:
    """What an entry is called from one day to the next."""
    group = entry.words if entry.group == "Last used" else entry.group
    return f"{group}: {entry.title}"


def _last_used() -> list[str]:
    kept: Any = QSettings().value(LAST_USED, [])
    return [kept] if isinstance(kept, str) else [str(key) for key in kept or []]
