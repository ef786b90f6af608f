"""What matters: what is asked, what is drawn, followed, told, and what cannot be asked."""

from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor

import cnnbuilder as cb
from cnnbuilder.app.views.attribution import asking, words
from cnnbuilder.app.views.attribution.controls import CLASS, UNIT
from cnnbuilder.app.views.attribution.sheet import blended
from cnnbuilder.app.views.attribution.view import EMPTY, AttributionView
from cnnbuilder.app.window import Window
from cnnbuilder.files.resources import samples


def opened(window: Window, qtbot: Any) -> AttributionView:
    """The view in front, with an answer."""
    view = in_front(window, qtbot)
    answered(view, qtbot)
    return view


def in_front(window: Window, qtbot: Any) -> AttributionView:
    """The view in front."""
    qtbot.waitUntil(lambda: bool(window.docks.views("attribution")))
    window.docks.show_view("attribution")
    (view,) = window.docks.views("attribution")
    assert isinstance(view, AttributionView)
    return view


def answered(view: AttributionView, qtbot: Any) -> asking.Answer:
    """What it shows when everything asked is answered."""
    qtbot.waitUntil(lambda: view._cancel is None and view.sheet.answer is not None, timeout=30_000)
    answer = view.sheet.answer
    assert answer is not None
    return answer


def test_the_saliency_of_the_class_is_the_gradient_of_its_score(lenet: Window, qtbot: Any) -> None:
    answer = answered(opened(lenet, qtbot), qtbot)
    result = lenet._latest
    assert result is not None
    target = result.target
    slope = np.zeros_like(result.run["dense3"])
    slope[0, target] = 1
    expected = result.run.backward(gradient=slope, block="dense3").outputs["image"][0]
    np.testing.assert_allclose(answer.importance, np.abs(expected).max(axis=0), rtol=1e-6)
    assert answer.score == result.run["dense3"][0, target]
    assert f"class {target} before the softmax" in words.heading(answer, str(target))


def test_every_method_answers_with_its_words(lenet: Window, qtbot: Any) -> None:
    view = opened(lenet, qtbot)
    told = set()
    for method in asking.METHODS:
        view.controls.ask(CLASS, method)
        answer = answered(view, qtbot)
        assert answer.wanted.method == method
        assert answer.done == 1
        assert answer.importance.any()
        told.add(view.side.meaning.text())
        assert view.sheet.image() is not None
    assert len(told) == len(asking.METHODS)
    assert "4 × 4" in words.meaning(answer)


def test_a_unit_selected_elsewhere_shows_its_field(lenet: Window, qtbot: Any) -> None:
    view = opened(lenet, qtbot)
    view.controls.ask(UNIT)
    assert "Click a value" in view._words.text()
    lenet.docks.mark_unit("conv2", (3, 5, 6))
    answer = answered(view, qtbot)
    assert answer.field == cb.receptive_field(lenet.session.design, "conv2", (5, 6), of="image")
    assert "effective receptive field" in view.side.meaning.text()
    top, bottom, left, right = answer.field
    outside = answer.importance.copy()
    outside[top : bottom + 1, left : right + 1] = 0
    assert not outside.any()
    lenet.docks.mark_unit("pool1", (0, 1, 1))
    qtbot.waitUntil(lambda: view.sheet.answer is not None and view.sheet.answer.wanted.block == "pool1")


def test_a_pixel_that_is_clicked_is_marked_in_other_views(lenet: Window, qtbot: Any) -> None:
    view = opened(lenet, qtbot)
    units = []
    view.unit_selected.connect(lambda *unit: units.append(unit))
    place = view.sheet.cells((20, 20, 11, 11)).center()
    assert view.sheet.cell(place) == (20, 11)
    qtbot.mouseClick(view.sheet, Qt.MouseButton.LeftButton, pos=place.toPoint())
    assert units == [("image", (0, 20, 11))]
    assert lenet.docks.unit == ("image", (0, 20, 11))
    qtbot.keyClick(view.sheet, Qt.Key.Key_Up)
    assert view.sheet.marked == (19, 11)
    assert "row 19, column 11" in view.side.pointed.text()
    assert view.sheet.cell(QPointF(0, 0)) is None


def test_it_follows_an_edit(lenet: Window, qtbot: Any) -> None:
    view = opened(lenet, qtbot)
    before = answered(view, qtbot)
    lenet.session.set_param("conv1", "filters", 7)
    qtbot.waitUntil(lambda: view.sheet.answer is not before and view._cancel is None)
    assert view._result is lenet._latest


def test_a_question_asked_meanwhile_wins(lenet: Window, qtbot: Any) -> None:
    view = opened(lenet, qtbot)
    view.controls.ask(CLASS, asking.OCCLUSION)
    view.controls.ask(CLASS, asking.TIMES)
    assert answered(view, qtbot).wanted.method == asking.TIMES


