"""Taking maps elsewhere: one to the clipboard as an image or as values, all of them as a picture or as data."""

import csv
import io
from functools import partial
from typing import Any

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtWidgets import QMenu

from cnnbuilder.app.exporting import Export, add
from cnnbuilder.app.views.grid import Grid
from cnnbuilder.app.views.tile_painter import Picture, numbers, paint, paint_heads
from cnnbuilder.app.views.tiles import At

MOST = 12_000
"""Of so much room (px) more is left out of a picture."""


def menu(grid: Grid, at: At | None, export: Export | None) -> QMenu:
    """What can be done with the map at `at` and with all of them."""
    made, sight = QMenu(grid), grid.sight
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    shown = sight.painted
    assert shown is not None
    if at is not None:
        made.addAction("Explain this value").triggered.connect(partial(_explain, grid, at))
        made.addSeparator()
        if sight.alone is None and shown.count > 1:
            made.addAction("Let this map fill the view").triggered.connect(partial(_alone, grid, at[0]))
        made.addAction("Copy this map as an image").triggered.connect(partial(copy_image, shown, at[0]))
        made.addAction("Copy its values as CSV").triggered.connect(partial(copy_values, shown, at[0]))
        made.addSeparator()
    if sight.alone is not None:
        made.addAction("Show all maps").triggered.connect(partial(_alone, grid, None))
    if export is not None:
        inside = made.addMenu("All that is shown")
        add(inside, grid, export)
    return made


def _explain(grid: Grid, at: At, _: bool = False) -> None:
    grid.choose(at)
    grid.explain_wanted.emit()


def _alone(grid: Grid, tile: int | None, _: bool = False) -> None:
    grid.stand_alone(tile)


def tile_image(shown: Picture, tile: int) -> QImage:
    """One map, a pixel for each value, in the colours in which it is shown."""
    limit = shown.limit if shown.limits is None else float(shown.limits[tile])
    pixels = shown.table[numbers(shown.tiles.values[tile], shown, limit)]
    rows, columns = pixels.shape
    return QImage(pixels.data, columns, rows, 4 * columns, QImage.Format.Format_RGB32).copy()


def tile_csv(shown: Picture, tile: int) -> str:
    """One map's values, a line for each row."""
    out = io.StringIO()
    values = shown.tiles.values[tile]
    rows = [shown.tiles.array] if shown.tiles.array.ndim == 1 else values
    csv.writer(out, lineterminator="\n").writerows([repr(float(np.float32(value))) for value in row] for row in rows)
    return out.getvalue()


def copy_image(shown: Picture, tile: int, _: bool = False) -> None:
    """To the clipboard."""
    QGuiApplication.clipboard().setImage(tile_image(shown, tile))


def copy_values(shown: Picture, tile: int, _: bool = False) -> None:
    """To the clipboard."""
    QGuiApplication.clipboard().setText(tile_csv(shown, tile))


def whole(grid: Grid, title: str, extra: dict[str, Any]) -> Export | None:
    """All tiles with their names, as they are laid out, and their values; `extra`: what JSON says of them beside."""
    shown, layout = grid.sight.painted, grid.sight.layout
    if shown is None:
        return None
    size = QSizeF(*(min(MOST, side + 8) for side in layout.size))

    def draw(painter: QPainter) -> None:
        paint(painter, shown, layout, QRectF(QPointF(), size))
        if layout.headed:
            paint_heads(painter, shown, layout, (0, 0), (size.width(), size.height()))

    return Export(title, size, draw, lambda: _rows(shown), lambda: {**extra, "values": shown.tiles.array})


def _rows(shown: Picture) -> list[list[object]]:
    """Of every tile every row, after their numbers."""
    tiles = shown.tiles
    if tiles.array.ndim == 1:
        return [["number", "value"], *([n, repr(float(v))] for n, v in enumerate(tiles.array))]
    columns = tiles.values.shape[2]
    heads: list[object] = [tiles.word, "row", *range(columns)]
    return [
        heads,
        *(
            [tiles.name(tile), row, *(repr(float(value)) for value in line)]
            for tile, plane in enumerate(tiles.values)
            for row, line in enumerate(plane)
        ),
    ]
