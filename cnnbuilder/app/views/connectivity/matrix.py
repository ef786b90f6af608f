"""The matrix by which a linear block multiplies, and its transpose: equal weights in equal colours."""

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QTransform,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from cnnbuilder.app import theme
from cnnbuilder.app.exporting import menu
from cnnbuilder.app.theme import Theme
from cnnbuilder.app.views.connectivity import taking
from cnnbuilder.app.views.connectivity.colouring import COUNT, colour
from cnnbuilder.app.views.connectivity.diagram import ARROWS
from cnnbuilder.app.views.connectivity.figure import Figure
from cnnbuilder.app.views.connectivity.panel import INPUT, OUTPUT, Selected
from cnnbuilder.design.shape import grouped, show_pair

LARGEST = 1_024
"""A matrix with more rows or columns is not shown."""
HEAD = 40.0
LINED, LETTERED = 5.0, 13.0
"""From this size on (px) cells are parted by lines, and have letters."""
_TURNED = QTransform(0, 1, 1, 0, 0, 0)
"""Rows become columns."""
KEYS = (
    "Up and down lead to the next row, left and right to the next column, Escape selects nothing and leads back to the "
    "canvas."
)


def too_large(figure: Figure) -> str:
    """Why the matrix of a figure is not shown; empty if it is."""
    if figure.left_out:
        return (
            "The matrix of all these units is too large to be seen: more than 20,000 of its entries are not 0. "
            "Choose one row, or a smaller layer."
        )
    sides = len(figure.outputs.numbers), len(figure.inputs.numbers)
    if max(sides) > LARGEST:
        rows, columns = map(grouped, sides)
        return f"The matrix has {rows} rows and {columns} columns: too many to be seen. Choose one row."
    return ""


def matrix_image(figure: Figure, now: Theme) -> QImage:
    """A pixel for each entry: a row for each output, a column for each input."""
    rows, columns = len(figure.outputs.numbers), len(figure.inputs.numbers)
    pixels = np.full((rows, columns), QColor(now.well).rgb(), np.uint32)
    table = np.array([colour(now, rank).rgb() for rank in range(-1, COUNT)], np.uint32)
    ranks = figure.ranks
    pixels[figure.upper, figure.lower] = table[np.where(ranks < 0, -1, ranks % COUNT) + 1]
    return QImage(pixels.tobytes(), columns, rows, 4 * columns, QImage.Format.Format_RGB32).copy()


