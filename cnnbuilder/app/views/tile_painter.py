"""Paints tiles: only those that a region meets, thinned out where there are more values than pixels."""

from dataclasses import dataclass, field
from math import ceil, floor
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPen

from cnnbuilder.app import colours, theme
from cnnbuilder.app.views.tile_layout import GAP, TileLayout
from cnnbuilder.app.views.tiles import Array, Summary, Tiles

READABLE = 34
"""In cells at least so wide and high (px) the values are written."""
ONE, EACH, CLIPPED, LOGARITHMIC = "one", "each", "clipped", "logarithmic"
SCALINGS = {
    ONE: "One colour scale",
    EACH: "Each its own scale",
    CLIPPED: "Clipped at 99 %",
    LOGARITHMIC: "Logarithmic",
}
PERCENT = 99.0
DECADES = 100.0
"""How much a logarithmic scale stretches: a value so many times smaller than the limit is at 15 % of the scale."""
CENTRED = int((Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop).value)
MIDDLE = int(Qt.AlignmentFlag.AlignCenter.value)


def figure(value: float) -> str:
    """A value in three or four telling figures."""
    if value == 0:
        return "0"
    if not np.isfinite(value):
        return str(value).replace("-", "−")
    return (f"{value:.4f}" if 0.001 <= abs(value) < 1000 else f"{value:.2e}").replace("-", "−")


def short(value: float) -> str:
    """A value for a cell: one to three figures."""
    size = abs(value)
    if size == 0:
        return "0"
    if size >= 1000 or 0 < size < 0.005:
        words = f"{value:.0e}"
    else:
        words = f"{value:.2f}" if size < 10 else f"{value:.1f}" if size < 100 else f"{value:.0f}"
    return words.replace("-", "−")


@dataclass(eq=False)
class Picture:
    """What is painted: tiles in their order, on a scale."""

    tiles: Tiles
    summary: Summary
    order: Array | None = None
    """Which tile stands at each place; None: as they are."""
    scaling: str = ONE
    limit: float = 1.0
    limits: Array | None = None
    """A limit of its own for each tile."""
    table: NDArray[np.uint32] = field(default_factory=lambda: np.zeros(256, np.uint32))

    @property
    def count(self) -> int:
        """How many tiles are shown."""
        return len(self.tiles.values) if self.order is None else len(self.order)

    @property
    def scale(self) -> str:
        """`positive` or `signed`."""
        return "signed" if self.summary.signed else "positive"

    def tile(self, place: int) -> int:
        """The tile at a place."""
        return place if self.order is None else int(self.order[place])

    def place(self, tile: int) -> int | None:
        """The place of a tile; None where it is not shown."""
        if self.order is None:
            return tile if tile < self.count else None
        found = np.flatnonzero(self.order == tile)
        return int(found[0]) if len(found) else None


def picture(tiles: Tiles, summary: Summary, order: Array | None, scaling: str) -> Picture:
    """Tiles on a scale, in the colours of the theme."""
    limit = summary.clipped(PERCENT) if scaling == CLIPPED else summary.limit
    made = Picture(tiles, summary, order, scaling, limit or 1.0)
    if scaling == EACH:
        limits = summary.tile_limits().astype(np.float32)
        made.limits = np.where(limits > 0, limits, 1)
    made.table = lookup(made.scale)
    return made


def lookup(scale: str) -> NDArray[np.uint32]:
    """The 256 colours of a scale as pixels."""
    red, green, blue = colours.table(scale, theme.now()).astype(np.uint32).T
    return np.asarray(np.uint32(0xFF000000) | red << np.uint32(16) | green << np.uint32(8) | blue, np.uint32)


def numbers(values: Array, shown: Picture, limits: Array | float) -> NDArray[np.uint8]:
    """Palette numbers of values: 0 … 255 for 0 … limit, or for −limit … limit with 0 in the middle."""
    with np.errstate(invalid="ignore", over="ignore"):
        scaled = np.divide(values, limits, dtype=np.float32)
        if shown.scaling == LOGARITHMIC:
            scaled = np.sign(scaled) * np.log1p(np.abs(scaled) * np.float32(DECADES)) / np.float32(np.log1p(DECADES))
        half = np.float32(127.5) if shown.scale == "signed" else np.float32(255)
        scaled *= half
        if shown.scale == "signed":
            scaled += half
    if not shown.summary.finite:
        np.nan_to_num(scaled, copy=False, nan=float(half) if shown.scale == "signed" else 0.0)
    np.clip(scaled, 0, 255, out=scaled)
    return scaled.astype(np.uint8)


