"""The canvas: what the user does with mouse and keys on the cards comes out as signals. It changes no document."""

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QWheelEvent,
)
from PySide6.QtWidgets import QToolTip

from cnnbuilder.app.canvas.dropping import Drop, paint_drop, plan_drop
from cnnbuilder.app.canvas.gestures import Band, Gesture, Pan, Resize, Steer
from cnnbuilder.app.canvas.hits import NOTHING, Hit, Part, hit
from cnnbuilder.app.canvas.keys import Keys
from cnnbuilder.app.canvas.linking import DrawLink
from cnnbuilder.app.canvas.moving import Move
from cnnbuilder.app.canvas.viewer import Viewer
from cnnbuilder.app.canvas.writing import NoteEditor
from cnnbuilder.design.document import Design
from cnnbuilder.design.graph import Link

KIND_MIME = "application/x-cnnbuilder-kind"
SLIDE_PX, SLIDE_MS = 28, 16
"""How near to the edge of the view a drag moves the view, and how often."""
CURSORS = {
    Part.CARD: Qt.CursorShape.PointingHandCursor,
    Part.OUTPUT: Qt.CursorShape.CrossCursor,
    Part.END: Qt.CursorShape.CrossCursor,
    Part.PICKER: Qt.CursorShape.PointingHandCursor,
    Part.LINK: Qt.CursorShape.PointingHandCursor,
    Part.NOTE: Qt.CursorShape.PointingHandCursor,
    Part.NOTE_EDGE: Qt.CursorShape.SizeHorCursor,
    Part.FRAME: Qt.CursorShape.PointingHandCursor,
    Part.FOLD: Qt.CursorShape.PointingHandCursor,
}


