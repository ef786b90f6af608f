"""Shapes and costs as a table that Qt can show: rows sorted and filtered, a share of the whole behind each number."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor

from cnnbuilder.app import icons, theme
from cnnbuilder.app.words import bytes_words
from cnnbuilder.design.check import Report
from cnnbuilder.design.shape import grouped, show, size

Index = QModelIndex | QPersistentModelIndex
SHARE = int(Qt.ItemDataRole.UserRole) + 1
"""The role of a number's share of the whole, 0 … 1, or None."""
KIND, OUTPUT = 1, 2


@dataclass(frozen=True)
class Column:
    """One column: its head, what it tells, its number for a block, and how that is written."""

    head: str
    telling: str
    number: Callable[[Report, str], int] | None = None
    words: Callable[[int], str] = grouped


def _values(report: Report, id: str) -> int:
    shape = report.shapes[id]
    return size(shape) if shape is not None else 0


COLUMNS = (
    Column("Block", "The block's name"),
    Column("Kind", "What it does"),
    Column("Output", "Height × width × channels", _values),
    Column("Parameters", "Numbers that are trained", lambda report, id: report.parameters[id]),
    Column("Multiply-adds", "Multiplications by a weight, for one picture", lambda report, id: report.macs[id]),
    Column("Memory", "One picture's output in float32", lambda report, id: report.memory_bytes[id], bytes_words),
)
NUMBERS = tuple(number for number, column in enumerate(COLUMNS) if column.number and number != OUTPUT)


@dataclass(frozen=True)
class Row:
    """A block as the table shows it."""

    id: str
    kind: str
    output: str
    numbers: tuple[int, ...]
    """By column; 0 where a column has none."""
    known: bool


class CostTable(QAbstractTableModel):
    """A report as a table. Sorted and filtered here: a thousand rows take no time that is felt."""

    def __init__(self) -> None:
        super().__init__()
        self.report: Report | None = None
        self.rows: list[Row] = []
        """Those shown, in their order."""
        self._all: list[Row] = []
        self._totals: tuple[int, ...] = (0,) * len(COLUMNS)
        self._sorted: tuple[int, bool] | None = None
        self._wanted = ""

    def show_report(self, report: Report) -> None:
        """Show another report."""
        self.report = report
        self._all = [_row(report, id) for id in report.graph.blocks]
        self._totals = tuple(sum(row.numbers[number] for row in self._all) for number in range(len(COLUMNS)))
        self._arrange()

    def filter(self, words: str) -> None:
        """Show only rows in which all these words stand."""
        if words.lower() != self._wanted:
            self._wanted = words.lower()
            self._arrange()

    def turn(self, column: int) -> None:
        """Sort by a column: numbers from the largest on, words from A on; then the other way; then as designed."""
        first = COLUMNS[column].number is not None
        if self._sorted == (column, first):
            self._sorted = (column, not first)
        else:
            self._sorted = None if self._sorted == (column, not first) else (column, first)
        self._arrange()
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(COLUMNS) - 1)

    def _arrange(self) -> None:
        self.beginResetModel()
        words = self._wanted.split()
        rows = [row for row in self._all if all(word in f"{row.id} {row.kind} {row.output}".lower() for word in words)]
        if self._sorted is not None:
            column, falling = self._sorted
            if COLUMNS[column].number:
                rows.sort(key=lambda row: row.numbers[column], reverse=falling)
            else:
                rows.sort(key=lambda row: (row.id if column == 0 else row.kind).lower(), reverse=falling)
        self.rows = rows
        self.endResetModel()

    def row_of(self, id: str) -> int | None:
        """Where a block stands."""
        return next((number for number, row in enumerate(self.rows) if row.id == id), None)

    def totals(self) -> list[str]:
        """What stands in the last line, column by column."""
        count, partial = len(self._all), self.report is not None and bool(self.report.problems)
        found = [f"{'So far' if partial else 'Total'} ({grouped(count)} {'block' if count == 1 else 'blocks'})", "", ""]
        return found + [COLUMNS[number].words(self._totals[number]) for number in NUMBERS]

    def share(self, row: Row, column: int) -> float | None:
        """A number's part of the whole."""
        total = self._totals[column]
        return row.numbers[column] / total if column in NUMBERS and total else None

    def as_lines(self, rows: list[Row]) -> list[list[str]]:
        """Heads and rows as plain words, numbers without separators, for other programs."""
        lines = [[words for n, column in enumerate(COLUMNS) for words in _heads(n, column)]]
        for row in rows:
            line = [row.id, row.kind, row.output]
            for column in NUMBERS:
                share = self.share(row, column)
                line += [str(row.numbers[column]) if row.known else "", "" if share is None else f"{100 * share:.2f}"]
            lines.append(line)
        return lines

    def as_data(self) -> list[dict[str, Any]]:
        """The rows shown as numbers; None where a shape is not known."""
        report = self.report
        return [
            {
                "block": row.id,
                "kind": report.graph.blocks[row.id].kind,
                "output": report.shapes[row.id],
                **{COLUMNS[number].head.lower(): row.numbers[number] if row.known else None for number in NUMBERS},
            }
            for row in self.rows
            if report is not None
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
            return f"{COLUMNS[section].telling}. Click to sort, right-click to choose columns"
        return side(section) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self.rows):
            return None
        row, column = self.rows[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._words(row, column)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return side(column)
        if role == SHARE:
            return self.share(row, column)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            share = self.share(row, column)
            part = f", {100 * share:.1f} % of the whole" if share else ""
            return f"{COLUMNS[column].head} of {row.id}: {self._words(row, column)}{part}"
        return self._look(row, column, role)

    def _look(self, row: Row, column: int, role: int) -> Any:
        report, now = self.report, theme.now()
        if report is None:
            return None
        faulty = row.id in report.problems_of
        if role == Qt.ItemDataRole.DecorationRole and column == 0:
            block = report.graph.blocks[row.id]
            group = block.layer_class.group if block.layer_class else None
            return icons.icon("warning", now.problem) if faulty else icons.icon(block.kind, now.group(group))
        if role == Qt.ItemDataRole.ForegroundRole and faulty and column == OUTPUT:
            return QColor(now.problem)
        return None

    @staticmethod
    def _words(row: Row, column: int) -> str:
        if column < OUTPUT:
            return (row.id, row.kind)[column]
        if column == OUTPUT:
            return row.output
        number = row.numbers[column]
        return "?" if not row.known else COLUMNS[column].words(number) if number else "–"


def side(column: int) -> Qt.AlignmentFlag:
    """Numbers stand at the right."""
    across = Qt.AlignmentFlag.AlignRight if column >= OUTPUT else Qt.AlignmentFlag.AlignLeft
    return across | Qt.AlignmentFlag.AlignVCenter


def _heads(number: int, column: Column) -> list[str]:
    return [column.head, f"{column.head} %"] if number in NUMBERS else [column.head]


def _row(report: Report, id: str) -> Row:
    block, known = report.graph.blocks[id], report.shapes[id] is not None
    kind = block.layer_class.label if block.layer_class else block.kind
    return Row(
        id,
        f"{kind} (off)" if block.off else kind,
        "does not fit" if id in report.problems_of else show(report.shapes[id]),
        tuple(column.number(report, id) if column.number else 0 for column in COLUMNS),
        known,
    )
