"""Links drawn with the mouse: from an output to an input, or an end taken off and led elsewhere."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from cnnbuilder.app import theme
from cnnbuilder.app.canvas.card import Card
from cnnbuilder.app.canvas.gestures import Gesture
from cnnbuilder.app.canvas.hits import card_at
from cnnbuilder.app.canvas.painting import paint_port
from cnnbuilder.app.canvas.routing import Point
from cnnbuilder.app.canvas.scene import Scene
from cnnbuilder.design.graph import Graph, Link

if TYPE_CHECKING:
    from cnnbuilder.app.canvas.view import Canvas

SNAP_PX = 44.0
"""From so far, in pixels, a link jumps to an input."""


def takers(graph: Graph, source: str) -> frozenset[str]:
    """The blocks that can take a link from `source`: those that read something and do not lie before it."""
    before = graph.wiring.before({source})
    return frozenset(
        id
        for id, block in graph.blocks.items()
        if id not in before and ((kind := block.layer_class) is None or kind.inputs != (0, 0))
    )


def possible_targets(scene: Scene, source: str) -> frozenset[Card]:
    """The cards of the blocks that can take a link from `source`; a folded group takes it with the block that reads
    what comes from outside."""
    found = takers(scene.design.graph, source)
    return frozenset(card for card in scene.all_cards() if card.entering in found and source not in card.blocks)


def open_inputs(scene: Scene, card: Card) -> list[int]:
    """The numbers of inputs that a new link may take: free ones, one more where there is room, else all."""
    id = card.entering
    kind = scene.design.graph.blocks[id].layer_class
    taken = {link.input for link in scene.design.graph.links if link.target == id}
    most = kind.inputs[1] if kind else 1
    count = max(1 if card.folded else card.content.inputs, len(taken) + 1)
    if most is not None:
        count = min(count, max(most, 1))
    free = [number for number in range(count) if number not in taken]
    return free or sorted(taken)


def link_path(start: Point, end: Point, down: bool) -> QPainterPath:
    """A soft line from an output to an input."""
    path = QPainterPath(QPointF(*start))
    along = (end[1] - start[1]) if down else (end[0] - start[0])
    reach = max(30.0, abs(along) / 2)
    if down:
        path.cubicTo(start[0], start[1] + reach, end[0], end[1] - reach, *end)
    else:
        path.cubicTo(start[0] + reach, start[1], end[0] - reach, end[1], *end)
    return path


def paint_ghost(painter: QPainter, start: Point, end: Point, down: bool, joined: bool, zoom: float) -> None:
    """A link that is not there yet."""
    colour = theme.now().fine if joined else theme.now().accent
    width = max(2.0, 1.6 / zoom)
    pen = QPen(QColor(colour), width)
    pen.setDashPattern([4, 3])
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(link_path(start, end, down))
    for at in (start, end):
        paint_port(painter, QPointF(*at), colour, radius=5)


class DrawLink(Gesture):
    """From an output, or with `taken` from the input that this link is taken off."""

    cursor = Qt.CursorShape.CrossCursor

    def __init__(self, canvas: "Canvas", at: QPointF, source: Card, taken: Link | None = None) -> None:
        super().__init__(canvas, at)
        self._taken = taken
        self._source = source
        self._id = taken.source if taken else source.leaving
        self._aim: tuple[Card, int] | None = None

    def start(self) -> None:
        look = self.canvas.look
        look.lit = possible_targets(self.canvas.cards, self._id)
        look.linking, look.hidden = True, self._taken
        look.card = look.link = None

    def drag(self, modifiers: Qt.KeyboardModifier) -> None:
        self._aim = self._nearest()

    def _nearest(self) -> tuple[Card, int] | None:
        """The input that the link would take: one of the card under the pointer, else the nearest within reach."""
        at = self.canvas.mapToScene(self.at)
        reach = SNAP_PX / self.canvas.zoom
        best: tuple[float, Card, int] | None = None
        for card in self.canvas.look.lit:
            left, top, right, bottom = card.rect
            inside = left <= at.x() <= right and top <= at.y() <= bottom
            if not inside and not (left - reach <= at.x() <= right + reach and top - reach <= at.y() <= bottom + reach):
                continue
            for number in self._inputs(card):
                x, y = card.input(number)
                away = ((x - at.x()) ** 2 + (y - at.y()) ** 2) ** 0.5
                if (inside or away <= reach) and (best is None or away < best[0]):
                    best = away, card, number
        return best[1:] if best else None

    def _inputs(self, card: Card) -> list[int]:
        found = open_inputs(self.canvas.cards, card)
        if self._taken is not None and card.entering == self._taken.target and self._taken.input not in found:
            return [*found, self._taken.input]
        return found

    def finish(self) -> None:
        aim, canvas, taken = self._aim, self.canvas, self._taken
        self.cancel()
        if not self.dragging:
            if taken is not None:
                canvas.choose_link(taken)
            else:
                canvas.tell_selection(self._source.blocks)
        elif aim is not None and taken is not None:
            if (aim[0].entering, aim[1]) != (taken.target, taken.input):
                canvas.rejoined.emit(taken, taken.source, aim[0].entering, aim[1])
        elif aim is not None:
            canvas.connect_blocks.emit(self._id, aim[0].entering, aim[1])
        elif card_at(canvas.cards, canvas.mapToScene(self.at)) is not None:
            pass  # on a card that cannot take it: all stays as it was
        elif taken is not None:
            canvas.unlink.emit(taken)
        elif canvas.rect().contains(self.at.toPoint()):
            canvas.wanted_next.emit(self._id, canvas.mapToGlobal(self.at.toPoint()), canvas.mapToScene(self.at))

    def cancel(self) -> None:
        look = self.canvas.look
        look.lit, look.linking, look.hidden = frozenset(), False, None

    def paint(self, painter: QPainter, zoom: float) -> None:
        if self.dragging:
            at = self.canvas.mapToScene(self.at)
            end = self._aim[0].input(self._aim[1]) if self._aim else (at.x(), at.y())
            paint_ghost(painter, self._source.output(), end, self._source.down, self._aim is not None, zoom)
