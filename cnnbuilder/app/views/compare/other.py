"""The design that the one on top is compared with: which one, and what it makes of the same picture. No Qt."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cnnbuilder.app.runner import Request, Result
from cnnbuilder.app.session import State
from cnnbuilder.app.worker import Worker
from cnnbuilder.design.compare import Comparison
from cnnbuilder.design.errors import Cancelled
from cnnbuilder.engine.cancel import Cancellation
from cnnbuilder.explain.departing import Departure, departures

TAB, BEFORE, SAVED = "tab", "before", "saved"
Choice = tuple[str, int]
"""TAB with the key of a document; BEFORE or SAVED with 0."""


@dataclass(frozen=True, eq=False)
class Seen:
    """What both designs made of a picture."""

    mine: Result
    theirs: Result
    departures: Mapping[tuple[str, str], Departure] = field(default_factory=dict)
    """By pair of blocks; those of other shapes are not in it."""
    pairs: tuple[tuple[str, str], ...] = ()
    """The pairs that ran in both, in order."""

    @property
    def first(self) -> str | None:
        """The first block of the design on top whose values, or their shape, are not those of its counterpart."""
        return next(
            (pair[0] for pair in self.pairs if pair not in self.departures or self.departures[pair].departs), None
        )


class Other:
    """Runs the other design, for one caller at a time; keeps the run for the next picture or edit to begin with."""

    def __init__(self) -> None:
        self._worker = Worker()
        self._last: Result | None = None

    def seen(self, state: State, mine: Result, compared: Comparison, cancelled: Cancellation) -> Seen | None:
        """What both make of the picture of `mine`; None if it was cancelled. Raises Error."""
        try:
            theirs = self._run(state, mine.request.picture, cancelled)
            if theirs.run is None:
                return Seen(mine, theirs)
            both = [(pair.a, pair.b) for pair in compared.pairs if pair.a is not None and pair.b is not None]
            pairs = tuple((a, b) for a, b in both if a in mine.run and b in theirs.run)
            found = departures(mine.run, theirs.run, pairs, cancelled)
        except Cancelled:
            return None
        return Seen(mine, theirs, {(item.a, item.b): item for item in found}, pairs)

    def _run(self, state: State, picture: Any, cancelled: Cancellation) -> Result:
        last = self._last
        if last is not None:
            asked = last.request
            same = (asked.design.graph, asked.weights, asked.picture)
            if all(a is b for a, b in zip(same, (state.design.graph, state.weights, picture), strict=True)):
                return last
        request = Request(state.design, state.weights, picture, backward=False)
        *_, self._last = self._worker.results(request, cancelled, _silent)
        return self._last


def _silent(done: int, total: int, words: str) -> None:
    """Nobody waits for it."""
