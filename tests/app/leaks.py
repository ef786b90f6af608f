"""What a test leaves behind, by name: threads, timers that run, and widgets."""

import gc
import threading
from dataclasses import dataclass, field

import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QWidget

KEPT = ("pytest_timeout", "cnnbuilder-kernels")
"""Threads that stay for the whole process."""


def settle() -> None:
    """Let everything go that only waits to be let go."""
    for _ in range(2):
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        gc.collect()


def _timers() -> list[QTimer]:
    # By type: to ask any object in the process for its class runs whatever it does when asked.
    found = [item for item in gc.get_objects() if issubclass(type(item), QTimer)]
    return [timer for timer in found if shiboken6.isValid(timer) and timer.isActive()]


def _where(item: QObject) -> str:
    """A timer's place: what it belongs to, up to the top."""
    names: list[str] = []
    above: QObject | None = item
    while above is not None and len(names) < 6:
        names.append(type(above).__name__ + (f" {above.objectName()!r}" if above.objectName() else ""))
        above = above.parent()
    return " in ".join(names)


def _widgets() -> list[QWidget]:
    found: list[QWidget] = QApplication.topLevelWidgets()
    return found


@dataclass
class Watch:
    """What there was before; `left` names what came since and is still there."""

    threads: set[int | None] = field(default_factory=lambda: {thread.ident for thread in threading.enumerate()})
    timers: list[QTimer] = field(default_factory=_timers)
    widgets: list[QWidget] = field(default_factory=_widgets)

    def left(self) -> list[str]:
        """A line for each thread, running timer and window that the test left."""
        settle()
        held = set(map(id, self.timers))
        windows = set(map(id, self.widgets))
        threads = [
            thread
            for thread in threading.enumerate()
            if thread.ident not in self.threads and not thread.name.startswith(KEPT)
        ]
        return [
            *(f"the thread {thread.name!r}" for thread in threads),
            *(f"the timer {_where(timer)} ({timer.interval()} ms)" for timer in _timers() if id(timer) not in held),
            *(
                f"the window {type(widget).__name__} {widget.objectName() or widget.windowTitle()!r}"
                for widget in _widgets()
                if id(widget) not in windows
            ),
        ]
