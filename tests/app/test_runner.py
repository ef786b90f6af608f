"""The worker: the latest request wins, half-broken designs run up to the break, errors are words."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from cnnbuilder.app.runner import Request, Result, Runner
from cnnbuilder.design.document import Design
from cnnbuilder.files import load
from cnnbuilder.files.pictures import read_picture
from cnnbuilder.files.resources import samples

PICTURE = read_picture(samples() / "pictures" / "seven.png")


@pytest.fixture
def runner(qapp: Any, kernels: None) -> Iterator[Runner]:
    runner = Runner()
    yield runner
    runner.stop()


def answer(qtbot: Any, runner: Runner, request: Request) -> Result:
    found: list[Result] = []
    runner.finished.connect(found.append)
    runner.ask(request)
    qtbot.waitUntil(lambda: any(result.request is request for result in found), timeout=60_000)
    runner.finished.disconnect(found.append)
    return [result for result in found if result.request is request][-1]


def test_a_run_gives_outputs_scores_gradients_and_thumbnails(qtbot: Any, runner: Runner) -> None:
    design = load(samples() / "lenet5.json")
    result = answer(qtbot, runner, Request(design, None, PICTURE, 3))
    assert result.outputs["conv1"].shape == (6, 28, 28)
    assert result.scores.shape == (10,) and abs(float(result.scores.sum()) - 1) < 1e-5
    assert result.target == 3
    assert result.output_gradients["conv1"].shape == (6, 28, 28)
    assert result.weight_gradients["conv1.weight"].shape == (6, 1, 5, 5)
    assert set(result.thumbnails) == set(design.blocks)
    assert result.thumbnails["conv1"].scale == "signed" and result.thumbnails["relu1"].scale == "positive"
    assert result.thumbnails["softmax"].bars is not None
    assert not result.message


def test_an_edit_reuses_what_comes_before(qtbot: Any, runner: Runner) -> None:
    design = load(samples() / "lenet5.json")
    first = answer(qtbot, runner, Request(design, None, PICTURE))
    second = answer(qtbot, runner, Request(design.with_params("conv2", filters=5), None, PICTURE))
    assert second.thumbnails["conv1"] is first.thumbnails["conv1"]
    assert second.outputs["conv2"].shape == (5, 10, 10)


def test_the_latest_request_wins(qtbot: Any, runner: Runner) -> None:
    design = load(samples() / "lenet5.json")
    found: list[Result] = []
    runner.finished.connect(found.append)
    requests = [Request(design.with_params("conv1", filters=n), None, PICTURE) for n in range(1, 40)]
    for request in requests:
        runner.ask(request)
    qtbot.waitUntil(lambda: bool(found) and found[-1].request is requests[-1], timeout=60_000)
    assert len(found) < len(requests)


def test_a_broken_design_runs_up_to_the_break(qtbot: Any, runner: Runner) -> None:
    design = load(samples() / "lenet5.json").with_params("conv2", kernel_size=[99, 99])
    result = answer(qtbot, runner, Request(design, None, PICTURE))
    assert "pool1" in result.outputs and "conv2" not in result.outputs
    assert result.scores is None and not result.output_gradients
    assert result.message == "conv2 has a problem: only the blocks before it run."


@pytest.mark.parametrize("design", [Design(), load(samples() / "lenet5.json").with_params("image", channels=-1)])
def test_what_cannot_run_at_all_is_said(qtbot: Any, runner: Runner, design: Design) -> None:
    result = answer(qtbot, runner, Request(design, None, PICTURE))
    assert bool(result.message) == bool(design.blocks) and not result.outputs


def test_without_a_picture_nothing_runs(qtbot: Any, runner: Runner) -> None:
    result = answer(qtbot, runner, Request(load(samples() / "lenet5.json"), None, None))
    assert "picture" in result.message


def test_every_picture_block_sees_the_picture(qtbot: Any, runner: Runner) -> None:
    design = Design.from_dict(
        {
            "format": "cnnbuilder",
            "version": 1,
            "blocks": [{"id": "a", "kind": "input"}, {"id": "b", "kind": "input"}, {"id": "sum", "kind": "add"}],
            "links": [{"from": "a", "to": "sum", "input": 0}, {"from": "b", "to": "sum", "input": 1}],
        }
    )
    result = answer(qtbot, runner, Request(design, None, PICTURE))
    assert np.allclose(result.outputs["sum"], 2 * result.outputs["a"])


def test_stopping_ends_the_thread_also_while_it_works(qapp: Any, kernels: None) -> None:
    runner = Runner()
    runner.ask(Request(load(samples() / "lenet5.json"), None, PICTURE))
    runner.stop()
    assert not runner._thread.is_alive()


def test_a_slow_network_under_a_stream_of_edits_is_still_shown(qtbot: Any, runner: Runner) -> None:
    from PySide6.QtCore import QTimer

    from cnnbuilder.app import runner as module

    design = load(samples() / "alexnet.json")
    picture = read_picture(samples() / "pictures" / "chelsea.jpg")
    answer(qtbot, runner, Request(design, None, picture))
    found: list[Result] = []
    runner.finished.connect(found.append)
    asked: list[Request] = []

    def ask() -> None:
        asked.append(Request(design.with_params("conv1", filters=90 + len(asked) % 7), None, picture))
        runner.ask(asked[-1])

    stream = QTimer()
    stream.timeout.connect(ask)
    stream.start(int(1000 * module.PATIENCE / 5))
    qtbot.waitUntil(lambda: len(found) >= 3, timeout=60_000)
    stream.stop()
    assert found[0].request is not asked[-1]
    qtbot.waitUntil(lambda: found[-1].request is asked[-1], timeout=60_000)


def test_without_backward_there_are_no_gradients(qtbot: Any, runner: Runner) -> None:
    result = answer(qtbot, runner, Request(load(samples() / "lenet5.json"), None, PICTURE, backward=False))
    assert result.scores is not None and not result.output_gradients and result.backward_seconds is None


def test_running_is_told_from_the_first_question_to_the_last_answer(qtbot: Any, runner: Runner) -> None:
    told: list[bool] = []
    runner.running.connect(told.append)
    design = load(samples() / "lenet5.json")
    for number in range(1, 6):
        runner.ask(Request(design.with_params("conv1", filters=number), None, PICTURE))
    assert told == [True] and runner.is_running
    qtbot.waitUntil(lambda: told == [True, False], timeout=60_000)
    runner.ask(Request(design, None, PICTURE))
    runner.cancel()
    assert told == [True, False, True, False] and not runner.is_running
