"""One link on the canvas: level lines with round corners, and the shape that flows written above."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPainterPathStroker, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from cnnbuilder.app import theme
from cnnbuilder.app.canvas.content import PORT
from cnnbuilder.app.canvas.painting import NAMES_BELOW, paint_port

OUT = 26.0
"""How far a link runs straight before it turns."""
RADIUS = 18.0


def rounded(points: list[QPointF], radius: float = RADIUS) -> QPainterPath:
    """A path through `points` whose corners are round."""
    path = QPainterPath(points[0])
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        first, second = corner - before, after - corner
        a = (first.x() ** 2 + first.y() ** 2) ** 0.5
        b = (second.x() ** 2 + second.y() ** 2) ** 0.5
        if not a or not b:
            continue
        r = min(radius, a / 2, b / 2)
        path.lineTo(corner - first * (r / a))
        path.quadTo(corner, corner + second * (r / b))
    path.lineTo(points[-1])
    return path


def route(start: QPointF, end: QPointF, lane: float | None) -> list[QPointF]:
    """The corners of a link; `lane` is the height at which it passes where it cannot go straight."""
    if lane is None:
        if abs(start.y() - end.y()) < 1:
            return [start, end]
        middle = max(start.x() + 12, end.x() - OUT - 6)
        return [start, QPointF(middle, start.y()), QPointF(middle, end.y()), end]
    out, back = start.x() + OUT, end.x() - OUT
    return [start, QPointF(out, start.y()), QPointF(out, lane), QPointF(back, lane), QPointF(back, end.y()), end]


class Wire(QGraphicsItem):
    """Paints a link; the scene tells it where it runs and what it says."""

    def __init__(self) -> None:
        super().__init__()
        self._points = [QPointF(), QPointF()]
        self._path = QPainterPath()
        self._words = ""
        self._broken = False
        self.setZValue(0)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)

    def lay(self, points: list[QPointF]) -> None:
        """Run along `points`."""
        if points == self._points:
            return
        self.prepareGeometryChange()
        self._points = points
        self._path = rounded(points)
        self.update()

    def say(self, words: str, broken: bool) -> None:
        """Write `words` above the link; `broken`: its target cannot take what flows."""
        if (words, broken) != (self._words, self._broken):
            self.prepareGeometryChange()
            self._words, self._broken = words, broken
            self.setZValue(0.5 if words else 0)  # no other link runs through the words
            self.update()

    def _label_rect(self) -> QRectF:
        """Above the longest level part; beside the upright one, between two rows of cards, where none is long."""
        width = QFontMetricsF(theme.font(11)).horizontalAdvance(self._words) + 8
        level = [(a, b) for a, b in zip(self._points, self._points[1:], strict=False) if abs(a.y() - b.y()) < 1]
        a, b = max(level, key=lambda part: abs(part[0].x() - part[1].x()), default=(self._points[0], self._points[-1]))
        if len(level) > 1 and abs(a.x() - b.x()) < width + 10:
            return QRectF(self._points[1].x() + 4, max(a.y(), b.y()) - PORT - 24, width, 16)
        return QRectF((a.x() + b.x()) / 2 - width / 2, min(a.y(), b.y()) - 20, width, 16)

    def boundingRect(self) -> QRectF:
        bounds = self._path.boundingRect().adjusted(-6, -6, 6, 6)
        return bounds.united(self._label_rect()) if self._words else bounds

    def shape(self) -> QPainterPath:
        stroker = QPainterPathStroker()
        stroker.setWidth(10)
        return stroker.createStroke(self._path)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        now = theme.now()
        zoom = option.levelOfDetailFromTransform(painter.worldTransform())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour = now.problem if self._broken else now.link
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(colour), max(1.6, 1.0 / zoom)))
        painter.drawPath(self._path)
        if zoom < NAMES_BELOW:
            return
        paint_port(painter, self._points[0], colour)
        paint_port(painter, self._points[-1], colour)
        if self._words:
            ground = QColor(now.canvas)
            ground.setAlpha(215)
            painter.fillRect(self._label_rect().adjusted(3, 1, -3, -1), ground)
            painter.setFont(theme.font(11))
            painter.setPen(QColor(now.problem if self._broken else now.dim))
            painter.drawText(self._label_rect(), int(Qt.AlignmentFlag.AlignCenter.value), self._words)
