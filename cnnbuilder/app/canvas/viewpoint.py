"""Where one looks from: the zoom, and which point of the canvas lies in the corner of the view."""

from dataclasses import dataclass, replace

from PySide6.QtCore import QPointF, QRectF, QSizeF

SMALLEST, LARGEST = 0.05, 4.0


@dataclass(frozen=True)
class Viewpoint:
    """A zoom (1 is as designed) and the canvas's point in the upper left corner."""

    zoom: float = 1.0
    x: float = 0.0
    y: float = 0.0

    def to_scene(self, at: QPointF) -> QPointF:
        """The point of the canvas that is seen at a point of the view."""
        return QPointF(self.x + at.x() / self.zoom, self.y + at.y() / self.zoom)

    def to_view(self, at: QPointF) -> QPointF:
        """Where a point of the canvas is seen."""
        return QPointF((at.x() - self.x) * self.zoom, (at.y() - self.y) * self.zoom)

    def rect_to_view(self, rect: QRectF) -> QRectF:
        """Where a rectangle of the canvas is seen."""
        return QRectF(self.to_view(rect.topLeft()), rect.size() * self.zoom)

    def seen(self, size: QSizeF) -> QRectF:
        """What of the canvas a view of that size shows."""
        return QRectF(self.x, self.y, size.width() / self.zoom, size.height() / self.zoom)

    def panned(self, dx: float, dy: float) -> "Viewpoint":
        """What is seen moves by so many pixels."""
        return replace(self, x=self.x - dx / self.zoom, y=self.y - dy / self.zoom)

    def zoomed(self, factor: float, about: QPointF) -> "Viewpoint":
        """Larger or smaller; the point of the canvas at `about` of the view stays where it is."""
        zoom = max(SMALLEST, min(LARGEST, self.zoom * factor))
        fixed = self.to_scene(about)
        return Viewpoint(zoom, fixed.x() - about.x() / zoom, fixed.y() - about.y() / zoom)

    def centred(self, at: QPointF, size: QSizeF) -> "Viewpoint":
        """With a point of the canvas in the middle of a view of that size."""
        return replace(self, x=at.x() - size.width() / self.zoom / 2, y=at.y() - size.height() / self.zoom / 2)

    def showing(self, rect: QRectF, size: QSizeF, margin: float) -> "Viewpoint":
        """Moved as little as needed for a rectangle of the canvas to be seen, `margin` pixels from the edge."""
        seen = self.rect_to_view(rect)

        def shift(low: float, high: float, room: float) -> float:
            if low < margin or high - low > room - 2 * margin:
                return margin - low
            return min(0.0, room - margin - high)

        return self.panned(
            shift(seen.left(), seen.right(), size.width()), shift(seen.top(), seen.bottom(), size.height())
        )


def fitted(rect: QRectF, size: QSizeF, margin: float, largest: float = 1.0) -> Viewpoint:
    """The viewpoint from which all of a rectangle is seen, at a zoom of at most `largest`."""
    around = rect.adjusted(-margin, -margin, margin, margin)
    zoom = min(largest, size.width() / around.width(), size.height() / around.height())
    return Viewpoint(max(zoom, SMALLEST)).centred(around.center(), size)
