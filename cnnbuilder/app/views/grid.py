"""Maps in a grid, drawn with pyqtgraph: zoomed with the wheel, the value under the pointer beside them."""

from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from cnnbuilder.app import colours, theme
from cnnbuilder.app.imaging import scale_of, to_bytes
from cnnbuilder.app.views.tiles import GAP, LABEL, PAGE, Tiles, arrange

pg.setConfigOptions(imageAxisOrder="row-major")


class _Labels(QGraphicsItem):
    """What stands below each tile; one item for all of them."""

    def __init__(self) -> None:
        super().__init__()
        self.labels: list[tuple[QRectF, str, bool]] = []
        self.marked: QRectF | None = None

    def show_labels(self, labels: list[tuple[QRectF, str, bool]]) -> None:
        self.prepareGeometryChange()
        self.labels, self.marked = labels, None
        self.update()

    def mark(self, rect: QRectF | None) -> None:
        if rect != self.marked:
            self.marked = rect
            self.update()

    def boundingRect(self) -> QRectF:
        bounds = QRectF()
        for rect, _, _ in self.labels:
            bounds = bounds.united(rect)
        return bounds.adjusted(-40, -400, 40, 20)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        now = theme.now()
        painter.setFont(theme.font(11))
        for rect, words, faint in self.labels:
            painter.setPen(QColor(now.problem if faint else now.dim))
            painter.drawText(rect, int((Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop).value), words)
        if self.marked is not None:
            pen = pg.mkPen(theme.UNIT, width=2)
            pen.setCosmetic(True)
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.marked)


class Grid(pg.GraphicsView):  # type: ignore[misc]
    """Shows one page of tiles."""

    pointed = Signal(object)
    """`(tile, row, column)` under the pointer, or None."""

    def __init__(self) -> None:
        super().__init__(background=None)
        self._box = pg.ViewBox(enableMenu=False, invertY=True, defaultPadding=0)
        self._box.setAspectLocked(True)
        self._box.setDefaultPadding(0)
        self.setCentralItem(self._box)
        self._images: list[Any] = []
        self._labels = _Labels()
        self._box.addItem(self._labels, ignoreBounds=True)
        self._tiles: Tiles | None = None
        self._first = 0
        self._each = False
        self._rects: list[QRectF] = []
        self._form: tuple[float, ...] = ()
        self.setMouseTracking(True)
        self.scene().sigMouseMoved.connect(self._point)
        self.setAccessibleName("Maps")
        theme.keeper().changed.connect(self._recolour)
        self._recolour()

    def show_tiles(self, tiles: Tiles | None, first: int, each: bool) -> tuple[str, float]:
        """Show a page from tile `first` on; `each`: every tile on a scale of its own. The scale and its limit."""
        self._tiles, self._first, self._each = tiles, first, each
        return self._draw()

    def _recolour(self) -> None:
        self.setBackground(theme.now().panel)
        self._draw()

    def _draw(self) -> tuple[str, float]:
        if self._tiles is None or not self._tiles.values.size:
            for image in self._images:
                image.hide()
            self._rects = []
            self._labels.show_labels([])
            return "positive", 1.0
        values = self._tiles.values
        scale, limit = scale_of(values)
        table = colours.table(scale, theme.now())
        shown = min(PAGE, len(values) - self._first)
        self._lay(shown, *values.shape[1:])
        labels: list[tuple[QRectF, str, bool]] = []
        # A map of many more pixels than it has room for is thinned out; the value under the pointer stays exact.
        step = max(1, int(values.shape[1] / max(1.0, 2 * self._rects[0].height()))) if self._rects else 1
        for number in range(shown):
            plane = values[self._first + number]
            own = scale_of(plane)[1] if self._each else limit
            image = self._image(number)
            image.setImage(to_bytes(plane[::step, ::step], scale, own), levels=(0, 255), lut=table, autoLevels=False)
            image.setRect(self._rects[number])
            image.show()
            dead = len(values) > 1 and not plane.any()
            rect = self._rects[number]
            words = self._tiles.name(self._first + number) + (" dead" if dead else "")
            labels.append((QRectF(rect.left() - 40, rect.bottom() + 3, rect.width() + 80, LABEL), words, dead))
        for image in self._images[shown:]:
            image.hide()
        self._labels.show_labels(labels)
        return scale, limit

    def _image(self, number: int) -> Any:
        while len(self._images) <= number:
            image = pg.ImageItem()
            image.setZValue(-1)
            self._images.append(image)
            self._box.addItem(image, ignoreBounds=True)
        return self._images[number]

    def _lay(self, count: int, rows: int, columns: int) -> None:
        width, height = float(max(60, self.width())), float(max(60, self.height()))
        wide, high, across = arrange(count, rows, columns, width, height)
        self._rects = [
            QRectF(GAP + (n % across) * (wide + GAP), GAP + (n // across) * (high + LABEL + GAP), wide, high)
            for n in range(count)
        ]
        form = (count, rows, columns, width, height)
        if form != self._form:
            # The view is set back only when something else is shown, not when values change.
            self._form = form
            self.reset_view()

    def reset_view(self) -> None:
        """Show the page at its own size."""
        self._box.setRange(QRectF(0, 0, max(60, self.width()), max(60, self.height())), padding=0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if hasattr(self, "_form"):
            self._draw()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._draw()

    def mouseDoubleClickEvent(self, event: object) -> None:
        self.reset_view()

    def _point(self, at: QPointF) -> None:
        """Find the value under the pointer."""
        if self._tiles is None:
            return
        where = self._box.mapSceneToView(at)
        rows, columns = self._tiles.values.shape[1:]
        for number, rect in enumerate(self._rects):
            if rect.contains(where):
                row = min(rows - 1, int((where.y() - rect.top()) / rect.height() * rows))
                column = min(columns - 1, int((where.x() - rect.left()) / rect.width() * columns))
                high, wide = rect.height() / rows, rect.width() / columns
                self._labels.mark(QRectF(rect.left() + column * wide, rect.top() + row * high, wide, high))
                self.pointed.emit((self._first + number, row, column))
                return
        self._labels.mark(None)
        self.pointed.emit(None)

    def leaveEvent(self, event: object) -> None:
        super().leaveEvent(event)
        self._labels.mark(None)
        self.pointed.emit(None)
