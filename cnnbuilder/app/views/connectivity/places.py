"""Where the units of a figure lie: on two lines, what is computed above what is read, or on two maps side by side."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF

from cnnbuilder.app import theme
from cnnbuilder.app.views.connectivity.figure import MAP, Figure, Units

Floats = npt.NDArray[np.float64]
LARGEST = 17.0
"""The radius of a unit (px) where there is room."""
LEAST = 1.5
LABELLED = 10.0
"""In a smaller unit (px) nothing is written."""
NEAR = 6.0
"""So far from a unit (px) a click is still meant for it."""


@dataclass(frozen=True, eq=False)
class Side:
    """The places of the units of one side, and how large a unit is."""

    x: Floats
    y: Floats
    radius: float
    square: bool
    """Units of a map are squares beside one another."""

    def box(self, number: int) -> QRectF:
        """A unit's square, or the square about its circle."""
        return QRectF(self.x[number] - self.radius, self.y[number] - self.radius, 2 * self.radius, 2 * self.radius)

    def at(self, point: QPointF) -> tuple[float, int]:
        """The unit nearest to a point, and how far it lies beyond its rim."""
        if not len(self.x):
            return float("inf"), -1
        dx, dy = np.abs(self.x - point.x()), np.abs(self.y - point.y())
        far = np.maximum(dx, dy) if self.square else np.hypot(dx, dy)
        number = int(far.argmin())
        return float(far[number]) - self.radius, number


@dataclass(frozen=True, eq=False)
class Places:
    """The places of both sides."""

    outputs: Side
    inputs: Side

    def ends(self, figure: Figure) -> npt.NDArray[np.float64]:
        """For each connection x and y of its output's and of its input's rim, `[connections, 4]`."""
        upper, lower = figure.upper, figure.lower
        above, below = self.outputs, self.inputs
        ends = np.stack([above.x[upper], above.y[upper], below.x[lower], below.y[lower]], 1)
        if not above.square:
            # From rim to rim, so that what is written in a unit can be read.
            step = ends[:, 2:] - ends[:, :2]
            step /= np.maximum(np.hypot(step[:, 0], step[:, 1]), 1e-9)[:, None]
            ends[:, :2] += step * above.radius
            ends[:, 2:] -= step * below.radius
        return ends

    def at(self, point: QPointF) -> tuple[bool, int] | None:
        """The unit at a point: whether it is an output, and its place among them."""
        (far, above), (off, below) = self.outputs.at(point), self.inputs.at(point)
        if min(far, off) > NEAR:
            return None
        return (True, above) if far <= off else (False, below)


def places(figure: Figure, box: QRectF) -> Places:
    """Lay a figure into a box."""
    return _maps(figure, box) if figure.wanted.scope == MAP else _lines(figure, box)


# Two lines


def _lines(figure: Figure, box: QRectF) -> Places:
    below = figure.inputs.columns.astype(float)
    above = _above(figure, below)
    low, high = min(below.min(), above.min()), max(below.max(), above.max())
    step = min(_step(below), _step(above))
    # Wide figures go from edge to edge; a few units stand no farther apart than in a book.
    largest = theme.scaled(LARGEST)
    room = box.width() - 2 * largest
    unit = min(room / max(high - low, 1e-9), 8 * largest / step)
    left = box.center().x() - unit * (low + high) / 2
    radius = max(LEAST, min(largest, 0.42 * unit * step, 0.13 * box.height()))
    return Places(
        Side(left + unit * above, np.full(len(above), box.top() + radius + 2), radius, False),
        Side(left + unit * below, np.full(len(below), box.bottom() - radius - 2), radius, False),
    )


def _above(figure: Figure, below: Floats) -> Floats:
    """Where outputs lie on the axis of the inputs: above the middle of what they read, where that moves evenly."""
    count = len(figure.outputs.numbers)
    number = np.bincount(figure.upper, minlength=count)
    whole = number == number.max(initial=0)
    if count > 1 and number.max(initial=0) and whole.sum() > 1:
        middles = np.bincount(figure.upper, below[figure.lower], count) / np.maximum(number, 1)
        at = np.flatnonzero(whole)
        step = (middles[at[-1]] - middles[at[0]]) / (at[-1] - at[0])
        even = middles[at[0]] + step * (np.arange(count) - at[0])
        if step > 1e-6 and np.abs(even - middles)[whole].max() <= 0.51 * step:
            return np.asarray(even)
    if count == 1:
        return np.array([(below.min() + below.max()) / 2])
    width = max(below.max() - below.min(), count - 1.0)
    middle = (below.min() + below.max()) / 2
    return np.asarray(middle + width * (np.arange(count) / (count - 1) - 0.5))


def _step(at: Floats) -> float:
    """How far neighbours lie apart."""
    return float((at.max() - at.min()) / (len(at) - 1)) if len(at) > 1 else 1.0


# Two maps


def _maps(figure: Figure, box: QRectF) -> Places:
    rows = max(_high(figure.outputs), _high(figure.inputs))
    wide = box.width() * 0.36
    cell = min((box.height() - 8) / rows, wide / max(_wide(figure.outputs), _wide(figure.inputs)), theme.scaled(30))
    middle = box.center()
    apart = min(box.width() * 0.3, max(box.height(), 12 * cell))
    return Places(
        _grid(figure.outputs, cell, middle.x() + apart, middle.y()),
        _grid(figure.inputs, cell, middle.x() - apart, middle.y()),
    )


def _high(units: Units) -> int:
    return int(units.rows.max() - units.rows.min()) + 1


def _wide(units: Units) -> int:
    return int(units.columns.max() - units.columns.min()) + 1


def _grid(units: Units, cell: float, x: float, y: float) -> Side:
    """A map whose middle is at (x, y)."""
    columns = units.columns - (units.columns.min() + units.columns.max()) / 2
    rows = units.rows - (units.rows.min() + units.rows.max()) / 2
    return Side(x + columns * cell, y + rows * cell, cell / 2, True)
