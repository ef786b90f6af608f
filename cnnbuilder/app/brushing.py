"""The unit that is selected in a view, marked on the cards too, and followed through edits."""

from PySide6.QtCore import QObject

from cnnbuilder.app.canvas.brush import marks_of
from cnnbuilder.app.canvas.view import Canvas
from cnnbuilder.app.docks import Docks
from cnnbuilder.app.session import Session, Shown


class Brushing(QObject):
    """Tells the canvas what to mark."""

    def __init__(self, session: Session, docks: Docks, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._session, self._canvas = session, canvas
        self._unit: tuple[str, tuple[int, ...]] | None = None
        docks.unit_marked.connect(self._mark)
        session.changed.connect(self._changed)

    def _mark(self, block: str, index: tuple[int, ...] | None) -> None:
        self._unit = (block, tuple(index)) if index is not None else None
        self._show(self._session.shown)

    def _changed(self, old: Shown, new: Shown) -> None:
        if old.key != new.key:
            self._unit = None
        if old.report is not new.report or old.key != new.key:
            self._show(new)

    def _show(self, shown: Shown) -> None:
        found = marks_of(shown.design, shown.report, *self._unit) if self._unit is not None else {}
        if found != self._canvas.look.brushed:
            self._canvas.look.brushed = found
            self._canvas.update()
