"""Strokes of a pen as a digit looks in the MNIST collection: white on black, 28 × 28, each pixel the mean of its area.

There, digits were fitted into 20 × 20 pixels and their centre of mass laid in the middle of 28 × 28: Y. LeCun et al.,
"Gradient-based learning applied to document recognition" (1998), section III-A.
"""

import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SIDE = 28
FINE = 10
"""Fine pixels of the drawing along one pixel of the picture."""
BOX = 20
"""Pixels into which a digit is fitted."""


@dataclass
class Stroke:
    """Where the pen went, in pixels of the picture."""

    width: float
    erases: bool = False
    points: list[tuple[float, float]] = field(default_factory=list)


class Ink:
    """Strokes, and the fine image they make."""

    def __init__(self) -> None:
        self.strokes: list[Stroke] = []
        self.image = self._empty()

    @staticmethod
    def _empty() -> QImage:
        image = QImage(SIDE * FINE, SIDE * FINE, QImage.Format.Format_Grayscale8)
        image.fill(0)
        return image

    def begin(self, x: float, y: float, width: float, erases: bool) -> None:
        """Put the pen down."""
        self.strokes.append(Stroke(width, erases, [(x, y)]))
        self._paint(self.strokes[-1])

    def go(self, x: float, y: float) -> None:
        """Move the pen that is down."""
        stroke = self.strokes[-1]
        stroke.points.append((x, y))
        self._paint(stroke, len(stroke.points) - 2)

    def undo(self) -> None:
        """Take the last stroke back."""
        if self.strokes:
            self.strokes.pop()
            self.image = self._empty()
            for stroke in self.strokes:
                self._paint(stroke)

    def clear(self) -> None:
        """Take everything back."""
        self.strokes.clear()
        self.image = self._empty()

    def _paint(self, stroke: Stroke, first: int | None = None) -> None:
        """Paint a stroke, or go on at point `first`; piece by piece, so that painting it again gives the same."""
        painter = QPainter(self.image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour = QColor(0, 0, 0) if stroke.erases else QColor(255, 255, 255)
        style = Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin
        painter.setPen(QPen(colour, stroke.width * FINE, *style))
        points = [QPointF(x * FINE, y * FINE) for x, y in stroke.points]
        if first is None:
            painter.drawPoint(points[0])
        for start, end in itertools.pairwise(points[first or 0 :]):
            painter.drawLine(start, end)
        painter.end()

    def values(self, centred: bool) -> "NDArray[np.uint8]":
        """The picture, `[28, 28, 1]`; `centred` as MNIST's digits are."""
        import numpy as np

        fine = _bytes(self.image)
        if centred and fine.any():
            fine = _bytes(_centred(self.image, fine))
        mean = fine.reshape(SIDE, FINE, SIDE, FINE).mean(axis=(1, 3))
        values: NDArray[np.uint8] = np.rint(mean).astype(np.uint8)[:, :, None]
        values.flags.writeable = False
        return values


def _bytes(image: QImage) -> Any:
    import numpy as np

    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : image.width()].copy()  # an image takes its memory with it


def _centred(image: QImage, fine: Any) -> QImage:
    """The drawing fitted into BOX pixels, its centre of mass in the middle."""
    import numpy as np

    rows, columns = np.flatnonzero(fine.any(axis=1)), np.flatnonzero(fine.any(axis=0))
    top, bottom, left, right = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
    scale = BOX * FINE / max(bottom - top, right - left)
    ink = fine[top:bottom, left:right].astype(np.float64)
    total = ink.sum()
    y = float(ink.sum(axis=1) @ (np.arange(bottom - top) + 0.5) / total)
    x = float(ink.sum(axis=0) @ (np.arange(right - left) + 0.5) / total)
    made = Ink._empty()
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    middle = SIDE * FINE / 2
    target = QRectF(middle - x * scale, middle - y * scale, (right - left) * scale, (bottom - top) * scale)
    painter.drawImage(target, image, QRectF(left, top, right - left, bottom - top))
    painter.end()
    return made
