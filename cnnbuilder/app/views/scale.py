"""The colour scale, the histogram and the value under the pointer, beside a grid of maps."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from cnnbuilder.app import colours, theme

BINS = 21
MOST_SAMPLES = 40_000


def figure(value: float) -> str:
    """A value in three or four telling figures."""
    if value == 0:
        return "0"
    return f"{value:.4f}" if 0.001 <= abs(value) < 1000 else f"{value:.2e}"


class ScaleView(QWidget):
    """Paints a colour bar with its ends, and below it how often values occur."""

    def __init__(self) -> None:
        super().__init__()
        self._scale = "positive"
        self._limit = 1.0
        self._counts: NDArray[Any] | None = None
        self.setFixedHeight(88)
        self.setAccessibleName("Colour scale and histogram")
        theme.keeper().changed.connect(self.update)

    def show_values(self, values: NDArray[Any] | None, scale: str, limit: float) -> None:
        """The scale of these values; None shows nothing."""
        self._scale, self._limit = scale, limit if np.isfinite(limit) and limit > 0 else 1.0
        self._counts = None
        if values is not None and values.size:
            flat = values.reshape(-1)
            flat = flat[:: max(1, flat.size // MOST_SAMPLES)]
            flat = flat[np.isfinite(flat)]
            low = -self._limit if scale == "signed" else 0.0
            self._counts = np.histogram(flat, bins=BINS, range=(low, self._limit))[0]
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(190, 88)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._counts is None:
            return
        now = theme.now()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        bar = QRectF(0, 0, self.width(), 12)
        table = np.ascontiguousarray(colours.table(self._scale, now))
        image = QImage(table.data, 256, 1, 768, QImage.Format.Format_RGB888)
        painter.drawImage(bar, image)
        painter.setPen(QColor(now.dim))
        painter.setFont(theme.font(12))
        row = QRectF(0, 15, self.width(), 17)
        ends = (
            (f"−{self._limit:.3g}", "0", f"{self._limit:.3g}")
            if self._scale == "signed"
            else ("0", "", f"{self._limit:.3g}")
        )
        for words, side in zip(
            ends, (Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignHCenter, Qt.AlignmentFlag.AlignRight), strict=True
        ):
            painter.drawText(row, int(side.value), words)
        tall = float(self._counts.max()) or 1.0
        step = self.width() / BINS
        base, room = 86.0, 50.0
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(now.accent))
        for number, count in enumerate(self._counts):
            # The square root lets rare values be seen beside many zeros.
            height = max(room * (float(count) / tall) ** 0.5, 1.0 if count else 0.0)
            painter.drawRect(QRectF(number * step + 0.5, base - height, max(1.0, step - 2), height))
        painter.fillRect(QRectF(0, base, self.width(), 1), QColor(now.line))
        painter.end()
