"""Reading pictures: every pixel as it was put in, upright, at its full depth; and one line for what cannot be read."""

import io
import os
import threading
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageOps

from cnnbuilder import InputError
from cnnbuilder.files.pictures import LARGEST_PIXELS, encode_png, prepare, read_picture, write_png
from cnnbuilder.files.resources import samples
from cnnbuilder.layers.input import Input
from tests.files.png_writer import chunk, noise, orientation, png, tiff


def written(image, format, **options):
    content = io.BytesIO()
    image.save(content, format, **options)
    return content.getvalue()


# Depth


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("interlaced", [False, True])
def test_every_png_keeps_every_bit(channels, dtype, interlaced):
    values = noise(13, 11, channels, dtype=dtype)
    found = read_picture(png(values, (0, 1, 2, 3, 4), interlaced)).values
    wanted = values if channels != 2 else np.dstack([values[:, :, :1]] * 3 + [values[:, :, 1:]])
    assert found.dtype == dtype
    assert np.array_equal(found, wanted)


@given(st.integers(1, 9), st.integers(1, 9), st.sampled_from([1, 3, 4]), st.lists(st.integers(0, 4), min_size=1),
       st.booleans(), st.integers(0, 2**32))
def test_16_bits_in_any_size_and_filter(height, width, channels, filters, interlaced, seed):
    values = noise(height, width, channels, dtype=np.uint16, seed=seed)
    assert np.array_equal(read_picture(png(values, filters, interlaced)).values, values)


@pytest.mark.parametrize("order", ["<", ">"])
def test_tiff_keeps_16_bits_in_colour(order):
    values = noise(7, 5, 3, dtype=np.uint16)
    assert np.array_equal(read_picture(tiff(values, order)).values, values)


@pytest.mark.parametrize("compression", [None, "tiff_deflate", "tiff_lzw"])
def test_tiff_keeps_16_bits_in_grey(compression):
    values = noise(7, 5, dtype=np.uint16)
    content = written(Image.fromarray(values), "TIFF", compression=compression)
    assert np.array_equal(read_picture(content).values[:, :, 0], values)


def test_a_colour_that_is_transparent_in_16_bits():
    values = noise(4, 4, 3, dtype=np.uint16)
    values[1, 2] = values[3, 3] = (1000, 2000, 3000)
    key = chunk(b"tRNS", (1000).to_bytes(2, "big") + (2000).to_bytes(2, "big") + (3000).to_bytes(2, "big"))
    found = read_picture(png(values, extra=key)).values
    assert np.array_equal(found[:, :, :3], values)
    assert sorted(map(tuple, np.argwhere(found[:, :, 3] == 0))) == [(1, 2), (3, 3)]
    grey = noise(4, 4, 1, dtype=np.uint16)
    found = read_picture(png(grey, extra=chunk(b"tRNS", int(grey[2, 1, 0]).to_bytes(2, "big")))).values
    assert np.array_equal(found[:, :, :1], grey) and found[2, 1, 3] == 0 and found[0, 0, 3] == 65535


def test_floats_stay_and_are_brought_to_0_1_only_where_they_are_not():
    values = np.random.default_rng(0).random((5, 6), np.float32)
    assert np.array_equal(read_picture(written(Image.fromarray(values), "TIFF")).values[:, :, 0], values)
    found = read_picture(written(Image.fromarray(values * 30 - 10), "TIFF")).values[:, :, 0]
    assert found.min() == 0 and found.max() == 1
    spread = (values - values.min()) / (values.max() - values.min())
    assert np.allclose(found, spread, atol=1e-6)
    values[2, 2] = np.nan
    with pytest.raises(InputError, match="not finite numbers"):
        read_picture(written(Image.fromarray(values), "TIFF"))


# Kinds


