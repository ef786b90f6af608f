"""Two designs side by side: what is offered, told and drawn, where values part, and changes carried across."""

import json
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication

import cnnbuilder as cb
from cnnbuilder.app import exporting
from cnnbuilder.app.views.compare import words
from cnnbuilder.app.views.compare.other import BEFORE, SAVED, TAB, Seen
from cnnbuilder.app.views.compare.table import DIFFERENCE, HEADS, OUTPUT, PARAMETERS, VALUES
from cnnbuilder.app.views.compare.trio import Trio
from cnnbuilder.app.views.compare.view import CompareView
from cnnbuilder.app.window import Window
from cnnbuilder.design.compare import Difference
from cnnbuilder.files.resources import samples


def in_front(window: Window, qtbot: Any) -> CompareView:
    window.docks.show_view("compare")
    qtbot.waitUntil(lambda: bool(window.docks.views("compare")))
    (view,) = window.docks.views("compare")
    assert isinstance(view, CompareView)
    return view


def seen(view: CompareView, window: Window, qtbot: Any) -> Seen:
    """Both designs have run on the picture of the last run."""

    def ready() -> bool:
        shown = view.model.shown
        return (
            view._cancel is None
            and shown is not None
            and shown.seen is not None
            and shown.seen.mine is window._latest
            and shown.compared.a is window.session.design
        )

    qtbot.waitUntil(ready, timeout=20_000)
    assert view.model.shown is not None and view.model.shown.seen is not None
    return view.model.shown.seen


def beside(window: Window, qtbot: Any, sample: str = "lenet-tiled") -> CompareView:
    """LeNet-5 on top, another sample in the other tab."""
    first = window.session.shown.key
    window.session.set_param("conv1", "filters", 6, "As it is")
    window.session.append("activation", "softmax")
    window.session.undo()
    window.session.open(cb.load(samples() / f"{sample}.json"))
    window.session.show_document(first)
    return in_front(window, qtbot)


def cell(view: CompareView, block: str, column: int) -> str:
    row = view.model.row_of(block)
    assert row is not None
    return str(view.model.data(view.model.index(row, column)))


def press(view: CompareView, button: Any, qtbot: Any) -> None:
    assert button.isEnabled()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_with_one_design_that_never_changed_it_says_what_to_do(lenet: Window, qtbot: Any) -> None:
    view = in_front(lenet, qtbot)
    assert view.controls.choice is None and "Open a second design" in view._words.text()
    assert view._words.isVisible() and not view.controls.here.isVisible()


def test_before_an_edit_and_as_saved(lenet: Window, qtbot: Any) -> None:
    view = in_front(lenet, qtbot)
    lenet.session.set_param("conv2", "padding", "same")
    assert view.controls.choice == (BEFORE, 0)
    assert [choice for choice, _ in view.controls._offered] == [(BEFORE, 0), (SAVED, 0)]
    assert cell(view, "conv2", DIFFERENCE) == "padding same → valid"
    assert cell(view, "conv2", OUTPUT) == "14 × 14 × 16 → 10 × 10 × 16"
    assert cell(view, "dense1", PARAMETERS) == "94,200 → 48,120"
    found = seen(view, lenet, qtbot)
    assert found.first == "conv2" and cell(view, "conv2", VALUES) == "other shape"
    assert cell(view, "conv1", VALUES) == "equal"
    assert view.summary.text().startswith("1 of 14 blocks differ · 107,786 → 61,706 parameters")
    assert "first depart at conv2" in view.summary.text()


def test_two_tabs_on_one_picture(lenet: Window, qtbot: Any) -> None:
    view = beside(lenet, qtbot)
    assert view.controls.choice is not None and view.controls.choice[0] == TAB
    found = seen(view, lenet, qtbot)
    assert found.theirs.request.picture is found.mine.request.picture
    assert found.first == "conv1"
    for (a, b), departure in found.departures.items():
        apart = np.abs(found.mine.outputs[a] - found.theirs.outputs[b])
        assert departure.largest == pytest.approx(apart.max())
    assert "Convolution → Tiled convolution" in cell(view, "conv1", DIFFERENCE)
    assert cell(view, "image", VALUES) == "equal"


def test_the_other_document_on_top_is_compared_with_the_first(lenet: Window, qtbot: Any) -> None:
    view = beside(lenet, qtbot)
    mine, choice = lenet.session.shown.key, view.controls.choice
    assert choice is not None
    lenet.session.show_document(choice[1])
    assert view.controls.choice == (TAB, mine)
    assert "Tiled convolution → Convolution" in cell(view, "conv1", DIFFERENCE)
    lenet.session.close_document(mine)
    assert view.controls.choice is None


