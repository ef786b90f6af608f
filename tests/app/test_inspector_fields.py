"""The inspector's fields with real keys and a real mouse: typing, stepping, dragging, and whatever else is typed."""

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import QLocale, QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QMenu, QSlider, QWidget

from cnnbuilder.app.inspector.line import Grip, Line
from cnnbuilder.app.inspector.panel import Inspector
from cnnbuilder.app.session import Session
from cnnbuilder.design.check import check
from cnnbuilder.design.layer import kinds
from tests.app.inspecting import KEYS, drag, enter, faults, field, seen, type_over, value

LEFT = Qt.MouseButton.LeftButton

# Typing


def test_what_is_typed_shows_as_soon_as_it_is_a_value(inspector: Inspector, session: Session, qtbot: Any) -> None:
    line = field(inspector, "filters")
    type_over(qtbot, line, "1")
    assert value(session, "conv1", "filters") == 1
    qtbot.keyClicks(line, "2")
    assert value(session, "conv1", "filters") == 12 and line.text() == "12"


def test_all_that_is_typed_in_one_field_is_one_step_of_undo(inspector: Inspector, session: Session, qtbot: Any) -> None:
    line = field(inspector, "filters")
    type_over(qtbot, line, "123")
    qtbot.keyClick(line, KEYS.Key_Up)
    assert value(session, "conv1", "filters") == 124 and session.steps == ["Filters of conv1"]
    enter(qtbot, field(inspector, "groups"))
    type_over(qtbot, line, "7")
    assert len(session.steps) == 2, "a field that was left begins another step"
    session.undo()
    assert line.text() == "124"
    session.undo()
    assert line.text() == "6"


def test_a_click_into_a_field_selects_it_so_that_typing_replaces_it(
    inspector: Inspector, session: Session, qtbot: Any
) -> None:
    filters, kernel = field(inspector, "filters"), field(inspector, "kernel_size")
    qtbot.mouseClick(filters, LEFT)
    qtbot.keyClicks(filters, "12")
    assert value(session, "conv1", "filters") == 12
    qtbot.mouseClick(filters, LEFT)
    assert not filters.hasSelectedText(), "a second click sets the cursor"
    qtbot.mouseClick(kernel, LEFT)
    assert not filters.hasSelectedText()
    qtbot.mouseDClick(kernel, LEFT)
    qtbot.keyClicks(kernel, "3")
    assert value(session, "conv1", "kernel_size") == [3, 3], "two numbers that are linked are one value"


def test_half_a_pair_is_not_taken_from_under_the_hands(inspector: Inspector, session: Session, qtbot: Any) -> None:
    line = field(inspector, "kernel_size")
    type_over(qtbot, line, "3")
    assert value(session, "conv1", "kernel_size") == [3, 3] and line.text() == "3"
    qtbot.keyClicks(line, " x")
    assert line.text() == "3 x" and value(session, "conv1", "kernel_size") == [3, 3]
    qtbot.keyClicks(line, " 5")
    assert value(session, "conv1", "kernel_size") == [3, 5]
    qtbot.keyClick(line, KEYS.Key_Return)
    assert line.text() == "3 × 5"


def test_what_is_no_value_is_explained_after_a_pause_and_nothing_is_lost(
    inspector: Inspector, session: Session, qtbot: Any
) -> None:
    line = field(inspector, "filters")
    type_over(qtbot, line, "0")
    assert value(session, "conv1", "filters") == 6 and not session.steps
    qtbot.waitUntil(lambda: faults(inspector) == ["Must be a whole number of at least 1."])
    enter(qtbot, field(inspector, "groups"))
    assert line.text() == "0" and faults(inspector)
    type_over(qtbot, line, "8")
    assert not faults(inspector) and value(session, "conv1", "filters") == 8


def test_undo_while_typing_is_the_documents_unless_half_typed(
    inspector: Inspector, session: Session, qtbot: Any
) -> None:
    line = field(inspector, "filters")
    type_over(qtbot, line, "12")
    assert not line.half_typed
    session.undo()
    assert line.text() == "6"
    type_over(qtbot, line, "a")
    assert line.half_typed
    session.select(("conv2",))
    assert field(inspector, "filters").text() == "16", "half typed text is not carried to another block"


def test_escape_goes_back_and_then_leaves(inspector: Inspector, session: Session, qtbot: Any) -> None:
    line = field(inspector, "filters")
    type_over(qtbot, line, "12")
    qtbot.keyClick(line, KEYS.Key_Escape)
    assert line.text() == "6" and value(session, "conv1", "filters") == 6
    with qtbot.waitSignal(inspector.done):
        qtbot.keyClick(line, KEYS.Key_Escape)


