"""The pages of the inspector: of one block, of several, of the design."""

from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QLineEdit, QPlainTextEdit, QWidget

from cnnbuilder.app.inspector.figures import Figures
from cnnbuilder.app.inspector.formulas import Formulas
from cnnbuilder.app.inspector.panel import Inspector
from cnnbuilder.app.inspector.parts import Trouble
from cnnbuilder.app.inspector.switch import Switch
from cnnbuilder.app.inspector.wells import Well
from cnnbuilder.app.session import Session
from cnnbuilder.app.window import Window
from tests.app.inspecting import KEYS, enter, faults, field, field_named, seen, type_over, value

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


def test_a_click_on_another_way_to_share_makes_the_block_that(
    inspector: Inspector, session: Session, qtbot: Any
) -> None:
    sharing = next(item for item in inspector.findChildren(Figures) if item.isVisible())
    assert [bool(sharing.act(number)) for number in range(4)] == [False, True, True, False]

    def click(number: int) -> None:
        qtbot.mouseClick(sharing, Qt.MouseButton.LeftButton, pos=sharing.line_rect(number).center().toPoint())

    click(0)
    click(3)
    assert not session.steps
    click(1)
    assert session.design.blocks["conv1"].kind == "tiled_conv" and session.steps == ["conv1 as tiled, t = 2"]
    assert session.shown.report.parameters["conv1"] == 624 and value(session, "conv1", "filters") == 6
    enter(qtbot, sharing)
    assert sharing.accessibleDescription() == "tiled, t = 2 624"
    qtbot.keyClick(sharing, KEYS.Key_Down)
    assert "Enter: Make conv1 locally connected, carrying its weights" in sharing.accessibleDescription()
    qtbot.keyClick(sharing, KEYS.Key_Return)
    assert session.design.blocks["conv1"].kind == "locally_connected"
    assert sharing.text(2) == "locally connected 122,304"
    session.undo()
    session.undo()
    assert session.design.blocks["conv1"].kind == "conv" and sharing.text(0) == "convolution 156"


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


def test_a_group_goes_by_its_name(inspector: Inspector, session: Session, qtbot: Any) -> None:
    session.group(("conv1", "relu1", "pool1"), "first stage")
    session.select(("conv1", "relu1", "pool1"))
    name = inspector._several._name
    assert name.text() == "first stage" and name.isVisibleTo(inspector)
    assert inspector._several._names.text() == "A group of 3 blocks: conv1, relu1, pool1"
    name.selectAll()
    qtbot.keyClicks(name, "edges")
    qtbot.keyClick(name, Qt.Key.Key_Return)
    assert session.design.groups[0].name == "edges" and session.shown.undo == "Rename first stage"
    name.clear()
    name.textEdited.emit("")
    qtbot.keyClick(name, Qt.Key.Key_Return)
    assert name.text() == session.design.groups[0].name == "edges"
    session.select(tuple(session.design.blocks))
    assert inspector._several._title.text() == "14 blocks" and not name.isVisibleTo(inspector)
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


# In the window


def test_enter_in_a_field_leads_back_to_the_canvas(lenet: Window, qtbot: Any) -> None:
    lenet.session.select(("conv1",))
    lenet.activateWindow()
    line = field(lenet.inspector, "filters")
    type_over(qtbot, line, "7")
    qtbot.keyClick(line, KEYS.Key_Return)
    qtbot.waitUntil(lenet.canvas.hasFocus)


def test_editing_begins_at_the_first_field(inspector: Inspector, session: Session, qtbot: Any) -> None:
    inspector.edit("conv2")
    assert session.shown.selected == ("conv2",)
    qtbot.waitUntil(field(inspector, "filters").hasFocus)
    inspector.edit("flatten")
    qtbot.waitUntil(field_named(inspector).hasFocus)
    session.select(("conv1", "conv2"))
    inspector.edit("conv2")
    qtbot.waitUntil(field(inspector, "filters").hasFocus)
    assert session.shown.selected == ("conv1", "conv2")


def test_all_fixes_leads_to_the_problem(lenet: Window, qtbot: Any) -> None:
    lenet.session.select(("conv2",))
    lenet.activateWindow()
    lenet.session.set_param("conv2", "kernel_size", [15, 15])
    qtbot.mouseClick(seen(lenet.inspector, Trouble).last, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lenet.problems.isVisible)
    qtbot.waitUntil(lambda: _focused() == "Apply: Padding same in conv2")


def _focused() -> str:
    at = QApplication.focusWidget()
    return at.accessibleName() if at is not None else ""