def test_a_hidden_view_asks_nothing(lenet: Window, qtbot: Any) -> None:
    view = opened(lenet, qtbot)
    lenet.docks.show_view("maps")
    before = view.sheet.answer
    lenet.session.set_param("conv1", "filters", 7)
    qtbot.waitUntil(lambda: lenet._latest is not None and lenet._latest.outputs["conv1"].shape[0] == 7)
    assert view.sheet.answer is before
    lenet.docks.show_view("attribution")
    qtbot.waitUntil(lambda: view.sheet.answer is not before)


def test_without_classes_it_says_what_can_be_done(open_window: Any, qtbot: Any) -> None:
    window = open_window(samples() / "notes-example.json")
    view = in_front(window, qtbot)
    assert "Choose “The unit”" in view._words.text()
    view.controls.ask(UNIT)
    window.docks.mark_unit("conv1", (0, 3, 3))
    assert answered(view, qtbot).wanted.index == (0, 3, 3)
    view.controls.ask(method=asking.ACTIVATION)
    assert "No block before conv1" in view._words.text()


def test_too_many_squares_are_refused_in_words(lenet: Window, qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cnnbuilder.explain.attribution.MOST", 10)
    view = opened(lenet, qtbot)
    view.controls.ask(CLASS, asking.OCCLUSION)
    qtbot.waitUntil(lambda: "patches are too many" in view._words.text())
    view.controls.ask(CLASS, asking.SALIENCY)
    answered(view, qtbot)


def test_another_document_begins_anew(lenet: Window, qtbot: Any) -> None:
    view = opened(lenet, qtbot)
    view.controls.ask(UNIT)
    lenet.docks.mark_unit("conv2", (3, 5, 6))
    answered(view, qtbot)
    lenet.session.open(cb.load(samples() / "notes-example.json"))
    assert view.sheet.answer is None and view._words.text() == EMPTY
    qtbot.waitUntil(lambda: "Click a value" in view._words.text())


def test_covering_is_stopped_by_cancel_and_keeps_what_was_found(lenet: Window, qtbot: Any) -> None:
    view = opened(lenet, qtbot)
    view.controls.step.setCurrentIndex(view.controls.step.findData(0.0))
    view.controls.ask(CLASS, asking.OCCLUSION)
    qtbot.waitUntil(lambda: bool(lenet.tasks._stops))
    lenet.status.cancel.emit()
    qtbot.waitUntil(lambda: view._cancel is None and not lenet.tasks._threads)
    view.controls.ask(CLASS, asking.SALIENCY)
    assert answered(view, qtbot).wanted.method == asking.SALIENCY


def test_the_maps_offered_have_places(lenet: Window, qtbot: Any) -> None:
    opened(lenet, qtbot)
    assert lenet._latest is not None
    assert asking.map_blocks(lenet._latest, "softmax") == ["conv1", "relu1", "pool1", "conv2", "relu2", "pool2"]
    assert asking.map_blocks(lenet._latest, "pool1") == ["conv1", "relu1"]


@pytest.mark.parametrize(("rows", "columns"), [(3, 4), (7, 7), (1, 1), (2, 9)])
def test_maps_are_stretched_as_pytorch_does(rows: int, columns: int) -> None:
    torch = pytest.importorskip("torch")
    values = np.random.default_rng(rows).normal(size=(rows, columns))
    theirs = torch.nn.functional.interpolate(torch.from_numpy(values)[None, None], (28, 33), mode="bilinear")[0, 0]
    np.testing.assert_allclose(asking.stretched(values, 28, 33), theirs.numpy(), atol=1e-6)


def test_what_is_seen_of_a_picture() -> None:
    assert asking.seen(np.array([[[-1.0, 1.0]]])).tolist() == [[[0, 0, 0], [255, 255, 255]]]
    colour = asking.seen(np.array([[[1.0]], [[0.5]], [[np.nan]]]))
    assert colour.tolist() == [[[255, 127, 0]]]
    assert asking.seen(np.array([[[4.0]], [[0.0]]])).tolist() == [[[255, 255, 255]]]


def test_at_the_ends_of_the_slider_one_sees_the_picture_or_the_colours_alone(lenet: Window, qtbot: Any) -> None:
    view = opened(lenet, qtbot)
    heat, answer = view.sheet.heat, answered(view, qtbot)
    assert heat is not None
    ground = asking.seen(answer.picture)
    assert np.array_equal(blended(ground, heat, 0.0), ground)
    alone = blended(ground, heat, 1.0)
    assert np.array_equal(alone, blended(np.zeros_like(ground), heat, 1.0))
    row, column = np.unravel_index(np.argmax(answer.importance), answer.importance.shape)
    assert alone[row, column].tolist() == list(QColor(int(heat.table[255])).getRgb()[:3])
