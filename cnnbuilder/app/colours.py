"""Colour scales of maps: viridis for what cannot be negative, blue-white-red around zero, grey for pictures."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from cnnbuilder.app.theme import Theme

# A polynomial through matplotlib's viridis, by Matt Zucker (public domain): largest error 1/255.
_VIRIDIS = np.array(
    [
        [0.2777273272234177, 0.005407344544966578, 0.3340998053353061],
        [0.1050930431085774, 1.404613529898575, 1.384590162594685],
        [-0.3308618287255563, 0.214847559468213, 0.09509516302823659],
        [-4.634230498983486, -5.799100973351585, -19.33244095627987],
        [6.228269936347081, 14.17993336680509, 56.69055260068105],
        [4.776384997670288, -13.74514537774601, -65.35303263337234],
        [-5.435455855934631, 4.645852612178535, 26.3124352495832],
    ]
)
_SIGNED_LIGHT = (
    "#14508f",
    "#2b6cb0",
    "#4393c3",
    "#92c5de",
    "#d1e5f0",
    "#f7f7f7",
    "#fddbc7",
    "#f4a582",
    "#d6604d",
    "#b2182b",
    "#8e0d24",
)
_SIGNED_DARK = ("#9fd0ea", "#4393c3", "#275c8f", "", "#8c3226", "#d6604d", "#f7b799")
"""Through the panel's own colour."""


def _rgb(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[i : i + 2], 16) for i in (1, 3, 5))


@cache
def table(scale: str, theme: Theme) -> NDArray[np.uint8]:
    """The 256 colours of a scale, `[256, 3]`."""
    if scale == "positive":
        t = np.linspace(0, 1, 256)[:, None]
        powers = t ** np.arange(len(_VIRIDIS))[None, :]
        return np.asarray(np.clip(powers @ _VIRIDIS * 255 + 0.5, 0, 255).astype(np.uint8))
    if scale == "signed":
        stops = [stop or theme.panel for stop in (_SIGNED_DARK if theme.dark else _SIGNED_LIGHT)]
        places = np.linspace(0, 255, len(stops))
        rgb = np.array([_rgb(stop) for stop in stops], float)
        return np.stack([np.interp(np.arange(256), places, rgb[:, i]) for i in range(3)], 1).round().astype(np.uint8)
    return np.repeat(np.arange(256, dtype=np.uint8)[:, None], 3, 1)


@cache
def qt_table(scale: str, theme: Theme) -> list[int]:
    """The same colours as Qt's colour table."""
    return [0xFF000000 | int(r) << 16 | int(g) << 8 | int(b) for r, g, b in table(scale, theme)]
