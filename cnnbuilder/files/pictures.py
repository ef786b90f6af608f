"""Pictures: reading them as they are, and making of them what a network's input asks for. Needs no Qt."""

import io
import os
import threading
import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, UnidentifiedImageError

from cnnbuilder.design.errors import InputError, MemoryLimitError
from cnnbuilder.design.shape import grouped, show, show_pair
from cnnbuilder.files.atomic import opened, reason
from cnnbuilder.files.deep import deep_tiles, deepened
from cnnbuilder.files.png import encode_png, write_png
from cnnbuilder.files.reading import FilePath
from cnnbuilder.files.sheets import sheet
from cnnbuilder.layers.input import Input

__all__ = ["Picture", "encode_png", "prepare", "read_picture", "sheet", "write_png"]

LARGEST_PIXELS = 100_000_000
"""A picture of more is refused before it is unpacked: a file of some kilobytes can claim any size."""

LARGEST_FILE = 2**30
LARGEST_INPUT = 2**29
"""Values that a picture is brought to; 2 GiB of float32."""

FORMATS = ("PNG", "JPEG", "BMP", "DIB", "GIF", "TIFF", "WEBP", "PPM", "TGA", "ICO", "JPEG2000", "AVIF", "QOI")
"""Only formats that hold pixels. Pillow would also open EPS, by starting Ghostscript."""

_quiet = threading.Lock()  # warnings.catch_warnings is not for two threads at once


@dataclass(frozen=True, eq=False)
class Picture:
    """A picture as its file holds it, upright."""

    values: NDArray[Any]
    """`[height, width, channels]`: 1 channel (grey), 3 (red, green, blue) or 4 (and opacity); uint8 or uint16 over
    their whole range, or float32 from 0 to 1."""
    name: str = ""

    @property
    def size(self) -> tuple[int, int]:
        """Rows and columns."""
        return (self.values.shape[0], self.values.shape[1])

    @property
    def white(self) -> float:
        """The value of white."""
        return float(np.iinfo(self.values.dtype).max) if self.values.dtype.kind == "u" else 1.0


def read_picture(source: FilePath | bytes, name: str | None = None) -> Picture:
    """The picture in a file, or in its bytes: the first frame, turned as its EXIF orientation says, at its full depth.

    Raises InputError, naming the file and the reason, for what is missing, damaged, no picture or too large.
    """
    shown = name or ("picture" if isinstance(source, bytes) else os.fspath(source))
    content = source if isinstance(source, bytes) else _read_file(source, shown)
    if not content:
        raise InputError(f"{shown}: is empty")
    with _quiet, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            values = _decode(content)
        except InputError as error:
            raise InputError(f"{shown}: {error}") from None
        except UnidentifiedImageError:
            raise InputError(f"{shown}: is no picture that can be read (PNG, JPEG, TIFF, GIF, WebP …)") from None
        except Image.DecompressionBombError:
            raise InputError(f"{shown}: has more than {LARGEST_PIXELS // 10**6} megapixels") from None
        except MemoryError:
            raise InputError(f"{shown}: does not fit into memory") from None
        except Exception as error:  # a damaged file makes Pillow raise nearly anything, also SyntaxError
            raise InputError(f"{shown}: is damaged: {' '.join(str(error).split()) or type(error).__name__}") from None
    values.flags.writeable = False
    return Picture(values, os.path.splitext(os.path.basename(shown))[0])


def _read_file(path: FilePath, shown: str) -> bytes:
    try:
        with opened(path) as file:
            content = file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise InputError(f"{shown}: {reason(error)}") from None
    except ValueError as error:  # a zero byte in the name
        raise InputError(f"{shown}: {error}") from None
    if len(content) > LARGEST_FILE:
        raise InputError(f"{shown}: is larger than a gigabyte")
    return content


def _identify(content: bytes) -> Image.Image:
    Image.preinit()  # the commonest formats; the others take a tenth of a second to import
    try:
        return Image.open(io.BytesIO(content), formats=[format for format in FORMATS if format in Image.OPEN])
    except UnidentifiedImageError:
        Image.init()
        return Image.open(io.BytesIO(content), formats=[format for format in FORMATS if format in Image.OPEN])


