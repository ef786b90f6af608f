"""The channels that a value is made of, the largest share first, as a list with bars."""

from collections.abc import Sequence

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from cnnbuilder.app import colours, theme
from cnnbuilder.app.views.tile_painter import short

Index = QModelIndex | QPersistentModelIndex
WIDTH = 148
BAR = Qt.ItemDataRole.UserRole
LEFT = int((Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter).value)
RIGHT = int((Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter).value)


class _Model(QAbstractListModel):
    """Names and subtotals."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[tuple[str, float]] = []

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 Qt's own default
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        name, value = self.rows[index.row()]
        if role == BAR:
            return value
        if role == Qt.ItemDataRole.DisplayRole:
            return name
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            return f"{name}: {short(value)}"
        return None

    def replace(self, rows: list[tuple[str, float]]) -> None:
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()


class _Bars(QStyledItemDelegate):
    """A name, a bar from the middle, a number."""

    largest = 1.0

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(WIDTH - 24, round(theme.scaled(20)))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        now, box = theme.now(), QRectF(option.rect)
        value = float(index.data(BAR))
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(box, QColor(now.selection))
        share = min(1.0, abs(value) / self.largest) if self.largest > 0 else 0.0
        table = colours.table("signed", now)
        colour = QColor(*(int(part) for part in table[210 if value > 0 else 45]))
        long = share * box.width()
        painter.fillRect(QRectF(box.right() - long, box.bottom() - 3, long, 3), colour)
        painter.setFont(theme.ui_font(12))
        painter.setPen(QColor(now.text))
        painter.drawText(box.adjusted(4, 0, -4, -2), LEFT, str(index.data()))
        painter.setFont(theme.mono(round(theme.scaled(11))))
        painter.drawText(box.adjusted(4, 0, -4, -2), RIGHT, short(value))


class Subtotals(QListView):
    """What each channel adds; one of them is looked at."""

    picked = Signal(int)
    """The number of the row that was chosen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model, self._bars = _Model(), _Bars(self)
        self.setModel(self._model)
        self.setItemDelegate(self._bars)
        self.setUniformItemSizes(True)
        self.setAccessibleName("Subtotals by channel")
        self.setToolTip("What each channel adds to the sum, the largest first; choose one to see its terms")
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.selectionModel().currentChanged.connect(self._current)
        self._filling = False
        theme.keeper().changed.connect(self._resize)
        self._resize()

    def _resize(self) -> None:
        self.setFixedWidth(round(theme.scaled(WIDTH)))

    def show_rows(self, rows: Sequence[tuple[str, float]], current: int) -> None:
        """Other channels; the `current`-th is looked at."""
        self._filling = True
        self._bars.largest = max((abs(value) for _, value in rows if value == value), default=1.0)
        self._model.replace(list(rows))
        self.setCurrentIndex(self._model.index(current))
        self._filling = False

    def _current(self, now: QModelIndex, before: QModelIndex) -> None:
        if not self._filling and now.isValid():
            self.picked.emit(now.row())
