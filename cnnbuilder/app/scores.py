"""The top classes as little bars."""

from typing import Any

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from cnnbuilder.app import theme

MOST = 10
STEP = 17.0


class Scores(QWidget):
    """A bar for each of the first classes (of few) or the likeliest ones (of many), and the winner in words."""

    def __init__(self) -> None:
        super().__init__()
        self._bars: list[tuple[str, float]] = []
        self._winner: tuple[str, float] | None = None
        self.setFixedHeight(40)
        self.setAccessibleName("Likeliest classes")

    def show_scores(self, scores: Any, label: "Any") -> None:
        """Show the network's output vector; `label(n)` is the name of class n. None shows nothing."""
        self._bars, self._winner = [], None
        if scores is not None and len(scores):
            values = [float(value) for value in scores]
            order = sorted(range(len(values)), key=lambda n: -values[n])
            shown = range(len(values)) if len(values) <= MOST else order[:5]
            best = order[0]
            self._bars = [(label(n), values[n]) for n in shown]
            self._winner = (label(best), values[best])
            top = ", ".join(f"{label(n)} {_percent(values[n])}" for n in order[:5])
            self.setAccessibleDescription(top)
            self.setToolTip(f"Likeliest: {top}")
        self.updateGeometry()
        self.update()

    def _named(self) -> bool:
        return all(len(name) <= 2 for name, _ in self._bars)

    def sizeHint(self) -> QSize:
        if self._winner is None:
            return QSize(0, 40)
        words = QFontMetricsF(theme.font(13, 600)).horizontalAdvance(self._winner[0][:22])
        return QSize(round(len(self._bars) * STEP + words + 78), 40)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._winner is None:
            return
        now = theme.now()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        named = self._named()
        base = 27.0 if named else 33.0
        largest = max((abs(value) for _, value in self._bars), default=1.0)
        scale = 1.0 if 0 < largest <= 1 else largest or 1.0
        painter.setFont(theme.font(10))
        for number, (name, value) in enumerate(self._bars):
            left = number * STEP
            tall = 21 * max(0.0, value) / scale
            painter.fillRect(QRectF(left + 1, base, STEP - 3, 1), QColor(now.dim))
            if tall > 0.5:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(now.accent))
                painter.drawRoundedRect(QRectF(left + 1, base - tall, STEP - 3, tall), 2, 2)
            if named:
                painter.setPen(QColor(now.dim))
                painter.drawText(QRectF(left, base + 1, STEP - 1, 12), int(Qt.AlignmentFlag.AlignCenter.value), name)
        x = len(self._bars) * STEP + 8
        painter.setPen(QColor(now.text))
        painter.setFont(theme.font(13, 600))
        words = self._winner[0][:22]
        painter.drawText(QRectF(x, 4, 400, 32), int(Qt.AlignmentFlag.AlignVCenter.value), words)
        x += QFontMetricsF(theme.font(13, 600)).horizontalAdvance(words) + 8
        painter.setPen(QColor(now.dim))
        painter.setFont(theme.font(13))
        painter.drawText(QRectF(x, 4, 80, 32), int(Qt.AlignmentFlag.AlignVCenter.value), _percent(self._winner[1]))
        painter.end()


def _percent(value: float) -> str:
    return f"{100 * value:.1f} %" if 0 <= value <= 1 else f"{value:.3g}"
