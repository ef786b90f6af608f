"""What the mouse does on the canvas, with real events."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QPlainTextEdit

from cnnbuilder.app.canvas.content import WIDTH
from cnnbuilder.app.canvas.gestures import Slide
from cnnbuilder.app.canvas.hits import Part, picker_rect
from cnnbuilder.app.canvas.view import KIND_MIME, Canvas
from cnnbuilder.app.thumbnails import Thumbnail
from cnnbuilder.design.graph import Link
from cnnbuilder.design.layout import COLUMN

from .conftest import LOOSE_LINK, NOTES, Hand, Said, branching

SHIFT, CTRL, ALT = (
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
)
Show = Callable[..., Canvas]


def output(canvas: Canvas, id: str) -> tuple[float, float]:
    return canvas.cards.cards[id].output()


def input(canvas: Canvas, id: str, number: int = 0) -> tuple[float, float]:
    return canvas.cards.cards[id].input(number)


# Selecting


def test_a_click_selects_a_card_and_one_beside_it_selects_nothing(hand: Hand, said: Said) -> None:
    hand.click(250, 20)
    hand.click(100, 600)
    assert said.selected == [(("conv1",),), ((),)]


@pytest.mark.parametrize("keys", [SHIFT, CTRL])
def test_with_shift_or_control_a_click_adds_and_takes_off(hand: Hand, said: Said, keys: Any) -> None:
    hand.click(250, 20)
    hand.click(450, 20, keys)
    hand.click(250, 20, keys)
    assert said.selected == [(("conv1",),), (("conv1", "add1"),), (("add1",),)]


def test_a_rubber_band_selects_what_it_touches(hand: Hand, said: Said, canvas: Canvas) -> None:
    hand.press(190, -30)
    hand.move(470, 600)
    assert canvas.cards.cards["conv2"].selected  # shown while the band is drawn
    hand.release()
    assert said.selected == [(("conv1", "conv2", "add1"),)]


def test_a_click_on_one_of_several_selected_cards_leaves_it_alone_selected(show: Show) -> None:
    canvas = show(selected=("conv1", "conv2"))
    said = Said(canvas)
    Hand(canvas).click(250, 20)
    assert said.selected == [(("conv1",),)]


# Moving


def test_a_drag_moves_all_selected_cards_and_tells_once(show: Show) -> None:
    canvas = show(selected=("conv1", "conv2"))
    said = Said(canvas)
    Hand(canvas).drag((250, 20), (290, 120))
    assert said.moved == [({"conv1": (253, 100), "conv2": (253, 370)}, {})]


def test_a_card_snaps_to_the_row_of_its_neighbours(hand: Hand, said: Said) -> None:
    hand.drag((700, 320), (820, 25))
    assert said.moved[0][0]["loose"] == (759, 0)


def test_links_follow_a_card_while_it_is_dragged(canvas: Canvas, hand: Hand) -> None:
    hand.press(250, 290)
    hand.move(300, 400)
    for link in (Link("image", "conv2", 0), Link("conv2", "add1", 1)):
        wire = canvas.cards.wires[link]
        assert wire.points[0] == canvas.cards.cards[link.source].output()
        assert wire.points[-1] == canvas.cards.cards[link.target].input(link.input)
    hand.release()


def test_escape_puts_everything_back(canvas: Canvas, hand: Hand, said: Said, qtbot: Any) -> None:
    hand.press(250, 20)
    hand.move(400, 400)
    qtbot.keyClick(canvas, Qt.Key.Key_Escape)
    hand.release()
    assert canvas.cards.cards["conv1"].pos() == QPointF(213, 0)
    assert said.moved == []


def test_a_loose_card_dragged_onto_a_link_is_put_into_it(canvas: Canvas, hand: Hand, said: Said) -> None:
    x, y = output(canvas, "add1")
    hand.press(660, 320)
    hand.move(x + 30 - 75 + 21, y - 60)
    assert canvas.look.target == LOOSE_LINK
    hand.release()
    ((id, link, place),) = said.inserted
    assert (id, link) == ("loose", LOOSE_LINK) and said.moved == []
    assert place == (canvas.cards.cards["loose"].x, canvas.cards.cards["loose"].y)
    assert canvas.look.target is None


def test_a_card_that_is_linked_is_not_put_into_links(hand: Hand, said: Said) -> None:
    hand.drag((250, 290), (600, 60))
    assert said.inserted == [] and len(said.moved) == 1


# Links


def test_a_link_is_drawn_from_an_output_to_an_input(canvas: Canvas, hand: Hand, said: Said) -> None:
    x, y = input(canvas, "loose")
    hand.press(*output(canvas, "relu1"))
    hand.move(x - 15, y + 6)  # near is enough
    assert canvas.cards.cards["loose"] in canvas.look.lit
    hand.release()
    assert said.connect_blocks == [("relu1", "loose", 0)]
    assert not canvas.look.lit and said.moved == []


def test_a_link_dropped_on_a_card_takes_its_free_input(canvas: Canvas, hand: Hand, said: Said) -> None:
    hand.drag(output(canvas, "loose"), (450, 100))
    assert said.connect_blocks == [("loose", "add1", 2)]


def test_no_link_leads_back_to_where_it_came_from(canvas: Canvas, hand: Hand, said: Said) -> None:
    hand.press(*output(canvas, "add1"))
    hand.move(250, 100)
    lit = {card.content.id for card in canvas.look.lit}
    hand.release()
    assert lit == {"relu1", "loose"} and said.connect_blocks == []


def test_a_link_dropped_on_nothing_asks_what_may_come_next(canvas: Canvas, hand: Hand, said: Said) -> None:
    hand.drag(output(canvas, "relu1"), (850, 250))
    ((id, _, place),) = said.wanted_next
    assert id == "relu1" and place == QPointF(850, 250)


def test_the_end_of_a_link_is_led_to_another_input(canvas: Canvas, hand: Hand, said: Said) -> None:
    hand.drag(input(canvas, "relu1"), input(canvas, "loose"))
    assert said.rejoined == [(LOOSE_LINK, "add1", "loose", 0)] and said.unlink == []


def test_the_end_of_a_link_dropped_on_nothing_takes_it_away(canvas: Canvas, hand: Hand, said: Said) -> None:
    hand.drag(input(canvas, "relu1"), (560, 500))
    assert said.unlink == [(LOOSE_LINK,)]


def test_the_end_of_a_link_put_back_changes_nothing(canvas: Canvas, hand: Hand, said: Said) -> None:
    hand.press(*input(canvas, "relu1"))
    hand.move(600, 200)
    hand.move(*input(canvas, "relu1"))
    hand.release()
    assert said.unlink == said.rejoined == []


def test_escape_gives_up_a_link(canvas: Canvas, hand: Hand, said: Said, qtbot: Any) -> None:
    hand.press(*output(canvas, "relu1"))
    hand.move(*input(canvas, "loose"))
    qtbot.keyClick(canvas, Qt.Key.Key_Escape)
    hand.release()
    assert said.connect_blocks == [] and not canvas.look.linking


def test_a_link_is_selected_with_a_click_and_removed_with_delete(
    canvas: Canvas, hand: Hand, said: Said, qtbot: Any
) -> None:
    x, y = output(canvas, "add1")
    hand.click(x + 32, y + 3)
    assert canvas.look.chosen == LOOSE_LINK
    qtbot.keyClick(canvas, Qt.Key.Key_Delete)
    assert said.unlink == [(LOOSE_LINK,)] and said.remove == []


def test_a_link_says_its_whole_shape_and_memory(canvas: Canvas, hand: Hand) -> None:
    x, y = output(canvas, "add1")
    hand.hover(x + 32, y)
    assert canvas.toolTip() == "add1 → relu1: 8 × 8 × 4 (height × width × channels), 1.0 KB"


def test_what_is_pointed_at_is_marked(canvas: Canvas, hand: Hand) -> None:
    x, y = output(canvas, "add1")
    hand.hover(x + 32, y)
    assert canvas.look.link == LOOSE_LINK
    hand.hover(x + 2, y)
    assert canvas.look.port is canvas.cards.cards["add1"]
    hand.hover(450, 100)
    assert canvas.look.card is canvas.cards.cards["add1"] and canvas.look.port is None
    assert canvas.cursor().shape() == Qt.CursorShape.PointingHandCursor


# Dropping from the palette


def drop(canvas: Canvas, kind: str, x: float, y: float) -> None:
    data = QMimeData()
    data.setData(KIND_MIME, kind.encode())
    at = canvas.mapFromScene(x, y)
    keys, action = Qt.KeyboardModifier.NoModifier, Qt.DropAction.CopyAction
    QApplication.sendEvent(canvas, QDragEnterEvent(at, action, data, Qt.MouseButton.LeftButton, keys))
    QApplication.sendEvent(canvas, QDragMoveEvent(at, action, data, Qt.MouseButton.LeftButton, keys))
    canvas.grab()  # the ghost is painted
    QApplication.sendEvent(canvas, QDropEvent(QPointF(at), action, data, Qt.MouseButton.LeftButton, keys))


def test_a_kind_dropped_on_a_link_goes_into_it(canvas: Canvas, said: Said) -> None:
    x, y = output(canvas, "add1")
    drop(canvas, "activation", x + 30, y + 5)
    ((kind, _, _, link, after, before),) = said.dropped
    assert (kind, link, after, before) == ("activation", LOOSE_LINK, None, None)


def test_a_kind_dropped_behind_an_open_output_is_joined_to_it(canvas: Canvas, said: Said) -> None:
    x, y = output(canvas, "relu1")
    drop(canvas, "activation", x + 60 + 75, y)
    ((_, left, top, link, after, before),) = said.dropped
    card = canvas.cards.cards["relu1"]
    assert (left, top) == (card.x + COLUMN, card.y), "nearly in line is in line"
    assert (link, after, before) == (None, "relu1", None)
    drop(canvas, "activation", x + 60 + 75, y + 80)
    _, left, top, *_ = said.dropped[1]
    assert (left, top) == (card.x + COLUMN, y + 60)


def test_a_kind_dropped_ahead_of_an_open_input_is_joined_to_it(canvas: Canvas, said: Said) -> None:
    x, y = input(canvas, "loose")
    drop(canvas, "input", x - 60 - 75, y)
    assert said.dropped[0][3:] == (None, None, "loose")


def test_the_view_moves_on_while_a_kind_is_held_at_its_edge(canvas: Canvas, said: Said, qtbot: Any) -> None:
    data, first = QMimeData(), canvas.seen
    data.setData(KIND_MIME, b"dense")
    at, keys, action = QPoint(canvas.width() - 3, 200), Qt.KeyboardModifier.NoModifier, Qt.DropAction.CopyAction
    slides = canvas.findChildren(Slide)
    QApplication.sendEvent(canvas, QDragEnterEvent(at, action, data, Qt.MouseButton.LeftButton, keys))
    QApplication.sendEvent(canvas, QDragMoveEvent(at, action, data, Qt.MouseButton.LeftButton, keys))
    assert not any(slide.isActive() for slide in slides), "it only enters"
    for place in (QPoint(300, 200), at):
        QApplication.sendEvent(canvas, QDragMoveEvent(place, action, data, Qt.MouseButton.LeftButton, keys))
    qtbot.waitUntil(lambda: canvas.seen.left() > first.left() + 100)
    QApplication.sendEvent(canvas, QDropEvent(QPointF(at), action, data, Qt.MouseButton.LeftButton, keys))
    assert said.dropped[0][1] > first.right() - WIDTH / 2, "dropped where nothing was seen before"
    assert not any(slide.isActive() for slide in slides)
    assert not canvas.keyed


def test_a_kind_dropped_far_from_everything_stands_alone(canvas: Canvas, said: Said) -> None:
    drop(canvas, "dense", 40, 560)
    assert said.dropped[0][0] == "dense" and said.dropped[0][3:] == (None, None, None)


# Pictures and their channels


def with_picture(canvas: Canvas, id: str, channels: int = 4) -> Any:
    canvas.show_thumbnails({id: Thumbnail(np.zeros((8, 8), np.uint8), "positive", 1, channels)})
    return canvas.cards.cards[id]


def test_the_channel_picker_turns_both_ways(canvas: Canvas, hand: Hand, said: Said) -> None:
    rect = picker_rect(with_picture(canvas, "conv1"))
    hand.click(rect.left() + 5, rect.center().y())
    hand.click(rect.right() - 5, rect.center().y())
    assert said.channel_turned == [("conv1", -1), ("conv1", 1)] and said.moved == []


def test_a_picture_of_one_channel_has_no_picker(canvas: Canvas) -> None:
    assert picker_rect(with_picture(canvas, "conv1", 1)).isNull()


def wheel(canvas: Canvas, x: float, y: float, angle: int, keys: Any = None, pixels: QPoint | None = None) -> None:
    at = QPointF(canvas.mapFromScene(x, y))
    event = QWheelEvent(
        at,
        QPointF(canvas.mapToGlobal(at.toPoint())),
        pixels or QPoint(),
        QPoint(0, angle),
        Qt.MouseButton.NoButton,
        keys or Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(canvas, event)


def test_the_wheel_zooms_about_the_pointer(canvas: Canvas) -> None:
    before = canvas.mapFromScene(300, 200)
    wheel(canvas, 300, 200, 120)
    after = canvas.mapFromScene(300, 200)
    assert canvas.zoom == pytest.approx(1.0015**120)
    assert (before - after).manhattanLength() <= 1


def test_other_wheels(canvas: Canvas, said: Said) -> None:
    left, top = canvas.viewpoint.x, canvas.viewpoint.y
    wheel(canvas, 300, 200, 120, SHIFT)
    assert (canvas.viewpoint.x, canvas.viewpoint.y) == (left - 120, top)
    wheel(canvas, 300, 200, 30, pixels=QPoint(7, -9))
    assert (canvas.viewpoint.x, canvas.viewpoint.y) == (left - 127, top + 9) and canvas.zoom == 1
    wheel(canvas, 300, 200, 30, CTRL, pixels=QPoint(7, -9))
    assert canvas.zoom > 1
    wheel(canvas, 250, 100, -120, ALT)
    assert said.channel_turned == [("conv1", 1)]


def test_the_middle_button_and_space_pan(canvas: Canvas, hand: Hand, said: Said, qtbot: Any) -> None:
    left = canvas.viewpoint.x
    hand.press(250, 20, button=Qt.MouseButton.MiddleButton)
    hand.at = QPointF(290, 20)
    hand.move(290, 20, button=Qt.MouseButton.MiddleButton)
    hand.release(button=Qt.MouseButton.MiddleButton)
    assert canvas.viewpoint.x < left and said.moved == []
    left = canvas.viewpoint.x
    qtbot.keyPress(canvas, Qt.Key.Key_Space)
    hand.press(250, 20)
    hand.move(300, 20)
    hand.release()
    qtbot.keyRelease(canvas, Qt.Key.Key_Space)
    assert canvas.viewpoint.x < left and said.moved == [] and said.selected == []


def test_the_view_moves_along_while_a_card_is_held_at_its_edge(canvas: Canvas, hand: Hand, qtbot: Any) -> None:
    left = canvas.viewpoint.x
    hand.press(700, 320)
    at = canvas.mapToScene(QPointF(996, 380))
    hand.move(at.x(), at.y())
    qtbot.waitUntil(lambda: canvas.viewpoint.x > left + 30)
    assert canvas.cards.cards["loose"].x > 800
    hand.release()
    left = canvas.viewpoint.x
    assert not canvas._slide.isActive()


# Notes, groups, menus


def test_a_note_is_dragged_widened_written_and_removed(show: Show, qtbot: Any) -> None:
    canvas = show(branching(notes=NOTES))
    hand, said = Hand(canvas), Said(canvas)
    hand.drag((40, 300), (60, 340))
    assert said.moved == [({}, {0: (20, 330)})]
    canvas.cards.put_back()
    hand.drag((160, 300), (220, 300))
    assert said.note_resized == [(0, 220.0)]
    canvas.cards.put_back()
    hand.double_click(40, 300)
    (editor,) = canvas.findChildren(QPlainTextEdit)
    editor.setPlainText("Other words")
    qtbot.keyClick(editor, Qt.Key.Key_Return, CTRL)
    assert said.note_edited == [(0, "Other words")]
    hand.click(40, 300)
    qtbot.keyClick(canvas, Qt.Key.Key_Delete)
    assert said.note_removed == [(0,)] and said.remove == []


def test_escape_leaves_a_note_as_it_was(show: Show, qtbot: Any) -> None:
    canvas = show(branching(notes=NOTES))
    said = Said(canvas)
    canvas.write(0)
    (editor,) = canvas.findChildren(QPlainTextEdit)
    qtbot.keyClicks(editor, "more")
    qtbot.keyClick(editor, Qt.Key.Key_Escape)
    assert said.note_edited == []


def test_a_double_click_edits_a_block_or_asks_for_a_new_one(hand: Hand, said: Said) -> None:
    hand.double_click(250, 100)
    hand.double_click(80, 600)
    assert said.edit_wanted == [("conv1",)]
    assert said.wanted_next[0][0] is None and said.wanted_next[0][2] == QPointF(80, 600)


def test_a_menu_is_asked_for_where_the_pointer_is(canvas: Canvas, said: Said) -> None:
    from PySide6.QtGui import QContextMenuEvent

    at = canvas.mapFromScene(250, 100)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, canvas.mapToGlobal(at))
    QApplication.sendEvent(canvas, event)
    ((_, hit),) = said.context
    assert hit.part is Part.CARD and hit.card.content.id == "conv1" and said.selected == [(("conv1",),)]
