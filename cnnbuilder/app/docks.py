"""The middle of the window: what stands in its centre, panels at the sides, and views as docks around it.

There may be any number of views of a kind. They are moved, tabbed, taken out as windows, closed and opened again; which
there are and where they lie is remembered.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol, runtime_checkable

from PySide6.QtCore import QByteArray, QChildEvent, QEvent, QPoint, QSettings, Qt, QTimer, Signal
from PySide6.QtWidgets import QDockWidget, QMainWindow, QMenu, QTabBar, QTabWidget, QWidget

from cnnbuilder.app.dock import Dock

LAYOUT = 1
"""The version of what is remembered; another one is not read."""
MOST = 32
"""Of so many views a remembered layout is believed."""
VIEWS_HEIGHT = 256
LEFT, RIGHT, BELOW = (
    Qt.DockWidgetArea.LeftDockWidgetArea,
    Qt.DockWidgetArea.RightDockWidgetArea,
    Qt.DockWidgetArea.BottomDockWidgetArea,
)
SIDES = {"left": LEFT, "right": RIGHT}


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


@runtime_checkable
class Titled(Protocol):
    """A view that tells the title of its tab."""

    titled: Any


@runtime_checkable
class Linked(Protocol):
    """A view in which a unit can be selected, and marked when it was selected elsewhere."""

    unit_selected: Any

    def mark_unit(self, block: str, index: tuple[int, ...] | None) -> None:
        """Mark a unit of a block; None: no unit."""


class Docks(QMainWindow):
    """Holds the centre, the panels and the views; knows nothing of what they show."""

    made = Signal(QWidget)
    """A view was made."""

    def __init__(self, centre: QWidget, kinds: Iterable[Kind]) -> None:
        super().__init__()
        self.setWindowFlags(Qt.WindowType.Widget)
        self.kinds = {kind.name: kind for kind in kinds}
        self.unit: tuple[str, tuple[int, ...] | None] | None = None
        """The unit selected last: its block and its index."""
        self._docks: dict[str, Dock] = {}
        self._panels: dict[str, QDockWidget] = {}
        self._widths: dict[str, int] = {}
        self._late = False
        self._hidden: list[str] = []
        self._height: int | None = VIEWS_HEIGHT
        self.setCentralWidget(centre)
        self.setDocumentMode(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        option = QMainWindow.DockOption
        self.setDockOptions(
            option.AnimatedDocks | option.AllowTabbedDocks | option.AllowNestedDocks | option.GroupedDragging
        )
        self.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, QTabWidget.TabPosition.North)
        for corner, area in (
            (Qt.Corner.TopLeftCorner, LEFT),
            (Qt.Corner.BottomLeftCorner, LEFT),
            (Qt.Corner.TopRightCorner, RIGHT),
            (Qt.Corner.BottomRightCorner, RIGHT),
        ):
            self.setCorner(corner, area)
        self._settling = QTimer(self)
        self._settling.setSingleShot(True)
        self._settling.setInterval(0)
        self._settling.timeout.connect(self._settle)

    # Panels

    def add_panel(self, name: str, title: str, widget: QWidget, side: str, width: int) -> QDockWidget:
        """A panel at the `left` or `right`; it has no title and stays where it is, but can be hidden."""
        dock = QDockWidget(title)
        dock.setObjectName(name)
        dock.setTitleBarWidget(QWidget())
        dock.setFeatures(QDockWidget.DockWidgetFeature.DockWidgetClosable)
        dock.setWidget(widget)
        self._panels[name], self._widths[name] = dock, width
        self.addDockWidget(SIDES[side], dock)
        return dock

    def panel(self, name: str) -> QDockWidget:
        """The dock of a panel."""
        return self._panels[name]

    # Views

    def begin(self) -> None:
        """From now on views that need much loading can be made; one after the other, so that the window stays alive."""
        self._late = True
        waiting = next((dock for dock in self._docks.values() if dock.view is None), None)
        if waiting is not None:
            self._fill(waiting)
            QTimer.singleShot(0, self, self.begin)

    def open(self, kind: str) -> Dock:
        """Another view of a kind, in front."""
        held = [dock for dock in self._docks.values() if dock.kind == kind]
        if held and self.kinds[kind].single:
            self.bring(held[0])
            return held[0]
        dock = self._add(kind, self._free_name(kind))
        self.bring(dock)
        return dock

    def views(self, *kinds: str) -> list[QWidget]:
        """The views that are made, of these kinds or of all."""
        return [dock.view for dock in self._docks.values() if dock.view and (not kinds or dock.kind in kinds)]

    def dock_of(self, view: QWidget | str) -> Dock | None:
        """The dock that holds a view, or the first of a kind."""
        for dock in self._docks.values():
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

    def bring(self, dock: Dock) -> None:
        """Show a dock in front of those that share its place."""
        dock.show()
        dock.raise_()
        self._settling.start()

    def put_beside(self, dock: Dock) -> None:
        """Lay a view at the right of the others, so that both are seen."""
        dock.setFloating(False)
        self.addDockWidget(BELOW, dock, Qt.Orientation.Horizontal)
        self.bring(dock)
        seen = [
            other for other in self._docks.values() if self._is_below(other) and other.view and other.view.isVisible()
        ]
        if dock not in seen:
            seen.append(dock)
        self.resizeDocks(seen, [self.width() // len(seen)] * len(seen), Qt.Orientation.Horizontal)

    def is_seen(self, view: QWidget | str) -> bool:
        """Whether a view is in front, not behind another tab."""
        dock = self.dock_of(view)
        return dock is not None and dock.view is not None and dock.view.isVisible()

    def mark_unit(self, block: str, index: tuple[int, ...] | None) -> None:
        """Mark a unit in every view."""
        self.unit = (block, index)
        for view in self.views():
            if isinstance(view, Linked):
                view.mark_unit(block, index)

    def _free_name(self, kind: str) -> str:
        number, name = 1, kind
        while name in self._docks:
            number += 1
            name = f"{kind}-{number}"
        return name

    def _add(self, kind: str, name: str) -> Dock:
        """A dock beside the last of the views that are tabbed below the centre."""
        dock = Dock(kind, name, self.kinds[kind].title)
        beside = next((held for held in reversed(self._docks.values()) if self._is_below(held)), None)
        self._docks[name] = dock
        self.addDockWidget(BELOW, dock)
        if beside is not None:
            self.tabifyDockWidget(beside, dock)
        # Queued: the dock is not to be taken apart while it answers its own event.
        dock.closed.connect(self._closed, Qt.ConnectionType.QueuedConnection)
        for signal in (dock.topLevelChanged, dock.dockLocationChanged, dock.visibilityChanged):
            signal.connect(self._settle_soon)
        if self._late or not self.kinds[kind].late:
            self._fill(dock)
        self._settling.start()
        return dock

    def _is_below(self, dock: Dock) -> bool:
        return not dock.isFloating() and not dock.isHidden() and self.dockWidgetArea(dock) == BELOW

    def _fill(self, dock: Dock) -> None:
        view = self.kinds[dock.kind].make()
        dock.fill(view)
        if isinstance(view, Titled):
            view.titled.connect(dock.setWindowTitle)
        if isinstance(view, Linked):
            view.unit_selected.connect(self.mark_unit)
        self.made.emit(view)
        if self.unit is not None and isinstance(view, Linked):
            view.mark_unit(*self.unit)

    def _closed(self, dock: Dock) -> None:
        if not self.kinds[dock.kind].single and self._docks.get(dock.objectName()) is dock:
            self._drop(dock)
        self._settling.start()

    def _drop(self, dock: Dock) -> None:
        del self._docks[dock.objectName()]
        self.removeDockWidget(dock)
        dock.setParent(None)
        dock.deleteLater()

    # How they lie

    def _settle_soon(self) -> None:
        self._settling.start()

    def _settle(self) -> None:
        """A title bar is shown where no tab says the title."""
        for dock in self._docks.values():
            tabbed = not dock.isFloating() and any(not other.isHidden() for other in self.tabifiedDockWidgets(dock))
            dock.settle(tabbed)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest and hasattr(self, "_settling"):
            self._settling.start()
        return super().event(event)

    def childEvent(self, event: QChildEvent) -> None:
        """Tab bars come and go with the docks that share a place."""
        super().childEvent(event)
        child = event.child()
        if event.polished() and isinstance(child, QTabBar):
            child.setAccessibleName("Views")
            child.setExpanding(False)
            child.setElideMode(Qt.TextElideMode.ElideNone)
            child.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            child.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
            child.customContextMenuRequested.connect(partial(self._tab_menu, child))

    def _tab_menu(self, bar: QTabBar, at: QPoint) -> None:
        # The menu key asks for the tab in front.
        number = bar.tabAt(at) if bar.tabAt(at) >= 0 else bar.currentIndex()
        dock = self._dock_titled(bar.tabText(number))
        if dock is not None:
            menu = QMenu(self)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.addAction("Put beside the others").triggered.connect(partial(self.put_beside, dock))
            menu.addAction("Take out as a window").triggered.connect(dock.turn_out)
            menu.addAction("Close").triggered.connect(dock.close)
            menu.popup(bar.mapToGlobal(at))

    def _dock_titled(self, words: str) -> Dock | None:
        return next((dock for dock in self._docks.values() if dock.windowTitle() == words), None)

    def turn_views(self) -> None:
        """Hide all views that are not windows of their own, or show them again."""
        shown = [name for name, dock in self._docks.items() if not dock.isHidden() and not dock.isFloating()]
        if shown:
            self._hidden = shown
            for name in shown:
                self._docks[name].hide()
            return
        for name in self._hidden or list(self._docks):
            if name in self._docks:
                self._docks[name].show()
        if not self._docks:
            self.reset(False)

    def reset(self, panels: bool = True) -> None:
        """As it is at first: one view of each kind, tabbed below the centre, and the panels at the sides."""
        for dock in list(self._docks.values()):
            if not self.kinds[dock.kind].single:
                self._drop(dock)
        singles = {dock.kind: dock for dock in self._docks.values()}
        for dock in singles.values():
            self.removeDockWidget(dock)
        self._docks.clear()
        for name in self.kinds:
            if name in singles:
                self._put(singles[name])
            else:
                self._add(name, name)
        if panels:
            for panel in self._panels.values():
                panel.show()
        self._height = VIEWS_HEIGHT
        self._give_sizes()
        first = next(iter(self._docks.values()), None)
        if first is not None:
            self.bring(first)

    def _put(self, dock: Dock) -> None:
        beside = next(iter(reversed(self._docks.values())), None)
        self._docks[dock.objectName()] = dock
        dock.setFloating(False)
        self.addDockWidget(BELOW, dock)
        if beside is not None:
            self.tabifyDockWidget(beside, dock)
        dock.show()

    def _give_sizes(self) -> None:
        self.resizeDocks(list(self._panels.values()), list(self._widths.values()), Qt.Orientation.Horizontal)
        docks = [dock for dock in self._docks.values() if self._is_below(dock)][:1]
        self.resizeDocks(docks, [VIEWS_HEIGHT] * len(docks), Qt.Orientation.Vertical)

    # What is remembered

    def save(self, settings: QSettings) -> None:
        """Remember which views there are and how all lies."""
        settings.setValue("docks/views", [f"{dock.kind} {name}" for name, dock in self._docks.items()])
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
