"""The window under random hands: nothing raises, and undo leads back to the beginning.

`CNNBUILDER_MONKEY=steps` lets it go on for longer, `CNNBUILDER_SEED=number` with other hands.
"""

import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QDialog, QFileDialog, QWidget

from cnnbuilder.app.laboratory.chapters import CHAPTERS
from cnnbuilder.app.window import Window
from cnnbuilder.design.layer import parameters_of

STEPS = int(os.environ.get("CNNBUILDER_MONKEY", "60"))
SEEDS = [int(os.environ["CNNBUILDER_SEED"])] if "CNNBUILDER_SEED" in os.environ else [1, 2]
LEAVING = {"quit", "open", "save", "save-as", "picture", "close", "pictures"}
"""Commands that ask for a file, or end the test."""
KEYS = [
    getattr(Qt.Key, f"Key_{name}")
    for name in [
        "Left",
        "Right",
        "Up",
        "Down",
        "Return",
        "Escape",
        "Tab",
        "Backtab",
        "Delete",
        "Backspace",
        "Space",
        "Home",
        "End",
        "PageUp",
        "PageDown",
        "F2",
        "Slash",
        "Plus",
        "Minus",
        "A",
        "B",
        "D",
        "E",
        "L",
        "O",
        "P",
        "U",
        "1",
        "2",
        "5",
        "9",
    ]
]
HELD = [Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier]
WORDS = ("99", "conv", "0", "-3", "1e9", "max", "[]", "5 x 3", "0,5")
VALUES: tuple[Any, ...] = (0, 1, 2, 3, 7, 99, -1, 0.5, [2, 2], [3, 5], "same", "valid", "nonsense", True, None)


