"""A network from an empty canvas to a saved file, on a real screen, by nothing but keys."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cnnbuilder.files import load
from cnnbuilder.files.resources import samples

sys.path.insert(0, str(Path(__file__).parents[2] / "tools"))

import stage

pytestmark = pytest.mark.skipif(bool(stage.missing()), reason=f"not installed: {', '.join(stage.missing())}")

FRONT = (
    "[int(item.winId()) for item in app.topLevelWidgets() if item.isVisible() and not item.isActiveWindow()"
    " and (item.windowType() == Qt.WindowType.Dialog or item is window)"
    " and (app.activeModalWidget() or window) is item]"
)
BLOCKS = "list(window.session.design.blocks)"
CURRENT = "bool(window._latest and window._latest.request.design is window.session.design)"
MOST_KEYS = 66
"""LeNet-5 took 66 when it was counted; by mouse alone it takes 25 actions, and the numbers typed."""
DIALOG = "type(app.activeModalWidget()).__name__ == 'QFileDialog'"


class Keyboard:
    """Keys alone. There is no window manager on this screen: what stands in front is given the keyboard."""

    def __init__(self, program: stage.Stage) -> None:
        self.program = program
        self.wait = program.wait
        self.pressed = 0
        """How many keys were pressed; with a modifier held, one."""

    def _face(self) -> None:
        for front in self.program.ask(FRONT.replace("Qt.WindowType", "type(window.windowType())")):
            self.program.hand("windowfocus", "--sync", front)
            self.wait("app.activeWindow() is (app.activeModalWidget() or window)")

    def press(self, *keys: str) -> None:
        self._face()
        self.pressed += len(keys)
        self.program.hand("key", "--delay", 20, *keys)

    def type(self, words: str) -> None:
        self._face()
        self.pressed += len(words)
        self.program.hand("type", "--delay", 15, words)

    def name_file(self, path: Path) -> None:
        """Type a path into the file dialog that was asked for."""
        self.wait(DIALOG)
        self.press("ctrl+a")
        self.type(str(path))
        self.press("Return")
        self.wait(f"not ({DIALOG})")

    def add(self, words: str, kind: str) -> None:
        """Tab, a few letters, Enter."""
        before = self.program.ask(BLOCKS)
        self.press("Tab")
        self.wait("window.shell.next_block.field.hasFocus()")
        self.type(words)
        self.wait(f"window.shell.next_block.current and window.shell.next_block.current.value == '{kind}'")
        self.press("Return")
        self.wait(f"len({BLOCKS}) == {len(before) + 1} and window.canvas.hasFocus()")


@pytest.fixture
def keys(tmp_path: Path, kernels: None) -> Iterator[Keyboard]:
    with stage.screen(1400, 900) as display:
        program = stage.Stage(display, tmp_path / "home")
        try:
            yield Keyboard(program)
        finally:
            program.close()


def test_a_network_is_drawn_broken_mended_undone_and_saved(keys: Keyboard, tmp_path: Path) -> None:
    keys.press("ctrl+n")
    keys.wait(f"len({BLOCKS}) == 1 and window.canvas.hasFocus()")
    for words, kind in (("conv", "conv"), ("act", "activation"), ("max", "max_pool"), ("flat", "flatten")):
        keys.add(words, kind)
    keys.add("dense", "dense")
    keys.wait("not window.session.shown.report.problems")
    built = keys.program.ask("len(window.session.steps)")
    # A picture by its path, and the maps of the convolution.
    picture = sorted(path for path in (samples() / "pictures").iterdir() if path.suffix == ".png")[0]
    keys.press("ctrl+p")
    keys.name_file(picture)
    keys.wait(f"window.session.shown.picture.name in ('{picture.stem}', '{picture.name}')")
    keys.press("Home", "Right")
    keys.wait("window.session.shown.selected == ('conv1',)")
    keys.press("alt+1")
    keys.wait(f"{CURRENT} and window.maps[0].grid.hasFocus() and window.maps[0].grid.sight.layout.count == 8")
    keys.press("Escape")
    keys.wait("window.canvas.hasFocus()")
    # A kernel larger than the picture does not fit; the first fix is one key.
    keys.press("Return", "Tab")
    keys.type("99")
    keys.wait("len(window.session.shown.report.problems) == 1")
    keys.press("Return", keys.program.ask("window.actions_.made['show-problems'].shortcut().toString()").lower())
    keys.wait("window.problems.isAncestorOf(app.focusWidget())")
    keys.press("1")
    keys.wait("not window.session.shown.report.problems")
    # Every step back, and forward again.
    done = keys.program.ask("window.session.step")
    assert done > built
    keys.press("Escape", *["ctrl+z"] * done)
    keys.wait("window.session.step == 0")
    keys.press(*["ctrl+y"] * done)
    keys.wait(f"window.session.step == {done}")
    # Saved, closed, opened again.
    file = tmp_path / "drawn.json"
    keys.press("ctrl+s")
    keys.name_file(file)
    keys.wait("not window.session.shown.changed and window.session.shown.path is not None")
    drawn = keys.program.ask(BLOCKS)
    assert list(load(file).blocks) == drawn
    keys.press("ctrl+w")
    keys.wait("window.session.shown.path is None")
    keys.press("ctrl+o")
    keys.name_file(file)
    keys.wait(f"{BLOCKS} == {drawn} and window.focusWidget() is window.canvas")


def test_lenet_5_takes_few_keys(keys: Keyboard) -> None:
    """From an empty canvas; behind each convolution and dense block the one that is offered first is its ReLU."""
    keys.press("ctrl+n")
    keys.wait(f"len({BLOCKS}) == 1 and window.canvas.hasFocus()")
    before, asked = keys.pressed, []

    def follow(kind: str, words: str) -> None:
        """Tab, some letters where the kind is not offered first, Enter."""
        count = keys.program.ask(f"len({BLOCKS})")
        keys.press("Tab")
        keys.wait("window.shell.next_block.field.hasFocus()")
        if keys.program.ask("window.shell.next_block.current.value") != kind:
            asked.append(kind)
            keys.type(words)
        keys.wait(f"window.shell.next_block.current and window.shell.next_block.current.value == '{kind}'")
        keys.press("Return")
        keys.wait(f"len({BLOCKS}) == {count + 1} and window.canvas.hasFocus()")

    def fill(*steps: str) -> None:
        """Into the form, and back to the canvas."""
        keys.press("Return")
        keys.wait("window.inspector.isAncestorOf(app.focusWidget())")
        for step in steps:
            if step == "Tab":
                keys.press(step)
            else:
                keys.type(step)
        keys.press("Return")
        keys.wait("window.canvas.hasFocus()")

    follow("conv", "co")
    fill("6", "Tab", "5", "Tab", "Tab", "s")
    follow("activation", "ac")
    follow("max_pool", "max")
    follow("conv", "co")
    fill("16", "Tab", "5", "Tab", "Tab", "v")
    follow("activation", "ac")
    follow("max_pool", "max")
    follow("flatten", "fl")
    for units in ("120", "84", "10"):
        follow("dense", "de")
        fill(units)
        follow(*(("activation", "ac") if units != "10" else ("softmax", "so")))
    keys.wait("window.session.shown.report.total_parameters == 61706")
    assert keys.pressed - before <= MOST_KEYS, asked