class MatrixView(QWidget):
    """The matrix and its transpose side by side."""

    chosen = Signal(object)
    """A unit was selected (Selected), or none."""

    def __init__(self) -> None:
        super().__init__()
        self.figure: Figure | None = None
        self.names = ("", "")
        """What the matrix and its transpose are."""
        self.selected: Selected | None = None
        self._image: QImage | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.setAccessibleName("Matrix of the connections and its transpose")
        self.setToolTip("A row for each output, a column for each input. " + KEYS)
        theme.keeper().changed.connect(self._recolour)

    def show_figure(self, figure: Figure | None, names: tuple[str, str] = ("", "")) -> None:
        """Show the matrix of a figure; `names` says what it and its transpose are."""
        self.figure, self.names = figure, names
        self._recolour()

    def _recolour(self) -> None:
        self._image = matrix_image(self.figure, theme.now()) if self.figure is not None else None
        self.update()

    def select(self, selected: Selected | None) -> None:
        """Mark the row of an output or the column of an input."""
        self.selected = selected
        self.update()

    # Where things are

    def boxes(self) -> tuple[QRectF, QRectF, float]:
        """The matrix, the transpose, and how large an entry is."""
        assert self.figure is not None
        rows, columns = len(self.figure.outputs.numbers), len(self.figure.inputs.numbers)
        head, apart = theme.scaled(HEAD), theme.scaled(36)
        room = self.height() - head - 6
        cell = min(room / max(rows, columns), (self.width() - apart - 8) / (rows + columns), theme.scaled(40))
        if cell > LINED:
            cell = float(int(cell))
        left = max(4.0, (self.width() - apart - cell * (rows + columns)) / 2)
        first = QRectF(left, head, cell * columns, cell * rows)
        return first, QRectF(first.right() + apart, head, cell * rows, cell * columns), cell

    def at(self, point: QPointF) -> tuple[int, int] | None:
        """The output and the input of the entry at a point, by their places."""
        if self.figure is None:
            return None
        first, second, cell = self.boxes()
        for box, turned in ((first, False), (second, True)):
            if box.contains(point):
                down, across = int((point.y() - box.top()) / cell), int((point.x() - box.left()) / cell)
                output, input = (across, down) if turned else (down, across)
                if output < len(self.figure.outputs.numbers) and input < len(self.figure.inputs.numbers):
                    return output, input
        return None

    def sizeHint(self) -> QSize:
        return QSize(400, 190)

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, now = QPainter(self), theme.now()
        painter.fillRect(event.rect(), QColor(now.panel))
        self.paint_lines(painter)
        if self.hasFocus():
            painter.setPen(QPen(QColor(now.accent), 1))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()

    def paint_lines(self, painter: QPainter) -> None:
        """Paint both."""
        if self.figure is None or self._image is None:
            return
        first, second, cell = self.boxes()
        sides = len(self.figure.outputs.numbers), len(self.figure.inputs.numbers)
        self._paint_one(painter, first, cell, self._image, False, (self.names[0], show_pair(sides)))
        turned = self._image.transformed(_TURNED)
        self._paint_one(painter, second, cell, turned, True, (self.names[1], show_pair(sides[::-1])))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if self.figure is not None:
            menu(self, taking.export(self, self.figure, self.paint_lines)).popup(event.globalPos())

    def _paint_one(
        self, painter: QPainter, box: QRectF, cell: float, image: QImage, turned: bool, words: tuple[str, str]
    ) -> None:
        now = theme.now()
        painter.setFont(theme.ui_font(13, 600))
        painter.setPen(QColor(now.text))
        line = theme.scaled(18)
        wide = max(box.width(), theme.scaled(150))
        left = int((Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter).value)
        painter.drawText(QRectF(box.left(), 0, wide, line), left, words[0])
        painter.setFont(theme.ui_font(12))
        painter.setPen(QColor(now.dim))
        painter.drawText(QRectF(box.left(), line, wide, line), left, words[1])
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, cell < 1)
        painter.drawImage(box, image)
        if cell >= LINED:
            _paint_lines(painter, box, cell, now)
        if cell >= LETTERED:
            self._paint_letters(painter, box, cell, turned)
        painter.setPen(QPen(QColor(now.dim), 1))
        painter.drawRect(box)
        self._paint_mark(painter, box, cell, turned)

    def _paint_letters(self, painter: QPainter, box: QRectF, cell: float, turned: bool) -> None:
        figure = self.figure
        if figure is None or not figure.letters:
            return
        painter.setFont(theme.font(max(8, round(cell * 0.6)), 600))
        painter.setPen(QColor("#ffffff" if not theme.now().dark else "#10141c"))
        for output, input, rank in zip(
            figure.upper.tolist(), figure.lower.tolist(), figure.ranks.tolist(), strict=True
        ):
            down, across = (input, output) if turned else (output, input)
            spot = QRectF(box.left() + across * cell, box.top() + down * cell, cell, cell)
            painter.drawText(spot, int(Qt.AlignmentFlag.AlignCenter.value), figure.letters[rank] if rank >= 0 else "1")

    def _paint_mark(self, painter: QPainter, box: QRectF, cell: float, turned: bool) -> None:
        """A frame about the row of the selected output or the column of the selected input."""
        figure, selected = self.figure, self.selected
        if figure is None or selected is None or selected.kind not in (OUTPUT, INPUT):
            return
        output = selected.kind == OUTPUT
        place = (figure.outputs if output else figure.inputs).find(selected.number)
        if place is None:
            return
        mark = QRectF(box)
        if output != turned:
            mark.setTop(box.top() + place * cell)
            mark.setHeight(cell)
        else:
            mark.setLeft(box.left() + place * cell)
            mark.setWidth(cell)
        mark.adjust(-1.5, -1.5, 1.5, 1.5)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(theme.UNIT), 2))
        painter.drawRect(mark)

    # Selecting

    def _choose(self, selected: Selected | None) -> None:
        self.select(selected)
        self.chosen.emit(selected)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        found = self.at(event.position())
        if event.button() != Qt.MouseButton.LeftButton or self.figure is None:
            super().mousePressEvent(event)
        elif found is None:
            self._choose(None)
        else:
            self._choose(Selected(OUTPUT, int(self.figure.outputs.numbers[found[0]])))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, figure = Qt.Key(event.key()), self.figure
        if figure is None or event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            super().keyPressEvent(event)
        elif key in ARROWS:
            down, across = ARROWS[key]
            kind, units = (OUTPUT, figure.outputs) if down else (INPUT, figure.inputs)
            held = self.selected.number if self.selected and self.selected.kind == kind else None
            place = units.find(held) if held is not None else None
            moved = (down or across) + (place if place is not None else -1 if (down or across) > 0 else 1)
            self._choose(Selected(kind, int(units.numbers[min(max(moved, 0), len(units.numbers) - 1)])))
        else:
            if key == Qt.Key.Key_Escape and self.selected is not None:
                self._choose(None)  # and, as everywhere, back to the canvas
            super().keyPressEvent(event)


def _paint_lines(painter: QPainter, box: QRectF, cell: float, now: Theme) -> None:
    painter.setPen(QPen(QColor(now.panel), 1))
    for number in range(1, round(box.width() / cell)):
        x = box.left() + number * cell
        painter.drawLine(QPointF(x, box.top()), QPointF(x, box.bottom()))
    for number in range(1, round(box.height() / cell)):
        y = box.top() + number * cell
        painter.drawLine(QPointF(box.left(), y), QPointF(box.right(), y))
