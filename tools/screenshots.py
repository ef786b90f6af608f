"""Drives the real program and writes docs/screenshots/: `python tools/screenshots.py [name …]`."""

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from stage import ROOT, Stage, screen

OUT = ROOT / "docs" / "screenshots"
LARGE, SMALL = (1600, 1000), (1366, 768)
RAN = (
    "bool(len(window.maps) == 3 and window._latest and window._latest.thumbnails and window._latest.request is "
    "window.live._latest and not window.tasks._threads)"
)
LIGHT, DARK = "theme.keeper().show(theme.LIGHT)", "theme.keeper().show(theme.DARK)"
STILL = "app.processEvents()"


def welcome(stage: Stage) -> None:
    """As it starts."""
    stage.wait("window.session.shown.state.weights is not None")
    stage.wait(RAN)


def dark(stage: Stage) -> None:
    """The same in the dark theme, a map pointed at."""
    welcome(stage)
    stage.ask(DARK)
    x, y = stage.ask("centre(window.maps[0].grid)")
    stage.hand("mousemove", x - 120, y - 40)
    stage.hand("mousemove", x - 118, y - 38)


def problem(stage: Stage) -> None:
    """A clash, explained."""
    stage.wait(RAN)
    stage.ask("window.session.select(('conv3',))")
    stage.ask("window.docks.show_view('problems')")
    stage.ask("window.canvas.show_block('conv3')")


def gradients(stage: Stage) -> None:
    """The gradient of a weight."""
    welcome(stage)
    stage.ask("window.session.select(('conv2',))")
    stage.ask("window.docks.show_view('gradients')")
    stage.ask("window.maps[1]._which.setCurrentIndex(1)")
    stage.ask("window.maps[1].refresh(True)")


def compiling(stage: Stage) -> None:
    """The first start: kernels are compiled in the background."""
    stage.wait("window.status._done.value() > 3", 120)


SHOTS: dict[str, tuple[Callable[[Stage], None], tuple[int, int], str]] = {
    "welcome": (welcome, LARGE, ""),
    "dark": (dark, LARGE, ""),
    "problem": (problem, LARGE, "samples/broken.json"),
    "gradients": (gradients, LARGE, ""),
    "compiling": (compiling, LARGE, ""),
    "small": (welcome, SMALL, ""),
}


def main() -> None:
    """Take those named, or all."""
    for name in sys.argv[1:] or SHOTS:
        act, size, file = SHOTS[name]
        with tempfile.TemporaryDirectory() as home, screen(*size) as display:
            cache = Path(home) / "cache" if name == "compiling" else None
            stage = Stage(display, Path(home), ROOT / file if file else None, cache)
            try:
                act(stage)
                for _ in range(3):
                    stage.ask(STILL)
                stage.shoot(OUT / f"{name}.png")
                print(f"{name}: {(OUT / f'{name}.png').stat().st_size // 1024} KiB")
            finally:
                stage.close()


if __name__ == "__main__":
    main()
