"""A network is drawn, broken, mended, saved and opened again with the mouse alone.

Xvfb is the screen, xdotool the hand; only numbers and the name of the file are typed.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cnnbuilder.files import load

sys.path.insert(0, str(Path(__file__).parents[2] / "tools"))

import stage

pytestmark = pytest.mark.skipif(bool(stage.missing()), reason=f"not installed: {', '.join(stage.missing())}")

CURRENT = (
    "bool(window._latest and window._latest.request is window.live._latest and "
    "window._latest.request.design is window.session.design)"
)
ON_SCREEN = "(lambda at: [at.x(), at.y()])({}.mapToGlobal({}))"
CANVAS = ON_SCREEN.format("window.canvas", "window.canvas.mapFromScene({})")
KIND = ON_SCREEN.format(
    "window.palette_.tree.viewport()",
    "window.palette_.tree.visualItemRect("
    "[item for item in window.palette_._items() if item.text(0) == '{}'][0]).center()",
)
FIELD = "centre([item for item in window.inspector.findChildren(QWidget, 'field-{}') if item.isVisible()][0])"
SHOWN = "[item for item in {}.findChildren(type(window.bar.live)) if item.isVisible() and item.text() == '{}']"
"""Buttons with these words."""
ENTRY = (
    "(lambda menu: (lambda at: [at.x(), at.y()])(menu.mapToGlobal(menu.actionGeometry([item for item in menu.actions() "
    "if item.text().replace('&', '') == '{}'][0]).center())))(app.activePopupWidget())"
)
MENU = (
    "(lambda bar: (lambda at: [at.x(), at.y()])(bar.mapToGlobal(bar.actionGeometry([item for item in bar.actions() "
    "if item.text().replace('&', '') == '{}'][0]).center())))(window.menuBar())"
)
SAMPLE = ON_SCREEN.format(
    "window.bar.chooser.samples.viewport()",
    "window.bar.chooser.samples.visualItemRect([item for item in map(window.bar.chooser.samples.item, "
    "range(window.bar.chooser.samples.count())) if item.text() == '{}'][0]).center()",
)
LAID = "[[link.source, link.target] for link in window.session.design.links]"
SELECTED = "window.session.shown.selected[0]"


class Mouse:
    """What a person does, one gesture a method, each until it has shown."""

    def __init__(self, play: stage.Stage) -> None:
        self.play = play

    def drag(self, start: list[int], end: list[int]) -> None:
        """Press, move in steps as a hand does, let go."""
        self.play.hand("mousemove", *start, "mousedown", 1)
        for step in range(1, 9):
            at = [a + (b - a) * step // 8 for a, b in zip(start, end, strict=True)]
            self.play.hand("mousemove", *at, "sleep", "0.02")
        self.play.hand("mouseup", 1)

    def place(self, question: str) -> list[int]:
        """A point of the screen."""
        found: list[int] = self.play.ask(question)
        return found

    def carry(self, kind: str, scene: str) -> str:
        """Drag a kind from the palette to a point of the canvas; the name of the new block."""
        count = self.play.ask("len(window.session.design.blocks)")
        self.drag(self.place(KIND.format(kind)), self.place(CANVAS.format(scene)))
        self.play.wait(f"len(window.session.design.blocks) == {count + 1}")
        # Until the desktop's drag is over, the mouse is not the window's.
        self.play.wait("not any(type(item).__name__ == 'QDrag' for item in window.palette_.tree.children())")
        return str(self.play.ask(SELECTED))

    def type_into(self, name: str, number: int) -> None:
        """Click into a field of the inspector and type: what stood there is replaced."""
        self.play.click(FIELD.format(name))
        self.play.hand("type", "--delay", "15", str(number))

    def choose(self, menu: str, entry: str) -> None:
        """Click an entry of a menu."""
        self.play.click(MENU.format(menu))
        self.play.wait("app.activePopupWidget() is not None")
        self.play.click(ENTRY.format(entry))
        self.play.wait("app.activePopupWidget() is None")

    def links(self) -> list[list[str]]:
        """Every link as source and target."""
        found: list[list[str]] = self.play.ask(LAID)
        return found


def behind(id: str) -> str:
    """Where the head of a card that follows would lie; a little beside it."""
    return f"window.canvas.cards.cards['{id}'].outline.topLeft() + QPoint(280, 32)"


@pytest.fixture
def mouse(tmp_path: Path, kernels: None) -> Iterator[Mouse]:
    with stage.screen(1400, 900) as display:
        play = stage.Stage(display, tmp_path / "home")
        try:
            play.wait(f"len(window.maps) == 3 and {CURRENT}")
            yield Mouse(play)
        finally:
            play.close()


def draw_network(mouse: Mouse) -> None:
    """From the start page: picture, convolution, ReLU, and a flatten that a link is drawn to."""
    play = mouse.play
    mouse.choose("File", "Start page")
    play.wait("window.sheet.currentWidget() is not window.canvas")
    play.click("centre(window.shell.start.begin)")
    play.wait("list(window.session.design.blocks) == ['input1'] and window.sheet.currentWidget() is window.canvas")
    # Near an open end a kind is joined to it, in line.
    assert mouse.carry("Convolution", behind("input1")) == "conv1"
    assert mouse.carry("Activation", behind("conv1")) == "activation1"
    assert mouse.links() == [["input1", "conv1"], ["conv1", "activation1"]]
    assert play.ask("len({y for _, y in window.session.design.layout.values()})") == 1, "they stand in a row"
    # On a link it goes into it, and what lies behind makes room.
    between = "window.canvas.cards.cards['conv1'].outline.topLeft() + QPoint(182, 37)"
    assert mouse.carry("Max pooling", between) == "max_pool1"
    assert ["conv1", "max_pool1"] in mouse.links() and ["max_pool1", "activation1"] in mouse.links()
    # Far from everything it stands alone, until a link is drawn to it.
    mouse.carry("Flatten", "window.canvas.seen.bottomLeft() + QPoint(110, -110)")
    assert all("flatten1" not in link for link in mouse.links())
    card = "window.canvas.cards.cards['{}'].{}"
    start = mouse.place(CANVAS.format(f"*{card.format('activation1', 'output()')}"))
    mouse.drag(start, mouse.place(CANVAS.format(f"*{card.format('flatten1', 'input(0)')}")))
    play.wait("['activation1', 'flatten1'] in [[link.source, link.target] for link in window.session.design.links]")
    play.wait(f"{CURRENT} and 'flatten1' in window._latest.outputs")


def test_a_network_by_mouse(mouse: Mouse, tmp_path: Path) -> None:
    play = mouse.play
    draw_network(mouse)
    # Another picture, and the maps follow.
    play.click(CANVAS.format("window.canvas.cards.cards['conv1'].outline.topLeft() + QPoint(60, 20)"))
    play.wait(f"{SELECTED} == 'conv1'")
    play.click("centre(window.bar._picture)")
    play.wait("app.activePopupWidget() is not None")
    play.click(SAMPLE.format("three"))
    play.wait(f"window.session.shown.picture.name == 'three' and {CURRENT}")
    mouse.type_into("filters", 5)
    play.wait(f"{CURRENT} and window._latest.outputs['conv1'].shape[0] == 5")
    play.wait("window.maps[0].grid.sight.layout.count == 5")
    # A kernel larger than what it slides over is a problem; its first fix mends it.
    mouse.type_into("kernel_size", 99)
    play.wait("len(window.session.shown.report.problems) > 0")
    play.click("centre(window.status._fits)")
    fix = SHOWN.format("window.problems", "Apply")
    play.wait(f"any(item.isEnabled() for item in {fix})")
    play.click(f"centre({fix}[0])")
    play.wait(f"not window.session.shown.report.problems and {CURRENT}")
    # Undo to the very beginning, and all of it again.
    drawn = play.ask("window.session.step")
    for step in reversed(range(drawn)):
        play.click("centre(window.bar._undo)")
        play.wait(f"window.session.step == {step}")
    assert play.ask("list(window.session.design.blocks)") == ["input1"]
    for step in range(drawn):
        play.click("centre(window.bar._redo)")
        play.wait(f"window.session.step == {step + 1}")
    save_and_open_again(mouse, tmp_path / "mine.json")


def save_and_open_again(mouse: Mouse, path: Path) -> None:
    """File, Save as; close; a click on the start page."""
    play = mouse.play
    blocks = play.ask("list(window.session.design.blocks)")
    mouse.choose("File", "Save as …")
    play.wait("app.activeModalWidget() is not None")
    play.hand("type", "--delay", "10", str(path))
    play.click(f"(lambda dialog: centre({SHOWN.format('dialog', '&Save')}[0]))(app.activeModalWidget())")
    play.wait(f"not window.session.shown.changed and window.session.shown.title == '{path.name}'")
    assert list(load(path).blocks) == blocks
    mouse.choose("File", "Close")
    play.wait("window.sheet.currentWidget() is not window.canvas")
    play.click("centre(window.shell.start.files[0])")
    play.wait(f"window.session.shown.title == '{path.name}' and {CURRENT}")
    assert play.ask("list(window.session.design.blocks)") == blocks
