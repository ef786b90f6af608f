"""The selected unit on the cards: where it is marked, that it is painted there, and when it goes."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor

import cnnbuilder as cb
from cnnbuilder.app import theme
from cnnbuilder.app.canvas.brush import Mark, marks_of
from cnnbuilder.app.window import Window
from cnnbuilder.design.layer import kinds
from cnnbuilder.files.resources import samples
from tests.strategies import networks


def test_a_unit_marks_itself_what_it_reads_and_what_it_reaches() -> None:
    design = cb.load(samples() / "lenet5.json")
    found = marks_of(design, cb.check(design), "conv2", (3, 5, 6))
    assert found["conv2"] == Mark(6 / 10, 5 / 10, 7 / 10, 6 / 10, own=True)
    assert found["pool1"] == Mark(6 / 14, 5 / 14, 11 / 14, 10 / 14)
    assert found["image"] == Mark(10 / 28, 8 / 28, 24 / 28, 22 / 28)
    assert found["pool2"] == Mark(3 / 5, 2 / 5, 4 / 5, 3 / 5)
    assert "flatten" not in found and "softmax" not in found


def test_a_unit_of_a_vector_marks_its_bar_or_cell() -> None:
    design = cb.load(samples() / "lenet5.json")
    report = cb.check(design)
    assert marks_of(design, report, "softmax", (7,))["softmax"] == Mark(0.7, 0, 0.8, 1, own=True)
    cell = marks_of(design, report, "dense1", (13,))["dense1"]
    assert cell.own and (cell.right - cell.left) * (cell.bottom - cell.top) == pytest.approx(1 / 120)
    assert marks_of(design, report, "dense1", (13,))["image"] == Mark(0, 0, 1, 1)


@pytest.mark.parametrize("unit", [("nothing", (0, 0, 0)), ("conv1.weight", (0, 0, 0, 0)), ("conv1", (6, 0, 0)),
                                  ("conv1", (0,)), ("conv1", (0, -1, 0))])  # fmt: skip
def test_what_is_no_unit_marks_nothing(unit: tuple[str, tuple[int, ...]]) -> None:
    design = cb.load(samples() / "lenet5.json")
    assert marks_of(design, cb.check(design), *unit) == {}


@settings(max_examples=60)
@given(networks(list(kinds())), st.data())
def test_marks_are_the_fields(design: Any, data: Any) -> None:
    report = cb.check(design)
    block = data.draw(st.sampled_from(list(design.blocks)))
    shape = report.shapes[block]
    index = tuple(data.draw(st.integers(0, n - 1)) for n in shape)
    found = marks_of(design, report, block, index)
    for of, mark in found.items():
        assert 0 <= mark.left < mark.right <= 1 and 0 <= mark.top < mark.bottom <= 1
        if of == block:
            continue
        # All channels of the place matter to, and are reached by, at least what the one does.
        before = report.graph.wiring.order.index(of) < report.graph.wiring.order.index(block)
        field = cb.receptive_field if before else cb.projective_field
        around = field(design, block, (*index[1:], 0, 0)[:2], of=of)
        _, rows, columns = report.shapes[of]
        top, bottom, left, right = around
        assert top <= round(mark.top * rows) and round(mark.bottom * rows) <= bottom + 1
        assert left <= round(mark.left * columns) and round(mark.right * columns) <= right + 1


def colour_at(window: Window, card: Any, x: float, y: float) -> str:
    """The colour of a point of a card's picture, as painted."""
    room = card.picture_rect
    at = QPointF(room.left() + x * room.width(), room.top() + y * room.height())
    return window.canvas.grab().toImage().pixelColor(window.canvas.mapFromScene(at)).name()


def test_the_frame_is_painted_where_the_field_is_and_goes_with_the_document(lenet: Window, qtbot: Any) -> None:
    lenet.canvas.zoom_by(1 / lenet.canvas.zoom)
    lenet.canvas.show_block("image")
    unit = QColor(theme.UNIT).name()
    card = lenet.canvas.cards.standing["image"]
    assert colour_at(lenet, card, 10 / 28, 15 / 28) != unit
    lenet.docks.mark_unit("conv2", (3, 5, 6))
    assert colour_at(lenet, card, 10 / 28, 15 / 28) == unit
    assert colour_at(lenet, card, 24 / 28, 15 / 28) == unit
    assert colour_at(lenet, card, 17 / 28, 15 / 28) != unit
    lenet.docks.mark_unit("conv2", None)
    assert colour_at(lenet, card, 10 / 28, 15 / 28) != unit
    lenet.docks.mark_unit("conv2", (3, 5, 6))
    lenet.session.set_param("conv2", "kernel_size", [3, 3])
    assert lenet.canvas.look.brushed["pool1"] == Mark(6 / 14, 5 / 14, 9 / 14, 8 / 14)
    lenet.session.open(cb.load(samples() / "notes-example.json"))
    assert lenet.canvas.look.brushed == {}
