"""Arrays as tiles: where each value is seen, in which order, in which colour, in which words."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from cnnbuilder.app import theme
from cnnbuilder.app.views.tile_layout import bars, fitted
from cnnbuilder.app.views.tile_painter import CLIPPED, EACH, LOGARITHMIC, ONE, numbers, paint, short
from cnnbuilder.app.views.tiles import Summary, Tiles
from tests.app.tiling import shown, some


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


def test_a_bias_is_a_bar_for_each_value(qapp: object) -> None:
    values = np.array([1.0, -1.0, 0.5, 0.0, -0.25], np.float32)
    tiles = Tiles(values, "kernel")
    assert [tiles.index((0, 0, number)) for number in range(5)] == [(number,) for number in range(5)]
    assert tiles.place((3,)) == (0, 0, 3) and not Tiles(values, "map").barred
    layout = bars(5, (400, 220))
    image = QImage(400, 220, QImage.Format.Format_RGB32)
    image.fill(QColor("#123456"))
    painter = QPainter(image)
    paint(painter, shown(values, "kernel"), layout, QRectF(0, 0, 400, 220))
    painter.end()
    left, top, wide, high = layout.box(0)
    ground = QColor(theme.now().well).rgb()
    for number, value in enumerate(values):
        x = int(left + (number + 0.5) * wide / 5)
        column = [image.pixel(x, int(top) + y) for y in range(int(high))]
        above = sum(pixel != ground for pixel in column[: int(high / 2) - 1])
        below = sum(pixel != ground for pixel in column[int(high / 2) + 2 :])
        assert above == pytest.approx(max(value, 0) * high / 2, abs=3)
        assert below == pytest.approx(max(-value, 0) * high / 2, abs=3)
        assert layout.at(x, top + high / 2) == (0, 0, number)


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
