"""The one worker: runs the network off the window's thread. The latest request wins; what it replaces is given up.

A short pass is let end, and so is one after another was given up: under a stream of edits something is always shown.
"""

import itertools
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal

from cnnbuilder.design.document import Design
from cnnbuilder.design.errors import Cancelled, Error

if TYPE_CHECKING:
    from cnnbuilder.app.worker import Worker

FIRST_LOOK = 0.03
"""A forward pass that took longer (s) is shown before its backward pass begins."""
PATIENCE = 0.1
"""How long (s) a pass that was replaced may still go on."""
LONG_PATIENCE = 3.0
"""The same for the pass after one that was given up, so that a stream of edits does not starve what is shown."""

_numbers = itertools.count()


@dataclass(frozen=True, eq=False)
class Request:
    """What is to be computed, all of it immutable."""

    design: Design
    weights: Any
    """`engine.weights.Weights`, or None: the first ones, made of the seed."""
    picture: Any
    target: int | None = None
    channels: Mapping[str, int] = field(default_factory=dict)
    """Which map of a block its card shows, where one was chosen."""
    backward: bool = True
    """Whether gradients are wanted."""
    origin: tuple[str, tuple[int, ...]] | None = None
    """The block and the index of the value that is differentiated, in place of the loss of a class."""
    number: int = field(default_factory=lambda: next(_numbers))
    """Later requests have larger ones."""
    started: float = field(default_factory=time.perf_counter)


@dataclass(frozen=True, eq=False)
class Result:
    """What came of a request. Arrays are read-only and have their batch axis taken off."""

    request: Request
    outputs: Mapping[str, Any] = field(default_factory=dict)
    weights: Mapping[str, Any] = field(default_factory=dict)
    output_gradients: Mapping[str, Any] = field(default_factory=dict)
    weight_gradients: Mapping[str, Any] = field(default_factory=dict)
    thumbnails: Mapping[str, Any] = field(default_factory=dict)
    run: Any = None
    """The `engine.run.Run` that the outputs are of, for explanations."""
    gradients: Any = None
    """The `engine.backward.Gradients`, likewise."""
    scores: Any = None
    """The network's probabilities, if its one output is a vector."""
    target: int | None = None
    loss: float | None = None
    forward_seconds: float = 0.0
    backward_seconds: float | None = None
    threads: int = 1
    message: str = ""
    """Why nothing (or not all) was computed, in one line."""


class Runner(QObject):
    """Owns the thread. `ask` returns at once; answers arrive by signals on the thread this object lives in."""

    finished = Signal(object)
    """A Result. A long forward pass is answered twice: before and after its backward pass."""
    progressed = Signal(int, int, str)
    """Done, of how many, and what; `(0, 0, "")` when that is over."""
    running = Signal(bool)
    """Something was asked for while nothing was under way; all that was asked for is answered or given up."""
    _answered = Signal()
    _rested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._wake = threading.Condition()
        self._request: Request | None = None
        self._answer: Result | None = None
        self._ending = False
        self._cancel: Callable[[], None] | None = None
        self._thread = threading.Thread(target=self._work, name="runner", daemon=True)
        self._started = False
        self._given_up = False
        self._busy = self._running = False
        self._began = 0.0
        self._cut_short = False
        """Whether the last pass was given up for a later request."""
        self._impatient = QTimer(self)
        self._impatient.setSingleShot(True)
        self._impatient.timeout.connect(self._replace)
        self._answered.connect(self._deliver)
        self._rested.connect(self._rest)

    @property
    def is_running(self) -> bool:
        """Whether an answer is still to come."""
        return self._running

    def ask(self, request: Request) -> None:
        """Compute this next; what is under way is given up if it does not end soon."""
        with self._wake:
            self._request = request
            self._given_up = False
            if not self._started:
                self._started = True
                self._thread.start()
            self._wake.notify()
        if not self._running:
            self._running = True
            self.running.emit(True)
        self._replace()

    def cancel(self) -> None:
        """Give up what is under way and what waits."""
        with self._wake:
            self._request = self._answer = None
            self._given_up = True
            if self._cancel is not None:
                self._cancel()
        self._rest()

    def stop(self) -> None:
        """End the thread and wait for it."""
        self._impatient.stop()
        with self._wake:
            self._ending = True
            self._request = None
            if self._cancel is not None:
                self._cancel()
            self._wake.notify()
        if self._started:
            self._thread.join()

    def replaced(self) -> bool:
        """Whether a later request waits."""
        return self._request is not None

    def _replace(self) -> None:
        """Give up the pass under way, now or when its time is over, if a later request waits."""
        with self._wake:
            if self._request is None or self._cancel is None:
                return
            patience = LONG_PATIENCE if self._cut_short else PATIENCE
            left = self._began + patience - time.perf_counter()
            if left <= 0:
                self._cut_short = True
                self._cancel()
                self._cancel = None
        if left > 0:
            self._impatient.start(int(1000 * left) + 1)

    # The thread

    def _work(self) -> None:
        worker: Worker | None = None
        while True:
            with self._wake:
                self._busy, self._cancel = False, None
                if self._request is None:
                    self._rested.emit()
                while self._request is None and not self._ending:
                    self._wake.wait()
                if self._ending:
                    return
                assert self._request is not None
                request, self._request = self._request, None
                self._busy = True
            try:
                worker = worker or self._prepared()
                cancellation = worker.cancellation()
                with self._wake:
                    if self._ending or self._given_up:
                        continue
                    self._cancel, self._began = cancellation.cancel, time.perf_counter()
                for result in worker.results(request, cancellation, self._report, self.replaced):
                    self._put(result)
            except Cancelled:
                pass
            except (Error, MemoryError) as error:
                self._put(Result(request, message=_one_line(error)))
            except Exception as error:
                self._put(Result(request, message=f"internal error: {type(error).__name__}: {error}"))
                threading.excepthook(threading.ExceptHookArgs((type(error), error, error.__traceback__, None)))
            finally:
                self._report(0, 0, "")

    def _put(self, result: Result) -> None:
        """Lay a result where the window takes it; one that was not taken yet is replaced."""
        with self._wake:
            if self._given_up or self._ending:
                return
            waiting, self._answer, self._cut_short = self._answer is not None, result, False
        if not waiting:
            self._answered.emit()

    def _prepared(self) -> "Worker":
        """Compiles the kernels where that was not done yet, in a child process."""
        from cnnbuilder.app.worker import Worker
        from cnnbuilder.kernels import prepare

        prepare(
            progress=lambda done, total, name: self._report(done, total, f"Compiling kernels: {name}"),
            cancelled=lambda: self._ending or self._given_up,
        )
        return Worker()

    def _report(self, done: int, total: int, words: str) -> None:
        if not self._ending:
            self.progressed.emit(done, total, words)

    # Back on the window's thread

    def _deliver(self) -> None:
        with self._wake:
            result, self._answer = self._answer, None
        if result is not None:
            self.finished.emit(result)

    def _rest(self) -> None:
        with self._wake:
            resting = self._request is None and (self._given_up or not self._busy)
        if resting and self._running:
            self._running = False
            self.running.emit(False)


def _one_line(error: BaseException) -> str:
    words = str(error).partition("\n")[0]
    return words or "There is not enough memory for this."
