"""Runs the network when what is shown changes: the link between the session and the runner."""

from typing import Any

from PySide6.QtCore import QObject, Signal

from cnnbuilder.app.runner import Request, Result, Runner
from cnnbuilder.app.session import Session, Shown


class Live(QObject):
    """Asks the runner whenever the graph, the weights, the picture or the target change while running is live."""

    stale_changed = Signal(bool)
    """Whether the results that are seen answer another design or picture than the one shown."""

    running = Signal(bool)
    """An answer is to come; none is."""

    def __init__(self, session: Session, runner: Runner) -> None:
        super().__init__()
        self._session, self._runner = session, runner
        self._ready = False
        self._channels: dict[str, int] = {}
        self._latest: Request | None = None
        self._seen: Request | None = None
        """What the results that are seen answer."""
        self._first = 0
        """Requests with smaller numbers were for another document."""
        self._stale = False
        self._counts: dict[str, int] = {}
        session.changed.connect(self._changed)
        runner.running.connect(self._turn_running)

    @property
    def stale(self) -> bool:
        """Whether what is seen is out of date, and nothing is under way that would mend it."""
        return self._stale

    def begin(self) -> None:
        """Run from now on; before the first paint nothing is run."""
        self._ready = True
        if self._session.shown.live:
            self.run()

    def run(self) -> None:
        """Run what is shown now."""
        shown = self._session.shown
        self._latest = Request(
            shown.design,
            shown.state.weights,
            shown.picture,
            shown.target,
            dict(self._channels),
            shown.backward,
            shown.origin,
        )
        self._runner.ask(self._latest)
        self._judge()

    def turn(self, id: str, by: int) -> None:
        """Let the card of a block show another of its maps."""
        count = self._counts.get(id, 1)
        self._channels[id] = (self._channels.get(id, 0) + by) % count
        self.run()

    def take(self, result: Result) -> bool:
        """Whether a result is to be seen: it is no older than what is seen, and of the document on top.

        Under a stream of edits results come that are already behind the design; they are better than none.
        """
        number = result.request.number
        if number < self._first or (self._seen is not None and number < self._seen.number):
            return False
        self._seen = result.request
        self._counts = {id: thumbnail.channels for id, thumbnail in result.thumbnails.items()}
        self._judge()
        return True

    def _changed(self, old: Shown, new: Shown) -> None:
        if old.key != new.key:
            self._channels, self._counts = {}, {}
            if self._latest is not None:
                self._first = self._latest.number + 1
        if self._ready and new.live and (not old.live or _differs(old, new)):
            self.run()
        else:
            self._judge()

    def _turn_running(self, running: bool) -> None:
        self.running.emit(running)
        self._judge()

    def _judge(self) -> None:
        """Tell when what is seen goes out of date, or is mended."""
        seen = self._seen
        stale = seen is not None and not self._runner.is_running and not _answers(seen, self._session.shown)
        if stale != self._stale:
            self._stale = stale
            self.stale_changed.emit(stale)


def _differs(old: Shown, new: Shown) -> bool:
    pairs: tuple[tuple[Any, Any], ...] = (
        (old.design.graph, new.design.graph),
        (old.state.weights, new.state.weights),
        (old.picture, new.picture),
    )
    return (
        any(a is not b for a, b in pairs)
        or (old.key, old.target, old.backward, old.origin) != (new.key, new.target, new.backward, new.origin)
        or old.design.seed != new.design.seed
    )


def _answers(request: Request, shown: Shown) -> bool:
    """Whether what came of `request` is what a run would give now."""
    return (
        request.design.graph is shown.design.graph
        and request.weights is shown.state.weights
        and request.picture is shown.picture
        and (request.target, request.backward, request.origin) == (shown.target, shown.backward, shown.origin)
        and request.design.seed == shown.design.seed
    )
