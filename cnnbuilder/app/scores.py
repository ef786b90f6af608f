"""The top classes as little bars."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from cnnbuilder.app import theme
from cnnbuilder.app.words import literal

MOST = 10
STEP = 17.0
LETTERS = 22
FIRST = 5
"""Of many classes, so many of the likeliest are shown."""


class Scores(QWidget):
    """A bar for each of the first classes (of few) or the likeliest ones (of many), and the winner in words."""

    def __init__(self) -> None:
        super().__init__()
        self._bars: list[tuple[str, float]] = []
        self._winner: tuple[str, float] | None = None
        self._small = False
        self._faded = False
        self.setFixedHeight(40)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Likeliest classes")

    def show_scores(self, scores: Any, label: Callable[[int], str]) -> None:
        """Show the network's output vector; `label(n)` is the name of class n. None shows nothing."""
        self._bars, self._winner, top = [], None, ""
        if scores is not None and len(scores):
            values = [float(value) for value in scores]
            order = sorted(range(len(values)), key=lambda n: -values[n])
            shown = range(len(values)) if len(values) <= MOST else order[:FIRST]
            self._bars = [(label(n), values[n]) for n in shown]
            self._winner = (label(order[0]), values[order[0]])
            top = ", ".join(f"{label(n)} {percent(values[n])}" for n in order[:FIRST])
        self.setAccessibleDescription(top)
        self.setToolTip(literal(f"Likeliest: {top}") if top else "")
        self.updateGeometry()
        self.update()

    def shorten(self, small: bool) -> None:
        """Show the winner alone."""
        if small != self._small:
            self._small = small
            self.updateGeometry()
            self.update()

    def fade(self, faded: bool) -> None:
        """Show that this is out of date."""
        self._faded = faded
        self.update()

    def _shown_bars(self) -> list[tuple[str, float]]:
        return [] if self._small else self._bars

    def _words(self) -> str:
        name = self._winner[0] if self._winner else ""
        most = LETTERS // 2 if self._small else LETTERS
        return name if len(name) <= most else f"{name[: most - 1]}…"

    def sizeHint(self) -> QSize:
        if self._winner is None:
            return QSize(0, 40)
        bold, plain = QFontMetricsF(theme.font(13, 600)), QFontMetricsF(theme.font(13))
        words = bold.horizontalAdvance(self._words()) + plain.horizontalAdvance("100.0 %")
        bars = self._shown_bars()
        return QSize(round((len(bars) * STEP + 8 if bars else 0) + words + 12), 40)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._winner is None:
            return
        now = theme.now()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_bars(painter)
        bars = self._shown_bars()
        x = len(bars) * STEP + 8 if bars else 0
        painter.setPen(QColor(now.dim if self._faded else now.text))
        painter.setFont(theme.font(13, 600))
        words = self._words()
        painter.drawText(QRectF(x, 4, 400, 32), int(Qt.AlignmentFlag.AlignVCenter.value), words)
        x += QFontMetricsF(theme.font(13, 600)).horizontalAdvance(words) + 8
        painter.setPen(QColor(now.dim))
        painter.setFont(theme.font(13))
        painter.drawText(QRectF(x, 4, 80, 32), int(Qt.AlignmentFlag.AlignVCenter.value), percent(self._winner[1]))
        painter.end()

    def _paint_bars(self, painter: QPainter) -> None:
        now, bars = theme.now(), self._shown_bars()
        named = all(len(name) <= 2 for name, _ in bars)
        base = 27.0 if named else 33.0
        largest = max((abs(value) for _, value in bars), default=1.0)
        scale = 1.0 if 0 < largest <= 1 else largest or 1.0
        painter.setFont(theme.font(10))
        for number, (name, value) in enumerate(bars):
            left = number * STEP
            tall = 21 * max(0.0, value) / scale
            painter.fillRect(QRectF(left + 1, base, STEP - 3, 1), QColor(now.dim))
            if tall > 0.5:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(now.dim if self._faded else now.accent))
                painter.drawRoundedRect(QRectF(left + 1, base - tall, STEP - 3, tall), 2, 2)
            if named:
                painter.setPen(QColor(now.dim))
                painter.drawText(QRectF(left, base + 1, STEP - 1, 12), int(Qt.AlignmentFlag.AlignCenter.value), name)


def percent(value: float) -> str:
    """A probability, or a score that is none, as a person reads it."""
    return f"{100 * value:.1f} %" if 0 <= value <= 1 else f"{value:.3g}"
