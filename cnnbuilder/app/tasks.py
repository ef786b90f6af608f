"""Work off the window's thread that is done once and answers once: reading and writing files."""

import threading
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal

from cnnbuilder.design.errors import Error


class Tasks(QObject):
    """Starts functions in threads; what they return or raise comes back on the window's thread."""

    busy = Signal(str)
    """What is being done; empty when nothing is."""
    _finished = Signal(object, object, object, object)

    def __init__(self) -> None:
        super().__init__()
        self._threads: dict[threading.Thread, str] = {}
        self._lasting: set[threading.Thread] = set()
        """Those that must not be given up: what they do would be done, and nobody would know."""
        self._given_up: set[threading.Thread] = set()
        self._stops: dict[threading.Thread, Callable[[], None]] = {}
        """How those are stopped that can be, and then end in their own way."""
        self._finished.connect(self._deliver)

    def run(
        self,
        words: str,
        function: Callable[[], Any],
        done: Callable[[Any], None],
        failed: Callable[[str], None],
        lasting: bool = False,
        stop: Callable[[], None] | None = None,
    ) -> None:
        """Call `function` in a thread, then `done` with its result, or `failed` with one line for a known error.

        `lasting`: it is not to be given up by `cancel`, such as saving. `stop`: what `cancel` and `wait` call in place
        of giving it up, so that it ends soon.
        """

        def work() -> None:
            try:
                result, error = function(), None
            except BaseException as caught:
                result, error = None, caught
            self._finished.emit(thread, done if error is None else failed, result, error)

        thread = threading.Thread(target=work, name="task", daemon=True)
        self._threads[thread] = words
        if lasting or stop is not None or not words:
            self._lasting.add(thread)
        if stop is not None:
            self._stops[thread] = stop
        self._tell()
        thread.start()

    def _tell(self) -> None:
        waited_for = (words for thread, words in self._threads.items() if thread not in self._given_up)
        self.busy.emit(next(filter(None, waited_for), ""))

    def cancel(self) -> None:
        """Give up what can be given up: nothing comes of it any more. Stop what can be stopped."""
        for stop in list(self._stops.values()):
            stop()
        self._given_up.update(thread for thread in self._threads if thread not in self._lasting)
        self._tell()

    def _deliver(
        self, thread: threading.Thread, then: Callable[[Any], None], result: Any, error: BaseException | None
    ) -> None:
        thread.join()
        given_up = thread in self._given_up
        self._threads.pop(thread, None)
        self._lasting.discard(thread)
        self._stops.pop(thread, None)
        self._given_up.discard(thread)
        self._tell()
        if given_up:
            return
        if error is None:
            then(result)
        elif isinstance(error, (Error, OSError, MemoryError)):
            then(str(error) or "there is not enough memory")
        else:
            raise error

    def wait(self) -> None:
        """Let everything under way end; results that were not delivered are dropped."""
        for stop in list(self._stops.values()):
            stop()
        for thread in list(self._threads):
            thread.join()
        self._threads.clear()
        self._stops.clear()