def test_grey_and_colour_and_one_bit_and_palette():
    grey, colour = noise(6, 5), noise(6, 5, 3)
    assert np.array_equal(read_picture(written(Image.fromarray(grey), "PNG")).values[:, :, 0], grey)
    assert np.array_equal(read_picture(written(Image.fromarray(colour), "BMP")).values, colour)
    bits = Image.fromarray(grey > 100)
    assert np.array_equal(read_picture(written(bits, "PNG")).values[:, :, 0], np.where(grey > 100, 255, 0))
    palette = Image.fromarray(grey % 7, "L").convert("P")
    palette.putpalette(noise(256, 3, seed=1).tobytes())
    wanted = noise(256, 3, seed=1)[np.asarray(palette)]
    assert np.array_equal(read_picture(written(palette, "PNG")).values, wanted)
    found = read_picture(written(palette, "PNG", transparency=3)).values
    assert np.array_equal(found[:, :, :3], wanted)
    assert np.array_equal(found[:, :, 3] == 0, grey % 7 == 3)


def test_cmyk_and_luma_chroma_become_red_green_blue():
    cmyk = Image.new("CMYK", (8, 8), (0, 255, 255, 0))
    found = read_picture(written(cmyk, "JPEG", quality=100)).values
    assert found.shape == (8, 8, 3) and np.abs(found.astype(int) - (255, 0, 0)).max() <= 3
    found = read_picture(written(Image.new("YCbCr", (8, 8), (128, 128, 128)), "JPEG")).values
    assert np.abs(found.astype(int) - 128).max() <= 2


def test_of_an_animation_the_first_picture_is_taken():
    frames = [Image.new("RGB", (4, 4), colour) for colour in ("red", "lime", "blue")]
    for format in ("GIF", "PNG", "TIFF"):
        content = written(frames[0], format, save_all=True, append_images=frames[1:])
        assert (read_picture(content).values[:, :, :3] == (255, 0, 0)).all()


@pytest.mark.parametrize("number", range(1, 9))
def test_every_orientation_is_turned_upright(number):
    values = noise(6, 4, 3)
    exif = Image.Exif()
    exif[0x0112] = number
    for format in ("PNG", "TIFF", "WEBP"):
        options = {"lossless": True} if format == "WEBP" else {}
        content = written(Image.fromarray(values), format, exif=exif, **options)
        wanted = np.asarray(ImageOps.exif_transpose(Image.open(io.BytesIO(content))))
        assert np.array_equal(read_picture(content).values, wanted), format
    deep = noise(6, 4, 3, dtype=np.uint16)
    wanted = {1: deep, 2: np.fliplr(deep), 3: np.rot90(deep, 2), 4: np.flipud(deep), 5: deep.swapaxes(0, 1),
              6: np.rot90(deep, -1), 7: np.rot90(deep, 2).swapaxes(0, 1), 8: np.rot90(deep)}[number]
    assert np.array_equal(read_picture(png(deep, extra=orientation(number))).values, wanted)


def test_a_photograph_on_its_side_is_upright():
    """A JPEG as a telephone writes it: the sky is above, though the file's rows run from right to left."""
    upright = np.zeros((40, 24, 3), np.uint8)
    upright[:20] = (0, 0, 255)
    exif = Image.Exif()
    exif[0x0112] = 6
    content = written(Image.fromarray(np.rot90(upright)), "JPEG", exif=exif, quality=95)
    found = read_picture(content)
    assert found.size == (40, 24)
    assert np.abs(found.values.astype(int) - upright)[[0, 10, 30, 39]].max() < 12


def test_damaged_exif_data_is_passed_over():
    values = noise(6, 4, 3)
    content = png(values, extra=chunk(b"eXIf", b"MM\0*\xff\xff\xff\xff not at all"))
    assert np.array_equal(read_picture(content).values, values)


def test_a_name_and_a_size():
    picture = read_picture(samples() / "pictures" / "chelsea.jpg")
    assert picture.name == "chelsea" and picture.size == (300, 451) == picture.values.shape[:2]
    assert not picture.values.flags.writeable
    assert read_picture(png(noise(2, 3, 1)), "drawn").name == "drawn"


