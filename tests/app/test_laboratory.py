"""The experiments: each is a design that runs, its text reads the network, its numbers follow the design."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtWidgets import QPushButton

import cnnbuilder as cb
from cnnbuilder.app.laboratory.chapters import CHAPTERS, experiment
from cnnbuilder.app.laboratory.experiment import Experiment, Reading, told
from cnnbuilder.app.laboratory.panel import LaboratoryPanel
from cnnbuilder.app.runner import Request, Result
from cnnbuilder.app.samples import sample_designs
from cnnbuilder.app.window import Window
from cnnbuilder.app.worker import Worker
from cnnbuilder.engine.weights import Weights

EXPERIMENTS = [item for chapter in CHAPTERS for item in chapter.experiments]


def ran(found: Experiment) -> Reading:
    """An experiment with what its network gave."""
    design = found.design()
    weights = Weights.of(found.weights()) if found.weights else None
    worker = Worker()
    result: Result | None = None
    request = Request(design, weights, found.picture() if found.picture else None)
    for result in worker.results(request, worker.cancellation(), lambda *_: None):
        assert not result.message
    return Reading(design, cb.check(design), result)


def text(reading: Reading, found: Experiment) -> str:
    return re.sub("<[^>]+>", "", "\n".join(told(paragraph, reading) for paragraph in found.text))


def test_names_are_used_once() -> None:
    assert len({item.name for item in EXPERIMENTS}) == len(EXPERIMENTS)
    assert all(experiment(item.name) is item for item in EXPERIMENTS)


@pytest.mark.parametrize("found", EXPERIMENTS, ids=lambda found: found.name)
def test_an_experiment_runs_and_tells(found: Experiment, kernels: None) -> None:
    reading = ran(found)
    assert not reading.report.problems
    assert found.select in reading.design.blocks
    if found.unit is not None:
        shape = reading.shape(found.select)
        assert len(found.unit) == len(shape) and all(0 <= i < n for i, n in zip(found.unit, shape, strict=True))
    weights = found.weights() if found.weights else {}
    assert set(weights) <= set(reading.result.weights)  # type: ignore[union-attr]
    assert "(" not in re.findall(r"<i>(.)", "".join(told(item, reading) for item in found.text))
    assert len(text(reading, found)) > 80


@pytest.mark.parametrize("found", EXPERIMENTS, ids=lambda found: found.name)
def test_a_text_outlives_every_block_that_it_tells_of(found: Experiment, kernels: None) -> None:
    empty = cb.Design()
    lost = text(Reading(empty, cb.check(empty)), found)
    assert "no longer there" in lost or "{" not in lost
    whole = found.design()
    for id in whole.blocks:
        data = whole.to_dict()
        data["blocks"] = [item for item in data["blocks"] if item["id"] != id]
        data["links"] = [link for link in data.get("links", ()) if id not in (link["from"], link["to"])]
        data.pop("groups", None)
        without = cb.Design.from_dict(data)
        text(Reading(without, cb.check(without)), found)


def numbers(found: Experiment, reading: Reading) -> list[float]:
    return [float(n.replace(",", "")) for n in re.findall(r"\d[\d,]*\.?\d*", text(reading, found))]


@pytest.mark.parametrize(
    ("name", "block", "change"),
    [
        ("sizes", "conv1", {"kernel_size": [5, 5]}),
        ("stride-each", "down", {"stride": [4, 1]}),
        ("depth", "bare1", {"kernel_size": [3, 3]}),
        ("cases", "valid", {"kernel_size": [3, 3]}),
        ("reach", "valid", {"kernel_size": [3, 3]}),
        ("smaller-last", "image", {"width": 9}),
        ("fewer-inputs", "pool_b", {"stride": [4, 4]}),
        ("sixteen", "shared", {"kernel_size": [3, 3]}),
        ("tiles", "tiled_2", {"tiles": [3, 3]}),
        ("letters", "local", {"kernel_size": [1, 3]}),
        ("restricted", "groups_2", {"groups": 4}),
        ("biases", "each_tile", {"tiles": [3, 3]}),
        ("matrix", "conv1", {"padding": "same"}),
    ],
)
def test_the_numbers_of_a_text_follow_the_design(name: str, block: str, change: dict[str, Any], kernels: None) -> None:
    found = experiment(name)
    design = found.design()
    changed = design.with_params(block, **change)
    before, after = (numbers(found, Reading(item, cb.check(item))) for item in (design, changed))
    assert before != after


def test_what_the_notes_state_is_what_the_experiments_measure(kernels: None) -> None:
    def read(name: str) -> str:
        return text(ran(experiment(name)), experiment(name))

    assert "8 × 8 × 1" in read("sizes") and " 10 parameters" in read("sizes")
    assert "are equal" in read("stride") and "75%" in read("stride")
    assert "16 → 11 → 6 → 1" in read("depth") and "only two of the three" in read("depth")
    changed = [int(share) for share in re.findall(r"(\d+)% changed", read("shifted"))]
    assert changed[1] < 0.7 * changed[0]
    assert "16 weights" in read("sixteen") and ", 4 weights" in read("sixteen")
    assert "9 connections, 9 different" in read("letters") and "9 connections, 2 different" in read("letters")
    assert "2 × 2 of 5 × 5, and 2 × 2 of 6 × 6: the same size" in read("told")
    assert "last region holds 2 of 3 cells" in read("smaller-last")
    answers = [float(n) for n in re.findall(r"°: (\d\.\d\d)", read("rotation"))]
    assert max(answers) == answers[2] > 2 * answers[0]


def test_the_transpose_rebuilds_by_its_own_weights(kernels: None) -> None:
    """Against the matrix itself: visible = Wᵀ W image."""
    found = experiment("reconstruct")
    reading = ran(found)
    kernel = found.weights()["hidden.weight"][:, 0].astype(np.float64)  # type: ignore[misc]
    image = reading.output("image")[0].astype(np.float64)
    rebuilt = np.zeros((32, 32))
    padded = np.pad(image, 2)
    for weights in kernel:
        for row in range(28):
            for column in range(28):
                hidden = float((padded[row : row + 5, column : column + 5] * weights).sum())
                rebuilt[row : row + 5, column : column + 5] += hidden * weights
    np.testing.assert_allclose(reading.output("visible")[0], rebuilt[2:-2, 2:-2], atol=1e-4)


def test_the_page_on_the_lecture_notes_names_menu_entries_that_are_there() -> None:
    page = (Path(__file__).parents[2] / "docs" / "lecture-notes.md").read_text(encoding="utf-8")
    named = set(re.findall(r"\*Laboratory ▸ (.+?) ▸ (.+?)\*", page))
    assert named == {(chapter.title, item.title) for chapter in CHAPTERS for item in chapter.experiments}
    titles = {sample.title for sample in sample_designs()}
    assert set(re.findall(r"\*File ▸ Samples ▸ (.+?)\*", page)) <= titles


# In the window


def panel_of(window: Window, qtbot: Any) -> LaboratoryPanel:
    qtbot.waitUntil(lambda: window.docks.dock_of("laboratory") is not None)
    view = window.docks.dock_of("laboratory").view  # type: ignore[union-attr]
    assert isinstance(view, LaboratoryPanel)
    return view


def test_an_experiment_opens_with_its_text_beside_its_view(lenet: Window, qtbot: Any) -> None:
    lenet.actions_.made["experiment-tiles"].trigger()
    panel = panel_of(lenet, qtbot)
    qtbot.waitUntil(lambda: panel.experiment is not None)
    assert lenet.session.shown.selected == ("tiled_2",)
    qtbot.waitUntil(lambda: "360 parameters" in panel.text.toPlainText())
    assert panel.isVisible() and lenet.docks.dock_of("connectivity").in_front  # type: ignore[union-attr]
    assert len(lenet.session.shown.tabs) == 2
    lenet.session.set_param("tiled_2", "tiles", [3, 3])
    assert "90 parameters" in panel.text.toPlainText()
    lenet.session.undo()
    assert "90 parameters" not in panel.text.toPlainText()


def test_the_start_page_leads_to_every_experiment(lenet: Window, qtbot: Any) -> None:
    lenet.shell.show_start()
    links = {button.text(): button for button in lenet.shell.start.findChildren(QPushButton, "link")}
    assert sorted(links) == sorted(found.title for found in EXPERIMENTS)
    links["16 weights or 4"].click()
    qtbot.waitUntil(lambda: "unshared" in lenet.session.design.blocks)
    assert lenet.sheet.currentWidget() is lenet.canvas


def test_numbers_of_a_run_come_with_the_run(lenet: Window, qtbot: Any) -> None:
    lenet.shell.laboratory.open("shifted")
    panel = panel_of(lenet, qtbot)
    qtbot.waitUntil(lambda: "46% changed" in panel.text.toPlainText())


def test_another_document_shows_the_list_of_experiments(lenet: Window, qtbot: Any) -> None:
    first = lenet.session.shown.key
    lenet.shell.laboratory.open("sixteen")
    panel = panel_of(lenet, qtbot)
    qtbot.waitUntil(lambda: panel.experiment is not None)
    second = lenet.session.shown.key
    lenet.session.show_document(first)
    assert "How does a convolution differ from a dense layer?" in panel.text.toPlainText()
    assert not panel.again.isVisible()
    lenet.session.show_document(second)
    assert panel.text.toPlainText().startswith("16 weights or 4")
    panel.all.click()
    assert "Laboratory" in panel.text.toPlainText()


def test_a_link_of_the_list_opens_its_experiment(open_window: Callable[..., Window], qtbot: Any) -> None:
    window = open_window(wait=False)
    window.actions_.made["laboratory"].trigger()
    panel = panel_of(window, qtbot)
    assert "experiment:matrix" in panel.text.toHtml()
    panel.wanted.emit("matrix")
    qtbot.waitUntil(lambda: panel.experiment is experiment("matrix"))
    assert window.docks.views("connectivity")[0].mode == "matrix"  # type: ignore[attr-defined]
    panel.again.click()
    qtbot.waitUntil(lambda: len(window.session.shown.tabs) >= 1 and panel.experiment is experiment("matrix"))
