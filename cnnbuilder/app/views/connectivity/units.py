"""Units painted: resting ones once into an image, those that are lit and the one that is selected at every frame."""

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from cnnbuilder.app import theme
from cnnbuilder.app.theme import Theme
from cnnbuilder.app.views.connectivity.colouring import colour
from cnnbuilder.app.views.connectivity.figure import Ints, Units
from cnnbuilder.app.views.connectivity.places import LABELLED, Side

LETTERED = 13.0
"""In a square of this size (px) there is room for a letter."""
SMALL = 3.0
"""A smaller unit (px) is a dot without a ring."""
CENTRE = int(Qt.AlignmentFlag.AlignCenter.value)


def paint_resting(painter: QPainter, side: Side, units: Units, now: Theme) -> None:
    """All units of a side, none of them lit."""
    if side.square:
        _paint_grid(painter, side, now)
        return
    small = side.radius <= SMALL
    painter.setPen(Qt.PenStyle.NoPen if small else QPen(QColor(now.dim), 1.2))
    painter.setBrush(QColor(now.dim if small else now.panel))
    for number in range(len(side.x)):
        painter.drawEllipse(side.box(number))
    _write(painter, side, units, range(len(side.x)), now)


@dataclass(frozen=True, eq=False)
class Chosen:
    """The units of a side that are lit, and the one that is selected."""

    lights: Ints
    marked: int | None
    weights: dict[int, tuple[int, str]]
    """On a map, the weight by which each is lit: its rank and its letter."""


def paint_chosen(painter: QPainter, side: Side, units: Units, lit: Chosen, now: Theme) -> None:
    """The units that are lit, and over them the one that is selected."""
    lights, marked = lit.lights, lit.marked
    draw = painter.drawRect if side.square else painter.drawEllipse
    chosen = [number for number in lights.tolist() if number != marked]
    if side.radius <= SMALL:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.UNIT))
        for number in chosen if marked is None else [*chosen, marked]:
            more = 1.5 if number == marked else 0.6
            draw(side.box(number).adjusted(-more, -more, more, more))
        return
    glow = QColor(theme.UNIT)
    glow.setAlpha(60)
    for number in chosen if marked is None else [*chosen, marked]:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(now.panel))
        draw(side.box(number))
        if number in lit.weights and number != marked:
            _paint_weight(painter, side.box(number), *lit.weights[number], now)
            continue
        painter.setPen(QPen(QColor(theme.UNIT), 3 if number == marked else 2))
        painter.setBrush(Qt.BrushStyle.NoBrush if number == marked else glow)
        draw(side.box(number))
    _write(painter, side, units, chosen if marked is None else [*chosen, marked], now)


def _paint_weight(painter: QPainter, box: QRectF, rank: int, letter: str, now: Theme) -> None:
    """A square of a map in the colour of the weight by which it is lit."""
    painter.setBrush(colour(now, rank))
    painter.setPen(QPen(QColor(theme.UNIT), 1))
    painter.drawRect(box)
    if letter and box.width() >= LETTERED:
        painter.setFont(theme.font(max(8, round(box.width() * 0.6)), 600))
        painter.setPen(QColor(now.panel))
        painter.drawText(box, CENTRE, letter)


def _write(painter: QPainter, side: Side, units: Units, which: list[int] | range, now: Theme) -> None:
    """The names of units that have room for them."""
    if side.square or side.radius < LABELLED:
        return
    painter.setFont(theme.font(max(7, min(11, round(side.radius * 0.7)))))
    painter.setPen(QColor(now.text))
    for number in which:
        painter.drawText(side.box(number), CENTRE, f"{units.name}{units.columns[number]}")


def _paint_grid(painter: QPainter, side: Side, now: Theme) -> None:
    """A map as squares beside one another."""
    first, last = side.box(0), side.box(len(side.x) - 1)
    box = first.united(last)
    painter.setPen(QPen(QColor(now.dim), 1))
    painter.setBrush(QColor(now.well))
    painter.drawRect(box)
    if side.radius < 2.5:
        return
    painter.setPen(QPen(QColor(now.line), 1))
    cell = 2 * side.radius
    for number in range(1, round(box.width() / cell)):
        painter.drawLine(
            QPointF(box.left() + number * cell, box.top()), QPointF(box.left() + number * cell, box.bottom())
        )
    for number in range(1, round(box.height() / cell)):
        painter.drawLine(
            QPointF(box.left(), box.top() + number * cell), QPointF(box.right(), box.top() + number * cell)
        )
