"""A canvas on its own: no window, no document. What it says is gathered."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from cnnbuilder.app.canvas.view import Canvas
from cnnbuilder.design.document import Design, Group, Note
from cnnbuilder.design.graph import Link

LEFT, NO_BUTTON = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
PLAIN = Qt.KeyboardModifier.NoModifier


def branching(**changes: Any) -> Design:
    """A picture, two branches that an add joins, and a loose block."""
    blocks = [
        {"id": "image", "kind": "input", "params": {"channels": 1, "height": 8, "width": 8}},
        {"id": "conv1", "kind": "conv", "params": {"filters": 4, "padding": "same"}},
        {"id": "conv2", "kind": "conv", "params": {"filters": 4, "padding": "same"}},
        {"id": "add1", "kind": "add", "params": {}},
        {"id": "relu1", "kind": "activation", "params": {}},
        {"id": "loose", "kind": "activation", "params": {}},
    ]
    links = [
        ("image", "conv1", 0),
        ("image", "conv2", 0),
        ("conv1", "add1", 0),
        ("conv2", "add1", 1),
        ("add1", "relu1", 0),
    ]
    layout = {"image": (0, 0), "conv1": (213, 0), "conv2": (213, 270), "add1": (426, 0), "relu1": (639, 0)}
    data = {
        "format": "cnnbuilder",
        "version": 1,
        "blocks": blocks,
        "links": [{"from": a, "to": b, "input": n} for a, b, n in links],
        "layout": {**layout, "loose": (639, 300)},
    }
    return replace(Design.from_dict(data), **changes)


NOTES = (Note("Two ways that meet again.", 0.0, 290.0, 160.0),)
GROUPED = (Group("branches", ("conv1", "conv2", "add1"), True),)
LOOSE_LINK = Link("add1", "relu1", 0)


class Hand:
    """A mouse on a canvas, in the canvas's own coordinates."""

    def __init__(self, canvas: Canvas) -> None:
        self.canvas = canvas
        self.at = QPointF()

    def _send(self, kind: QEvent.Type, button: Any, buttons: Any, keys: Any) -> None:
        at = self.canvas.viewpoint.to_view(self.at)
        event = QMouseEvent(kind, at, QPointF(self.canvas.mapToGlobal(at.toPoint())), button, buttons, keys)
        QApplication.sendEvent(self.canvas, event)

    def press(self, x: float, y: float, keys: Any = PLAIN, button: Any = LEFT) -> None:
        self.at = QPointF(x, y)
        self._send(QEvent.Type.MouseMove, NO_BUTTON, NO_BUTTON, keys)
        self._send(QEvent.Type.MouseButtonPress, button, button, keys)

    def move(self, x: float, y: float, keys: Any = PLAIN, button: Any = LEFT) -> None:
        """In several steps, as a hand moves."""
        begin = self.at
        for step in range(1, 5):
            self.at = begin + (QPointF(x, y) - begin) * (step / 4)
            self._send(QEvent.Type.MouseMove, NO_BUTTON, button, keys)

    def release(self, keys: Any = PLAIN, button: Any = LEFT) -> None:
        self._send(QEvent.Type.MouseButtonRelease, button, NO_BUTTON, keys)

    def click(self, x: float, y: float, keys: Any = PLAIN) -> None:
        self.press(x, y, keys)
        self.release(keys)

    def double_click(self, x: float, y: float) -> None:
        self.click(x, y)
        self._send(QEvent.Type.MouseButtonDblClick, LEFT, LEFT, PLAIN)
        self.release()

    def drag(self, a: tuple[float, float], b: tuple[float, float], keys: Any = PLAIN) -> None:
        self.press(*a, keys)
        self.move(*b, keys)
        self.release(keys)

    def hover(self, x: float, y: float) -> None:
        self.at = QPointF(x, y)
        self._send(QEvent.Type.MouseMove, NO_BUTTON, NO_BUTTON, PLAIN)


SIGNALS = (
    *("selected", "moved", "remove", "unlink", "connect_blocks", "rejoined", "inserted", "dropped", "channel_turned"),
    *("wanted_next", "fold", "note_edited", "note_resized", "note_removed", "edit_wanted", "context", "zoomed"),
)


class Said:
    """What a canvas said, a list of arguments a signal."""

    def __init__(self, canvas: Canvas) -> None:
        for name in SIGNALS:
            told: list[tuple[Any, ...]] = []
            setattr(self, name, told)
            getattr(canvas, name).connect(lambda *words, told=told: told.append(words))

    def __getattr__(self, name: str) -> list[tuple[Any, ...]]:
        raise AttributeError(name)


@pytest.fixture
def show(qapp: QApplication) -> Iterator[Callable[..., Canvas]]:
    """Opens canvases of 1,000 × 700 on a design, at 100 %, its corner 60 pixels from the canvas's."""
    opened: list[Canvas] = []

    def start(design: Design | None = None, selected: tuple[str, ...] = (), zoom: float = 1.0) -> Canvas:
        canvas = Canvas()
        opened.append(canvas)
        canvas.resize(1000, 700)
        canvas.show_design(design or branching(), selected)
        canvas.show()
        canvas.reset_zoom()
        canvas.zoom_by(zoom)
        canvas.centre_on(QPointF(500 / zoom - 60, 350 / zoom - 60))
        return canvas

    yield start
    for canvas in opened:
        canvas.close()
        canvas.deleteLater()


@pytest.fixture
def canvas(show: Callable[..., Canvas]) -> Canvas:
    return show()


@pytest.fixture
def hand(canvas: Canvas) -> Hand:
    return Hand(canvas)


@pytest.fixture
def said(canvas: Canvas) -> Said:
    return Said(canvas)
