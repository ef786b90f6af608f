"""The whole network in small, in the lower right corner: blocks in the colours of their groups, and what is seen."""

from collections import defaultdict

from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap

from cnnbuilder.app import theme
from cnnbuilder.app.canvas.content import WIDTH
from cnnbuilder.app.canvas.scene import Scene
from cnnbuilder.app.canvas.viewpoint import Viewpoint

LARGEST = QSizeF(172, 116)
SHARE = 0.2
"""How much of the view's width and height it takes at the most."""
PADDING, APART = 9.0, 14.0


class Minimap:
    """Painted by the canvas; the blocks are kept as one picture."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self.wanted = True
        self._rect = QRectF()
        self._bounds, self._scale = QRectF(), 1.0
        self._bounds_of = -1
        self._kept = QPixmap()
        self._of: object = None

    def place(self, view: Viewpoint, size: QSize) -> QRectF:
        """Where in the view it lies; empty while it is not shown."""
        if self._bounds_of != self._scene.version:
            self._bounds_of, self._bounds = self._scene.version, self._scene.cards_rect()
        bounds = self._bounds
        seen = view.seen(QSizeF(size))
        roomy = size.width() >= 420 and size.height() >= 260
        # While all of it is in view there is no use for a map.
        if not self.wanted or not self._scene.standing or not roomy or seen.contains(bounds):
            self._rect = QRectF()
        else:
            room = LARGEST.boundedTo(QSizeF(size) * SHARE)
            self._scale = min(room.width() / bounds.width(), room.height() / bounds.height(), 0.2)
            wide, high = bounds.width() * self._scale + 2 * PADDING, bounds.height() * self._scale + 2 * PADDING
            self._rect = QRectF(size.width() - wide - APART, size.height() - high - APART, wide, high)
        return self._rect

    @property
    def rect(self) -> QRectF:
        """Where it was last painted."""
        return self._rect

    def to_scene(self, at: QPointF) -> QPointF:
        """The point of the canvas that a point of the view stands for."""
        inner = self._rect.topLeft() + QPointF(PADDING, PADDING)
        return self._bounds.topLeft() + (at - inner) / self._scale

    def paint(self, painter: QPainter, view: Viewpoint, size: QSize, ratio: float) -> None:
        """On top of the view."""
        rect = self.place(view, size)
        if rect.isEmpty():
            return
        now = theme.now()
        painter.setBrush(QColor(now.panel))
        painter.setPen(QPen(QColor(now.line), 1))
        painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        painter.drawPixmap(rect.topLeft() + QPointF(PADDING, PADDING), self._blocks(ratio))
        seen = view.seen(QSizeF(size))
        corner = (seen.topLeft() - self._bounds.topLeft()) * self._scale + rect.topLeft() + QPointF(PADDING, PADDING)
        frame = QRectF(corner, seen.size() * self._scale).intersected(rect.adjusted(3, 3, -3, -3))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(now.accent), 1.25))
        painter.drawRect(frame)

    def _blocks(self, ratio: float) -> QPixmap:
        of = (self._scene.version, self._scale, ratio, id(theme.now()))
        if of != self._of:
            self._of = of
            size = self._bounds.size() * self._scale * ratio
            self._kept = QPixmap(max(1, round(size.width())), max(1, round(size.height())))
            self._kept.setDevicePixelRatio(ratio)
            self._kept.fill(Qt.GlobalColor.transparent)
            painter = QPainter(self._kept)
            colours: dict[str, list[QRectF]] = defaultdict(list)
            for card in self._scene.all_cards():
                content = card.content
                colour = theme.now().problem if content.fault else theme.now().group(content.group)
                at = (card.pos() - self._bounds.topLeft()) * self._scale
                high = max(1.5, content.height * self._scale)
                colours[colour].append(QRectF(at, QSizeF(max(1.5, WIDTH * self._scale), high)))
            for colour, rects in colours.items():
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(colour))
                painter.drawRects(rects)
            painter.end()
        return self._kept