def paint(painter: QPainter, shown: Picture, layout: TileLayout, region: QRectF, ratio: float = 1.0) -> None:
    """Paint the tiles that `region` meets; `ratio`: device pixels for one of the layout's."""
    places = layout.seen(region.x(), region.y(), region.width(), region.height())
    if not places:
        return
    if shown.tiles.barred:
        _paint_bars(painter, shown, layout)
        _paint_names(painter, shown, layout, places)
        return
    if max(layout.wide, layout.high) > 2 * max(region.width(), region.height(), 300):
        for place in places:
            _paint_part(painter, shown, layout, place, region, ratio)
    else:
        _paint_whole(painter, shown, layout, places, ratio)
    _fill_rest(painter, shown, layout)
    if not layout.headed:
        _paint_names(painter, shown, layout, places)
    if min(layout.cell) >= READABLE * theme.scaled(1):
        for place in places:
            _paint_figures(painter, shown, layout, place, region)


def _step(layout: TileLayout, ratio: float) -> tuple[int, int]:
    """Every how-manieth row and column is painted."""
    wide, high = layout.cell
    return max(1, int(1 / (high * ratio))), max(1, int(1 / (wide * ratio)))


def _paint_whole(painter: QPainter, shown: Picture, layout: TileLayout, places: list[int], ratio: float) -> None:
    """All values of the tiles at once."""
    down, across = _step(layout, ratio)
    which = np.array([shown.tile(place) for place in places])
    limits: Any = shown.limit if shown.limits is None else shown.limits[which][:, None, None]
    pixels = shown.table[numbers(shown.tiles.values[which, ::down, ::across], shown, limits)]
    _, rows, columns = pixels.shape
    # A thinned map is a little larger than what is drawn of it where the step does not divide it.
    wide, high = layout.wide * columns * across / layout.columns, layout.high * rows * down / layout.rows
    for place, tile in zip(places, pixels, strict=True):
        left, top, _, _ = layout.box(place)
        image = QImage(tile.data, columns, rows, 4 * columns, QImage.Format.Format_RGB32)
        if wide > layout.wide + 0.01 or high > layout.high + 0.01:
            source = QRectF(0, 0, columns * layout.wide / wide, rows * layout.high / high)
            painter.drawImage(QRectF(left, top, layout.wide, layout.high), image, source)
        else:
            painter.drawImage(QRectF(left, top, layout.wide, layout.high), image)


def _paint_part(
    painter: QPainter, shown: Picture, layout: TileLayout, place: int, region: QRectF, ratio: float
) -> None:
    """Of a tile that is larger than what is seen, the values that are seen."""
    left, top, wide, high = layout.box(place)
    seen = QRectF(left, top, wide, high).intersected(region)
    if seen.isEmpty():
        return
    down, across = _step(layout, ratio)
    (cell_wide, cell_high), (rows, columns) = layout.cell, (layout.rows, layout.columns)
    first, first_column = int((seen.top() - top) / cell_high), int((seen.left() - left) / cell_wide)
    # Thinned from a multiple of the step on, so that the same values are seen wherever one scrolls.
    first, first_column = first - first % down, first_column - first_column % across
    last = min(rows, ceil((seen.bottom() - top) / cell_high) + down)
    last_column = min(columns, ceil((seen.right() - left) / cell_wide) + across)
    tile = shown.tile(place)
    limit: Any = shown.limit if shown.limits is None else shown.limits[tile]
    pixels = shown.table[
        numbers(shown.tiles.values[tile, first:last:down, first_column:last_column:across], shown, limit)
    ]
    image = QImage(pixels.data, pixels.shape[1], pixels.shape[0], 4 * pixels.shape[1], QImage.Format.Format_RGB32)
    painter.save()
    painter.setClipRect(QRectF(left, top, wide, high))
    painter.drawImage(
        QRectF(
            left + first_column * cell_wide,
            top + first * cell_high,
            pixels.shape[1] * across * cell_wide,
            pixels.shape[0] * down * cell_high,
        ),
        image,
    )
    painter.restore()


def _paint_bars(painter: QPainter, shown: Picture, layout: TileLayout) -> None:
    """A bar for each value, from zero up or down, as long as the scale says and in its colour."""
    left, top, wide, high = layout.box(0)
    found = numbers(shown.tiles.values[0, 0], shown, shown.limit if shown.limits is None else float(shown.limits[0]))
    signed, step = shown.scale == "signed", layout.cell[0]
    zero = top + (high / 2 if signed else high)
    gap = min(2.0, step / 5)
    painter.fillRect(QRectF(left, top, wide, high), QColor(theme.now().well))
    for number, tone in enumerate(found):
        long = (float(tone) - 127.5) / 127.5 * high / 2 if signed else float(tone) / 255 * high
        bar = QRectF(left + number * step + gap, zero - max(long, 0.0), step - 2 * gap, abs(long))
        painter.fillRect(bar, QColor(int(shown.table[tone])))
    painter.fillRect(QRectF(left, zero - 0.5, wide, 1), QColor(theme.now().dim))