def _open(content: bytes) -> Image.Image:
    image = _identify(content)
    if image.width * image.height > LARGEST_PIXELS:
        raise InputError(f"has {show_pair((image.height, image.width))} = {image.width * image.height / 1e6:.0f} "
                         f"megapixels; at most {LARGEST_PIXELS // 10**6} can be read")
    return image


def _decode(content: bytes) -> NDArray[Any]:
    image = _open(content)
    tiles = deep_tiles(image)
    key = image.info.get("transparency")
    if tiles:
        values = deepened(image, _open(content), tiles)
    else:
        image.load()
        values = _values(image)
    if values.dtype == np.uint16 and values.shape[2] in (1, 3) and isinstance(key, (int, tuple)):
        values = _with_opacity(values, np.any(values != np.asarray(key, np.uint16), axis=2))
    return np.ascontiguousarray(_upright(values, _orientation(image)))


def _values(image: Image.Image) -> NDArray[Any]:
    """The pixels of a loaded image as Picture holds them."""
    mode = image.mode
    if mode.startswith("I;16"):
        return np.asarray(image).astype(np.uint16)[:, :, None]
    if mode in ("I", "F"):
        return _numbers(np.asarray(image))[:, :, None]
    if image.has_transparency_data:
        return np.asarray(image.convert("RGBA"))
    if mode in ("1", "L"):
        return np.asarray(image.convert("L"))[:, :, None]
    return np.asarray(image.convert("RGB"))


def _numbers(values: NDArray[Any]) -> NDArray[Any]:
    """Whole or real numbers without a stated range: kept where they have one of ours, else brought to 0 … 1."""
    low, high = float(values.min()), float(values.max())
    if not np.isfinite([low, high]).all():
        raise InputError("holds values that are not finite numbers")
    if values.dtype.kind == "i" and low >= 0 and high <= 65535:
        return values.astype(np.uint16)
    if low < 0 or high > 1:
        values = (values.astype(np.float64) - low) / ((high - low) or 1.0)
    return values.astype(np.float32)


def _with_opacity(values: NDArray[Any], opaque: NDArray[np.bool_]) -> NDArray[Any]:
    """Red, green, blue and an opacity of none or all."""
    colours = np.broadcast_to(values, (*values.shape[:2], 3))
    return np.dstack([colours, np.where(opaque, 65535, 0).astype(np.uint16)])


def _orientation(image: Image.Image) -> int:
    try:
        found = image.getexif().get(ExifTags.Base.Orientation, 1)
    except Exception:  # damaged EXIF data, of which Pillow says nearly anything
        return 1
    return found if found in range(1, 9) else 1


def _upright(values: NDArray[Any], orientation: int) -> NDArray[Any]:
    """The picture turned and mirrored as EXIF 2.3, table 6, says of each orientation."""
    if orientation >= 5:
        values = values.swapaxes(0, 1)
    if orientation in (3, 4, 7, 8):
        values = values[::-1]
    if orientation in (2, 3, 6, 7):
        values = values[:, ::-1]
    return values


