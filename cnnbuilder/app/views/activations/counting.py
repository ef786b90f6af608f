"""The statistics of a run, counted off the window's thread, and put together over pictures. No Qt."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnbuilder.app.runner import Result
from cnnbuilder.design.errors import Cancelled
from cnnbuilder.design.shape import is_volume, plural
from cnnbuilder.explain.statistics import Tally, tally

BINS = 32
SAMPLES = 20_000
MOST_NAMED = 10


@dataclass(frozen=True, eq=False)
class Line:
    """A block's outputs."""

    block: str
    kind: str
    """What the kind is called."""
    icon: str
    group: str | None
    word: str
    """What one channel of it is called: `map` or `unit`."""
    tally: Tally
    shares: NDArray[Any]
    """`[BINS]`: how the last picture's values are spread from −`limit` to `limit`, the fullest bin 1."""
    limit: float
    gradient: float | None
    """The mean magnitude of dJ/d(output) for the last picture; None: nothing was run backward."""

    @property
    def count(self) -> int:
        """Maps or units."""
        return len(self.tally.count)

    @property
    def findings(self) -> list[str]:
        """What is worth a look, the worst first."""
        found = []
        if self.tally.unfinished:
            found.append(f"{plural(self.tally.unfinished, 'value')} NaN or infinite")
        for numbers, what in ((self.tally.dead, "dead"), (self.tally.saturated, "saturated")):
            if numbers:
                found.append(named(numbers, self.count, self.word, what))
        if self.gradient == 0:
            found.append("no gradient arrives")
        return found


def named(numbers: list[int], count: int, word: str, what: str) -> str:
    """`3 of 16 maps dead: 2, 7, 11`."""
    if len(numbers) == count:
        return f"all {plural(count, word)} {what}" if count > 1 else f"{what} throughout"
    listed = ", ".join(map(str, numbers[:MOST_NAMED])) + (" …" if len(numbers) > MOST_NAMED else "")
    return f"{len(numbers)} of {plural(count, word)} {what}: {listed}"


def counted(result: Result, cancelled: Callable[[], bool]) -> dict[str, Line]:
    """A line for each block that ran but the pictures. Raises Cancelled."""
    run, found = result.run, {}
    for id, block in result.request.design.graph.blocks.items():
        if id not in run or not result.request.design.graph.wiring.sources[id] or block.layer_class is None:
            continue
        if cancelled():
            raise Cancelled("cancelled")
        kind, values = block.layer_class, run[id][0]
        shares, limit = spread(values)
        gradients = result.output_gradients
        gradient = float(np.abs(gradients[id]).mean(dtype=np.float64)) if id in gradients else None
        word = "map" if is_volume(values.shape) else "unit"
        found[id] = Line(id, kind.label, block.kind, kind.group, word, tally(run, id), shares, limit, gradient)
    return found


def spread(values: NDArray[Any]) -> tuple[NDArray[Any], float]:
    """How values are spread about 0, and the largest magnitude."""
    flat = values.reshape(-1)
    flat = flat[:: max(1, flat.size // SAMPLES)]
    flat = flat[np.isfinite(flat)].astype(np.float64)
    limit = float(np.abs(flat).max(initial=0)) or 1.0
    counts, _ = np.histogram(flat, BINS, (-limit, limit))
    return counts / max(counts.max(), 1), limit


class Seen:
    """The lines of all pictures that one network was run on."""

    def __init__(self) -> None:
        self._network: tuple[object, ...] = ()
        self._pictures: list[object] = []
        self.last: dict[str, Line] = {}
        """Of the last picture alone."""
        self.all: dict[str, Line] = {}

    @property
    def pictures(self) -> int:
        """How many there were."""
        return len(self._pictures)

    def add(self, network: Iterable[object], picture: object, lines: dict[str, Line]) -> None:
        """Take in the lines of a run; another network begins anew, a picture that was seen is not counted again."""
        network = tuple(network)
        same = len(network) == len(self._network) and all(a is b for a, b in zip(network, self._network, strict=True))
        if not same:
            self._network, self._pictures, self.all = network, [], {}
        known = any(picture is other for other in self._pictures)
        self.last = lines
        if not known:
            self._pictures.append(picture)
        self.all = {id: replace(line, tally=_together(self.all.get(id), line, known)) for id, line in lines.items()}


def _together(before: Line | None, line: Line, known: bool) -> Tally:
    if before is None or len(before.tally.count) != len(line.tally.count):
        return line.tally
    return before.tally if known else before.tally.joined(line.tally)
