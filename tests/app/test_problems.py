"""The Problems view: what clashes, where the size came from, fixes that are found beside the window and applied."""

import re
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from cnnbuilder.app.session import Session
from cnnbuilder.app.tasks import Tasks
from cnnbuilder.app.views.problem_section import LOOKING, ProblemSection
from cnnbuilder.app.views.problem_words import message_words, trace_words
from cnnbuilder.app.views.problems import Problems
from cnnbuilder.app.views.remedies import Remedies
from cnnbuilder.design.check import check
from cnnbuilder.design.document import Design
from cnnbuilder.design.problem import Fix, Problem
from cnnbuilder.files import load
from cnnbuilder.files.resources import samples

KEYS = Qt.Key


@pytest.fixture
def tasks() -> Iterator[Tasks]:
    made = Tasks()
    yield made
    made.wait()


@pytest.fixture
def view(session: Session, tasks: Tasks, qtbot: Any) -> Problems:
    """The view of a session on LeNet-5 in a window of its own."""
    made = Problems(session, tasks)
    qtbot.addWidget(made)
    made.resize(900, 500)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made


def plain(words: str) -> str:
    return re.sub(r"<[^>]*>", "", words).replace("&nbsp;", " ")


def sections(view: Problems) -> list[ProblemSection]:
    return list(view._sections.values())


def buttons(view: Problems) -> list[QPushButton]:
    return [button for section in sections(view) for button in section.buttons() if button.isEnabled()]


def clash(session: Session, view: Problems, qtbot: Any) -> None:
    session.set_param("conv2", "kernel_size", [15, 15])
    qtbot.waitUntil(lambda: bool(buttons(view)))


def test_the_words_name_both_blocks_both_sizes_and_where_the_size_came_about() -> None:
    report = check(load(samples() / "broken.json"))
    problem = report.problems[0]
    message = message_words(problem, report, True)
    assert plain(message) == "conv3 does not fit pool2. Its kernel is 7 × 7, its input only 5 × 5 (no padding)."
    assert "href='conv3'" in message and "href='pool2'" in message
    assert plain(trace_words(problem, report)) == (
        "28 × 28 image → 28 × 28 conv1 → 14 × 14 pool1 → 10 × 10 conv2 → 5 × 5 pool2; "
        "this size came about in pool2: W₂ = (10 − 2) / 2 + 1 = 5"
    )


def test_a_trace_about_channels_shows_them() -> None:
    design = load(samples() / "lenet5.json").with_params("conv2", groups=4)
    report = check(design)
    words = plain(trace_words(report.problems[0], report))
    assert "28 × 28 × 1 image → 28 × 28 × 6 conv1" in words
    assert words.endswith("this number of channels came about in conv1: D₂ = K = 6")


def test_a_long_way_is_told_by_the_blocks_that_changed_the_size() -> None:
    design = load(samples() / "resnet18.json")
    last = [id for id, block in design.blocks.items() if block.kind == "conv"][-1]
    report = check(design.with_params(last, kernel_size=[99, 99], padding=0))
    words = plain(trace_words(report.problems[0], report))
    assert "…" in words and words.count("→") < 14
    assert words.startswith("224 × 224 image → ")


def test_names_in_messages_cannot_become_markup() -> None:
    graph = Design.from_dict({"format": "cnnbuilder", "version": 1, "blocks": [{"id": "a", "kind": "<b>bold</b> & a"}]})
    report = check(graph)
    words = message_words(report.problems[0], report, True)
    assert "&lt;b&gt;bold&lt;/b&gt; &amp;" in words


def test_a_problem_is_shown_at_once_and_its_fixes_when_they_are_found(
    session: Session, view: Problems, qtbot: Any
) -> None:
    view.hide()
    session.set_param("conv2", "kernel_size", [15, 15])
    (slow,) = session.shown.report.problems
    gate, finders = threading.Event(), []

    def find() -> list[Fix]:
        finders.append(threading.current_thread())
        gate.wait(30)
        return [Fix("Smaller", "10 × 10 × 16", lambda design: design.with_params("conv2", kernel_size=5))]

    object.__setattr__(slow, "find_fixes", find)
    view.show()
    (section,) = sections(view)
    assert "conv2 does not fit" in plain(section._message.text())
    assert section._state.text() == LOOKING and not buttons(view)
    gate.set()
    qtbot.waitUntil(lambda: bool(buttons(view)))
    assert finders and threading.main_thread() not in finders
    qtbot.mouseClick(buttons(view)[0], Qt.MouseButton.LeftButton)
    assert session.shown.undo == "Smaller"


