"""Where docks lie: a centre, panels at its sides, and views that share places by tabs."""

from PySide6.QtCore import QChildEvent, QEvent, QPoint, Qt, QTimer
from PySide6.QtGui import QColor, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QDockWidget, QMainWindow, QMenu, QTabBar, QTabWidget, QWidget
from shiboken6 import getCppPointer

from cnnbuilder.app import theme
from cnnbuilder.app.dock import Dock
from cnnbuilder.app.exporting import Exportable, add

VIEWS_HEIGHT, LEAST_VIEWS = 256, 168
CANVAS_FIRST = 484
"""So high the canvas is to be before views are higher than their least: three rows of cards that can be read."""
LEFT, RIGHT, BELOW = (
    Qt.DockWidgetArea.LeftDockWidgetArea,
    Qt.DockWidgetArea.RightDockWidgetArea,
    Qt.DockWidgetArea.BottomDockWidgetArea,
)
SIDES = {"left": LEFT, "right": RIGHT}


class DockArea(QMainWindow):
    """A widget in which docks are laid; panels go from top to bottom, views lie between them."""

    def __init__(self, centre: QWidget) -> None:
        super().__init__()
        self.setWindowFlags(Qt.WindowType.Widget)
        self.held: dict[str, Dock] = {}
        """The docks of views by their names, in the order in which they came."""
        self._panels: dict[str, QDockWidget] = {}
        self._widths: dict[str, int] = {}
        self._as_first = False
        """Whether views are as high as the window finds right: nobody has dragged their edge yet."""
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
        theme.keeper().changed.connect(self.settle_soon)

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

    def show_panels(self) -> None:
        """Show all panels."""
        for panel in self._panels.values():
            panel.show()

    def give_first_sizes(self) -> None:
        """Panels as wide and views as high as at first."""
        self.resizeDocks(list(self._panels.values()), list(self._widths.values()), Qt.Orientation.Horizontal)
        self._as_first = True
        self._give_height()

    def _give_height(self) -> None:
        docks = [dock for dock in self.held.values() if self.is_below(dock)][:1]
        height = max(LEAST_VIEWS, min(VIEWS_HEIGHT, self.height() - CANVAS_FIRST))
        self.resizeDocks(docks, [height] * len(docks), Qt.Orientation.Vertical)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._as_first:
            self._give_height()

    def hold(self, dock: Dock) -> None:
        """Lay a dock below the centre, in a tab beside the last one there."""
        beside = next((held for held in reversed(self.held.values()) if self.is_below(held)), None)
        self.held[dock.objectName()] = dock
        dock.setFloating(False)
        self.addDockWidget(BELOW, dock)
        if beside is not None:
            self.tabifyDockWidget(beside, dock)
        dock.show()
        self.settle_soon()

    def is_below(self, dock: Dock) -> bool:
        """Whether a dock lies below the centre."""
        return not dock.isFloating() and not dock.isHidden() and self.dockWidgetArea(dock) == BELOW

    def bring(self, dock: Dock) -> None:
        """Show a dock in front of those that share its place."""
        dock.show()
        dock.raise_()
        self.settle_soon()

    def put_beside(self, dock: Dock, share: float | None = None) -> None:
        """Lay a view at the right of the others, so that both are seen; `share` of the room for it, or as for each."""
        dock.setFloating(False)
        self.addDockWidget(BELOW, dock, Qt.Orientation.Horizontal)
        self.bring(dock)
        others = [held for held in self.held.values() if held is not dock and self.is_below(held) and held.in_front]
        seen = [*others, dock]
        own = share or 1 / len(seen)
        widths = [(1 - own) / max(1, len(others))] * len(others) + [own]
        self.resizeDocks(seen, [int(width * self.width()) for width in widths], Qt.Orientation.Horizontal)

    # Titles and tabs

    def settle_soon(self) -> None:
        """Look anew, once all events are through, which docks need a title."""
        self._settling.start()

    def _settle(self) -> None:
        for dock in self.held.values():
            tabbed = not dock.isFloating() and any(not other.isHidden() for other in self.tabifiedDockWidgets(dock))
            dock.settle(tabbed)
        for bar in self.findChildren(QTabBar):
            self._colour(bar)

    def _colour(self, bar: QTabBar) -> None:
        """The tab in front stands out, and one that has bad news more."""
        now = theme.now()
        for number in range(bar.count()):
            dock = self.dock_of_tab(bar, number)
            if dock is not None:
                usual = now.text if number == bar.currentIndex() else now.dim
                bar.setTabTextColor(number, QColor(now.problem if dock.alarmed else usual))

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest and hasattr(self, "_settling"):
            self._settling.start()
        elif isinstance(event, QMouseEvent) and event.type() == QEvent.Type.MouseButtonPress:
            self._as_first = self._as_first and not self.isSeparator(event.position().toPoint())
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
            child.currentChanged.connect(lambda _, bar=child: self._colour(bar))
            child.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
            child.customContextMenuRequested.connect(lambda at, bar=child: self._show_menu(bar, at))

    def _show_menu(self, bar: QTabBar, at: QPoint) -> None:
        # The menu key asks for the tab in front.
        number = bar.tabAt(at) if bar.tabAt(at) >= 0 else bar.currentIndex()
        dock = self.dock_of_tab(bar, number)
        if dock is not None:
            menu = QMenu(self)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.addAction("Put beside the others").triggered.connect(lambda: self.put_beside(dock))
            menu.addAction("Take out as a window").triggered.connect(dock.turn_out)
            menu.addAction("Close").triggered.connect(dock.close)
            export = dock.view.export() if isinstance(dock.view, Exportable) else None
            if dock.view is not None and export is not None:
                menu.addSeparator()
                add(menu, dock.view, export)
            menu.popup(bar.mapToGlobal(at))

    def dock_of_tab(self, bar: QTabBar, number: int) -> Dock | None:
        """The dock of a tab. Qt keeps its address with the tab; two docks may have one title."""
        address = bar.tabData(number)
        return next((dock for dock in self.held.values() if getCppPointer(dock)[0] == address), None)
