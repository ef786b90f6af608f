"""What the canvas says reaches the document, as one step of undo each."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QMenu, QPlainTextEdit

from cnnbuilder.app.canvas.hits import Hit, Part
from cnnbuilder.app.canvas.menu import context_menu
from cnnbuilder.app.canvas.viewer import READABLE
from cnnbuilder.app.window import Window
from cnnbuilder.design.graph import Link
from tests.app.seeing import is_seen

from .conftest import Hand


def test_links_are_drawn_led_elsewhere_and_removed(lenet: Window, qtbot: Any) -> None:
    canvas, session = lenet.canvas, lenet.session
    hand, first = Hand(canvas), session.design
    canvas.reset_zoom()
    canvas.show_block("relu1")
    cards = canvas.cards.cards
    hand.drag(cards["relu1"].input(0), (cards["relu1"].x - 20, cards["relu1"].y + 260))
    assert Link("conv1", "relu1") not in session.design.links
    hand.drag(cards["conv1"].output(), cards["relu1"].input(0))
    assert Link("conv1", "relu1") in session.design.links
    hand.drag(cards["pool1"].input(0), cards["relu1"].input(0))  # relu1 cannot read itself
    session.undo()
    session.undo()
    assert session.design.links == first.links
    hand.click(cards["conv1"].output()[0] + 30, cards["conv1"].output()[1])
    qtbot.keyClick(canvas, Qt.Key.Key_Delete)
    assert Link("conv1", "relu1") not in session.design.links and "relu1" in session.design.blocks


def test_a_group_is_folded_moved_and_unfolded(lenet: Window) -> None:
    canvas, session = lenet.canvas, lenet.session
    session.group(("conv1", "relu1", "pool1"), "stage")
    (stack,) = canvas.cards.stacks.values()
    before = dict(session.design.layout)
    canvas.reset_zoom()
    canvas.show_block("conv1")
    hand = Hand(canvas)
    hand.drag((stack.x + 60, stack.y + 20), (stack.x + 60, stack.y + 130))
    moved = {id for id, place in session.design.layout.items() if place != before[id]}
    assert moved == {"conv1", "relu1", "pool1"}
    hand.double_click(stack.x + 60, stack.y + 120)
    assert not canvas.cards.stacks and len(canvas.cards.frames) == 1


def test_folding_and_unfolding_keep_the_pictures_of_the_last_run(lenet: Window) -> None:
    cards, session = lenet.canvas.cards, lenet.session
    made = {id: cards.cards[id].thumbnail for id in ("conv1", "relu1", "pool1")}
    assert all(made.values())
    session.group(tuple(made), "stage")
    assert cards.stacks["stage"].thumbnail is made["pool1"]
    session.fold("stage", False)
    assert {id: cards.cards[id].thumbnail for id in made} == made


def test_a_note_is_laid_and_written_from_the_menu(lenet: Window, qtbot: Any) -> None:
    canvas, session = lenet.canvas, lenet.session
    at = canvas.mapToGlobal(canvas.rect().bottomLeft()) + (canvas.rect().center() - canvas.rect().bottomLeft()) / 8
    menu = context_menu(canvas, session, lenet.actions_.made, at, Hit(Part.NOTHING))
    next(action for action in menu.actions() if "note" in action.text()).trigger()
    (editor,) = canvas.findChildren(QPlainTextEdit)
    editor.setPlainText("a stroke")
    qtbot.keyClick(editor, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert [note.text for note in session.design.notes] == ["a stroke"]
    menu.deleteLater()


def test_menus_of_all_parts(lenet: Window) -> None:
    canvas, session = lenet.canvas, lenet.session
    session.add_note(0, 700, "words")
    session.group(("dense1", "relu3"), "pair")
    session.fold("pair", False)
    at = canvas.mapToGlobal(canvas.rect().center())
    card, frame, note = canvas.cards.cards["conv1"], canvas.cards.frames[0], canvas.cards.notes[0]
    for hit, word in (
        (Hit(Part.CARD, card), "Switch"),
        (Hit(Part.LINK, link=Link("conv1", "relu1")), "Remove"),
        (Hit(Part.NOTE, note=note), "Delete"),
        (Hit(Part.FRAME, frame=frame), "Fold"),
    ):
        menu = context_menu(canvas, session, lenet.actions_.made, at, hit)
        assert any(word in action.text() for action in menu.actions())
        menu.deleteLater()


def test_the_sign_of_a_problem_leads_to_the_problem(lenet: Window) -> None:
    canvas, session = lenet.canvas, lenet.session
    session.set_param("conv2", "kernel_size", [99, 99])
    session.select(("conv1",))
    assert not is_seen(lenet, "problems")
    canvas.reset_zoom()
    canvas.show_block("conv2")
    card = canvas.cards.cards["conv2"]
    Hand(canvas).click(card.x + 150 - 18, card.y + 20)
    assert session.shown.selected == ("conv2",)
    assert is_seen(lenet, "problems")


def test_what_is_added_is_seen(open_window: Callable[..., Window], qtbot: Any) -> None:
    window = open_window()
    canvas, session = window.canvas, window.session
    window.documents.new()

    def seen() -> bool:
        (id,) = session.shown.selected
        return bool(canvas.seen.contains(canvas.cards.cards[id].outline))

    for _ in range(12):
        session.append("activation")
        assert seen() and canvas.zoom >= READABLE
        whole = canvas.seen.contains(canvas.cards.bounds())
        assert whole or len(session.design.blocks) > 8, "the whole network, while it can be read"
    # A view that its user moved is only moved as far as it must be.
    canvas.reset_zoom()
    canvas.pan(200, 100)
    session.append("activation")
    assert seen() and canvas.zoom == 1
    before = canvas.viewpoint
    session.set_param(session.shown.selected[0], "function", "tanh")
    assert canvas.viewpoint == before


def test_a_menu_pastes_where_it_was_opened(lenet: Window, qtbot: Any) -> None:
    canvas, session = lenet.canvas, lenet.session
    session.select(("pool1",))
    lenet.actions_.made["copy"].trigger()
    empty = QPointF(canvas.cards.bounds().right() - 20, canvas.cards.bounds().bottom() - 60)
    canvas.context.emit(canvas.mapToGlobal(canvas.mapFromScene(empty)), Hit(Part.NOTHING))
    (menu,) = [menu for menu in canvas.findChildren(QMenu) if menu.isVisible()]
    paste = next(action for action in menu.actions() if action.text() == "&Paste")
    qtbot.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(paste).center())
    (id,) = session.shown.selected
    x, y = session.design.layout[id]
    assert id != "pool1" and abs(x - empty.x()) < 200 and abs(y - empty.y()) < 200
    qtbot.waitUntil(lambda: lenet.shell.clipboard.aim is None)