def test_maps_of_both_and_their_difference(lenet: Window, qtbot: Any) -> None:
    view = beside(lenet, qtbot)
    found = seen(view, lenet, qtbot)
    lenet.session.select(("relu1",))
    assert view.pair is not None and view.pair.a == "relu1"
    heads = [head for head, _, _, _ in view.trio.planes]
    assert heads == ["relu1", "relu1", "difference"]
    channel = view._channel
    planes = [plane for _, _, plane, _ in view.trio.planes]
    assert np.array_equal(planes[0], found.mine.outputs["relu1"][channel])
    assert np.array_equal(planes[1], found.theirs.outputs["relu1"][channel])
    apart = planes[0] - planes[1]
    assert np.allclose(planes[2], apart) and view.trio.mark == np.unravel_index(np.abs(apart).argmax(), apart.shape)
    wheel = QWheelEvent(
        QPointF(20, 60), view.trio.mapToGlobal(QPointF(20, 60)), QPoint(), QPoint(0, -120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    before = view._channel = 2
    view._show_maps()
    QApplication.sendEvent(view.trio, wheel)
    assert view._channel == before + 1 and view.controls.map.currentIndex() == before + 1
    qtbot.keyClick(view.trio, Qt.Key.Key_Left)
    assert view._channel == before
    assert not view.trio.grab().toImage().isNull()


def test_a_change_is_taken_over_and_undone(lenet: Window, qtbot: Any) -> None:
    view = beside(lenet, qtbot)
    seen(view, lenet, qtbot)
    design = lenet.session.design
    lenet.session.select(("conv1",))
    press(view, view.controls.here, qtbot)
    assert lenet.session.design.blocks["conv1"].kind == "tiled_conv"
    assert cell(view, "conv1", DIFFERENCE) == ""
    assert lenet.session.shown.undo == "Take over conv1"
    lenet.session.undo()
    assert lenet.session.design.graph == design.graph


def test_a_change_is_given_to_the_other_document(lenet: Window, qtbot: Any) -> None:
    view = beside(lenet, qtbot)
    choice, top = view.controls.choice, lenet.session.shown.key
    assert choice is not None
    lenet.session.select(("conv1",))
    press(view, view.controls.there, qtbot)
    assert lenet.session.shown.key == top
    state = lenet.session.state_of(choice[1])
    assert state is not None and state.design.blocks["conv1"].kind == "conv"
    assert cell(view, "conv1", DIFFERENCE) == ""
    lenet.session.show_document(choice[1])
    assert lenet.session.shown.undo == "Take over conv1"
    lenet.session.undo()
    assert lenet.session.design.blocks["conv1"].kind == "tiled_conv"


def test_a_block_that_only_one_has_is_taken_over_or_removed(lenet: Window, qtbot: Any) -> None:
    view = in_front(lenet, qtbot)
    lenet.session.append("dropout", "relu2")
    row = next(number for number, pair in enumerate(view.model.rows) if pair.b is None)
    view.view.selectRow(row)
    assert view.controls.here.text() == "Remove here" and not view.controls.there.isEnabled()
    press(view, view.controls.here, qtbot)
    assert "dropout1" not in lenet.session.design.blocks
    assert view.controls.choice == (BEFORE, 0)  # with the block again
    row = next(number for number, pair in enumerate(view.model.rows) if pair.a is None)
    view.view.selectRow(row)
    assert view.controls.here.text() == "Take theirs"
    press(view, view.controls.here, qtbot)
    assert lenet.session.design.graph.wiring.sources["pool2"] == ("dropout1",)


def test_only_what_differs(lenet: Window, qtbot: Any) -> None:
    view = in_front(lenet, qtbot)
    lenet.session.set_param("dense3", "units", 9)
    seen(view, lenet, qtbot)
    view.controls.only.setChecked(True)
    assert [pair.a for pair in view.model.rows] == ["dense3"]
    view.controls.only.setChecked(False)
    assert len(view.model.rows) == 14


def test_a_design_that_cannot_run_is_compared_as_it_is(lenet: Window, qtbot: Any) -> None:
    view = in_front(lenet, qtbot)
    lenet.session.set_param("conv2", "kernel_size", [40, 40])
    assert cell(view, "conv2", OUTPUT) == "? → 10 × 10 × 16"
    found = seen(view, lenet, qtbot)
    assert cell(view, "conv2", VALUES) == "did not run" and found.first is None


def test_it_is_saved_as_data(lenet: Window, qtbot: Any) -> None:
    view = in_front(lenet, qtbot)
    lenet.session.set_param("conv2", "filters", 12)
    seen(view, lenet, qtbot)
    export = view.export()
    assert export is not None
    data = json.loads(exporting.as_json(export))
    assert data["first_departing"] == "conv2"
    assert [pair["this"] for pair in data["pairs"] if pair["differences"]] == ["conv2"]
    assert {pair["this"]: pair["differences"] for pair in data["pairs"]}["conv2"] == {"filters": [12, 16]}
    assert exporting.as_csv(export).splitlines()[0] == ",".join(HEADS)


@pytest.mark.parametrize(
    ("what", "a", "b", "said"),
    [
        ("filters", 6, 8, "filters 6 → 8"),
        ("kernel_size", [3, 3], [5, 1], "kernel size 3×3 → 5×1"),
        ("ceil_mode", True, False, "ceil mode yes → no"),
        ("mean", None, [0.1, 0.2, 0.3], "mean none → [0.1, 0.2, 0.3]"),
        ("off", True, False, "switched off here"),
        ("off", False, True, "switched off there"),
        ("kind", "conv", "mystery", "Convolution → mystery"),
        ("reads", ("a",), (), "reads a → nothing"),
        ("missing", "a", None, "only here"),
        ("missing", None, "a", "only there"),
    ],
)
def test_differences_in_words(what: str, a: Any, b: Any, said: str) -> None:
    assert words.difference(Difference(what, a, b)) == said


def test_maps_that_are_no_numbers_are_drawn_too(qtbot: Any) -> None:
    trio = Trio()
    qtbot.addWidget(trio)
    trio.resize(400, 160)
    trio.show_pair(("a", "b"), np.full((1, 2, 2), np.nan), np.zeros((1, 2, 2), np.float32), 0)
    assert not trio.grab().toImage().isNull()
    trio.show_pair(("a", "b"), np.zeros((1, 2, 2), np.float32), None, 3)
    assert len(trio.planes) == 2 and "not there" not in trio.accessibleDescription()
    trio.show_nothing()
    assert not trio.grab().toImage().isNull()
