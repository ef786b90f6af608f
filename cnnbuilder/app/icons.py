"""Icons: the drawings of resources/icons in a theme's colours."""

import tempfile
from functools import cache
from pathlib import Path

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from cnnbuilder.app import theme
from cnnbuilder.design.errors import Error
from cnnbuilder.files.resources import resource

UNKNOWN = "unknown"


@cache
def _drawing(name: str) -> str:
    try:
        return resource(f"icons/{name}.svg").read_text(encoding="utf-8")
    except (Error, OSError):
        return _drawing(UNKNOWN) if name != UNKNOWN else '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"/>'


@cache
def renderer(name: str, colour: str) -> QSvgRenderer:
    """What paints an icon in `colour` at any size."""
    return QSvgRenderer(QByteArray(_drawing(name).replace("currentColor", colour).encode()))


@cache
def pixmap(name: str, colour: str, size: int = 16, ratio: float = 1.0) -> QPixmap:
    """An icon as pixels."""
    made = QPixmap(round(size * ratio), round(size * ratio))
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    renderer(name, colour).render(painter, QRectF(0, 0, made.width(), made.height()))
    painter.end()
    made.setDevicePixelRatio(ratio)
    return made


def icon(name: str, colour: str | None = None, checked: str | None = None, size: int = 16) -> QIcon:
    """An icon for a button or a menu; `checked` is its colour while the button is down."""
    made = QIcon()
    for ratio in (1.0, 2.0):
        made.addPixmap(pixmap(name, colour or theme.now().text, size, ratio))
        made.addPixmap(pixmap(name, theme.now().dim, size, ratio), QIcon.Mode.Disabled)
        if checked:
            made.addPixmap(pixmap(name, checked, size, ratio), QIcon.Mode.Normal, QIcon.State.On)
    return made


@cache
def _folder() -> "tempfile.TemporaryDirectory[str]":
    return tempfile.TemporaryDirectory(prefix="cnnbuilder-icons-")


@cache
def icon_file(name: str, colour: str) -> str:
    """An icon as a file, for a style sheet."""
    path = Path(_folder().name) / f"{name}-{colour.lstrip('#')}.svg"
    path.write_text(_drawing(name).replace("currentColor", colour), encoding="utf-8")
    return path.as_posix()
