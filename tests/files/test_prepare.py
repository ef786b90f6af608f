"""What the network sees of a picture: fitted, converted, scaled, normalised."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnbuilder import InputError, MemoryLimitError
from cnnbuilder.files.pictures import Picture, prepare, read_picture
from cnnbuilder.files.resources import samples
from cnnbuilder.layers.input import Input
from tests.files.png_writer import noise


def layer(height, width, channels=1, **params):
    return Input(channels=channels, height=height, width=width, **params)


def grey(rows):
    return Picture(np.asarray(rows, np.uint8)[:, :, None])


def test_every_shade_becomes_a_255th():
    values = np.arange(256, dtype=np.uint8).reshape(16, 16)
    found = prepare(grey(values), layer(16, 16))
    assert found.shape == (1, 16, 16) and found.dtype == np.float32 and found.flags.c_contiguous
    assert np.array_equal(found[0], values / np.float32(255))
    assert np.array_equal(prepare(grey(values), layer(16, 16, scale="0-255"))[0], values)
    found = prepare(grey(values), layer(16, 16, scale="-1-1"))[0]
    assert found.min() == -1 and found.max() == 1 and np.allclose(found, values / 127.5 - 1, atol=1e-6)


def test_16_bits_and_floats_have_the_same_range():
    deep = noise(5, 5, 1, dtype=np.uint16)
    assert np.array_equal(prepare(Picture(deep), layer(5, 5))[0], deep[:, :, 0] / np.float32(65535))
    assert np.allclose(prepare(Picture(deep), layer(5, 5, scale="0-255")), deep[:, :, 0] / 257, atol=1e-4)
    real = np.random.default_rng(0).random((5, 5, 1), np.float32)
    assert np.array_equal(prepare(Picture(real), layer(5, 5))[0], real[:, :, 0])
    assert np.array_equal(prepare(Picture(real), layer(5, 5, scale="0-255"))[0], real[:, :, 0] * np.float32(255))


def test_mean_and_deviation_are_one_number_a_channel():
    values = noise(4, 4, 3)
    found = prepare(Picture(values), layer(4, 4, 3, mean=(0.5, 0.25, 0.0), deviation=(0.5, 2.0, 1.0)))
    wanted = (values / 255 - [0.5, 0.25, 0.0]) / [0.5, 2.0, 1.0]
    assert np.allclose(found, wanted.transpose(2, 0, 1), atol=1e-6)
    with pytest.raises(InputError, match="mean has 1 numbers for 3 channels"):
        prepare(Picture(values), layer(4, 4, 3, mean=(0.5,)))


# Channels


def test_grey_of_colour_is_its_luma_and_grey_stays_what_it_is():
    values = noise(6, 7, 3)
    found = prepare(Picture(values), layer(6, 7))
    assert np.allclose(found[0], (values / 255) @ [0.299, 0.587, 0.114], atol=1e-6)
    even = np.repeat(noise(6, 7, 1), 3, axis=2)
    assert np.array_equal(prepare(Picture(even), layer(6, 7))[0], even[:, :, 0] / np.float32(255))


def test_colour_of_grey_is_three_times_the_same():
    values = noise(6, 7, 1)
    found = prepare(Picture(values), layer(6, 7, 3))
    assert (found == values[:, :, 0] / np.float32(255)).all()
    colour = noise(6, 7, 3)
    assert np.array_equal(prepare(Picture(colour), layer(6, 7, 3)), (colour / np.float32(255)).transpose(2, 0, 1))


def test_transparency_shows_white_paper():
    values = np.zeros((1, 3, 4), np.uint8)
    values[0, :, 3] = (0, 51, 255)
    assert np.allclose(prepare(Picture(values), layer(1, 3, 3)), [[[1, 0.8, 0]]] * 3, atol=1e-6)
    assert np.allclose(prepare(Picture(values), layer(1, 3)), [[[1, 0.8, 0]]], atol=1e-6)


def test_four_channels_are_colour_and_opacity():
    values = noise(3, 3, 4)
    wanted = (values / np.float32(255)).transpose(2, 0, 1)
    assert np.array_equal(prepare(Picture(values), layer(3, 3, 4)), wanted)
    opaque = prepare(Picture(values[:, :, :3]), layer(3, 3, 4))
    assert np.array_equal(opaque[:3], wanted[:3]) and (opaque[3] == 1).all()
    assert (prepare(Picture(values[:, :, :1]), layer(3, 3, 4))[:3] == wanted[0]).all()


@pytest.mark.parametrize("channels", [2, 5, 16])
def test_any_other_number_of_channels_holds_the_grey_in_each(channels):
    values = noise(3, 3, 3)
    found = prepare(Picture(values), layer(3, 3, channels))
    assert found.shape == (channels, 3, 3)
    assert (found == prepare(Picture(values), layer(3, 3))).all()


# Sizes


def test_the_pictures_own_size():
    picture = read_picture(samples() / "pictures" / "chelsea.jpg")
    assert prepare(picture, layer(8, 9, 3, size="picture")).shape == (3, 300, 451)
    assert prepare(picture, layer(8, 9, 3, size="picture"), (30, 45)).shape == (3, 30, 45)
    assert prepare(picture, layer(8, 9, 3)).shape == (3, 8, 9)


@given(st.tuples(*[st.integers(1, 40)] * 4), st.sampled_from(["stretch", "crop", "pad"]), st.sampled_from([1, 3, 4]),
       st.sampled_from([1, 2, 3, 4]))
def test_every_size_fits_every_size_and_stays_in_range(sizes, fit, channels, wanted):
    rows, columns, height, width = sizes
    picture = Picture(noise(rows, columns, channels))
    found = prepare(picture, layer(height, width, wanted, fit=fit))
    assert found.shape == (wanted, height, width) and found.dtype == np.float32
    assert found.min() >= 0 and found.max() <= 1 + 1e-6


@given(st.tuples(*[st.integers(1, 30)] * 4), st.sampled_from(["stretch", "crop"]), st.integers(0, 255))
def test_an_even_picture_stays_even(sizes, fit, shade):
    rows, columns, height, width = sizes
    found = prepare(grey(np.full((rows, columns), shade)), layer(height, width, fit=fit))
    assert np.allclose(found, shade / 255, atol=1e-6)


@pytest.mark.oracle
@pytest.mark.parametrize("sizes", [(40, 30, 20, 15), (40, 30, 13, 17), (9, 8, 30, 31), (50, 7, 5, 28)])
def test_stretching_is_the_antialiased_bilinear_of_pytorch(sizes):
    torch = pytest.importorskip("torch")
    rows, columns, height, width = sizes
    values = noise(rows, columns, 1)
    wanted = torch.nn.functional.interpolate(torch.from_numpy(values[None, None, :, :, 0] / np.float32(255)),
                                             (height, width), mode="bilinear", antialias=True, align_corners=False)
    assert np.allclose(prepare(Picture(values), layer(height, width)), wanted[0].numpy(), atol=1e-4)


def test_fine_stripes_become_grey_and_not_stripes_of_another_width():
    stripes = np.zeros((64, 64), np.uint8)
    stripes[:, ::2] = 255
    found = prepare(grey(stripes), layer(16, 16))[0]
    assert np.abs(found[:, 1:-1] - 0.5).max() < 0.02


def test_crop_cuts_the_middle_out():
    values = noise(10, 16, 1)
    found = prepare(Picture(values), layer(10, 10, fit="crop"))[0]
    assert np.array_equal(found, values[:, 3:13, 0] / np.float32(255))
    found = prepare(Picture(values.swapaxes(0, 1)), layer(10, 10, fit="crop"))[0]
    assert np.array_equal(found, values[:, 3:13, 0].T / np.float32(255))
    halves = np.zeros((20, 60), np.uint8)
    halves[:, 20:40] = 255
    assert np.allclose(prepare(grey(halves), layer(10, 10, fit="crop"))[0, :, 1:-1], 1, atol=1e-6)


def test_pad_keeps_all_with_black_around():
    values = np.full((10, 20), 255, np.uint8)
    found = prepare(grey(values), layer(20, 20, fit="pad"))[0]
    assert (found[5:15] == 1).all() and (found[:5] == 0).all() and (found[15:] == 0).all()
    found = prepare(grey(values), layer(10, 10, fit="pad", scale="-1-1"))[0]
    assert (found[:2] == -1).all() and np.allclose(found[3:7], 1) and (found[8:] == -1).all()
    found = prepare(grey(values.T), layer(10, 10, fit="pad"))[0]
    assert (found[:, :2] == 0).all() and np.allclose(found[:, 3:7], 1)


def test_a_line_of_pixels_is_padded_too():
    assert prepare(grey(np.full((1, 1000), 255)), layer(10, 10, fit="pad")).sum() == 10


def test_what_would_not_fit_into_memory_is_refused_at_once():
    with pytest.raises(MemoryLimitError, match="too large to be run"):
        prepare(grey([[0]]), layer(2**31 - 1, 2**31 - 1))
