"""Undo and redo over immutable states: nothing is undone, an earlier state is simply shown again."""

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

State = TypeVar("State")


@dataclass(frozen=True)
class Step(Generic[State]):
    """A state and the words for the edit that led to it."""

    state: State
    label: str = ""
    merge: Hashable = None
    """Successive steps with the same key that is not None are one step of undo (a slider that is dragged)."""


class History(Generic[State]):
    """The states of one document in order, and which of them is shown."""

    def __init__(self, state: State) -> None:
        self._steps: list[Step[State]] = [Step(state)]
        self._now = 0
        self._saved: State | None = state

    @property
    def state(self) -> State:
        """The state that is shown."""
        return self._steps[self._now].state

    @property
    def before(self) -> State | None:
        """The state that undo would show; None if there is nothing to undo."""
        return self._steps[self._now - 1].state if self._now else None

    @property
    def saved_state(self) -> State | None:
        """What the file holds, or what the document began with."""
        return self._saved

    @property
    def labels(self) -> list[str]:
        """The words for every step after the first, undone ones included."""
        return [step.label for step in self._steps[1:]]

    @property
    def undo_label(self) -> str | None:
        """The words for what undo would take back; None if there is nothing."""
        return self._steps[self._now].label if self._now else None

    @property
    def redo_label(self) -> str | None:
        """The words for what redo would do again; None if there is nothing."""
        return self._steps[self._now + 1].label if self._now + 1 < len(self._steps) else None

    @property
    def changed(self) -> bool:
        """Whether the state shown is not the one last saved."""
        return self.state is not self._saved

    @property
    def now(self) -> int:
        """How many of the steps are done."""
        return self._now

    def holds(self, state: State) -> bool:
        """Whether `state` is one of this document's."""
        return any(step.state is state for step in self._steps)

    def go_to(self, step: int) -> State:
        """The state after `step` steps."""
        self._now = min(max(step, 0), len(self._steps) - 1)
        return self.state

    def saved(self, state: State) -> None:
        """Note that `state` is what the file holds."""
        self._saved = state
        self.seal()

    def seal(self) -> None:
        """The next edit is a step of its own, whatever its key."""
        last = self._steps[self._now]
        self._steps[self._now] = Step(last.state, last.label)

    def add(self, state: State, label: str, merge: Hashable = None) -> None:
        """A new state; what was undone before is forgotten."""
        undone = self._now + 1 < len(self._steps)
        del self._steps[self._now + 1 :]
        if merge is not None and not undone and self._now and self._steps[self._now].merge == merge:
            self._steps[self._now] = Step(state, label, merge)
            return
        self._steps.append(Step(state, label, merge))
        self._now += 1

    def undo(self) -> State:
        """The state before; the first one stays."""
        self._now = max(self._now - 1, 0)
        return self.state

    def redo(self) -> State:
        """The state after; the last one stays."""
        self._now = min(self._now + 1, len(self._steps) - 1)
        return self.state
