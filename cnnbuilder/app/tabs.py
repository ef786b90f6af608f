"""The strip of open documents above the canvas; hidden while there is only one."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QTabBar, QToolButton, QWidget

from cnnbuilder.app import icons, theme
from cnnbuilder.app.session import Session, Shown, Tab
from cnnbuilder.app.words import literal, unmarked


class DocumentTabs(QWidget):
    """Follows the session's documents; a click brings one on top, a middle click or the cross closes it."""

    closed = Signal(int)
    """The document of that key is to be closed."""
    wanted = Signal()
    """A new document is wanted."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.setObjectName("documents")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._session = session
        self._tabs: tuple[Tab, ...] = ()
        self.bar = QTabBar()
        self.bar.setObjectName("documents")
        self.bar.setAccessibleName("Open documents")
        self.bar.setExpanding(False)
        self.bar.setDrawBase(False)
        self.bar.setTabsClosable(True)
        self.bar.setElideMode(Qt.TextElideMode.ElideMiddle)
        self.bar.setToolTip("The open documents (Ctrl+Page Up, Ctrl+Page Down)")
        self._new = QToolButton()
        self._new.setObjectName("flat")
        self._new.setAccessibleName("New design")
        self._new.setToolTip("New design (Ctrl+N)")
        self._new.clicked.connect(lambda: self.wanted.emit())
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 0, 8, 0)
        row.setSpacing(4)
        row.addWidget(self.bar)
        row.addWidget(self._new)
        row.addStretch(1)
        self.bar.currentChanged.connect(self._choose)
        self.bar.tabCloseRequested.connect(lambda number: self.closed.emit(self._tabs[number].key))
        self.bar.installEventFilter(self)
        session.changed.connect(self._changed)
        theme.keeper().changed.connect(self._recolour)
        self._recolour()
        self._show(session.shown)

    def _recolour(self) -> None:
        self._new.setIcon(icons.icon("plus"))

    def _changed(self, old: Shown, new: Shown) -> None:
        if old.tabs is not new.tabs or old.key != new.key:
            self._show(new)

    def _show(self, shown: Shown) -> None:
        self.bar.blockSignals(True)
        while self.bar.count() > len(shown.tabs):
            self.bar.removeTab(self.bar.count() - 1)
        while self.bar.count() < len(shown.tabs):
            self.bar.addTab("")
        for number, tab in enumerate(shown.tabs):
            words = unmarked(f"{tab.title} ●" if tab.changed else tab.title)
            if self.bar.tabText(number) != words:
                self.bar.setTabText(number, words)
            where = str(tab.path) if tab.path else "not saved yet"
            self.bar.setTabToolTip(number, literal(f"{where}, with unsaved changes" if tab.changed else where))
            if tab.key == shown.key:
                self.bar.setCurrentIndex(number)
        self._tabs = shown.tabs
        self.bar.blockSignals(False)
        self.setVisible(len(shown.tabs) > 1)

    def _choose(self, number: int) -> None:
        if 0 <= number < len(self._tabs):
            self._session.show_document(self._tabs[number].key)

    def step(self, by: int) -> None:
        """Bring the next document on top, or the one before."""
        if self._tabs:
            self._choose((self.bar.currentIndex() + by) % len(self._tabs))

    def eventFilter(self, watched: object, event: object) -> bool:
        if (
            watched is self.bar
            and isinstance(event, QMouseEvent)
            and event.type() == QMouseEvent.Type.MouseButtonRelease
            and event.button() == Qt.MouseButton.MiddleButton
        ):
            number = self.bar.tabAt(event.position().toPoint())
            if 0 <= number < len(self._tabs):
                self.closed.emit(self._tabs[number].key)
                return True
        return super().eventFilter(watched, event)  # type: ignore[arg-type]
