"""One link on the canvas, as plain data: where it runs and what is written above it."""

from itertools import pairwise

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QFontMetricsF, QPainterPath

from cnnbuilder.app import theme
from cnnbuilder.app.canvas.content import PORT, PORT_STEP
from cnnbuilder.app.canvas.routing import Point, Rect, distance
from cnnbuilder.design.graph import Link

RADIUS = 18.0
SLACK = 6.0
"""How far beyond its line a link is touched when painted."""


def rounded(points: list[Point], radius: float = RADIUS) -> QPainterPath:
    """A path through `points` whose corners are round."""
    path = QPainterPath(QPointF(*points[0]))
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        ax, ay = corner[0] - before[0], corner[1] - before[1]
        bx, by = after[0] - corner[0], after[1] - corner[1]
        a, b = (ax * ax + ay * ay) ** 0.5, (bx * bx + by * by) ** 0.5
        if not a or not b:
            continue
        r = min(radius, a / 2, b / 2)
        path.lineTo(corner[0] - ax * r / a, corner[1] - ay * r / a)
        path.quadTo(corner[0], corner[1], corner[0] + bx * r / b, corner[1] + by * r / b)
    path.lineTo(*points[-1])
    return path


class Wire:
    """A link between two cards. The scene lays it; it paints nothing."""

    def __init__(self, link: Link) -> None:
        self.link = link
        self.points: list[Point] = [(0.0, 0.0), (0.0, 0.0)]
        self.words = ""
        self.broken = False
        """Whether its target cannot take what flows."""
        self.tooltip = ""
        self.down = False
        self._path: QPainterPath | None = None
        self._label: QRectF | None = None
        self.bounds = (0.0, 0.0, 0.0, 0.0)

    def lay(self, points: list[Point]) -> None:
        """Run along `points`."""
        self.points = points
        self._path = self._label = None
        xs, ys = [x for x, _ in points], [y for _, y in points]
        room = 40.0 if self.words else SLACK  # the words may stand beside the line
        self.bounds = (min(xs) - room, min(ys) - room, max(xs) + room, max(ys) + room)

    def say(self, words: str, broken: bool, tooltip: str) -> None:
        """Write `words` above the link."""
        self.words, self.broken, self.tooltip = words, broken, tooltip
        self._label = None

    def meets(self, area: Rect) -> bool:
        """Whether a part of its line lies in `area`."""
        left, top, right, bottom = area
        return any(
            min(a, b) <= right and max(a, b) >= left and min(c, d) <= bottom and max(c, d) >= top
            for (a, c), (b, d) in pairwise(self.points)
        )

    @property
    def straight(self) -> bool:
        """Whether it is a single line."""
        return len(self.points) == 2

    @property
    def path(self) -> QPainterPath:
        """The line with its round corners."""
        if self._path is None:
            self._path = rounded(self.points)
        return self._path

    @property
    def start(self) -> QPointF:
        """Where it leaves its source."""
        return QPointF(*self.points[0])

    @property
    def end(self) -> QPointF:
        """Where it arrives."""
        return QPointF(*self.points[-1])

    def distance(self, at: QPointF) -> float:
        """How far a point of the canvas lies from it."""
        return distance(self.points, (at.x(), at.y()))

    @property
    def label(self) -> QRectF:
        """Where its words stand: above the longest level part, or beside the upright one where none is long."""
        if self._label is None:
            self._label = self._place_label()
        return self._label

    def _place_label(self) -> QRectF:
        width = QFontMetricsF(theme.font(11)).horizontalAdvance(self.words) + 8
        parts = list(zip(self.points, self.points[1:], strict=False))
        level = [(a, b) for a, b in parts if abs(a[1] - b[1]) < 1]
        upright = [(a, b) for a, b in parts if abs(a[0] - b[0]) < 1]
        a, b = max(level, key=lambda part: abs(part[0][0] - part[1][0]), default=parts[0])
        if upright and (not level or abs(a[0] - b[0]) < width + 10):
            (x, _), (_, y) = self.points[-2], self.points[-1]
            if not self.down and self.points[-3][1] < y:
                # From above: over the card at which it arrives.
                return QRectF(x + 4, y - PORT - PORT_STEP * self.link.input - 22, width, 16)
            a, b = max(upright, key=lambda part: abs(part[0][1] - part[1][1]))
            return QRectF(a[0] + 4, (a[1] + b[1]) / 2 - 8, width, 16)
        return QRectF((a[0] + b[0]) / 2 - width / 2, min(a[1], b[1]) - 20, width, 16)
