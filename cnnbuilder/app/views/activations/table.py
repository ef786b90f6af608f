"""The lines as a table that Qt can show: sorted by any column, with the spread of the values drawn in small."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRectF, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from cnnbuilder.app import icons, theme
from cnnbuilder.app.scores import percent
from cnnbuilder.app.views.activations.counting import BINS, Line
from cnnbuilder.app.views.tile_painter import figure

Index = QModelIndex | QPersistentModelIndex
LINE = int(Qt.ItemDataRole.UserRole) + 1
"""The role of a row's Line."""
INSET = 8


@dataclass(frozen=True)
class Column:
    """One column: its head, what it tells, how a line is written in it and by which number it is sorted."""

    head: str
    telling: str
    words: Callable[[Line], str]
    number: Callable[[Line], float] | None = None


def _range(line: Line) -> str:
    return " … ".join(figure(value) for value in line.tally.range)


def _flat(line: Line) -> str:
    return percent(line.tally.flat_share) if line.tally.flat_share is not None else ""


def _gradient(line: Line) -> str:
    return f"{line.gradient:.1e}".replace("-", "−") if line.gradient is not None else ""


COLUMNS = (
    Column("Block", "The block's name", lambda line: line.block),
    Column("Values", "How the values of the last picture are spread about 0, which is the line", lambda line: ""),
    Column("Mean", "The mean of all values", lambda line: figure(line.tally.mean), lambda line: line.tally.mean),
    Column(
        "Deviation",
        "The standard deviation of all values: if it shrinks or grows from block to block, so does the signal",
        lambda line: figure(line.tally.deviation),
        lambda line: line.tally.deviation,
    ),
    Column("Range", "The least and the largest value", _range, lambda line: line.tally.range[1]),
    Column(
        "Zero",
        "How much of the values is exactly 0",
        lambda line: percent(line.tally.zero_share),
        lambda line: line.tally.zero_share,
    ),
    Column(
        "Flat",
        "Of an activation: how much lies where its slope is below a hundredth of the steepest, so that no gradient\n"
        "comes through: where a ReLU is off, at the ends of sigmoid and tanh",
        _flat,
        lambda line: -1.0 if line.tally.flat_share is None else line.tally.flat_share,
    ),
    Column(
        "|dJ/dy|",
        "The mean magnitude of the gradient that arrives: if it shrinks towards the picture, it vanishes",
        _gradient,
        lambda line: -1.0 if line.gradient is None else line.gradient,
    ),
    Column(
        "Worth a look",
        "Maps or units that were 0 throughout (dead), or flat nearly throughout (saturated), and odd values",
        lambda line: " · ".join(line.findings),
        lambda line: len(line.findings) * 1e6 + len(line.tally.dead) + len(line.tally.saturated),
    ),
)
SPREAD, FINDINGS = 1, len(COLUMNS) - 1


class ActivationTable(QAbstractTableModel):
    """One row a block, in the order of the design or of a column."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[Line] = []
        self._all: list[Line] = []
        self._sorted: tuple[int, bool] | None = None

    def show_lines(self, lines: list[Line]) -> None:
        """Show these; where the blocks stay, so do the rows."""
        same = [line.block for line in lines] == [line.block for line in self._all]
        self._all = lines
        if same and self._sorted is None:
            self.rows = list(lines)
            if lines:
                self.dataChanged.emit(self.index(0, 0), self.index(len(lines) - 1, len(COLUMNS) - 1))
        else:
            self._arrange()

    def turn(self, column: int) -> None:
        """Sort by a column: numbers from the largest on; then the other way; then as designed."""
        first = COLUMNS[column].number is not None
        if self._sorted == (column, first):
            self._sorted = (column, not first)
        else:
            self._sorted = None if self._sorted == (column, not first) or column == SPREAD else (column, first)
        self._arrange()
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(COLUMNS) - 1)

    def _arrange(self) -> None:
        self.beginResetModel()
        self.rows = list(self._all)
        if self._sorted is not None:
            column, falling = self._sorted
            number = COLUMNS[column].number
            if number is not None:
                self.rows.sort(key=lambda line: _sortable(number(line)), reverse=falling)
            else:
                self.rows.sort(key=lambda line: COLUMNS[column].words(line).lower(), reverse=falling)
        self.endResetModel()

    def row_of(self, block: str) -> int | None:
        """Where a block stands."""
        return next((number for number, line in enumerate(self.rows) if line.block == block), None)

    def as_lines(self) -> list[list[str]]:
        """Heads and rows for other programs."""
        kept = [column for number, column in enumerate(COLUMNS) if number != SPREAD]
        return [[column.head for column in kept], *([column.words(line) for column in kept] for line in self.rows)]

    def as_data(self) -> list[dict[str, Any]]:
        """The numbers themselves, row by row."""
        return [
            {
                "block": line.block,
                "pictures": line.tally.pictures,
                "values": line.tally.values,
                "mean": line.tally.mean,
                "deviation": line.tally.deviation,
                "range": line.tally.range,
                "zero": line.tally.zero_share,
                "flat": line.tally.flat_share,
                "gradient": line.gradient,
                "not_finite": line.tally.unfinished,
                "dead": line.tally.dead,
                "saturated": line.tally.saturated,
            }
            for line in self.rows
        ]

    # What Qt asks

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            arrow = {(section, True): " ↓", (section, False): " ↑"}.get(self._sorted or (-1, False), "")
            return COLUMNS[section].head + arrow
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{COLUMNS[section].telling}. Click to sort" if section != SPREAD else COLUMNS[section].telling
        return side(section) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self.rows):
            return None
        line, column = self.rows[index.row()], index.column()
        now = theme.now()
        if role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[column].words(line)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return side(column)
        if role == LINE:
            return line
        if role == Qt.ItemDataRole.DecorationRole and column == 0:
            return icons.icon(line.icon, now.group(line.group))
        if role == Qt.ItemDataRole.ToolTipRole and column == FINDINGS:
            return COLUMNS[column].words(line) or None
        if role == Qt.ItemDataRole.ForegroundRole and column == FINDINGS:
            return QColor(now.problem)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{COLUMNS[column].head} of {line.block}: {COLUMNS[column].words(line)}"
        return None


def _sortable(number: float) -> float:
    """What is no number comes last."""
    return number if number == number else float("-inf")


def side(column: int) -> Qt.AlignmentFlag:
    """Numbers stand at the right."""
    across = Qt.AlignmentFlag.AlignLeft if column in (0, SPREAD, FINDINGS) else Qt.AlignmentFlag.AlignRight
    return across | Qt.AlignmentFlag.AlignVCenter


class Spread(QStyledItemDelegate):
    """Bars of how the values are spread; 0 in the middle."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        super().paint(painter, option, index)
        line = index.data(LINE)
        if index.column() != SPREAD or line is None:
            return
        now, box = theme.now(), QRectF(option.rect).adjusted(INSET, 4, -INSET, -4)
        step = box.width() / BINS
        painter.save()
        painter.setPen(Qt.PenStyle.NoPen)
        for number, share in enumerate(line.shares):
            # The square root lets rare values be seen beside many zeros.
            high = max(box.height() * float(share) ** 0.5, 1.0 if share else 0.0)
            painter.fillRect(
                QRectF(box.left() + number * step, box.bottom() - high, max(step - 0.5, 0.5), high),
                QColor(now.group(line.group)),
            )
        painter.fillRect(QRectF(box.center().x() - 0.5, box.top() - 2, 1, box.height() + 4), QColor(now.dim))
        painter.restore()
