"""Shapes and costs: the table with its filter, its bars, and the totals that stay below."""

from collections.abc import Callable

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPoint,
    QRectF,
    QSettings,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QGuiApplication, QKeyEvent, QKeySequence, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from cnnbuilder.app import theme
from cnnbuilder.app.exporting import Export, TakeButton, rendered
from cnnbuilder.app.session import Session, Shown
from cnnbuilder.app.views.cost_table import COLUMNS, SHARE, CostTable, Index, side
from cnnbuilder.app.words import bytes_words

ROW = 28
INSET = 10
PERCENT_ROOM = 104
"""In narrower columns (px) no percentage is written."""
HIDDEN = "costs/hidden"
EMPTY = "An empty design. Drag a block from the palette onto the canvas, and its shape and cost stand here."


class _Shares(QStyledItemDelegate):
    """Behind a number a bar of its share, and the percentage at the left."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        share = index.data(SHARE)
        super().paint(painter, option, index)
        if not share:
            return
        now = theme.now()
        box = QRectF(option.rect).adjusted(INSET, 0, -INSET, 0)
        painter.save()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(now.accent))
        painter.drawRoundedRect(QRectF(box.left(), box.bottom() - 4, max(2.0, box.width() * share), 2), 1, 1)
        if box.width() >= PERCENT_ROOM:
            painter.setPen(QColor(now.dim))
            painter.setFont(theme.ui_font(11))
            words = f"{100 * share:.1f} %" if share >= 0.001 else "< 0.1 %"
            painter.drawText(box, int((Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter).value), words)
        painter.restore()


class _Table(QTableView):
    """Says when rows are to be copied, and when Enter was pressed (where `activated` also means a double click)."""

    copied = Signal()
    entered_ = Signal(QModelIndex)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copied.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.entered_.emit(self.currentIndex())
        else:
            super().keyPressEvent(event)


class _Totals(QWidget):
    """The last line, under the columns of the table."""

    def __init__(self, header: QHeaderView) -> None:
        super().__init__()
        self._header, self._words = header, [""] * len(COLUMNS)
        for signal in (header.sectionResized, header.sectionMoved, header.geometriesChanged):
            signal.connect(self.update)

    def show_words(self, words: list[str], telling: str) -> None:
        """The words of each column."""
        self._words = words
        self.setAccessibleName(", ".join(f"{c.head} {w}" for c, w in zip(COLUMNS, words, strict=True) if w))
        self.setToolTip(telling)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        now, painter = theme.now(), QPainter(self)
        painter.fillRect(0, 0, self.width(), 1, QColor(now.line))
        painter.setFont(theme.ui_font(13, 600))
        painter.setPen(QColor(now.text))
        spans = [number for number, words in enumerate(self._words) if words]
        for number in spans:
            if not self._header.isSectionHidden(number):
                left, wide = self._header.sectionViewportPosition(number), self._header.sectionSize(number)
                if number == 0:
                    wide = max(wide, 200)
                box = QRectF(left + INSET, 1, wide - 2 * INSET, self.height() - 1)
                painter.drawText(box, int(side(number).value), self._words[number])
        painter.end()


class Costs(QWidget):
    """The table; selecting rows selects blocks, and the other way round."""

    centred = Signal(str)
    """A block is to be shown in the middle of the canvas."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._session = session
        self._model = CostTable()
        self._following = False
        self._build_table()
        self._totals = _Totals(self._view.horizontalHeader())
        self._empty = QLabel(EMPTY)
        self._empty.setObjectName("dim")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 6, 14, 4)
        layout.setSpacing(0)
        layout.addLayout(self._build_head())
        layout.addWidget(self._empty, 1)
        layout.addWidget(self._view, 1)
        self.setFocusProxy(self._view)
        layout.addWidget(self._totals)
        session.changed.connect(self._changed)
        theme.keeper().changed.connect(self._recolour)
        self._recolour()

    def _build_table(self) -> None:
        view = self._view = _Table()
        view.setModel(self._model)
        view.setItemDelegate(_Shares(view))
        view.setAccessibleName("Shapes and costs")
        view.setToolTip("A row is a block: click selects it, Enter shows it on the canvas, Ctrl+C copies")
        view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.setShowGrid(False)
        view.setAlternatingRowColors(True)
        view.verticalHeader().hide()
        header = view.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        header.setHighlightSections(False)
        header.setSectionsClickable(True)
        header.sectionClicked.connect(self._sort)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._choose_columns)
        hidden = str(QSettings().value(HIDDEN, "")).split(",")
        for number, column in enumerate(COLUMNS):
            header.setSectionHidden(number, number > 0 and column.head in hidden)
        view.selectionModel().selectionChanged.connect(self._select)
        view.doubleClicked.connect(self._centre)
        view.entered_.connect(self._centre)
        view.copied.connect(self.copy)

    def _build_head(self) -> QHBoxLayout:
        self.filter = QLineEdit()
        self.filter.setPlaceholderText("Filter blocks")
        self.filter.setClearButtonEnabled(True)
        self.filter.setAccessibleName("Filter blocks")
        self.filter.setToolTip("Only rows in which these words stand: a name, a kind, a size")
        self.filter.setMaximumWidth(240)
        self.filter.textChanged.connect(self._filter)
        self._copy = QPushButton("Copy")
        self._copy.setToolTip("Copy the selected rows, or all, for a spreadsheet (Ctrl+C)")
        self._copy.clicked.connect(self.copy)
        row = QHBoxLayout()
        row.setContentsMargins(2, 0, 0, 4)
        row.addWidget(self.filter, 1)
        row.addStretch(1)
        self._copy.setObjectName("flat")
        row.addWidget(self._copy)
        row.addWidget(TakeButton(self))
        return row

    # Following

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._show(self._session.shown)

    def _changed(self, old: Shown, new: Shown) -> None:
        if self.isVisible():
            self._show(new)

    def _recolour(self) -> None:
        self._view.verticalHeader().setDefaultSectionSize(round(theme.scaled(ROW)))
        self._totals.setFixedHeight(round(theme.scaled(ROW)) + 2)
        self._view.viewport().update()
        self._totals.update()

    def _show(self, shown: Shown) -> None:
        report = shown.report
        self._following = True
        if report is not self._model.report:
            self._model.show_report(report)
            memory = report.total_memory_bytes
            self._totals.show_words(
                self._model.totals(),
                f"Weights {bytes_words(memory['weights'])}, outputs {bytes_words(memory['forward'])}, "
                f"backward {bytes_words(memory['backward'])}",
            )
            self._empty.setVisible(not report.graph.blocks)
            self._view.setVisible(bool(report.graph.blocks))
        self._mark(shown.selected)
        self._following = False

    def _mark(self, selected: tuple[str, ...]) -> None:
        """Select the rows of the blocks that are selected."""
        if selected == self._chosen():
            return
        chosen = QItemSelection()
        last = None
        for id in selected:
            number = self._model.row_of(id)
            if number is not None:
                last = self._model.index(number, 0)
                chosen.select(last, self._model.index(number, len(COLUMNS) - 1))
        self._view.selectionModel().select(chosen, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        if last is not None:
            self._view.selectionModel().setCurrentIndex(last, QItemSelectionModel.SelectionFlag.NoUpdate)
            self._view.scrollTo(last)

    def _chosen(self) -> tuple[str, ...]:
        return tuple(self._model.rows[index.row()].id for index in self._view.selectionModel().selectedRows())

    def _select(self) -> None:
        chosen = self._chosen()
        if not self._following and chosen:
            self._session.select(chosen)

    def _centre(self, index: QModelIndex) -> None:
        self.centred.emit(self._model.rows[index.row()].id)

    # Order, filter, columns

    def _sort(self, column: int) -> None:
        self._arrange(lambda: self._model.turn(column))

    def _filter(self, words: str) -> None:
        self._arrange(lambda: self._model.filter(words))

    def _arrange(self, change: Callable[[], None]) -> None:
        self._following = True
        change()
        self._mark(self._session.shown.selected)
        self._following = False

    def _choose_columns(self, at: QPoint) -> None:
        header, menu = self._view.horizontalHeader(), QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for number, column in enumerate(COLUMNS):
            if number:
                action = menu.addAction(column.head)
                action.setCheckable(True)
                action.setChecked(not header.isSectionHidden(number))
                action.toggled.connect(lambda shown, number=number: self.show_column(number, shown))
        menu.popup(header.mapToGlobal(at))

    def show_column(self, number: int, shown: bool) -> None:
        """Show or hide a column, here and next time."""
        header = self._view.horizontalHeader()
        header.setSectionHidden(number, not shown)
        hidden = [column.head for n, column in enumerate(COLUMNS) if header.isSectionHidden(n)]
        QSettings().setValue(HIDDEN, ",".join(hidden))
        self._totals.update()

    # Taking it elsewhere

    def copy(self) -> None:
        """The selected rows, or all, to the clipboard, separated by tabs."""
        chosen = set(self._chosen())
        rows = [row for row in self._model.rows if not chosen or row.id in chosen]
        lines = self._model.as_lines(rows if len(chosen) > 1 else self._model.rows)
        QGuiApplication.clipboard().setText("\n".join("\t".join(line) for line in lines) + "\n")

    def export(self) -> Export | None:
        """The table as it is seen, and all of its rows."""
        if not self._model.rows:
            return None
        lines = self._model.as_lines(self._model.rows)
        return Export("Shapes and costs", self._view.size(), rendered(self._view), lambda: lines, self._model.as_data)
