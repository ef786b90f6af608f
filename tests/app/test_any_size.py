"""One network, pictures of several sizes: what is shown follows the picture."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cnnbuilder.app.inspector.panel import Inspector
from cnnbuilder.app.session import Session
from cnnbuilder.app.window import Window
from cnnbuilder.files import load
from cnnbuilder.files.pictures import read_picture
from cnnbuilder.files.resources import samples
from tests.app.inspecting import field

SAMPLE = samples() / "any-size.json"
SIZES = {"chelsea.jpg": (300, 451), "rocket.jpg": (342, 512), "seven.png": (28, 28)}


@pytest.mark.parametrize("name", SIZES)
def test_the_session_tells_the_shapes_of_the_picture(session: Session, name: str) -> None:
    session.open(load(SAMPLE))
    before = session.design
    session.look(picture=read_picture(samples() / "pictures" / name))
    height, width = SIZES[name]
    assert session.shown.report.shapes["image"] == (3, height, width)
    assert session.shown.report.shapes["conv1"] == (16, -(-height // 2), -(-width // 2))
    assert session.shown.report.shapes["concat"] == (64 * (16 + 4 + 1),)
    assert session.design is before and not session.shown.changed


def test_cards_links_maps_and_the_run_follow_the_picture(
    open_window: Callable[..., Window], qtbot: Any, tmp_path: Path
) -> None:
    path = tmp_path / "any-size.json"
    path.write_bytes(SAMPLE.read_bytes())
    window = open_window(path)
    for name, (height, width) in SIZES.items():
        window.session.look(picture=read_picture(samples() / "pictures" / name))
        card = window.canvas.cards.cards["image"].content
        assert card.shape == (3, height, width) and card.summary.startswith(f"{height} × {width}")
        wanted = (-(-height // 2), -(-width // 2))
        assert window.canvas.cards.cards["conv1"].content.shape == (16, *wanted)

        def ran(wanted: tuple[int, int] = wanted) -> bool:
            latest = window._latest
            return latest is not None and "conv1" in latest.outputs and latest.outputs["conv1"].shape == (16, *wanted)

        qtbot.waitUntil(ran, timeout=30_000)
        assert window._latest is not None and not window._latest.message
        assert window._latest.scores is not None and len(window._latest.scores) == 10


def test_the_canvas_is_not_made_anew_when_nothing_changed(open_window: Callable[..., Window]) -> None:
    window = open_window(SAMPLE)
    window.session.look(picture=read_picture(samples() / "pictures" / "chelsea.jpg"))
    before, report = window.canvas.cards.version, window.session.shown.report
    window.session.select(("conv2",))
    assert window.canvas.cards.version == before and window.session.shown.report is report


def test_the_form_of_an_input_that_follows_the_picture_says_the_pictures_size(inspector: Inspector) -> None:
    session = inspector._session
    session.open(load(SAMPLE))
    (id,) = [id for id, block in session.design.blocks.items() if block.kind == "input"]
    session.select((id,))
    for name, size in SIZES.items():
        session.look(picture=read_picture(samples() / "pictures" / name))
        assert tuple(int(field(inspector, side).text()) for side in ("height", "width")) == size
    session.set_param(id, "size", "fixed")
    declared = session.design.blocks[id].params
    assert tuple(int(field(inspector, side).text()) for side in ("height", "width")) == (
        declared["height"],
        declared["width"],
    )
