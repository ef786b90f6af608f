"""The view that compares: a table of corresponding blocks, their maps side by side, changes carried across."""

from dataclasses import replace
from functools import partial

from PySide6.QtCore import QModelIndex, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QSplitter,
    QStackedWidget,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from cnnbuilder.app import theme
from cnnbuilder.app.exporting import Export, TakeButton, rendered
from cnnbuilder.app.runner import Result
from cnnbuilder.app.session import Session, Shown, State
from cnnbuilder.app.tasks import Tasks
from cnnbuilder.app.views.compare import words
from cnnbuilder.app.views.compare.controls import Controls
from cnnbuilder.app.views.compare.other import BEFORE, SAVED, TAB, Choice, Other, Seen
from cnnbuilder.app.views.compare.table import HEADS, ComparisonTable
from cnnbuilder.app.views.compare.table import Shown as Compared
from cnnbuilder.app.views.compare.trio import Trio
from cnnbuilder.design.compare import A, B, Pair, carried, compare
from cnnbuilder.design.following import report_on
from cnnbuilder.engine.cancel import Cancellation

TITLE = "Compare"
EMPTY = (
    "Open a second design (File ▸ Open, or a sample), or change this one: here the two stand side by side, "
    "block by block, with their values on the same picture."
)
ROW = 28
WIDTHS = (102, 102, 186, 112, 130)
"""Of the columns but the last (px)."""


