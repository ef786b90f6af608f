"""The canvas by keyboard, and what a screen reader is told."""

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from cnnbuilder.app.canvas.view import Canvas

from .conftest import GROUPED, NOTES, Hand, Said, branching

Key = Qt.Key
SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
Show = Callable[..., Canvas]


@pytest.mark.parametrize(
    ("begin", "keys", "end"),
    [
        ((), [Key.Key_Right], "image"),
        (("image",), [Key.Key_Right], "conv1"),
        (("image",), [Key.Key_Right, Key.Key_Down], "conv2"),
        (("conv2",), [Key.Key_Up], "conv1"),
        (("conv2",), [Key.Key_Right, Key.Key_Right], "relu1"),
        (("relu1",), [Key.Key_Left, Key.Key_Left], "conv1"),
        (("conv2",), [Key.Key_Left], "image"),
        (("add1",), [Key.Key_Home], "image"),
        (("add1",), [Key.Key_End], "loose"),
    ],
)
def test_arrows_walk_along_links_and_between_branches(
    show: Show, qtbot: Any, begin: tuple[str, ...], keys: list[Any], end: str
) -> None:
    canvas = show(selected=begin)
    for key in keys:
        qtbot.keyClick(canvas, key)
    assert canvas.selection == (end,)
    assert canvas.seen.contains(canvas.cards.cards[end].outline)


def test_in_a_design_laid_downwards_the_arrows_turn_with_it(show: Show, qtbot: Any) -> None:
    canvas = show(branching(direction="down"), ("image",))
    qtbot.keyClick(canvas, Key.Key_Down)
    assert canvas.selection == ("conv1",)


def test_walking_goes_through_a_folded_group_as_one_card(show: Show, qtbot: Any) -> None:
    canvas = show(branching(groups=GROUPED), ("image",))
    said = Said(canvas)
    qtbot.keyClick(canvas, Key.Key_Right)
    assert canvas.selection == ("conv1", "conv2", "add1")
    qtbot.keyClick(canvas, Key.Key_Return)
    assert said.fold == [("branches", False)]
    qtbot.keyClick(canvas, Key.Key_Right)
    assert canvas.selection == ("relu1",)


def test_shift_and_an_arrow_extend_the_selection(show: Show, qtbot: Any) -> None:
    canvas = show(selected=("image",))
    qtbot.keyClick(canvas, Key.Key_Right, SHIFT)
    qtbot.keyClick(canvas, Key.Key_Right, SHIFT)
    assert canvas.selection == ("image", "conv1", "add1")


def test_control_and_an_arrow_move_what_is_selected(show: Show, qtbot: Any) -> None:
    canvas = show(branching(notes=NOTES), ("conv1",))
    said = Said(canvas)
    qtbot.keyClick(canvas, Key.Key_Down, CTRL)
    assert said.moved == [({"conv1": (213, 8)}, {})]


def test_delete_enter_escape(show: Show, qtbot: Any) -> None:
    canvas = show(selected=("conv1",))
    said = Said(canvas)
    qtbot.keyClick(canvas, Key.Key_Return)
    qtbot.keyClick(canvas, Key.Key_Delete)
    qtbot.keyClick(canvas, Key.Key_Escape)
    assert said.edit_wanted == [("conv1",)] and said.remove == [()] and said.selected == [((),)]


def test_tab_offers_what_may_come_next_at_the_output(show: Show, qtbot: Any) -> None:
    canvas = show(selected=("relu1",))
    said = Said(canvas)
    qtbot.keyClick(canvas, Key.Key_Tab)
    ((id, place, at),) = said.wanted_next
    assert id == "relu1" and at == QPointF(*canvas.cards.cards["relu1"].output())
    assert canvas.rect().contains(canvas.mapFromGlobal(place))


def test_tab_on_an_empty_canvas_asks_for_a_first_block(show: Show, qtbot: Any) -> None:
    from cnnbuilder.design.document import Design

    canvas = show(Design(name="empty"))
    said = Said(canvas)
    qtbot.keyClick(canvas, Key.Key_Tab)
    assert said.wanted_next[0][0] is None


def test_control_tab_and_shift_tab_leave_the_canvas(qapp: object, qtbot: Any) -> None:
    room = QWidget()
    column = QVBoxLayout(room)
    before, canvas, after = QLineEdit(), Canvas(), QLineEdit()
    for widget in (before, canvas, after):
        column.addWidget(widget)
    room.show()
    room.activateWindow()
    qtbot.waitUntil(room.isActiveWindow)
    canvas.setFocus()
    qtbot.keyClick(canvas, Key.Key_Tab)
    assert canvas.hasFocus()
    qtbot.keyClick(canvas, Key.Key_Tab, CTRL)
    assert after.hasFocus()
    canvas.setFocus()
    qtbot.keyClick(canvas, Key.Key_Backtab, SHIFT)
    assert before.hasFocus()
    room.close()
    room.deleteLater()


def test_the_focus_is_seen(show: Show, qtbot: Any) -> None:
    canvas = show()
    canvas.activateWindow()
    qtbot.waitUntil(canvas.isActiveWindow)
    canvas.setFocus()
    with_focus = canvas.grab().toImage().pixelColor(0, 300)
    canvas.clearFocus()
    assert canvas.grab().toImage().pixelColor(0, 300) != with_focus


def test_what_is_selected_is_said(show: Show) -> None:
    canvas = show(selected=("conv1",))
    words = canvas.accessibleDescription()
    assert words.startswith("conv1, ") and "output 8 × 8 × 4" in words
    assert "reads image" in words and "read by add1" in words
    canvas.show_design(canvas.cards.design, ())
    assert canvas.accessibleDescription().startswith("6 blocks, none selected.")
    x, y = canvas.cards.cards["add1"].output()
    Hand(canvas).click(x + 32, y)
    assert canvas.accessibleDescription().startswith("Link add1 → relu1")
