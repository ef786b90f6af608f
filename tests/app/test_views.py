"""Maps in grids and the table of costs: what is painted, pointed at, selected, sorted, taken elsewhere."""

import csv
import io
from collections.abc import Iterator
from math import ceil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QImage, QWheelEvent
from PySide6.QtWidgets import QApplication, QMessageBox

from cnnbuilder.app import theme
from cnnbuilder.app.runner import Request, Result
from cnnbuilder.app.session import Session
from cnnbuilder.app.views import taking
from cnnbuilder.app.views.costs import Costs
from cnnbuilder.app.views.grid import Grid
from cnnbuilder.app.views.maps import FeatureMaps, Gradients, Kernels, MapsView
from cnnbuilder.app.views.tile_layout import fitted
from cnnbuilder.app.views.tile_painter import CLIPPED, EACH, LOGARITHMIC, ONE, Picture, numbers, picture, short
from cnnbuilder.app.views.tiles import Summary, Tiles
from cnnbuilder.app.window import Window
from cnnbuilder.design.document import Design

random = np.random.default_rng(0)


def some(*shape: int) -> Any:
    return random.standard_normal(shape, dtype=np.float32)


def shown(array: Any, word: str = "map", by: str = "number", living: bool = False, scaling: str = ONE) -> Picture:
    tiles = Tiles(array, word)
    summary = Summary(tiles)
    return picture(tiles, summary, summary.order(by, living), scaling)


@pytest.fixture
def grid(qtbot: Any) -> Iterator[Grid]:
    made = Grid()
    qtbot.addWidget(made)
    made.resize(760, 200)
    made.show()
    yield made


def centre(grid: Grid, at: tuple[int, int, int]) -> QPoint:
    return grid.box_of(at).center().toPoint()


# Tiles and their layout