class CompareView(QWidget):
    """Compares the design on top with another one, off the window's thread where that takes a run."""

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
        self._other = Other()
        self._cancel: Cancellation | None = None
        self._asked: tuple[object, ...] = ()
        """What the run that is shown, or under way, is of."""
        self._following = False
        self._channel = 0
        self.model = ComparisonTable()
        self.controls, self.trio = Controls(TakeButton(self)), Trio()
        self._build()
        session.changed.connect(self._changed)
        theme.keeper().changed.connect(self._recolour)
        self._recolour()

    def _build(self) -> None:
        self.view = view = QTableView()
        view.setModel(self.model)
        view.setAccessibleName("Corresponding blocks")
        view.setToolTip("A row is a block of each design: click shows their maps, a double click the block itself")
        view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        view.setShowGrid(False)
        view.setWordWrap(False)
        view.setAlternatingRowColors(True)
        view.verticalHeader().hide()
        header = view.horizontalHeader()
        header.setHighlightSections(False)
        header.setStretchLastSection(True)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        view.selectionModel().currentRowChanged.connect(self._select)
        view.doubleClicked.connect(self._centre)
        self._words = QLabel(EMPTY)
        self._words.setObjectName("dim")
        self._words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._words.setWordWrap(True)
        self._words.setMargin(24)
        self._body = QSplitter(Qt.Orientation.Horizontal)
        self._body.addWidget(view)
        self._body.addWidget(self.trio)
        self._body.setStretchFactor(0, 3)
        self._body.setStretchFactor(1, 2)
        self._body.setChildrenCollapsible(False)
        self._body.setSizes([620, 380])
        self._stack = QStackedWidget()
        self._stack.addWidget(self._words)
        self._stack.addWidget(self._body)
        self.setFocusProxy(view)
        self.summary = QLabel()
        self.summary.setObjectName("strong")
        self.summary.setWordWrap(True)
        row = QHBoxLayout()
        row.setContentsMargins(2, 0, 0, 0)
        row.addWidget(self.summary, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 6, 14, 6)
        column.setSpacing(4)
        column.addLayout(row)
        column.addWidget(self._stack, 1)
        column.addWidget(self.controls)
        self.controls.chosen.connect(self.refresh)
        self.controls.narrowed.connect(self._narrow)
        self.controls.taken.connect(partial(self._carry, A))
        self.controls.given.connect(partial(self._carry, B))
        self.controls.mapped.connect(self._go_to_map)
        self.trio.turned.connect(lambda by: self._go_to_map(self._channel + by))

    def _recolour(self) -> None:
        self.view.verticalHeader().setDefaultSectionSize(round(theme.scaled(ROW)))
        for number, width in enumerate(WIDTHS[: len(HEADS) - 1]):
            self.view.setColumnWidth(number, round(theme.scaled(width)))
        self.view.viewport().update()

    # Following

    def _changed(self, old: Shown, new: Shown) -> None:
        if old.key != new.key:
            self._result = None
            if self.controls.choice == (TAB, new.key):
                self._offer(new)
                self.controls.choose((TAB, old.key))
        if old.selected != new.selected:
            self._mark(new.selected)
        self.refresh()

    def show_result(self, result: Result) -> None:
        """Compare with another run."""
        self._result = result
        self.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()
        self._mark(self._session.shown.selected)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._stop()

    def _stop(self) -> None:
        self._asked = ()
        if self._cancel is not None:
            self._cancel.cancel()

    def _offer(self, shown: Shown) -> None:
        """What it can be compared with."""
        session = self._session
        offered: list[tuple[Choice, str]] = [
            ((TAB, tab.key), tab.title) for tab in shown.tabs if tab.key != shown.key and session.state_of(tab.key)
        ]
        if session.state_before is not None:
            offered.append(((BEFORE, 0), f"Before: {shown.undo}"))
        if shown.changed and session.state_saved is not None:
            offered.append(((SAVED, 0), "As it was saved" if shown.path else "As it was opened"))
        self.controls.offer(offered)

    def _state(self) -> State | None:
        """The other design with its weights."""
        choice = self.controls.choice
        if choice is None:
            return None
        what, key = choice
        session = self._session
        return {TAB: session.state_of(key), BEFORE: session.state_before, SAVED: session.state_saved}[what]

    def refresh(self) -> None:
        """Compare what is wanted now, if it is seen and not compared already."""
        if not self.isVisible():
            return
        shown = self._session.shown
        self._offer(shown)
        state = self._state()
        if state is None:
            self._stop()
            self._show_nothing()
            return
        compared = self.model.shown
        if compared is None or compared.compared.a is not shown.design or compared.compared.b is not state.design:
            found = compare(shown.design, state.design)
            fresh = Compared(found, shown.report, report_on(state.design, shown.picture_size))
            self._show(fresh if compared is None else replace(fresh, seen=None))
        self._ask(state)

    def _ask(self, state: State) -> None:
        """Run the other design on the picture of the last run, unless that was done."""
        result, compared = self._result, self.model.shown
        if result is None or result.run is None or compared is None or result.request.design.graph != (
            compared.compared.a.graph
        ):  # fmt: skip
            return
        asked = (result, state.design.graph, state.weights, compared.compared)
        if len(asked) == len(self._asked) and all(a is b for a, b in zip(asked, self._asked, strict=True)):
            return
        if self._cancel is not None:
            self._cancel.cancel()  # what is wanted then is asked when it has ended
            return
        self._asked = asked
        cancel = self._cancel = Cancellation()
        other, of = self._other, compared.compared

        def done(seen: Seen | None) -> None:
            self._cancel = None
            now = self.model.shown
            if seen is not None and now is not None and now.compared is of:
                self._show(replace(now, seen=seen))
            elif seen is None:
                self._asked = ()
            self.refresh()

        self._tasks.run("", lambda: other.seen(state, result, of, cancel), done, self._fail, stop=cancel.cancel)

    def _fail(self, message: str) -> None:
        self._cancel = None
        self.summary.setText(f"The other design: {message.partition(chr(10))[0]}")

    # Showing

    def _show(self, compared: Compared) -> None:
        self._following = True
        self.model.show(compared)
        self._following = False
        self.summary.setText(words.summary(compared.compared, compared.mine, compared.theirs, compared.seen))
        self._stack.setCurrentWidget(self._body)
        self.controls.show_count(len(compared.compared.differing))
        self.titled.emit(f"{TITLE} — {self.controls.words}")
        if not self.view.currentIndex().isValid() and self.model.rows:
            self._mark(self._session.shown.selected)
        self._show_maps()

    def _show_nothing(self) -> None:
        self.model.show(None)
        self.summary.clear()
        self._stack.setCurrentWidget(self._words)
        self.trio.show_nothing()
        self.controls.show_pair(None, [])
        self.titled.emit(TITLE)

    @property
    def pair(self) -> Pair | None:
        """The row that is looked at."""
        number = self.view.currentIndex().row()
        return self.model.rows[number] if 0 <= number < len(self.model.rows) else None

    def _show_maps(self) -> None:
        pair, compared = self.pair, self.model.shown
        tab = self.controls.choice is not None and self.controls.choice[0] == TAB
        can = [side for side in (A, B) if pair is not None and compared is not None and (side == A or tab) and any(
            carried(compared.compared, pair, found, side) is not None for found in pair.differences
        )]  # fmt: skip
        self.controls.show_pair(pair, can)
        seen = compared.seen if compared is not None else None
        if pair is None or seen is None:
            self.controls.show_maps(0, 0)
            self.trio.show_nothing()
            return
        mine, theirs = seen.mine.outputs.get(pair.a or ""), seen.theirs.outputs.get(pair.b or "")
        count = max((len(values) for values in (mine, theirs) if values is not None and values.ndim == 3), default=1)
        self._channel = min(max(self._channel, 0), count - 1)
        self.controls.show_maps(count, self._channel)
        if mine is None and theirs is None:
            self.trio.show_nothing("Neither of the two ran: see Problems.")
            return
        self.trio.show_pair((pair.a or "here", pair.b or "there"), mine, theirs, self._channel)

    def _go_to_map(self, number: int) -> None:
        self._channel = number
        self._show_maps()

    def _narrow(self, only: bool) -> None:
        self.model.only = only
        if self.model.shown is not None:
            self._show(self.model.shown)

    # Rows and blocks

    def _mark(self, selected: tuple[str, ...]) -> None:
        row = self.model.row_of(selected[-1]) if selected else None
        if row is None or row == self.view.currentIndex().row():
            return
        with QSignalBlocker(self):
            self._following = True
            self.view.selectRow(row)
            self._following = False

    def _select(self, index: QModelIndex) -> None:
        pair = self.pair if index.isValid() else None
        if pair is not None and self._departure(pair):
            self._channel = self._departure(pair)[0]
        self._show_maps()
        if pair is not None and pair.a is not None and not self._following:
            self._session.select((pair.a,))

    def _departure(self, pair: Pair) -> tuple[int, ...]:
        """Where the two of a pair are farthest apart, in a map."""
        seen = self.model.shown.seen if self.model.shown is not None else None
        found = seen.departures.get((pair.a or "", pair.b or "")) if seen is not None else None
        return found.index if found is not None and found.departs and len(found.index) == 3 else ()

    def _centre(self, index: QModelIndex) -> None:
        pair = self.model.rows[index.row()]
        if pair.a is not None:
            self.centred.emit(pair.a)

    # Carrying across

    def _carry(self, side: str) -> None:
        """Make a side like the other in all that the row differs in; one step of undo."""
        pair, compared = self.pair, self.model.shown
        if pair is None or compared is None:
            return
        whole, design = compared.compared, None
        for found in pair.differences:
            made = carried(whole, pair, found, side)
            if made is not None:
                design = made
                whole = replace(whole, a=made) if side == A else replace(whole, b=made)
        choice = self.controls.choice
        if design is None or choice is None:
            return
        name = (pair.a if side == A else pair.b) or pair.b or pair.a
        if side == A:
            self._session.apply(f"Take over {name}", design)
        else:
            self._session.apply_to(choice[1], f"Take over {name}", design)

    def export(self) -> Export | None:
        """The table with the maps beside it, and all that differs."""
        compared = self.model.shown
        if compared is None or not self.model.rows:
            return None
        whole, seen = compared.compared, compared.seen

        def data() -> dict[str, object]:
            return {
                "other": self.controls.words,
                "first_departing": seen.first if seen is not None else None,
                "parameters": [compared.mine.total_parameters, compared.theirs.total_parameters],
                "multiply_adds": [compared.mine.total_macs, compared.theirs.total_macs],
                "pairs": [
                    {
                        "this": pair.a,
                        "other": pair.b,
                        "differences": {found.what: [found.a, found.b] for found in pair.differences},
                        "largest": departure.largest if departure is not None else None,
                    }
                    for pair in whole.pairs
                    for departure in [seen.departures.get((pair.a or "", pair.b or "")) if seen else None]
                ],
            }

        body = self._body
        return Export(f"{TITLE} with {self.controls.words}", body.size(), rendered(body), self.model.as_lines, data)
