"""The table of activations: what it counts, over which pictures, what it names, and how it follows."""

from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

import cnnbuilder as cb
from cnnbuilder.app.views.activations.counting import Line, Seen, named, spread
from cnnbuilder.app.views.activations.table import COLUMNS, FINDINGS
from cnnbuilder.app.views.activations.view import ALL, EMPTY, ActivationsView
from cnnbuilder.app.window import Window
from cnnbuilder.explain.statistics import tally
from cnnbuilder.files.resources import samples


def opened(window: Window, qtbot: Any) -> ActivationsView:
    """The view in front, with the lines of the last run."""
    window.docks.show_view("activations")
    qtbot.waitUntil(lambda: bool(window.docks.views("activations")))
    (view,) = window.docks.views("activations")
    assert isinstance(view, ActivationsView)
    counted(view, window, qtbot)
    return view


def counted(view: ActivationsView, window: Window, qtbot: Any) -> dict[str, Line]:
    """What it shows of the last run."""
    qtbot.waitUntil(
        lambda: (
            view._cancel is None
            and view._counted is window._latest is not None
            and window._latest.backward_seconds is not None
        )
    )
    return view.seen.last


def words(view: ActivationsView, block: str, head: str) -> str:
    row = view.model.row_of(block)
    assert row is not None
    column = next(number for number, column in enumerate(COLUMNS) if column.head == head)
    return str(view.model.data(view.model.index(row, column)))


def test_a_line_for_each_block_with_the_numbers_of_the_run(lenet: Window, qtbot: Any) -> None:
    view = opened(lenet, qtbot)
    result = lenet._latest
    assert result is not None
    assert [line.block for line in view.lines] == list(lenet.session.design.blocks)[1:]
    for line in view.lines:
        values = result.outputs[line.block]
        assert line.tally.mean == pytest.approx(values.mean(dtype=np.float64), rel=1e-5, abs=1e-6)
        assert line.tally.zero_share == pytest.approx((values == 0).mean())
        assert line.gradient == pytest.approx(np.abs(result.output_gradients[line.block]).mean(), rel=1e-4)
    assert words(view, "relu1", "Zero") == words(view, "relu1", "Flat") != "0.0 %"
    assert words(view, "conv1", "Flat") == ""


def test_a_dead_map_is_named(lenet: Window, qtbot: Any) -> None:
    view = opened(lenet, qtbot)
    bias = lenet._latest.weights["conv1.bias"].copy()
    bias[[2, 4]] = -1e3
    lenet.session.set_weights("Switch off two maps", "conv1.bias", bias)
    qtbot.waitUntil(lambda: lenet._latest.outputs["relu1"][4].max() == 0)
    counted(view, lenet, qtbot)
    assert words(view, "relu1", "Worth a look") == "2 of 6 maps dead: 2, 4"
    assert "worth a look" in view.summary.text()


def test_over_all_pictures_seen(lenet: Window, qtbot: Any) -> None:
    view = opened(lenet, qtbot)
    assert view.over.itemText(ALL) == "All 1 picture seen"
    first = lenet._latest
    assert first is not None
    picture = lenet.session.shown.picture
    assert picture is not None
    other = type(picture)(np.ascontiguousarray(picture.values[::-1]), "upside down")
    lenet.session.look(picture=other)
    qtbot.waitUntil(lambda: lenet._latest is not first and lenet._latest.request.picture is other)
    counted(view, lenet, qtbot)
    second = lenet._latest
    assert view.over.itemText(ALL) == "All 2 pictures seen"
    both = tally(first.run, "relu2").joined(tally(second.run, "relu2"))
    assert view.seen.all["relu2"].tally.mean == pytest.approx(both.mean)
    assert view.seen.last["relu2"].tally.mean == pytest.approx(tally(second.run, "relu2").mean)
    view.over.setCurrentIndex(ALL)
    view.over.activated.emit(ALL)
    assert view.lines[0].tally.pictures == 2
    lenet.session.look(picture=picture)  # seen before: not counted again
    qtbot.waitUntil(lambda: lenet._latest.request.picture is picture)
    counted(view, lenet, qtbot)
    assert view.seen.all["relu2"].tally.pictures == 2
    lenet.session.set_param("conv1", "filters", 5)
    qtbot.waitUntil(lambda: lenet._latest.outputs["conv1"].shape[0] == 5)
    counted(view, lenet, qtbot)
    assert view.seen.pictures == 1


def test_rows_and_blocks_are_selected_together(lenet: Window, qtbot: Any) -> None:
    view = opened(lenet, qtbot)
    lenet.session.select(("pool2",))
    assert view.view.currentIndex().row() == view.model.row_of("pool2")
    at = view.view.visualRect(view.model.index(1, 0)).center()
    qtbot.mouseClick(view.view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert lenet.session.shown.selected == ("relu1",)
    lenet.session.set_param("conv1", "filters", 7)
    qtbot.waitUntil(lambda: lenet._latest.outputs["conv1"].shape[0] == 7)
    counted(view, lenet, qtbot)
    assert lenet.session.shown.selected == ("relu1",)


def test_sorted_by_a_column_and_copied(lenet: Window, qtbot: Any) -> None:
    view = opened(lenet, qtbot)
    view._sort(2)
    means = [line.tally.mean for line in view.model.rows]
    assert means == sorted(means, reverse=True)
    view._sort(2)
    assert [line.tally.mean for line in view.model.rows] == sorted(means)
    view._sort(2)
    assert [line.block for line in view.model.rows] == [line.block for line in view.lines]
    view._sort(0)
    assert view.model.rows[0].block == "conv1"
    view.copy()
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0].split("\t")[0] == "Block" and len(lines) == len(view.lines) + 1


def test_a_hidden_view_counts_nothing_and_another_document_begins_anew(lenet: Window, qtbot: Any) -> None:
    view = opened(lenet, qtbot)
    before = view._counted
    lenet.docks.show_view("maps")
    lenet.session.set_param("conv1", "filters", 7)
    qtbot.waitUntil(lambda: lenet._latest.outputs["conv1"].shape[0] == 7)
    assert view._counted is before
    lenet.docks.show_view("activations")
    counted(view, lenet, qtbot)
    lenet.session.open(cb.load(samples() / "notes-example.json"))
    assert view.lines == [] and view._words.text() == EMPTY
    qtbot.waitUntil(lambda: [line.block for line in view.lines] == ["conv1"])


def test_named() -> None:
    assert named([2, 7], 16, "map", "dead") == "2 of 16 maps dead: 2, 7"
    assert named(list(range(16)), 16, "map", "dead") == "all 16 maps dead"
    assert named([0], 1, "map", "dead") == "dead throughout"
    assert named(list(range(12)), 400, "unit", "dead").endswith("8, 9 …")
    assert COLUMNS[FINDINGS].head == "Worth a look"


def test_the_spread_is_about_zero() -> None:
    shares, limit = spread(np.array([-1.0, 0.5, 0.5, 2.0, np.nan]))
    assert limit == 2.0 and shares.max() == 1 and shares[-1] == 0.5
    assert int(np.argmax(shares)) == 20  # 0.5 of −2 … 2 in 32 bins
    assert spread(np.zeros(4))[1] == 1.0
    assert Seen().pictures == 0