class Monkey:
    """Random hands on a window."""

    def __init__(self, window: Window, seed: int) -> None:
        self.window = window
        self.random = random.Random(seed)
        self.done: list[tuple[Any, ...]] = []

    def step(self) -> None:
        """Do something."""
        ways: dict[Callable[[], None], int] = {
            self.click: 20,
            self.key: 22,
            self.drag: 6,
            self.wheel: 5,
            self.command: 8,
            self.undo: 6,
            self.view: 6,
            self.experiment: 1,
            self.parameter: 6,
            self.unit: 5,
            self.words: 3,
        }
        self.random.choices(list(ways), list(ways.values()))[0]()
        QApplication.processEvents()
        self._leave_dialogs()
        shown = self.window.session.shown
        for tab in shown.tabs[: -4 if len(shown.tabs) > 4 else 0]:
            self.window.session.close_document(tab.key)
        if len(self.window.docks.held) > 14:
            self.window.docks.reset()

    def _leave_dialogs(self) -> None:
        for _ in range(5):
            open_ = QApplication.activeModalWidget() or QApplication.activePopupWidget()
            if open_ is None:
                return
            open_.reject() if isinstance(open_, QDialog) else open_.close()
            QApplication.processEvents()

    def _somewhere(self) -> tuple[QWidget, QPoint]:
        seen = [
            widget
            for widget in self.window.findChildren(QWidget)
            if widget.isVisible() and min(widget.width(), widget.height()) > 4
        ]
        widget = self.random.choice(seen)
        return widget, QPoint(self.random.randrange(widget.width()), self.random.randrange(widget.height()))

    def click(self) -> None:
        widget, at = self._somewhere()
        if "Close" in widget.accessibleName() or (isinstance(widget, QAbstractButton) and "Open …" in widget.text()):
            return
        self.done.append(("click", type(widget).__name__, widget.accessibleName(), at.toTuple()))
        left, plain = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        button = self.random.choice([left] * 5 + [Qt.MouseButton.RightButton])
        held = self.random.choice([plain] * 4 + HELD)
        press = QTest.mouseDClick if self.random.random() < 0.15 else QTest.mouseClick
        press(widget, button, held, at)

    def drag(self) -> None:
        widget, start = self._somewhere()
        if self.window.palette_.isAncestorOf(widget):  # the system's own drag waits for a real mouse
            return
        end = QPoint(self.random.randrange(widget.width()), self.random.randrange(widget.height()))
        self.done.append(("drag", type(widget).__name__, start.toTuple(), end.toTuple()))
        left, plain = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        QTest.mousePress(widget, left, plain, start)
        for part in range(1, 5):
            QTest.mouseMove(widget, start + (end - start) * part / 4)
        QTest.mouseRelease(widget, left, plain, end)

    def wheel(self) -> None:
        widget, at = self._somewhere()
        plain = Qt.KeyboardModifier.NoModifier
        held = self.random.choice([plain, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier])
        self.done.append(("wheel", type(widget).__name__, held))
        by, none = QPoint(0, self.random.choice([-120, 120])), Qt.MouseButton.NoButton
        place, phase = QPointF(widget.mapToGlobal(at)), Qt.ScrollPhase.NoScrollPhase
        QApplication.sendEvent(widget, QWheelEvent(QPointF(at), place, QPoint(), by, none, held, phase, False))

    def _press(self, key: Any, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        # The widget that had the keyboard may be gone with the press.
        QTest.keyPress(QApplication.focusWidget() or self.window.canvas, key, held)
        QTest.keyRelease(QApplication.focusWidget() or self.window.canvas, key, held)

    def key(self) -> None:
        plain = Qt.KeyboardModifier.NoModifier
        held = self.random.choice([plain] * 5 + HELD)
        key = self.random.choice(KEYS)
        if held == Qt.KeyboardModifier.ControlModifier and key in (Qt.Key.Key_O, Qt.Key.Key_P):
            return
        self.done.append(("key", key, held))
        self._press(key, held)

    def words(self) -> None:
        words = self.random.choice(WORDS)
        self.done.append(("words", words))
        for letter in words:
            self._press(letter)

    def command(self) -> None:
        known = [name for name in self.window.actions_.made if name not in LEAVING and "experiment" not in name]
        name = self.random.choice(known)
        self.done.append(("command", name))
        self.window.actions_.made[name].trigger()

    def undo(self) -> None:
        self.done.append(("undo",))
        session = self.window.session
        for _ in range(self.random.randrange(1, 6)):
            (session.undo if self.random.random() < 0.7 else session.redo)()

    def view(self) -> None:
        kind = self.random.choice(list(self.window.docks.kinds))
        self.done.append(("view", kind))
        (self.window.docks.open if self.random.random() < 0.1 else self.window.docks.enter)(kind)

    def experiment(self) -> None:
        name = self.random.choice([item.name for chapter in CHAPTERS for item in chapter.experiments])
        self.done.append(("experiment", name))
        self.window.shell.laboratory.open(name)

    def parameter(self) -> None:
        blocks = [block for block in self.window.session.design.blocks.values() if block.layer_class]
        if blocks:
            block = self.random.choice(blocks)
            assert block.layer_class is not None
            names = list(parameters_of(block.layer_class))
            if names:
                name, value = self.random.choice(names), self.random.choice(VALUES)
                self.done.append(("parameter", block.id, name, value))
                self.window.session.set_param(block.id, name, value)

    def unit(self) -> None:
        shapes = {id: shape for id, shape in self.window.session.shown.report.shapes.items() if shape}
        if shapes:
            id = self.random.choice(list(shapes))
            index = tuple(self.random.randrange(n) for n in shapes[id])
            self.done.append(("unit", id, index))
            self.window.docks.mark_unit(id, index)


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_that_hands_can_do_raises(
    lenet: Window, qtbot: Any, seed: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("getOpenFileName", "getSaveFileName"):
        monkeypatch.setattr(QFileDialog, name, staticmethod(lambda *_: ("", "")))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", staticmethod(lambda *_: ""))
    monkey = Monkey(lenet, seed)
    with qtbot.captureExceptions() as raised:
        for _ in range(STEPS):
            monkey.step()
            assert not raised, f"after {monkey.done[-4:]}: {raised[0][1]!r}"
    qtbot.waitUntil(lambda: not lenet.tasks._threads, timeout=30_000)
    monkey._leave_dialogs()
    session = lenet.session
    for _ in range(session.step):
        session.undo()
    assert session.step == 0
    if session.shown.path is not None:
        assert list(session.design.blocks) == list(LENET_BLOCKS)
    qtbot.waitUntil(lambda: not lenet.runner.is_running, timeout=60_000)


LENET_BLOCKS = [
    "image",
    "conv1",
    "relu1",
    "pool1",
    "conv2",
    "relu2",
    "pool2",
    "flatten",
    "dense1",
    "relu3",
    "dense2",
    "relu4",
    "dense3",
    "softmax",
]
