"""One number explained in the window: what is shown, and what hands and keys do with it."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication

import cnnbuilder as cb
from cnnbuilder.app.views.pixel.view import PixelView
from cnnbuilder.app.views.pixel.walk import Unit, beside, count, middle
from cnnbuilder.app.window import Window

shapes = st.one_of(
    st.tuples(st.integers(1, 30)),
    st.tuples(st.integers(1, 5), st.integers(1, 6), st.integers(1, 6)),
    st.tuples(*[st.integers(1, 3)] * 6),
)


@pytest.fixture
def view(lenet: Window, qtbot: Any) -> PixelView:
    lenet.docks.show_view("pixel")
    dock = lenet.docks.dock_of("pixel")
    assert dock is not None
    qtbot.waitUntil(lambda: dock.view is not None)
    assert isinstance(dock.view, PixelView)
    qtbot.waitUntil(lambda: lenet._latest is not None and lenet._latest.gradients is not None)
    return dock.view


def shown(view: PixelView) -> tuple[str, tuple[int, ...]]:
    assert view.unit is not None
    return view.unit.name, view.unit.index


# Walking


@given(shapes, st.data())
def test_walking_stays_in_the_array(shape: tuple[int, ...], data: st.DataObject) -> None:
    unit = Unit("it", tuple(data.draw(st.integers(0, n - 1)) for n in shape))
    numbers = [unit.numbered(shape, number).number(shape) for number in range(count(shape))]
    assert numbers == list(range(count(shape)))
    for down, across in ((0, 1), (0, -1), (1, 0), (-1, 0)):
        moved = unit.moved(shape, down, across)
        assert all(0 <= i < n for i, n in zip(moved.index, shape, strict=True))
        assert sum(abs(a - b) for a, b in zip(moved.index, unit.index, strict=True)) <= 1
    for by in (-1, 1):
        other = unit.in_map(shape, by)
        assert all(0 <= i < n for i, n in zip(other.index, shape, strict=True))
        assert other.index[-2:] == unit.index[-2:] or len(shape) < 3


@given(shapes, shapes, st.data())
def test_the_block_beside_has_a_unit(a: tuple[int, ...], b: tuple[int, ...], data: st.DataObject) -> None:
    wiring = cb.Design.from_dict(
        {
            "format": "cnnbuilder",
            "version": 1,
            "blocks": [{"id": "a", "kind": "input"}, {"id": "b", "kind": "softmax"}],
            "links": [{"from": "a", "to": "b"}],
        }
    ).graph.wiring
    unit = Unit("a", tuple(data.draw(st.integers(0, n - 1)) for n in a))
    after = beside(unit, wiring, {"a": a, "b": b}, 1)
    assert after is not None and after.name == "b"
    assert len(after.index) == len(b) and all(0 <= i < n for i, n in zip(after.index, b, strict=True))
    assert beside(unit, wiring, {"a": a, "b": b}, -1) is None
    assert all(0 <= i < n for i, n in zip(middle(a), a, strict=True))


# The view


def test_what_is_selected_in_a_map_is_explained(view: PixelView, lenet: Window) -> None:
    lenet.docks.mark_unit("conv1", (2, 26, 6))
    assert shown(view) == ("conv1", (2, 26, 6))
    value = float(lenet._latest.outputs["conv1"][2, 26, 6])  # type: ignore[union-attr]
    assert f"{value:.4f}".replace("-", "−") in view.equation.text()
    assert "conv1 [2, 26, 6]" in view.scene.accessibleDescription().replace("conv1[", "conv1 [")
    dock = lenet.docks.dock_of(view)
    assert dock is not None and dock.windowTitle() == "One pixel — conv1 [2, 26, 6]"


def test_products_that_are_shown_add_up_to_the_value(view: PixelView, lenet: Window) -> None:
    lenet.docks.mark_unit("conv2", (2, 6, 6))
    sight = view._sight
    assert sight is not None and len(sight.places) == 6
    total = sight.explanation.bias
    subtotals = []
    for place in sight.places:
        _, _, products = sight.patches(place)
        subtotals.append(float(np.nansum(products.values)))
    value = float(lenet._latest.outputs["conv2"][2, 6, 6])  # type: ignore[union-attr]
    assert total + sum(subtotals) == pytest.approx(value, abs=1e-5)
    assert [abs(s) for s in subtotals] == sorted((abs(s) for s in subtotals), reverse=True)
    assert [row.data() for row in _rows(view)] == [sight.name(place) for place in sight.places]


def _rows(view: PixelView) -> list[Any]:
    model = view.subtotals.model()
    return [model.index(row, 0) for row in range(model.rowCount())]


def test_another_channel_is_looked_at_and_stays(view: PixelView, lenet: Window) -> None:
    lenet.docks.mark_unit("conv2", (2, 6, 6))
    assert view.subtotals.isVisible()
    view.subtotals.setCurrentIndex(_rows(view)[3])
    place = view.scene.place
    assert view._sight is not None and place == view._sight.places[3]
    channel = int(view._sight.sheets[place.sheet].channels[place.channel])
    view.step(1)
    place = view.scene.place
    assert place is not None and int(view._sight.sheets[place.sheet].channels[place.channel]) == channel


def test_the_kernel_is_whole_where_the_window_is_over_the_border(view: PixelView, lenet: Window) -> None:
    lenet.docks.mark_unit("conv1", (2, 26, 6))
    assert view._sight is not None
    patch, kernel, products = view._sight.patches(view._sight.places[0])
    np.testing.assert_allclose(kernel.values, lenet._latest.weights["conv1.weight"][2, 0])  # type: ignore[union-attr]
    assert patch.padded is not None and patch.padded.sum() == 5
    assert products.present.sum() == 20


def test_keys_move_the_unit(view: PixelView, lenet: Window, qtbot: Any) -> None:
    lenet.docks.mark_unit("conv1", (2, 26, 6))
    view.setFocus()
    for key, index in (
        (Qt.Key.Key_Left, (2, 26, 5)),
        (Qt.Key.Key_Up, (2, 25, 5)),
        (Qt.Key.Key_Right, (2, 25, 6)),
        (Qt.Key.Key_Down, (2, 26, 6)),
        (Qt.Key.Key_PageDown, (3, 26, 6)),
        (Qt.Key.Key_PageUp, (2, 26, 6)),
    ):
        qtbot.keyClick(view.scene, key)
        assert shown(view) == ("conv1", index)
    qtbot.keyClick(view.scene, Qt.Key.Key_O)
    assert shown(view) == ("relu1", (2, 26, 6))
    assert lenet.session.shown.selected == ("relu1",)
    qtbot.keyClick(view.scene, Qt.Key.Key_O)
    assert shown(view) == ("pool1", (2, 13, 3))
    qtbot.keyClick(view.scene, Qt.Key.Key_U)
    assert shown(view)[0] == "relu1"


def test_a_term_is_followed_back_in_every_view(view: PixelView, lenet: Window, qtbot: Any) -> None:
    lenet.docks.mark_unit("conv2", (2, 6, 6))
    QApplication.processEvents()  # laid out
    plan = view.scene.plan()
    assert plan is not None and view._sight is not None and view.scene.place is not None
    corner = plan.patches[0].topLeft().toPoint() + QPoint(2, 2)
    source = view._sight.sheets[view.scene.place.sheet].source(view.scene.place.channel, 0, 0)
    qtbot.mouseMove(view.scene, corner)
    qtbot.waitUntil(lambda: f"pool1 [{source[1][0]}, 6, 6] · conv2.weight" in view.equation.text())  # type: ignore[index]
    qtbot.mouseClick(view.scene, Qt.MouseButton.LeftButton, pos=corner)
    assert shown(view) == source
    assert lenet.docks.unit == source


def test_a_click_in_the_own_map_explains_that_place(view: PixelView, lenet: Window, qtbot: Any) -> None:
    lenet.docks.mark_unit("conv1", (2, 26, 6))
    QApplication.processEvents()
    plan = view.scene.plan()
    assert plan is not None
    qtbot.mouseClick(view.scene, Qt.MouseButton.LeftButton, pos=plan.own.topLeft().toPoint() + QPoint(1, 1))
    assert shown(view) == ("conv1", (2, 0, 0))


def test_playing_steps_to_the_end_and_stops_when_hidden(view: PixelView, lenet: Window, qtbot: Any) -> None:
    lenet.docks.mark_unit("conv1", (2, 27, 26))
    view._playing.setInterval(1)
    qtbot.mouseClick(view.controls.play, Qt.MouseButton.LeftButton)
    assert view.controls.playing
    qtbot.waitUntil(lambda: not view.controls.playing)
    assert shown(view) == ("conv1", (2, 27, 27))
    lenet.docks.mark_unit("conv1", (2, 0, 0))
    view.play(True)
    lenet.docks.show_view("maps")
    assert not view.controls.playing


def test_the_slider_scrubs_over_the_map(view: PixelView, lenet: Window) -> None:
    lenet.docks.mark_unit("conv1", (2, 0, 0))
    view.controls.slider.setValue(30)
    assert shown(view) == ("conv1", (2, 1, 2))
    assert view.controls.number.text() == "31 of 784"


def test_a_pinned_view_stays(view: PixelView, lenet: Window, qtbot: Any) -> None:
    lenet.docks.mark_unit("conv1", (2, 26, 6))
    view.setFocus()
    qtbot.keyClick(view.scene, Qt.Key.Key_P)
    lenet.docks.mark_unit("conv2", (0, 0, 0))
    lenet.session.select(("pool1",))
    assert shown(view) == ("conv1", (2, 26, 6))
    qtbot.keyClick(view.scene, Qt.Key.Key_Right)
    assert shown(view) == ("conv1", (2, 26, 7))
    assert lenet.docks.unit == ("conv2", (0, 0, 0))
    qtbot.keyClick(view.scene, Qt.Key.Key_P)
    lenet.docks.mark_unit("conv2", (0, 0, 1))
    assert shown(view) == ("conv2", (0, 0, 1))


def test_the_gradient_is_explained_from_the_blocks_after(view: PixelView, lenet: Window, qtbot: Any) -> None:
    lenet.docks.mark_unit("conv1", (2, 14, 14))
    view.setFocus()
    qtbot.keyClick(view.scene, Qt.Key.Key_B)
    assert view._sight is not None and [sheet.block for sheet in view._sight.sheets] == ["relu1"]
    value = float(lenet._latest.output_gradients["conv1"][2, 14, 14])  # type: ignore[union-attr]
    assert view._sight.explanation.value == value
    assert view.controls.backward.isChecked()
    qtbot.keyClick(view.scene, Qt.Key.Key_B)
    assert not view._sight.unit.backward


def test_the_gradient_of_a_weight_is_explained(view: PixelView, lenet: Window) -> None:
    lenet.docks.mark_unit("conv1.weight", (2, 0, 1, 1))
    assert view._sight is not None and view.controls.backward.isChecked()
    sheet = view._sight.sheets[0]
    assert sheet.block == "conv1" and len(view._sight.explanation.terms) == 27 * 27
    assert sheet.factor(0, 5, 5)[0] == "image"  # type: ignore[index]


def test_the_backward_pass_begins_at_any_value(view: PixelView, lenet: Window, qtbot: Any) -> None:
    lenet.docks.mark_unit("conv2", (2, 6, 6))
    view.setFocus()
    qtbot.keyClick(view.scene, Qt.Key.Key_D)
    assert "Backward from conv2 [2, 6, 6]" in lenet.bar.target.accessibleName()
    qtbot.waitUntil(lambda: lenet._latest.gradients is not None and lenet._latest.target is None)  # type: ignore[union-attr]
    gradients = lenet._latest.output_gradients  # type: ignore[union-attr]
    assert np.argwhere(gradients["conv2"]).tolist() == [[2, 6, 6]] and gradients["conv2"][2, 6, 6] == 1
    # What it is made of has a gradient: the kernel, laid over its receptive field; nothing else has one.
    top, bottom, left, right = cb.receptive_field(lenet.session.design, "conv2", (6, 6), of="pool1")  # type: ignore[misc]
    kernel = lenet._latest.weights["conv2.weight"][2]  # type: ignore[union-attr]
    np.testing.assert_allclose(gradients["pool1"][:, top : bottom + 1, left : right + 1], kernel, atol=1e-6)
    assert np.count_nonzero(gradients["pool1"]) == np.count_nonzero(kernel)
    # It stays while others are looked at, and goes with D.
    lenet.docks.mark_unit("conv1", (0, 3, 3))
    assert lenet.session.shown.origin == ("conv2", (2, 6, 6)) and view.controls.here.isChecked()
    qtbot.keyClick(view.scene, Qt.Key.Key_D)
    qtbot.waitUntil(lambda: lenet._latest.target is not None)  # type: ignore[union-attr]
    assert not view.controls.here.isChecked()


def test_a_value_that_is_gone_gives_way_to_the_class(view: PixelView, lenet: Window, qtbot: Any) -> None:
    lenet.docks.mark_unit("conv2", (15, 9, 9))
    view.freeze()
    qtbot.waitUntil(lambda: lenet._latest.gradients is not None and lenet._latest.target is None)  # type: ignore[union-attr]
    lenet.session.set_param("conv2", "filters", 4)
    qtbot.waitUntil(lambda: lenet._latest.target is not None)  # type: ignore[union-attr]


def test_every_block_of_the_design_is_explained(view: PixelView, lenet: Window) -> None:
    for block, shape in lenet.session.shown.report.shapes.items():
        assert shape is not None
        for backward in (False, True):
            lenet.docks.mark_unit(block, middle(shape))
            view.turn(backward)
            assert view._sight is not None, view._empty.text()
            view.scene.grab()


def test_an_edit_explains_the_new_value(view: PixelView, lenet: Window, qtbot: Any) -> None:
    lenet.docks.mark_unit("conv1", (2, 26, 6))
    lenet.session.set_param("conv1", "kernel_size", [3, 3])
    qtbot.waitUntil(lambda: view._sight is not None and len(view._sight.explanation.terms) == 9)
    lenet.session.set_param("conv1", "filters", 2)
    qtbot.waitUntil(lambda: view._sight is None)
    assert "conv1" in view._empty.text()


def test_without_a_unit_the_view_says_what_to_do(open_window: Callable[..., Window], qtbot: Any) -> None:
    lone = open_window(wait=False)
    lone.session.open(cb.Design())
    lone.docks.show_view("pixel")
    dock = lone.docks.dock_of("pixel")
    assert dock is not None
    qtbot.waitUntil(lambda: dock.view is not None)
    assert isinstance(dock.view, PixelView)
    assert dock.view._empty.isVisible() and "Click a value" in dock.view._empty.text()


# Linked views


def test_the_field_of_a_unit_is_framed_in_the_maps_of_other_blocks(view: PixelView, lenet: Window) -> None:
    maps = lenet.maps[0]
    lenet.docks.show_view("maps")
    lenet.session.select(("pool1",))
    lenet.docks.mark_unit("conv2", (2, 6, 6))
    assert maps.grid.framed == (6, 10, 6, 10)
    lenet.session.select(("image",))
    assert maps.grid.framed == cb.receptive_field(lenet.session.design, "conv2", (6, 6), of="image")
    lenet.docks.mark_unit("image", (0, 0, 0))
    assert maps.grid.framed is None
    lenet.session.select(("pool2",))
    assert maps.grid.framed == cb.projective_field(lenet.session.design, "image", (0, 0), of="pool2")
    lenet.session.select(("dense1",))
    assert maps.grid.framed is None
    maps.grid.grab()
