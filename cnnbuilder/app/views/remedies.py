"""Finds the fixes of problems off the window's thread: in a large network that may take a while."""

from collections.abc import Iterable

from PySide6.QtCore import QObject, Signal

from cnnbuilder.app.tasks import Tasks
from cnnbuilder.design.problem import Fix, Problem


def fixes_of(problem: Problem) -> list[Fix] | None:
    """The fixes of a problem where they were found already, else None."""
    return problem.fixes if "fixes" in vars(problem) else None


class Remedies(QObject):
    """One problem after the other, those asked for last."""

    found = Signal(object)
    """A Problem whose fixes are known now."""

    def __init__(self, tasks: Tasks) -> None:
        super().__init__()
        self._tasks = tasks
        self._waiting: list[Problem] = []
        self._busy = False

    def ask(self, problems: Iterable[Problem]) -> None:
        """Find the fixes of these; what was asked for before is dropped."""
        self._waiting = [problem for problem in problems if fixes_of(problem) is None]
        self._next()

    def _next(self) -> None:
        if self._busy or not self._waiting:
            return
        self._busy = True
        problem = self._waiting.pop(0)
        self._tasks.run("", lambda: problem.fixes, lambda _: self._done(problem), lambda _: self._done(problem))

    def _done(self, problem: Problem) -> None:
        self._busy = False
        if fixes_of(problem) is not None:
            self.found.emit(problem)
        self._next()
