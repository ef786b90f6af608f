"""The view of activations: a table of what every block gives, over one picture or all that were seen."""

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QGuiApplication, QHideEvent, QKeyEvent, QKeySequence, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QSizePolicy,
    QStackedWidget,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from cnnbuilder.app import theme
from cnnbuilder.app.exporting import Export, TakeButton, rendered
from cnnbuilder.app.runner import Result
from cnnbuilder.app.session import Session, Shown
from cnnbuilder.app.tasks import Tasks
from cnnbuilder.app.views.activations.counting import Line, Seen, counted
from cnnbuilder.app.views.activations.table import SPREAD, ActivationTable, Spread
from cnnbuilder.design.errors import Cancelled
from cnnbuilder.design.shape import plural
from cnnbuilder.engine.cancel import Cancellation

TITLE = "Activations"
EMPTY = "Run a network: here stand the mean, the spread and the zeros of every block, and which maps are dead."
ROW = 28
ONE, ALL = 0, 1
WIDTHS = (112, 100, 76, 82, 140, 64, 64, 74)
"""Of the columns but the last (px)."""


class _Table(QTableView):
    """Says when rows are to be copied, and when Enter was pressed."""

    copied = Signal()
    entered_ = Signal(QModelIndex)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copied.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.entered_.emit(self.currentIndex())
        else:
            super().keyPressEvent(event)