class Canvas(Viewer):
    """Turns input into gestures, and gestures into signals."""

    selected = Signal(tuple)
    moved = Signal(object, object)
    """Cards and notes were dragged: their new places by id, and by number."""
    remove = Signal()
    unlink = Signal(object)
    """A link is to be taken away."""
    connect_blocks = Signal(str, str, int)
    """`(source, target, input)`: a link was drawn."""
    rejoined = Signal(object, str, str, int)
    """`(link, source, target, input)`: the end of a link was led elsewhere."""
    inserted = Signal(str, object)
    """`(id, link)`: a loose block was dragged onto a link."""
    dropped = Signal(str, float, float, object, object, object)
    """`(kind, x, y, link, after, before)`: a kind was dropped from the palette, on its own or to be joined."""
    channel_turned = Signal(str, int)
    """A block's picture is to show another channel, so many further."""
    wanted_next = Signal(object, object, object)
    """`(id or None, global place, place on the canvas)`: what may come next is asked for."""
    fold = Signal(str, bool)
    """A group is to be folded, or unfolded."""
    note_edited = Signal(int, str)
    note_resized = Signal(int, float)
    note_removed = Signal(int)
    edit_wanted = Signal(str)
    """Enter on a block: its parameters are to be edited."""
    context = Signal(object, object)
    """`(global place, Hit)`: a menu is asked for."""

    def __init__(self) -> None:
        super().__init__()
        self._gesture: Gesture | None = None
        self._drop: Drop | None = None
        self._keys = Keys(self)
        self._slide = QTimer(self)
        self._slide.setInterval(SLIDE_MS)
        self._slide.timeout.connect(self._slide_on)
        self._editor: NoteEditor | None = None
        self.setMouseTracking(True)
        self.setAcceptDrops(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Canvas")
        self._keys.describe()

    def show_design(self, design: Design, selected: tuple[str, ...], key: object = None) -> None:
        if design is not self.cards.design:
            self._forget()
        told = selected != self.selection
        super().show_design(design, selected, key)
        if self.look.chosen not in self.cards.wires:
            self.look.chosen = None
        if told:
            self._keys.describe()

    def _forget(self) -> None:
        """What was pointed at or held may be gone."""
        if self._gesture is not None:
            self.cancel()
        self.look.card = self.look.port = self.look.link = self.look.note = None

    # Selection

    def tell_selection(self, ids: tuple[str, ...]) -> None:
        """These blocks are selected, and nobody else is told while they are so already."""
        if ids != self.selection:
            self.selection = ids
            self.cards.select(ids)
            self._keys.describe()
            self.selected.emit(ids)
        else:
            self.cards.select(ids)
        self.update()

    def choose_link(self, link: Link | None) -> None:
        """Select a link, and no blocks; or none."""
        if link is not None:
            self.cards.choose_notes(())
            self.tell_selection(())
        self.look.chosen = link
        self._keys.describe()
        self.update()

    # Gestures

    def _begin(self, gesture: Gesture) -> None:
        self._gesture = gesture
        if gesture.cursor is not None:
            self.setCursor(gesture.cursor)
        self.update()

    def cancel(self) -> bool:
        """Give up the gesture under way; whether there was one."""
        gesture, self._gesture = self._gesture, None
        self._slide.stop()
        if gesture is not None:
            gesture.cancel()
            self.unsetCursor()
            self.update()
        return gesture is not None

    def paint_gesture(self, painter: QPainter) -> None:
        if self._gesture is not None:
            self._gesture.paint(painter, self.zoom)
        if self._drop is not None:
            paint_drop(painter, self._drop, self.cards.design.direction == "down", self.zoom)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at = event.position()
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        if self._gesture is not None:
            return
        left = event.button() == Qt.MouseButton.LeftButton
        if event.button() == Qt.MouseButton.MiddleButton or (left and self._keys.space):
            self._begin(Pan(self, at))
        elif left and self.minimap.rect.contains(at):
            self._begin(Steer(self, at))
        elif left:
            self._press(at, event.modifiers())

    def _press(self, at: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        found = hit(self.cards, self.mapToScene(at), self.zoom)
        add = bool(modifiers & (Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier))
        part, card = found.part, found.card
        if part is Part.OUTPUT and card is not None:
            self._begin(DrawLink(self, at, card))
        elif part is Part.END and found.link is not None:
            self._begin(DrawLink(self, at, self.cards.standing[found.link.source], found.link))
        elif part is Part.PICKER and card is not None:
            self.channel_turned.emit(card.leaving, found.side)
        elif part is Part.CARD and card is not None:
            self._begin(Move(self, at, card, add))
        elif part is Part.NOTE_EDGE and found.note is not None:
            self._begin(Resize(self, at, found.note))
        elif part is Part.NOTE and found.note is not None:
            self._begin(Move(self, at, found.note, add))
        elif part is Part.LINK:
            self.choose_link(found.link)
        elif part is Part.FOLD and found.frame is not None:
            self.fold.emit(found.frame.name, True)
        elif part is Part.FRAME and found.frame is not None and found.frame.blocks:
            self.tell_selection(found.frame.blocks)
            self._begin(Move(self, at, self.cards.standing[found.frame.blocks[0]], False))
        else:
            self._begin(Band(self, at, add))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position()
        if self._gesture is not None:
            self._gesture.move(at, event.modifiers())
            if self._gesture is not None and self._gesture.dragging and self._gesture.pans:
                near = self.rect().adjusted(SLIDE_PX, SLIDE_PX, -SLIDE_PX, -SLIDE_PX)
                if near.contains(at.toPoint()):
                    self._slide.stop()
                elif not self._slide.isActive():
                    self._slide.start()
            self.update()
        else:
            self._point(at)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        gesture, self._gesture = self._gesture, None
        self._slide.stop()
        if gesture is not None:
            self.unsetCursor()
            gesture.finish()
            self._point(event.position())
            self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        scene_at = self.mapToScene(event.position())
        found = hit(self.cards, scene_at, self.zoom)
        if found.card is not None and found.card.folded:
            self.fold.emit(found.card.content.id, False)
        elif found.part is Part.PICKER:
            self.mousePressEvent(event)
        elif found.card is not None:
            self.edit_wanted.emit(found.card.leaving)
        elif found.note is not None:
            self.write(found.note.number)
        elif found is NOTHING and not self.minimap.rect.contains(event.position()):
            self.wanted_next.emit(None, event.globalPosition().toPoint(), scene_at)

    def _slide_on(self) -> None:
        """The view moves while what is dragged is held at its edge."""
        if self._gesture is None:
            self._slide.stop()
            return
        at, room = self._gesture.at, QRectF(self.rect())

        def push(low: float, high: float) -> float:
            return max(0.0, SLIDE_PX - low) - max(0.0, SLIDE_PX - high)

        self.pan(
            push(at.x() - room.left(), room.right() - at.x()) / 2, push(at.y() - room.top(), room.bottom() - at.y()) / 2
        )
        self._gesture.move(at, Qt.KeyboardModifier.NoModifier)

    def _point(self, at: QPointF) -> None:
        """The pointer rests on something: mark it."""
        found = NOTHING if self.minimap.rect.contains(at) else hit(self.cards, self.mapToScene(at), self.zoom)
        look = self.look
        before = (look.key(), look.picker)
        look.card = found.card if found.part is not Part.END else None
        look.port = found.card if found.part is Part.OUTPUT else None
        look.link, look.note, look.picker = found.link, found.note, found.side
        if self._keys.space:
            self.setCursor(Qt.CursorShape.OpenHandCursor)
        elif found.part in CURSORS:
            self.setCursor(CURSORS[found.part])
        else:
            self.unsetCursor()
        if (look.key(), look.picker) != before:
            self.update()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._point(QPointF(-1e6, -1e6))

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self.words_at(QPointF(event.pos())), self)
            return True
        return super().event(event)

    def words_at(self, at: QPointF) -> str:
        """What is said of the thing under a point of the view."""
        found = hit(self.cards, self.mapToScene(at), self.zoom)
        if found.part is Part.OUTPUT:
            return "Drag from here to the input of another block"
        if found.part is Part.PICKER:
            return "Another channel of the output (Alt and the wheel, or ← and → over the picture)"
        if found.link is not None:
            return self.cards.wires[found.link].tooltip
        if found.card is not None:
            return found.card.content.tooltip
        if found.part is Part.FOLD:
            return "Fold the group into one card"
        return "Double-click to edit the note" if found.note is not None else ""

    # Wheel

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.accept()
        modifiers, pixels = event.modifiers(), event.pixelDelta()
        steps = event.angleDelta().y() or event.angleDelta().x()
        if modifiers & Qt.KeyboardModifier.AltModifier:
            card = hit(self.cards, self.mapToScene(event.position()), self.zoom).card
            if card is not None and steps:
                self.channel_turned.emit(card.leaving, -1 if steps > 0 else 1)
        elif modifiers & Qt.KeyboardModifier.ShiftModifier:
            self.pan(steps, 0)
        elif not pixels.isNull() and not modifiers & Qt.KeyboardModifier.ControlModifier:
            self.pan(pixels.x(), pixels.y())
        elif steps:
            self.zoom_on(1.0015**steps, event.position())

    # Keys

    def focusNextPrevChild(self, next: bool) -> bool:
        # Tab offers the next block (Ctrl+Tab leaves); Shift+Tab goes back as everywhere.
        return False if next and not self._keys.leaving else super().focusNextPrevChild(next)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._keys.press(event):
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if not self._keys.release(event):
            super().keyReleaseEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._keys.space = False
        self.update()

    # Notes, menus, dropping

    def write(self, number: int) -> None:
        """Edit the words of a note in place."""
        note = self.cards.notes[number]
        rect = self.viewpoint.rect_to_view(note.outline).toRect()

        def done(text: str | None) -> None:
            self._editor = None
            if text is not None and number < len(self.cards.notes):
                self.note_edited.emit(number, text)
            self.setFocus()

        self._editor = NoteEditor(self, note.text, rect, self.zoom, done)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if self._gesture is not None:
            return
        found: Hit = NOTHING
        place = event.globalPos()
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            card = self.cards.standing.get(self.selection[-1]) if self.selection else None
            if card is not None:
                found = Hit(Part.CARD, card)
                place = self.mapToGlobal(self.mapFromScene(card.outline.center()))
        else:
            found = hit(self.cards, self.mapToScene(event.pos()), self.zoom)
            if found.card is not None and not found.card.selected:
                self.tell_selection(found.card.blocks)
            elif found.link is not None:
                self.choose_link(found.link)
        self.context.emit(place, found)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasFormat(KIND_MIME):
            event.acceptProposedAction()
        else:
            event.ignore()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        if not event.mimeData().hasFormat(KIND_MIME):
            event.ignore()
            return
        kind = bytes(event.mimeData().data(KIND_MIME).data()).decode()
        self._drop = plan_drop(self.cards, kind, self.mapToScene(event.position()), self.zoom)
        self.look.target = self._drop.link
        self.update()
        event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._drop = self.look.target = None
        self.update()

    def dropEvent(self, event: QDropEvent) -> None:
        kind = bytes(event.mimeData().data(KIND_MIME).data()).decode()
        drop = plan_drop(self.cards, kind, self.mapToScene(event.position()), self.zoom)
        self._drop = self.look.target = None
        after = drop.after.leaving if drop.after else None
        before = drop.before[0].leaving if drop.before else None
        event.acceptProposedAction()
        self.dropped.emit(kind, drop.place.x(), drop.place.y(), drop.link, after, before)
        self.setFocus()
