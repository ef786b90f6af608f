"""The inspector with real keys and a real mouse: typing, stepping, dragging, several blocks, the design itself."""

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QLocale, QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QLineEdit, QMenu, QPlainTextEdit, QSlider, QWidget

from cnnbuilder.app.inspector.figures import Figures
from cnnbuilder.app.inspector.formulas import Formulas
from cnnbuilder.app.inspector.line import Grip, Line
from cnnbuilder.app.inspector.panel import Inspector
from cnnbuilder.app.inspector.parts import Trouble
from cnnbuilder.app.inspector.switch import Switch
from cnnbuilder.app.inspector.wells import Well
from cnnbuilder.app.session import Session
from cnnbuilder.app.tasks import Tasks
from cnnbuilder.design.check import check
from cnnbuilder.design.layer import kinds

KEYS = Qt.Key
SHIFT = Qt.KeyboardModifier.ShiftModifier


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


def seen(parent: QWidget, kind: type[Any], name: str = "") -> Any:
    """The one visible widget of a kind."""
    found = [item for item in parent.findChildren(kind, name) if item.isVisible()] if name else []
    found = found or [item for item in parent.findChildren(kind) if item.isVisible() and not name]
    assert len(found) == 1, (kind, name, found)
    return found[0]


def field(inspector: QWidget, name: str) -> Line:
    line: Line = seen(inspector, QLineEdit, f"field-{name}")
    return line


def enter(qtbot: Any, line: QWidget) -> None:
    line.setFocus()
    qtbot.waitUntil(line.hasFocus)


def type_over(qtbot: Any, line: Line, text: str) -> None:
    enter(qtbot, line)
    line.selectAll()
    qtbot.keyClicks(line, text)


def faults(inspector: QWidget) -> list[str]:
    return [item.text() for item in inspector.findChildren(QLabel, "fault") if item.isVisible()]


def value(session: Session, id: str, name: str) -> Any:
    return session.design.blocks[id].params[name]


def mouse(widget: QWidget, kind: QEvent.Type, x: float, fine: bool = False) -> None:
    """A mouse event with the left button, `x` pixels from the widget's left edge (also beyond it)."""
    at = QPointF(x, widget.height() / 2)
    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    button = none if kind == QEvent.Type.MouseMove else left
    buttons = none if kind == QEvent.Type.MouseButtonRelease else left
    modifiers = SHIFT if fine else Qt.KeyboardModifier.NoModifier
    there = QPointF(widget.mapToGlobal(QPoint(0, 0))) + at
    QApplication.sendEvent(widget, QMouseEvent(kind, at, there, button, buttons, modifiers))


def drag(grip: QWidget, pixels: int, fine: bool = False) -> None:
    mouse(grip, QEvent.Type.MouseButtonPress, 10)
    for x in range(0, abs(pixels) + 1, 7):
        mouse(grip, QEvent.Type.MouseMove, 10 + (x if pixels > 0 else -x), fine)
    mouse(grip, QEvent.Type.MouseButtonRelease, 10 + pixels)


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


# What is shown


def test_the_formulas_carry_the_blocks_numbers(inspector: Inspector, session: Session) -> None:
    sizes, parameters = [item for item in inspector.findChildren(Formulas) if item.isVisible()]
    assert [sizes.text(number) for number in range(3)] == [
        "W₂ = (28 − 5 + 2 + 2) / 1 + 1 = 28",
        "H₂ = (28 − 5 + 2 + 2) / 1 + 1 = 28",
        "D₂ = K = 6",
    ]
    assert parameters.text(0) == "5·5·1·6 + 6 = 156"
    session.set_param("conv1", "stride", 2)
    assert sizes.text(0) == "W₂ = (28 − 5 + 1 + 2) / 2 + 1 = 14"
    session.set_param("conv1", "padding", "valid")
    assert sizes.text(0) == "W₂ = ⌊(28 − 5) / 2⌋ + 1 = 12"


def test_parameters_of_listed_connections_are_only_those_that_there_are(inspector: Inspector, session: Session) -> None:
    session.select(("conv2",))
    session.set_param("conv2", "filters", 2)
    session.set_param("conv2", "connections", [[0, 1], [2]])
    parameters = [item for item in inspector.findChildren(Formulas) if item.isVisible()][1]
    assert parameters.text(0) == "5·5·3 + 2 = 77"
    assert session.shown.report.parameters["conv2"] == 77


