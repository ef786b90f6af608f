"""The help says of every kind what the registry knows, and finds it."""

from typing import Any

import pytest
from PySide6.QtCore import Qt

from cnnbuilder.app import help_pages, theme
from cnnbuilder.app.actions import keys_of
from cnnbuilder.app.help import PAGE
from cnnbuilder.app.window import Window
from cnnbuilder.design.layer import kinds, parameters_of
from cnnbuilder.design.parameters import label_of
from cnnbuilder.design.words import sentence


@pytest.fixture
def window(open_window: Any, qtbot: Any) -> Window:
    made: Window = open_window(wait=False)
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    made.canvas.setFocus()
    return made


def plain(window: Window) -> str:
    return " ".join(window.shell.help.text.toPlainText().split())


def test_every_kind_has_a_page_made_from_its_declarations(window: Window) -> None:
    for kind, layer in kinds().items():
        window.shell.show_help(kind)
        words = plain(window)
        assert window.shell.help.shown == kind and words.startswith(layer.label)
        assert " ".join(sentence(layer).replace("`", "").split()) in words
        for name, parameter in parameters_of(layer).items():
            assert label_of(name, parameter) in words and name in words
            assert " ".join(parameter.help.replace("`", "").split()) in words


def test_the_page_of_a_kind_with_weights_shows_formula_count_and_sizes(window: Window) -> None:
    window.shell.show_help("conv")
    words = plain(window)
    assert "28 × 28 × 8 → 26 × 26 × 8" in words
    assert "3·3·8·8 + 8 = 584" in words and "584 parameters" in words
    assert "64: needs maps, gets a vector" in words


def test_f1_explains_the_selected_block(window: Window, qtbot: Any) -> None:
    window.session.select(("pool1",))
    qtbot.keyClick(window.canvas, Qt.Key.Key_F1)
    assert window.shell.help.isVisible() and window.shell.help.shown == "max_pool"
    window.session.select(())
    window.shell.help_on_selected()
    assert window.shell.help.shown == help_pages.FIRST
    window.shell.help.close()


def test_all_keys_are_listed(window: Window) -> None:
    window.shell.show_help(help_pages.KEYS)
    words = plain(window)
    for action in window.actions_.made.values():
        if keys_of(action):
            assert keys_of(action) in words
    assert "Undo" in words


def test_searching_looks_into_every_page(window: Window, qtbot: Any) -> None:
    window.shell.show_help(help_pages.FIRST)
    view = window.shell.help
    qtbot.waitUntil(view.isActiveWindow)
    view.search.setFocus()

    def listed() -> list[str]:
        return [item.data(PAGE) for item in view._items() if item.data(PAGE) and not item.isHidden()]

    qtbot.keyClicks(view.search, "dilation")
    assert "conv" in listed() and "softmax" not in listed() and view.shown in listed()
    view.search.clear()
    qtbot.keyClicks(view.search, "Dense")
    assert view.shown == "dense"
    qtbot.keyClick(view.search, Qt.Key.Key_Down)
    assert view.list.hasFocus()
    view.search.setFocus()
    qtbot.keyClick(view.search, Qt.Key.Key_Escape)
    assert view.isVisible() and len(listed()) == len(help_pages.titles())
    view.close()


def test_the_page_follows_the_theme(window: Window) -> None:
    window.shell.show_help("conv")
    theme.keeper().show(theme.DARK)
    assert theme.DARK.text in window.shell.help.text.document().defaultStyleSheet()
    window.shell.help.close()