# What cannot be read


def complaint(source):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(InputError) as caught:
            read_picture(source)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_missing_folder_empty_and_no_picture(tmp_path):
    assert complaint(tmp_path / "none.png") == f"{tmp_path / 'none.png'}: there is no such file"
    assert complaint(tmp_path) == f"{tmp_path}: is a folder, not a file"
    (tmp_path / "empty.png").write_bytes(b"")
    assert complaint(tmp_path / "empty.png").endswith("empty.png: is empty")
    assert "is no picture that can be read" in complaint(samples() / "lenet5.json")
    assert "is no picture that can be read" in complaint(b"nothing")


def test_truncated_pictures():
    photograph = (samples() / "pictures" / "astronaut.jpg").read_bytes()
    assert "is damaged: image file is truncated" in complaint(photograph[:len(photograph) // 2])
    for values in (noise(50, 50, 3), noise(50, 50, 3, dtype=np.uint16)):
        content = png(values)
        for length in (len(content) // 2, 60, 40, 30):
            complaint(content[:length])


@pytest.mark.parametrize(("height", "width"), [(10_001, 10_000), (2**31 - 1, 2**31 - 1), (1, LARGEST_PIXELS + 1)])
def test_a_picture_of_too_many_pixels_is_refused_before_it_is_unpacked(height, width):
    assert "megapixels" in complaint(png(noise(1, 1, 1), size=(width, height)))


def test_what_would_start_another_program_is_no_picture():
    postscript = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n%%EndComments\nshowpage\n"
    assert Image.open(io.BytesIO(postscript)).format == "EPS"
    assert "is no picture that can be read" in complaint(postscript)


def test_two_threads_reading_leave_the_warnings_as_they_are():
    content = (samples() / "pictures" / "five.png").read_bytes()
    before = list(warnings.filters)
    threads = [threading.Thread(target=lambda: [read_picture(content) for _ in range(50)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert list(warnings.filters) == before


PHOTOGRAPH = written(Image.fromarray(noise(30, 40, 3)), "JPEG")
FILES = [PHOTOGRAPH, png(noise(9, 8, 3, dtype=np.uint16)), tiff(noise(5, 5, 3, dtype=np.uint16)),
         written(Image.fromarray(noise(9, 8)), "GIF"), written(Image.fromarray(noise(9, 8, 3)), "WEBP")]


@given(st.sampled_from(FILES), st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), min_size=1, max_size=6))
def test_no_damage_makes_anything_but_a_picture_or_one_line(content, changes):
    made = bytearray(content)
    for at, byte in changes:
        made[at % len(made)] = byte
    try:
        picture = read_picture(bytes(made))
    except InputError as error:
        assert "\n" not in str(error)
    else:
        prepare(picture, Input(channels=1, height=4, width=4))


# Writing


@given(st.integers(1, 6), st.integers(1, 6), st.integers(1, 4), st.sampled_from([np.uint8, np.uint16]))
def test_written_png_is_read_back(height, width, channels, dtype):
    values = noise(height, width, channels, dtype=dtype)
    content = encode_png(values)
    assert content == encode_png(np.asfortranarray(values))
    found = read_picture(content).values
    assert np.array_equal(found, values if channels != 2 else np.dstack([values[:, :, :1]] * 3 + [values[:, :, 1:]]))
    Image.open(io.BytesIO(content)).verify()


def test_png_is_written_to_a_file(tmp_path):
    write_png(tmp_path / "a.png", noise(3, 4))
    assert np.array_equal(read_picture(tmp_path / "a.png").values[:, :, 0], noise(3, 4))
    assert os.listdir(tmp_path) == ["a.png"]


@pytest.mark.parametrize("values", [np.zeros((2, 2)), np.zeros((2, 2, 5), np.uint8), np.zeros((0, 2), np.uint8)])
def test_what_is_no_png_is_not_written(values):
    with pytest.raises(ValueError, match="not the pixels of a PNG"):
        encode_png(values)
