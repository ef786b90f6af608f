"""Cards and notes dragged: in line with their neighbours, or into a link."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from cnnbuilder.app import theme
from cnnbuilder.app.canvas.card import Card
from cnnbuilder.app.canvas.content import WIDTH
from cnnbuilder.app.canvas.extras import NoteItem
from cnnbuilder.app.canvas.gestures import Gesture
from cnnbuilder.app.canvas.hits import link_at
from cnnbuilder.design.graph import Link

if TYPE_CHECKING:
    from cnnbuilder.app.canvas.view import Canvas

SNAP_PX = 6.0
INSERT, INSERT_PX = 50.0, 26.0
"""How near the middle of a loose card must come to a link, on the canvas or in pixels, to be put into it."""


class Move(Gesture):
    """Drags all that is selected. A loose card that comes to lie on a link is put into it."""

    def __init__(self, canvas: "Canvas", at: QPointF, held: Card | NoteItem, toggles: bool) -> None:
        super().__init__(canvas, at)
        self._held, self._toggles = held, toggles
        self._cards: list[tuple[Card, QPointF]] = []
        self._notes: list[tuple[NoteItem, QPointF]] = []
        self._guides: list[QLineF] = []
        self._was_selected = held.selected
        if not held.selected:
            self._select(keep=toggles)

    def _select(self, keep: bool) -> None:
        """Select what is held, in addition to the rest or alone."""
        canvas, held = self.canvas, self._held
        canvas.choose_link(None)
        if isinstance(held, Card):
            if not keep:
                canvas.cards.choose_notes(())
            canvas.tell_selection((*canvas.selection, *held.blocks) if keep else held.blocks)
        else:
            if not keep:
                canvas.tell_selection(())
            canvas.cards.choose_notes([held.number, *(n.number for n in canvas.cards.notes if keep and n.selected)])

    def start(self) -> None:
        # Telling the selection may have had the notes made anew.
        scene = self.canvas.cards
        self._cards = [(card, card.pos()) for card in scene.selected_cards()]
        self._notes = [(note, QPointF(note.x, note.y)) for note in scene.notes if note.selected]
        self.canvas.setCursor(Qt.CursorShape.ClosedHandCursor)

    def drag(self, modifiers: Qt.KeyboardModifier) -> None:
        by = self.by
        self._guides = []
        if not modifiers & Qt.KeyboardModifier.ShiftModifier:
            by = self._aligned(by)
        for card, before in self._cards:
            card.x, card.y = before.x() + by.x(), before.y() + by.y()
        for note, before in self._notes:
            note.x, note.y = before.x() + by.x(), before.y() + by.y()
        self.canvas.cards.lay()
        self.canvas.look.target = self._link_under()

    def _aligned(self, by: QPointF) -> QPointF:
        """A way that brings the held card in line with a neighbour in sight, if one is nearly so."""
        if not isinstance(self._held, Card) or not self._cards:
            return by
        held = next((before for card, before in self._cards if card is self._held), None)
        if held is None:
            return by
        reach = SNAP_PX / self.canvas.zoom
        x, y = held.x() + by.x(), held.y() + by.y()
        moving = {card for card, _ in self._cards}
        seen = self.canvas.seen.adjusted(-WIDTH, -WIDTH, WIDTH, WIDTH)
        near = [card for card in self.canvas.cards.all_cards() if card not in moving and seen.contains(card.pos())]
        column = min(near, key=lambda card: abs(card.x - x), default=None)
        row = min(near, key=lambda card: abs(card.y - y), default=None)
        if column is not None and abs(column.x - x) < reach:
            by = QPointF(column.x - held.x(), by.y())
            self._guides.append(QLineF(column.x, column.y, column.x, y))
        if row is not None and abs(row.y - y) < reach:
            by = QPointF(by.x(), row.y - held.y())
            self._guides.append(QLineF(row.x, row.y, x, row.y))
        return by

    def _link_under(self) -> Link | None:
        """The link that a single loose card would be put into."""
        scene = self.canvas.cards
        if len(self._cards) != 1 or self._cards[0][0].folded:
            return None
        card = self._cards[0][0]
        id = card.leaving
        kind = scene.design.blocks[id].layer_class
        if scene.design.graph.wiring.sources[id] or scene.design.graph.wiring.followers[id]:
            return None
        if kind is None or kind.inputs == (0, 0):
            return None
        return link_at(scene, card.outline.center(), max(INSERT, INSERT_PX / self.canvas.zoom))

    def finish(self) -> None:
        if not self.dragging:
            self._click()
            return
        target, card = self.canvas.look.target, self._held
        self.canvas.look.target = None
        places: dict[str, tuple[float, float]] = {}
        layout = self.canvas.cards.design.layout
        for moved, before in self._cards:
            dx, dy = round(moved.x) - before.x(), round(moved.y) - before.y()
            if dx or dy:
                # A folded group takes its members along.
                places.update({id: (layout[id][0] + dx, layout[id][1] + dy) for id in moved.blocks if id in layout})
        notes = {
            note.number: (round(note.x), round(note.y))
            for note, before in self._notes
            if (note.x, note.y) != (before.x(), before.y())
        }
        if target is not None and isinstance(card, Card):
            self.canvas.inserted.emit(card.leaving, target, places.get(card.leaving))
        elif places or notes:
            self.canvas.moved.emit(places, notes)

    def _click(self) -> None:
        canvas, held = self.canvas, self._held
        if self._toggles and self._was_selected:
            if isinstance(held, Card):
                canvas.tell_selection(tuple(id for id in canvas.selection if id not in held.blocks))
            else:
                canvas.cards.choose_notes(n.number for n in canvas.cards.notes if n.selected and n is not held)
        elif not self._toggles and self._was_selected:
            self._select(keep=False)

    def cancel(self) -> None:
        self.canvas.look.target = None
        self.canvas.cards.put_back()

    def paint(self, painter: QPainter, zoom: float) -> None:
        if self._guides:
            painter.setPen(QPen(QColor(theme.now().accent), 1 / zoom, Qt.PenStyle.DashLine))
            painter.drawLines(self._guides)
