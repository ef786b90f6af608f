"""The bar: how the network runs, what is out of date, classes, and less room."""

import itertools
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QWidget

from cnnbuilder.app.bar import PictureBar
from cnnbuilder.app.runner import Request, Result
from cnnbuilder.app.window import Window
from cnnbuilder.design.document import Design
from cnnbuilder.files.resources import samples


def settled(window: Window) -> bool:
    return not window.runner.is_running and window._latest is not None and not window.live.stale


def latest(window: Window) -> Result:
    assert window._latest is not None
    return window._latest


def test_without_live_results_go_out_of_date_until_run_now(lenet: Window, qtbot: Any) -> None:
    bar = lenet.bar
    qtbot.waitUntil(lambda: settled(lenet))
    assert bar.run.isHidden() and bar.stale.isHidden()
    qtbot.mouseClick(bar.live, Qt.MouseButton.LeftButton)
    assert bar.run.isVisible() and bar.stale.isHidden()
    lenet.session.set_param("conv1", "filters", 7)
    assert bar.stale.isVisible()
    lenet.session.undo()
    assert bar.stale.isHidden()
    lenet.session.redo()
    qtbot.mouseClick(bar.run, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: latest(lenet).outputs["conv1"].shape[0] == 7)
    assert bar.stale.isHidden()


def test_the_backward_pass_is_switched_off_and_on(lenet: Window, qtbot: Any) -> None:
    qtbot.waitUntil(lambda: settled(lenet) and bool(latest(lenet).output_gradients))
    lenet.actions_.made["backward"].trigger()
    qtbot.waitUntil(lambda: not latest(lenet).request.backward)
    assert not latest(lenet).output_gradients
    assert "Forward only" in lenet.bar.target.text()
    lenet.bar.target.panel.backward.click()
    qtbot.waitUntil(lambda: bool(latest(lenet).output_gradients))
    assert "loss" in lenet.bar.told._wordings[0]


def test_a_class_is_found_by_typing(lenet: Window, qtbot: Any) -> None:
    qtbot.waitUntil(lambda: settled(lenet) and latest(lenet).target is not None)
    qtbot.mouseClick(lenet.bar.target, Qt.MouseButton.LeftButton)
    panel = lenet.bar.target.panel
    assert panel.isVisible() and panel.classes.topLevelItemCount() == 11
    qtbot.keyClicks(panel.search, "4")
    qtbot.keyClick(panel.search, Qt.Key.Key_Return)
    assert not panel.isVisible() and lenet.session.shown.target == 4
    qtbot.waitUntil(lambda: latest(lenet).target == 4)
    assert lenet.bar.target.text().startswith("Backward from class 4")


def test_a_thousand_classes_are_searched(lenet: Window, qtbot: Any) -> None:
    scores = np.random.default_rng(0).dirichlet(np.ones(1000)).astype(np.float32)
    panel = lenet.bar.target.panel
    panel.open_below(lenet.bar.target, scores, lambda number: f"class {number}")
    assert panel.classes.topLevelItemCount() == 1001
    first = panel.classes.topLevelItem(1)
    assert first is not None and first.text(0) == f"class {int(scores.argmax())}"
    qtbot.keyClicks(panel.search, "class 73")
    seen = [item for row in range(1001) if (item := panel.classes.topLevelItem(row)) and not item.isHidden()]
    assert len(seen) == 11
    qtbot.keyClick(panel.search, Qt.Key.Key_Escape)
    assert not panel.isVisible()


def test_what_takes_long_can_be_cancelled_and_what_is_short_does_not_flash(lenet: Window, qtbot: Any) -> None:
    bar = lenet.bar
    qtbot.waitUntil(lambda: settled(lenet))
    seen: list[bool] = []
    bar._soon.timeout.connect(lambda: seen.append(True))
    lenet.session.set_param("conv1", "filters", 8)
    assert bar.cancel.isHidden()
    qtbot.waitUntil(lambda: settled(lenet))
    assert not seen and bar.cancel.isHidden()
    lenet.activateWindow()
    qtbot.waitUntil(lenet.isActiveWindow)
    lenet.documents.open(samples() / "vgg16.json", True)
    qtbot.waitUntil(lambda: bar.cancel.isVisible(), timeout=60_000)
    qtbot.keyClick(lenet, Qt.Key.Key_Escape)
    assert bar.cancel.isHidden() and not lenet.runner.is_running


def test_what_was_not_computed_anew_has_no_time(lenet: Window, qtbot: Any) -> None:
    qtbot.waitUntil(lambda: settled(lenet))
    lenet.bar._tell(replace(latest(lenet), forward_seconds=0.0))
    assert lenet.bar.told.shown.startswith(("forward reused", "reused +"))
    lenet.bar._tell(replace(latest(lenet), forward_seconds=0.0, backward_seconds=None))
    assert lenet.bar.told.shown == "forward reused"


def test_a_break_is_said_in_words(lenet: Window, qtbot: Any) -> None:
    lenet.session.set_param("conv2", "kernel_size", [50, 50])
    qtbot.waitUntil(lambda: bool(latest(lenet).message))
    assert lenet.bar.told.shown.startswith("conv2 has a problem") and lenet.bar.told._problem


def _parts(bar: PictureBar) -> list[QWidget]:
    return [
        child
        for child in bar.children()
        if isinstance(child, QWidget) and child.isVisible() and not child.isWindow() and child.width() > 0
    ]


@pytest.mark.parametrize("width", [1600, 1366, 1200, 1000])
@pytest.mark.parametrize("live", [True, False])
def test_nothing_overlaps_however_wide(lenet: Window, qtbot: Any, width: int, live: bool) -> None:
    qtbot.waitUntil(lambda: settled(lenet))
    lenet.session.look(live=live)
    if not live:
        lenet.session.set_param("conv1", "filters", 7)
    bar = lenet.bar
    bar._show_cancel(True)
    lenet.resize(width, 720)
    qtbot.waitUntil(lambda: bar.width() == width)
    bar._row.activate()
    parts = sorted(_parts(bar), key=lambda part: part.x())
    for part, after in itertools.pairwise(parts):
        assert part.geometry().right() < after.x(), f"{part} and {after} overlap at {width}"
        assert QRect(0, 0, width, bar.height()).contains(part.geometry())
        if not isinstance(part, type(bar.told)):
            assert part.width() >= part.minimumSizeHint().width(), f"{part} is cut at {width}"


def test_a_result_that_is_behind_is_seen_but_never_one_before_what_is_seen(lenet: Window, qtbot: Any) -> None:
    qtbot.waitUntil(lambda: settled(lenet))
    old, new = (Request(lenet.session.design, None, None) for _ in range(2))
    lenet.live._latest = Request(lenet.session.design, None, None)
    assert lenet.live.take(Result(new))
    assert not lenet.live.take(Result(old))
    lenet.session.open(Design())
    assert not lenet.live.take(Result(lenet.live._latest)) or lenet.live._latest.design is lenet.session.design


def test_a_stream_of_edits_keeps_showing_results(open_window: Callable[..., Window], qtbot: Any) -> None:
    window = open_window(samples() / "lenet5.json")
    seen: list[int] = []
    window.ran.connect(lambda result: seen.append(result.request.number))
    for number in range(30):
        window.session.set_param("conv1", "filters", 4 + number % 5)
        count = len(seen)
        qtbot.waitUntil(lambda count=count: len(seen) > count, timeout=10_000)
    assert seen == sorted(seen)