def test_the_same_connections_shared_otherwise(inspector: Inspector, session: Session) -> None:
    sharing = next(item for item in inspector.findChildren(Figures) if item.isVisible())
    assert [sharing.text(number) for number in range(sharing.count())] == [
        "convolution 156",
        "tiled, t = 2 624",
        "locally connected 122,304",
        "fully connected 3,692,640",
    ]
    assert "shared everywhere" in sharing.help(0) and "117,600 multiply-adds" in sharing.help(0)
    session.select(("relu1",))
    assert not sharing.isVisible()


def test_the_receptive_field_is_that_on_the_picture(inspector: Inspector, session: Session) -> None:
    for id, words in (("conv1", "5 × 5"), ("pool1", "6 × 6"), ("conv2", "14 × 14"), ("dense1", "28 × 28")):
        session.select((id,))
        costs = [item for item in inspector.findChildren(Figures) if item.isVisible()][-1]
        assert f"receptive field {words}" in [costs.text(number) for number in range(costs.count())], id
    session.select(("image",))
    costs = [item for item in inspector.findChildren(Figures) if item.isVisible()][-1]
    assert "receptive" not in costs.accessibleName()


def test_every_line_of_a_well_is_explained_and_can_be_copied(inspector: Inspector, qtbot: Any) -> None:
    for well in [item for item in inspector.findChildren(Well) if item.isVisible()]:
        assert well.accessibleName()
        for number in range(well.count()):
            assert len(well.help(number)) > 10
    costs = [item for item in inspector.findChildren(Figures) if item.isVisible()][-1]
    enter(qtbot, costs)
    qtbot.keyClick(costs, KEYS.Key_Down)
    qtbot.keyClick(costs, KEYS.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "multiply-adds 117,600"
    at = costs.line_rect(0).center().toPoint()
    qtbot.mouseDClick(costs, Qt.MouseButton.LeftButton, pos=at)
    assert QGuiApplication.clipboard().text() == "28 × 28 × 6"


def test_a_block_is_switched_off_and_its_form_still_edits_it(
    inspector: Inspector, session: Session, qtbot: Any
) -> None:
    qtbot.mouseClick(seen(inspector, Switch), Qt.MouseButton.LeftButton)
    assert session.design.blocks["conv1"].off
    type_over(qtbot, field(inspector, "filters"), "9")
    assert value(session, "conv1", "filters") == 9
    assert any("data pass by" in item.text() for item in inspector.findChildren(QLabel) if item.isVisible())
    qtbot.keyClick(seen(inspector, Switch), KEYS.Key_Space)
    assert not session.design.blocks["conv1"].off


def test_a_block_is_renamed_and_a_bad_name_is_explained(inspector: Inspector, session: Session, qtbot: Any) -> None:
    line = field_named(inspector)
    type_over(qtbot, line, "first")
    with qtbot.waitSignal(inspector.done):
        qtbot.keyClick(line, KEYS.Key_Return)
    assert "first" in session.design.blocks
    type_over(qtbot, line, "pool1")
    qtbot.keyClick(line, KEYS.Key_Return)
    assert faults(inspector) == ["There is a block 'pool1' already."] and line.text() == "pool1"
    qtbot.keyClick(line, KEYS.Key_Escape)
    assert not faults(inspector) and line.text() == "first"


def field_named(inspector: QWidget) -> Line:
    line: Line = seen(inspector, QLineEdit, "name")
    return line


def test_tab_leads_from_the_name_through_the_form_to_the_figures(
    inspector: Inspector, session: Session, qtbot: Any
) -> None:
    session.select(("pool1",))
    session.select(("conv1",))
    enter(qtbot, field_named(inspector))
    passed = []
    for _ in range(15):
        at = QApplication.focusWidget()
        assert at is not None
        passed.append(at.objectName() or at.accessibleName().partition(":")[0])
        qtbot.keyClick(at, KEYS.Key_Tab)
    names = ["filters", "kernel_size", "stride", "padding", "dilation", "groups", "bias", "connections"]
    assert passed == [
        "name",
        "flat",
        "Block is on",
        *(f"field-{name}" for name in names),
        "Size",
        "Parameters",
        "The same connections as",
        "Cost",
    ]


def test_help_names_the_kind(inspector: Inspector, qtbot: Any) -> None:
    with qtbot.waitSignal(inspector.help_wanted) as caught:
        qtbot.mouseClick(inspector._block._head.help, Qt.MouseButton.LeftButton)
    assert caught.args == ["conv"]


def test_a_broken_block_says_so_and_its_first_fix_is_a_click_away(
    inspector: Inspector, session: Session, qtbot: Any
) -> None:
    session.select(("conv2",))
    session.set_param("conv2", "kernel_size", [15, 15])
    trouble = seen(inspector, Trouble)
    qtbot.waitUntil(trouble._apply.isEnabled)
    assert trouble._apply.text() == "Padding same in conv2"
    with qtbot.waitSignal(inspector.problem_wanted) as caught:
        qtbot.mouseClick(trouble._more, Qt.MouseButton.LeftButton)
    assert caught.args == ["conv2"]
    qtbot.mouseClick(trouble._apply, Qt.MouseButton.LeftButton)
    assert not session.shown.report.problems and trouble.isHidden()
    session.undo()
    assert session.shown.report.problems


# Several blocks, and none


def test_several_blocks_are_changed_in_one_step(inspector: Inspector, session: Session, qtbot: Any) -> None:
    session.select(("conv1", "conv2"))
    line = field(inspector, "filters")
    assert line.text() == "" and line.placeholderText() == "mixed"
    type_over(qtbot, line, "12")
    assert value(session, "conv1", "filters") == value(session, "conv2", "filters") == 12
    assert session.steps == ["Filters of 2 blocks"]
    session.undo()
    assert line.text() == "" and value(session, "conv2", "filters") == 16


def test_a_group_goes_by_its_name(inspector: Inspector, session: Session) -> None:
    session.group(("conv1", "relu1", "pool1"), "first stage")
    session.select(("conv1", "relu1", "pool1"))
    assert inspector._several._title.text() == "first stage"
    assert inspector._several._names.text() == "A group of 3 blocks: conv1, relu1, pool1"
    session.select(tuple(session.design.blocks))
    assert inspector._several._title.text() == "14 blocks"
    assert inspector._several._names.text().endswith(" and 2 more")


def test_blocks_of_different_kinds_share_what_means_the_same(inspector: Inspector, session: Session) -> None:
    session.select(("conv1", "pool1"))
    names = {item.objectName() for item in inspector.findChildren(QLineEdit) if item.isVisible()}
    assert names == {"field-stride", "field-padding"}
    session.select(("relu1", "flatten"))
    assert not [item for item in inspector.findChildren(QLineEdit) if item.isVisible()]


def test_without_a_selection_the_design_is_edited(inspector: Inspector, session: Session, qtbot: Any) -> None:
    session.select(())
    name = seen(inspector, QLineEdit, "name")
    type_over(qtbot, name, "Mine")
    qtbot.keyClick(name, KEYS.Key_Return)
    assert session.design.name == "Mine"
    labels = seen(inspector, QPlainTextEdit)
    enter(qtbot, labels)
    labels.selectAll()
    qtbot.keyClicks(labels, "cat, dog")
    assert session.design.labels == ("cat", "dog") and labels.toPlainText() == "cat, dog"
    enter(qtbot, name)
    assert labels.toPlainText() == "cat\ndog"
    type_over(qtbot, field(inspector, "seed"), "42")
    assert session.design.seed == 42
    assert session.steps == ["Name of the design", "Labels of the classes", "Seed"]
    directions = seen(inspector, QComboBox, "field-direction")
    enter(qtbot, directions)
    qtbot.keyClick(directions, KEYS.Key_Down)
    assert session.design.direction == "down"


@pytest.mark.parametrize("width", [240, 286, 400])
@pytest.mark.parametrize("selected", [("conv1",), ("conv1", "conv2"), ()])
def test_nothing_is_cut_off_at_any_width(
    inspector: Inspector, session: Session, qtbot: Any, width: int, selected: tuple[str, ...]
) -> None:
    session.select(selected)
    inspector.resize(width, 700)
    qtbot.waitUntil(lambda: inspector.viewport().width() <= width)
    body = inspector.widget()
    assert body.minimumSizeHint().width() <= inspector.viewport().width()
    for item in body.findChildren(QWidget):
        if item.isVisible():
            assert item.mapTo(body, QPoint(item.width(), 0)).x() <= inspector.viewport().width(), item


def test_everything_that_takes_the_keyboard_has_a_name_and_a_word_on_it(inspector: Inspector, session: Session) -> None:
    for selected in (("conv1",), ("conv1", "conv2"), ()):
        session.select(selected)
        for item in inspector.widget().findChildren(QWidget):
            if item.isVisible() and item.focusPolicy() != Qt.FocusPolicy.NoFocus and not isinstance(item, QLabel):
                assert item.accessibleName(), item
                assert item.toolTip(), item
