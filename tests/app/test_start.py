"""The start page: when it stands there, and what can be begun from it."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

from cnnbuilder.app import samples as room
from cnnbuilder.app import theme
from cnnbuilder.app.samples import sample_designs
from cnnbuilder.app.start import RecentFile, SampleCard, StartPage
from cnnbuilder.app.window import Window

Open = Callable[..., Window]


@pytest.fixture
def window(open_window: Open) -> Window:
    made = open_window(wait=False)
    made.shell.show_start()
    return made


def stands(window: Window) -> bool:
    return isinstance(window.sheet.currentWidget(), StartPage)


def test_every_sample_has_a_card_that_draws_it_and_says_what_it_shows(window: Window) -> None:
    cards = window.shell.start.cards
    assert [card.sample for card in cards] == list(sample_designs()) and len(cards) >= 8
    for card in cards:
        assert card.sample.teaches and card.sample.line in card.accessibleName()
        image = card.grab().toImage()
        colours = {image.pixelColor(x, y).name() for x in range(0, image.width(), 2) for y in range(10, 80, 2)}
        groups = {block.layer_class.group for block in card.sample.design.blocks.values() if block.layer_class}
        drawn = {QColor(theme.now().group(group)).name() for group in groups}
        assert colours & drawn, card.sample.title


def test_a_sample_is_opened_without_a_path(window: Window, qtbot: Any) -> None:
    card = next(card for card in window.shell.start.cards if card.sample.path.stem == "notes-example")
    qtbot.mouseClick(card, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.session.design.name == card.sample.design.name)
    assert window.session.shown.path is None and not stands(window)


def test_keyboard_alone_reaches_everything(window: Window, qtbot: Any) -> None:
    page = window.shell.start
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    page.begin.setFocus()
    reached = []
    for _ in range(40):
        widget = window.focusWidget()
        reached.append(widget)
        qtbot.keyClick(widget, Qt.Key.Key_Tab)
    assert {page.begin, page.browse, *page.cards} <= set(reached)
    page.cards[1].setFocus()
    qtbot.keyClick(page.cards[1], Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: not stands(window))


def test_escape_goes_back_to_the_canvas(window: Window, qtbot: Any) -> None:
    assert stands(window)
    window.shell.start.begin.setFocus()
    qtbot.keyClick(window.shell.start.begin, Qt.Key.Key_Escape)
    assert not stands(window)


def test_a_button_goes_back_to_what_is_being_drawn(window: Window, qtbot: Any) -> None:
    back = window.shell.start.back
    assert back.text() == f"Back to {window.session.shown.title}"
    qtbot.mouseClick(back, Qt.MouseButton.LeftButton)
    assert not stands(window)
    window.documents.close()
    assert stands(window) and back.isHidden(), "there is nothing to go back to"


def test_recent_files_say_where_and_when(open_window: Open, tmp_path: Path, qtbot: Any) -> None:
    path = tmp_path / "mine.json"
    path.write_bytes(next(s.path for s in sample_designs() if s.path.stem == "lenet5").read_bytes())
    window = open_window(path, wait=False)
    window.documents.remember(tmp_path / "gone.json")
    window.shell.show_start()
    rows = window.shell.start.findChildren(RecentFile)
    gone, here = [row for row in rows if row.isVisibleTo(window)]
    assert "today" in here.accessibleName() and here.isEnabled()
    assert not gone.isEnabled() and "no longer there" in gone.accessibleName()
    opened: list[tuple[object, bool]] = []
    window.shell.start.open_path.connect(lambda path, sample: opened.append((path, sample)))
    qtbot.mouseClick(here, Qt.MouseButton.LeftButton)
    assert opened == [(path, False)]


def test_it_stands_when_the_last_document_is_closed_and_goes_when_one_is_begun(window: Window, qtbot: Any) -> None:
    window.shell.hide_start()
    window.session.close_document(window.session.shown.key)
    assert stands(window)
    qtbot.mouseClick(window.shell.start.begin, Qt.MouseButton.LeftButton)
    assert not stands(window) and len(window.session.design.blocks) == 1
    window.session.select(tuple(window.session.design.blocks))
    window.session.remove_selected()
    assert not stands(window)  # what was drawn and taken away can be undone on the canvas


def test_cards_take_the_width_there_is(window: Window, qtbot: Any) -> None:
    page = window.shell.start
    window.resize(1366, 768)
    wide = {card.x() for card in page.cards}
    window.resize(1000, 700)
    qtbot.waitUntil(lambda: len({card.x() for card in page.cards}) < len(wide))
    assert all(isinstance(card, SampleCard) and card.width() >= 200 for card in page.cards)


def test_no_sample_is_read_or_checked_on_the_windows_thread(
    open_window: Open, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reading and checking all of them took a tenth of a second when the last document was closed."""
    read, checked = [], []
    load, check = room.load, room.check
    monkeypatch.setattr(room, "load", lambda path: (read.append(threading.current_thread()), load(path))[1])
    monkeypatch.setattr(room, "check", lambda design: (checked.append(threading.current_thread()), check(design))[1])
    sample_designs.cache_clear()
    window = open_window()
    qtbot.waitUntil(lambda: len(checked) >= 8 and not window.tasks._threads, timeout=30_000)
    window.shell.show_start()
    assert len(window.shell.start.cards) == len(read) == len(checked)
    assert threading.main_thread() not in (*read, *checked)
