"""One map of both designs side by side, on one scale, and their difference on its own."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from cnnbuilder.app import theme
from cnnbuilder.app.imaging import as_grid
from cnnbuilder.app.views.tile_painter import ONE, figure, lookup, numbers, picture
from cnnbuilder.app.views.tiles import Summary, Tiles

Array = NDArray[Any]
HEAD, GAP = 40.0, 14.0
NOTHING = "Select a row of two blocks that ran: here their maps stand side by side, with the difference."


class Trio(QWidget):
    """This, the other, and this less the other."""

    turned = Signal(int)
    """Another map is wanted, so many further."""

    def __init__(self) -> None:
        super().__init__()
        self.setMinimumSize(QSize(150, 110))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Maps of both designs and their difference")
        self.setToolTip("The wheel, or ← and →, shows the next map")
        self.planes: list[tuple[str, str, Array | None, str]] = []
        """For each picture its head, a line below it, its values and which scale they share."""
        self.mark: tuple[int, int] | None = None
        """Where the difference is largest."""
        self.why = NOTHING
        self._wheel = 0
        theme.keeper().changed.connect(self.update)

    def show_nothing(self, why: str = NOTHING) -> None:
        """Say why there is nothing to see."""
        self.planes, self.mark, self.why = [], None, why
        self.setAccessibleDescription(why)
        self.update()

    def show_pair(self, names: tuple[str, str], mine: Array | None, theirs: Array | None, channel: int) -> None:
        """Map `channel` of two outputs without batch axis; vectors as they are. None: there is no such block."""
        a, b = (_plane(values, channel) for values in (mine, theirs))
        self.planes = [(names[0], _range(a), a, "both"), (names[1], _range(b), b, "both")]
        self.mark = None
        if a is not None and b is not None and mine is not None and theirs is not None and mine.shape == theirs.shape:
            with np.errstate(all="ignore"):
                apart = (a.astype(np.float64) - b).astype(np.float32)
            sizes = np.where(np.isfinite(apart), np.abs(apart), 0)
            row, column = np.unravel_index(int(np.argmax(sizes)), sizes.shape)
            self.mark = (int(row), int(column)) if sizes[row, column] else None
            largest = f"largest {figure(float(apart[row, column]))}" if self.mark else "equal"
            self.planes.append(("difference", largest, apart, "own"))
        self.setAccessibleDescription("; ".join(f"{head}: {line}" for head, line, _, _ in self.planes))
        self.update()

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self.paint(painter)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(theme.now().accent), 1))
            painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))
        painter.end()

    def paint(self, painter: QPainter) -> None:
        """Paint it in the widget's coordinates."""
        now = theme.now()
        if not self.planes:
            painter.setPen(QColor(now.dim))
            painter.setFont(theme.ui_font(13))
            flags = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap)
            painter.drawText(QRectF(self.rect()).adjusted(12, 6, -12, -6), flags, self.why)
            return
        shared = [plane for _, _, plane, scale in self.planes if plane is not None and scale == "both"]
        wide = (self.width() - GAP * (len(self.planes) - 1)) / len(self.planes)
        for number, (head, line, plane, scale) in enumerate(self.planes):
            left = number * (wide + GAP)
            painter.setFont(theme.ui_font(12, 600))
            painter.setPen(QColor(now.text))
            top = int((Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop).value)
            words = painter.fontMetrics().elidedText(head, Qt.TextElideMode.ElideMiddle, int(wide))
            painter.drawText(QRectF(left, 2, wide, 18), top, words)
            painter.setFont(theme.ui_font(11))
            painter.setPen(QColor(now.dim))
            painter.drawText(QRectF(left, 20, wide, 16), top, line)
            room = QRectF(left, theme.scaled(HEAD), wide, self.height() - theme.scaled(HEAD) - 4)
            if plane is None:
                painter.drawText(room, int(Qt.AlignmentFlag.AlignCenter.value), "not there")
                continue
            box = _fitted(plane, room)
            painter.drawImage(box, _image(plane, shared if scale == "both" else [plane], scale == "own"))
            if scale == "own" and self.mark is not None:
                self._paint_mark(painter, plane, box)

    def _paint_mark(self, painter: QPainter, plane: Array, box: QRectF) -> None:
        assert self.mark is not None
        high, wide = box.height() / plane.shape[0], box.width() / plane.shape[1]
        cell = QRectF(box.left() + self.mark[1] * wide, box.top() + self.mark[0] * high, wide, high)
        more = max(0.0, 6 - min(wide, high)) / 2
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for colour, width in ((theme.now().panel, 4.0), (theme.UNIT, 2.0)):
            painter.setPen(QPen(QColor(colour), width))
            painter.drawRect(cell.adjusted(-more, -more, more, more))

    # Another map

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._wheel += event.angleDelta().y()
        steps, self._wheel = int(self._wheel / 120), self._wheel - int(self._wheel / 120) * 120
        if steps:
            self.turned.emit(-steps)
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        by = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if by is None:
            super().keyPressEvent(event)
        else:
            self.turned.emit(by)


def _plane(values: Array | None, channel: int) -> Array | None:
    if values is None:
        return None
    return as_grid(values) if values.ndim == 1 else values[min(channel, len(values) - 1)]


def _range(plane: Array | None) -> str:
    finite = plane[np.isfinite(plane)] if plane is not None else np.zeros(0)
    return f"{figure(float(finite.min()))} … {figure(float(finite.max()))}" if finite.size else ""


def _image(plane: Array, shared: list[Array], signed: bool) -> QImage:
    """A map in the colours of a scale that fits all of `shared`, about 0 if it is `signed` or any of them is."""
    finite = [np.where(np.isfinite(values), values, 0) for values in shared]
    high = max((float(np.abs(values).max()) for values in finite), default=0.0)
    low = min((float(values.min()) for values in finite), default=0.0)
    tiles = Tiles(np.ascontiguousarray(plane, np.float32)[None], "map")
    shown = picture(tiles, Summary(tiles), None, ONE)
    shown.limit = high or 1.0
    shown.summary.signed = signed or low < 0
    shown.summary.finite = bool(np.isfinite(plane).all())
    pixels = np.ascontiguousarray(lookup(shown.scale)[numbers(tiles.values[0], shown, shown.limit)])
    rows, columns = pixels.shape
    return QImage(pixels.data, columns, rows, 4 * columns, QImage.Format.Format_RGB32).copy()


def _fitted(plane: Array, room: QRectF) -> QRectF:
    rows, columns = plane.shape
    step = min(room.width() / columns, room.height() / rows)
    box = QRectF(0, 0, columns * step, rows * step)
    box.moveCenter(room.center())
    box.moveTop(room.top())
    return box
