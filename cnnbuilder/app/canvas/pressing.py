"""Which gesture a press begins."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt

from cnnbuilder.app.canvas.gestures import Band, Gesture, Pan, Resize, Steer
from cnnbuilder.app.canvas.hits import Hit, Part, hit
from cnnbuilder.app.canvas.linking import DrawLink
from cnnbuilder.app.canvas.moving import Move

if TYPE_CHECKING:
    from cnnbuilder.app.canvas.view import Canvas

ADDING = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier


def pressed(
    canvas: "Canvas", at: QPointF, button: Qt.MouseButton, modifiers: Qt.KeyboardModifier, space: bool
) -> Gesture | None:
    """What a press at a point of the view begins; None where it was done with at once, or means nothing."""
    left = button == Qt.MouseButton.LeftButton
    if button == Qt.MouseButton.MiddleButton or (left and space):
        return Pan(canvas, at)
    if not left:
        return None
    if canvas.minimap.rect.contains(at):
        return Steer(canvas, at)
    found = hit(canvas.cards, canvas.mapToScene(at), canvas.zoom)
    return _take_hold(canvas, at, found, bool(modifiers & ADDING))


def _take_hold(canvas: "Canvas", at: QPointF, found: Hit, add: bool) -> Gesture | None:
    part, card, note, frame, link = found.part, found.card, found.note, found.frame, found.link
    if part is Part.OUTPUT and card is not None:
        return DrawLink(canvas, at, card)
    if part is Part.END and link is not None:
        return DrawLink(canvas, at, canvas.cards.standing[link.source], link)
    if part is Part.PICKER and card is not None:
        canvas.channel_turned.emit(card.leaving, found.side)
    elif part is Part.BADGE and card is not None:
        canvas.tell_selection((card.leaving,))
        canvas.problem_wanted.emit(card.leaving)
    elif part is Part.LINK:
        canvas.choose_link(link)
    elif part is Part.FOLD and frame is not None:
        canvas.fold.emit(frame.name, True)
    elif card is not None:
        return Move(canvas, at, card, add)
    elif note is not None:
        return Resize(canvas, at, note) if part is Part.NOTE_EDGE else Move(canvas, at, note, add)
    elif frame is not None and frame.blocks:
        canvas.tell_selection(frame.blocks)
        return Move(canvas, at, canvas.cards.standing[frame.blocks[0]], False)
    else:
        return Band(canvas, at, add)
    return None
