"""How long it takes from selecting a unit until every open view has followed: `python -m tests.benchmarks.units`.

All views are open as windows of their own, so that all of them work. Times are of the window's thread, painting
included; the last line waits for the effective field too, which is a backward pass off that thread.
"""

import random
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

from cnnbuilder.app import program
from cnnbuilder.files.resources import samples

CASES = (("lenet5", "conv2"), ("vgg16", "conv3_2"))
SEEN = ("maps", "gradients", "kernels", "pixel", "connectivity", "attribution", "costs")
UNITS = 40


def main(cases: Sequence[str]) -> None:
    """Print a block of lines for each of the samples named, or for all."""
    app = program.application()
    for sample, block in CASES:
        if not cases or sample in cases:
            measure(app, sample, block)


def measure(app: Any, sample: str, block: str) -> None:
    """Select units of a block at random."""

    def until(ready: Callable[[], bool]) -> None:
        end = time.perf_counter() + 120
        while not ready() and time.perf_counter() < end:
            app.processEvents()

    window = program.open_window(str(samples() / f"{sample}.json"))
    window.resize(1900, 1100)
    window.show()
    until(lambda: window._latest is not None and window._latest.backward_seconds is not None)
    until(lambda: all(dock.view is not None for dock in window.docks.held.values()))
    for kind in SEEN:
        dock = window.docks.dock_of(kind)
        dock.setFloating(True)
        dock.resize(700, 420)
        dock.show()
    window.session.select((block,))
    view = window.docks.views("attribution")[0]
    view.controls.ask("unit")
    shape = window.session.shown.report.shapes[block]
    chance, marked, painted, whole = random.Random(1), [], [], []
    for number in range(UNITS + 3):
        index = tuple(chance.randrange(size) for size in shape)
        begun = time.perf_counter()
        window.docks.mark_unit(block, index)
        times = [time.perf_counter() - begun]
        app.processEvents()
        app.processEvents()
        times.append(time.perf_counter() - begun)
        until(lambda index=index: view.sheet.answer is not None and view.sheet.answer.wanted.index == index)
        app.processEvents()
        times.append(time.perf_counter() - begun)
        if number >= 3:
            for held, took in zip((marked, painted, whole), times, strict=True):
                held.append(1e3 * took)
    print(f"{sample}, units of {block}, {UNITS} of them, {len(SEEN)} views seen (ms: median, 95th percentile, largest)")
    for words, held in (("marked", marked), ("painted", painted), ("with the effective field", whole)):
        held.sort()
        print(f"  {words:26}{statistics.median(held):8.1f}{held[int(0.95 * len(held))]:8.1f}{held[-1]:8.1f}")
    window._leaving = True
    window.close()


if __name__ == "__main__":
    main(sys.argv[1:])
