"""Paints the whole view: the ground, marked links, cards from their stamps, pictures of the last run, notes."""

from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap

from cnnbuilder.app import theme
from cnnbuilder.app.canvas.brush import paint_mark
from cnnbuilder.app.canvas.card import Card
from cnnbuilder.app.canvas.content import WIDTH
from cnnbuilder.app.canvas.extras import EMPTY_NOTE, NOTE_MARGIN, NOTE_PX, NoteItem
from cnnbuilder.app.canvas.ground import Ground, link_pen, placed
from cnnbuilder.app.canvas.kept import Kept, origin
from cnnbuilder.app.canvas.look import Look
from cnnbuilder.app.canvas.painting import EDGE, Level, Marks, paint_card, paint_picture, paint_port, picture_room
from cnnbuilder.app.canvas.scene import Scene
from cnnbuilder.app.canvas.stamps import Stamps
from cnnbuilder.app.canvas.viewpoint import Viewpoint


class Renderer:
    """Owns what is kept between two paintings."""

    def __init__(self, scene: Scene, look: Look) -> None:
        self._scene, self._look = scene, look
        self._ground = Ground(scene)
        self._stamps = Stamps()
        self._last: dict[Card, QPixmap] = {}
        """Each card's stamp as last painted: shown stretched while zooming goes on."""
        self._far = Kept()
        self._view: Viewpoint | None = None
        """From where was painted last."""
        self.hurried = False
        """While zooming goes on, cards may be shown stretched, or without words, instead of being painted anew."""

    def forget(self) -> None:
        """Paint everything anew: other colours, or other words."""
        self._stamps.clear()
        self._last.clear()

    def paint(self, painter: QPainter, view: Viewpoint, size: QSize, ratio: float) -> None:
        """The whole view."""
        hidden = self._look.hidden
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
        level, moved = Level.at(view.zoom), view != self._view
        self._view = view
        if self.hurried or (moved and level is not Level.ICONS):
            # Every frame is another: to keep it would be more work than to paint it.
            seen = view.seen(QSizeF(size))
            self._ground.paint(painter, view, seen, ratio, hidden)
            self._cards(painter, view, seen, ratio)
        elif level is Level.ICONS:

            def paint(pen: QPainter, area: QRectF) -> None:
                self._ground.paint(pen, view, area, ratio, hidden)
                self._cards(pen, view, area, ratio)

            # Nothing here changes with a run: all of it is one picture.
            of = (self._ground.of(view, ratio, hidden), self._look.key(), self._scene.marked)
            self._far.show(of, view, size, ratio, paint)
            painter.drawPixmap(0, 0, self._far.pixmap)
        else:
            painter.drawPixmap(0, 0, self._ground.pixmap(view, size, ratio, hidden))
            self._cards(painter, view, view.seen(QSizeF(size)), ratio)

    def _cards(self, painter: QPainter, view: Viewpoint, area: QRectF, ratio: float) -> None:
        """All that lies on the ground in an area of the canvas."""
        level, scale = Level.at(view.zoom), view.zoom * ratio
        edge = EDGE + 1 / view.zoom
        seen = area.adjusted(-edge, -edge, edge, edge)
        shown = self._scene.cards_in(seen)
        shown.sort(key=lambda card: card.selected)  # what is held or selected lies above the rest
        with placed(painter, view, ratio):
            self._marked_links(painter, view.zoom)
        at = origin(view, ratio)
        left, top = at.x(), at.y()
        alike: dict[object, QPixmap] = {}
        for card in shown:
            plain = level is Level.ICONS and not (card.selected or card is self._look.card or card in self._look.lit)
            known = alike.get(card.content.silhouette) if plain else None
            stamp, sharp = (known, True) if known is not None else self._stamp(card, level, view.zoom, ratio)
            if plain and sharp:
                alike[card.content.silhouette] = stamp
            x, y = left + round((card.x - EDGE) * scale), top + round((card.y - EDGE) * scale)
            if sharp:
                painter.drawPixmap(QPointF(x / ratio, y / ratio), stamp)
            else:
                room = QSizeF(WIDTH + 2 * EDGE, card.content.height + 2 * EDGE) * view.zoom
                painter.drawPixmap(QRectF(QPointF(x / ratio, y / ratio), room), stamp, QRectF(stamp.rect()))
            if level is Level.FULL and card.thumbnail is not None:
                self._picture(painter, card, x, y, scale, ratio)
        self._last = {card: self._last[card] for card in shown if card in self._last}
        with placed(painter, view, ratio):
            self._ports(painter, shown, level)
            for note in self._scene.notes:
                if note.outline.intersects(seen):
                    _paint_note(painter, note, note is self._look.note, view.zoom)

    def _picture(self, painter: QPainter, card: Card, x: int, y: int, scale: float, ratio: float) -> None:
        thumbnail = card.thumbnail
        assert thumbnail is not None
        image = card.image() if thumbnail.bars is None else None
        painter.save()
        painter.translate(x / ratio, y / ratio)
        painter.scale(scale / ratio, scale / ratio)
        painter.translate(EDGE, EDGE)
        paint_picture(painter, card.content, image, thumbnail, scale)
        mark = self._look.brushed.get(card.leaving)
        if mark is not None and not card.content.fault:
            paint_mark(painter, picture_room(card.content, image, thumbnail.bars is not None), mark, scale / ratio)
        painter.restore()

    def _stamp(self, card: Card, level: Level, zoom: float, ratio: float) -> tuple[QPixmap, bool]:
        """A card's pixels, and whether they are of this very zoom."""
        look, content = self._look, card.content
        marks = Marks(card.selected, card is look.card, card in look.lit)
        scale = zoom * ratio
        if level is Level.ICONS:  # many cards look alike
            what: object = content.silhouette
        else:
            what = (content, card.labels if content.barred else ())
        key = (what, marks, scale, id(theme.now()))
        found = self._stamps.get(key)
        if found is None:
            if self.hurried and level is not Level.ICONS:
                known = self._last.get(card)
                return (known, False) if known is not None else (self._outline(card, level, zoom, ratio), True)

            def paint(painter: QPainter) -> None:
                painter.translate(EDGE, EDGE)
                paint_card(painter, content, card.labels, marks, level, zoom)

            found = self._stamps.make(key, WIDTH + 2 * EDGE, content.height + 2 * EDGE, scale, ratio, paint)
        if level is not Level.ICONS:
            self._last[card] = found
        return found, True

    def _outline(self, card: Card, level: Level, zoom: float, ratio: float) -> QPixmap:
        """A card without words, as it comes into sight while zooming goes on."""
        content, scale = card.content, zoom * ratio
        key = (content.silhouette, level, scale, id(theme.now()))
        found = self._stamps.get(key)
        if found is None:

            def paint(painter: QPainter) -> None:
                painter.translate(EDGE, EDGE)
                paint_card(painter, content, (), Marks(), Level.OUTLINE, zoom)

            found = self._stamps.make(key, WIDTH + 2 * EDGE, content.height + 2 * EDGE, scale, ratio, paint)
        return found

    def _marked_links(self, painter: QPainter, zoom: float) -> None:
        look, now = self._look, theme.now()
        for link, colour, width in (
            (look.link, now.text, 2.2),
            (look.chosen, now.accent, 2.6),
            (look.target, now.fine, 3.0),
        ):
            wire = self._scene.wires.get(link) if link is not None else None
            if wire is None or link == look.hidden:
                continue
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(link_pen(colour, zoom, max(width, width / zoom * 0.7)))
            painter.drawPath(wire.path)
            for at in (wire.start, wire.end):
                paint_port(painter, at, colour, radius=4.5 if link != look.chosen else 5)

    def _ports(self, painter: QPainter, shown: list[Card], level: Level) -> None:
        """Open ends: inputs that nothing is joined to, and where links could begin on the card pointed at."""
        if level is not Level.FULL and not self._look.linking:
            return
        look, now = self._look, theme.now()
        joined = {(link.target, link.input) for link in self._scene.wires}
        read = {link.source for link in self._scene.wires}
        for card in shown:
            if not card.folded:
                for number in range(card.content.inputs):
                    if (card.leaving, number) not in joined:
                        paint_port(painter, QPointF(*card.input(number)), now.fine if look.linking else now.dim, True)
            if card is look.port:
                paint_port(painter, QPointF(*card.output()), now.accent, radius=6)
            elif card is look.card and (card.leaving not in read or card.selected):
                paint_port(painter, QPointF(*card.output()), now.dim, card.leaving not in read)


def _paint_note(painter: QPainter, note: NoteItem, hovered: bool, zoom: float) -> None:
    now = theme.now()
    rect = note.outline
    painter.setBrush(QColor(now.note))
    edge = now.accent if note.selected else now.dim if hovered else now.line
    painter.setPen(QPen(QColor(edge), max(1.0, 0.8 / zoom) * (2 if note.selected else 1)))
    painter.drawRoundedRect(rect, 6, 6)
    if Level.at(zoom) is Level.ICONS:
        return
    painter.setFont(theme.font(NOTE_PX))
    painter.setPen(QColor(now.text if note.text else now.dim))
    room = rect.adjusted(NOTE_MARGIN, NOTE_MARGIN, -NOTE_MARGIN, -NOTE_MARGIN)
    painter.drawText(room, int(Qt.TextFlag.TextWordWrap), note.text or EMPTY_NOTE)
