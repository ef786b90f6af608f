"""Shapes and costs as a table: a row for each block, the totals below."""

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QItemSelectionModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QLabel, QTableView, QVBoxLayout, QWidget

from cnnbuilder.app import icons, theme
from cnnbuilder.app.session import Session, Shown
from cnnbuilder.app.words import bytes_words
from cnnbuilder.design.check import Report
from cnnbuilder.design.shape import grouped, show

HEADS = ("Block", "Kind", "Output", "Parameters", "Multiply-adds", "Output memory")
TELLING = (
    "The block's name",
    "What it does",
    "Height × width × channels",
    "Numbers that are trained",
    "Multiplications by a weight, for one picture",
    "One picture's output in float32",
)
NUMBERS_FROM = 2
Index = QModelIndex | QPersistentModelIndex


class CostTable(QAbstractTableModel):
    """A report as a table."""

    def __init__(self) -> None:
        super().__init__()
        self.report: Report | None = None
        self.ids: list[str] = []

    def show_report(self, report: Report) -> None:
        """Show another report."""
        self.beginResetModel()
        self.report, self.ids = report, list(report.graph.blocks)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.ids)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return len(HEADS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return HEADS[section]
        if role == Qt.ItemDataRole.ToolTipRole:
            return TELLING[section]
        return _side(section) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        report, id = self.report, self.ids[index.row()]
        assert report is not None
        block, faulty = report.graph.blocks[id], id in report.problems_of
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(index.column())
        if role == Qt.ItemDataRole.DecorationRole and index.column() == 0:
            group = block.layer_class.group if block.layer_class else None
            return (
                icons.icon("warning", theme.now().problem)
                if faulty
                else icons.icon(block.kind, theme.now().group(group))
            )
        if role == Qt.ItemDataRole.ForegroundRole and faulty and index.column() == 2:
            return QColor(theme.now().problem)
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        known = report.shapes[id] is not None
        return (
            id,
            block.layer_class.label if block.layer_class else block.kind,
            "does not fit" if faulty else show(report.shapes[id]),
            _count(report.parameters[id], known),
            _count(report.macs[id], known),
            bytes_words(report.memory_bytes[id]) if known else "?",
        )[index.column()]


def _count(number: int, known: bool) -> str:
    return "?" if not known else grouped(number) if number else "–"


def _side(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column >= NUMBERS_FROM else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter


class Costs(QWidget):
    """The table; a click on a row selects the block."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._session = session
        self._model = CostTable()
        self._view = QTableView()
        self._view.setModel(self._model)
        self._view.setAccessibleName("Shapes and costs")
        self._view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self._view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self._view.setShowGrid(False)
        self._view.setAlternatingRowColors(True)
        self._view.verticalHeader().hide()
        self._view.verticalHeader().setDefaultSectionSize(28)
        self._view.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self._view.horizontalHeader().setHighlightSections(False)
        self._view.clicked.connect(lambda index: session.select((self._model.ids[index.row()],)))
        self._totals = QLabel()
        self._totals.setObjectName("strong")
        self._totals.setAlignment(Qt.AlignmentFlag.AlignRight)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 4, 14, 8)
        layout.addWidget(self._view, 1)
        layout.addWidget(self._totals)
        session.changed.connect(self._changed)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._show(self._session.shown)

    def _changed(self, old: Shown, new: Shown) -> None:
        if self.isVisible():
            self._show(new)

    def _show(self, shown: Shown) -> None:
        report = shown.report
        if report is not self._model.report:
            self._model.show_report(report)
            memory = report.total_memory_bytes
            partial = "so far: " if report.problems else "in all: "
            self._totals.setText(
                f"{partial}{grouped(report.total_parameters)} parameters · "
                f"{grouped(report.total_macs)} multiply-adds · "
                f"weights {bytes_words(memory['weights'])}, outputs {bytes_words(memory['forward'])}, "
                f"backward {bytes_words(memory['backward'])}"
            )
        selected = shown.selected[-1] if shown.selected else None
        if selected in self._model.ids:
            index = self._model.index(self._model.ids.index(str(selected)), 0)
            flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
            self._view.selectionModel().setCurrentIndex(index, flags)
