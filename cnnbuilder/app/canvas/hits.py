"""What lies under a point of the canvas."""

from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QPointF, QRectF

from cnnbuilder.app.canvas.card import Card
from cnnbuilder.app.canvas.content import WIDTH
from cnnbuilder.app.canvas.extras import Frame, NoteItem
from cnnbuilder.app.canvas.painting import Level
from cnnbuilder.app.canvas.scene import Scene
from cnnbuilder.design.graph import Link

REACH_PX = 12.0
"""How near to a port, in pixels, it is taken hold of."""
FARTHEST = 26.0
"""The same on the canvas, at the most, so that ports do not cover cards when these are small."""
LINK_PX = 7.0
BADGE = 32.0


class Part(Enum):
    """What can be taken hold of."""

    NOTHING = "nothing"
    CARD = "card"
    OUTPUT = "output"
    END = "end"
    PICKER = "picker"
    BADGE = "badge"
    LINK = "link"
    NOTE = "note"
    NOTE_EDGE = "note edge"
    FRAME = "frame"
    FOLD = "fold"


@dataclass(frozen=True)
class Hit:
    """A part, and the thing it is a part of."""

    part: Part
    card: Card | None = None
    link: Link | None = None
    note: NoteItem | None = None
    frame: Frame | None = None
    side: int = 0
    """Of the channel picker: −1 or 1."""


NOTHING = Hit(Part.NOTHING)


def hit(scene: Scene, at: QPointF, zoom: float) -> Hit:
    """What a press at this point takes hold of."""
    for note in reversed(scene.notes):
        if note.on_edge(at):
            return Hit(Part.NOTE_EDGE, note=note)
        if note.outline.contains(at):
            return Hit(Part.NOTE, note=note)
    near = Level.at(zoom) is not Level.ICONS
    if near:
        port = _port(scene, at, min(FARTHEST, REACH_PX / zoom))
        if port is not None:
            return port
    card = card_at(scene, at)
    if card is not None:
        if Level.at(zoom) is Level.FULL and card.content.fault and _badge(card).contains(at):
            return Hit(Part.BADGE, card)
        side = picker_side(card, at) if Level.at(zoom) is Level.FULL else 0
        return Hit(Part.PICKER, card, side=side) if side else Hit(Part.CARD, card)
    link = link_at(scene, at, LINK_PX / zoom)
    if link is not None:
        return Hit(Part.LINK, link=link)
    for frame in reversed(scene.frames):
        if near and frame.button.contains(at):
            return Hit(Part.FOLD, frame=frame)
        if frame.head.contains(at):
            return Hit(Part.FRAME, frame=frame)
    return NOTHING


def _badge(card: Card) -> QRectF:
    """The corner of a card with the sign that something is wrong."""
    return QRectF(card.x + WIDTH - BADGE, card.y + 4, BADGE - 2, BADGE - 2)


def card_at(scene: Scene, at: QPointF) -> Card | None:
    """The topmost card under a point."""
    x, y = at.x(), at.y()
    found: Card | None = None
    for card in scene.all_cards():
        left, top, right, bottom = card.rect
        if left <= x <= right and top <= y <= bottom and (found is None or card.selected or not found.selected):
            found = card
    return found


def link_at(scene: Scene, at: QPointF, reach: float) -> Link | None:
    """The nearest link within reach."""
    x, y = at.x(), at.y()
    best: tuple[float, Link] | None = None
    for link, wire in scene.wires.items():
        left, top, right, bottom = wire.bounds
        if left - reach <= x <= right + reach and top - reach <= y <= bottom + reach:
            away = wire.distance(at)
            if away <= reach and (best is None or away < best[0]):
                best = away, link
    return best[1] if best else None


def _port(scene: Scene, at: QPointF, reach: float) -> Hit | None:
    """An output, or the end of a link at an input. Nearer than `reach`, but hardly inside a card."""
    x, y = at.x(), at.y()
    best, found = reach, None
    for card in scene.all_cards():
        left, top, right, bottom = card.rect
        if not (left - reach <= x <= right + reach and top - reach <= y <= bottom + reach):
            continue
        a, b = card.output()
        inside = b - y if card.down else a - x
        away = ((a - x) ** 2 + (b - y) ** 2) ** 0.5
        if away <= best and inside < 8:
            best, found = away, Hit(Part.OUTPUT, card)
    for link, wire in scene.wires.items():
        a, b = wire.points[-1]
        if abs(a - x) <= reach and abs(b - y) <= reach:
            inside = y - b if wire.down else x - a
            away = ((a - x) ** 2 + (b - y) ** 2) ** 0.5
            if away <= best and inside < 6:
                best, found = away, Hit(Part.END, scene.standing[link.target], link)
    return found


PICKER_HEIGHT, PICKER_WIDTH, ARROW = 20.0, 72.0, 22.0


def picker_rect(card: Card) -> QRectF:
    """Where the channel picker of a picture lies, on the canvas; empty where there is only one channel."""
    thumbnail = card.thumbnail
    if thumbnail is None or thumbnail.channels < 2 or card.content.fault or card.folded:
        return QRectF()
    room = card.picture_rect
    return QRectF(room.center().x() - PICKER_WIDTH / 2, room.bottom() - PICKER_HEIGHT - 4, PICKER_WIDTH, PICKER_HEIGHT)


def picker_side(card: Card, at: QPointF) -> int:
    """Which arrow of the picker is under a point: −1, 1, or 0 for none."""
    rect = picker_rect(card)
    if rect.isNull() or not rect.contains(at):
        return 0
    return -1 if at.x() < rect.left() + ARROW else 1 if at.x() > rect.right() - ARROW else 0
