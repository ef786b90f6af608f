"""A panel that lies over the window below a button, and stays until it is closed, so that one can watch the network.

It can be dragged aside."""

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QMouseEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from cnnbuilder.app import icons, theme

MARGIN = 8


class Overlay(QFrame):
    """Title, close button and a body; Escape closes it and gives the focus back."""

    toggled = Signal(bool)
    """It was opened, or closed."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self.setObjectName("overlay")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(title)
        self._anchor: QWidget | None = None
        self._before: QWidget | None = None
        self._grip = QPoint()
        words = QLabel(title)
        words.setObjectName("title")
        self._close = QToolButton()
        self._close.setObjectName("flat")
        self._close.setAccessibleName(f"Close: {title}")
        self._close.setToolTip("Close (Escape)")
        self._close.clicked.connect(self.hide)
        head = QHBoxLayout()
        head.addWidget(words)
        head.addStretch(1)
        head.addWidget(self._close)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(14, 10, 14, 14)
        self.column.setSpacing(10)
        self.column.addLayout(head)
        theme.keeper().changed.connect(self._recolour)
        self._recolour()
        self.hide()

    def _recolour(self) -> None:
        self._close.setIcon(icons.icon("close", theme.now().dim))

    def open_below(self, anchor: QWidget) -> None:
        """Show it below a button of the window, or close it if it is shown."""
        if self.isVisible():
            self.hide()
            return
        window = anchor.window()
        self._before = window.focusWidget()
        if self.parent() is not window:
            self.setParent(window)
            window.installEventFilter(self)
        self._anchor = anchor
        self.show()
        self.place()
        self.raise_()
        (self.first() or self._close).setFocus(Qt.FocusReason.PopupFocusReason)

    def first(self) -> QWidget | None:
        """What takes the keyboard when it opens."""
        return None

    def place(self) -> None:
        """Lie below the button, within the window."""
        if self._anchor is None or not self.isVisible():
            return
        self.adjustSize()
        window = self.window()
        at = self._anchor.mapTo(window, QPoint(0, self._anchor.height() + MARGIN))
        x = max(MARGIN, min(at.x(), window.width() - self.width() - MARGIN))
        y = max(0, min(at.y(), window.height() - self.height() - MARGIN))
        self.move(x, y)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self.place()
        return False

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._grip = event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Dragged aside, so that one sees what lies under it."""
        room = self.window().rect().adjusted(0, 0, -self.width(), -self.height())
        at = self.mapTo(self.window(), event.position().toPoint()) - self._grip
        self.move(max(room.left(), min(at.x(), room.right())), max(room.top(), min(at.y(), room.bottom())))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
        else:
            super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.toggled.emit(True)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if not event.spontaneous():
            if self._before is not None and self.isAncestorOf(self.window().focusWidget() or self):
                self._before.setFocus()
            self.toggled.emit(False)
