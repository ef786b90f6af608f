"""Several documents in one window: opening, turning to, closing, leaving."""

import os
from pathlib import Path
from typing import Any

import psutil
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox

from cnnbuilder.app.session import Session
from cnnbuilder.app.window import Window
from cnnbuilder.files import load
from cnnbuilder.files.resources import samples

Button = QMessageBox.StandardButton


def question(window: Window) -> QMessageBox:
    """The one question that is asked."""
    (box,) = [box for box in window.findChildren(QMessageBox, "unsaved") if box.isVisible()]
    return box


def answer(window: Window, button: QMessageBox.StandardButton) -> None:
    """Click one of its buttons."""
    box = question(window)
    box.button(button).click()
    box.deleteLater()


def ran(window: Window) -> bool:
    """Whether what is shown is what ran last."""
    return window._latest is not None and window._latest.request.design is window.session.design


@pytest.fixture
def two(lenet: Window, qtbot: Any, tmp_path: Path) -> Window:
    """A window on LeNet-5 and, on top, another design."""
    lenet.session.set_param("conv1", "filters", 7)
    lenet.session.undo()
    lenet.documents.open(samples() / "alexnet.json", True)
    qtbot.waitUntil(lambda: len(lenet.session.shown.tabs) == 2 and ran(lenet), timeout=60_000)
    return lenet


def test_documents_are_turned_to_by_their_tabs(two: Window, qtbot: Any) -> None:
    assert two.strip.isVisible()
    assert two.strip.bar.count() == 2
    qtbot.mouseClick(two.strip.bar, Qt.MouseButton.LeftButton, pos=two.strip.bar.tabRect(0).center())
    assert "relu4" in two.session.design.blocks and set(two.canvas.cards.cards) == set(two.session.design.blocks)
    qtbot.waitUntil(lambda: ran(two), timeout=30_000)
    two.strip.step(1)
    assert "relu4" not in two.session.shown.title and len(two.session.design.blocks) > 15


def test_a_file_that_is_open_is_turned_to(two: Window, qtbot: Any, tmp_path: Path) -> None:
    two.documents.open(tmp_path / "lenet5.json")
    assert len(two.session.shown.tabs) == 2
    assert two.session.shown.path == tmp_path / "lenet5.json"


def test_closing_asks_only_for_changes(two: Window, qtbot: Any) -> None:
    first, second = (tab.key for tab in two.session.shown.tabs)
    two.documents.close(second)
    assert [tab.key for tab in two.session.shown.tabs] == [first] and not two.strip.isVisible()
    two.session.set_param("conv1", "filters", 9)
    two.documents.close()
    answer(two, Button.Cancel)
    assert two.session.design.blocks["conv1"].params["filters"] == 9
    two.documents.close()
    answer(two, Button.Discard)
    assert not two.session.design.blocks


def test_leaving_asks_for_each_document_and_shows_it(two: Window, qtbot: Any) -> None:
    first, second = (tab.key for tab in two.session.shown.tabs)
    two.session.set_param("conv1", "filters", 9)
    two.session.show_document(first)
    two.session.set_param("conv1", "filters", 8)
    two.session.show_document(second)
    two.close()
    assert two.session.shown.key == first
    answer(two, Button.Save)
    path = two.session.shown.path
    assert path is not None
    qtbot.waitUntil(lambda: not two.session.shown.tabs[0].changed, timeout=10_000)
    assert load(path).blocks["conv1"].params["filters"] == 8
    qtbot.waitUntil(lambda: two.session.shown.key == second, timeout=10_000)
    answer(two, Button.Cancel)
    assert two.isVisible() and two.session.shown.tabs[1].changed


def test_a_thousand_documents_leave_no_memory_behind(qapp: object, kernels: None) -> None:
    session = Session()
    designs = [load(samples() / f"{name}.json") for name in ("lenet5", "resnet18", "vgg16")]
    process = psutil.Process(os.getpid())

    def open_and_close(times: int) -> int:
        for number in range(times):
            session.open(designs[number % 3], {})
            session.append("activation")
            session.close_document(session.shown.key)
        return int(process.memory_info().rss)

    before = open_and_close(300)
    after = open_and_close(1000)
    assert after - before < 4 * 2**20


def test_an_empty_desk_is_no_problem(lenet: Window, qtbot: Any) -> None:
    lenet.documents.close()
    qtbot.waitUntil(lambda: ran(lenet), timeout=10_000)
    assert lenet.status._fits.text() == "Nothing is drawn yet"
    assert not lenet.status._parameters.isVisible()
    assert lenet._latest is not None and lenet._latest.message == ""
    lenet.documents.new()
    assert lenet.status._parameters.isVisible() and lenet.status._fits.text() == "All blocks fit"
