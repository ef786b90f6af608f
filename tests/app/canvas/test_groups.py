"""Groups on the canvas: folded into one card that takes links, unfolded in a frame."""

from collections.abc import Callable

from cnnbuilder.app.canvas import painting
from cnnbuilder.app.canvas.view import Canvas
from cnnbuilder.design.document import Group
from cnnbuilder.design.graph import Link

from .conftest import GROUPED, LOOSE_LINK, Hand, Said, branching

Show = Callable[..., Canvas]


def test_a_folded_group_is_one_card_that_unfolds_and_takes_its_blocks_along(show: Show) -> None:
    canvas = show(branching(groups=GROUPED))
    hand, said = Hand(canvas), Said(canvas)
    assert set(canvas.cards.cards) == {"image", "relu1", "loose"}
    (stack,) = canvas.cards.stacks.values()
    assert stack.content.summary == "3 blocks" and stack.content.parameters == 2 * 40
    assert set(canvas.cards.wires) == {Link("image", "conv1"), Link("image", "conv2"), LOOSE_LINK}
    hand.drag((250, 20), (250, 70))
    assert said.selected == [(("conv1", "conv2", "add1"),)]
    assert said.moved[0][0] == {"conv1": (213, 50), "conv2": (213, 320), "add1": (426, 50)}
    hand.double_click(250, 100)
    assert said.fold == [("branches", False)]


def test_an_unfolded_group_has_a_frame_with_a_button(show: Show) -> None:
    canvas = show(branching(groups=(Group("branches", ("conv1", "conv2"), False),)))
    hand, said = Hand(canvas), Said(canvas)
    (frame,) = canvas.cards.frames
    assert all(frame.rect.contains(canvas.cards.cards[id].outline) for id in ("conv1", "conv2"))
    hand.drag((frame.rect.x() + 20, frame.rect.y() + 10), (frame.rect.x() + 20, frame.rect.y() + 60))
    assert set(said.moved[0][0]) == {"conv1", "conv2"}
    canvas.cards.put_back()
    hand.click(frame.button.center().x(), frame.button.center().y())
    assert said.fold == [("branches", True)]


def test_a_link_led_to_a_folded_group_joins_the_block_that_reads_from_outside(show: Show) -> None:
    canvas = show(branching(groups=GROUPED))
    hand, said = Hand(canvas), Said(canvas)
    (stack,) = canvas.cards.stacks.values()
    hand.drag(canvas.cards.cards["loose"].output(), stack.input(0))
    assert said.connect_blocks == [("loose", "conv1", 0)]


def test_a_group_takes_no_link_from_what_it_feeds_or_from_itself(show: Show) -> None:
    canvas = show(branching(groups=GROUPED))
    hand, said = Hand(canvas), Said(canvas)
    (stack,) = canvas.cards.stacks.values()
    hand.drag(canvas.cards.cards["relu1"].output(), stack.input(0))
    hand.drag(stack.output(), stack.input(0))
    assert said.connect_blocks == [] and said.rejoined == []


def test_the_end_of_a_link_is_led_to_a_folded_group(show: Show) -> None:
    canvas = show(branching(groups=(Group("after", ("add1", "relu1"), True),)))
    canvas.show_design(canvas.cards.design, ())
    hand, said = Hand(canvas), Said(canvas)
    (stack,) = canvas.cards.stacks.values()
    assert stack.entering == "add1" and stack.leaving == "relu1"
    hand.drag(canvas.cards.cards["image"].output(), stack.input(1))
    ((source, target, _),) = said.connect_blocks
    assert (source, target) == ("image", "add1")


def test_what_is_left_of_a_long_name_keeps_its_number(qapp: object) -> None:
    shown = painting._elided("conv + batch norm + ReLU + pooling 12", 13, 600, 100.0, middle=True)
    assert shown.endswith("12") and "…" in shown
