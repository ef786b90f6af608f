"""Where the backward pass begins: a button that says so, and a panel to choose one of many classes."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QHeaderView,
    QLineEdit,
    QToolButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from cnnbuilder.app import theme
from cnnbuilder.app.scores import percent
from cnnbuilder.app.session import Session, Shown
from cnnbuilder.app.words import unmarked

MOST = 5000
"""Classes that are listed; a vector of more is no list of classes."""
LIST = (270, 300)
LIKELIEST = "The likeliest class"
Label = Callable[[int], str]


class TargetPanel(QFrame):
    """A search field over the classes, the likeliest first."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("overlay")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName("Where the backward pass begins")
        self._session = session
        self.backward = QCheckBox("Run backward")
        self.backward.setToolTip("After each forward pass compute the gradient of −log p of a class")
        self.backward.clicked.connect(lambda on: session.look(backward=on))
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search classes")
        self.search.setAccessibleName("Search classes")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._filter)
        self.classes = QTreeWidget()
        self.classes.setColumnCount(2)
        self.classes.setHeaderHidden(True)
        self.classes.setRootIsDecorated(False)
        self.classes.setUniformRowHeights(True)
        self.classes.setAccessibleName("Classes, the likeliest first")
        self.classes.header().setStretchLastSection(False)
        self.classes.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.classes.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.classes.setFixedSize(*LIST)
        self.classes.itemClicked.connect(self._chosen)
        self.classes.itemActivated.connect(self._chosen)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 12)
        column.setSpacing(8)
        for widget in (self.backward, self.search, self.classes):
            column.addWidget(widget)

    def open_below(self, anchor: QWidget, scores: Any, label: Label) -> None:
        """List the classes and show them below a button."""
        shown = self._session.shown
        self.backward.setChecked(shown.backward)
        self.search.clear()
        self.classes.clear()
        values = [] if scores is None else [float(value) for value in scores[:MOST]]
        self._add(LIKELIEST, None, shown.target is None and shown.origin is None)
        for number in sorted(range(len(values)), key=lambda n: -values[n]):
            self._add(label(number), number, shown.target == number, percent(values[number]))
        self.adjustSize()
        self.move(anchor.mapToGlobal(QPoint(0, anchor.height() + 6)))
        self.show()
        self.search.setFocus()

    def _add(self, words: str, number: int | None, current: bool, score: str = "") -> None:
        item = QTreeWidgetItem([words, score])
        item.setData(0, Qt.ItemDataRole.UserRole, number)
        item.setTextAlignment(1, Qt.AlignmentFlag.AlignRight)
        self.classes.addTopLevelItem(item)
        if current:
            item.setFont(0, theme.font(13, 600))
            self.classes.setCurrentItem(item)

    def _filter(self, text: str) -> None:
        """Show what contains the text; what begins with it is current."""
        wanted, best = text.strip().lower(), None
        rows = range(self.classes.topLevelItemCount())
        for item in filter(None, map(self.classes.topLevelItem, rows)):
            words = item.text(0).lower()
            item.setHidden(wanted not in words)
            if wanted in words and (best is None or (words.startswith(wanted) and not _begins(best, wanted))):
                best = item
        if best is not None and wanted:
            self.classes.setCurrentItem(best)

    def _chosen(self, item: QTreeWidgetItem) -> None:
        self.hide()
        self._session.look(target=item.data(0, Qt.ItemDataRole.UserRole), backward=True, origin=None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, item = event.key(), self.classes.currentItem()
        if key == Qt.Key.Key_Escape:
            self.hide()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and item is not None and not item.isHidden():
            self._chosen(item)
        elif key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self.classes.setFocus()
        else:
            super().keyPressEvent(event)


def _begins(item: QTreeWidgetItem, text: str) -> bool:
    return item.text(0).lower().startswith(text)


class TargetButton(QToolButton):
    """Says where the backward pass begins; opens the panel."""

    opened = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._scores: Any = None
        self._label: Label = str
        self._target: int | None = None
        self._short = False
        self.panel = TargetPanel(session, self)
        self.setToolTip("Choose the class whose −log p is differentiated, or switch the backward pass off")
        self.clicked.connect(lambda: self.panel.open_below(self, self._scores, self._label))
        session.changed.connect(self._changed)
        self._tell()

    def show_scores(self, scores: Any, label: Label, target: int | None) -> None:
        """The classes there are, and the one that the last backward pass began with."""
        self._scores, self._label, self._target = scores, label, target
        self._tell()

    def shorten(self, short: bool) -> None:
        """Say it in fewer letters."""
        if short != self._short:
            self._short = short
            self._tell()

    def _changed(self, old: Shown, new: Shown) -> None:
        if (old.target, old.backward, old.origin) != (new.target, new.backward, new.origin):
            self._tell()

    def _tell(self) -> None:
        shown = self._session.shown
        chosen = shown.target if shown.target is not None else self._target
        if not shown.backward:
            words, short = "Forward only", "Forward only"
        elif shown.origin is not None:
            name = f"{shown.origin[0]} [{', '.join(map(str, shown.origin[1]))}]"
            words, short = f"Backward from {name}", f"Backward: {name}"
        elif chosen is None:
            words, short = "Backward from the likeliest class", "Backward"
        else:
            name = self._label(chosen)
            name = name if len(name) <= 18 else f"{name[:17]}…"
            words, short = f"Backward from class {name}", f"Backward: {name}"
        self.setText(unmarked(f"{short if self._short else words} ▾"))
        self.setAccessibleName(words)
