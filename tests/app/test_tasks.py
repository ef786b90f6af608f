"""Work that is done beside the window: what comes back, what is given up, what is said meanwhile."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from cnnbuilder.app.tasks import Tasks
from cnnbuilder.design.errors import DesignFileError


@pytest.fixture
def tasks(qapp: object) -> Iterator[Tasks]:
    made = Tasks()
    yield made
    made.wait()


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    """Holds work back until it is set."""
    made = threading.Event()
    yield made
    made.set()


def fail(words: str) -> None:
    raise AssertionError(words)


def test_results_and_errors_come_back(tasks: Tasks, qtbot: Any) -> None:
    heard: list[object] = []

    def wrong() -> None:
        raise DesignFileError("blocks: missing")

    tasks.run("", lambda: 7, heard.append, fail)
    tasks.run("", wrong, fail, heard.append)
    qtbot.waitUntil(lambda: len(heard) == 2)
    assert set(heard) == {7, "blocks: missing"}


def test_what_is_given_up_is_not_heard_of(tasks: Tasks, gate: threading.Event, qtbot: Any) -> None:
    said: list[str] = []
    tasks.busy.connect(said.append)
    tasks.run("Opening", gate.wait, lambda _: fail("was given up"), fail)
    assert said[-1] == "Opening"
    tasks.cancel()
    assert said[-1] == ""
    gate.set()
    qtbot.waitUntil(lambda: not tasks._threads)


def test_saving_goes_on_and_is_heard_of(tasks: Tasks, gate: threading.Event, qtbot: Any) -> None:
    done: list[object] = []
    tasks.run("Saving", gate.wait, done.append, fail, lasting=True)
    tasks.cancel()
    gate.set()
    qtbot.waitUntil(lambda: bool(done))


def test_quiet_work_does_not_hide_what_is_said(tasks: Tasks, gate: threading.Event, qtbot: Any) -> None:
    said: list[str] = []
    tasks.busy.connect(said.append)
    tasks.run("Opening", gate.wait, lambda _: None, fail)
    finished: list[object] = []
    tasks.run("", lambda: 1, finished.append, fail)
    qtbot.waitUntil(lambda: bool(finished))
    assert said[-1] == "Opening"
