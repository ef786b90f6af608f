"""The unit selected in any view, on the cards: itself, what it reads of the maps before it, what it reaches behind."""

from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from cnnbuilder.app import theme
from cnnbuilder.app.fields import fields
from cnnbuilder.app.thumbnails import FEW, grid_shape
from cnnbuilder.design.check import Report
from cnnbuilder.design.document import Design
from cnnbuilder.design.shape import Shape, is_volume

MOST_SEEN = 4096
"""Of a longer vector a card shows so many values."""
LEAST_PX = 5.0
"""No mark is drawn smaller."""


@dataclass(frozen=True)
class Mark:
    """A part of a block's picture: left, top, right and bottom, each 0 … 1 of it."""

    left: float
    top: float
    right: float
    bottom: float
    own: bool = False
    """It is the unit itself, not what it reads or reaches."""


def marks_of(design: Design, report: Report, block: str, index: tuple[int, ...]) -> dict[str, Mark]:
    """What is marked for a unit, by block; nothing for one that there is not. Vectors that it reads or reaches are not
    marked: what of them it is lies scattered."""
    shape = report.shapes.get(block)
    if shape is None or len(index) != len(shape) or not all(0 <= i < n for i, n in zip(index, shape, strict=True)):
        return {}
    found: dict[str, Mark] = {}
    for id, (top, bottom, left, right) in fields(design, report, block, index).items():
        of = report.shapes[id]
        assert of is not None
        found[id] = Mark(left / of[2], top / of[1], (right + 1) / of[2], (bottom + 1) / of[1])
    own = _own(shape, index)
    return found | ({block: own} if own is not None else {})


def _own(shape: Shape, index: tuple[int, ...]) -> Mark | None:
    """Where a unit lies in the picture of its block."""
    if is_volume(shape):
        (_, rows, columns), (_, row, column) = shape, index
    elif index[0] >= MOST_SEEN:
        return None
    elif shape[0] <= FEW:
        rows, columns, row, column = 1, shape[0], 0, index[0]
    else:
        rows, columns = grid_shape(min(shape[0], MOST_SEEN))
        row, column = divmod(index[0], columns)
    return Mark(column / columns, row / rows, (column + 1) / columns, (row + 1) / rows, True)


def paint_mark(painter: QPainter, picture: QRectF, mark: Mark, scale: float) -> None:
    """A frame on a picture; `scale`: device pixels a unit of the painter's coordinates."""
    box = QRectF(
        picture.left() + mark.left * picture.width(),
        picture.top() + mark.top * picture.height(),
        (mark.right - mark.left) * picture.width(),
        (mark.bottom - mark.top) * picture.height(),
    )
    least = LEAST_PX / scale
    wide, high = max(least - box.width(), 0.0) / 2, max(least - box.height(), 0.0) / 2
    box = box.adjusted(-wide, -high, wide, high)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    line = (2.0 if mark.own else 1.5) / min(scale, 1.0)
    for colour, width in ((theme.now().panel, line + 2), (theme.UNIT, line)):
        painter.setPen(QPen(QColor(colour), width))
        painter.drawRect(box)
