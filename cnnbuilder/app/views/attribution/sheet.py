"""Paints the picture with what matters in it laid over, and says which pixel is pointed at."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from cnnbuilder.app import theme
from cnnbuilder.app.views.attribution.asking import Answer, seen
from cnnbuilder.app.views.tile_painter import ONE, Picture, numbers, picture
from cnnbuilder.app.views.tiles import Summary, Tiles

MARGIN = 6.0
FAINT = 0.6
"""The power by which small values are lifted, so that they can be seen through the picture."""
Cell = tuple[int, int]


class Sheet(QWidget):
    """The picture, a layer of colour, a frame around the field of a unit."""

    pointed = Signal(object)
    """The row and column under the pointer, or None."""
    chosen = Signal(int, int)
    """A pixel was clicked."""
    menu_wanted = Signal(object)
    """Of the point of the screen."""

    def __init__(self) -> None:
        super().__init__()
        self.setMinimumSize(QSize(60, 60))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("The picture with what matters in it")
        self.answer: Answer | None = None
        self.heat: Picture | None = None
        """What matters, on its scale."""
        self.opacity = 0.5
        """0: the picture alone; 1: the layer alone."""
        self.marked: Cell | None = None
        """The pixel that is selected."""
        self._at: Cell | None = None
        self._image: QImage | None = None
        theme.keeper().changed.connect(self._recolour)

    def show_answer(self, answer: Answer | None) -> None:
        """Show another answer; None: nothing."""
        self.answer, self._image = answer, None
        self.heat = None
        if answer is not None:
            tiles = Tiles(np.ascontiguousarray(answer.spread, np.float32)[None], "map")
            self.heat = picture(tiles, Summary(tiles), None, ONE)
        self.update()

    def set_opacity(self, opacity: float) -> None:
        """How much of the layer is seen."""
        self.opacity, self._image = opacity, None
        self.update()

    def mark(self, cell: Cell | None) -> None:
        """Mark a pixel."""
        self.marked = cell
        self.update()

    def _recolour(self) -> None:
        self.show_answer(self.answer)

    @property
    def box(self) -> QRectF:
        """Where the picture lies."""
        if self.answer is None:
            return QRectF()
        _, rows, columns = self.answer.picture.shape
        room = QRectF(self.rect()).adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN)
        step = min(room.width() / columns, room.height() / rows)
        size = QRectF(0, 0, columns * step, rows * step)
        size.moveCenter(room.center())
        return size

    def cells(self, bounds: tuple[int, int, int, int]) -> QRectF:
        """Where a part of the picture lies: first and last row, first and last column."""
        assert self.answer is not None
        box, (_, rows, columns) = self.box, self.answer.picture.shape
        top, bottom, left, right = bounds
        wide, high = box.width() / columns, box.height() / rows
        return QRectF(
            box.left() + left * wide, box.top() + top * high, (right - left + 1) * wide, (bottom - top + 1) * high
        )

    def cell(self, at: QPointF) -> Cell | None:
        """Row and column of the picture at a point."""
        box = self.box
        if self.answer is None or not box.contains(at):
            return None
        _, rows, columns = self.answer.picture.shape
        row, column = ((at.y() - box.top()) / box.height() * rows, (at.x() - box.left()) / box.width() * columns)
        return min(int(row), rows - 1), min(int(column), columns - 1)

    def image(self) -> QImage | None:
        """The picture and the layer in one, a pixel for each of the picture's."""
        if self._image is None and self.answer is not None and self.heat is not None:
            mixed = blended(seen(self.answer.picture), self.heat, self.opacity)
            rows, columns = mixed.shape[:2]
            self._image = QImage(mixed.data, columns, rows, 3 * columns, QImage.Format.Format_RGB888).copy()
        return self._image

    def paint(self, painter: QPainter) -> None:
        """Paint it in the widget's coordinates."""
        image, now = self.image(), theme.now()
        if image is None or self.answer is None:
            return
        box = self.box
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, box.width() < image.width())
        painter.drawImage(box, image)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self.answer.field is not None:
            for colour, width in ((QColor(now.panel), 4.0), (QColor(theme.UNIT), 2.0)):
                painter.setPen(QPen(colour, width))
                painter.drawRect(self.cells(self.answer.field))
        if self.marked is not None:
            painter.setPen(QPen(QColor(theme.UNIT), 2))
            painter.drawRect(self.cells((self.marked[0], self.marked[0], self.marked[1], self.marked[1])))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self.paint(painter)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self.hasFocus():
            painter.setPen(QPen(QColor(theme.now().accent), 1))
            painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))
        painter.end()

    # Pointing

    def _point(self, cell: Cell | None) -> None:
        if cell != self._at:
            self._at = cell
            self.pointed.emit(cell)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point(self.cell(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        self._point(None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        cell = self.cell(event.position())
        if event.button() == Qt.MouseButton.LeftButton and cell is not None:
            self.chosen.emit(*cell)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move the selected pixel."""
        by = {
            Qt.Key.Key_Left: (0, -1),
            Qt.Key.Key_Right: (0, 1),
            Qt.Key.Key_Up: (-1, 0),
            Qt.Key.Key_Down: (1, 0),
        }.get(Qt.Key(event.key()))
        if by is None or self.answer is None:
            super().keyPressEvent(event)
            return
        _, rows, columns = self.answer.picture.shape
        row, column = self.marked or (rows // 2, columns // 2)
        self.chosen.emit(min(max(row + by[0], 0), rows - 1), min(max(column + by[1], 0), columns - 1))


def blended(ground: NDArray[np.uint8], heat: Picture, opacity: float) -> NDArray[np.uint8]:
    """The colours of `heat` over `ground`, the more of them the larger a value is; at opacity 1 they alone."""
    values = heat.tiles.values[0]
    colours = heat.table[numbers(values, heat, heat.limit)]
    layer = np.stack([colours >> shift & 255 for shift in (16, 8, 0)], axis=-1).astype(np.float32)
    with np.errstate(all="ignore"):
        strength = np.nan_to_num(np.abs(values) / heat.limit).clip(0, 1) ** FAINT
    share = strength * min(2 * opacity, 1.0)
    share = (share + (1 - share) * max(2 * opacity - 1, 0.0))[..., None]
    return np.ascontiguousarray((ground * (1 - share) + layer * share + 0.5).astype(np.uint8))
