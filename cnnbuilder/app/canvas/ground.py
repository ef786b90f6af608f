"""What lies below the cards: the dotted ground, the frames of groups, the links and their words."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from math import floor

from PySide6.QtCore import QLineF, QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPixmap

from cnnbuilder.app import theme
from cnnbuilder.app.canvas.extras import Frame
from cnnbuilder.app.canvas.kept import Kept, origin
from cnnbuilder.app.canvas.painting import Level, paint_port
from cnnbuilder.app.canvas.routing import Rect
from cnnbuilder.app.canvas.scene import Scene
from cnnbuilder.app.canvas.viewpoint import Viewpoint
from cnnbuilder.app.canvas.wire import Wire
from cnnbuilder.design.graph import Link

GRID = 24.0
DOT = 1.6
NEAREST_DOTS = 14
WIRE = 1.6
BESIDE = 120.0
"""How far from its link, on the canvas, words may stand."""


class Ground:
    """Kept as one picture until something on it changes: a run that changes every card leaves it alone."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._kept = Kept()
        self._lines: tuple[list[QLineF], list[QLineF]] = ([], [])
        """The links that are in order, and those that are not, as straight lines."""
        self._lines_of = -1

    def pixmap(self, view: Viewpoint, size: QSize, ratio: float, hidden: Link | None = None) -> QPixmap:
        """The ground of the whole view, but for one link."""

        def paint(painter: QPainter, area: QRectF) -> None:
            self.paint(painter, view, area, ratio, hidden)

        # With the view, so that all is painted at once: round corners come out otherwise at the edge of a part.
        self._kept.show((view, self.of(view, ratio, hidden)), view, size, ratio, paint)
        return self._kept.pixmap

    def of(self, view: Viewpoint, ratio: float, hidden: Link | None) -> object:
        """What decides how it looks, but for the place of the view."""
        return view.zoom, ratio, id(theme.now()), self._scene.version, hidden

    def paint(self, painter: QPainter, view: Viewpoint, area: QRectF, ratio: float, hidden: Link | None = None) -> None:
        """What of the ground lies in an area of the canvas."""
        self._dots(painter, view, area, ratio)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
        with placed(painter, view, ratio):
            for frame in self._scene.frames:
                paint_frame(painter, frame, view.zoom)
            if Level.at(view.zoom) is Level.ICONS and hidden is None:
                self._far_wires(painter)
            else:
                # Words stand beside their links, and a line is as thick as its pen.
                around = area.adjusted(-BESIDE, -BESIDE, BESIDE, BESIDE)
                paint_wires(painter, self._scene, around, view.zoom, hidden)
            if Level.at(view.zoom) is not Level.ICONS:
                for frame in self._scene.frames:
                    paint_head(painter, frame)

    def _far_wires(self, painter: QPainter) -> None:
        """All links at once, as thin lines with sharp corners: at this size nobody sees that they are not round."""
        if self._lines_of != self._scene.version:
            self._lines_of = self._scene.version
            self._lines = ([], [])
            for wire in self._scene.wires.values():
                self._lines[wire.broken].extend(QLineF(*a, *b) for a, b in pairwise(wire.points))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        for lines, colour in zip(self._lines, (theme.now().link, theme.now().problem), strict=True):
            pen = QPen(QColor(colour), 1)
            pen.setCosmetic(True)
            painter.setPen(pen)
            painter.drawLines(lines)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)

    @staticmethod
    def _dots(painter: QPainter, view: Viewpoint, area: QRectF, ratio: float) -> None:
        """One row of dots is painted and laid down again for every other row."""
        step = GRID
        while step * view.zoom < NEAREST_DOTS:
            step *= 2
        scale, at = view.zoom * ratio, origin(view, ratio)
        side = max(1, round(DOT * ratio))
        pixels = QRectF(area.topLeft() * scale + QPointF(at), area.size() * scale).toAlignedRect()
        row = QPixmap(pixels.width(), side)
        row.fill(QColor(theme.now().canvas))
        pen = QPainter(row)
        dots = QColor(theme.now().dots)
        for number in range(floor(area.left() / step) - 1, floor(area.right() / step) + 1):
            pen.fillRect(QRect(round(number * step * scale) + at.x() - pixels.x(), 0, side, side), dots)
        pen.end()
        painter.save()
        painter.scale(1 / ratio, 1 / ratio)
        painter.fillRect(pixels, QColor(theme.now().canvas))
        for number in range(floor(area.top() / step) - 1, floor(area.bottom() / step) + 1):
            painter.drawPixmap(QPoint(pixels.x(), round(number * step * scale) + at.y()), row)
        painter.restore()


