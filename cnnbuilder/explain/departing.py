"""Where the values of two runs on one picture part."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from cnnbuilder.engine.cancel import Cancel, stop_if
from cnnbuilder.engine.run import Run

ROUNDING = 1e-4
"""Values that differ by no more than so much of the largest magnitude are the same but for rounding: other steps may be
taken together, and Winograd's method may be chosen for one and not for the other."""


@dataclass(frozen=True)
class Departure:
    """How far two blocks' outputs are apart."""

    a: str
    b: str
    largest: float
    """The largest magnitude of a difference; NaN where one of the two is no number and the other is."""
    index: tuple[int, ...]
    """Where that is."""
    scale: float
    """The largest finite magnitude of either output."""

    @property
    def departs(self) -> bool:
        """Whether they differ beyond rounding."""
        return not self.largest <= ROUNDING * self.scale


def departures(a: Run, b: Run, pairs: Iterable[tuple[str, str]], cancelled: Cancel | None = None) -> list[Departure]:
    """For each pair of blocks of the two runs, of the first picture, how far apart they are; pairs that did not run or
    whose shapes differ are left out. Raises Cancelled."""
    found: list[Departure] = []
    for mine, theirs in pairs:
        stop_if(cancelled)
        if mine not in a or theirs not in b:
            continue
        x, y = a[mine][0], b[theirs][0]
        if x.shape != y.shape:
            continue
        with np.errstate(all="ignore"):
            apart = np.abs(x - y)
            same = (x == y) | (np.isnan(x) & np.isnan(y))  # two infinities are equal
        apart = np.where(same, 0, apart)
        place = int(np.argmax(np.where(np.isnan(apart), np.inf, apart)))
        index = tuple(int(i) for i in np.unravel_index(place, x.shape))
        scale = max(float(np.abs(values[np.isfinite(values)]).max(initial=0)) for values in (x, y))
        found.append(Departure(mine, theirs, float(apart[index]), index, scale))
    return found
