"""A kind dragged in from the palette: into a link, behind or ahead of an open end, or on its own."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QDropEvent, QPainter, QPen

from cnnbuilder.app import theme
from cnnbuilder.app.canvas.card import Card
from cnnbuilder.app.canvas.content import HEAD, PORT, WIDTH
from cnnbuilder.app.canvas.gestures import Gesture, Slide
from cnnbuilder.app.canvas.hits import link_at
from cnnbuilder.app.canvas.linking import paint_ghost
from cnnbuilder.app.canvas.scene import Scene
from cnnbuilder.design.graph import Link
from cnnbuilder.design.layer import find_kind
from cnnbuilder.design.layout import COLUMN, ROW

if TYPE_CHECKING:
    from cnnbuilder.app.canvas.view import Canvas

KIND_MIME = "application/x-cnnbuilder-kind"
HELD = QPointF(WIDTH / 2, 20)
"""Where the pointer holds a card that is dragged in."""
LINK_PX = 22.0
END_PX = 120.0
ALIGNED = 36.0
"""From so far, on the canvas, a card that is joined comes to lie in line with the card it is joined to."""


class Carry(Gesture):
    """A kind held over the canvas."""

    def __init__(self, canvas: "Canvas", at: QPointF, kind: str, show: "Callable[[Drop], None]") -> None:
        super().__init__(canvas, at)
        self.dragging = True
        self._kind, self._show = kind, show

    @property
    def plan(self) -> "Drop":
        """What a drop here would do."""
        canvas = self.canvas
        return plan_drop(canvas.cards, self._kind, canvas.mapToScene(self.at), canvas.zoom)

    def drag(self, modifiers: Qt.KeyboardModifier) -> None:
        self._show(self.plan)


class DropTarget:
    """Takes the drag and drop events of a canvas. The view moves on while a kind is held at its edge."""

    def __init__(self, canvas: "Canvas") -> None:
        self._canvas = canvas
        self._plan: Drop | None = None
        self._slide = Slide(canvas)
        self._inside = False
        """Whether it came further in than the edge: the view does not move for what only enters."""

    def _carried(self, event: QDropEvent) -> Carry | None:
        if not event.mimeData().hasFormat(KIND_MIME):
            event.ignore()
            return None
        event.acceptProposedAction()
        kind = bytes(event.mimeData().data(KIND_MIME).data()).decode()
        return Carry(self._canvas, event.position(), kind, self.show)

    def drag(self, event: QDropEvent) -> None:
        """Something is dragged over the canvas."""
        carried = self._carried(event)
        self.show(carried.plan if carried else None)
        if carried is not None:
            self._inside = self._inside or self._slide.calm(carried.at)
            if self._inside:
                self._slide.follow(carried)

    def drop(self, event: QDropEvent) -> None:
        """It was let go."""
        carried = self._carried(event)
        self.show(None)
        if carried is not None:
            plan = carried.plan
            after = plan.after.leaving if plan.after else None
            before = plan.before[0].leaving if plan.before else None
            self._canvas.dropped.emit(plan.kind, plan.place.x(), plan.place.y(), plan.link, after, before)
            self._canvas.keyed = False
            self._canvas.setFocus(Qt.FocusReason.MouseFocusReason)

    def show(self, plan: "Drop | None") -> None:
        """Show what a drop would do; None: nothing is dragged here any more."""
        if plan is None:
            self._slide.stop()
            self._inside = False
        self._plan = plan
        self._canvas.look.target = plan.link if plan else None
        self._canvas.update()

    def paint(self, painter: QPainter) -> None:
        """What a drop here would do."""
        if self._plan is not None:
            paint_drop(painter, self._plan, self._canvas.cards.design.direction == "down", self._canvas.zoom)


@dataclass(frozen=True)
class Drop:
    """What a drop here would do."""

    kind: str
    place: QPointF
    link: Link | None = None
    after: Card | None = None
    before: tuple[Card, int] | None = None


def entering_at(card: Card, at: QPointF, down: bool) -> QPointF:
    """The place of a new card whose input lies at a point, joined to `card`."""
    return in_line(at - (QPointF(WIDTH / 2, 0) if down else QPointF(0, PORT)), card, 1, down)


def plan_drop(scene: Scene, kind: str, at: QPointF, zoom: float) -> Drop:
    """What dropping `kind` at a point would join it to."""
    found = find_kind(kind)
    reads = found is None or found.inputs != (0, 0)
    place = at - HELD
    link = link_at(scene, at, LINK_PX / zoom) if reads else None
    if link is not None:
        return Drop(kind, place, link)
    reach = END_PX / max(zoom, 0.5)
    graph = scene.design.graph
    down = scene.design.direction == "down"
    entry = QPointF(place.x() + WIDTH / 2, place.y()) if down else QPointF(place.x(), place.y() + PORT)
    leave = QPointF(place.x() + WIDTH / 2, place.y() + HEAD) if down else QPointF(place.x() + WIDTH, entry.y())
    best: tuple[float, Card, int | None] | None = None
    for card in scene.all_cards():
        if reads and not graph.wiring.followers[card.leaving]:
            best = _nearer(best, card, None, entry, QPointF(*card.output()), reach)
        if not card.folded:
            taken = {link.input for link in graph.links if link.target == card.leaving} if card.content.inputs else ()
            for number in range(card.content.inputs):
                if number not in taken:
                    best = _nearer(best, card, number, QPointF(*card.input(number)), leave, reach)
    if best is None:
        return Drop(kind, place)
    _, joined, taking = best
    if taking is None:
        return Drop(kind, in_line(place, joined, 1, down), after=joined)
    return Drop(kind, in_line(place, joined, -1, down), before=(joined, taking))


def in_line(place: QPointF, card: Card, side: int, down: bool) -> QPointF:
    """A place nearly in line with `card`, or nearly where the program would lay a card behind (`side` 1) or ahead
    of it (-1), becomes just that."""
    x = card.x + (0 if down else side * COLUMN)
    y = card.y + (side * ROW if down else 0)
    return QPointF(x if abs(place.x() - x) <= ALIGNED else place.x(), y if abs(place.y() - y) <= ALIGNED else place.y())


def _nearer(
    best: tuple[float, Card, int | None] | None, card: Card, number: int | None, a: QPointF, b: QPointF, reach: float
) -> tuple[float, Card, int | None] | None:
    away = float(((a.x() - b.x()) ** 2 + (a.y() - b.y()) ** 2) ** 0.5)
    return (away, card, number) if away <= reach and (best is None or away < best[0]) else best


def paint_drop(painter: QPainter, drop: Drop, down: bool, zoom: float) -> None:
    """The card that would come to lie here, and the link that it would get."""
    now = theme.now()
    found = find_kind(drop.kind)
    rect = QRectF(drop.place, QPointF(drop.place.x() + WIDTH, drop.place.y() + HEAD - 8))
    fill = QColor(now.panel)
    fill.setAlpha(170)
    painter.setBrush(fill)
    pen = QPen(QColor(now.group(found.group if found else None)), max(1.5, 1 / zoom))
    pen.setDashPattern([5, 4])
    painter.setPen(pen)
    painter.drawRoundedRect(rect, 8, 8)
    painter.setPen(QColor(now.text))
    painter.setFont(theme.font(13, 600))
    # The pointer carries the kind's icon, near the upper edge: its name stands below that.
    words = int((Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom).value)
    painter.drawText(rect.adjusted(0, 0, 0, -7), words, found.label if found else drop.kind)
    if down:
        entry, leave = (rect.center().x(), rect.top()), (rect.center().x(), rect.bottom())
    else:
        entry, leave = (rect.left(), rect.top() + PORT), (rect.right(), rect.top() + PORT)
    if drop.after is not None:
        paint_ghost(painter, drop.after.output(), entry, down, True, zoom)
    elif drop.before is not None:
        paint_ghost(painter, leave, drop.before[0].input(drop.before[1]), down, True, zoom)