class ActivationsView(QWidget):
    """Counts each run while it is seen, off the window's thread; the last run wins."""

    titled = Signal(str)
    centred = Signal(str)
    """A block is to be shown in the middle of the canvas."""

    def __init__(self, session: Session, tasks: Tasks) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(TITLE)
        self._session, self._tasks = session, tasks
        self._result: Result | None = None
        self._counted: Result | None = None
        """The run whose lines are shown or being counted."""
        self._cancel: Cancellation | None = None
        self._following = False
        self.seen = Seen()
        self.model = ActivationTable()
        self._build()
        session.changed.connect(self._changed)
        theme.keeper().changed.connect(self._recolour)
        self._recolour()

    def _build(self) -> None:
        self.view = view = _Table()
        view.setModel(self.model)
        view.setItemDelegateForColumn(SPREAD, Spread(view))
        view.setAccessibleName(TITLE)
        view.setToolTip("A row is a block: click selects it, Enter shows it on the canvas, Ctrl+C copies all")
        view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        view.setShowGrid(False)
        view.setAlternatingRowColors(True)
        view.verticalHeader().hide()
        header = view.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(True)
        header.setStretchLastSection(True)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.sectionClicked.connect(self._sort)
        view.selectionModel().currentRowChanged.connect(self._select)
        view.doubleClicked.connect(self._centre)
        view.entered_.connect(self._centre)
        view.copied.connect(self.copy)
        self._words = QLabel(EMPTY)
        self._words.setObjectName("dim")
        self._words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._words.setWordWrap(True)
        self._words.setMargin(24)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._words)
        self._stack.addWidget(view)
        self.setFocusProxy(view)
        self.over = QComboBox()
        self.over.setObjectName("flat")
        self.over.addItems(["This picture", "All pictures seen"])
        self.over.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.over.setAccessibleName("Over which pictures")
        self.over.setToolTip(
            "A map that is dead in one picture may live in another: look at several with this view open,\n"
            "by the arrow keys in a folder or by drawing digits. An edit of the network begins anew."
        )
        self.over.activated.connect(self._show)
        self.summary = QLabel()
        self.summary.setObjectName("small")
        self.summary.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        foot = QHBoxLayout()
        foot.setContentsMargins(0, 0, 0, 0)
        foot.setSpacing(8)
        foot.addWidget(self.over)
        foot.addWidget(self.summary, 1)
        foot.addWidget(TakeButton(self))
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 6, 14, 6)
        column.setSpacing(4)
        column.addWidget(self._stack, 1)
        column.addLayout(foot)

    def _recolour(self) -> None:
        self.view.verticalHeader().setDefaultSectionSize(round(theme.scaled(ROW)))
        for number, width in enumerate(WIDTHS):
            self.view.setColumnWidth(number, round(theme.scaled(width)))
        self.view.viewport().update()

    # Following

    def _changed(self, old: Shown, new: Shown) -> None:
        if old.key != new.key:
            self._result = self._counted = None
            self.seen = Seen()
            self._show()
        elif old.selected != new.selected:
            self._mark(new.selected)

    def show_result(self, result: Result) -> None:
        """Count another run."""
        self._result = result
        self.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if self._cancel is not None:
            self._cancel.cancel()

    def refresh(self) -> None:
        """Count what ran last, if it is seen and not counted already."""
        result = self._result
        if not self.isVisible():
            return
        if result is None or result.run is None:
            self._show()
            return
        if result is self._counted:
            return
        if self._cancel is not None:
            self._cancel.cancel()  # when it has ended, the last run is counted
            return
        cancel = self._cancel = Cancellation()
        self._counted = result

        def work() -> dict[str, Line] | None:
            try:
                return counted(result, cancel)
            except Cancelled:
                return None

        self._tasks.run("", work, lambda lines: self._take(result, lines), self._fail, stop=cancel.cancel)

    def _take(self, result: Result, lines: dict[str, Line] | None) -> None:
        self._cancel = None
        if lines is None:
            self._counted = None
        elif self._result is not None:
            request = result.request
            self.seen.add((request.design.graph, request.weights), request.picture, lines)
            self._show()
        self.refresh()

    def _fail(self, message: str) -> None:
        self._cancel = None
        self._words.setText(message)
        self._stack.setCurrentWidget(self._words)

    # Showing

    @property
    def lines(self) -> list[Line]:
        """What is shown."""
        found = self.seen.all if self.over.currentIndex() == ALL else self.seen.last
        return list(found.values())

    def _show(self) -> None:
        lines, result = self.lines, self._result
        self._following = True
        self.model.show_lines(lines)
        self._following = False
        self.over.setItemText(ALL, f"All {plural(self.seen.pictures, 'picture')} seen")
        self._words.setText((result.message if result is not None else "") or EMPTY)
        self._stack.setCurrentWidget(self.view if lines else self._words)
        odd = [line for line in lines if line.findings]
        dead = sum(len(line.tally.dead) for line in lines)
        words = f"{plural(dead, 'map')} or units are 0 throughout" if dead else "nothing is dead"
        if not lines:
            self.summary.clear()
        elif odd:
            self.summary.setText(f"{len(odd)} of {plural(len(lines), 'block')} worth a look; {words}")
        else:
            self.summary.setText(f"{plural(len(lines), 'block')}: nothing is dead, saturated or out of range")
        self._mark(self._session.shown.selected)

    def _mark(self, selected: tuple[str, ...]) -> None:
        row = self.model.row_of(selected[-1]) if selected else None
        current = self.view.currentIndex().row()
        if row is None or row == current:
            return
        with QSignalBlocker(self.view.selectionModel()):
            self.view.setCurrentIndex(self.model.index(row, 0))
        self.view.selectionModel().select(
            self.model.index(row, 0),
            QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows,
        )
        self.view.viewport().update()

    def _select(self, index: QModelIndex) -> None:
        if index.isValid() and not self._following:
            self._session.select((self.model.rows[index.row()].block,))

    def _centre(self, index: QModelIndex) -> None:
        self.centred.emit(self.model.rows[index.row()].block)

    def _sort(self, column: int) -> None:
        self._following = True
        self.model.turn(column)
        self._following = False
        self._mark(self._session.shown.selected)

    def export(self) -> Export | None:
        """The table as it is seen, and all of its rows."""
        if not self.model.rows:
            return None
        return Export(TITLE, self.view.size(), rendered(self.view), self.model.as_lines, self.model.as_data)

    def copy(self) -> None:
        """All rows to the clipboard, separated by tabs."""
        QGuiApplication.clipboard().setText("\n".join("\t".join(line) for line in self.model.as_lines()) + "\n")