def test_enter_gives_the_keyboard_back(inspector: Inspector, qtbot: Any) -> None:
    with qtbot.waitSignal(inspector.done):
        type_over(qtbot, field(inspector, "filters"), "9")
        qtbot.keyClick(field(inspector, "filters"), KEYS.Key_Return)
    with qtbot.assertNotEmitted(inspector.done):
        type_over(qtbot, field(inspector, "filters"), "-9")
        qtbot.keyClick(field(inspector, "filters"), KEYS.Key_Return)
    assert faults(inspector) == ["Must be a whole number of at least 1."]


@pytest.fixture
def german() -> Iterator[None]:
    before = QLocale()
    QLocale.setDefault(QLocale(QLocale.Language.German, QLocale.Country.Germany))
    yield
    QLocale.setDefault(before)


def test_decimal_commas(inspector: Inspector, session: Session, qtbot: Any, german: None) -> None:
    session.append("batch_norm")
    id = session.shown.selected[0]
    line = field(inspector, "momentum")
    assert line.text() == "0,1"
    type_over(qtbot, line, "0,25")
    assert value(session, id, "momentum") == 0.25
    type_over(qtbot, line, "0.5")
    assert value(session, id, "momentum") == 0.5
    qtbot.keyClick(line, KEYS.Key_Return)
    assert line.text() == "0,5"
    session.select(("conv1",))
    pair = field(inspector, "kernel_size")
    type_over(qtbot, pair, "3,5")
    qtbot.keyClick(pair, KEYS.Key_Return)
    assert value(session, "conv1", "kernel_size") == [3, 3] and faults(inspector)
    session.select(("image",))
    type_over(qtbot, field(inspector, "mean"), "0,5")
    assert value(session, "image", "mean") == [0.5]


# Steps and drags


def test_arrow_keys_and_the_wheel_step(inspector: Inspector, session: Session, qtbot: Any) -> None:
    line = field(inspector, "filters")
    enter(qtbot, line)
    for key in (KEYS.Key_Up, KEYS.Key_Up, KEYS.Key_Down, KEYS.Key_PageUp):
        qtbot.keyClick(line, key)
    assert value(session, "conv1", "filters") == 17
    turn(line, 120)
    assert value(session, "conv1", "filters") == 18 and len(session.steps) == 1
    enter(qtbot, field(inspector, "groups"))
    turn(line, 120)
    assert value(session, "conv1", "filters") == 18, "without the keyboard the wheel scrolls the form"


def turn(widget: QWidget, angle: int) -> None:
    at = QPointF(widget.rect().center())
    event = QWheelEvent(
        at,
        QPointF(widget.mapToGlobal(at.toPoint())),
        QPoint(),
        QPoint(0, angle),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)


def test_steps_stop_where_the_declaration_does(inspector: Inspector, session: Session, qtbot: Any) -> None:
    line = field(inspector, "groups")
    enter(qtbot, line)
    qtbot.keyClick(line, KEYS.Key_Down)
    assert value(session, "conv1", "groups") == 1 and not session.steps


def test_a_label_is_dragged_in_one_step_of_undo(inspector: Inspector, session: Session) -> None:
    drag(seen(inspector, Grip, "grip-filters"), 71)
    assert value(session, "conv1", "filters") == 16 and len(session.steps) == 1
    drag(seen(inspector, Grip, "grip-filters"), -21)
    assert value(session, "conv1", "filters") == 13 and len(session.steps) == 2
    drag(seen(inspector, Grip, "grip-filters"), 63, fine=True)
    assert value(session, "conv1", "filters") == 15


