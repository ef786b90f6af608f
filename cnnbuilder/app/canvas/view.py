"""The view of the canvas: pan, zoom, selection, dragging, keys. What the user does comes out as signals."""

from math import floor

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QBrush,
    QColor,
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QGraphicsView

from cnnbuilder.app import theme
from cnnbuilder.app.canvas.card import Card
from cnnbuilder.app.canvas.scene import Scene
from cnnbuilder.design.document import Design

SMALLEST, LARGEST = 0.05, 4.0
GRID = 24.0
FIT_MARGIN = 28.0
READABLE = 0.62
"""The zoom down to which a document that was just opened is shrunk."""
KIND_MIME = "application/x-cnnbuilder-kind"


class Canvas(QGraphicsView):
    """Shows a Scene. It changes nothing itself but where cards lie while they are dragged."""

    selected = Signal(tuple)
    moved = Signal(dict)
    """Cards were dragged: their new places by id."""
    remove = Signal()
    zoomed = Signal(float)
    dropped = Signal(str, float, float)
    """A kind was dropped from the palette at a place."""
    channel_turned = Signal(str, int)
    """The wheel over a card's picture: which block, and by how much."""

    def __init__(self) -> None:
        super().__init__()
        self.cards = Scene(self)
        self.setScene(self.cards)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.SmartViewportUpdate)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setDragMode(QGraphicsView.DragMode.RubberBandDrag)
        self.setAcceptDrops(True)
        self.setAccessibleName("Canvas")
        self.setAccessibleDescription(
            "The network as cards and links. Arrow keys walk along links; F fits; Delete removes."
        )
        self._panning: QPoint | None = None
        self._space = False
        self._following = True
        """Whether the view fits itself to the cards until the user pans or zooms."""
        self._telling = True
        self.cards.selectionChanged.connect(self._tell_selection)
        theme.keeper().changed.connect(self._recolour)

    # What is shown

    def show_design(self, design: Design, selected: tuple[str, ...], fit: bool = False) -> None:
        """Show a design with these blocks selected; `fit` brings all of it into view."""
        self._telling = False
        self.cards.show_design(design)
        self.cards.select(selected)
        self._telling = True
        if fit:
            self.fit()

    def _recolour(self) -> None:
        self.cards.recolour()
        self.viewport().update()

    @property
    def zoom(self) -> float:
        """How large a card is shown; 1 is as designed."""
        return self.transform().m11()

    def zoom_by(self, factor: float, around: QPointF | None = None) -> None:
        """Zoom about a point of the view (its middle, if none is given)."""
        factor = max(SMALLEST, min(LARGEST, self.zoom * factor)) / self.zoom
        at = around or QPointF(self.viewport().rect().center())
        before = self.mapToScene(at.toPoint())
        self.scale(factor, factor)
        self._pan(at.toPoint() - self.mapFromScene(before))
        self._following = False
        self.zoomed.emit(self.zoom)

    def reset_zoom(self) -> None:
        """Show cards at their designed size."""
        self.zoom_by(1 / self.zoom)

    def begin(self) -> None:
        """Show a document that was just opened: all of it, or its upper part where that keeps cards readable."""
        self.fit()
        bounds = self.cards.cards_rect().adjusted(-FIT_MARGIN, -FIT_MARGIN, FIT_MARGIN, FIT_MARGIN)
        room = self.viewport().rect()
        if READABLE / 2 < self.zoom < READABLE and bounds.width() * READABLE <= room.width():
            self.resetTransform()
            self.scale(READABLE, READABLE)
            self.centerOn(bounds.center().x(), bounds.top() + room.height() / READABLE / 2)
            self.zoomed.emit(self.zoom)

    def fit(self) -> None:
        """Bring all cards into view, no larger than designed."""
        bounds = self.cards.cards_rect().adjusted(-FIT_MARGIN, -FIT_MARGIN, FIT_MARGIN, FIT_MARGIN)
        room = self.viewport().rect()
        if self.cards.cards and room.width() > 40 and room.height() > 40:
            scale = min(1.0, room.width() / bounds.width(), room.height() / bounds.height())
            self.resetTransform()
            self.scale(max(scale, SMALLEST), max(scale, SMALLEST))
            self.centerOn(bounds.center())
            self.zoomed.emit(self.zoom)
        self._following = True

    def show_block(self, id: str) -> None:
        """Bring a card to the middle."""
        if id in self.cards.cards:
            if self.zoom < 0.5:
                self.zoom_by(0.8 / self.zoom)
            self.centerOn(self.cards.cards[id].outline.center())
            self._following = False

    def resizeEvent(self, event: object) -> None:
        super().resizeEvent(event)  # type: ignore[arg-type]
        if self._following:
            self.begin()

    def drawBackground(self, painter: QPainter, rect: QRectF | object) -> None:
        assert isinstance(rect, QRectF)
        now = theme.now()
        painter.fillRect(rect, QColor(now.canvas))
        step = GRID
        while step * self.zoom < 14:
            step *= 2
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QBrush(QColor(now.dots)))
        size = 1.6 / self.zoom
        columns = range(floor(rect.left() / step), floor(rect.right() / step) + 1)
        for row in range(floor(rect.top() / step), floor(rect.bottom() / step) + 1):
            painter.drawRects([QRectF(column * step, row * step, size, size) for column in columns])

    def _tell_selection(self) -> None:
        if self._telling:
            self.selected.emit(tuple(item.content.id for item in self.cards.selectedItems() if isinstance(item, Card)))

    # Mouse

    def wheelEvent(self, event: QWheelEvent) -> None:
        steps = event.angleDelta().y() or event.angleDelta().x()
        if event.modifiers() & Qt.KeyboardModifier.AltModifier:
            item = self.itemAt(event.position().toPoint())
            if isinstance(item, Card):
                self.channel_turned.emit(item.content.id, -1 if steps > 0 else 1)
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._pan(QPoint(steps, 0))
        else:
            self.zoom_by(1.0015**steps, event.position())
        event.accept()

    def _pan(self, by: QPoint) -> None:
        self.horizontalScrollBar().setValue(self.horizontalScrollBar().value() - by.x())
        self.verticalScrollBar().setValue(self.verticalScrollBar().value() - by.y())
        self._following = False

    def mousePressEvent(self, event: QMouseEvent) -> None:
        middle = event.button() == Qt.MouseButton.MiddleButton
        if middle or (self._space and event.button() == Qt.MouseButton.LeftButton):
            self._panning = event.position().toPoint()
            self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
            event.accept()
            return
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._panning is not None:
            at = event.position().toPoint()
            self._pan(at - self._panning)
            self._panning = at
            return
        super().mouseMoveEvent(event)
        if event.buttons() & Qt.MouseButton.LeftButton and isinstance(self.cards.mouseGrabberItem(), Card):
            self.cards.lay_wires()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._panning is not None:
            self._panning = None
            self.viewport().unsetCursor()
            return
        super().mouseReleaseEvent(event)
        if event.button() == Qt.MouseButton.LeftButton:
            self._tell_moves()

    def _tell_moves(self) -> None:
        shown = self.cards.shown_places()
        moved = {
            id: (round(card.x()), round(card.y()))
            for id, card in self.cards.cards.items()
            if card.pos() != QPointF(*shown.get(id, (0, 0)))
        }
        if moved:
            self.moved.emit(moved)

    # Keys and dropping

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._space = True
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.remove.emit()
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self._walk(key == Qt.Key.Key_Right)
        elif key == Qt.Key.Key_Escape:
            self.cards.clearSelection()
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._space = False
        super().keyReleaseEvent(event)

    def _walk(self, forward: bool) -> None:
        """Along a link to the next block."""
        to = self.cards.neighbour(forward)
        if to is not None:
            self.selected.emit((to,))
            self.ensureVisible(self.cards.cards[to].outline, 40, 40)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasFormat(KIND_MIME):
            event.acceptProposedAction()
        else:
            event.ignore()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        self.dragEnterEvent(event)  # type: ignore[arg-type]

    def dropEvent(self, event: QDropEvent) -> None:
        place = self.mapToScene(event.position().toPoint())
        kind = bytes(event.mimeData().data(KIND_MIME).data()).decode()
        self.dropped.emit(kind, place.x() - 75, place.y() - 20)
        event.acceptProposedAction()
