"""Maps in a grid, and what hands do with them: point, select, zoom, walk."""

from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent, QWheelEvent

from cnnbuilder.app.views.board import Board
from cnnbuilder.app.views.grid_keys import WORDS, pressed
from cnnbuilder.app.views.tiles import At

ZOOM = 1.15


class Grid(Board):
    """A board that answers the mouse and the keyboard."""

    pointed = Signal(object)
    """`(tile, row, column)` under the pointer, or None."""
    selected = Signal(object)
    """`(tile, row, column)` that was clicked or reached by keys."""
    explain_wanted = Signal()
    """The selected value is to be explained."""
    menu_wanted = Signal(object, QPoint)
    """A context menu is wanted for `(tile, row, column)` or None, at a place of the screen."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAccessibleName("Maps")
        self.setAccessibleDescription(WORDS)

    def _point(self, at: At | None) -> None:
        if at != self.pointed_at:
            before, self.pointed_at = self.pointed_at, at
            self.update_at(before)
            self.update_at(at)
            self.pointed.emit(at)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point(self.at(event.position().toPoint()))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._point(None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at = self.at(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and at is not None:
            self.choose(at)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        at, shown = self.at(event.position().toPoint()), self.sight.shown
        alone = at is not None and shown is not None and shown.count > 1 and self.sight.alone is None
        self.stand_alone(at[0] if at is not None and alone else None)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menu_wanted.emit(self.at(event.pos()) or self.marked, event.globalPos())

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.set_tile_width(self.sight.layout.wide * ZOOM ** (event.angleDelta().y() / 120))
            event.accept()
        else:
            super().wheelEvent(event)
        self._point(self.at(event.position().toPoint()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not pressed(self, event):
            super().keyPressEvent(event)

    def choose(self, at: At) -> None:
        """Select a unit, as a click does."""
        self.mark(at)
        self.selected.emit(at)
