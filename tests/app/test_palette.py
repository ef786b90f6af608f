"""The palette: found, added, dragged, folded to icons."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QDrag
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QTreeWidgetItem, QWidget

from cnnbuilder.app.canvas.view import KIND_MIME
from cnnbuilder.app.palette import ICONS_ALONE, KIND, Palette
from cnnbuilder.app.window import Window
from cnnbuilder.design.layer import kinds
from cnnbuilder.design.words import sentence


@pytest.fixture
def palette(qtbot: Any) -> Iterator[Palette]:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(1500, 700)
    made = Palette()
    made.setParent(window)
    made.resize(220, 700)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    yield made


def entries(palette: Palette) -> dict[str, QTreeWidgetItem]:
    return {item.data(0, KIND): item for item in palette._items() if item.data(0, KIND)}


def listed(palette: Palette) -> list[str]:
    return [kind for kind, item in entries(palette).items() if not item.isHidden()]


def test_every_kind_is_there_with_its_name_and_one_line(palette: Palette) -> None:
    found = entries(palette)
    assert list(found) == list(kinds())
    for kind, item in found.items():
        assert item.text(0) == kinds()[kind].label
        assert sentence(kinds()[kind]) in item.toolTip(0)
        assert not item.icon(0).isNull()


def test_a_kind_is_found_by_name_group_and_what_it_does(palette: Palette, qtbot: Any) -> None:
    for kind, layer in kinds().items():
        for words in (layer.label, kind, layer.group):
            palette.search.setText(words)
            assert kind in listed(palette), words
    palette.search.setText("probabilities")
    assert listed(palette) == ["softmax"]
    headings = [item for item in palette._items() if not item.data(0, KIND) and not item.isHidden()]
    assert len(headings) == 1


def test_the_best_match_is_the_one_that_enter_adds(palette: Palette, qtbot: Any) -> None:
    palette.search_for()
    qtbot.keyClicks(palette.search, "max")
    with qtbot.waitSignal(palette.chosen) as caught:
        qtbot.keyClick(palette.search, Qt.Key.Key_Return)
    assert caught.args == ["max_pool"]
    palette.search.clear()
    qtbot.keyClicks(palette.search, "no such thing")
    assert not listed(palette) and "No kind" in palette._says.text()
    with qtbot.assertNotEmitted(palette.chosen):
        qtbot.keyClick(palette.search, Qt.Key.Key_Return)


def test_down_goes_into_the_list_enter_adds_and_escape_leaves(palette: Palette, qtbot: Any) -> None:
    palette.search_for()
    qtbot.keyClicks(palette.search, "pooling")
    qtbot.keyClick(palette.search, Qt.Key.Key_Down)
    assert palette.tree.hasFocus()
    qtbot.keyClick(palette.tree, Qt.Key.Key_Down)
    current = palette.tree.currentItem()
    with qtbot.waitSignal(palette.chosen) as caught:
        qtbot.keyClick(palette.tree, Qt.Key.Key_Return)
    assert caught.args == [current.data(0, KIND)] and kinds()[caught.args[0]].group == "Pooling"
    with qtbot.waitSignal(palette.left):
        qtbot.keyClick(palette.tree, Qt.Key.Key_Escape)
    assert palette.search.text() == "" and len(listed(palette)) == len(kinds())


def test_double_click_adds(palette: Palette, qtbot: Any) -> None:
    palette.tree.scrollToItem(entries(palette)["dense"])
    place = palette.tree.visualItemRect(entries(palette)["dense"]).center()
    qtbot.mouseClick(palette.tree.viewport(), Qt.MouseButton.LeftButton, pos=place)
    with qtbot.waitSignal(palette.chosen) as caught:
        qtbot.mouseDClick(palette.tree.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert caught.args == ["dense"]


def test_what_is_dragged_is_the_kind_with_its_icon(palette: Palette, monkeypatch: pytest.MonkeyPatch) -> None:
    dragged: list[QDrag] = []
    monkeypatch.setattr(QDrag, "exec", lambda self, *_: dragged.append(self))
    palette.tree.setCurrentItem(entries(palette)["conv"])
    palette.tree.startDrag(Qt.DropAction.CopyAction)
    assert bytes(dragged[0].mimeData().data(KIND_MIME).data()) == b"conv"
    assert dragged[0].pixmap().width() >= 32
    palette.tree.setCurrentItem(None)
    palette.tree.startDrag(Qt.DropAction.CopyAction)
    assert len(dragged) == 1


def test_the_line_below_says_what_the_kind_pointed_at_does(palette: Palette, qtbot: Any) -> None:
    place = palette.tree.visualItemRect(entries(palette)["flatten"]).center()
    QTest.mouseMove(palette.tree.viewport(), place - QPoint(3, 0))
    QTest.mouseMove(palette.tree.viewport(), place)
    qtbot.waitUntil(lambda: palette._says.text() == sentence(kinds()["flatten"]))


def test_icons_alone_by_button_is_remembered(palette: Palette, qtbot: Any) -> None:
    qtbot.mouseClick(palette._fold, Qt.MouseButton.LeftButton)
    assert palette.collapsed and palette.width() == ICONS_ALONE and palette.search.isHidden()
    assert entries(palette)["conv"].text(0) == "" and "Convolution" in entries(palette)["conv"].toolTip(0)
    again = Palette()
    again.setParent(palette.window())
    again.show()
    assert again.collapsed
    palette.search_for()
    assert not palette.collapsed and palette.search.hasFocus()
    qtbot.keyClick(palette.search, Qt.Key.Key_Escape)
    assert palette.collapsed


def test_a_narrow_window_shows_icons_alone(lenet: Window, qtbot: Any) -> None:
    assert not lenet.palette_.collapsed
    wide = lenet.palette_.width()
    lenet.resize(1366, 768)
    qtbot.waitUntil(lambda: lenet.palette_.width() == ICONS_ALONE)
    lenet.resize(1440, 900)
    qtbot.waitUntil(lambda: abs(lenet.palette_.width() - wide) < 3)


def test_slash_focuses_the_search_and_escape_gives_the_canvas_back(
    open_window: Callable[..., Window], qtbot: Any
) -> None:
    window = open_window(wait=False)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.canvas.setFocus()
    qtbot.keyClick(window.canvas, Qt.Key.Key_Slash)
    qtbot.waitUntil(window.palette_.search.hasFocus)
    qtbot.keyClicks(window.palette_.search, "batch")
    before = len(window.session.design.blocks)
    qtbot.keyClick(window.palette_.search, Qt.Key.Key_Return)
    assert len(window.session.design.blocks) == before + 1
    qtbot.keyClick(window.palette_.search, Qt.Key.Key_Escape)
    qtbot.waitUntil(window.canvas.hasFocus)
