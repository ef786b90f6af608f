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
        self._finished.connect(self._deliver)

    def run(
        self, words: str, function: Callable[[], Any], done: Callable[[Any], None], failed: Callable[[str], None]
    ) -> None:
        """Call `function` in a thread, then `done` with its result, or `failed` with one line for a known error."""

        def work() -> None:
            try:
                result, error = function(), None
            except BaseException as caught:
                result, error = None, caught
            self._finished.emit(thread, done if error is None else failed, result, error)

        thread = threading.Thread(target=work, name="task", daemon=True)
        self._threads[thread] = words
        self.busy.emit(words)
        thread.start()

    def _deliver(
        self, thread: threading.Thread, then: Callable[[Any], None], result: Any, error: BaseException | None
    ) -> None:
        thread.join()
        self._threads.pop(thread, None)
        self.busy.emit(next(iter(self._threads.values()), ""))
        if error is None:
            then(result)
        elif isinstance(error, (Error, OSError, MemoryError)):
            then(str(error) or "there is not enough memory")
        else:
            raise error

    def wait(self) -> None:
        """Let everything under way end; results that were not delivered are dropped."""
        for thread in list(self._threads):
            thread.join()
        self._threads.clear()
