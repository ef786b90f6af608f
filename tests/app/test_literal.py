"""What a person wrote stands everywhere as it was written: nothing of it is taken for HTML or for a letter to press."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from PySide6.QtGui import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QMenu, QMessageBox, QTabBar, QWidget

from cnnbuilder.app.window import Window
from cnnbuilder.app.words import literal, unmarked
from tests.app.conftest import LENET

MARK = "<b>x & y"
NAME = "<b>x & y.json"


def wrong(window: QWidget) -> Iterator[str]:
    """What would be shown otherwise than it was written."""
    for widget in QApplication.allWidgets():
        name = f"{type(widget).__name__} {widget.objectName()!r}"
        texts = [(widget.toolTip(), "tooltip"), *((action.toolTip(), "tooltip") for action in widget.actions())]
        marked = [action.text() for action in widget.actions()]
        if isinstance(widget, QLabel) and widget.textFormat() is Qt.TextFormat.AutoText:
            texts.append((widget.text(), "text"))
        if isinstance(widget, QAbstractButton):
            marked.append(widget.text())
        if isinstance(widget, QTabBar):
            marked += [widget.tabText(number) for number in range(widget.count())]
            texts += [(widget.tabToolTip(number), "tooltip") for number in range(widget.count())]
        yield from (f"{what} of {name}: {text}" for text, what in texts if "<b>x" in text and Qt.mightBeRichText(text))
        yield from (f"& of {name}: {text}" for text in marked if "<b>x" in text and "x && y" not in text)


def test_names_are_shown_as_written(open_window: Callable[..., Window], qtbot: Any, tmp_path: Path) -> None:
    data = json.loads(LENET.read_text())
    data |= {"name": MARK, "labels": [f"{MARK} {number}" for number in range(10)]}
    data |= {"notes": [{"text": MARK, "x": 0, "y": -90}], "groups": [{"name": MARK, "blocks": ["conv2", "relu2"]}]}
    path = tmp_path / NAME
    path.write_text(json.dumps(data))
    window = open_window(path)
    qtbot.waitUntil(lambda: window._latest is not None and window._latest.target is not None)
    window.session.fold(MARK, False)
    assert window.session.shown.undo is not None and MARK in window.session.shown.undo
    window.session.fold(MARK, True)
    card = window.canvas.cards.stacks[MARK].outline.center()
    window.canvas.fit()
    qtbot.mouseMove(window.canvas, window.canvas.mapFromScene(card))
    qtbot.waitUntil(lambda: "x &amp; y" in window.canvas.toolTip())
    window.documents.remember(path)
    window.documents.fail(f"{path.name} cannot be opened", f"{path}: so it is")
    window.documents.close()
    window.session.select(("conv2",))
    for menu in window.menuBar().findChildren(QMenu):
        menu.aboutToShow.emit()
    assert list(wrong(window)) == []
    for box in window.findChildren(QMessageBox):
        assert MARK in box.text()
        box.reject()


def test_literal_words() -> None:
    assert literal("5 > 3 & 2") == "5 > 3 & 2"
    assert literal("<i>a\nb") == "<qt>&lt;i&gt;a<br>b</qt>"
    assert unmarked("salt & pepper") == "salt && pepper"
