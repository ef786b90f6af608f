"""The pointer at rest: what it marks, the form it has, what is said of the thing under it."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt

from cnnbuilder.app.canvas.hits import NOTHING, Hit, Part, hit
from cnnbuilder.app.words import literal

if TYPE_CHECKING:
    from cnnbuilder.app.canvas.view import Canvas

HAND, CROSS = Qt.CursorShape.PointingHandCursor, Qt.CursorShape.CrossCursor
CURSORS = {
    Part.CARD: HAND,
    Part.OUTPUT: CROSS,
    Part.END: CROSS,
    Part.PICKER: HAND,
    Part.LINK: HAND,
    Part.NOTE: HAND,
    Part.NOTE_EDGE: Qt.CursorShape.SizeHorCursor,
    Part.FRAME: HAND,
    Part.FOLD: HAND,
}
NOWHERE = QPointF(-1e6, -1e6)
HELP = {
    Part.OUTPUT: "Drag from here to the input of another block",
    Part.PICKER: "Another channel of the output (Alt and the wheel, or ← and → over the picture)",
    Part.NOTE: "Double-click to edit the note",
    Part.NOTE_EDGE: "Drag to make the note wider or narrower",
    Part.FOLD: "Fold the group into one card",
    Part.FRAME: "Drag to move the whole group",
}


class Pointer:
    """Keeps the canvas's Look in step with the pointer."""

    def __init__(self, canvas: "Canvas") -> None:
        self._canvas = canvas

    def under(self, at: QPointF) -> Hit:
        """What lies under a point of the view."""
        canvas = self._canvas
        if canvas.minimap.rect.contains(at):
            return NOTHING
        return hit(canvas.cards, canvas.mapToScene(at), canvas.zoom)

    def rest(self, at: QPointF, space: bool = False) -> None:
        """Mark what is under it."""
        canvas, look, found = self._canvas, self._canvas.look, self.under(at)
        before = (look.key(), look.picker)
        look.card = found.card if found.part is not Part.END else None
        look.port = found.card if found.part is Part.OUTPUT else None
        look.link, look.note, look.picker = found.link, found.note, found.side
        if space:
            canvas.setCursor(Qt.CursorShape.OpenHandCursor)
        elif found.part in CURSORS:
            canvas.setCursor(CURSORS[found.part])
        else:
            canvas.unsetCursor()
        if (look.key(), look.picker) != before:
            canvas.setToolTip(literal(self._words(found)))
            canvas.update()

    def forget(self) -> None:
        """What was marked may be gone."""
        look = self._canvas.look
        look.card = look.port = look.link = look.note = None
        look.picker = 0

    def _words(self, found: Hit) -> str:
        if found.part in HELP:
            return HELP[found.part]
        if found.link is not None:
            return self._canvas.cards.wires[found.link].tooltip
        return found.card.content.tooltip if found.card is not None else ""
