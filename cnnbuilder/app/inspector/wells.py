"""Wells: painted lines of figures that can be pointed at, walked with the arrow keys, and copied."""

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QColor,
    QContextMenuEvent,
    QFocusEvent,
    QFont,
    QFontMetricsF,
    QGuiApplication,
    QHelpEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QMenu, QSizePolicy, QToolTip, QWidget

from cnnbuilder.app import theme

PAD = 10.0
EDGE = 7.0
"""Above the first line and below the last."""
ACTING = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)


class Well(QWidget):
    """The base: lines on a sunken ground. Subclasses say how high a line is, paint it, and give it as text."""

    wanted = Signal(int)
    """What a click on a line does is wanted."""

    def __init__(self, words: str) -> None:
        super().__init__()
        self._words = words
        self._chosen = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setToolTip(words)  # so that Qt asks; what is shown is the line's own
        theme.keeper().changed.connect(self.refresh)

    def count(self) -> int:
        """How many lines there are."""
        raise NotImplementedError

    def line_height(self, number: int) -> float:
        """How high a line is."""
        raise NotImplementedError

    def text(self, number: int) -> str:
        """A line as text, to be copied or spoken."""
        raise NotImplementedError

    def value(self, number: int) -> str:
        """The figure that a line ends in."""
        raise NotImplementedError

    def help(self, number: int) -> str:
        """What a line means."""
        return ""

    def act(self, number: int) -> str:
        """What a click on a line does, or Enter; nothing where that is empty."""
        return ""

    def paint_line(self, painter: QPainter, number: int, rect: QRectF) -> None:
        """Paint a line."""
        raise NotImplementedError

    def refresh(self) -> None:
        """The lines have changed."""
        self._choose(self._chosen)
        self.setAccessibleName(f"{self._words}: " + "; ".join(self.text(number) for number in range(self.count())))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, round(sum(self.line_height(number) for number in range(self.count())) + 2 * EDGE))

    def minimumSizeHint(self) -> QSize:
        return QSize(100, self.sizeHint().height())

    def line_rect(self, number: int) -> QRectF:
        """Where a line is."""
        top = EDGE + sum(self.line_height(other) for other in range(number))
        return QRectF(PAD, top, self.width() - 2 * PAD, self.line_height(number))

    def line_at(self, y: float) -> int:
        """The line at that height."""
        return next((number for number in range(self.count()) if y < self.line_rect(number).bottom()), self.count() - 1)

    # Pointing and copying

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip and self.count():
            number = self.line_at(event.pos().y())
            said = self.help(number) or self.text(number)
            act = self.act(number)
            QToolTip.showText(event.globalPos(), f"{said}\n{act}: click, or Enter." if act else said, self)
            return True
        if isinstance(event, QKeyEvent) and event.matches(QKeySequence.StandardKey.Copy):
            event.accept()  # this line's text, not the selected blocks
            if event.type() == QEvent.Type.ShortcutOverride:
                return True
        return super().event(event)

    def _choose(self, number: int) -> None:
        self._chosen = max(0, min(number, self.count() - 1))
        said = self.text(self._chosen) if self.count() else ""
        if said and self.act(self._chosen):
            said += f". Enter: {self.act(self._chosen)}"
        self.setAccessibleDescription(said)
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._choose(self.line_at(event.position().y()))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._choose(self.line_at(event.position().y()))
        self._copy(self.value(self._chosen))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy) and self.count():
            self._copy(self.text(self._chosen))
        elif event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._choose(self._chosen + (1 if event.key() == Qt.Key.Key_Down else -1))
        elif event.key() in ACTING and self.count() and self.act(self._chosen):
            self.wanted.emit(self._chosen)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._choose(self._chosen)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if not self.count():
            return
        self._choose(self.line_at(event.pos().y()))
        line, value = self.text(self._chosen), self.value(self._chosen)
        every = "\n".join(self.text(number) for number in range(self.count()))
        menu = QMenu(self)
        if self.act(self._chosen):
            first = QAction(self.act(self._chosen), menu)
            first.triggered.connect(lambda _=False, number=self._chosen: self.wanted.emit(number))
            menu.addAction(first)
            menu.addSeparator()
        for words, copied in ((f"Copy {value}", value), ("Copy the line", line), ("Copy all lines", every)):
            action = QAction(words, menu)
            action.triggered.connect(lambda _=False, copied=copied: self._copy(copied))
            menu.addAction(action)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(event.globalPos())

    @staticmethod
    def _copy(text: str) -> None:
        QGuiApplication.clipboard().setText(text)

    def paintEvent(self, event: QPaintEvent) -> None:
        now = theme.now()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(now.accent), 1) if self.hasFocus() else Qt.PenStyle.NoPen)
        painter.setBrush(QColor(now.well))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        for number in range(self.count()):
            rect = self.line_rect(number)
            if self.hasFocus() and number == self._chosen:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(now.selection))
                painter.drawRoundedRect(rect.adjusted(-5, 0.5, 5, -0.5), 4, 4)
            self.paint_line(painter, number, rect)
        painter.end()


def write(painter: QPainter, words: str, rect: QRectF, font: QFont, colour: str, right: bool = False) -> float:
    """Write words at the left (or right) of a line, shortened where they are too long; how wide they are."""
    metrics = QFontMetricsF(font)
    words = metrics.elidedText(words, Qt.TextElideMode.ElideRight, rect.width())
    side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
    painter.setFont(font)
    painter.setPen(QColor(colour))
    painter.drawText(rect, int((side | Qt.AlignmentFlag.AlignVCenter).value), words)
    return metrics.horizontalAdvance(words)