@given(
    st.integers(1, 5000),
    st.integers(1, 300),
    st.integers(1, 300),
    st.floats(100, 3000),
    st.floats(80, 2000),
    st.none() | st.floats(10, 400),
)
def test_every_cell_is_found_where_it_is_drawn(
    count: int, rows: int, columns: int, width: float, height: float, wide: float | None
) -> None:
    layout = fitted(count, rows, columns, (width, height), wide=wide)
    for place in {0, count // 2, count - 1}:
        for row, column in ((0, 0), (rows - 1, columns - 1), (rows // 2, columns // 3)):
            left, top, across, down = layout.cell_box(place, row, column)
            assert layout.at(left + across / 2, top + down / 2) == (place, row, column)
            assert place in layout.seen(left, top, across, down)
    seen = layout.seen(0, 0, width, height)
    assert len(seen) <= (width / layout.wide + 2) * (height / layout.high + 2)
    assert layout.size[1] >= layout.box(count - 1)[1] + layout.high


@pytest.mark.parametrize("shape", [(7,), (120,), (5, 9), (6, 4, 5), (4, 3, 5, 2), (2, 3, 4, 5, 6)])
def test_index_and_place_are_inverse(shape: tuple[int, ...]) -> None:
    tiles = Tiles(some(*shape), "kernel")
    for index in np.ndindex(*shape):
        at = tiles.place(index)
        assert at is not None and tiles.index(at) == index
        assert tiles.values[at] == tiles.array[index]
    assert tiles.place(shape) is None


CONV = ("filter", "channel", "row", "column")
TILED = (*CONV, "tile row", "tile column")


def test_kernels_that_take_turns_are_seen_one_by_one() -> None:
    tiles = Tiles(some(2, 3, 5, 4, 2, 2), "kernel", TILED)
    assert tiles.values.shape == (2 * 3 * 2 * 2, 5, 4) and tiles.leading == (2, 3, 2, 2)
    for index in np.ndindex(*tiles.array.shape):
        at = tiles.place(index)
        assert at is not None and tiles.index(at) == index and tiles.values[at] == tiles.array[index]
    words = "filter 1, channel 2, tile row 0, tile column 1, row 4, column 3"
    assert tiles.words((1, 2, 4, 3, 0, 1)) == words


def test_rows_of_kernels_say_in_words_what_they_are() -> None:
    assert Tiles(some(6, 3, 4, 5), "kernel", CONV).row_words(7) == "filter 2"
    tiled = Tiles(some(2, 1, 5, 4, 2, 2), "kernel", TILED)
    assert [tiled.row_words(tile) for tile in (0, 2, 6)] == [
        "filter 0, tile row 0",
        "filter 0, tile row 1",
        "filter 1, tile row 1",
    ]
    local = ("filter", "place down", "place across", "channel", "row", "column")
    assert Tiles(some(2, 3, 3, 2, 5, 5), "kernel", local).row_words(10) == "filter 0, place down 1, across 2"


def test_words_of_places() -> None:
    assert Tiles(some(6, 4, 5), "map").words((2, 3, 1)) == "map 2, row 3, column 1"
    assert Tiles(some(6, 3, 4, 5), "kernel", CONV).words((2, 1, 3, 0)) == "filter 2, channel 1, row 3, column 0"
    assert Tiles(some(10), "map").words((4,)) == "value 4"
    assert Tiles(some(10, 3), "kernel").words((4, 2)) == "unit 4, input 2"


def test_dead_and_constant_maps_are_named() -> None:
    maps = some(8, 3, 3)
    maps[[2, 7]] = 0
    maps[4] = 1.5
    assert Summary(Tiles(maps, "map")).words() == "2 dead: 2, 7 · 1 constant: 4"
    maps[0, 0, 0] = np.nan
    summary = Summary(Tiles(maps, "map"))
    assert "1 not finite" in summary.words() and np.isfinite(summary.limit)


def test_order_by_activity_and_maximum_and_without_the_dead() -> None:
    maps = np.zeros((4, 2, 2), np.float32)
    maps[1], maps[2], maps[3, 0, 0] = 1, -2, 5
    summary = Summary(Tiles(maps, "map"))
    assert list(summary.order("activity", False)) == [2, 3, 1, 0]  # type: ignore[arg-type]
    assert list(summary.order("largest", True)) == [3, 2, 1]  # type: ignore[arg-type]
    assert summary.order("number", False) is None
    kernels = np.zeros((3, 2, 2, 2), np.float32)
    kernels[2, 1], kernels[0, 0] = 3, 1
    order = Summary(Tiles(kernels, "kernel")).order("largest", False)
    assert order is not None and list(order) == [4, 5, 0, 1, 2, 3], "a filter's kernels stay in one row"


@pytest.mark.parametrize("scaling", [ONE, EACH, CLIPPED, LOGARITHMIC])
@pytest.mark.parametrize("bad", [0, np.nan, np.inf, -np.inf])
def test_colours_are_of_the_sign_and_grow(scaling: str, bad: float) -> None:
    maps = np.linspace(-2, 2, 50, dtype=np.float32).reshape(2, 5, 5)
    maps[0, 2, 2] = bad
    made = shown(maps, scaling=scaling)
    found = numbers(np.array([-2, -0.5, 0, 0.5, 2], np.float32), made, made.limit)
    assert list(found) == sorted(found) and found[2] in (127, 128) and found[0] <= 1 and found[4] >= 254


@given(st.floats(-1e30, 1e30))
def test_a_value_in_a_cell_is_short(value: float) -> None:
    assert 1 <= len(short(value)) <= 8


# The grid


def test_only_what_is_in_sight_is_painted(grid: Grid) -> None:
    grid.show_picture(shown(some(4096, 14, 14)))
    assert grid.sight.layout.count == 4096
    view = grid.viewport().rect()
    assert len(grid.sight.layout.seen(0, 0, view.width(), view.height())) < 200
    assert grid.verticalScrollBar().maximum() > 3000
    grid.verticalScrollBar().setValue(grid.verticalScrollBar().maximum())
    assert grid.at(centre(grid, (4095, 13, 13))) == (4095, 13, 13)


@pytest.mark.parametrize("scale", [theme.LIGHT, theme.DARK])
def test_a_value_has_its_colour_where_it_stands(grid: Grid, scale: theme.Theme) -> None:
    theme.keeper().show(scale)
    maps = np.zeros((6, 8, 8), np.float32)
    maps[3, 2, 5], maps[4, 1, 1] = 1, -1
    made = shown(maps)
    grid.show_picture(made)
    image = grid.viewport().grab().toImage()
    for at, number in (((3, 2, 5), 255), ((4, 1, 1), 0), ((0, 4, 4), 127)):
        colour = image.pixelColor(centre(grid, at))
        assert colour.rgb() == int(made.table[number]), at


def test_a_part_of_a_large_map_is_the_same_as_the_map(grid: Grid) -> None:
    """Beyond a size only the part in sight is converted."""
    made = shown(some(1, 60, 60))
    grid.show_picture(made)
    grid.set_tile_width(2400)
    grid.choose((0, 30, 30))
    grid.show_at((0, 30, 30))
    grid.mark(None)
    image = grid.viewport().grab().toImage()
    box = grid.box_of((0, 30, 30))
    at = (box.topLeft() + QPointF(4, 4)).toPoint()
    wanted = made.table[int(numbers(made.tiles.values[0, 30:31, 30], made, made.limit)[0])]
    assert image.pixelColor(at).rgb() == int(wanted)


def test_a_click_selects_and_arrows_walk_over_the_edge(grid: Grid, qtbot: Any) -> None:
    grid.show_picture(shown(some(6, 4, 4)))
    heard: list[object] = []
    grid.selected.connect(heard.append)
    qtbot.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=centre(grid, (1, 2, 3)))
    qtbot.keyClick(grid, Qt.Key.Key_Right)
    qtbot.keyClick(grid, Qt.Key.Key_Down)
    qtbot.keyClick(grid, Qt.Key.Key_Left)
    assert heard == [(1, 2, 3), (2, 2, 0), (2, 3, 0), (1, 3, 3)] and grid.marked == (1, 3, 3)
    for _ in range(40):
        qtbot.keyClick(grid, Qt.Key.Key_Left)
    assert grid.marked == (0, 3, 0), "at the first map's edge it stays"


def test_the_mark_is_orange(grid: Grid) -> None:
    grid.show_picture(shown(some(2, 5, 5)))
    grid.mark((1, 2, 2))
    image = grid.viewport().grab().toImage()
    box = grid.box_of((1, 2, 2)).toRect()
    found = {image.pixelColor(box.left() + dx, box.center().y()).name() for dx in (-2, -1, 0, 1, 2)}
    assert theme.UNIT in found


def test_walking_scrolls(grid: Grid, qtbot: Any) -> None:
    grid.show_picture(shown(some(512, 7, 7)))
    grid.choose((0, 0, 0))
    for _ in range(60):
        qtbot.keyClick(grid, Qt.Key.Key_Down)
    assert grid.verticalScrollBar().value() > 0
    assert grid.viewport().rect().contains(centre(grid, grid.marked or (0, 0, 0)))


def test_one_map_fills_the_view_and_escape_goes_back(grid: Grid, qtbot: Any) -> None:
    grid.show_picture(shown(some(64, 14, 14)))
    before = grid.sight.layout.wide
    at = centre(grid, (5, 3, 3))
    qtbot.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=at)
    qtbot.mouseDClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert grid.sight.alone == 5 and grid.sight.layout.wide > 2 * before
    assert grid.at(centre(grid, (5, 9, 9))) == (5, 9, 9)
    qtbot.keyClick(grid, Qt.Key.Key_PageDown)
    assert grid.sight.alone == 6
    qtbot.keyClick(grid, Qt.Key.Key_Escape)
    assert grid.sight.alone is None and grid.sight.layout.wide == before
    qtbot.keyClick(grid, Qt.Key.Key_Return)
    assert grid.sight.alone == 5, "the map of the selected unit"


def test_the_wheel_scrolls_and_with_ctrl_sizes(grid: Grid) -> None:
    grid.show_picture(shown(some(512, 7, 7)))
    wheel(grid, -120)
    assert grid.verticalScrollBar().value() > 0
    before = grid.sight.layout.wide
    wheel(grid, 120, Qt.KeyboardModifier.ControlModifier)
    assert grid.sight.layout.wide > before


def wheel(grid: Grid, by: int, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    at = QPointF(100, 60)
    event = QWheelEvent(
        at,
        QPointF(grid.mapToGlobal(at.toPoint())),
        QPoint(),
        QPoint(0, by),
        Qt.MouseButton.NoButton,
        keys,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(grid.viewport(), event)


def test_sizing_keeps_the_selected_unit_in_sight(grid: Grid) -> None:
    grid.show_picture(shown(some(512, 7, 7)))
    grid.choose((300, 3, 3))
    grid.show_at((300, 3, 3))
    for wide in (20.0, 60.0, 150.0, 400.0, None):
        grid.set_tile_width(wide)
        assert grid.viewport().rect().contains(centre(grid, (300, 3, 3))), wide


def test_values_stand_in_large_cells(grid: Grid) -> None:
    maps = np.full((1, 3, 3), 0.5, np.float32)
    maps[0, 0, 0] = 1
    grid.show_picture(shown(maps))
    assert min(grid.sight.layout.cell) >= 34
    box = grid.box_of((0, 1, 1)).toRect().adjusted(2, 2, -2, -2)
    image = grid.viewport().grab(box).toImage()
    assert len({image.pixelColor(x, y).rgb() for x in range(image.width()) for y in range(image.height())}) > 2


def test_new_values_of_the_same_form_keep_the_place(grid: Grid) -> None:
    grid.show_picture(shown(some(512, 7, 7)))
    grid.verticalScrollBar().setValue(500)
    grid.set_tile_width(60)
    at = grid.verticalScrollBar().value()
    grid.show_picture(shown(some(512, 7, 7)))
    assert (grid.verticalScrollBar().value(), grid.sight.layout.wide) == (at, 60)


def test_kernels_stand_in_rows_of_filters(grid: Grid) -> None:
    grid.show_picture(shown(some(16, 6, 5, 5), "kernel"))
    layout = grid.sight.layout
    assert layout.headed and layout.across == 6 and ceil(layout.count / layout.across) == 16
    assert grid.box_of((0, 0, 0)).top() == grid.box_of((5, 0, 0)).top() < grid.box_of((6, 0, 0)).top()


@pytest.mark.parametrize("shape", [(0, 3, 3), (1, 1, 1), (3, 1, 400), (3, 400, 1), (4096, 1, 1), (1,), (3, 100_000)])
def test_odd_forms_are_painted(grid: Grid, shape: tuple[int, ...]) -> None:
    grid.show_picture(shown(some(*shape)))
    for wide in (None, 12.0, 3000.0):
        grid.set_tile_width(wide)
        assert not grid.viewport().grab().isNull()


# Taking maps elsewhere


def test_a_map_is_copied_as_values_and_as_an_image(qapp: object) -> None:
    maps = some(3, 4, 5)
    made = shown(maps)
    taking.copy_values(made, 1)
    read = np.array(list(csv.reader(io.StringIO(QGuiApplication.clipboard().text()))), np.float32)
    assert np.array_equal(read, maps[1])
    image = taking.tile_image(made, 2)
    assert (image.width(), image.height()) == (5, 4)


def test_all_maps_are_saved_as_a_picture(grid: Grid, tmp_path: Path) -> None:
    grid.show_picture(shown(some(40, 6, 6)))
    taking.save_image(grid, str(tmp_path / "maps.png"))
    image = QImage(str(tmp_path / "maps.png"))
    assert image.height() >= grid.sight.layout.size[1]


def test_a_picture_that_cannot_be_written_is_told(grid: Grid, tmp_path: Path) -> None:
    grid.show_picture(shown(some(2, 3, 3)))
    taking.save_image(grid, str(tmp_path / "nowhere" / "maps.png"))
    (box,) = [box for box in grid.findChildren(QMessageBox) if box.isVisible()]
    assert "nowhere" in box.informativeText()
    box.close()


# The views


def test_a_unit_selected_in_one_view_is_marked_in_all(lenet: Window, qtbot: Any) -> None:
    maps, gradients = lenet.maps[0], lenet.maps[2]
    at = maps.grid.box_of((2, 10, 10)).center().toPoint()
    qtbot.mouseClick(maps.grid.viewport(), Qt.MouseButton.LeftButton, pos=at)
    lenet.docks.show_view(gradients)
    qtbot.waitUntil(gradients.isVisible)
    assert maps.grid.marked == gradients.grid.marked == (2, 10, 10)
    assert "map 2, row 10, column 10" in gradients.side.place.text()
    lenet.session.select(("relu1",))
    assert gradients.grid.marked is None
    lenet.session.select(("conv1",))
    assert gradients.grid.marked == (2, 10, 10)
    new = lenet.docks.open("maps").view
    qtbot.waitUntil(new.isVisible)
    assert new.grid.marked == (2, 10, 10)


def test_a_pinned_view_stays_with_its_block(lenet: Window, qtbot: Any) -> None:
    view = lenet.maps[0]
    qtbot.mouseClick(view.foot.pin, Qt.MouseButton.LeftButton)
    lenet.session.select(("conv2",))
    dock = lenet.docks.dock_of(view)
    assert dock is not None and dock.windowTitle() == "Feature maps — conv1 (pinned)"
    assert view.grid.sight.layout.count == 6
    lenet.session.rename("conv1", "first")
    assert dock.windowTitle() == "Feature maps — first (pinned)"
    lenet.session.select(("first",))
    lenet.session.remove_selected()
    assert "is not in this design" in view._words.text()
    qtbot.mouseClick(view.foot.pin, Qt.MouseButton.LeftButton)
    assert view.block == lenet.session.shown.selected[-1]


def test_a_narrow_view_tells_the_value_below(lenet: Window, qtbot: Any) -> None:
    view = lenet.maps[0]
    lenet.docks.put_beside(lenet.docks.dock_of("kernels"))  # type: ignore[arg-type]
    lenet.resize(900, 700)
    qtbot.waitUntil(lambda: view.width() < 480 and not view.side.isVisible())
    view.grid.choose((0, 1, 1))
    assert "map 0, row 1, column 1" in view.foot.words.text()


class Fake:
    """A view with a result made up, in a window of its own."""

    def __init__(self, qtbot: Any, kind: type[MapsView], session: Session) -> None:
        self.view = kind(session)
        qtbot.addWidget(self.view)
        self.view.resize(900, 240)
        self.view.show()
        self.session = session

    def show(self, **arrays: Any) -> None:
        self.view.show_result(Result(Request(self.session.design, None, None), **arrays))


def test_why_there_is_no_gradient(qtbot: Any) -> None:
    def words(blocks: list[dict[str, object]], links: list[dict[str, object]]) -> str:
        session = Session(Design.from_dict({"format": "cnnbuilder", "version": 1, "blocks": blocks, "links": links}))
        session.select(("a",))
        fake = Fake(qtbot, Gradients, session)
        assert "Nothing has run yet" in fake.view._words.text()
        fake.show(outputs={"a": some(1, 28, 28)})
        return fake.view._words.text()

    image = {"id": "a", "kind": "input"}
    conv = {"id": "b", "kind": "conv"}
    assert "b gives 26" in words([image, conv], [{"from": "a", "to": "b", "input": 0}])
    other = {"id": "c", "kind": "conv"}
    two = [{"from": "a", "to": "b", "input": 0}, {"from": "a", "to": "c", "input": 0}]
    assert "2 outputs (b, c)" in words([image, conv, other], two)


def test_a_block_without_weights_says_so(session: Session, qtbot: Any) -> None:
    fake = Fake(qtbot, Kernels, session)
    session.select(("relu1",))
    fake.show(outputs={}, weights={"conv1.weight": some(6, 1, 5, 5)})
    assert "no weights" in fake.view._words.text()
    session.select(())
    assert "Select a block" in fake.view._words.text()


def test_dead_maps_are_told_and_hidden(session: Session, qtbot: Any) -> None:
    fake = Fake(qtbot, FeatureMaps, session)
    session.select(("conv1",))
    maps = some(6, 28, 28)
    maps[[1, 4]] = 0
    fake.show(outputs={"conv1": maps})
    assert fake.view.foot.words.text() == "2 dead: 1, 4"
    qtbot.mouseClick(fake.view.foot.living, Qt.MouseButton.LeftButton)
    assert fake.view.grid.sight.layout.count == 4
    assert fake.view.grid.sight.tile(1) == 2


def test_the_slider_sizes_and_the_button_fits(session: Session, qtbot: Any) -> None:
    fake = Fake(qtbot, FeatureMaps, session)
    session.select(("conv1",))
    fake.show(outputs={"conv1": some(64, 28, 28)})
    fitted_width = fake.view.grid.sight.layout.wide
    fake.view.foot.size_.setFocus()
    for _ in range(20):
        qtbot.keyClick(fake.view.foot.size_, Qt.Key.Key_Right)
    assert fake.view.grid.sight.layout.wide > fitted_width
    qtbot.mouseClick(fake.view.foot.fit, Qt.MouseButton.LeftButton)
    assert fake.view.grid.sight.layout.wide == fitted_width


# Shapes and costs


@pytest.fixture
def costs(session: Session, qtbot: Any) -> Costs:
    view = Costs(session)
    qtbot.addWidget(view)
    view.resize(900, 260)
    view.show()
    return view


def column(costs: Costs, number: int) -> list[str]:
    model = costs._model
    return [str(model.index(row, number).data()) for row in range(model.rowCount())]


def click_head(costs: Costs, qtbot: Any, number: int) -> None:
    header = costs._view.horizontalHeader()
    at = QPoint(header.sectionViewportPosition(number) + 20, header.height() // 2)
    qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=at)


def test_a_click_on_a_head_sorts(costs: Costs, qtbot: Any) -> None:
    designed = column(costs, 0)
    click_head(costs, qtbot, 3)
    assert column(costs, 3)[:2] == ["48,120", "10,164"]
    click_head(costs, qtbot, 3)
    assert column(costs, 3)[-1] == "48,120"
    click_head(costs, qtbot, 3)
    assert column(costs, 0) == designed
    click_head(costs, qtbot, 0)
    assert column(costs, 0) == sorted(designed)


def test_rows_and_blocks_are_selected_together(costs: Costs, session: Session, qtbot: Any) -> None:
    centred: list[str] = []
    costs.centred.connect(centred.append)
    session.select(("pool2",))
    assert costs._chosen() == ("pool2",)
    click_head(costs, qtbot, 3)
    assert costs._chosen() == ("pool2",) == session.shown.selected
    view = costs._view
    at = view.visualRect(costs._model.index(1, 0)).center()
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert session.shown.selected == (costs._model.rows[1].id,)
    qtbot.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert centred == [costs._model.rows[1].id]
    qtbot.keyClick(view, Qt.Key.Key_Down)
    assert session.shown.selected == (costs._model.rows[2].id,)


def test_the_filter_keeps_what_is_wanted_and_totals_stay(costs: Costs, qtbot: Any) -> None:
    total = costs._totals.accessibleName()
    qtbot.keyClicks(costs.filter, "dense")
    assert column(costs, 0) == ["dense1", "dense2", "dense3"]
    assert costs._totals.accessibleName() == total and "61,706" in total
    costs.filter.clear()
    assert len(column(costs, 0)) == 14


def test_rows_are_copied_for_a_spreadsheet(costs: Costs, qtbot: Any, tmp_path: Path) -> None:
    qtbot.keyClick(costs._view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    lines = [line.split("\t") for line in QGuiApplication.clipboard().text().splitlines()]
    assert len(lines) == 15 and len({len(line) for line in lines}) == 1
    assert lines[2][:5] == ["conv1", "Convolution", "28 × 28 × 6", "156", "0.25"]
    costs.save(str(tmp_path / "costs.csv"))
    assert list(csv.reader((tmp_path / "costs.csv").open(encoding="utf-8"))) == lines


def test_a_table_that_cannot_be_written_is_told(costs: Costs, tmp_path: Path) -> None:
    costs.save(str(tmp_path / "nowhere" / "costs.csv"))
    (box,) = [box for box in costs.findChildren(QMessageBox) if box.isVisible()]
    assert "nowhere" in box.informativeText()
    box.close()


def test_columns_are_hidden_here_and_next_time(costs: Costs, session: Session, qtbot: Any) -> None:
    costs.show_column(1, False)
    again = Costs(session)
    qtbot.addWidget(again)
    assert again._view.isColumnHidden(1) and not again._view.isColumnHidden(0)


def test_a_design_that_does_not_fit_has_partial_totals(costs: Costs, session: Session) -> None:
    session.set_param("conv2", "kernel_size", [15, 15])
    assert "So far" in costs._totals.accessibleName()
    assert "?" in column(costs, 3)


def test_an_empty_design_says_what_to_do(qtbot: Any) -> None:
    view = Costs(Session(Design()))
    qtbot.addWidget(view)
    view.show()
    assert view._empty.isVisible() and not view._view.isVisible()
