"""The pad that digits are drawn on."""

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QKeySequence, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from cnnbuilder.app import theme
from cnnbuilder.app.pictures.ink import BOX, SIDE, Ink

SHOWN = 252
"""Pixels of the screen along the pad."""
THINNEST, THICKEST = 1.0, 5.0


class Pad(QWidget):
    """Draws with the left button, erases with the right one or after E."""

    drawn = Signal()
    """The drawing changed."""
    erasing_turned = Signal(bool)
    width_changed = Signal(float)

    def __init__(self) -> None:
        super().__init__()
        self.ink = Ink()
        self.width_ = 2.2
        self.erasing = False
        self._at: QPointF | None = None
        self._down = False
        self.setFixedSize(SHOWN, SHOWN)
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.BlankCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Pad to draw on")
        self.setAccessibleDescription(
            "Draw with the mouse; the right button or E erases, Delete clears, Ctrl+Z takes a stroke back, "
            "plus and minus change the brush."
        )

    def sizeHint(self) -> QSize:
        return QSize(SHOWN, SHOWN)

    def turn_erasing(self, on: bool) -> None:
        """Let the left button erase, or draw."""
        if on != self.erasing:
            self.erasing = on
            self.erasing_turned.emit(on)
            self.update()

    def set_width(self, width: float) -> None:
        """Set the brush, in pixels of the picture."""
        width = max(THINNEST, min(THICKEST, width))
        if width != self.width_:
            self.width_ = width
            self.width_changed.emit(width)
            self.update()

    def clear(self) -> None:
        """Begin anew."""
        self.ink.clear()
        self._changed()

    def undo(self) -> None:
        """Take the last stroke back."""
        self.ink.undo()
        self._changed()

    def _changed(self) -> None:
        self.update()
        self.drawn.emit()

    def _place(self, event: QMouseEvent) -> tuple[float, float]:
        return event.position().x() * SIDE / SHOWN, event.position().y() * SIDE / SHOWN

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton):
            erases = self.erasing or event.button() == Qt.MouseButton.RightButton
            self.ink.begin(*self._place(event), self.width_ * (1.6 if erases else 1), erases)
            self._down = True
            self._changed()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._at = event.position()
        if self._down:
            self.ink.go(*self._place(event))
            self._changed()
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._down = False

    def leaveEvent(self, event: QEvent) -> None:
        self._at = None
        self.update()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._means(event):
            event.accept()  # the pad's undo, not the document's
            return True
        return super().event(event)

    def _means(self, event: QKeyEvent) -> bool:
        return event.matches(QKeySequence.StandardKey.Undo) or event.key() in (
            Qt.Key.Key_E,
            Qt.Key.Key_Delete,
            Qt.Key.Key_Backspace,
            Qt.Key.Key_Plus,
            Qt.Key.Key_Minus,
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if event.matches(QKeySequence.StandardKey.Undo):
            self.undo()
        elif key == Qt.Key.Key_E:
            self.turn_erasing(not self.erasing)
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.clear()
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Minus):
            self.set_width(round(self.width_ + (0.2 if key == Qt.Key.Key_Plus else -0.2), 1))
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(QRectF(0, 0, SHOWN, SHOWN), self.ink.image)
        edge = (SIDE - BOX) / 2 * SHOWN / SIDE
        painter.setPen(QPen(QColor(255, 255, 255, 70), 1, Qt.PenStyle.DashLine))
        painter.drawRect(QRectF(edge, edge, SHOWN - 2 * edge, SHOWN - 2 * edge))
        if not self.ink.strokes and self._at is None:
            painter.setPen(QColor("#c3cad6"))
            painter.setFont(theme.font(13))
            painter.drawText(QRectF(0, 0, SHOWN, SHOWN), int(Qt.AlignmentFlag.AlignCenter.value), "Draw a digit here")
        if self._at is not None:
            painter.setPen(QPen(QColor(theme.UNIT if not self.erasing else "#ffffff"), 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            radius = self.width_ * SHOWN / SIDE / 2 * (1.6 if self.erasing else 1)
            painter.drawEllipse(self._at, radius, radius)
        if self.hasFocus():
            painter.setPen(QPen(QColor(theme.now().accent), 2))
            painter.drawRect(QRectF(1, 1, SHOWN - 2, SHOWN - 2))
        painter.end()
