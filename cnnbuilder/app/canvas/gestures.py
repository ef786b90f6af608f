"""What the mouse does between press and release: one small class a gesture."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt, QTimer
from PySide6.QtGui import QColor, QPainter, QPen

from cnnbuilder.app import theme
from cnnbuilder.app.canvas.extras import NARROWEST, WIDEST, NoteItem

if TYPE_CHECKING:
    from cnnbuilder.app.canvas.view import Canvas

DRAG_PX = 4.0
"""So far the pointer may tremble in a click."""
SLIDE_PX, SLIDE_MS = 28, 16
"""How near to the edge of the view a drag moves the view, and how often."""


class Gesture:
    """Begins with a press. Points are of the view. Nothing is told to the document before the release."""

    cursor: Qt.CursorShape | None = None
    pans = True
    """Whether the view moves along when the pointer comes to its edge."""

    def __init__(self, canvas: "Canvas", at: QPointF) -> None:
        self.canvas, self.began = canvas, at
        self.at = at
        self.dragging = False
        self._scene_began = canvas.mapToScene(at)

    def move(self, at: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        """The pointer moved, or the view under it."""
        self.at = at
        if not self.dragging and (at - self.began).manhattanLength() >= DRAG_PX:
            self.dragging = True
            self.start()
        if self.dragging:
            self.drag(modifiers)

    @property
    def by(self) -> QPointF:
        """How far the pointer has come on the canvas since the press."""
        return self.canvas.mapToScene(self.at) - self._scene_began

    def start(self) -> None:
        """The press has become a drag."""

    def drag(self, modifiers: Qt.KeyboardModifier) -> None:
        """The pointer is at `self.at`."""

    def finish(self) -> None:
        """The button was released, with or without a drag: do what was begun."""

    def cancel(self) -> None:
        """Take back what was shown."""

    def paint(self, painter: QPainter, zoom: float) -> None:
        """What is shown on top, in the canvas's coordinates."""


class Slide(QTimer):
    """Moves the view while what is dragged is held at its edge."""

    def __init__(self, canvas: "Canvas") -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._gesture: Gesture | None = None
        self.setInterval(SLIDE_MS)
        self.timeout.connect(self._on)

    def calm(self, at: QPointF) -> bool:
        """Whether a point of the view is away from its edge."""
        room = self._canvas.rect().adjusted(SLIDE_PX, SLIDE_PX, -SLIDE_PX, -SLIDE_PX)
        return room.contains(at.toPoint())

    def follow(self, gesture: Gesture) -> None:
        """The pointer of a gesture moved."""
        self._gesture = gesture
        if not gesture.dragging or not gesture.pans or self.calm(gesture.at):
            self.stop()
        elif not self.isActive():
            self.start()

    def _on(self) -> None:
        gesture, size = self._gesture, self._canvas.size()
        if gesture is None:
            return

        def push(at: float, room: int) -> float:
            return (max(0.0, SLIDE_PX - at) - max(0.0, at - room + SLIDE_PX)) / 2

        self._canvas.pan(push(gesture.at.x(), size.width()), push(gesture.at.y(), size.height()))
        gesture.move(gesture.at, Qt.KeyboardModifier.NoModifier)


class Pan(Gesture):
    """Moves the view along with the pointer."""

    cursor = Qt.CursorShape.ClosedHandCursor
    pans = False

    def move(self, at: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        self.canvas.pan(at.x() - self.at.x(), at.y() - self.at.y())
        self.at = at


class Band(Gesture):
    """A rubber band: selects every card and note that it touches; with Shift or Ctrl in addition to those selected."""

    def __init__(self, canvas: "Canvas", at: QPointF, add: bool) -> None:
        super().__init__(canvas, at)
        self._before = canvas.selection if add else ()
        self._add = add
        self._rect = QRectF()

    def drag(self, modifiers: Qt.KeyboardModifier) -> None:
        self._rect = QRectF(self._scene_began, self._scene_began + self.by).normalized()
        scene = self.canvas.cards
        touched = [id for card in scene.all_cards() if card.outline.intersects(self._rect) for id in card.blocks]
        self._chosen = tuple(dict.fromkeys((*self._before, *touched)))
        scene.select(self._chosen)
        scene.choose_notes(note.number for note in scene.notes if note.outline.intersects(self._rect))

    def finish(self) -> None:
        if self.dragging:
            self.canvas.tell_selection(self._chosen)
        elif not self._add:
            self.canvas.choose_link(None)
            self.canvas.cards.choose_notes(())
            self.canvas.tell_selection(())

    def cancel(self) -> None:
        self.canvas.cards.select(self.canvas.selection)

    def paint(self, painter: QPainter, zoom: float) -> None:
        if self.dragging:
            fill = QColor(theme.now().accent)
            fill.setAlpha(28)
            painter.setBrush(fill)
            painter.setPen(QPen(QColor(theme.now().accent), 1 / zoom))
            painter.drawRect(self._rect)


class Resize(Gesture):
    """Makes a note wider or narrower."""

    cursor = Qt.CursorShape.SizeHorCursor

    def __init__(self, canvas: "Canvas", at: QPointF, note: NoteItem) -> None:
        super().__init__(canvas, at)
        self._note, self._width = note, note.width

    def drag(self, modifiers: Qt.KeyboardModifier) -> None:
        self._note.width = max(NARROWEST, min(WIDEST, round(self._width + self.by.x())))

    def finish(self) -> None:
        if self._note.width != self._width:
            self.canvas.note_resized.emit(self._note.number, self._note.width)

    def cancel(self) -> None:
        self._note.width = self._width


class Steer(Gesture):
    """Click or drag in the minimap: the view goes there."""

    pans = False

    def __init__(self, canvas: "Canvas", at: QPointF) -> None:
        super().__init__(canvas, at)
        self.move(at, Qt.KeyboardModifier.NoModifier)

    def move(self, at: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        self.canvas.centre_on(self.canvas.minimap.to_scene(at))
