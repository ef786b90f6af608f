"""What a field is made of: a line to type in, a label to drag, and combos and sliders that keep out of the way."""

from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFocusEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPaintEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QSlider,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
    QWidget,
)

from cnnbuilder.app import theme

ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
STEPS = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1, Qt.Key.Key_PageUp: 10, Qt.Key.Key_PageDown: -10}
FINE = Qt.KeyboardModifier.ShiftModifier


class Line(QLineEdit):
    """A line that says what its user does with it."""

    entered = Signal()
    """Enter was pressed."""
    escaped = Signal()
    came = Signal()
    left = Signal()
    """The keyboard came to it, or went elsewhere."""
    stepped = Signal(int, bool)
    """One step up or down, by arrow key or wheel; finer with Shift."""
    listed = Signal()
    """Alt+Down: what is there to choose from?"""
    menu_wanted = Signal(QPoint)

    def __init__(self) -> None:
        super().__init__()
        self.half_typed = False
        """Whether the text is not yet (or no longer) a value: then undo is the line's own, and else the document's."""
        self.one_value = True
        """Whether a click selects all of it, so that what is typed next stands instead of it."""
        self._just_come = False
        self.setAlignment(Qt.AlignmentFlag.AlignRight)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and not self.half_typed:
            keys = QKeySequence.StandardKey
            if event.matches(keys.Undo) or event.matches(keys.Redo):
                event.ignore()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key == Qt.Key.Key_Down and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self.listed.emit()
        elif key in STEPS:
            self.stepped.emit(STEPS[key], bool(event.modifiers() & FINE))
        elif key in ENTER:
            self.entered.emit()
        elif key == Qt.Key.Key_Escape:
            self.escaped.emit()
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        turned = event.angleDelta().y() or event.angleDelta().x()  # with Alt or Shift some systems turn it sideways
        if self.hasFocus() and turned:
            self.stepped.emit(1 if turned > 0 else -1, bool(event.modifiers() & FINE))
            event.accept()
        else:
            event.ignore()  # scrolling the form changes nothing in it

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._just_come = event.reason() == Qt.FocusReason.MouseFocusReason
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.came.emit()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        if self._just_come and self.one_value and not self.hasSelectedText():
            self.selectAll()
        self._just_come = False

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        super().mouseDoubleClickEvent(event)
        if self.one_value:
            self.selectAll()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.deselect()
            self.left.emit()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menu_wanted.emit(event.globalPos())


class NameLine(Line):
    """A name: given on Enter or when the line is left, kept as it was on Escape."""

    named = Signal(str)
    done = Signal()

    def __init__(self, words: str, help: str) -> None:
        super().__init__()
        self._name = ""
        self.setObjectName("name")
        self.setAlignment(Qt.AlignmentFlag.AlignLeft)
        self.setAccessibleName(words)
        self.setToolTip(help)
        self.textEdited.connect(self._edited)
        self.left.connect(self._give)
        self.entered.connect(self._enter)
        self.escaped.connect(self._escape)

    def show_name(self, name: str, fresh: bool = False) -> None:
        """Show a name; what is half typed stays unless the name is another (or another thing's)."""
        if fresh or name != self._name or not self.half_typed:
            self._name, self.half_typed = name, False
            self.setText(name)

    def _edited(self, text: str) -> None:
        self.half_typed = text.strip() != self._name

    def _give(self) -> None:
        if self.half_typed:
            self.named.emit(self.text().strip())
        else:
            self.setText(self._name)

    def _enter(self) -> None:
        self._give()
        if not self.half_typed:
            self.done.emit()

    def _escape(self) -> None:
        self.show_name(self._name, fresh=True)
        self.done.emit()


class Combo(QComboBox):
    """A list to choose from that the wheel does not turn; its word stands at the right, as in the other fields."""

    entered = Signal()

    def paintEvent(self, event: QPaintEvent) -> None:
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        words, option.currentText = option.currentText or self.placeholderText(), ""
        painter = QStylePainter(self)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        room = self.style().subControlRect(
            QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, self
        )
        shown = self.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, room.width())
        painter.setPen(QColor(theme.now().text if self.currentIndex() >= 0 and self.isEnabled() else theme.now().dim))
        painter.drawText(room, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, shown)
        painter.end()

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in ENTER:
            self.entered.emit()
        else:
            super().keyPressEvent(event)


class Slider(QSlider):
    """A slider for a small range; dragging it is one gesture."""

    left = Signal()

    def __init__(self, steps: int) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setRange(0, steps)
        self.setPageStep(max(1, steps // 10))
        self.sliderReleased.connect(self.left)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.left.emit()


class Grip(QLabel):
    """The label of a field: pressed and dragged left or right, it changes the field's number."""

    begun = Signal()
    moved = Signal(float, bool)
    """Pixels to the right since the last time; finer with Shift."""
    ended = Signal()
    clicked = Signal()
    menu_wanted = Signal(QPoint)

    def __init__(self, words: str, draggable: bool) -> None:
        super().__init__(words)
        self._draggable = draggable
        self._at: float | None = None
        self._dragging = False
        if draggable:
            self.setCursor(Qt.CursorShape.SizeHorCursor)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._at, self._dragging = event.globalPosition().x(), False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._at is None or not self._draggable:
            return
        x = event.globalPosition().x()
        if not self._dragging:
            if abs(x - self._at) < QApplication.startDragDistance() / 2:
                return
            self._dragging = True
            self.begun.emit()
        self.moved.emit(x - self._at, bool(event.modifiers() & FINE))
        self._at = x

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or self._at is None:
            return
        dragged, self._at, self._dragging = self._dragging, None, False
        (self.ended if dragged else self.clicked).emit()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menu_wanted.emit(event.globalPos())


def mark(widget: QWidget, name: str, value: bool) -> None:
    """Set a property that the style sheet looks at."""
    if bool(widget.property(name)) != value:
        widget.setProperty(name, value)
        widget.style().unpolish(widget)
        widget.style().polish(widget)
