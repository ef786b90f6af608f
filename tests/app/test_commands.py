"""Ctrl+K, what may come next, the steps of undo, the menus: real keys in a real window."""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QKeySequence

from cnnbuilder.app.actions import keys_of, plain_words
from cnnbuilder.app.canvas.content import PORT
from cnnbuilder.app.finder import Finder
from cnnbuilder.app.matching import ranked, score
from cnnbuilder.app.samples import sample_designs
from cnnbuilder.app.window import Window
from cnnbuilder.design.check import check
from cnnbuilder.design.document import Design
from cnnbuilder.design.graph import Block, Graph, Link
from cnnbuilder.design.layer import kinds

Open = Callable[..., Window]


@pytest.fixture
def window(open_window: Open, qtbot: Any) -> Window:
    made = open_window(wait=False)
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    made.canvas.setFocus()
    return made


def titles(finder: Finder) -> list[str]:
    return [entry.title for entry in finder.shown]


def press(qtbot: Any, window: Window, keys: str) -> None:
    """Press keys as a shortcut of the window."""
    stroke = QKeySequence(keys)[0]
    qtbot.keyClick(window.canvas, stroke.key(), stroke.keyboardModifiers())


# Matching


def test_letters_in_their_order_match_and_whole_beginnings_match_better() -> None:
    assert score("mxp", ("Max pooling",)) is not None
    assert score("pm", ("Max pooling",)) is None
    names = ["Global pooling", "Max pooling", "Pooling", "Open a picture"]
    assert ranked("pool", [(name, (name,)) for name in names])[0] == "Pooling"
    assert ranked("max p", [(name, (name,)) for name in names]) == ["Max pooling"]
    assert ranked("", [(name, (name,)) for name in names])[0] == "Pooling"


# Ctrl+K


def test_everything_is_found_in_one_field(window: Window, qtbot: Any) -> None:
    press(qtbot, window, "Ctrl+K")
    commands = window.shell.commands
    assert commands.isVisible() and commands.field.hasFocus()
    listed = commands.entries()
    names = {(entry.group, entry.title) for entry in listed}
    assert ("Blocks", "conv1") in names and ("Help", "Max pooling") in names and ("Edit", "Duplicate") in names
    assert {("Add a block", f"Add {layer.label}") for layer in kinds().values()} <= names
    assert {("Samples", sample.title) for sample in sample_designs()} <= names
    keys = {entry.title: entry.right for entry in listed if entry.group == "File"}
    assert keys["New"] == "Ctrl+N" and keys["Quit"] == "Ctrl+Q"
    qtbot.keyClicks(commands.field, "nothing is called so")
    assert not commands.shown and commands._none.isVisible()
    qtbot.keyClick(commands.field, Qt.Key.Key_Return)
    assert commands.isVisible()


def test_enter_does_it_escape_does_not_and_the_focus_comes_back(window: Window, qtbot: Any) -> None:
    before = window.session.design
    press(qtbot, window, "Ctrl+K")
    field = window.shell.commands.field
    qtbot.keyClicks(field, "add softmax")
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert window.shell.commands.isHidden() and window.canvas.hasFocus() and window.session.design is before
    press(qtbot, window, "Ctrl+K")
    qtbot.keyClicks(field, "add softmax")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert window.shell.commands.isHidden() and len(window.session.design.blocks) == len(before.blocks) + 1


def test_a_block_is_selected_and_shown(window: Window, qtbot: Any) -> None:
    press(qtbot, window, "Ctrl+K")
    qtbot.keyClicks(window.shell.commands.field, "dense3")
    qtbot.keyClick(window.shell.commands.field, Qt.Key.Key_Return)
    assert window.session.shown.selected == ("dense3",)


def test_arrows_walk_and_stay_inside(window: Window, qtbot: Any) -> None:
    press(qtbot, window, "Ctrl+K")
    commands = window.shell.commands
    qtbot.keyClick(commands.field, Qt.Key.Key_Up)
    assert commands.current is commands.shown[0]
    qtbot.keyClick(commands.field, Qt.Key.Key_Down)
    assert commands.current is commands.shown[1]
    for _ in range(60):
        qtbot.keyClick(commands.field, Qt.Key.Key_PageDown)
    assert commands.current is commands.shown[-1]
    assert commands.field.accessibleDescription().startswith(commands.shown[-1].title)


def test_what_was_used_last_stands_first_next_time(window: Window, qtbot: Any) -> None:
    for words, key in (("zoom in", Qt.Key.Key_Return), ("fit", Qt.Key.Key_Escape)):
        press(qtbot, window, "Ctrl+K")
        qtbot.keyClicks(window.shell.commands.field, words)
        qtbot.keyClick(window.shell.commands.field, key)
    press(qtbot, window, "Ctrl+K")
    first = window.shell.commands.shown[0]
    assert (first.group, first.title) == ("Last used", "Zoom in")
    again = [entry for entry in window.shell.commands.entries() if entry.title == "Zoom in"]
    assert len(again) == 1


