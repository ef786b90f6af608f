"""One figure laid into a box and painted: its connections, its units, what is selected in it."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from cnnbuilder.app import theme
from cnnbuilder.app.theme import Theme
from cnnbuilder.app.views.connectivity.colouring import COUNT, colour
from cnnbuilder.app.views.connectivity.edges import MANY, VERY_MANY, EdgeImage, Floats, lines, opacity_of, width_of
from cnnbuilder.app.views.connectivity.figure import Figure, Ints
from cnnbuilder.app.views.connectivity.places import places
from cnnbuilder.app.views.connectivity.units import Chosen, paint_chosen, paint_resting

HEAD = 24.0
"""Room above a figure for its title (px)."""
LETTERED = 120
"""Among more connections than this no letters are written."""
RESTING = 0.22
"""How much is seen of connections while others are lit, where there are many."""
LIT = 3.0
"""How wide a lit connection is (px)."""
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
    outputs: Ints
    inputs: Ints


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
        self._resting = QImage(self.edges.image.size(), QImage.Format.Format_ARGB32_Premultiplied)
        self._resting.setDevicePixelRatio(ratio)
        self._resting.fill(Qt.GlobalColor.transparent)
        painter = QPainter(self._resting)
        self._paint_resting(painter)
        painter.end()

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
        painter.setOpacity(self._resting_opacity(shown))
        painter.drawImage(QPointF(0, 0), self.edges.image)
        painter.setOpacity(1.0)
        painter.drawImage(QPointF(0, 0), self._resting)
        self._paint_over(painter, shown, selected, now)
        painter.restore()

    def paint_lines(self, painter: QPainter, selected: Selected | None) -> None:
        """The same without images, for a drawing that can be enlarged."""
        now = theme.now()
        painter.save()
        painter.translate(self._origin)
        self._paint_head(painter, now)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shown = lit(self.figure, selected)
        painter.setOpacity(self._resting_opacity(shown))
        _paint_coloured(painter, self.ends, self.figure.ranks, width_of(len(self.ends)), now)
        painter.setOpacity(1.0)
        self._paint_resting(painter)
        self._paint_over(painter, shown, selected, now)
        painter.restore()

    def _resting_opacity(self, shown: Lit | None) -> float:
        """How much is seen of the connections that are not lit."""
        count = len(self.figure.upper)
        if shown is None or count <= MANY:
            return opacity_of(count)
        return RESTING if count <= VERY_MANY else RESTING / 2

    def _paint_resting(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for side, units in ((self.places.outputs, self.figure.outputs), (self.places.inputs, self.figure.inputs)):
            paint_resting(painter, side, units, theme.now())

    def _paint_over(self, painter: QPainter, shown: Lit | None, selected: Selected | None, now: Theme) -> None:
        """What is lit and selected, and the letters."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if shown is not None:
            few = int(shown.edges.sum()) <= MANY and not self.places.outputs.square
            width = LIT if few else 1.0
            _paint_coloured(painter, self.ends[shown.edges], self.figure.ranks[shown.edges], width, now)
        self._paint_letters(painter, now)
        if shown is None or selected is None:
            return
        for side, units, lights, ends, kind in (
            (self.places.outputs, self.figure.outputs, shown.outputs, self.figure.upper, OUTPUT),
            (self.places.inputs, self.figure.inputs, shown.inputs, self.figure.lower, INPUT),
        ):
            place = units.find(selected.number) if selected.kind == kind else None
            weights: dict[int, tuple[int, str]] = {}
            if side.square and selected.kind != kind:
                letters, ranks = self.figure.letters, self.figure.ranks[shown.edges].tolist()
                for at, rank in zip(ends[shown.edges].tolist(), ranks, strict=True):
                    if rank >= 0:
                        weights[at] = rank, letters[rank : rank + 1]
            paint_chosen(painter, side, units, Chosen(lights, place, weights), now)

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


def _paint_coloured(painter: QPainter, ends: Floats, ranks: Ints, width: float, now: Theme) -> None:
    """Connections in the colours of their weights."""
    if not len(ends):
        return
    shades = np.where(ranks < 0, -1, ranks % COUNT)
    order = np.argsort(shades, kind="stable")
    starts = np.flatnonzero(np.diff(shades[order], prepend=-2))
    for run in np.split(order, starts[1:]):
        painter.setPen(QPen(colour(now, int(shades[run[0]])), width))
        painter.drawLines(lines(ends[run]))
