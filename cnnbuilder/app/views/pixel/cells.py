"""Paints a small array cell by cell: colours, the numbers where there is room, the padding hatched."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPen

from cnnbuilder.app import colours, theme
from cnnbuilder.app.imaging import scale_of
from cnnbuilder.app.views.tile_painter import short

Array = NDArray[Any]
LINED = 7.0
"""Cells at least so wide and high (px) are parted by lines."""
DARK, LIGHT = "#10141c", "#ffffff"
MIDDLE = int(Qt.AlignmentFlag.AlignCenter.value)


@dataclass(frozen=True, eq=False)
class Cells:
    """A plane of values on a scale."""

    values: Array
    """`[row, column]`; NaN where `present` is False."""
    scale: str
    """`grey`, `positive` or `signed`."""
    limit: float
    present: NDArray[np.bool_]
    padded: NDArray[np.bool_] | None = None
    """What lies in the padding."""

    @cached_property
    def numbers(self) -> NDArray[np.uint8]:
        """Palette numbers of the values."""
        with np.errstate(all="ignore"):
            scaled = np.nan_to_num(self.values / (self.limit or 1.0), nan=0.0, posinf=1.0, neginf=-1.0)
        scaled = scaled * 127.5 + 127.5 if self.scale == "signed" else scaled * 255
        return np.clip(scaled, 0, 255).astype(np.uint8)

    def pixels(self) -> NDArray[np.uint8]:
        """`[row, column, 3]`: the colours."""
        return colours.table(self.scale, theme.now())[self.numbers]


def cells_of(values: Array, padded: NDArray[np.bool_] | None = None, scale: str = "", limit: float = 0.0) -> Cells:
    """Values on the scale that suits them, or on the one that is named."""
    values = np.asarray(values, np.float64)
    present = ~padded if padded is not None else np.ones(values.shape, np.bool_)
    if not scale:
        scale, limit = scale_of(values[present])
    return Cells(values, scale, limit or 1.0, present, padded)


def paint_plane(painter: QPainter, box: QRectF, cells: Cells) -> None:
    """The colours alone, as a map."""
    pixels = np.ascontiguousarray(cells.pixels())
    rows, columns, _ = pixels.shape
    painter.drawImage(box, QImage(pixels.data, columns, rows, 3 * columns, QImage.Format.Format_RGB888))


def paint_cells(painter: QPainter, box: QRectF, cells: Cells, marked: tuple[int, int] | None = None) -> None:
    """The cells with lines and numbers where there is room for them; one of them marked."""
    now, (rows, columns) = theme.now(), cells.values.shape
    wide, high = box.width() / columns, box.height() / rows
    paint_plane(painter, box, cells)
    for row, column in zip(*np.nonzero(~cells.present), strict=True):
        cell = QRectF(box.left() + column * wide, box.top() + row * high, wide, high)
        painter.fillRect(cell, QColor(now.panel))
        if cells.padded is not None and cells.padded[row, column]:
            painter.fillRect(cell, _hatched(now.line))
    if min(wide, high) >= LINED:
        painter.setPen(QPen(QColor(now.panel), 1))
        for row in range(1, rows):
            painter.drawLine(QPointF(box.left(), box.top() + row * high), QPointF(box.right(), box.top() + row * high))
        for column in range(1, columns):
            x = box.left() + column * wide
            painter.drawLine(QPointF(x, box.top()), QPointF(x, box.bottom()))
    painter.setPen(QPen(QColor(now.line), 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(box)
    _paint_padding_edge(painter, box, cells)
    _paint_figures(painter, box, cells)
    if marked is not None:
        mark(painter, QRectF(box.left() + marked[1] * wide, box.top() + marked[0] * high, wide, high))


def mark(painter: QPainter, cell: QRectF, colour: str = theme.UNIT, width: float = 2) -> None:
    """A frame around what is looked at, seen on any ground."""
    grown = max(0.0, (6 - min(cell.width(), cell.height())) / 2)
    cell = cell.adjusted(-grown, -grown, grown, grown)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for pen in (QPen(QColor(theme.now().panel), width + 2), QPen(QColor(colour), width)):
        pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
        painter.setPen(pen)
        painter.drawRect(cell)


def cell_at(box: QRectF, cells: Cells, at: QPointF) -> tuple[int, int] | None:
    """The row and column under a point."""
    if not box.contains(at):
        return None
    rows, columns = cells.values.shape
    row, column = int((at.y() - box.top()) / box.height() * rows), int((at.x() - box.left()) / box.width() * columns)
    return min(row, rows - 1), min(column, columns - 1)


def _hatched(colour: str) -> Any:
    from PySide6.QtGui import QBrush

    return QBrush(QColor(colour), Qt.BrushStyle.BDiagPattern)


def _paint_padding_edge(painter: QPainter, box: QRectF, cells: Cells) -> None:
    """A dashed line around the part that lies in the padding."""
    if cells.padded is None or not cells.padded.any():
        return
    rows, columns = cells.values.shape
    wide, high = box.width() / columns, box.height() / rows
    pen = QPen(QColor(theme.now().dim), 1, Qt.PenStyle.DashLine)
    painter.setPen(pen)
    padded = np.pad(cells.padded, 1)
    for row, column in zip(*np.nonzero(cells.padded), strict=True):
        left, top = box.left() + column * wide, box.top() + row * high
        if not padded[row, column + 1]:
            painter.drawLine(QPointF(left, top), QPointF(left + wide, top))
        if not padded[row + 2, column + 1]:
            painter.drawLine(QPointF(left, top + high), QPointF(left + wide, top + high))
        if not padded[row + 1, column]:
            painter.drawLine(QPointF(left, top), QPointF(left, top + high))
        if not padded[row + 1, column + 2]:
            painter.drawLine(QPointF(left + wide, top), QPointF(left + wide, top + high))


def figure_font(wide: float, high: float) -> Any:
    """The font in which numbers stand in cells of a size; None where there is no room for any."""
    for px in (12, 11, 10, 9):
        font = theme.mono(round(theme.scaled(px)))
        metrics = QFontMetricsF(font)
        if metrics.horizontalAdvance("−0.00") + 3 <= wide and metrics.height() <= high + 2:
            return font
    return None


def _paint_figures(painter: QPainter, box: QRectF, cells: Cells) -> None:
    rows, columns = cells.values.shape
    wide, high = box.width() / columns, box.height() / rows
    font = figure_font(wide, high)
    if font is None:
        return
    painter.setFont(font)
    light = cells.pixels() @ np.array([0.299, 0.587, 0.114]) / 255 > 0.5
    for row in range(rows):
        for column in range(columns):
            cell = QRectF(box.left() + column * wide, box.top() + row * high, wide, high)
            if cells.present[row, column]:
                painter.setPen(QColor(DARK if light[row, column] else LIGHT))
                painter.drawText(cell, MIDDLE, short(float(cells.values[row, column])))
            elif cells.padded is not None and cells.padded[row, column]:
                painter.setPen(QColor(theme.now().dim))
                painter.drawText(cell, MIDDLE, "0")
