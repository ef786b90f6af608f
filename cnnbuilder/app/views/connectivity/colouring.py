"""Colours of weights: an equal weight has an equal colour."""

from functools import cache

from PySide6.QtGui import QColor

from cnnbuilder.app.theme import Theme

FIRST = (
    "#2f6bdc",
    "#e08a00",
    "#0f9f8f",
    "#c43e7c",
    "#8a63d2",
    "#157f4b",
    "#c4320a",
    "#5b7a99",
    "#b08900",
    "#2a86c8",
    "#d0368a",
    "#5c6bc0",
    "#7f9a12",
    "#a0522d",
    "#2a9d74",
    "#7d8597",
)
"""Colours that a class tells apart, for the first weights."""
COUNT = 240
"""So many colours there are; then they come again."""
GOLDEN = 0.618033988749895


@cache
def colours(theme: Theme) -> tuple[QColor, ...]:
    """The colours of weights by their rank; seen on the ground of a panel."""
    found = [QColor(name) for name in FIRST]
    for number in range(len(FIRST), COUNT):
        hue = (number * GOLDEN) % 1
        found.append(QColor.fromHsvF(hue, (0.85, 0.6, 0.95)[number % 3], (0.75, 0.62, 0.85)[number % 3]))
    return tuple(_light(colour) for colour in found) if theme.dark else tuple(found)


def colour(theme: Theme, rank: int) -> QColor:
    """The colour of one weight; of what has none, that of links."""
    return QColor(theme.link) if rank < 0 else colours(theme)[rank % COUNT]


def _light(colour: QColor) -> QColor:
    """As a colour is seen on a dark ground."""
    hue, saturation, lightness = max(colour.hslHueF(), 0.0), colour.hslSaturationF(), colour.lightnessF()
    return QColor.fromHslF(hue, min(saturation, 0.85), min(0.45 + 0.5 * lightness, 0.75))
