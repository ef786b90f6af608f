"""One figure laid into a box and painted: its connections, its units, what is selected in it."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from cnnbuilder.app import theme
from cnnbuilder.app.theme import Theme
from cnnbuilder.app.views.connectivity.colouring import COUNT, colour
from cnnbuilder.app.views.connectivity.edges import MANY, EdgeImage, lines
from cnnbuilder.app.views.connectivity.figure import Figure, Units
from cnnbuilder.app.views.connectivity.places import LABELLED, Side, places

HEAD = 24.0
"""Room above a figure for its title (px)."""
LETTERED = 120
"""Among more connections than this no letters are written."""
RESTING = 0.22
"""How much is seen of connections while others are lit, where there are many."""
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Selected:
    """What is selected: an output, an input (by its number), or a weight (by its number in the array)."""

    kind: str
    number: int


OUTPUT, INPUT, WEIGHT = "output", "input", "weight"


@dataclass(frozen=True, eq=False)
class Lit:
    """The connections of what is selected, and the units at their ends."""

    edges: Bools
    outputs: npt.NDArray[np.int64]
    inputs: npt.NDArray[np.int64]


def lit(figure: Figure, selected: Selected | None) -> Lit | None:
    """What lights up in a figure; None: nothing is selected in it."""
    if selected is None:
        return None
    if selected.kind == WEIGHT:
        edges = figure.weights == selected.number
    else:
        units, side = (figure.outputs, figure.upper) if selected.kind == OUTPUT else (figure.inputs, figure.lower)
        place = units.find(selected.number)
        if place is None:
            return None
        edges = side == place
    return Lit(edges, np.unique(figure.upper[edges]), np.unique(figure.lower[edges]))


class Panel:
    """A figure with a title at the left and words at the right."""

    def __init__(self, figure: Figure, title: str, words: str, own: bool = True) -> None:
        self.figure, self.title, self.words, self.own = figure, title, words, own
        self.box = QRectF()
        self.edges: EdgeImage | None = None
        self._origin = QPointF()

    def lay(self, box: QRectF, ratio: float) -> None:
        """Lay it into a box; the connections are painted afterwards, by `advance`."""
        self.box = box
        head = theme.scaled(HEAD)
        self._origin = QPointF(box.left(), box.top())
        inner = QRectF(4, head, max(box.width() - 8, 20), max(box.height() - head - 2, 20))
        self.places = places(self.figure, inner)
        self.ends = self.places.ends(self.figure)
        self.edges = EdgeImage(self.ends, self.figure.ranks, QSizeF(box.width(), box.height()), ratio, theme.now())
        self.edges.advance()

    def at(self, point: QPointF) -> Selected | None:
        """The unit at a point of the widget."""
        found = self.places.at(point - self._origin) if self.box.contains(point) else None
        if found is None:
            return None
        output, place = found
        units = self.figure.outputs if output else self.figure.inputs
        return Selected(OUTPUT if output else INPUT, int(units.numbers[place]))

    def box_of(self, selected: Selected) -> QRectF:
        """Where a unit is seen; empty if it is not in the figure."""
        if selected.kind == WEIGHT:
            return QRectF()
        output = selected.kind == OUTPUT
        place = (self.figure.outputs if output else self.figure.inputs).find(selected.number)
        side = self.places.outputs if output else self.places.inputs
        return QRectF() if place is None else side.box(place).translated(self._origin)

    # Painting

    def paint(self, painter: QPainter, selected: Selected | None) -> None:
        """Paint it: connections from their image, what is lit anew, then the units."""
        assert self.edges is not None
        now = theme.now()
        painter.save()
        painter.translate(self._origin)
        self._paint_head(painter, now)
        shown = lit(self.figure, selected)
        many = len(self.figure.upper) > MANY
        painter.setOpacity(RESTING if shown is not None and many else 1.0)
        painter.drawImage(QPointF(0, 0), self.edges.image)
        painter.setOpacity(1.0)
        for side in (self.places.outputs, self.places.inputs):
            if side.square:
                _paint_grid(painter, side, now)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if shown is not None:
            self._paint_lit(painter, shown, now)
        self._paint_letters(painter, now)
        which = (shown.outputs, shown.inputs) if shown is not None else (None, None)
        marked = {OUTPUT: None, INPUT: None} | ({selected.kind: selected.number} if selected else {})
        for side, units, lights, kind in (
            (self.places.outputs, self.figure.outputs, which[0], OUTPUT),
            (self.places.inputs, self.figure.inputs, which[1], INPUT),
        ):
            number = marked[kind]
            place = units.find(number) if number is not None else None
            _paint_units(painter, side, units, lights, place, now)
        painter.restore()

    def _paint_head(self, painter: QPainter, now: Theme) -> None:
        line = QRectF(0, 0, self.box.width(), theme.scaled(HEAD) - 4)
        painter.setFont(theme.ui_font(12))
        painter.setPen(QColor(now.dim))
        painter.drawText(line, int((Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter).value), self.words)
        taken = painter.fontMetrics().horizontalAdvance(self.words) + 12
        painter.setFont(theme.ui_font(13, 600))
        painter.setPen(QColor(now.text if self.own else now.dim))
        title = painter.fontMetrics().elidedText(self.title, Qt.TextElideMode.ElideRight, int(line.width() - taken))
        painter.drawText(line, int((Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter).value), title)

    def _paint_lit(self, painter: QPainter, shown: Lit, now: Theme) -> None:
        ranks = self.figure.ranks[shown.edges] % COUNT if self.figure.different else self.figure.ranks[shown.edges]
        ends = self.ends[shown.edges]
        width = 3.0 if len(ends) <= MANY else 1.4
        for rank in np.unique(ranks).tolist():
            painter.setPen(QPen(colour(now, rank), width))
            painter.drawLines(lines(ends[ranks == rank]))

    def _paint_letters(self, painter: QPainter, now: Theme) -> None:
        """An equal letter for an equal weight, near the input and beside the line."""
        letters = self.figure.letters
        if not letters or len(self.ends) > LETTERED or self.places.inputs.square:
            return
        spots = self.ends[:, :2] * 0.34 + self.ends[:, 2:] * 0.66
        beside = np.where(self.ends[:, 0] >= self.ends[:, 2], -1.0, 1.0)
        gaps = np.sort(spots[:, 0] + 8 * beside)
        if len(gaps) > 1 and np.diff(gaps).min() < 6:
            return
        painter.setFont(theme.ui_font(12, 600))
        painter.setPen(QColor(now.text))
        off = theme.scaled(8)
        for rank, (x, y), way in zip(self.figure.ranks.tolist(), spots.tolist(), beside.tolist(), strict=True):
            if rank >= 0:
                box = QRectF(x + way * off - 10, y - 10, 20, 20)
                painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter.value), letters[rank])


def _paint_units(
    painter: QPainter,
    side: Side,
    units: Units,
    lights: npt.NDArray[np.int64] | None,
    marked: int | None,
    now: Theme,
) -> None:
    """The units of one side: resting ones, those that are lit, the one that is selected."""
    ring, ground = QPen(QColor(now.dim), 1.2), QColor(now.panel)
    painter.setFont(theme.font(max(7, min(11, round(side.radius * 0.7)))))
    written = not side.square and side.radius >= LABELLED
    glow = QColor(theme.UNIT)
    glow.setAlpha(60)
    chosen = set() if lights is None else set(lights.tolist())
    if marked is not None:
        chosen.add(marked)
    if not side.square:
        painter.setPen(ring if side.radius > 3 else Qt.PenStyle.NoPen)
        painter.setBrush(ground if side.radius > 3 else QColor(now.dim))
        for number in range(len(side.x)):
            if number not in chosen:
                painter.drawEllipse(side.box(number))
    for number in sorted(chosen, key=lambda number: number == marked):
        box = side.box(number)
        if side.radius < 2:
            box.adjust(-1, -1, 1, 1)
        painter.setBrush(ground)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawRect(box) if side.square else painter.drawEllipse(box)
        painter.setBrush(glow if number != marked or side.radius < 4 else ground)
        painter.setPen(QPen(QColor(theme.UNIT), 3 if number == marked else min(2.0, side.radius / 2)))
        painter.drawRect(box) if side.square else painter.drawEllipse(box)
    if written:
        painter.setPen(QColor(now.text))
        shown = [f"{units.name}{number}" for number in units.columns.tolist()]
        for number, words in enumerate(shown):
            painter.drawText(side.box(number), int(Qt.AlignmentFlag.AlignCenter.value), words)


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