def test_fixes_that_are_no_longer_asked_for_are_dropped(tasks: Tasks, qtbot: Any) -> None:
    gate, looked, found = threading.Event(), [], []

    def problem(name: str, wait: bool) -> Problem:
        def find() -> list[Fix]:
            looked.append(name)
            if wait:
                gate.wait(30)
            return []

        return Problem(name, "code", name, find_fixes=find)

    remedies = Remedies(tasks)
    remedies.found.connect(lambda problem: found.append(problem.block))
    remedies.ask([problem("first", True), problem("second", False)])
    remedies.ask([problem("third", False)])
    gate.set()
    qtbot.waitUntil(lambda: "third" in found)
    assert looked == ["first", "third"]


def test_a_click_applies_a_fix_as_one_step(session: Session, view: Problems, qtbot: Any) -> None:
    clash(session, view, qtbot)
    steps = len(session.steps)
    qtbot.mouseClick(buttons(view)[0], Qt.MouseButton.LeftButton)
    assert not session.shown.report.problems and len(session.steps) == steps + 1
    assert not sections(view) and view._fine.isVisible()
    session.undo()
    assert session.shown.report.problems


def test_enter_arrows_and_digits(session: Session, view: Problems, qtbot: Any) -> None:
    clash(session, view, qtbot)
    view.show_problem("conv2")
    first, second = buttons(view)[:2]
    qtbot.waitUntil(first.hasFocus)
    qtbot.keyClick(first, KEYS.Key_Down)
    assert second.hasFocus()
    label = second.accessibleName().removeprefix("Apply: ")
    qtbot.keyClick(second, KEYS.Key_Return)
    assert session.shown.undo == label
    session.undo()
    qtbot.waitUntil(lambda: bool(buttons(view)))
    view.setFocus()
    qtbot.keyClick(view, KEYS.Key_1)
    assert session.shown.undo == "Padding same in conv2"
    session.undo()
    qtbot.waitUntil(lambda: bool(buttons(view)))
    qtbot.keyClick(view, KEYS.Key_9)
    assert session.shown.report.problems, "there is no ninth fix"


def test_a_name_leads_to_its_block(session: Session, view: Problems, qtbot: Any) -> None:
    clash(session, view, qtbot)
    (section,) = sections(view)
    with qtbot.waitSignal(view.centred) as caught:
        section._message.linkActivated.emit("pool1")
    assert caught.args == ["pool1"] and session.shown.selected == ("pool1",)


def test_sections_stay_while_a_number_is_dragged(session: Session, view: Problems, qtbot: Any) -> None:
    clash(session, view, qtbot)
    before = sections(view)
    session.set_param("conv2", "kernel_size", [16, 16])
    assert sections(view) == before
    assert not buttons(view), "fixes of what was before cannot be applied"
    qtbot.waitUntil(lambda: bool(buttons(view)))
    assert "16 × 16" in before[0]._message.text()


def test_the_title_counts_and_notes_stand_apart(session: Session, view: Problems, qtbot: Any) -> None:
    with qtbot.waitSignal(view.titled) as caught:
        session.set_param("conv2", "kernel_size", [15, 15])
    assert caught.args == ["Problems 1"]
    assert view._heading.isVisible() and "A corner pixel of" in view._notes.text()
    with qtbot.waitSignal(view.titled) as caught:
        session.undo()
    assert caught.args == ["Problems"]


def test_many_problems_are_shown_in_time(session: Session, view: Problems, qtbot: Any) -> None:
    blocks = [{"id": "image", "kind": "input"}]
    for number in range(300):
        blocks.append({"id": f"bad{number}", "kind": "conv", "params": {"filters": 0}})
    session.open(Design.from_dict({"format": "cnnbuilder", "version": 1, "blocks": blocks}))
    assert len(sections(view)) == 20 and view._more.text() == "and 280 more problems"
    qtbot.waitUntil(lambda: len(buttons(view)) >= 20)
    assert buttons(view)[0].text() == "Apply"


def test_no_fix_is_offered_twice() -> None:
    design = load(samples() / "lenet5.json").with_params("conv2", groups=7)
    labels = [fix.label for fix in check(design).problems[0].fixes]
    assert len(labels) == len(set(labels)) and "1 group in conv2" in labels
