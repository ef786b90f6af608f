"""How long a person waits for the window: turns of the event loop on 1,000 blocks, and while VGG-16 runs.

    python -m pytest tests/benchmarks/test_answers.py -o addopts= --benchmark-only
"""

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

from cnnbuilder.app import program
from cnnbuilder.app.window import Window
from cnnbuilder.design.document import Design
from cnnbuilder.files.resources import samples

HEAVY = pytest.mark.skipif("CNNBUILDER_BENCHMARKS" not in os.environ, reason="minutes; set CNNBUILDER_BENCHMARKS=1")
UNITS = 248
"""Of four blocks each, behind a picture and a convolution: 994 blocks."""


def thousand() -> Design:
    """A residual network of 994 small blocks."""
    image = {"channels": 1, "height": 8, "width": 8}
    blocks: list[dict[str, Any]] = [
        {"id": "image", "kind": "input", "params": image},
        {"id": "stem", "kind": "conv", "params": {"filters": 4, "kernel_size": [3, 3], "padding": "same"}},
    ]
    links = [{"from": "image", "to": "stem", "input": 0}]
    last = "stem"
    for unit in range(UNITS):
        names = [f"{name}{unit}" for name in ("norm", "relu", "conv", "add")]
        kinds = ("batch_norm", "activation", "conv", "add")
        conv = {"filters": 4, "kernel_size": [3, 3], "padding": "same"}
        for name, kind in zip(names, kinds, strict=True):
            blocks.append({"id": name, "kind": kind, "params": conv if kind == "conv" else {}})
        ends = [(last, names[0], 0), (names[0], names[1], 0), (names[1], names[2], 0), (names[2], names[3], 0)]
        links += [{"from": a, "to": b, "input": n} for a, b, n in [*ends, (last, names[3], 1)]]
        last = names[3]
    return Design.from_dict({"format": "cnnbuilder", "version": 1, "name": "wide", "blocks": blocks, "links": links})


class Turns(QObject):
    """Measures how long the event loop does not come round, with a timer that is always due."""

    def __init__(self) -> None:
        super().__init__()
        self.longest = 0.0
        self._last = time.perf_counter()
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._turn)
        self._timer.start()

    def _turn(self) -> None:
        now = time.perf_counter()
        self.longest, self._last = max(self.longest, now - self._last), now

    def begin(self) -> None:
        """Measure anew."""
        QApplication.processEvents()
        self.longest, self._last = 0.0, time.perf_counter()

    def stop(self) -> None:
        """No more."""
        self._timer.stop()


def until(done: Callable[[], object], seconds: float = 120) -> None:
    """Let the window live until something is so."""
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end
        QApplication.processEvents()


@pytest.fixture
def window(tmp_path: Path) -> Iterator[Window]:
    os.environ["XDG_CONFIG_HOME"] = str(tmp_path)
    program.application()
    made = program.open_window(None)
    made.resize(1600, 1000)
    made.show()
    until(lambda: len(made.maps) == 3 and made._latest is not None and bool(made._latest.thumbnails))
    yield made
    made._leaving = True
    made.close()


def answered(window: Window) -> bool:
    """Whether the answer to what is shown is shown."""
    latest = window._latest
    return latest is not None and latest.request is window.live._latest and not window.runner.is_running


@pytest.fixture
def wide(window: Window) -> Window:
    window.session.open(thousand())
    until(lambda: answered(window))
    return window


EDITS: dict[str, Callable[[Window, int], None]] = {
    "select": lambda window, n: window.session.select((f"conv{n % UNITS}",)),
    "edit": lambda window, n: window.session.set_param(f"relu{n % UNITS}", "function", ("tanh", "relu")[n % 2]),
    "append": lambda window, n: window.session.append("activation"),
    "delete": lambda window, n: window.session.remove((f"relu{n % UNITS}",), "Delete"),
    "undo": lambda window, n: window.session.undo(),
}


@pytest.mark.parametrize("edit", EDITS)
def test_an_edit_of_a_thousand_blocks(wide: Window, benchmark: Any, edit: str) -> None:
    """From the edit until everything that it repaints is painted; the run goes on beside it."""
    numbers = iter(range(1, 10_000))
    if edit == "undo":
        for number in range(60):
            EDITS["edit"](wide, number)

    def once() -> None:
        EDITS[edit](wide, next(numbers))
        QApplication.processEvents()

    # Each edit after the answer to the one before.
    benchmark.pedantic(once, setup=lambda: until(lambda: answered(wide)), rounds=20)


@HEAVY
def test_the_longest_turn_while_vgg_16_runs(window: Window, benchmark: Any) -> None:
    """Opened, run forward and backward, edited in its middle; reported is the longest turn of the event loop."""
    turns, found = Turns(), []

    def once() -> None:
        turns.begin()
        window.documents.open(samples() / "vgg16.json", True)
        until(lambda: "conv5_3" in window.session.design.blocks and answered(window))
        for filters in (500, 512):
            window.session.set_param("conv4_2", "filters", filters)
            until(lambda: answered(window))
        found.append(turns.longest)
        window.session.close_document(window.session.shown.key)
        QApplication.processEvents()

    benchmark.pedantic(once, rounds=3)
    turns.stop()
    benchmark.extra_info["longest_turns_ms"] = [round(1000 * turn) for turn in found]
    print("longest turns (ms):", benchmark.extra_info["longest_turns_ms"])
