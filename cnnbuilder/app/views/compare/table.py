"""The corresponding blocks as a table that Qt can show."""

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor

from cnnbuilder.app import icons, theme
from cnnbuilder.app.views.compare import words
from cnnbuilder.app.views.compare.other import Seen
from cnnbuilder.design.check import Report
from cnnbuilder.design.compare import Comparison, Pair

Index = QModelIndex | QPersistentModelIndex
HEADS = ("This design", "The other", "Difference", "Values apart", "Output", "Parameters")
TELLING = (
    "A block of the design on top",
    "The block of the other design that corresponds to it: of the same name, or else of the same kind in its place",
    "In what the two differ: here → there",
    "The largest difference of their values on the same picture",
    "Height × width × channels, here → there",
    "Numbers that are trained, here → there",
)
MINE, THEIRS, DIFFERENCE, VALUES, OUTPUT, PARAMETERS = range(len(HEADS))


@dataclass(frozen=True, eq=False)
class Shown:
    """What the table is made of."""

    compared: Comparison
    mine: Report
    theirs: Report
    seen: Seen | None = None


class ComparisonTable(QAbstractTableModel):
    """A row for each pair of blocks."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: Shown | None = None
        self.rows: list[Pair] = []
        self.only = False
        """Whether rows without a difference are left out."""

    def show(self, shown: Shown | None) -> None:
        """Show another comparison; where the pairs stay, so do the rows."""
        pairs = list(shown.compared.pairs) if shown is not None else []
        if self.only and shown is not None:
            pairs = [pair for pair in pairs if pair.differences or self._departs(shown, pair)]
        same = [(pair.a, pair.b) for pair in pairs] == [(pair.a, pair.b) for pair in self.rows]
        if same:
            self.shown, self.rows = shown, pairs
            if pairs:
                self.dataChanged.emit(self.index(0, 0), self.index(len(pairs) - 1, len(HEADS) - 1))
            return
        self.beginResetModel()
        self.shown, self.rows = shown, pairs
        self.endResetModel()

    @staticmethod
    def _departs(shown: Shown, pair: Pair) -> bool:
        found = shown.seen.departures.get((pair.a or "", pair.b or "")) if shown.seen is not None else None
        return found is not None and found.departs

    def row_of(self, block: str) -> int | None:
        """Where a block of the design on top stands."""
        return next((number for number, pair in enumerate(self.rows) if pair.a == block), None)

    def as_lines(self) -> list[list[str]]:
        """Heads and rows for other programs."""
        return [list(HEADS), *([self.words(pair, column) for column in range(len(HEADS))] for pair in self.rows)]

    def words(self, pair: Pair, column: int) -> str:
        """What stands in a cell."""
        shown = self.shown
        assert shown is not None
        if column in (MINE, THEIRS):
            return (pair.a if column == MINE else pair.b) or ""
        if column == DIFFERENCE:
            return words.differences(pair)
        if column == OUTPUT:
            return words.shapes(pair, shown.mine, shown.theirs)
        if column == PARAMETERS:
            return words.parameters(pair, shown.mine, shown.theirs)
        found = shown.seen.departures.get((pair.a or "", pair.b or "")) if shown.seen is not None else None
        return words.apart(pair, found, shown.seen)

    # What Qt asks

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(HEADS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return HEADS[section]
        if role == Qt.ItemDataRole.ToolTipRole:
            return TELLING[section]
        return _side(section) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self.rows) or self.shown is None:
            return None
        pair, column = self.rows[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self.words(pair, column)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(column)
        if role == Qt.ItemDataRole.DecorationRole and column in (MINE, THEIRS):
            return self._icon(pair, column)
        if role == Qt.ItemDataRole.ToolTipRole and column == DIFFERENCE:
            return self.words(pair, column) or None
        if role == Qt.ItemDataRole.ForegroundRole:
            return self._colour(pair, column)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{HEADS[column]}: {self.words(pair, column) or 'none'}"
        return None

    def _icon(self, pair: Pair, column: int) -> Any:
        assert self.shown is not None
        design = self.shown.compared.a if column == MINE else self.shown.compared.b
        id = pair.a if column == MINE else pair.b
        if id is None:
            return None
        block = design.blocks[id]
        return icons.icon(block.kind, theme.now().group(block.layer_class.group if block.layer_class else None))

    def _colour(self, pair: Pair, column: int) -> QColor | None:
        now, found = theme.now(), self.words(pair, column)
        if column == DIFFERENCE:
            return QColor(now.accent)
        if column in (OUTPUT, PARAMETERS):
            return QColor(now.accent) if words.ARROW in found else QColor(now.dim)
        if column == VALUES and self.shown is not None:
            return QColor(now.problem) if self._departs(self.shown, pair) else QColor(now.dim)
        return None


def _side(column: int) -> Qt.AlignmentFlag:
    across = Qt.AlignmentFlag.AlignRight if column >= VALUES else Qt.AlignmentFlag.AlignLeft
    return across | Qt.AlignmentFlag.AlignVCenter
