"""The help: a list of pages beside the page, with a field that searches them all."""

import re
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QColor, QKeyEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QListWidget, QListWidgetItem, QTextBrowser, QVBoxLayout

from cnnbuilder.app import help_pages, icons, theme
from cnnbuilder.design.layer import kinds

if TYPE_CHECKING:
    from cnnbuilder.app.window import Window

SIZE, LIST = (860, 620), 210
PAGE = Qt.ItemDataRole.UserRole


class Help(QDialog):
    """Stays open beside the window while one works."""

    def __init__(self, window: "Window") -> None:
        super().__init__(window)
        self._main = window
        self.setWindowTitle("Help")
        self.resize(*SIZE)
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search the help")
        self.search.setAccessibleName("Search the help")
        self.search.setToolTip("Shows the pages in which all these words stand")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._filter)
        self.search.installEventFilter(self)
        self.list = QListWidget()
        self.list.setAccessibleName("Pages of the help")
        self.list.setToolTip("A page of the help; ↑ and ↓ walk")
        self.list.setFixedWidth(LIST)
        self.list.currentItemChanged.connect(lambda item, _: self._open(item))
        self.text = QTextBrowser()
        self.text.setOpenExternalLinks(True)
        self.text.setAccessibleName("Page of the help")
        self.text.setToolTip("The page chosen at the left")
        self.text.document().setDocumentMargin(18)
        left = QVBoxLayout()
        left.addWidget(self.search)
        left.addWidget(self.list, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 12, 12, 12)
        row.setSpacing(12)
        row.addLayout(left)
        row.addWidget(self.text, 1)
        self._words: dict[str, str] = {}
        self._fill()
        theme.keeper().changed.connect(self._recolour)

    def _fill(self) -> None:
        group = ""
        for page, title in help_pages.titles().items():
            if help_pages.group_of(page) != group:
                group = help_pages.group_of(page)
                head = QListWidgetItem(group.upper())
                head.setFlags(Qt.ItemFlag.NoItemFlags)
                self.list.addItem(head)
            item = QListWidgetItem(title)
            item.setData(PAGE, page)
            self.list.addItem(item)
        self._recolour()

    def _items(self) -> list[QListWidgetItem]:
        return [self.list.item(row) for row in range(self.list.count())]

    def _recolour(self) -> None:
        now, registry = theme.now(), kinds()
        for item in self._items():
            page = item.data(PAGE)
            if page is None:
                item.setForeground(QColor(now.dim))
                item.setFont(theme.ui_font(11, 600))
            elif page in registry:
                item.setIcon(icons.icon(page, now.group(registry[page].group)))
            else:
                item.setIcon(icons.icon("help", now.dim))
        self._open(self.list.currentItem())

    def show_page(self, page: str) -> None:
        """Open the help at a page."""
        self.search.clear()
        items = [item for item in self._items() if item.data(PAGE) == page]
        self.list.setCurrentItem(items[0] if items else self._items()[1])
        self.show()
        self.raise_()
        self.activateWindow()
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def shown(self) -> str:
        """The page that is open."""
        item = self.list.currentItem()
        return str(item.data(PAGE)) if item else ""

    def _open(self, item: QListWidgetItem | None) -> None:
        if item is not None and item.data(PAGE):
            self.text.document().setDefaultStyleSheet(_style())
            self.text.setHtml(help_pages.page(item.data(PAGE), self._main.actions_.made))

    def _plain(self, page: str) -> str:
        """The words of a page, for searching."""
        if page not in self._words:
            text = re.sub(r"<[^>]+>", " ", help_pages.page(page, self._main.actions_.made))
            self._words[page] = f"{help_pages.titles()[page]} {text}".lower()
        return self._words[page]

    def _filter(self, words: str) -> None:
        wanted = words.lower().split()
        head: QListWidgetItem | None = None
        first: QListWidgetItem | None = None
        for item in self._items():
            page = item.data(PAGE)
            if page is None:
                head = item
                item.setHidden(True)
                continue
            plain = self._plain(page)
            fits = all(word in plain for word in wanted)
            item.setHidden(not fits)
            if fits and head is not None:
                head.setHidden(False)
            by_title = fits and all(word in item.text().lower() for word in wanted)
            if fits and (first is None or (by_title and not _titled(first, wanted))):
                first = item
        if first is not None:
            self.list.setCurrentItem(first)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.search and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return):
                self.list.setFocus(Qt.FocusReason.TabFocusReason)
                return True
            if event.key() == Qt.Key.Key_Escape and self.search.text():
                self.search.clear()
                return True
        return super().eventFilter(watched, event)


def _titled(item: QListWidgetItem, wanted: list[str]) -> bool:
    return all(word in item.text().lower() for word in wanted)


def _style() -> str:
    now, px = theme.now(), theme.text_px()
    return (
        f"body {{ color: {now.text}; }} h1 {{ font-size: {px + 7}px; }}"
        f"h2 {{ font-size: {px + 1}px; margin-top: 14px; color: {now.text}; }}"
        f".dim {{ color: {now.dim}; }} code, pre {{ font-family: 'DejaVu Sans Mono'; color: {now.text}; }}"
        f"pre {{ background-color: {now.well}; }} td {{ padding-right: 10px; }}"
    )