def test_a_label_that_is_clicked_leads_to_its_field(inspector: Inspector, qtbot: Any) -> None:
    qtbot.mouseClick(seen(inspector, Grip, "grip-stride"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(field(inspector, "stride").hasFocus)


def test_a_pair_is_stepped_together_or_apart(inspector: Inspector, session: Session, qtbot: Any) -> None:
    line = field(inspector, "kernel_size")
    enter(qtbot, line)
    qtbot.keyClick(line, KEYS.Key_Up)
    assert value(session, "conv1", "kernel_size") == [6, 6]
    link = line.actions()[0]
    link.trigger()
    line.setCursorPosition(0)
    qtbot.keyClick(line, KEYS.Key_Up)
    assert value(session, "conv1", "kernel_size") == [7, 6]
    line.setCursorPosition(len(line.text()))
    qtbot.keyClick(line, KEYS.Key_Down)
    assert value(session, "conv1", "kernel_size") == [7, 5]
    link.trigger()
    assert value(session, "conv1", "kernel_size") == [7, 7]


def test_padding_is_chosen_typed_and_stepped(inspector: Inspector, session: Session, qtbot: Any) -> None:
    line = field(inspector, "padding")
    type_over(qtbot, line, "va")
    assert value(session, "conv1", "padding") == "same"
    qtbot.keyClicks(line, "lid")
    assert value(session, "conv1", "padding") == "valid"
    type_over(qtbot, line, "1 2 3 4")
    assert value(session, "conv1", "padding") == [1, 2, 3, 4]
    type_over(qtbot, line, "2")
    qtbot.keyClick(line, KEYS.Key_Up)
    assert value(session, "conv1", "padding") == 3
    qtbot.keyClick(line, KEYS.Key_Down, Qt.KeyboardModifier.AltModifier)
    menu = popup(inspector)
    next(action for action in menu.actions() if action.text().startswith("full")).trigger()
    menu.close()
    assert value(session, "conv1", "padding") == "full" and line.text() == "full"


def test_the_first_letters_of_a_padding_are_enough(inspector: Inspector, session: Session, qtbot: Any) -> None:
    line = field(inspector, "padding")
    type_over(qtbot, line, "va")
    qtbot.keyClick(line, KEYS.Key_Return)
    assert value(session, "conv1", "padding") == "valid" and line.text() == "valid"
    assert session.steps == ["Padding of conv1"]
    type_over(qtbot, line, "vx")
    qtbot.keyClick(line, KEYS.Key_Return)
    assert value(session, "conv1", "padding") == "valid" and faults(inspector)


def popup(parent: QWidget) -> QMenu:
    (menu,) = [item for item in parent.findChildren(QMenu) if item.isVisible()]
    return menu


def test_a_small_range_has_a_slider(inspector: Inspector, session: Session, qtbot: Any) -> None:
    session.append("batch_norm")
    id = session.shown.selected[0]
    slider = seen(inspector, QSlider)
    steps = len(session.steps)
    enter(qtbot, slider)
    for _ in range(5):
        qtbot.keyClick(slider, KEYS.Key_Right)
    assert value(session, id, "momentum") == pytest.approx(0.15)
    assert field(inspector, "momentum").text() == "0.15" and len(session.steps) == steps + 1


def test_a_field_is_reset_to_its_default_which_is_named(inspector: Inspector, session: Session) -> None:
    line = field(inspector, "kernel_size")
    at = line.rect().center()
    QApplication.sendEvent(line, QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, line.mapToGlobal(at)))
    menu = popup(inspector)
    reset = menu.actions()[0]
    assert reset.text() == "Reset to default (3 × 3)"
    reset.trigger()
    menu.close()
    assert value(session, "conv1", "kernel_size") == [3, 3]


# Nothing that is typed raises

NASTY = (
    "", " ", "-", "−", "nan", "inf", "1e999", "-1e999", "1e400", "0", "-1", "0.5", "10" * 15, "9" * 5000, "1e30", "٣",
    "²", "½", "5 × ", "5x5x5", "[[[", "[" * 3000, "{}", '{"a": 1}', "null", "true", "NaN", "[NaN]", "Infinity", "a_b",
    "\x00", "🙂", "%s{block}", "[[0, 1], [1]]", "[[0, 0]]", "1;2;3", "full", "SAME", "1,2", "1.024", "1,024", "   7   ",
)  # fmt: skip


@pytest.mark.parametrize("kind", sorted(kinds()))
def test_whatever_is_typed_is_taken_or_refused(inspector: Inspector, session: Session, qtbot: Any, kind: str) -> None:
    session.append(kind, after="conv1")
    for line in [item for item in inspector.findChildren(Line) if item.isVisible()]:
        for text in NASTY:
            enter(qtbot, line)
            line.selectAll()
            line.insert(text)
            line.textEdited.emit(line.text())
            for key in (KEYS.Key_Up, KEYS.Key_Return):
                qtbot.keyClick(line, key)
            block = session.shown.block
            assert block is not None and not block.faults, (line.objectName(), text)
            check(session.design).to_dict()


def test_huge_numbers_in_a_field_do_not_hold_the_window(inspector: Inspector, session: Session, qtbot: Any) -> None:
    for name in ("filters", "kernel_size", "stride", "padding", "dilation", "groups"):
        type_over(qtbot, field(inspector, name), str(2**31 - 1))
        assert str(2**31 - 1) in str(value(session, "conv1", name))
    assert session.shown.report.problems
