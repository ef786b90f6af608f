"""The one worker: runs the network off the window's thread. The latest request wins; what it replaces is cancelled."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from cnnbuilder.design.document import Design
from cnnbuilder.design.errors import Cancelled, Error

if TYPE_CHECKING:
    from cnnbuilder.app.worker import Worker

FIRST_LOOK = 0.03
"""A forward pass that took longer (s) is shown before its backward pass begins."""


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

    def __init__(self) -> None:
        super().__init__()
        self._wake = threading.Condition()
        self._request: Request | None = None
        self._ending = False
        self._cancel: Callable[[], None] | None = None
        self._thread = threading.Thread(target=self._work, name="runner", daemon=True)
        self._started = False
        self._given_up = False

    def ask(self, request: Request) -> None:
        """Compute this next; cancels what is under way."""
        with self._wake:
            self._request = request
            self._given_up = False
            if self._cancel is not None:
                self._cancel()
            if not self._started:
                self._started = True
                self._thread.start()
            self._wake.notify()

    def cancel(self) -> None:
        """Give up what is under way and what waits."""
        with self._wake:
            self._request = None
            self._given_up = True
            if self._cancel is not None:
                self._cancel()

    def stop(self) -> None:
        """End the thread and wait for it."""
        with self._wake:
            self._ending = True
            self._request = None
            if self._cancel is not None:
                self._cancel()
            self._wake.notify()
        if self._started:
            self._thread.join()

    def _work(self) -> None:
        worker: Worker | None = None
        while True:
            with self._wake:
                while self._request is None and not self._ending:
                    self._wake.wait()
                if self._ending:
                    return
                assert self._request is not None
                request, self._request = self._request, None
                self._cancel = None
            try:
                if worker is None:
                    worker = self._prepared()
                cancellation = worker.cancellation()
                with self._wake:
                    if self._request is not None:
                        continue
                    self._cancel = cancellation.cancel
                for result in worker.results(request, cancellation, self._report):
                    self.finished.emit(result)
            except Cancelled:
                pass
            except (Error, MemoryError) as error:
                self.finished.emit(
                    Result(request, message=str(error).splitlines()[0] if str(error) else "out of memory")
                )
            except Exception as error:
                self.finished.emit(Result(request, message=f"internal error: {type(error).__name__}: {error}"))
                threading.excepthook(threading.ExceptHookArgs((type(error), error, error.__traceback__, None)))
            finally:
                self._report(0, 0, "")

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
