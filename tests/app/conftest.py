"""A window for a test: its own settings, closed at the end, and nothing of it left behind."""

import gc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication

from cnnbuilder.app import program, theme
from cnnbuilder.app.inspector.panel import Inspector
from cnnbuilder.app.session import Session
from cnnbuilder.app.tasks import Tasks
from cnnbuilder.app.window import Window
from cnnbuilder.design.document import Design
from cnnbuilder.files import load
from cnnbuilder.files.resources import samples
from tests.app.leaks import Watch

LENET = samples() / "lenet5.json"


@pytest.fixture(scope="session")
def qapp() -> QApplication:
    """The application in the program's look."""
    QSettings.setDefaultFormat(QSettings.Format.IniFormat)
    app = program.application()
    # What other tests imported (PyTorch alone makes half a million objects) is not looked through after every test.
    gc.collect()
    gc.freeze()
    return app


@pytest.fixture(autouse=True)
def own_settings(qapp: QApplication, tmp_path: Path) -> None:
    """Settings that no other test, and no user, sees."""
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(tmp_path / "settings"))


@pytest.fixture(autouse=True)
def nothing_left(qapp: QApplication) -> Iterator[None]:
    """Fail the test that leaves a thread, a running timer, a window or a dialog behind."""
    watch = Watch()
    yield
    left = watch.left()
    assert not left, f"the test left {', '.join(left)}"
    theme.keeper().show(theme.LIGHT)


@pytest.fixture
def session() -> Session:
    """A session on LeNet-5."""
    session = Session(Design())
    session.open(load(LENET))
    return session


@pytest.fixture
def open_window(qtbot: Any, kernels: None) -> Iterator[Callable[..., Window]]:
    """Opens windows that have painted, loaded their maps and run; closes them at the end."""
    opened: list[Window] = []

    def start(path: Path | None = None, wait: bool = True) -> Window:
        window = program.open_window(str(path) if path else None)
        opened.append(window)
        window.resize(1400, 900)
        window.show()
        qtbot.waitUntil(lambda: len(window.maps) == 3, timeout=30_000)
        if wait:
            qtbot.waitUntil(lambda: window._latest is not None and bool(window._latest.thumbnails), timeout=60_000)
        return window

    yield start
    for window in opened:
        window._leaving = True
        window.close()
        window.deleteLater()


@pytest.fixture
def lenet(open_window: Callable[..., Window], tmp_path: Path) -> Window:
    """A window on a copy of LeNet-5 that has run."""
    path = tmp_path / "lenet5.json"
    path.write_bytes(LENET.read_bytes())
    return open_window(path)


@pytest.fixture
def inspector(session: Session, qtbot: Any) -> Iterator[Inspector]:
    """The inspector of a session on LeNet-5, conv1 selected, in a window of its own."""
    tasks = Tasks()
    made = Inspector(session, tasks)
    qtbot.addWidget(made)
    made.resize(286, 860)
    session.select(("conv1",))
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    yield made
    tasks.wait()
