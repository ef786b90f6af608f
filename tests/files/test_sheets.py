"""Sheets of maps: every value where it belongs, in its colour."""

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from cnnbuilder.files.pictures import sheet
from cnnbuilder.files.sheets import LEVELS, colour_table, stacked


def colours(values, name="auto"):
    return np.asarray(Image.open(io.BytesIO(sheet(np.asarray(values, np.float32), name))).convert("RGB"))


def cells(values, name="auto"):
    """The colour in the middle of each cell of one map `[h, w]`."""
    pixels = colours(np.asarray(values)[None], name)
    height, width = np.shape(values)
    size = (pixels.shape[0] - 2) // height
    return pixels[1 + size // 2::size, 1 + size // 2::size][:height, :width].tolist()


GAP, MAGENTA = [0x98, 0xA2, 0xB3], [255, 0, 255]


def test_grey_runs_from_the_smallest_to_the_largest():
    assert cells([[-2, 0, 2]], "grey") == [[[0] * 3, [128] * 3, [255] * 3]]


def test_values_that_are_not_negative_are_viridis_from_0():
    low, middle, high = cells([[0, 2, 4]])[0]
    assert low == [0x44, 0x01, 0x54] and high == [0xFD, 0xE7, 0x25]
    assert np.abs(np.subtract(middle, (0x21, 0x91, 0x8C))).max() <= 3
    assert cells([[2, 4]])[0][0] == cells([[0, 2, 4]])[0][1]


def test_signed_values_are_blue_white_red_around_0():
    blue, pale, white, red = cells([[-4, -2, 0, 4]])[0]
    assert white == [255] * 3 and blue == [0x21, 0x66, 0xAC] and red == [0xB2, 0x18, 0x2B]
    assert pale[2] > pale[0] > blue[0]
    assert cells([[0, 0]], "signed") == [[[255] * 3] * 2]


def test_viridis_is_that_of_matplotlib():
    matplotlib = pytest.importorskip("matplotlib")
    wanted = matplotlib.colormaps["viridis"](np.linspace(0, 1, LEVELS))[:, :3] * 255
    assert np.abs(colour_table("viridis") - wanted).max() < 4


def test_what_is_no_number_is_magenta_and_infinity_the_end_of_the_scale():
    nothing, low, high, top = cells([[np.nan, 0, 1, np.inf]])[0]
    assert nothing == MAGENTA and high == top != low
    assert cells([[np.nan, np.nan]]) == [[MAGENTA] * 2]
    assert cells([[-np.inf, -1, 1]])[0][0] == cells([[-1, 1]])[0][0]


def test_maps_stand_in_rows_with_a_line_between():
    maps = np.arange(5, dtype=np.float32)[:, None, None] * np.ones((5, 28, 28), np.float32)
    pixels = colours(maps)
    side = 28 * 3 + 1
    assert pixels.shape == (2 * side + 1, 3 * side + 1, 3)
    table = colour_table("viridis")
    for number in range(5):
        row, column = divmod(number, 3)
        tile = pixels[row * side + 1:(row + 1) * side, column * side + 1:(column + 1) * side]
        assert (tile == table[round(number / 4 * (LEVELS - 1))]).all()
    for line in (0, side, 2 * side):
        assert (pixels[line] == GAP).all()
    assert (pixels[side + 1:, 2 * side + 1:] == GAP).all()


def test_each_value_of_a_map_is_a_square_in_its_place():
    values = np.random.default_rng(0).permutation(12).reshape(3, 4)
    table = colour_table("viridis").tolist()
    assert cells(values) == [[table[round(v / 11 * (LEVELS - 1))] for v in row] for row in values]


def test_a_vector_is_a_row_of_cells_and_a_long_one_a_square():
    assert colours(np.arange(10)).shape == (34, 331, 3)
    height, width, _ = colours(np.arange(4096)).shape
    assert height == width <= 2100


@given(st.integers(1, 80), st.integers(1, 40), st.integers(1, 40))
def test_every_shape_makes_a_sheet(count, height, width):
    pixels = colours(np.ones((count, height, width)))
    assert max(pixels.shape) <= max(2100, 10 * (max(height, width) + 1))


def test_a_huge_map_is_thinned_out():
    assert max(colours(np.zeros((1, 6000, 6000))).shape) < 3100


def test_the_same_maps_are_the_same_bytes():
    maps = np.random.default_rng(0).standard_normal((3, 5, 5))
    assert sheet(maps) == sheet(np.asfortranarray(maps))


@pytest.mark.parametrize("shape", [(0,), (2, 2), (1, 2, 3, 4), (3, 0, 2)])
def test_what_is_not_maps_makes_no_sheet(shape):
    with pytest.raises(ValueError, match="not maps"):
        sheet(np.zeros(shape))


def test_stacked_sheets_have_a_scale_each_and_leave_out_what_is_absent():
    maps = np.array([[[1.0, np.nan]]])
    absent, present = np.array([[[False, True]]]), np.zeros((1, 1, 2), bool)
    content = stacked([(maps, absent, "auto"), (100 * np.nan_to_num(maps), present, "grey")])
    pixels = np.asarray(Image.open(io.BytesIO(content)).convert("RGB"))
    middles = pixels[[17, 17 + 34 + 12]][:, [17, 17 + 32]].tolist()
    assert middles == [[[0xFD, 0xE7, 0x25], GAP], [[255] * 3, [0] * 3]]
    assert (pixels[34:46] == 255).all()
