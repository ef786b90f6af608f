"""The view of what matters: which parts of the picture a score, or the unit selected last, rests on."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from cnnbuilder.app.exporting import Export, TakeButton
from cnnbuilder.app.fields import fields
from cnnbuilder.app.runner import Result
from cnnbuilder.app.session import Session, Shown
from cnnbuilder.app.tasks import Tasks
from cnnbuilder.app.views.attribution import words
from cnnbuilder.app.views.attribution.asking import ACTIVATION, OCCLUSION, Answer, Wanted, answers, map_blocks, proposed
from cnnbuilder.app.views.attribution.controls import UNIT, Controls, Side
from cnnbuilder.app.views.attribution.sheet import Cell, Sheet
from cnnbuilder.design.errors import Cancelled
from cnnbuilder.design.shape import is_volume
from cnnbuilder.engine.cancel import Cancellation

TITLE = "What matters"
EMPTY = "Run a network that ends in a score for each class: here it is seen which parts of the picture they rest on."
NARROW = 520
"""In a narrower view (px) the words are left out."""
Unit = tuple[str, tuple[int, ...]]


class AttributionView(QWidget):
    """Asks off the window's thread, one question at a time; the last one wins."""

    titled = Signal(str)
    unit_selected = Signal(str, object)
    """A pixel was selected: of the picture block's output, and its index."""
    _found = Signal(object, object)

    def __init__(self, session: Session, tasks: Tasks) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(TITLE)
        self._session, self._tasks = session, tasks
        self._result: Result | None = None
        self._unit: Unit | None = None
        """The unit selected last that is no pixel of the picture."""
        self._asked: object = None
        self._waits = False
        """Whether the last question was asked while an answer was looked for."""
        self._cancel: Cancellation | None = None
        self._patched: tuple[int, int] | None = None
        """Of the picture for which a square was proposed."""
        self.sheet, self.controls, self.side = Sheet(), Controls(TakeButton(self)), Side()
        self._words = QLabel(EMPTY)
        self._words.setObjectName("dim")
        self._words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._words.setWordWrap(True)
        self._words.setMargin(24)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._words)
        self._stack.addWidget(self.sheet)
        self.setFocusProxy(self.sheet)
        left = QVBoxLayout()
        left.setSpacing(4)
        left.addWidget(self._stack, 1)
        left.addWidget(self.controls)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 6, 14, 6)
        row.setSpacing(14)
        row.addLayout(left, 1)
        row.addWidget(self.side)
        self._found.connect(self._show)
        self.sheet.pointed.connect(self._point)
        self.sheet.chosen.connect(self._choose)
        self.controls.changed.connect(self.refresh)
        self.controls.faded.connect(self.sheet.set_opacity)
        session.changed.connect(self._changed)

    # Following

    def _changed(self, old: Shown, new: Shown) -> None:
        if old.key != new.key:
            self._unit = self._result = None
            self.sheet.mark(None)
            self.refresh()

    def show_result(self, result: Result) -> None:
        """Ask the same of another run."""
        self._result = result
        self.refresh()

    def mark_unit(self, name: str, index: tuple[int, ...] | None) -> None:
        """Follow the unit that was selected elsewhere; of the picture the pixel is marked."""
        graph = self._session.shown.design.graph
        if index is None or name not in graph.blocks:
            return
        if graph.wiring.sources[name]:
            self._unit = (name, tuple(index))
            self.refresh()
        else:
            self.sheet.mark((index[-2], index[-1]) if len(index) > 1 else None)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.stop()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.side.setVisible(self.width() >= NARROW)

    def stop(self) -> None:
        """Give up what is being looked for."""
        self._asked, self._waits = None, False
        if self._cancel is not None:
            self._cancel.cancel()

    # Asking

    def refresh(self) -> None:
        """Ask what is wanted now, if it is seen and not asked already."""
        if not self.isVisible():
            return
        wanted = self._wanted()
        if isinstance(wanted, str):
            self.stop()
            self._show_nothing(wanted)
            return
        if (self._result, wanted) == self._asked:
            return
        self._asked = (self._result, wanted)
        if self._cancel is not None:
            self._cancel.cancel()
            self._waits = True
            return
        self._ask(wanted)

    def _wanted(self) -> Wanted | str:
        """What is asked, or why nothing can be."""
        result, controls = self._result, self.controls
        if result is None or result.run is None:
            return (result.message if result else "") or EMPTY
        number = self._number(result)
        if isinstance(number, str):
            return number
        before = result.request.design.graph.wiring.before({number[0]})
        pictures = [id for id in result.run.tape.sources if id in before and is_volume(result.run[id].shape[1:])]
        if not pictures:
            return f"{number[0]} reads no picture."
        picture = pictures[0]
        method = controls.how.currentData()
        maps = controls.show_maps(map_blocks(result, number[0])) if method == ACTIVATION else ""
        if method == ACTIVATION and not maps:
            return f"No block before {number[0]} gives maps that could be added up."
        wanted = Wanted(method, *number, picture, maps)
        if method != OCCLUSION:
            return wanted
        size = result.run[picture].shape[2:]
        if size != self._patched:
            self._patched = size
            controls.show_side(proposed(*size))
        side, step, fill = controls.square
        return Wanted(method, *number, picture, "", side, step, fill)

    def _number(self, result: Result) -> Unit | str:
        """The score of the class, or the unit; or why there is none."""
        if self.controls.of.currentData() == UNIT:
            if self._unit is None:
                return "Click a value in a map: here it is seen which pixels it depends on, and how strongly."
            block, index = self._unit
            shape = result.run[block].shape[1:] if block in result.run else ()
            if len(shape) != len(index) or not all(i < n for i, n in zip(index, shape, strict=True)):
                return f"{block} [{', '.join(map(str, index))}] is no unit of what ran last: select another."
            return self._unit
        if result.scores is None:
            return "The network does not end in a score for each class. Choose “The unit”, and click a value in a map."
        target = result.target if result.request.origin is None else None
        return result.run.tape.outputs[0], (int(result.scores.argmax()) if target is None else target,)

    def _ask(self, wanted: Wanted) -> None:
        result, cancel = self._result, Cancellation()
        assert result is not None
        self._cancel = cancel
        shown, bounds = self._session.shown, None
        if self.controls.of.currentData() == UNIT and wanted.block in shown.report.shapes:
            bounds = fields(shown.design, shown.report, wanted.block, wanted.index).get(wanted.picture)
        long = "Covering parts of the picture" if wanted.method == OCCLUSION else ""
        self._tasks.run(
            long, self._work(result, wanted, cancel, bounds), lambda _: self._rest(), self._fail, stop=cancel.cancel
        )

    def _work(self, result: Result, wanted: Wanted, cancel: Cancellation, bounds: Any) -> Callable[[], None]:
        def work() -> None:
            try:
                for answer in answers(result, wanted, cancel, bounds):
                    self._found.emit(cancel, answer)
            except Cancelled:
                pass

        return work

    def _fail(self, message: str) -> None:
        self._show_nothing(message.partition("\n")[0])
        self._rest()

    def _rest(self) -> None:
        """An answer is complete, or given up: the question that came meanwhile is next."""
        self._cancel = None
        if self._waits and self.isVisible():
            self._waits, self._asked = False, None
            self.refresh()

    # Showing

    def _show(self, cancel: Cancellation, answer: Answer) -> None:
        if cancel is not self._cancel or cancel():
            return
        self.sheet.show_answer(answer)
        self._stack.setCurrentWidget(self.sheet)
        design, wanted = self._session.shown.design, answer.wanted
        is_class = self.controls.of.currentData() != UNIT
        label = design.label(wanted.index[0]) if is_class else ""
        heading = words.heading(answer, label)
        self.side.heading.setText(heading)
        self.side.meaning.setText(words.meaning(answer))
        self.side.found.setText(words.found(answer))
        self.side.scale.show_picture(self.sheet.heat)
        self.titled.emit(f"{TITLE} — {f'class {label}' if is_class else wanted.block}")
        self.sheet.setAccessibleDescription(f"{self.controls.how.currentText()}: {words.found(answer)}")
        self._point(None)

    def _show_nothing(self, why: str) -> None:
        self.sheet.show_answer(None)
        self._words.setText(why)
        self._stack.setCurrentWidget(self._words)
        self.side.scale.show_picture(None)
        for label in (self.side.heading, self.side.meaning, self.side.found, self.side.pointed):
            label.clear()
        self.titled.emit(TITLE)

    def export(self) -> Export | None:
        """The picture with the colours over it, and the numbers that they stand for."""
        answer = self.sheet.answer
        if answer is None:
            return None
        wanted = answer.wanted
        about = {
            "method": wanted.method,
            "block": wanted.block,
            "index": list(wanted.index),
            "before_softmax": answer.before_softmax,
            "score": answer.score,
            "maps": wanted.maps or None,
            "field": answer.field,
            "values": answer.importance,
        }
        title = f"{self.controls.how.currentText()} of {wanted.block} {', '.join(map(str, wanted.index))}"
        return Export(title, self.sheet.size(), self.sheet.paint, answer.importance.tolist, lambda: about)

    def _point(self, cell: Cell | None) -> None:
        heat = self.sheet.heat
        cell = cell or self.sheet.marked
        rows, columns = heat.tiles.values.shape[1:] if heat is not None else (0, 0)
        if heat is None or cell is None or cell[0] >= rows or cell[1] >= columns:
            self.side.pointed.setText("Point at a pixel to read its value")
            self.side.scale.point(None, None)
            return
        value = float(heat.tiles.values[0][cell])
        self.side.pointed.setText(words.pointed(*cell, value))
        self.side.scale.point(None, value)

    def _choose(self, row: int, column: int) -> None:
        """A pixel was clicked: the other views show where it matters."""
        if self.sheet.answer is not None:
            self.sheet.mark((row, column))
            self._point((row, column))
            self.unit_selected.emit(self.sheet.answer.wanted.picture, (0, row, column))
