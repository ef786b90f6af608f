"""The picture as the network sees it, enlarged, to be painted on."""

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QKeySequence, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from cnnbuilder.app import theme

if TYPE_CHECKING:
    from cnnbuilder.app.pictures.pixels import Pixels

SHOWN = 320
"""Pixels of the screen along the easel."""
WORDS = (
    "Paint with the mouse; the right button puts the picture back, Alt+click picks a colour. Arrows move a pixel, "
    "Space paints it; E puts back, Ctrl+Z takes a stroke back, plus and minus change the brush."
)


class Easel(QWidget):
    """Paints with the left button, puts back with the right one or after E."""

    painted = Signal()
    """A pixel changed."""
    picked = Signal(object)
    """A colour was picked from the picture: its values."""
    restoring_turned = Signal(bool)
    width_changed = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.pixels: Pixels | None = None
        self.value: Any = None
        """What is painted with: an array of one value or three."""
        self.width_ = 1
        self.restoring = False
        self._at: tuple[float, float] | None = None
        """Row and column under the pointer, or where the keys are."""
        self._down = False
        self.setFixedSize(SHOWN, SHOWN)
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("The picture to paint on")
        self.setAccessibleDescription(WORDS)

    def sizeHint(self) -> QSize:
        return QSize(SHOWN, SHOWN)

    def show_pixels(self, pixels: "Pixels | None") -> None:
        """Paint on something else."""
        self.pixels, self._down = pixels, False
        self.update()

    def set_width(self, width: int) -> None:
        """Set the brush, in pixels of the picture."""
        most = max(self.pixels.size) if self.pixels is not None else 1
        width = max(1, min(width, most))
        if width != self.width_:
            self.width_ = width
            self.width_changed.emit(width)
            self.update()

    def turn_restoring(self, on: bool) -> None:
        """Let the left button put back, or paint."""
        if on != self.restoring:
            self.restoring = on
            self.restoring_turned.emit(on)
            self.update()

    def undo(self) -> None:
        """Take the last stroke back."""
        if self.pixels is not None and self.pixels.strokes:
            self.pixels.undo()
            self._changed()

    def clear(self) -> None:
        """Put everything back."""
        if self.pixels is not None and self.pixels.painted:
            self.pixels.clear()
            self._changed()

    def _changed(self) -> None:
        self.update()
        self.painted.emit()

    # Places

    @property
    def box(self) -> QRectF:
        """Where the picture lies."""
        if self.pixels is None:
            return QRectF()
        rows, columns = self.pixels.size
        step = min(SHOWN / rows, SHOWN / columns)
        box = QRectF(0, 0, columns * step, rows * step)
        box.moveCenter(QRectF(self.rect()).center())
        return box

    def _place(self, at: QPointF) -> tuple[float, float]:
        assert self.pixels is not None
        (rows, columns), box = self.pixels.size, self.box
        return (at.y() - box.top()) / box.height() * rows, (at.x() - box.left()) / box.width() * columns

    def _inside(self, at: tuple[float, float] | None) -> bool:
        if at is None or self.pixels is None:
            return False
        rows, columns = self.pixels.size
        return 0 <= at[0] < rows and 0 <= at[1] < columns

    # Mouse

    def _stroke(self, at: tuple[float, float], back: bool) -> None:
        assert self.pixels is not None
        self.pixels.begin()
        self._back, self._last = back, at
        self.pixels.dab(*at, self.width_, None if back else self.value)
        self._changed()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self.pixels is None or event.button() not in (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton):
            return
        at = self._place(event.position())
        if event.modifiers() & Qt.KeyboardModifier.AltModifier:
            if self._inside(at):
                self.picked.emit(self.pixels.now[int(at[0]), int(at[1])].copy())
            return
        self._down = True
        self._stroke(at, self.restoring or event.button() == Qt.MouseButton.RightButton)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.pixels is None:
            return
        self._at = self._place(event.position())
        if self._down:
            self.pixels.line(self._last, self._at, self.width_, None if self._back else self.value)
            self._last = self._at
            self._changed()
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._down = False

    def leaveEvent(self, event: QEvent) -> None:
        self._at = None
        self.update()

    # Keys

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._means(event):
            event.accept()  # the easel's undo, not the document's
            return True
        return super().event(event)

    def _means(self, event: QKeyEvent) -> bool:
        return event.matches(QKeySequence.StandardKey.Undo) or event.key() in (
            Qt.Key.Key_E, Qt.Key.Key_Plus, Qt.Key.Key_Minus, Qt.Key.Key_Space, *MOVES,
        )  # fmt: skip

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if self.pixels is None:
            super().keyPressEvent(event)
        elif event.matches(QKeySequence.StandardKey.Undo):
            self.undo()
        elif key == Qt.Key.Key_E:
            self.turn_restoring(not self.restoring)
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Minus):
            self.set_width(self.width_ + (1 if key == Qt.Key.Key_Plus else -1))
        elif key == Qt.Key.Key_Space:
            self._stroke(self._at or self._middle(), self.restoring)
        elif key in MOVES:
            rows, columns = self.pixels.size
            row, column = self._at or self._middle()
            down, across = MOVES[key]
            self._at = (
                min(max(int(row) + down, 0), rows - 1) + 0.5,
                min(max(int(column) + across, 0), columns - 1) + 0.5,
            )
            self.update()
        else:
            super().keyPressEvent(event)

    def _middle(self) -> tuple[float, float]:
        assert self.pixels is not None
        return self.pixels.size[0] // 2 + 0.5, self.pixels.size[1] // 2 + 0.5

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, now = QPainter(self), theme.now()
        painter.fillRect(self.rect(), QColor(now.well))
        if self.pixels is None:
            painter.setPen(QColor(now.dim))
            painter.setFont(theme.font(13))
            flags = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap)
            painter.drawText(QRectF(self.rect()).adjusted(20, 20, -20, -20), flags, "Open a picture first.")
        else:
            painter.drawImage(self.box, self._image())
            if self._at is not None:
                self._paint_brush(painter, self._at)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(now.accent), 2))
            painter.drawRect(QRectF(1, 1, SHOWN - 2, SHOWN - 2))
        painter.end()

    def _image(self) -> QImage:
        import numpy as np

        assert self.pixels is not None
        bytes_ = np.ascontiguousarray((self.pixels.now * 255 + 0.5).astype(np.uint8))
        rows, columns, channels = bytes_.shape
        form = QImage.Format.Format_RGB888 if channels == 3 else QImage.Format.Format_Grayscale8
        return QImage(bytes_.data, columns, rows, channels * columns, form).copy()

    def _paint_brush(self, painter: QPainter, at: tuple[float, float]) -> None:
        assert self.pixels is not None
        box, (rows, _) = self.box, self.pixels.size
        step = box.height() / rows
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for colour, width in (("#000000", 3.0), (theme.UNIT if not self.restoring else "#ffffff", 1.5)):
            painter.setPen(QPen(QColor(colour), width))
            if self.width_ == 1:
                painter.drawRect(QRectF(box.left() + int(at[1]) * step, box.top() + int(at[0]) * step, step, step))
            else:
                middle = QPointF(box.left() + at[1] * step, box.top() + at[0] * step)
                painter.drawEllipse(middle, self.width_ * step / 2, self.width_ * step / 2)


MOVES = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}
