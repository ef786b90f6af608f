"""The views around the canvas: any number of each kind, closed and opened again; which there are and where they lie is
remembered, and the unit that is selected in one is marked in all.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from PySide6.QtCore import QByteArray, QSettings, Qt, QTimer, Signal
from PySide6.QtWidgets import QWidget

from cnnbuilder.app.dock import Dock
from cnnbuilder.app.dock_area import DockArea

LAYOUT = 1
"""The version of what is remembered; another one is not read."""
MOST = 32
"""Of so many views a remembered layout is believed."""


@dataclass(frozen=True)
class Kind:
    """A kind of view: how it is called, and how one is made."""

    name: str
    title: str
    make: Callable[[], QWidget]
    single: bool = False
    """There is one, which is hidden when closed."""
    late: bool = False
    """It needs what is not loaded before the window is first seen."""
    first: bool = True
    """It is there at first, not only when asked for."""


@runtime_checkable
class Titled(Protocol):
    """A view that tells the title of its tab."""

    titled: Any


@runtime_checkable
class Alarming(Protocol):
    """A view that tells whether it has bad news."""

    alarming: Any


@runtime_checkable
class Linked(Protocol):
    """A view in which a unit can be selected, and marked when it was selected elsewhere."""

    unit_selected: Any

    def mark_unit(self, block: str, index: tuple[int, ...] | None) -> None:
        """Mark a unit of a block; None: no unit."""


class Docks(DockArea):
    """Makes the views and lays them; knows nothing of what they show."""

    made = Signal(QWidget)
    """A view was made."""
    unit_marked = Signal(str, object)
    """A unit was selected: of which block's output or which weight, and its index or None."""

    def __init__(self, centre: QWidget, kinds: Iterable[Kind]) -> None:
        super().__init__(centre)
        self.kinds = {kind.name: kind for kind in kinds}
        self.unit: tuple[str, tuple[int, ...] | None] | None = None
        """The unit selected last: of which block's output or which weight, and its index."""
        self._late = False
        self._hidden: list[str] = []

    def begin(self) -> None:
        """From now on views that need much loading can be made; one after the other, so that the window stays alive."""
        self._late = True
        waiting = next((dock for dock in self.held.values() if dock.view is None), None)
        if waiting is not None:
            self._fill(waiting)
            QTimer.singleShot(0, self, self.begin)

    def open(self, kind: str) -> Dock:
        """Another view of a kind, in front."""
        held = [dock for dock in self.held.values() if dock.kind == kind]
        if held and self.kinds[kind].single:
            self.bring(held[0])
            return held[0]
        dock = self._add(kind, self._free_name(kind))
        self.bring(dock)
        return dock

    def views(self, *kinds: str) -> list[QWidget]:
        """The views that are made, of these kinds or of all."""
        return [dock.view for dock in self.held.values() if dock.view and (not kinds or dock.kind in kinds)]

    def dock_of(self, view: QWidget | str) -> Dock | None:
        """The dock that holds a view, or the first of a kind."""
        for dock in self.held.values():
            if dock.kind == view or (dock.view is not None and dock.view is view):
                return dock
        return None

    def show_view(self, view: QWidget | str) -> None:
        """Bring a view to the front; a kind of which there is none is opened."""
        dock = self.dock_of(view)
        if dock is not None:
            self.bring(dock)
        elif isinstance(view, str):
            self.open(view)

    def enter(self, kind: str) -> None:
        """Bring a view to the front and let the keyboard into what it shows."""
        self.show_view(kind)
        dock = self.dock_of(kind)
        view = dock.view if dock else None
        if view is None:
            return
        inside = [view.focusProxy(), *view.findChildren(QWidget)]
        can = (
            part
            for part in inside
            if part is not None and part.focusPolicy() & Qt.FocusPolicy.TabFocus and part.isVisible()
        )
        next(can, view).setFocus(Qt.FocusReason.ShortcutFocusReason)

    def mark_unit(self, block: str, index: tuple[int, ...] | None) -> None:
        """Mark a unit in every view."""
        self.unit = (block, index)
        for view in self.views():
            if isinstance(view, Linked):
                view.mark_unit(block, index)
        self.unit_marked.emit(block, index)

    def _free_name(self, kind: str) -> str:
        number, name = 1, kind
        while name in self.held:
            number += 1
            name = f"{kind}-{number}"
        return name

    def _add(self, kind: str, name: str) -> Dock:
        dock = Dock(kind, name, self.kinds[kind].title)
        self.hold(dock)
        # Queued: the dock is not to be taken apart while it answers its own event.
        dock.closed.connect(self._closed, Qt.ConnectionType.QueuedConnection)
        for signal in (dock.topLevelChanged, dock.dockLocationChanged, dock.visibilityChanged, dock.alarm_changed):
            signal.connect(self.settle_soon)
        if self._late or not self.kinds[kind].late:
            self._fill(dock)
        return dock

    def _fill(self, dock: Dock) -> None:
        view = self.kinds[dock.kind].make()
        dock.fill(view)
        if isinstance(view, Titled):
            view.titled.connect(dock.setWindowTitle)
        if isinstance(view, Alarming):
            view.alarming.connect(dock.alarm)
        if isinstance(view, Linked):
            view.unit_selected.connect(self.mark_unit)
        self.made.emit(view)
        if self.unit is not None and isinstance(view, Linked):
            view.mark_unit(*self.unit)

    def _closed(self, dock: Dock) -> None:
        if not self.kinds[dock.kind].single and self.held.get(dock.objectName()) is dock:
            self._drop(dock)
        self.settle_soon()

    def _drop(self, dock: Dock) -> None:
        del self.held[dock.objectName()]
        self.removeDockWidget(dock)
        dock.setParent(None)
        dock.deleteLater()

    def turn_views(self) -> None:
        """Hide all views that are not windows of their own, or show them again."""
        shown = [name for name, dock in self.held.items() if not dock.isHidden() and not dock.isFloating()]
        if shown:
            self._hidden = shown
            for name in shown:
                self.held[name].hide()
            return
        for name in self._hidden or list(self.held):
            if name in self.held:
                self.held[name].show()
        if not self.held:
            self.reset(False)

    def reset(self, panels: bool = True) -> None:
        """As it is at first: one view of each kind, tabbed below the centre, and the panels at the sides."""
        singles: dict[str, Dock] = {}
        for dock in list(self.held.values()):
            if self.kinds[dock.kind].single:
                singles[dock.kind] = dock
                del self.held[dock.objectName()]
                self.removeDockWidget(dock)
            else:
                self._drop(dock)
        for name in self.kinds:
            if name in singles:
                self.hold(singles[name])
            elif self.kinds[name].first:
                self._add(name, name)
        if panels:
            self.show_panels()
        self.give_first_sizes()
        first = next(iter(self.held.values()), None)
        if first is not None:
            self.bring(first)

    # What is remembered

    def save(self, settings: QSettings) -> None:
        """Remember which views there are and how all lies."""
        settings.setValue("docks/views", [f"{dock.kind} {name}" for name, dock in self.held.items()])
        settings.setValue("docks/layout", self.saveState(LAYOUT))

    def restore(self, settings: QSettings) -> None:
        """Lay out what was remembered; where that cannot be understood, as at first."""
        layout, views = settings.value("docks/layout"), _views(settings.value("docks/views"), self.kinds)
        if not isinstance(layout, QByteArray) or views is None:
            self.reset()
            return
        for kind, name in views:
            self._add(kind, name)
        if not self.restoreState(layout, LAYOUT):
            self.reset()


def _views(value: object, kinds: dict[str, Kind]) -> list[tuple[str, str]] | None:
    """The kinds and names remembered, or None if they are none that the program can have written."""
    if isinstance(value, str):
        value = [value]
    if value is None:
        value = []
    if not isinstance(value, list) or len(value) > MOST:
        return None
    found: dict[str, str] = {}
    for words in value:
        kind, _, name = str(words).partition(" ")
        if kind not in kinds or not name.startswith(kind) or name in found:
            return None
        if kinds[kind].single and kind in found.values():
            return None
        found[name] = kind
    return [(kind, name) for name, kind in found.items()]
