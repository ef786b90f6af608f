"""The cards and links of a design, kept in step with it by comparing the old with the new."""

from collections.abc import Mapping

from PySide6.QtCore import QObject, QPointF, QRectF
from PySide6.QtWidgets import QGraphicsScene

from cnnbuilder.app.canvas.card import Card
from cnnbuilder.app.canvas.content import card_content, shape_changes, short_shape
from cnnbuilder.app.canvas.wire import OUT, Wire, route
from cnnbuilder.app.thumbnails import Thumbnail
from cnnbuilder.design.check import Report, check
from cnnbuilder.design.document import Design
from cnnbuilder.design.graph import Link

MARGIN = 4000.0
"""How far the canvas goes on around the cards."""


class Scene(QGraphicsScene):
    """One Card a block, one Wire a link."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.cards: dict[str, Card] = {}
        self._wires: dict[Link, Wire] = {}
        self._design: Design | None = None
        self._laid: object = None
        """What the links were last laid for."""
        self.setItemIndexMethod(QGraphicsScene.ItemIndexMethod.NoIndex)

    def show_design(self, design: Design) -> None:
        """Show `design`: only what differs from what is shown is touched."""
        old, self._design = self._design, design
        if old is design:
            return
        graph_changed = old is None or old.graph is not design.graph
        report = check(design)
        if graph_changed:
            self._show_cards(design, report)
        for id, place in design.layout.items():
            if id in self.cards and self.cards[id].pos() != QPointF(*place):
                self.cards[id].setPos(*place)
        if graph_changed:
            self._show_wires(design, report)
        self.lay_wires()
        bounds = self.cards_rect()
        self.setSceneRect(bounds.adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN))

    def _show_cards(self, design: Design, report: Report) -> None:
        for id in [id for id in self.cards if id not in design.blocks]:
            self.removeItem(self.cards.pop(id))
        for id in design.blocks:
            content = card_content(report, id)
            card = self.cards.get(id)
            if card is None:
                card = self.cards[id] = Card(content)
                self.addItem(card)
            else:
                card.show_content(content)
            card.labels = design.labels

    def _show_wires(self, design: Design, report: Report) -> None:
        links = dict.fromkeys(design.links)
        for link in [link for link in self._wires if link not in links]:
            self.removeItem(self._wires.pop(link))
        told: set[str] = set()
        for link in links:
            if link not in self._wires:
                self._wires[link] = Wire()
                self.addItem(self._wires[link])
            broken = bool(report.problems_of.get(link.target)) and report.shapes[link.source] is not None
            # The shape is written once a source, and where it does not fit.
            worth = broken or (link.source not in told and shape_changes(report, link))
            told.add(link.source)
            words = short_shape(report.shapes[link.source]) if worth else ""
            self._wires[link].say(words, broken)

    def lay_wires(self) -> None:
        """Let every link run from card to card as they lie now."""
        outlines = {id: card.outline for id, card in self.cards.items()}
        if self._laid == (outlines, list(self._wires)):
            return
        self._laid = (outlines, list(self._wires))
        for link, wire in self._wires.items():
            source, target = self.cards[link.source], self.cards[link.target]
            start, end = source.output_port(), target.input_port(link.input)
            wire.lay(route(start, end, _lane(link, start, end, outlines)))

    def shown_places(self) -> Mapping[str, tuple[float, float]]:
        """Where the design says that cards lie."""
        return self._design.layout if self._design else {}

    def neighbour(self, forward: bool) -> str | None:
        """The block that a link leads to from the selected one, or that one leads from; the first, if none is."""
        chosen = [item.content.id for item in self.selectedItems() if isinstance(item, Card)]
        if self._design is None or not chosen:
            return next(iter(self.cards), None)
        wiring = self._design.graph.wiring
        return next(iter((wiring.followers if forward else wiring.sources)[chosen[-1]]), None)

    def cards_rect(self) -> QRectF:
        """What the cards cover."""
        bounds = QRectF()
        for card in self.cards.values():
            bounds = bounds.united(card.outline)
        return bounds

    def show_thumbnails(self, thumbnails: Mapping[str, Thumbnail]) -> None:
        """Show what a run made of every block; cards without an output lose theirs."""
        for id, card in self.cards.items():
            card.show_thumbnail(thumbnails.get(id))

    def recolour(self) -> None:
        """Paint everything anew in the colours of the theme."""
        for card in self.cards.values():
            card.recolour()
        self.update()

    def select(self, ids: tuple[str, ...]) -> None:
        """Mark these cards and no others."""
        for id, card in self.cards.items():
            if card.isSelected() != (id in ids):
                card.setSelected(id in ids)


def _lane(link: Link, start: QPointF, end: QPointF, outlines: Mapping[str, QRectF]) -> float | None:
    """The height of the level part of a link that cannot run straight; None if it can."""
    source, target = outlines[link.source], outlines[link.target]
    if end.x() < start.x() + 2 * 12:
        if target.top() > source.bottom() + 8:
            between = [r for r in outlines.values() if r.top() < target.top() and r.bottom() > source.bottom() - 1]
            floor = max((r.bottom() for r in between if r.bottom() < target.top()), default=source.bottom())
            return (floor + target.top()) / 2
        if source.top() > target.bottom() + 8:
            return (target.bottom() + source.top()) / 2
        return max(source.bottom(), target.bottom()) + OUT
    # What lies between, on the way from the start to the turn before the end?
    way = QRectF(start.x() + 1, start.y() - 1, max(1.0, end.x() - start.x() - 30), 2)
    blocking = [r for id, r in outlines.items() if id not in (link.source, link.target) and r.intersects(way)]
    if not blocking:
        return None
    return min(min(r.top() for r in blocking), source.top(), target.top()) - 14