def _fill_rest(painter: QPainter, shown: Picture, layout: TileLayout) -> None:
    """Nothing is drawn where a vector has no more values."""
    rest = layout.rows * layout.columns - shown.tiles.cells
    if rest > 0:
        wide, high = layout.cell
        left, top, _, _ = layout.cell_box(0, layout.rows - 1, layout.columns - rest)
        painter.fillRect(QRectF(left, top, rest * wide + 1, high + 1), QColor(theme.now().panel))


def _paint_names(painter: QPainter, shown: Picture, layout: TileLayout, places: list[int]) -> None:
    now = theme.now()
    painter.setFont(theme.ui_font(11 if layout.wide >= 24 else 9))
    room = layout.wide + GAP if layout.count > 1 else max(layout.wide, 260.0)
    metrics = QFontMetricsF(painter.font())
    for place in places:
        tile = shown.tile(place)
        dead = layout.count > 1 and bool(shown.summary.dead[tile])
        words = shown.tiles.name(tile)
        if dead and metrics.horizontalAdvance(f"{words} dead") < room:
            words = f"{words} dead"
        painter.setPen(QColor(now.problem if dead else now.dim))
        left, top, wide, high = layout.box(place)
        if layout.count == 1:
            words = f"{shown.tiles.word} {words}" if shown.tiles.leading else words
            painter.drawText(
                QRectF(left, top + high + 3, room, layout.label), int(Qt.AlignmentFlag.AlignLeft.value), words
            )
        else:
            painter.drawText(QRectF(left + (wide - room) / 2, top + high + 3, room, layout.label), CENTRED, words)


def paint_heads(
    painter: QPainter,
    shown: Picture,
    layout: TileLayout,
    scrolled: tuple[float, float],
    room: tuple[float, float],
) -> None:
    """Beside each row its filter, above each column its channel; they stay while the rest is scrolled."""
    names = shown.tiles.names if len(shown.tiles.names) > 1 else ("filter", "channel")
    last = names[-1]
    now = theme.now()
    (x, y), (width, height), (beside, above) = scrolled, room, layout.heads
    painter.fillRect(QRectF(0, 0, width, above), QColor(now.panel))
    painter.fillRect(QRectF(0, 0, beside, height), QColor(now.panel))
    painter.setFont(theme.ui_font(11))
    painter.setPen(QColor(now.dim))
    seen = layout.seen(x + beside, y + above, width - beside, height - above)
    rows = sorted({place // layout.across for place in seen})
    columns = sorted({place % layout.across for place in seen})
    painter.setClipRect(QRectF(beside, 0, width - beside, above))
    every = max(1, ceil(26 / layout.wide))
    for column in columns:
        if column % every == 0:
            left, _, wide, _ = layout.box(column)
            painter.drawText(QRectF(left - x - 20, 0, wide + 40, above), MIDDLE, str(column))
    painter.setClipRect(QRectF(0, above, beside, height - above))
    every = max(1, ceil(14 / layout.high))
    for row in rows:
        if row % every == 0:
            _, top, _, high = layout.box(row * layout.across)
            words = shown.tiles.row_words(shown.tile(row * layout.across))
            side = int((Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter).value)
            painter.drawText(QRectF(0, top - y - 10, beside - 6, high + 20), side, words)
    painter.setClipping(False)
    painter.drawText(QRectF(0, 0, beside - 6, above), int(Qt.AlignmentFlag.AlignRight.value), last)


def _paint_figures(painter: QPainter, shown: Picture, layout: TileLayout, place: int, region: QRectF) -> None:
    """The values in their cells, dark or light as the cell's colour asks."""
    left, top, _, _ = layout.box(place)
    wide, high = layout.cell
    first, last = max(0, floor((region.top() - top) / high)), min(layout.rows, ceil((region.bottom() - top) / high))
    start, end = max(0, floor((region.left() - left) / wide)), min(layout.columns, ceil((region.right() - left) / wide))
    if first >= last or start >= end:
        return
    tile = shown.tile(place)
    values = shown.tiles.values[tile, first:last, start:end]
    limit: Any = shown.limit if shown.limits is None else shown.limits[tile]
    light = _luminance(shown.table)[numbers(values, shown, limit)] > 0.42
    painter.setFont(theme.mono(round(theme.scaled(11 if wide < 48 else 12))))
    dark_pen, light_pen = QPen(QColor("#10141c")), QPen(QColor("#ffffff"))
    for row in range(first, last):
        for column in range(start, end):
            if row * layout.columns + column >= shown.tiles.cells:
                continue
            painter.setPen(dark_pen if light[row - first, column - start] else light_pen)
            box = QRectF(left + column * wide, top + row * high, wide, high)
            painter.drawText(box, MIDDLE, short(float(values[row - first, column - start])))


def _luminance(table: NDArray[np.uint32]) -> Array:
    """How light each colour of a table looks, 0 … 1."""
    red, green, blue = (table >> 16 & 255), (table >> 8 & 255), (table & 255)
    return np.asarray((0.299 * red + 0.587 * green + 0.114 * blue) / 255)
