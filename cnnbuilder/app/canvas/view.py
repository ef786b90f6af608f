"""The canvas: what the user does with mouse and keys on the cards comes out as signals. It changes no document."""

from collections.abc import Hashable

from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QWheelEvent,
)

from cnnbuilder.app.canvas.dropping import KIND_MIME, DropTarget
from cnnbuilder.app.canvas.gestures import Gesture, Slide
from cnnbuilder.app.canvas.hits import NOTHING, Hit, Part
from cnnbuilder.app.canvas.keys import Keys
from cnnbuilder.app.canvas.pointing import NOWHERE, Pointer
from cnnbuilder.app.canvas.pressing import pressed
from cnnbuilder.app.canvas.viewer import Viewer
from cnnbuilder.app.canvas.writing import NoteEditor
from cnnbuilder.design.document import Design
from cnnbuilder.design.graph import Link
from cnnbuilder.design.shape import Pair

__all__ = ["KIND_MIME", "Canvas"]


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
    inserted = Signal(str, object, object)
    """`(id, link, place)`: a loose block was dragged onto a link, and lies there now."""
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
    problem_wanted = Signal(str)
    """The sign that something is wrong with a block was clicked."""
    edit_wanted = Signal(str)
    """Enter on a block: its parameters are to be edited."""
    context = Signal(object, object)
    """`(global place, Hit)`: a menu is asked for."""

    def __init__(self) -> None:
        super().__init__()
        self._gesture: Gesture | None = None
        self._keys = Keys(self)
        self._pointer = Pointer(self)
        self._drops = DropTarget(self)
        self._slide = Slide(self)
        self.setMouseTracking(True)
        self.setAcceptDrops(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Canvas")
        self._keys.describe()

    def show_design(
        self, design: Design, selected: tuple[str, ...], key: Hashable = None, picture: Pair | None = None
    ) -> None:
        if design is not self.cards.design:
            self.cancel()
            self._pointer.forget()
        super().show_design(design, selected, key, picture)
        if self.look.chosen not in self.cards.wires:
            self.look.chosen = None
        self._keys.describe()

    # Selection

    def tell_selection(self, ids: tuple[str, ...]) -> None:
        """These blocks are selected now; the document is told, unless it says so itself."""
        self.cards.select(ids)
        if ids != self.selection:
            self.selection = ids
            self._keys.describe()
            self.selected.emit(ids)
        self.update()

    def choose_link(self, link: Link | None) -> None:
        """Select a link, and no blocks; or none."""
        if link is not None:
            self.cards.choose_notes(())
            self.tell_selection(())
        self.look.chosen = link
        self._keys.describe()
        self.update()

    def choose_note(self, number: int) -> None:
        """Select a note, and nothing else."""
        self.choose_link(None)
        self.tell_selection(())
        self.cards.choose_notes((number,))
        self._keys.describe()
        self.update()

    # Mouse

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
        self._drops.paint(painter)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self.keyed = False
        if self._gesture is None:
            at = event.position()
            self._gesture = pressed(self, at, event.button(), event.modifiers(), self._keys.space)
            if self._gesture is not None and self._gesture.cursor is not None:
                self.setCursor(self._gesture.cursor)
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._gesture is None:
            self._pointer.rest(event.position(), self._keys.space)
            return
        self._gesture.move(event.position(), event.modifiers())
        self._slide.follow(self._gesture)
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        gesture, self._gesture = self._gesture, None
        self._slide.stop()
        if gesture is not None:
            gesture.finish()
            self._pointer.rest(event.position(), self._keys.space)
            self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        found = self._pointer.under(event.position())
        card, note = found.card, found.note
        if found.part in (Part.PICKER, Part.FOLD) or self.minimap.rect.contains(event.position()):
            self.mousePressEvent(event)  # two clicks, quickly
        elif card is not None and card.folded:
            self.fold.emit(card.content.id, False)
        elif card is not None:
            self.edit_wanted.emit(card.leaving)
        elif note is not None:
            self.write(note.number)
        elif found == NOTHING:
            place = self.mapToScene(event.position())
            self.wanted_next.emit(None, event.globalPosition().toPoint(), place)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.accept()
        modifiers, pixels = event.modifiers(), event.pixelDelta()
        steps = event.angleDelta().y() or event.angleDelta().x()
        if modifiers & Qt.KeyboardModifier.AltModifier:
            card = self._pointer.under(event.position()).card
            if card is not None and steps:
                self.channel_turned.emit(card.leaving, -1 if steps > 0 else 1)
        elif modifiers & Qt.KeyboardModifier.ShiftModifier:
            self.pan(steps, 0)
        elif not pixels.isNull() and not modifiers & Qt.KeyboardModifier.ControlModifier:
            self.pan(pixels.x(), pixels.y())  # a trackpad
        elif steps:
            self.zoom_by(1.0015**steps, event.position(), settling=True)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._pointer.rest(NOWHERE)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if self._gesture is not None:
            return
        found, place = self._pointer.under(QPointF(event.pos())), event.globalPos()
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            card = self.cards.standing.get(self.selection[-1]) if self.selection else None
            found = Hit(Part.CARD, card) if card else NOTHING
            middle = card.outline.center() if card else self.seen.center()
            place = self.mapToGlobal(self.mapFromScene(middle))
        if found.card is not None and not found.card.selected:
            self.tell_selection(found.card.blocks)
        elif found.link is not None:
            self.choose_link(found.link)
        self.context.emit(place, found)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        self._drops.drag(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        self._drops.drag(event)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._drops.show(None)

    def dropEvent(self, event: QDropEvent) -> None:
        self._drops.drop(event)

    # Keys

    def focusNextPrevChild(self, next: bool) -> bool:
        # Tab offers the next block (Ctrl+Tab leaves); Shift+Tab goes back as everywhere.
        return False if next and not self._keys.leaving else super().focusNextPrevChild(next)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self.keyed = True
        if not self._keys.press(event):
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if not self._keys.release(event):
            super().keyReleaseEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:  # a menu was closed: as it was
            self.keyed = event.reason() != Qt.FocusReason.MouseFocusReason

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._keys.space = False

    def write(self, number: int) -> None:
        """Edit the words of a note in place."""
        note = self.cards.notes[number]

        def done(text: str | None) -> None:
            """A note that still says nothing is given up; another one stays selected, for keys to move it."""
            kept = note.text if text is None else text
            if number < len(self.cards.notes) and (text is not None or not kept.strip()):
                self.note_edited.emit(number, kept)
            if kept.strip() and number < len(self.cards.notes):
                self.choose_note(number)
            self.setFocus()

        NoteEditor(self, note.text, self.viewpoint.rect_to_view(note.outline).toRect(), self.zoom, done)
