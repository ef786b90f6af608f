"""The keyboard is never lost: where it begins, what Enter and Escape do everywhere, and links without a mouse."""

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QWidget

from cnnbuilder.app.window import Window
from cnnbuilder.design.graph import Link
from tests.app.seeing import is_seen

Open = Callable[..., Window]


@pytest.fixture
def window(open_window: Open, qtbot: Any) -> Window:
    made = open_window(wait=False)
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made


def ids(window: Window) -> list[str]:
    return [entry.title for entry in window.shell.joining.shown]


def test_the_keyboard_begins_on_the_canvas(window: Window) -> None:
    assert window.canvas.hasFocus()


def test_a_new_design_has_the_keyboard_on_its_canvas(window: Window, qtbot: Any) -> None:
    window.palette_.search.setFocus()
    qtbot.keyClick(window.palette_.search, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    assert len(window.session.design.blocks) == 1
    assert window.canvas.hasFocus()


def test_enter_presses_the_button_that_has_the_focus(window: Window, qtbot: Any) -> None:
    window.shell.show_start()
    assert window.shell.start.begin.hasFocus()
    qtbot.keyClick(window.shell.start.begin, Qt.Key.Key_Return)
    assert len(window.session.design.blocks) == 1
    assert window.canvas.hasFocus()
    window.shell.show_start()
    card = window.shell.start.cards[0]
    card.setFocus()
    qtbot.keyClick(card, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.session.design.name == card.sample.design.name)


def test_escape_leads_back_to_the_canvas_from_everywhere(window: Window) -> None:
    from PySide6.QtTest import QTest

    window.session.select(("conv1",))
    stuck = []
    for widget in window.findChildren(QWidget):
        can = widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisible() and widget.isEnabled()
        if not can or widget.focusProxy() is not None:
            continue
        widget.setFocus()
        for _ in range(2):  # the first may give up what was typed
            QTest.keyClick(window.focusWidget() or widget, Qt.Key.Key_Escape)
            if window.canvas.hasFocus():
                break
        else:
            stuck.append(f"{type(widget).__name__} {widget.objectName()} {widget.accessibleName()}")
        window.session.select(("conv1",))
    assert not stuck, "\n".join(stuck)


def test_every_button_can_be_pressed_with_enter(window: Window, qtbot: Any) -> None:
    pressed: list[QAbstractButton] = []
    buttons = [window.status.findChildren(QAbstractButton)[0], window.bar.findChildren(QAbstractButton)[0]]
    for button in buttons:
        button.pressed.connect(lambda button=button: pressed.append(button))
        button.clicked.disconnect()
        button.setFocus()
        qtbot.keyClick(button, Qt.Key.Key_Return)
    assert pressed == [button for button in buttons if button.isEnabled()]


# Links


def test_two_selected_blocks_are_joined(window: Window, qtbot: Any) -> None:
    window.session.append("add", "relu1")
    before = len(window.session.design.links)
    window.session.select(("conv1", "add1"))
    qtbot.keyClick(window.canvas, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert ids(window)[0] == "add1"
    qtbot.keyClick(window.shell.joining.field, Qt.Key.Key_Return)
    assert any((link.source, link.target) == ("conv1", "add1") for link in window.session.design.links)
    assert len(window.session.design.links) in (before, before + 1)
    assert window.session.shown.undo == "Join conv1 to add1"
    assert window.canvas.hasFocus()


def test_what_lies_before_cannot_read_what_comes_behind(window: Window) -> None:
    window.session.select(("pool1",))
    window.shell.show_joining()
    joins = [entry.title for entry in window.shell.joining.shown if entry.group.startswith("Join")]
    assert not {"image", "conv1", "relu1", "pool1", "conv2"} & set(joins)
    assert joins[0] == "relu2"


def test_what_lacks_an_input_is_offered_first(window: Window, qtbot: Any) -> None:
    session = window.session
    session.part(Link("relu2", "pool2", 0))
    session.select(("relu1",))
    window.shell.show_joining()
    assert ids(window)[0] == "pool2"
    assert window.shell.joining.shown[0].right == "reads nothing"


def test_a_link_is_taken_away(window: Window, qtbot: Any) -> None:
    window.session.select(("conv1",))
    window.shell.show_joining()
    qtbot.keyClicks(window.shell.joining.field, "part conv1")
    assert ids(window)[0] == "Part conv1 from relu1"
    qtbot.keyClick(window.shell.joining.field, Qt.Key.Key_Return)
    assert Link("conv1", "relu1", 0) not in window.session.design.links


def test_without_a_block_it_says_what_is_needed(window: Window) -> None:
    window.session.select(())
    window.shell.show_joining()
    assert window.shell.joining.isHidden()
    assert "Select the block" in window.statusBar().currentMessage()


# Where one is


def test_undo_and_redo_keep_a_block_selected(window: Window) -> None:
    session = window.session
    session.select(("pool1",))
    session.append("activation")
    added = session.shown.selected
    session.undo()
    assert session.shown.selected == ("pool1",), "what the block that went had read"
    session.redo()
    assert session.shown.selected == added
    session.remove_selected()
    session.undo()
    assert session.shown.selected == added, "it is there again"


def test_pasted_with_the_pointer_at_rest_they_come_beside(window: Window, qtbot: Any) -> None:
    session = window.session
    session.select(("conv1",))
    clipboard = window.shell.clipboard
    clipboard.copy()
    clipboard.paste()
    clipboard.paste()
    original, first, second = (window.canvas.cards.cards[id].outline for id in ("conv1", "conv3", "conv4"))
    assert not any(one.intersects(other) for one, other in ((original, first), (original, second), (first, second)))


def write(window: Window, qtbot: Any, words: str, end: Qt.Key, modifiers: Any = None) -> None:
    qtbot.keyClick(window.canvas, Qt.Key.Key_N)
    editor = window.focusWidget()
    qtbot.keyClicks(editor, words)
    qtbot.keyClick(editor, end, modifiers or Qt.KeyboardModifier.NoModifier)


def test_a_note_is_written_moved_found_and_deleted(window: Window, qtbot: Any) -> None:
    session, canvas, control = window.session, window.canvas, Qt.KeyboardModifier.ControlModifier
    write(window, qtbot, "two stages", Qt.Key.Key_Return, control)
    assert canvas.hasFocus() and session.design.notes[0].text == "two stages"
    x = session.design.notes[0].x
    qtbot.keyClick(canvas, Qt.Key.Key_Right, control)
    assert session.design.notes[0].x > x
    qtbot.keyClick(canvas, Qt.Key.Key_Home)
    assert session.shown.selected
    window.shell.show_commands()
    qtbot.keyClicks(window.shell.commands.field, "two stages")
    qtbot.keyClick(window.shell.commands.field, Qt.Key.Key_Return)
    assert session.shown.selected == () and "two stages" in canvas.accessibleDescription()
    qtbot.keyClick(canvas, Qt.Key.Key_Delete)
    assert session.design.notes == ()


def test_a_note_given_up_before_anything_was_kept_is_gone(window: Window, qtbot: Any) -> None:
    write(window, qtbot, "never mind", Qt.Key.Key_Escape)
    assert window.session.design.notes == ()
    assert window.canvas.hasFocus()


def test_every_view_is_reached_by_a_command_and_left_by_escape(lenet: Window, qtbot: Any) -> None:
    lenet.activateWindow()
    qtbot.waitUntil(lenet.isActiveWindow)
    lenet.session.set_param("conv2", "kernel_size", [99, 99])
    lenet.session.select(("conv1",))
    qtbot.waitUntil(lambda: all(dock.view is not None for dock in lenet.docks.held.values()))
    for number, kind in enumerate(lenet.docks.kinds, start=1):
        lenet.canvas.setFocus()
        if number <= 10:  # Alt+0 is the tenth; what comes behind it is a command without keys
            key = Qt.Key(Qt.Key.Key_0 + number % 10)
            qtbot.keyClick(lenet.canvas, key, Qt.KeyboardModifier.AltModifier)
        else:
            lenet.actions_.made[f"show-{kind}"].trigger()
        (view,) = lenet.docks.views(kind)
        assert is_seen(lenet, kind), kind
        held = lenet.focusWidget()
        assert held is not None and view.isAncestorOf(held), kind
        qtbot.keyClick(held, Qt.Key.Key_Escape)
        assert lenet.canvas.hasFocus(), kind
    assert lenet.actions_.made["show-maps"].shortcut().toString() == "Alt+1"
