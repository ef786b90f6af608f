"""Runs the network when what is shown changes: the link between the session and the runner."""

from typing import Any

from PySide6.QtCore import QObject

from cnnbuilder.app.runner import Request, Result, Runner
from cnnbuilder.app.session import Session, Shown


class Live(QObject):
    """Asks the runner whenever the graph, the weights, the picture or the target change while running is live."""

    def __init__(self, session: Session, runner: Runner) -> None:
        super().__init__()
        self._session, self._runner = session, runner
        self._ready = False
        self._channels: dict[str, int] = {}
        self._latest: Request | None = None
        self._counts: dict[str, int] = {}
        session.changed.connect(self._changed)
        runner.finished.connect(self._remember)

    def begin(self) -> None:
        """Run from now on; before the first paint nothing is run."""
        self._ready = True
        if self._session.shown.live:
            self.run()

    def run(self) -> None:
        """Run what is shown now."""
        shown = self._session.shown
        self._latest = Request(shown.design, shown.state.weights, shown.picture, shown.target, dict(self._channels))
        self._runner.ask(self._latest)

    def turn(self, id: str, by: int) -> None:
        """Let the card of a block show another of its maps."""
        count = self._counts.get(id, 1)
        self._channels[id] = (self._channels.get(id, 0) + by) % count
        self.run()

    def is_latest(self, result: Result) -> bool:
        """Whether a result answers the last request."""
        return result.request is self._latest

    def _remember(self, result: Result) -> None:
        self._counts = {id: thumbnail.channels for id, thumbnail in result.thumbnails.items()}

    def _changed(self, old: Shown, new: Shown) -> None:
        if not self._ready or not new.live:
            return
        if not old.live or _differs(old, new):
            self.run()


def _differs(old: Shown, new: Shown) -> bool:
    pairs: tuple[tuple[Any, Any], ...] = (
        (old.design.graph, new.design.graph),
        (old.state.weights, new.state.weights),
        (old.picture, new.picture),
    )
    return any(a is not b for a, b in pairs) or old.target != new.target or old.design.seed != new.design.seed
