"""Opens experiments in a window: the design in a tab of its own, the views that it needs, the text beside them."""

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from cnnbuilder.app.laboratory.experiment import Experiment
from cnnbuilder.design.document import Design

if TYPE_CHECKING:
    from cnnbuilder.app.laboratory.panel import LaboratoryPanel
    from cnnbuilder.app.window import Window

KIND = "laboratory"
WIDTH = 0.42
"""Of the room below the canvas, for the text."""


class Laboratory(QObject):
    """Belongs to one window."""

    def __init__(self, window: "Window") -> None:
        super().__init__(window)
        self._window = window

    def show(self) -> None:
        """The list of experiments, or the text of the one on top."""
        self._window.docks.enter(KIND)

    def open(self, name: str) -> None:
        """Open an experiment; its picture and weights are made in a thread."""
        from cnnbuilder.app.laboratory.chapters import experiment

        found = experiment(name)
        self._window.tasks.run(
            f"Opening {found.title} …",
            lambda: _made(found),
            lambda made: self._show(found, *made),
            lambda words: self._window.documents.fail(f"{found.title} cannot be opened", words),
        )

    def _show(self, found: Experiment, design: Design, weights: Any, picture: Any) -> None:
        window = self._window
        window.session.open(design, weights, None, picture)
        window.documents.opened.emit()
        if found.select:
            window.session.select((found.select,))
        docks = window.docks
        docks.show_view(KIND)
        dock = docks.dock_of(KIND)
        if dock is not None and docks.tabifiedDockWidgets(dock):
            docks.put_beside(dock, WIDTH)
        for kind in reversed(found.views):
            if kind in docks.kinds:
                docks.show_view(kind)
        for view in docks.views("connectivity") if found.mode else ():
            view.show_scope("map")  # type: ignore[attr-defined]
            view.show_mode(found.mode)  # type: ignore[attr-defined]
        if found.unit is not None:
            docks.mark_unit(found.select, found.unit)
        panel: LaboratoryPanel | None = dock.view if dock is not None else None  # type: ignore[assignment]
        if panel is not None:
            panel.begin(found)
        window.canvas.setFocus()


def _made(found: Experiment) -> tuple[Design, Any, Any]:
    from cnnbuilder.engine.weights import Weights

    weights = Weights.of(found.weights()) if found.weights else None
    return found.design(), weights, found.picture() if found.picture else None
