"""Taking connections elsewhere: as a picture that can be enlarged or not, or as data."""

import csv
import io
import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPoint, QRectF
from PySide6.QtGui import QColor, QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QFileDialog, QMenu, QMessageBox, QWidget

from cnnbuilder.app import theme
from cnnbuilder.app.views.connectivity.figure import CHANNELS, Figure, Ints, Units, volume
from cnnbuilder.design.errors import DesignFileError
from cnnbuilder.files.atomic import write_atomically

SCALE = 2.0
"""A picture of pixels has so many for each of the screen."""
DPI = 96
"""Pixels to an inch, as web pages have them."""
KINDS = {"png": "PNG (*.png)", "svg": "SVG (*.svg)", "csv": "CSV (*.csv)", "json": "JSON (*.json)"}
Paint = Callable[[QPainter], None]
"""Paints what is shown without images, in the coordinates of its widget."""


def menu(shown: QWidget, figure: Figure, paint: Paint) -> QMenu:
    """What can be done with what a widget shows."""
    made = QMenu(shown)
    made.aboutToHide.connect(made.deleteLater)
    made.addAction("Copy as an image").triggered.connect(partial(_copy, shown, paint))
    made.addAction("Save as a picture …").triggered.connect(partial(_choose, shown, figure, paint, ("svg", "png")))
    made.addAction("Save the connections as data …").triggered.connect(
        partial(_choose, shown, figure, paint, ("csv", "json"))
    )
    return made


def offer(shown: object, beside: QWidget) -> None:
    """Offer it above a button, where something is drawn."""
    figure, paint = getattr(shown, "figure", None), getattr(shown, "paint_lines", None)
    if isinstance(shown, QWidget) and figure is not None and paint is not None:
        offered = menu(shown, figure, paint)
        offered.popup(beside.mapToGlobal(QPoint(0, -offered.sizeHint().height())))


def png(shown: QWidget, paint: Paint) -> QImage:
    """What a widget shows, sharper than on the screen."""
    image = QImage((shown.size() * SCALE), QImage.Format.Format_RGB32)
    image.fill(QColor(theme.now().panel))
    painter = QPainter(image)
    painter.scale(SCALE, SCALE)
    paint(painter)
    painter.end()
    return image


def svg(shown: QWidget, paint: Paint, title: str) -> bytes:
    """What a widget shows, as lines and words."""
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setTitle(title)
    generator.setResolution(DPI)
    generator.setSize(shown.size())
    generator.setViewBox(QRectF(0, 0, shown.width(), shown.height()))
    painter = QPainter(generator)
    painter.fillRect(QRectF(0, 0, shown.width(), shown.height()), QColor(theme.now().panel))
    paint(painter)
    painter.end()
    return bytes(data.data())


def _places(units: Units, numbers: Ints, scope: str) -> list[list[int]]:
    """Channel, row and column of units; of whole maps the channel."""
    if scope == CHANNELS:
        return [[number] for number in numbers.tolist()]
    return np.stack(np.unravel_index(numbers, volume(units.shape, scope)), 1).tolist()  # type: ignore[no-any-return]


def table(figure: Figure) -> tuple[list[str], list[list[int]]]:
    """Heads and lines: each connection's output, input and weight, by place and by number."""
    scope = figure.wanted.scope
    outputs, inputs = figure.outputs.numbers[figure.upper], figure.inputs.numbers[figure.lower]
    axes = ["channel"] if scope == CHANNELS else ["channel", "row", "column"]
    numbers = [] if scope == CHANNELS else ["number"]
    heads = [f"{side} {name}" for side in ("output", "input") for name in (*numbers, *axes)]
    sides = [
        [([number] if numbers else []) + place for number, place in zip(which.tolist(), there, strict=True)]
        for which, there in (
            (outputs, _places(figure.outputs, outputs, scope)),
            (inputs, _places(figure.inputs, inputs, scope)),
        )
    ]
    weights = figure.weights.tolist()
    return [*heads, "weight"], [
        [*output, *input, weight] for output, input, weight in zip(*sides, weights, strict=True)
    ]


def as_csv(figure: Figure) -> str:
    """A line for each connection; a weight of −1 is none."""
    out = io.StringIO()
    heads, rows = table(figure)
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(heads)
    writer.writerows(rows)
    return out.getvalue()


def as_json(figure: Figure) -> str:
    """The same with what it is about."""
    heads, rows = table(figure)
    data: dict[str, Any] = {
        "block": figure.outputs.block,
        "input": figure.inputs.block,
        "shown": figure.wanted.scope,
        "output_shape": list(figure.outputs.shape),
        "input_shape": list(figure.inputs.shape),
        "left_out": figure.left_out,
        "columns": heads,
        "connections": rows,
    }
    return json.dumps(data, ensure_ascii=False) + "\n"


def save(shown: QWidget, figure: Figure, paint: Paint, path: str) -> None:
    """Write it to a file of the kind that its name says; where that fails, say so."""
    kind = Path(path).suffix.lower().lstrip(".")
    title = f"Connections of {figure.outputs.block}"
    makes: dict[str, Callable[[], bytes]] = {
        "svg": lambda: svg(shown, paint, title),
        "png": lambda: _encoded(png(shown, paint)),
        "csv": lambda: as_csv(figure).encode(),
        "json": lambda: as_json(figure).encode(),
    }
    if kind not in makes:
        _fail(shown, f"{path}: its name does not end in {', '.join(f'.{name}' for name in makes)}")
        return
    data = makes[kind]()
    try:
        write_atomically(path, lambda file: file.write(data))
    except DesignFileError as error:
        _fail(shown, str(error))


def _encoded(image: QImage) -> bytes:
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(data.data())


def _copy(shown: QWidget, paint: Paint, _: bool = False) -> None:
    QGuiApplication.clipboard().setImage(png(shown, paint))


def _choose(shown: QWidget, figure: Figure, paint: Paint, kinds: tuple[str, ...], _: bool = False) -> None:
    name = f"{figure.outputs.block}-{figure.wanted.scope}.{kinds[0]}"
    dialog = QFileDialog(shown.window(), "Save the connections", name, ";;".join(KINDS[kind] for kind in kinds))
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(kinds[0])
    dialog.filterSelected.connect(lambda words: dialog.setDefaultSuffix(words.partition(" ")[0].lower()))
    dialog.fileSelected.connect(partial(save, shown, figure, paint))
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()


def _fail(shown: QWidget, words: str) -> None:
    box = QMessageBox(
        QMessageBox.Icon.Warning, "cnnbuilder", "The connections could not be saved.", parent=shown.window()
    )
    box.setInformativeText(words)
    box.finished.connect(box.deleteLater)
    box.open()
