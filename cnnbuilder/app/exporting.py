"""Taking what a view shows elsewhere: as a picture of pixels (PNG) or of lines and words (SVG), as a table (CSV) or as
data with what they are about (JSON); or to the clipboard."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from math import isfinite
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPoint, QRectF, QSettings, QSize, QSizeF
from PySide6.QtGui import QColor, QGuiApplication, QImage, QPainter
from PySide6.QtWidgets import QFileDialog, QMenu, QMessageBox, QToolButton, QWidget

from cnnbuilder.app import icons, theme
from cnnbuilder.design.errors import DesignFileError, Error
from cnnbuilder.files.atomic import write_atomically

SCALE = 2.0
"""A picture of pixels has so many for each of the screen."""
LARGEST = 12_000
"""No picture is made wider or higher (pixels)."""
DPI = 96
"""Pixels to an inch, as web pages have them."""
PICTURES = {"svg": "SVG (*.svg)", "png": "PNG (*.png)"}
DATA = {"csv": "CSV (*.csv)", "json": "JSON (*.json)"}
FOLDER = "export/folder"
HELP = "Save what is shown as a picture (PNG, SVG) or as data (CSV, JSON), or copy it"
Paint = Callable[[QPainter], None]
Rows = Iterable[Sequence[object]]


@dataclass(frozen=True, eq=False)
class Export:
    """What of a view can be taken elsewhere; nothing is made before it is asked for."""

    title: str
    """What it is called, and the file that is proposed."""
    size: QSizeF | QSize
    paint: Paint
    """Paints it, from the upper left corner on."""
    rows: Callable[[], Rows]
    """The table, its heads first."""
    data: Callable[[], Any]
    """What JSON can hold."""


@runtime_checkable
class Exportable(Protocol):
    """A view that can be taken elsewhere."""

    def export(self) -> Export | None:
        """What it shows now; None where that is nothing."""


def as_png(export: Export) -> QImage:
    """Sharper than on the screen."""
    width, height = export.size.width(), export.size.height()
    scale = min(SCALE, LARGEST / max(width, height, 1))
    image = QImage(max(1, int(width * scale)), max(1, int(height * scale)), QImage.Format.Format_RGB32)
    image.fill(QColor(theme.now().panel))
    painter = QPainter(image)
    painter.scale(scale, scale)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
    export.paint(painter)
    painter.end()
    return image


def as_svg(export: Export) -> bytes:
    """As lines and words; what is made of values stays an image in it."""
    from PySide6.QtSvg import QSvgGenerator

    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setTitle(export.title)
    generator.setResolution(DPI)
    room = QRectF(0, 0, export.size.width(), export.size.height())
    generator.setSize(room.size().toSize())
    generator.setViewBox(room)
    painter = QPainter(generator)
    painter.fillRect(room, QColor(theme.now().panel))
    export.paint(painter)
    painter.end()
    return bytes(data.data())


def as_csv(export: Export) -> str:
    """A line for each row."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(export.rows())
    return out.getvalue()


def as_json(export: Export) -> str:
    """One object. What is no number is null."""
    return json.dumps(_plain(export.data()), ensure_ascii=False, allow_nan=False) + "\n"


def _plain(value: Any) -> Any:
    """Arrays as lists, and null for what JSON has no number for."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return None if isinstance(value, float) and not isfinite(value) else value


def write(export: Export, path: str) -> None:
    """Write it to a file of the kind that its name says; raises DesignFileError."""
    kind = Path(path).suffix.lower().lstrip(".")
    makes: dict[str, Callable[[], bytes]] = {
        "svg": lambda: as_svg(export),
        "png": lambda: _encoded(as_png(export)),
        "csv": lambda: as_csv(export).encode(),
        "json": lambda: as_json(export).encode(),
    }
    if kind not in makes:
        raise DesignFileError(f"{path}: its name does not end in {', '.join(f'.{name}' for name in makes)}")
    data = makes[kind]()
    write_atomically(path, lambda file: file.write(data))


def _encoded(image: QImage) -> bytes:
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(data.data())


def rendered(widget: QWidget) -> Paint:
    """Paints a widget as it is seen."""
    return lambda painter: widget.render(painter, QPoint())


# What a person asks for


def menu(widget: QWidget, export: Export) -> QMenu:
    """What can be done with what a view shows."""
    made = QMenu(widget)
    made.aboutToHide.connect(made.deleteLater)
    add(made, widget, export)
    return made


def add(made: QMenu, widget: QWidget, export: Export) -> None:
    """The same at the end of a menu."""
    made.addAction("Copy as an image").triggered.connect(partial(_copy, export))
    made.addAction("Save as a picture …").triggered.connect(partial(_choose, widget, export, PICTURES))
    made.addAction("Save as data …").triggered.connect(partial(_choose, widget, export, DATA))


def offer(view: object, beside: QWidget) -> None:
    """Offer it above a button; where nothing is shown, nothing."""
    export = view.export() if isinstance(view, Exportable) else None
    if isinstance(view, QWidget) and export is not None:
        offered = menu(view, export)
        offered.popup(beside.mapToGlobal(QPoint(0, -offered.sizeHint().height())))


class TakeButton(QToolButton):
    """Offers it."""

    def __init__(self, view: QWidget) -> None:
        super().__init__()
        self.setObjectName("flat")
        self.setIconSize(QSize(16, 16))
        self.setAccessibleName("Save or copy")
        self.setToolTip(HELP)
        self.clicked.connect(lambda: offer(view, self))
        theme.keeper().changed.connect(self._recolour)
        self._recolour()

    def _recolour(self) -> None:
        self.setIcon(icons.icon("save", theme.now().dim))


def save(widget: QWidget, export: Export, path: str) -> None:
    """Write it to a file; where that fails, say so."""
    try:
        write(export, path)
        QSettings().setValue(FOLDER, str(Path(path).parent))
    except Error as error:
        box = QMessageBox(QMessageBox.Icon.Warning, "cnnbuilder", "It could not be saved.", parent=widget.window())
        box.setInformativeText(str(error))
        box.finished.connect(box.deleteLater)
        box.open()


def _copy(export: Export, _: bool = False) -> None:
    QGuiApplication.clipboard().setImage(as_png(export))


def _choose(widget: QWidget, export: Export, kinds: dict[str, str], _: bool = False) -> None:
    first, folder = next(iter(kinds)), str(QSettings().value(FOLDER, ""))
    name = "".join("-" if letter in '/\\:*?"<>|' else letter for letter in export.title)
    proposed = str(Path(folder) / f"{name}.{first}") if folder else f"{name}.{first}"
    dialog = QFileDialog(widget.window(), f"Save {export.title}", proposed, ";;".join(kinds.values()))
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(first)
    dialog.filterSelected.connect(lambda words: dialog.setDefaultSuffix(words.partition(" ")[0].lower()))
    dialog.fileSelected.connect(partial(save, widget, export))
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
