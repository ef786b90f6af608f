"""The colour scale and the histogram beside a grid of maps."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from cnnbuilder.app import colours, theme
from cnnbuilder.app.views.tile_painter import Picture, numbers

BINS = 32
BAR, WORDS, COUNTS = 12, 17, 60
MARK = 4.0


@dataclass(frozen=True, eq=False)
class _Counts:
    all: NDArray[Any]
    tile: NDArray[Any] | None = None


class ScaleView(QWidget):
    """A colour bar with its ends; below it how often values occur, in all tiles and in the one pointed at."""

    def __init__(self) -> None:
        super().__init__()
        self._shown: Picture | None = None
        self._counts = _Counts(np.zeros(BINS, int))
        self._value: float | None = None
        self._table: Any = None
        self.setAccessibleName("Colour scale and histogram")
        self.setToolTip("How often values occur; in orange those of the map under the pointer")
        theme.keeper().changed.connect(self._recolour)
        self._recolour()

    def show_picture(self, shown: Picture | None) -> None:
        """The scale of these tiles; None shows nothing."""
        self._shown = shown
        if shown is not None:
            self._counts = _Counts(_histogram(shown, shown.summary.sample))
            low, high = self.ends
            self.setAccessibleDescription(f"from {low} to {high}")
        self.update()

    def point(self, tile: int | None, value: float | None) -> None:
        """Show where on the scale a value lies, and the values of its tile."""
        if self._shown is not None:
            values = None if tile is None else self._shown.tiles.values[tile].reshape(-1)[: self._shown.tiles.cells]
            found = None if values is None else _histogram(self._shown, values[:: max(1, len(values) // 40_000)])
            self._counts = _Counts(self._counts.all, found)
        self._value = value
        self.update()

    @property
    def ends(self) -> tuple[str, str]:
        """What the two ends of the bar stand for."""
        if self._shown is None or self._shown.limits is not None:
            return ("−max" if self._shown and self._shown.scale == "signed" else "0", "max of each")
        limit = f"{self._shown.limit:.3g}"
        return (f"−{limit}" if self._shown.scale == "signed" else "0", limit)

    def _recolour(self) -> None:
        self.setFixedHeight(round(BAR + theme.scaled(WORDS) + COUNTS + 3))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._shown is None:
            return
        now, painter = theme.now(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        table = np.ascontiguousarray(colours.table(self._shown.scale, now))
        image = QImage(table.data, 256, 1, 768, QImage.Format.Format_RGB888)
        painter.drawImage(QRectF(0, 0, self.width(), BAR), image)
        painter.setPen(QColor(now.dim))
        painter.setFont(theme.ui_font(12))
        low, high = self.ends
        row = QRectF(0, BAR + 3, self.width(), theme.scaled(WORDS))
        middle = "0" if self._shown.scale == "signed" else ""
        for words, side in (
            (low, Qt.AlignmentFlag.AlignLeft),
            (middle, Qt.AlignmentFlag.AlignHCenter),
            (high, Qt.AlignmentFlag.AlignRight),
        ):
            painter.drawText(row, int(side.value), words)
        self._paint_counts(painter)
        self._paint_value(painter)
        painter.end()

    def _paint_counts(self, painter: QPainter) -> None:
        now, base, room = theme.now(), self.height() - 2.0, COUNTS - 5.0
        painter.setPen(Qt.PenStyle.NoPen)
        step = self.width() / BINS
        for counts, colour, inset in ((self._counts.all, now.accent, 0.5), (self._counts.tile, theme.UNIT, step / 4)):
            if counts is None:
                continue
            tall = float(counts.max()) or 1.0
            painter.setBrush(QColor(colour))
            for number, count in enumerate(counts):
                # The square root lets rare values be seen beside many zeros.
                height = max(room * (float(count) / tall) ** 0.5, 1.0 if count else 0.0)
                painter.drawRect(QRectF(number * step + inset, base - height, max(1.0, step - 1 - 2 * inset), height))
        painter.fillRect(QRectF(0, base, self.width(), 1), QColor(now.line))

    def _paint_value(self, painter: QPainter) -> None:
        if self._value is None or self._shown is None or self._shown.limits is not None:
            return
        number = int(numbers(np.array([self._value], np.float32), self._shown, self._shown.limit)[0])
        at = (number + 0.5) / 256 * self.width()
        painter.setPen(QPen(QColor(theme.now().panel), 1))
        painter.setBrush(QColor(theme.UNIT))
        points = (QPointF(at - MARK, BAR + MARK), QPointF(at, BAR - MARK), QPointF(at + MARK, BAR + MARK))
        painter.drawPolygon(QPolygonF(points))


def _histogram(shown: Picture, values: Any) -> NDArray[Any]:
    """How many values fall into each part of the bar; where each tile has a scale of its own, of the common one."""
    found = numbers(values, shown, shown.limit)
    return np.bincount(found >> 3, minlength=BINS)
