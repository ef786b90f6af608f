"""A stranger at the real window: Xvfb for a screen, xdotool for hands."""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cnnbuilder.files import load
from cnnbuilder.files.resources import samples

sys.path.insert(0, str(Path(__file__).parents[2] / "tools"))

import stage

pytestmark = pytest.mark.skipif(bool(stage.missing()), reason=f"not installed: {', '.join(stage.missing())}")

FIELD = "centre([item for item in window.inspector.findChildren(QWidget, 'field-{}') if item.isVisible()][0])"
CURRENT = (
    "bool(window._latest and window._latest.request is window.live._latest and "
    "window._latest.request.design is window.session.design)"
)
CARD = (
    "(lambda at: [at.x(), at.y()])(window.canvas.viewport().mapToGlobal(window.canvas.mapFromScene("
    "window.canvas.cards.cards['{}'].outline.topLeft() + QPoint(60, 20))))"
)


@pytest.fixture
def lenet(tmp_path: Path, kernels: None) -> Path:
    """A copy of LeNet-5 to work on."""
    return Path(shutil.copy(samples() / "lenet5.json", tmp_path / "lenet5.json"))


@pytest.fixture
def play(tmp_path: Path, lenet: Path) -> Iterator[stage.Stage]:
    with stage.screen(1400, 900) as display:
        program = stage.Stage(display, tmp_path / "home", lenet)
        try:
            program.wait(f"len(window.maps) == 3 and bool(window._latest and window._latest.thumbnails) and {CURRENT}")
            yield program
        finally:
            program.close()


def test_a_stranger_edits_runs_undoes_saves_and_opens_again(play: stage.Stage, lenet: Path) -> None:
    play.click(CARD.format("conv2"))
    play.wait("window.session.shown.selected == ('conv2',)")
    play.click(CARD.format("conv1"))
    play.wait("window.session.shown.selected == ('conv1',)")
    play.type_over(FIELD.format("filters"), "9")
    play.wait("window.session.design.blocks['conv1'].params['filters'] == 9")
    play.wait(f"{CURRENT} and window._latest.outputs['conv1'].shape == (9, 28, 28)")
    play.wait("window.maps[0].grid.sight.layout.count == 9")
    # Undo takes it back, redo brings it again, with the keyboard still in the field.
    play.hand("key", "ctrl+z")
    play.wait(f"window.session.design.blocks['conv1'].params['filters'] == 6 and {CURRENT}")
    play.wait("window.maps[0].grid.sight.layout.count == 6")
    play.hand("key", "ctrl+shift+z")
    play.wait("window.session.design.blocks['conv1'].params['filters'] == 9")
    # Saved under its name, and there again in another program.
    play.hand("key", "ctrl+s")
    play.wait("not window.session.shown.changed and window.session.shown.path is not None")
    assert load(lenet).blocks["conv1"].params["filters"] == 9


def test_a_card_is_dragged_and_a_kind_is_dropped(play: stage.Stage) -> None:
    x, y = play.ask(CARD.format("relu1"))
    play.hand("mousemove", x, y, "mousedown", 1)
    for step in range(1, 9):
        play.hand("mousemove", x + 4 * step, y + 3 * step)
    play.hand("mouseup", 1)
    play.wait("window.session.shown.undo == 'Move relu1'")
    before = play.ask("len(window.session.design.blocks)")
    item = "[item for item in window.palette_._items() if item.text(0) == 'Dense'][0]"
    play.ask(f"window.palette_.tree.scrollToItem({item})")
    x, y = play.ask(
        "(lambda tree: (lambda at: [at.x(), at.y()])(tree.viewport().mapToGlobal(tree.visualItemRect("
        f"{item}).center())))(window.palette_.tree)"
    )
    to_x, to_y = play.ask("centre(window.canvas)")
    play.hand("mousemove", x, y, "mousedown", 1)
    for step in range(1, 9):
        play.hand("mousemove", x + (to_x - x) * step // 8, y + (to_y - y) * step // 8, "sleep", "0.03")
    play.hand("mouseup", 1)
    play.wait(f"len(window.session.design.blocks) == {before + 1}")


def test_the_window_closes_when_nothing_is_lost(play: stage.Stage) -> None:
    play.click(CARD.format("conv1"))
    play.hand("key", "ctrl+q")
    assert play._program.wait(20) == 0
