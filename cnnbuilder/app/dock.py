"""One view as a dock: its flat title bar, and how it says that it was closed."""

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QCloseEvent, QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QDockWidget, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from cnnbuilder.app import icons, theme

BUTTON = 26
LEAST = QSize(200, 120)
"""No view is made smaller."""


class TitleBar(QWidget):
    """A title as a tab has it, with two buttons. Folded while tabs or the place of the dock say enough."""

    def __init__(self, dock: QDockWidget) -> None:
        super().__init__(dock)
        self._dock = dock
        self._folded = True
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._label = QLabel()
        self._label.setObjectName("strong")
        self.float = self._button("float", "Take this view out as a window, or put it back")
        self.close_ = self._button("close", "Close this view")
        row = QHBoxLayout(self)
        row.setContentsMargins(13, 0, 6, 0)
        row.setSpacing(2)
        row.addWidget(self._label, 1)
        row.addWidget(self.float)
        row.addWidget(self.close_)
        theme.keeper().changed.connect(self._recolour)
        self._recolour()

    def _button(self, icon: str, words: str) -> QToolButton:
        button = QToolButton()
        button.setObjectName("flat")
        button.setAccessibleName(words.partition(",")[0])
        button.setToolTip(words)
        button.setProperty("icon-name", icon)
        button.setFixedSize(BUTTON, BUTTON)
        return button

    def _recolour(self) -> None:
        for button in (self.float, self.close_):
            button.setIcon(icons.icon(str(button.property("icon-name")), theme.now().dim))
        self.update()

    def show_title(self, words: str) -> None:
        """Write another title."""
        self._label.setText(words)

    def fold(self, folded: bool) -> None:
        """Take no room, or show again."""
        if folded != self._folded:
            self._folded = folded
            for part in (self._label, self.float, self.close_):
                part.setVisible(not folded)
            self.updateGeometry()

    def sizeHint(self) -> QSize:
        return QSize(0, 0) if self._folded else QSize(120, round(theme.scaled(13)) + 23)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._folded:
            return
        now, painter = theme.now(), QPainter(self)
        painter.fillRect(self.rect(), QColor(now.panel))
        painter.fillRect(0, self.height() - 1, self.width(), 1, QColor(now.line))
        if self._dock.isWindow():
            painter.setPen(QColor(now.line))
            painter.drawRect(self.rect().adjusted(0, 0, -1, 0))
        wide = min(self._label.sizeHint().width() + 26, self.width())
        painter.fillRect(0, self.height() - 2, wide, 2, QColor(now.accent))
        painter.end()


class _Holder(QWidget):
    """The ground under a view, with an edge where the view is a window of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.edged = False
        self.setMinimumSize(LEAST)
        self.room = QVBoxLayout(self)
        self.room.setContentsMargins(0, 0, 0, 0)
        theme.keeper().changed.connect(self.update)

    def edge(self, edged: bool) -> None:
        """Draw an edge, or none."""
        if edged != self.edged:
            self.edged = edged
            self.room.setContentsMargins(*((1, 0, 1, 1) if edged else (0, 0, 0, 0)))
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(theme.now().panel))
        if self.edged:
            painter.setPen(QColor(theme.now().line))
            painter.drawRect(self.rect().adjusted(0, -1, -1, -1))
        painter.end()


class Dock(QDockWidget):
    """A view in the docks; `name` tells it from others of its kind."""

    closed = Signal(object)
    """The person closed it; the dock itself."""
    alarm_changed = Signal()

    def __init__(self, kind: str, name: str, title: str) -> None:
        super().__init__(title)
        self.kind = kind
        self.setObjectName(name)
        self.setAccessibleName(title)
        self.bar = TitleBar(self)
        self.bar.show_title(title)
        self.setTitleBarWidget(self.bar)
        self.bar.close_.clicked.connect(self.close)
        self.bar.float.clicked.connect(self.turn_out)
        self.windowTitleChanged.connect(self._name)
        self.view: QWidget | None = None
        """What it shows; None until that can be made."""
        self.alarmed = False
        """Whether what it shows is bad news, which its tab says too."""
        self._holder = _Holder()
        self.setWidget(self._holder)
        self._front = False
        self.visibilityChanged.connect(self._cover)
        self.topLevelChanged.connect(self._holder.edge)

    def fill(self, view: QWidget) -> None:
        """Put the view in."""
        self.view = view
        view.setVisible(self._front)
        self._holder.room.addWidget(view)

    def _cover(self, front: bool) -> None:
        # A dock behind another tab stays visible to Qt; its view is hidden, so that it does no work.
        self._front = front
        if self.view is not None:
            self.view.setVisible(front)

    @property
    def in_front(self) -> bool:
        """Whether its view is seen, not behind another tab."""
        return self.view is not None and self.view.isVisible()

    def settle(self, tabbed: bool) -> None:
        """Have a title where no tab says it, and show the view that Qt forgets when a covered dock is taken out."""
        self.bar.fold(tabbed)
        if self.isWindow():
            self._cover(self.isVisible())

    def alarm(self, alarmed: bool) -> None:
        """Its view has bad news, or no longer."""
        if alarmed != self.alarmed:
            self.alarmed = alarmed
            self.alarm_changed.emit()

    def turn_out(self) -> None:
        """A window of its own, or back again."""
        self.setFloating(not self.isFloating())

    def _name(self, words: str) -> None:
        self.bar.show_title(words)
        self.setAccessibleName(words)

    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        if event.isAccepted():
            self.closed.emit(self)
