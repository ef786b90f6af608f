"""Maps in grids: what is painted, pointed at, selected, taken elsewhere."""

import csv
import io
import json
from collections.abc import Iterator
from math import ceil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QImage, QWheelEvent
from PySide6.QtWidgets import QApplication

from cnnbuilder.app import exporting, theme
from cnnbuilder.app.runner import Request, Result
from cnnbuilder.app.session import Session
from cnnbuilder.app.views import taking
from cnnbuilder.app.views.grid import Grid
from cnnbuilder.app.views.maps import FeatureMaps, Gradients, Kernels, MapsView
from cnnbuilder.app.views.tile_painter import numbers
from cnnbuilder.app.window import Window
from cnnbuilder.design.document import Design
from tests.app.tiling import shown, some


@pytest.fixture
def grid(qtbot: Any) -> Iterator[Grid]:
    made = Grid()
    qtbot.addWidget(made)
    made.resize(760, 200)
    made.show()
    yield made


def centre(grid: Grid, at: tuple[int, int, int]) -> QPoint:
    return grid.box_of(at).center().toPoint()


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


def test_all_maps_are_saved_as_a_picture_and_as_values(grid: Grid, tmp_path: Path) -> None:
    maps = some(40, 6, 6)
    grid.show_picture(shown(maps))
    export = taking.whole(grid, "Maps", {"array": "conv1"})
    assert export is not None
    exporting.save(grid, export, str(tmp_path / "maps.png"))
    image = QImage(str(tmp_path / "maps.png"))
    assert image.height() >= grid.sight.layout.size[1]
    rows = list(csv.reader(io.StringIO(exporting.as_csv(export))))
    assert rows[0][:2] == ["map", "row"] and len(rows) == 1 + 40 * 6
    assert np.array_equal(np.array([row[2:] for row in rows[1:]], np.float32).reshape(40, 6, 6), maps)
    assert np.array_equal(np.array(json.loads(exporting.as_json(export))["values"], np.float32), maps)


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


def test_pinned_kernels_outlive_their_block(lenet: Window, qtbot: Any) -> None:
    lenet.docks.show_view("kernels")
    view = lenet.maps[1]
    qtbot.mouseClick(view.foot.pin, Qt.MouseButton.LeftButton)
    lenet.session.remove_selected()
    view.show_result(lenet._latest)  # of a run that still had the block
    lenet.docks.show_view("maps")
    lenet.docks.show_view("kernels")
    assert view.isVisible()


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
