"""Pictures of 16 bits a channel in colour, of which Pillow by itself keeps 8 (docs/decisions/0006).

Pillow unpacks such pixels by their high byte, and knows them in both byte orders. Unpacked a second time as if they
were in the other order, the same file gives the low bytes.
"""

import sys
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

_OTHER_ORDER = {"B": "L", "L": "B", "N": "B" if sys.byteorder == "little" else "L"}


def deep_tiles(image: Image.Image) -> list[Any] | None:
    """How to unpack the bytes of an opened image that Pillow would drop; None where it drops none."""
    tiles = getattr(image, "tile", None) or []
    swapped = [_swapped(tile) for tile in tiles]
    return swapped if swapped and None not in swapped else None


def deepened(image: Image.Image, again: Image.Image, tiles: list[Any]) -> NDArray[np.uint16]:
    """`[height, width, 3 or 4]` of an opened image and the same one opened again."""
    again.tile = tiles  # type: ignore[attr-defined]
    again.load()
    second = np.asarray(again)
    if _rawmode(tiles[0]) == "RGBA":  # grey with opacity: all four bytes of a pixel
        grey, opacity = np.moveaxis(np.ascontiguousarray(second).view(">u2"), 2, 0)
        return np.dstack([grey, grey, grey, opacity]).astype(np.uint16)
    image.load()
    high: NDArray[np.uint16] = np.asarray(image).astype(np.uint16)
    high *= np.uint16(256)
    high += second
    return high


def _rawmode(tile: Any) -> str:
    rawmode = tile[3] if isinstance(tile[3], str) else tile[3][0]
    return rawmode if isinstance(rawmode, str) else ""


def _swapped(tile: Any) -> Any:
    kind, _, order = _rawmode(tile).partition(";16")
    if order not in _OTHER_ORDER:
        return None
    if (kind, order) == ("LA", "B"):
        rawmode = "RGBA"
    elif kind in ("RGB", "RGBA"):
        rawmode = f"{kind};16{_OTHER_ORDER[order]}"
    else:
        return None
    return tile._replace(args=rawmode if isinstance(tile[3], str) else (rawmode, *tile[3][1:]))
