"""A picture of the whole view that is kept: where the view only moves, what was painted moves along."""

from collections.abc import Callable

from PySide6.QtCore import QPoint, QRect, QRectF, QSize
from PySide6.QtGui import QPainter, QPixmap

from cnnbuilder.app.canvas.viewpoint import Viewpoint

Paint = Callable[[QPainter, QRectF], None]
"""Paints what of the canvas lies in a rectangle; the painter is the view's."""


def origin(view: Viewpoint, ratio: float) -> QPoint:
    """The device pixel of the view at which the canvas's own origin lies."""
    scale = view.zoom * ratio
    return QPoint(round(-view.x * scale), round(-view.y * scale))


class Kept:
    """Painted anew when something on it changed; moving the view paints only what comes into sight."""

    def __init__(self) -> None:
        self.pixmap = QPixmap()
        self.of: object = None
        """What it shows."""
        self._at = QPoint()

    def show(self, of: object, view: Viewpoint, size: QSize, ratio: float, paint: Paint) -> bool:
        """Bring it up to date; whether anything had to be painted. `of` says all that decides what is painted but where
        the view lies."""
        at, pixels = origin(view, ratio), QSize(round(size.width() * ratio), round(size.height() * ratio))
        whole = QRect(QPoint(), pixels)
        same = of == self.of and self.pixmap.size() == pixels
        if same and at == self._at:
            return False
        fresh = [whole]
        if same:
            shift = at - self._at
            self.pixmap.scroll(shift.x(), shift.y(), whole)
            fresh = _uncovered(whole, whole.translated(shift))
        elif self.pixmap.size() != pixels:
            self.pixmap = QPixmap(pixels)
        self.of, self._at = of, at
        for rect in fresh:
            self._paint(rect, view, ratio, paint)
        return True

    def _paint(self, rect: QRect, view: Viewpoint, ratio: float, paint: Paint) -> None:
        part = rect != self.pixmap.rect()
        # A part is clipped in device pixels, so that it meets its neighbours exactly.
        self.pixmap.setDevicePixelRatio(1 if part else ratio)
        painter = QPainter(self.pixmap)
        if part:
            painter.setClipRect(rect)
            painter.scale(ratio, ratio)
        paint(painter, canvas_rect(rect, view, ratio))
        painter.end()
        self.pixmap.setDevicePixelRatio(ratio)


def _uncovered(whole: QRect, moved: QRect) -> list[QRect]:
    """What of a rectangle the same one, moved, does not cover."""
    kept = whole & moved
    if kept.isEmpty():
        return [whole]
    top, height = kept.top(), kept.height()
    parts = (
        QRect(0, 0, whole.width(), top),
        QRect(0, top + height, whole.width(), whole.height() - top - height),
        QRect(0, top, kept.left(), height),
        QRect(kept.left() + kept.width(), top, whole.width() - kept.left() - kept.width(), height),
    )
    return [part for part in parts if not part.isEmpty()]


def canvas_rect(rect: QRect, view: Viewpoint, ratio: float) -> QRectF:
    """What of the canvas lies under device pixels of the view."""
    scale, at = view.zoom * ratio, origin(view, ratio)
    return QRectF(
        (rect.x() - at.x()) / scale, (rect.y() - at.y()) / scale, rect.width() / scale, rect.height() / scale
    )
