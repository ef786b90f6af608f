"""Taking maps elsewhere: to the clipboard as an image or as values, to a file as a picture."""

import csv
import io
from functools import partial

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage, QPainter
from PySide6.QtWidgets import QFileDialog, QMenu, QMessageBox

from cnnbuilder.app import theme
from cnnbuilder.app.views.grid import Grid
from cnnbuilder.app.views.tile_layout import TileLayout
from cnnbuilder.app.views.tile_painter import Picture, numbers, paint, paint_heads
from cnnbuilder.app.views.tiles import At

MOST = 12_000
"""No picture is made wider or higher (px)."""


def menu(grid: Grid, at: At | None, title: str) -> QMenu:
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
    made.addAction("Save all as a picture …").triggered.connect(partial(_choose, grid, title))
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


def whole_image(shown: Picture, layout: TileLayout) -> QImage:
    """All tiles with their names, as they are laid out."""
    width, height = (min(MOST, int(size) + 8) for size in layout.size)
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor(theme.now().panel))
    painter = QPainter(image)
    paint(painter, shown, layout, QRectF(0, 0, width, height))
    if layout.headed:
        paint_heads(painter, shown, layout, (0, 0), (width, height))
    painter.end()
    return image


def _choose(grid: Grid, title: str, _: bool = False) -> None:
    dialog = QFileDialog(grid.window(), "Save the maps as a picture", f"{title.replace('/', '-')}.png", "PNG (*.png)")
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix("png")
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.fileSelected.connect(partial(save_image, grid))
    dialog.open()


def save_image(grid: Grid, path: str) -> None:
    """Write what the grid shows to a file; where that fails, say so."""
    shown = grid.sight.painted
    if shown is not None and not whole_image(shown, grid.sight.layout).save(path):
        box = QMessageBox(
            QMessageBox.Icon.Warning, "cnnbuilder", "The picture could not be written.", parent=grid.window()
        )
        box.setInformativeText(f"{path}: is the folder there, and may you write to it?")
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.open()
