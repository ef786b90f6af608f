"""Connections painted once into an image, a little at a time, so that the window never waits for thousands of them."""

from time import perf_counter

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QLineF, QSizeF, Qt
from PySide6.QtGui import QImage, QPainter, QPen

from cnnbuilder.app.theme import Theme
from cnnbuilder.app.views.connectivity.colouring import COUNT, colour

PART = 50
"""So many connections are painted between two looks at the clock."""
SLICE = 0.005
"""Seconds of painting in one go."""
ROUNDS, ROUNDS_STEP = 16, 7
MANY, VERY_MANY = 150, 2_000
"""With more connections than this their lines are thinner, and fainter."""
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def opacity_of(count: int) -> float:
    """How much is seen of each among so many."""
    return 1.0 if count <= VERY_MANY else max(0.4, VERY_MANY / count)


def width_of(count: int) -> float:
    """How wide a line is (px) among so many."""
    return 1.8 if count <= MANY else 1.0


class EdgeImage:
    """An image of connections; `advance` paints some more of them."""

    def __init__(self, ends: Floats, ranks: Ints, size: QSizeF, ratio: float, theme: Theme) -> None:
        self._theme = theme
        self._colours = np.where(ranks < 0, -1, ranks % COUNT)
        # In a few rounds through all colours, so that the last of them does not cover the rest.
        rounds = np.arange(len(ends)) * ROUNDS_STEP % ROUNDS if len(ends) > MANY else np.zeros(len(ends), np.int64)
        order = np.lexsort((self._colours, rounds))
        self._ends, self._colours = ends[order], self._colours[order]
        self._ends_of_runs = np.append(np.flatnonzero(np.diff(self._colours)) + 1, len(ends))
        self._done = 0
        self.image = QImage((size * ratio).toSize(), QImage.Format.Format_ARGB32_Premultiplied)
        self.image.setDevicePixelRatio(ratio)
        self.image.fill(Qt.GlobalColor.transparent)

    @property
    def done(self) -> bool:
        """Whether all are painted."""
        return self._done >= len(self._ends)

    def advance(self, seconds: float = SLICE) -> None:
        """Paint more, for about so long."""
        end = perf_counter() + seconds
        if self.done or self.image.isNull():
            self._done = len(self._ends)
            return
        painter = QPainter(self.image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        width = width_of(len(self._ends))
        while not self.done:
            rank = int(self._colours[self._done])
            run = int(np.searchsorted(self._ends_of_runs, self._done, side="right"))
            last = min(int(self._ends_of_runs[run]), self._done + PART)
            # Opaque: a transparent line takes Qt eight times as long. How faint they are, the image is painted with.
            painter.setPen(QPen(colour(self._theme, rank), width))
            painter.drawLines(lines(self._ends[self._done : last]))
            self._done = last
            if perf_counter() > end:
                break
        painter.end()


def lines(ends: Floats) -> list[QLineF]:
    """Connections as Qt draws them."""
    return [QLineF(*end) for end in ends.tolist()]