def test_a_click_takes_and_a_click_elsewhere_closes(window: Window, qtbot: Any) -> None:
    press(qtbot, window, "Ctrl+K")
    commands = window.shell.commands
    qtbot.keyClicks(commands.field, "dense2")
    place = commands.list.visualRect(commands.list.model().index(0, 0)).center()
    qtbot.mouseClick(commands.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert window.session.shown.selected == ("dense2",)
    press(qtbot, window, "Ctrl+K")
    window.palette_.search.setFocus(Qt.FocusReason.MouseFocusReason)
    assert commands.isHidden()


def test_one_of_a_thousand_blocks_is_found(window: Window, qtbot: Any) -> None:
    blocks = {f"b{number}": Block(f"b{number}", "activation") for number in range(1000)}
    ids = list(blocks)
    links = tuple(Link(a, b) for a, b in pairwise(ids))
    window.session.open(Design(Graph(blocks, links)))
    commands = window.shell.commands
    commands.ask()
    for words in ("b", "b9", "b99", "b999"):
        commands.field.setText(words)
    assert titles(commands)[0] == "b999"


# What may come next


def test_tab_offers_what_may_come_next_and_enter_adds_it(window: Window, qtbot: Any) -> None:
    window.session.select(("pool2",))
    qtbot.keyClick(window.canvas, Qt.Key.Key_Tab)
    finder = window.shell.next_block
    qtbot.waitUntil(lambda: finder.isVisible() and finder.field.hasFocus())
    assert {entry.value for entry in finder.shown} == {
        kind for kind, layer in kinds().items() if layer.inputs != (0, 0)
    }
    by_kind = {entry.value: entry for entry in finder.shown}
    assert by_kind["max_pool"].right == "2 × 2 × 16" and not by_kind["max_pool"].problem
    assert by_kind["dense"].problem and "⚠" in by_kind["dense"].right
    qtbot.keyClicks(finder.field, "max")
    qtbot.keyClick(finder.field, Qt.Key.Key_Return)
    (id,) = window.session.shown.selected
    graph = window.session.design.graph
    assert graph.wiring.sources[id] == ("pool2",) and graph.wiring.sources["flatten"] == (id,)
    assert window.canvas.hasFocus()


def test_a_network_is_built_by_the_keyboard_alone(window: Window, qtbot: Any) -> None:
    press(qtbot, window, "Ctrl+N")
    qtbot.waitUntil(lambda: len(window.session.design.blocks) == 1)
    window.canvas.setFocus()
    for words in ("convolution", "activation", "max", "flatten", "dense", "softmax"):
        qtbot.keyClick(window.canvas, Qt.Key.Key_Tab)
        finder = window.shell.next_block
        qtbot.waitUntil(finder.field.hasFocus)
        qtbot.keyClicks(finder.field, words)
        qtbot.keyClick(finder.field, Qt.Key.Key_Return)
        qtbot.waitUntil(window.canvas.hasFocus)
    made = [block.kind for block in window.session.design.blocks.values()]
    assert made == ["input", "conv", "activation", "max_pool", "flatten", "dense", "softmax"]
    assert not check(window.session.design).problems


def test_shift_enter_branches_off(window: Window, qtbot: Any) -> None:
    window.session.select(("relu1",))
    qtbot.keyClick(window.canvas, Qt.Key.Key_Tab)
    finder = window.shell.next_block
    qtbot.waitUntil(finder.field.hasFocus)
    qtbot.keyClicks(finder.field, "average")
    qtbot.keyClick(finder.field, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    (id,) = window.session.shown.selected
    graph = window.session.design.graph
    assert graph.wiring.sources[id] == ("relu1",) and graph.wiring.sources["pool1"] == ("relu1",)


def test_a_link_dropped_on_empty_canvas_puts_the_block_there(window: Window, qtbot: Any) -> None:
    at = QPointF(3000.0, 900.0)
    window.canvas.wanted_next.emit("relu1", window.mapToGlobal(window.rect().center()), at)
    finder = window.shell.next_block
    qtbot.keyClicks(finder.field, "flatten")
    qtbot.keyClick(finder.field, Qt.Key.Key_Return)
    (id,) = window.session.shown.selected
    assert window.session.design.graph.wiring.sources[id] == ("relu1",)
    x, y = window.session.design.layout[id]
    assert (x, y + PORT) == (at.x(), at.y()), "its input lies where the link was let go"
    window.canvas.wanted_next.emit(None, window.mapToGlobal(window.rect().center()), QPointF(-900.0, 0.0))
    assert any(kinds()[entry.value].inputs == (0, 0) for entry in finder.shown)
    assert not any(entry.problem for entry in finder.shown)


def test_the_popup_stays_inside_the_window(window: Window, qtbot: Any) -> None:
    corner = window.mapToGlobal(window.rect().bottomRight())
    window.shell.ask_next("conv1", corner, QPointF(*window.canvas.cards.standing["conv1"].output()))
    assert window.rect().contains(window.shell.next_block.geometry())


# Steps of undo


def test_the_steps_are_listed_and_one_goes_to_any(window: Window, qtbot: Any) -> None:
    session = window.session
    first = session.design
    session.set_param("conv1", "filters", 9)
    second = session.design
    session.set_param("conv2", "filters", 9)
    session.undo()
    press(qtbot, window, "Ctrl+Alt+Z")
    steps = window.shell.steps
    assert titles(steps) == [*reversed(session.steps), "As it was opened"]
    assert steps.current is not None and steps.current.right == "shown now"
    assert steps.shown[0].right == "undone"
    qtbot.keyClick(steps.field, Qt.Key.Key_Down)
    qtbot.keyClick(steps.field, Qt.Key.Key_Return)
    assert session.design is first
    press(qtbot, window, "Ctrl+Alt+Z")
    qtbot.keyClick(steps.field, Qt.Key.Key_Up)
    qtbot.keyClick(steps.field, Qt.Key.Key_Return)
    assert session.design is second


# Menus


def test_no_key_stands_for_two_commands(window: Window) -> None:
    taken: dict[str, str] = {}
    for name, action in window.actions_.made.items():
        for key in action.shortcuts():
            assert key.toString() not in taken, (name, taken.get(key.toString()))
            taken[key.toString()] = name
    wanted = {"Ctrl+N", "Ctrl+O", "Ctrl+S", "Ctrl+Z", "Ctrl+X", "Ctrl+C", "Ctrl+V", "Ctrl+A", "Ctrl+K", "F1"}
    assert wanted <= set(taken)


def test_no_menu_has_one_letter_twice(window: Window) -> None:
    for top in window.menuBar().actions():
        menu = top.menu()
        letters = [
            action.text()[action.text().index("&") + 1].lower() for action in menu.actions() if "&" in action.text()
        ]
        doubled = {letter for letter in letters if letters.count(letter) > 1}
        assert not doubled, f"{top.text()}: {doubled} in {[action.text() for action in menu.actions()]}"


def test_commands_that_would_do_nothing_are_off(window: Window, qtbot: Any) -> None:
    made, session = window.actions_.made, window.session
    session.select(())
    for name in ("copy", "cut", "duplicate", "delete", "group", "ungroup", "undo", "steps"):
        assert not made[name].isEnabled(), name
    session.select(("conv1", "relu1"))
    assert made["copy"].isEnabled() and made["group"].isEnabled() and not made["ungroup"].isEnabled()
    made["group"].trigger()
    assert made["ungroup"].isEnabled() and made["undo"].isEnabled()
    made["fold"].trigger()
    assert not session.design.groups[0].folded
    made["ungroup"].trigger()
    assert not session.design.groups


def test_copy_and_paste_by_keys(window: Window, qtbot: Any) -> None:
    session = window.session
    session.select(("conv1", "relu1"))
    before = len(session.design.blocks)
    press(qtbot, window, "Ctrl+C")
    press(qtbot, window, "Ctrl+V")
    assert len(session.design.blocks) == before + 2
    press(qtbot, window, "Ctrl+D")
    assert len(session.design.blocks) == before + 4
    press(qtbot, window, "Ctrl+E")
    assert all(session.design.blocks[id].off for id in session.shown.selected)
    press(qtbot, window, "Ctrl+X")
    assert len(session.design.blocks) == before + 2


def test_every_command_says_its_keys(window: Window) -> None:
    for action in window.actions_.made.values():
        assert plain_words(action) and "&" not in plain_words(action)
        if keys_of(action):
            assert keys_of(action) in action.toolTip()


def test_the_direction_is_turned_and_the_minimap_hidden(window: Window, qtbot: Any) -> None:
    window.actions_.made["arrange-down"].trigger()
    assert window.session.design.direction == "down"
    window.session.apply("Name", replace(window.session.design, name="x"))
    shown = window.actions_.made["minimap"].isChecked()
    window.actions_.made["minimap"].trigger()
    assert window.actions_.made["minimap"].isChecked() is not shown
    assert window.canvas.minimap.wanted is not shown
