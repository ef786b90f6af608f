"""A field over a list: type to find, arrows to walk, Enter to take. It lies on the window as part of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractListModel, QEvent, QModelIndex, QObject, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from cnnbuilder.app import icons, theme
from cnnbuilder.app.matching import ranked

Index = QModelIndex
ENTRY = Qt.ItemDataRole.UserRole
MOST = 100
"""How many of what matches are listed; who looks further types another letter."""
ICON, GAP = 16, 10
MARGIN = 8
"""What is left free between the list and the edge of the window."""


@dataclass(frozen=True)
class Entry:
    """One thing that can be taken."""

    title: str
    detail: str = ""
    """Said behind the title, dimmed."""
    right: str = ""
    """Set at the right edge: its keys, or the shape it makes."""
    group: str = ""
    icon: str = ""
    colour: str = ""
    words: str = ""
    """Also searched, not shown."""
    problem: bool = False
    """Whether taking it gives something that does not fit."""
    value: Any = None

    @property
    def fields(self) -> tuple[str, ...]:
        """What is searched, what counts most first."""
        return self.title, f"{self.group} {self.words}", self.detail


class _Entries(QAbstractListModel):
    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.entries: list[Entry] = []
        self.grouped = True

    def show(self, entries: list[Entry], grouped: bool) -> None:
        self.beginResetModel()
        self.entries, self.grouped = entries, grouped
        self.endResetModel()

    def rowCount(self, parent: Any = None) -> int:
        return len(self.entries)

    def data(self, index: Any, role: int = 0) -> Any:
        entry = self.entries[index.row()]
        if role == ENTRY:
            return entry
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return ", ".join(part for part in (entry.title, entry.detail, entry.right) if part)
        return None

    def heads(self, row: int) -> bool:
        """Whether the name of a group stands above this row."""
        group = self.entries[row].group
        return self.grouped and bool(group) and (row == 0 or self.entries[row - 1].group != group)


class _Rows(QStyledItemDelegate):
    """Paints an entry: icon, title, detail, and at the right its keys or shape."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Any) -> QSize:
        row = round(theme.scaled(30))
        return QSize(100, row + (round(theme.scaled(24)) if index.model().heads(index.row()) else 0))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Any) -> None:
        entry: Entry = index.data(ENTRY)
        now, box = theme.now(), option.rect
        row = QRect(box)
        row.setTop(box.bottom() + 1 - round(theme.scaled(30)))
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if index.model().heads(index.row()):
            painter.setFont(theme.ui_font(11, 600))
            painter.setPen(QColor(now.dim))
            head = QRect(box.left() + GAP, box.top(), box.width() - 2 * GAP, row.top() - box.top() - 3)
            painter.drawText(head, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom, entry.group.upper())
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(now.selection))
            painter.drawRoundedRect(row, 6, 6)
        self._content(painter, row.adjusted(GAP, 0, -GAP, 0), entry, index.model().grouped)
        painter.restore()

    def _content(self, painter: QPainter, row: QRect, entry: Entry, grouped: bool) -> None:
        now, middle = theme.now(), Qt.AlignmentFlag.AlignVCenter
        if entry.icon:
            place = QRect(row.left(), row.center().y() - ICON // 2 + 1, ICON, ICON)
            icons.renderer(entry.icon, entry.colour or now.dim).render(painter, place)
        row.setLeft(row.left() + ICON + GAP)
        small = theme.ui_font(12)
        right = entry.right or ("" if grouped else entry.group)
        if right:
            painter.setFont(small)
            painter.setPen(QColor(now.problem if entry.problem else now.dim))
            width = min(QFontMetrics(small).horizontalAdvance(right) + 2, row.width() * 2 // 3)
            words = QFontMetrics(small).elidedText(right, Qt.TextElideMode.ElideRight, width)
            painter.drawText(row, Qt.AlignmentFlag.AlignRight | middle, words)
            row.setRight(row.right() - width - GAP)
        plain = theme.ui_font(13)
        painter.setFont(plain)
        painter.setPen(QColor(now.text))
        words = QFontMetrics(plain).elidedText(entry.title, Qt.TextElideMode.ElideRight, row.width())
        painter.drawText(row, Qt.AlignmentFlag.AlignLeft | middle, words)
        row.setLeft(row.left() + QFontMetrics(plain).horizontalAdvance(words) + GAP)
        if entry.detail and row.width() > 40:
            painter.setFont(small)
            painter.setPen(QColor(now.dim))
            words = QFontMetrics(small).elidedText(entry.detail, Qt.TextElideMode.ElideRight, row.width())
            painter.drawText(row, Qt.AlignmentFlag.AlignLeft | middle, words)


class Finder(QFrame):
    """Lies over its window until something is taken, Escape is pressed or something else gets the focus."""

    taken = Signal(object, bool)
    """The Entry taken, and whether Shift was held."""
    closed = Signal()

    def __init__(self, window: QWidget, name: str, placeholder: str, foot: str = "") -> None:
        super().__init__(window)
        self.setObjectName("finder")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._window = window
        self._back: QWidget | None = None
        self._entries: Sequence[Entry] = ()
        self.field = QLineEdit()
        self.field.setPlaceholderText(placeholder)
        self.field.setAccessibleName(name)
        self.field.setToolTip("Type to find; ↑ and ↓ walk, Enter takes, Esc closes")
        self.field.textChanged.connect(self._find)
        self.field.installEventFilter(self)
        self._model = _Entries(self)
        self.list = QListView()
        self.list.setObjectName("finder-list")
        self.list.setModel(self._model)
        self.list.setItemDelegate(_Rows(self.list))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.list.setAccessibleName(f"{name}: what was found")
        self.list.setToolTip("Click to take one")
        self.list.clicked.connect(lambda _: self._take(False))
        self._none = QLabel("Nothing is called that. Try fewer letters.")
        self._none.setObjectName("dim")
        self._none.setContentsMargins(10, 8, 10, 8)
        self._foot = QLabel(foot)
        self._foot.setObjectName("small")
        self._foot.setContentsMargins(10, 0, 10, 2)
        self._foot.setVisible(bool(foot))
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(6)
        for part in (self.field, self.list, self._none, self._foot):
            column.addWidget(part)
        self.hide()

    @property
    def shown(self) -> list[Entry]:
        """What is listed now."""
        return self._model.entries

    @property
    def current(self) -> Entry | None:
        """What Enter would take."""
        row = self.list.currentIndex().row()
        return self.shown[row] if 0 <= row < len(self.shown) else None

    def open(self, entries: Sequence[Entry], width: int, height: int, at: QPoint | None = None, row: int = 0) -> None:
        """Show these entries at a place of the window (None: in its middle, near the top) and take the focus."""
        window = self._window
        self._back = window.window().focusWidget()
        self._entries = entries
        self._most = min(round(theme.scaled(height)), window.height() - 2 * MARGIN)
        self._size = min(round(theme.scaled(width)), window.width() - 2 * MARGIN)
        self._at = at or QPoint((window.width() - self._size) // 2, max(MARGIN, window.height() // 8))
        self.field.blockSignals(True)
        self.field.clear()
        self.field.blockSignals(False)
        self._find("")
        self.raise_()
        self.show()
        self._go(row)
        self.field.setFocus(Qt.FocusReason.PopupFocusReason)

    def show_foot(self, words: str) -> None:
        """Say something below the list."""
        self._foot.setText(words)
        self._foot.setVisible(bool(words))

    def _find(self, words: str) -> None:
        wanted = words.strip()
        found = ranked(wanted, ((item, item.fields) for item in self._entries)) if wanted else list(self._entries)
        self._model.show(found[:MOST], not wanted)
        self.list.setVisible(bool(found))
        self._none.setVisible(not found)
        if found:
            self._go(0)
        self._lay()

    def _lay(self) -> None:
        """As high as what it lists, at its place or as near as the window allows."""
        rows = (self.list.sizeHintForRow(row) for row in range(len(self.shown)))
        self.list.setFixedHeight(min(sum(rows) + 2, self._most - self.field.sizeHint().height() - 60))
        self._column.activate()
        size, window = QSize(self._size, self.sizeHint().height()), self._window
        x = max(MARGIN, min(self._at.x(), window.width() - size.width() - MARGIN))
        y = max(MARGIN, min(self._at.y(), window.height() - size.height() - MARGIN))
        self.setGeometry(QRect(QPoint(x, y), size))

    def _go(self, row: int) -> None:
        index = self._model.index(max(0, min(row, len(self.shown) - 1)), 0)
        self.list.setCurrentIndex(index)
        self.list.scrollTo(index)
        self.field.setAccessibleDescription(str(index.data() or ""))

    def _take(self, shift: bool) -> None:
        entry = self.current
        if entry is not None:
            self.close_finder()
            self.taken.emit(entry, shift)

    def close_finder(self) -> None:
        """Go away and give the focus back to where it was."""
        if self.isHidden():
            return
        held = self.field.hasFocus()
        self.hide()
        if held and self._back is not None and self._back.isVisible():
            self._back.setFocus(Qt.FocusReason.PopupFocusReason)
        self.closed.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress:
            assert isinstance(event, QKeyEvent)
            return self._key(event)
        if event.type() == QEvent.Type.FocusOut and not self.isHidden():
            reason = event.reason()  # type: ignore[attr-defined]
            if reason not in (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason):
                self.close_finder()
        return super().eventFilter(watched, event)

    def _key(self, event: QKeyEvent) -> bool:
        key, row = event.key(), self.list.currentIndex().row()
        page = max(1, self.list.height() // 32)
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -page, Qt.Key.Key_PageDown: page}
        if key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            steps[Qt.Key(key)] = 1 if key == Qt.Key.Key_Tab else -1
        if Qt.Key(key) in steps:
            self._go(row + steps[Qt.Key(key)])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._take(bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        elif key == Qt.Key.Key_Escape:
            self.close_finder()
        else:
            return False
        return True
