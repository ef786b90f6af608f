"""A switch: on or off."""

from PySide6.QtCore import QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QCheckBox, QSizePolicy

from cnnbuilder.app import theme

WIDTH, HEIGHT = 34, 20


class Switch(QCheckBox):
    """A check box that looks like a switch."""

    def __init__(self, words: str, help: str) -> None:
        super().__init__()
        self.setAccessibleName(words)
        self.setToolTip(help)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.keeper().changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(WIDTH + 4, HEIGHT + 4)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def hitButton(self, pos: QPoint) -> bool:
        return self.rect().contains(pos)

    def paintEvent(self, event: QPaintEvent) -> None:
        now = theme.now()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        track = QRectF(3, (self.height() - HEIGHT) / 2 + 2, WIDTH - 2, HEIGHT - 4)
        if self.hasFocus():
            painter.setPen(QPen(QColor(now.accent), 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(track.adjusted(-2, -2, 2, 2), HEIGHT / 2, HEIGHT / 2)
        on = self.checkState() == Qt.CheckState.Checked
        painter.setPen(QPen(QColor(now.accent if on else now.dim), 1))
        painter.setBrush(QColor(now.accent if on else now.well))
        painter.drawRoundedRect(track, track.height() / 2, track.height() / 2)
        size = track.height() - 6
        at = {Qt.CheckState.Checked: 1.0, Qt.CheckState.PartiallyChecked: 0.5}.get(self.checkState(), 0.0)
        left = track.left() + 3 + at * (track.width() - size - 6)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(now.on_accent if on else now.dim))
        painter.drawEllipse(QRectF(left, track.top() + 3, size, size))
        painter.end()