def prepare(picture: Picture, layer: Input, size: tuple[int, int] | None = None) -> NDArray[np.float32]:
    """What the network sees: float32 `(channels, height, width)`, fitted, scaled and normalised as `layer` says.

    `size` stands in for the layer's height and width; without it a layer of size "picture" keeps the picture's own.
    Transparency shows white paper; one channel is the luma 0.299 R + 0.587 G + 0.114 B; four are red, green, blue and
    opacity; any other number holds the luma in each. Padding is black. Raises InputError and MemoryLimitError.
    """
    height, width = size or (picture.size if layer.size == "picture" else (layer.height, layer.width))
    for name, numbers in (("mean", layer.mean), ("deviation", layer.deviation)):
        if numbers is not None and len(numbers) != layer.channels:
            raise InputError(f"{name} has {len(numbers)} numbers for {layer.channels} channels; give one a channel")
    count = layer.channels * height * width
    if count > LARGEST_INPUT:
        raise MemoryLimitError(f"a picture of {show((layer.channels, height, width))} is too large to be run: it has "
                               f"{grouped(count)} values, and {grouped(LARGEST_INPUT)} can be")
    planes = [_fitted(plane, layer.fit, height, width) for plane in _planes(picture, layer.channels == 4)]
    volume = np.stack(_channels(planes, layer.channels, picture.white))
    if layer.scale == "0-1":
        volume /= np.float32(picture.white)
    elif layer.scale == "-1-1":
        volume = volume / np.float32(picture.white / 2) - 1
    elif picture.white != 255:
        volume *= np.float32(255 / picture.white)
    if layer.mean is not None:
        volume -= np.asarray(layer.mean, np.float32)[:, None, None]
    if layer.deviation is not None:
        volume /= np.asarray(layer.deviation, np.float32)[:, None, None]
    return np.ascontiguousarray(volume, np.float32)


def _planes(picture: Picture, keep_opacity: bool) -> list[NDArray[np.float32]]:
    """Float planes in the picture's own range, blended on white where it is transparent and that is not kept."""
    planes = [picture.values[:, :, number].astype(np.float32) for number in range(picture.values.shape[2])]
    if len(planes) < 4 or keep_opacity:
        return planes
    white = np.float32(picture.white)
    opacity = planes.pop() / white
    return [plane * opacity + white * (1 - opacity) for plane in planes]


def _channels(planes: list[NDArray[np.float32]], count: int, white: float) -> list[NDArray[np.float32]]:
    if count == 3:
        return planes * 3 if len(planes) == 1 else planes
    if count == 4:
        colours = planes * 3 if len(planes) == 1 else planes[:3]
        return [*colours, planes[3] if len(planes) == 4 else np.full_like(planes[0], white)]
    return [_luma(planes)] * count


def _luma(planes: list[NDArray[np.float32]]) -> NDArray[np.float32]:
    """ITU-R BT.601, written so that grey stays exactly what it is."""
    if len(planes) == 1:
        return planes[0]
    red, green, blue = planes
    luma: NDArray[np.float32] = green + np.float32(0.299) * (red - green) + np.float32(0.114) * (blue - green)
    return luma


def _fitted(plane: NDArray[np.float32], fit: str, height: int, width: int) -> NDArray[np.float32]:
    """A plane brought to `height` × `width`: stretched, cut to the middle, or whole with black around it."""
    rows, columns = plane.shape
    if fit == "crop":
        tall, wide = min(float(rows), columns * height / width), min(float(columns), rows * width / height)
        if (tall, wide) == (height, width):
            top, left = (rows - height) // 2, (columns - width) // 2
            return plane[top:top + height, left:left + width]
        top, left = (rows - tall) / 2, (columns - wide) / 2
        return _resized(plane, height, width, (left, top, min(left + wide, columns), min(top + tall, rows)))
    if fit == "pad":
        scale = min(height / rows, width / columns)
        tall, wide = max(1, min(height, round(rows * scale))), max(1, min(width, round(columns * scale)))
        padded = np.zeros((height, width), np.float32)
        top, left = (height - tall) // 2, (width - wide) // 2
        padded[top:top + tall, left:left + wide] = _resized(plane, tall, wide)
        return padded
    return _resized(plane, height, width)


def _resized(
    plane: NDArray[np.float32], height: int, width: int, box: tuple[float, float, float, float] | None = None,
) -> NDArray[np.float32]:
    """`box` (left, top, right, bottom; None: all) of a plane at another size: linear between pixels, and each new pixel
    the weighted mean of all that it covers."""
    if box is None and plane.shape == (height, width):
        return plane
    image = Image.fromarray(np.ascontiguousarray(plane))
    return np.asarray(image.resize((width, height), Image.Resampling.BILINEAR, box), np.float32)