@contextmanager
def placed(painter: QPainter, view: Viewpoint, ratio: float) -> Iterator[None]:
    """Lets a painter of the view paint in the canvas's coordinates."""
    painter.save()
    painter.translate(QPointF(origin(view, ratio)) / ratio)
    painter.scale(view.zoom, view.zoom)
    yield
    painter.restore()


def link_pen(colour: str, zoom: float, width: float = WIRE) -> QPen:
    """The pen of links: never thinner than a pixel. Thin lines are painted several times faster."""
    if zoom * width <= 1:
        pen = QPen(QColor(colour), 1)
        pen.setCosmetic(True)
        return pen
    return QPen(QColor(colour), width)


def paint_wires(painter: QPainter, scene: Scene, seen: QRectF, zoom: float, hidden: Link | None = None) -> None:
    """All links in sight but one, with their words."""
    now = theme.now()
    area: Rect = (seen.left(), seen.top(), seen.right(), seen.bottom())
    shown = [wire for wire in scene.wires.values() if in_sight(wire.bounds, area) and wire.link != hidden]
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for broken, colour in ((False, now.link), (True, now.problem)):
        wires = [wire for wire in shown if wire.broken is broken]
        painter.setPen(link_pen(colour, zoom))
        painter.drawLines([QLineF(*wire.points[0], *wire.points[1]) for wire in wires if wire.straight])
        for wire in wires:
            if not wire.straight:
                painter.drawPath(wire.path)
    if Level.at(zoom) is Level.FULL:
        for wire in shown:
            colour = now.problem if wire.broken else now.link
            paint_port(painter, wire.start, colour)
            paint_port(painter, wire.end, colour)
        for wire in shown:
            if wire.words:
                paint_words(painter, wire)


def paint_words(painter: QPainter, wire: Wire) -> None:
    """The shape above a link."""
    now = theme.now()
    ground = QColor(now.canvas)
    ground.setAlpha(215)
    painter.fillRect(wire.label.adjusted(3, 1, -3, -1), ground)
    painter.setFont(theme.font(11))
    painter.setPen(QColor(now.problem if wire.broken else now.dim))
    painter.drawText(wire.label, int(Qt.AlignmentFlag.AlignCenter.value), wire.words)


def paint_frame(painter: QPainter, frame: Frame, zoom: float) -> None:
    """The frame of an unfolded group."""
    now = theme.now()
    fill = QColor(now.dim)
    fill.setAlpha(16)
    painter.setBrush(fill)
    edge = QColor(now.dim)
    edge.setAlpha(110)
    painter.setPen(QPen(edge, max(1.0, 0.8 / zoom)))
    painter.drawRoundedRect(frame.rect, 10, 10)


def paint_head(painter: QPainter, frame: Frame) -> None:
    """The name of a group and the button that folds it, above the links."""
    now = theme.now()
    metrics = QFontMetricsF(theme.font(13, 600))
    room = frame.head.adjusted(12, 0, -70, 0)
    words = metrics.elidedText(frame.name, Qt.TextElideMode.ElideRight, room.width())
    ground = QColor(now.canvas)
    ground.setAlpha(215)
    painter.fillRect(QRectF(room.x() - 4, room.y() + 4, metrics.horizontalAdvance(words) + 8, 18), ground)
    painter.setFont(theme.font(13, 600))
    painter.setPen(QColor(now.dim))
    painter.drawText(room, int((Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft).value), words)
    painter.setBrush(QColor(now.panel))
    painter.setPen(QPen(QColor(now.line), 1))
    painter.drawRoundedRect(frame.button, 6, 6)
    painter.setFont(theme.font(12))
    painter.setPen(QColor(now.text))
    painter.drawText(frame.button, int(Qt.AlignmentFlag.AlignCenter.value), "⊟ fold")


def in_sight(bounds: Rect, area: Rect) -> bool:
    """Whether two rectangles meet."""
    return bounds[0] < area[2] and bounds[2] > area[0] and bounds[1] < area[3] and bounds[3] > area[1]
