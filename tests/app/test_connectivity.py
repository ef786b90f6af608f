"""The view of connections: what is drawn, lit and said, the slider, the matrix, and what is too much to draw."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage, QWheelEvent
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication, QMenu, QMessageBox, QWidget

from cnnbuilder.app import exporting, theme
from cnnbuilder.app.session import Session
from cnnbuilder.app.views.connectivity.colouring import COUNT, FIRST, colours
from cnnbuilder.app.views.connectivity.diagram import Diagram
from cnnbuilder.app.views.connectivity.figure import (
    CHANNELS,
    MAP,
    MOST_EDGES,
    MOST_SIDE,
    MOST_UNITS,
    ROW,
    SCOPES,
    Figure,
    Wanted,
    figure,
    volume,
)
from cnnbuilder.app.views.connectivity.foot import EDGES, MATRIX
from cnnbuilder.app.views.connectivity.matrix import matrix_image, too_large
from cnnbuilder.app.views.connectivity.panel import INPUT, OUTPUT, WEIGHT, Selected, lit
from cnnbuilder.app.views.connectivity.slider import PeriodSlider, every
from cnnbuilder.app.views.connectivity.view import ConnectivityView
from cnnbuilder.app.views.connectivity.words import telling
from cnnbuilder.app.window import Window
from cnnbuilder.design.check import check
from cnnbuilder.design.document import Design
from cnnbuilder.design.layer import kinds
from cnnbuilder.design.shape import size
from cnnbuilder.explain.connectivity import connectivity
from tests.designs import block, chain, image, joined, sample
from tests.strategies import layers

KEY = Qt.Key


def notes(kind: str = "tiled_conv", **params: Any) -> Design:
    """The figure of the notes: nine units in a row, windows of two."""
    given = {"filters": 1, "kernel_size": [1, 2], "bias": "none", **({"tiles": [1, 2]} if kind == "tiled_conv" else {})}
    return chain(block("conv1", kind, **{**given, **params}), size=(1, 1, 9))


def opened(design: Design, block: str = "conv1") -> Session:
    session = Session(Design())
    session.open(design)
    session.select((block,))
    return session


class View(ConnectivityView):
    """The view with the words of its side within reach."""

    @property
    def told(self) -> str:
        return self.side.words.text().replace("<b>", "").replace("</b>", "")

    @property
    def titles(self) -> list[tuple[str, str]]:
        return [(panel.title, panel.words) for panel in self.diagram.panels]

    def counted(self) -> dict[str, str]:
        counts = self.side.counts
        return {counts._figures[number].words: counts.value(number) for number in range(counts.count())}


@pytest.fixture
def show(qtbot: Any) -> Iterator[Any]:
    def made(design: Design, block: str = "conv1", size: tuple[int, int] = (900, 240)) -> View:
        view = View(opened(design, block))
        qtbot.addWidget(view)
        view.resize(*size)
        view.show()
        qtbot.waitUntil(lambda: view.diagram.done)
        return view

    yield made


# Figures


def edges_of(figure: Figure) -> set[tuple[int, int, int]]:
    """`(output, input, weight)` of each connection by their numbers."""
    outputs, inputs = figure.outputs.numbers[figure.upper], figure.inputs.numbers[figure.lower]
    return set(zip(outputs.tolist(), inputs.tolist(), figure.weights.tolist(), strict=True))


@pytest.mark.parametrize("kind", [kind for kind, found in kinds().items() if found.inputs != (0, 0)])
@given(data=st.data())
def test_a_figure_shows_the_connections_that_there_are_and_no_others(kind: str, data: st.DataObject) -> None:
    case = data.draw(layers(kind))
    report = check(case.design)
    focus = data.draw(st.integers(0, size(case.inference.shape or ()) - 1))
    source = data.draw(st.integers(0, len(case.shapes) - 1))
    for scope in SCOPES:
        made = figure(report, "it", Wanted(scope, focus, source))
        if made.left_out:  # a vector, as a map one row high
            assert scope == MAP and size(made.outputs.shape) > MOST_SIDE
            continue
        _, high, wide = volume(made.outputs.shape, scope)
        _, rows, columns = volume(made.inputs.shape, scope)
        found = set()
        operations = case.layer.lower(*case.shapes)
        for unit in np.ndindex(*(case.inference.shape or ())):
            behind = [(source, unit, -1)] if not operations and source == 0 else [(0, unit, -1)] if operations else []
            for operation in reversed(operations):
                behind = [
                    (read.input, read.index, _weight(operation, read) if weight < 0 else weight)
                    for _, place, weight in behind
                    for read in operation.reads(place)
                ]
            number = int(np.ravel_multi_index(unit, made.outputs.shape))
            for of, place, weight in behind:
                if of == source:
                    found.add((number, int(np.ravel_multi_index(place, made.inputs.shape)), weight))
        if scope == CHANNELS:
            pairs = {(z // (high * wide), v // (rows * columns)) for z, v, _ in found}
            assert {edge[:2] for edge in edges_of(made)} == pairs
        else:
            line = columns if scope == ROW else rows * columns
            mine = {
                edge
                for edge in found
                if edge[0] in made.outputs.numbers and edge[1] // line * line in made.inputs.numbers // line * line
            }
            assert edges_of(made) == mine
            assert focus in made.outputs.numbers


def _weight(operation: Any, read: Any) -> int:
    if read.weight is None:
        return -1
    return int(np.ravel_multi_index(read.weight_index, operation.weight_shapes[read.weight]))


def test_letters_and_colours_are_those_of_the_notes() -> None:
    wanted = Wanted(ROW, 4)
    for kind, letters in (("locally_connected", "abcdefghijklmnop"), ("tiled_conv", "abcd" * 4), ("conv", "ab" * 8)):
        made = figure(check(notes(kind)), "conv1", wanted)
        assert "".join(made.letters[rank] for rank in made.ranks) == letters


def test_a_clipped_first_unit_does_not_begin_the_letters() -> None:
    design = chain(block("c", "conv", filters=1, kernel_size=[1, 3], padding="same", bias="none"), size=(1, 1, 5))
    made = figure(check(design), "c", Wanted(ROW, 2))
    assert "".join(made.letters[rank] for rank in made.ranks) == "bc" + "abc" * 3 + "ab"


@pytest.mark.parametrize("name", ["vgg16", "resnet18", "lenet5"])
def test_no_figure_is_larger_than_can_be_drawn(name: str) -> None:
    design = sample(name)
    report = check(design)
    for id in design.blocks:
        if report.graph.wiring.sources[id]:
            for scope in SCOPES:
                made = figure(report, id, Wanted(scope, size(report.shapes[id] or ()) // 2))
                assert len(made.upper) <= MOST_EDGES
                assert len(made.outputs.numbers) <= max(MOST_UNITS, MOST_SIDE**2)
                assert len(made.inputs.numbers) <= max(MOST_UNITS, MOST_SIDE**2)
                assert made.outputs.whole or "Drawn:" in made.left_out
                assert lit(made, Selected(OUTPUT, made.wanted.focus if scope != CHANNELS else 0)) is not None or (
                    not made.outputs.whole
                )


def test_what_is_left_out_is_said() -> None:
    report = check(sample("lenet5"))
    made = figure(report, "dense1", Wanted(ROW, 60))
    assert made.left_out == "Drawn: 50 of 120 outputs, around the unit looked at."
    assert len(made.upper) == 20_000 and made.outputs.find(60) is not None
    vgg = figure(check(sample("vgg16")), "dense1", Wanted(ROW, 7))
    assert "Of every 32 inputs one is drawn." in vgg.left_out


def test_colours_are_told_apart() -> None:
    for shown in (theme.LIGHT, theme.DARK):
        found = colours(shown)
        assert len(found) == COUNT
        first = [colour.name() for colour in found[: len(FIRST)]]
        assert len(set(first)) == len(FIRST)
        ground = QColor(shown.panel)
        assert all(abs(colour.lightnessF() - ground.lightnessF()) > 0.2 for colour in found)


# Selecting


def centre(diagram: Diagram, selected: Selected) -> QPoint:
    return diagram.box_of(selected).center().toPoint()


def test_an_output_lights_up_what_it_reads_and_an_input_what_reads_it(show: Any, qtbot: Any) -> None:
    view = show(notes(), size=(900, 500))
    told: list[Any] = []
    view.unit_selected.connect(lambda *unit: told.append(unit))
    qtbot.mouseClick(view.diagram, Qt.MouseButton.LeftButton, pos=centre(view.diagram, Selected(OUTPUT, 5)))
    assert view.selected == Selected(OUTPUT, 5)
    assert view.told == "z5 reads v5 and v6 through c and d. The same weights: z1, z3, z5 and z7."
    shown = lit(view.figure, view.selected)
    assert shown is not None and view.figure.inputs.numbers[shown.inputs].tolist() == [5, 6]
    qtbot.mouseClick(view.diagram, Qt.MouseButton.LeftButton, pos=centre(view.diagram, Selected(INPUT, 5)))
    assert view.told == "v5 is read by z4 and z5."
    assert told == [("conv1", (0, 0, 5)), ("image", (0, 0, 5))]
    qtbot.mouseClick(view.diagram, Qt.MouseButton.LeftButton, pos=QPoint(3, view.diagram.height() // 6))
    assert view.selected is None and "Click a unit" in view.told


def test_keys_walk_from_unit_to_unit_and_across(show: Any, qtbot: Any) -> None:
    view = show(notes())
    at = []
    for key in (KEY.Key_Right, KEY.Key_Right, KEY.Key_Down, KEY.Key_Left, KEY.Key_Up, KEY.Key_Home, KEY.Key_Left):
        qtbot.keyClick(view.diagram, key)
        at.append((view.selected.kind, view.selected.number))
    assert at == [
        (OUTPUT, 5), (OUTPUT, 6), (INPUT, 7), (INPUT, 6), (OUTPUT, 6), (OUTPUT, 0), (OUTPUT, 0),
    ]  # fmt: skip
    qtbot.keyClick(view.diagram, KEY.Key_Escape)
    assert view.selected is None
    qtbot.keyClick(view.diagram, KEY.Key_Left)
    assert view.selected == Selected(OUTPUT, 4)


def test_a_unit_is_lit_from_the_beginning(show: Any) -> None:
    view = show(sample("lenet5"), "conv2")
    assert view.selected == Selected(OUTPUT, 55) and view.told.startswith("z5 reads v5 to v9 through")
    view.show_scope(CHANNELS)
    assert view.selected == Selected(OUTPUT, 0) and view.told == "z0 reads v0 to v5."
    view.mark_unit("conv1", (3, 20, 9))
    view._session.select(("conv1",))
    assert view.selected == Selected(OUTPUT, 3) and view.figure.wanted.focus == (3 * 28 + 20) * 28 + 9


def test_keys_walk_on_a_map_and_lead_to_the_next(show: Any, qtbot: Any) -> None:
    view = show(sample("lenet5"))
    view.show_scope(MAP)
    for key in (KEY.Key_Right, KEY.Key_Down, KEY.Key_Right):
        qtbot.keyClick(view.diagram, key)
    first = view.selected.number
    qtbot.keyClick(view.diagram, KEY.Key_PageDown)
    assert view.figure.wanted.focus // 784 == 1 and view.foot.output.currentIndex() == 1
    qtbot.keyClick(view.diagram, KEY.Key_Return)
    assert view.selected.kind == INPUT
    assert first // 784 == 0


def test_walking_beyond_what_is_drawn_draws_what_is_there(show: Any, qtbot: Any) -> None:
    view = show(sample("lenet5"), "dense1")
    last = int(view.figure.outputs.numbers[-1])
    view._choose(Selected(OUTPUT, last))
    qtbot.keyClick(view.diagram, KEY.Key_Right)
    assert view.selected == Selected(OUTPUT, last + 1)
    assert view.figure.outputs.find(last + 1) is not None and "Drawn: 50 of 120 outputs" in view.foot.words.text()


def test_a_unit_selected_elsewhere_is_lit_here_and_the_other_way_round(lenet: Window, qtbot: Any) -> None:
    lenet.docks.show_view("connectivity")
    qtbot.waitUntil(lambda: bool(lenet.docks.views("connectivity")))
    view = lenet.docks.views("connectivity")[0]
    assert isinstance(view, ConnectivityView)
    lenet.session.select(("conv2",))
    qtbot.waitUntil(lambda: view.figure is not None and view.figure.outputs.block == "conv2")
    lenet.docks.mark_unit("conv2", (3, 7, 2))
    assert view.selected == Selected(OUTPUT, 372) and view.figure.wanted.focus == 372
    lenet.docks.mark_unit("pool1", (3, 9, 5))
    assert view.selected == Selected(INPUT, 3 * 196 + 9 * 14 + 5)
    lenet.docks.mark_unit("conv2.weight", (3, 3, 2, 1))
    assert view.selected == Selected(WEIGHT, ((3 * 6 + 3) * 5 + 2) * 5 + 1)
    assert "10 connections" in view.side.words.text()
    view._choose(Selected(OUTPUT, 373))
    assert lenet.docks.unit == ("conv2", (3, 7, 3))


# What is drawn


def test_the_maps_of_the_input_are_those_that_are_read(show: Any) -> None:
    view = show(sample("lenet-1998"), "c3")
    maps = [view.foot.input.itemText(number) for number in range(view.foot.input.count())]
    assert maps == ["v: map 0", "v: map 1", "v: map 2"]
    view._go_to_map(15)
    assert view.foot.input.count() == 6
    view.foot.input.setCurrentIndex(4)
    view.foot.input.activated.emit(4)
    assert view.figure.channel == 4


def test_an_input_marked_elsewhere_brings_its_map_where_that_is_read(show: Any) -> None:
    view = show(sample("lenet-1998"), "c3", size=(900, 500))
    view.show_scope(MAP)
    view.mark_unit("s2_tanh", (2, 7, 7))
    assert view.figure.channel == 2 and view.told.startswith("v(7, 7) is read by 25 units")
    view.mark_unit("s2_tanh", (5, 7, 7))  # map 0 of c3 reads maps 0, 1 and 2
    assert view.told == "The unit of s2_tanh that is selected is not among those drawn here."


def test_of_several_inputs_one_is_shown(show: Any) -> None:
    design = joined(
        [image(1, 4, 4), block("twin", "conv", filters=2, kernel_size=1), block("both", "concat")],
        [("image", "twin", 0), ("twin", "both", 0), ("image", "both", 1)],
    )
    view = show(design, "both")
    assert [view.foot.input.itemText(number) for number in range(2)] == ["twin", "image"]
    view._go_to_map(2)
    assert view.titles[0][1] == "no connections here"
    view.foot.input.activated.emit(1)
    assert view.figure.inputs.block == "image" and len(view.figure.upper) == 4


def test_a_tall_view_compares_the_ways_to_share(show: Any) -> None:
    view = show(notes(), size=(900, 560))
    assert view.titles == [
        ("Locally connected", "16 weights, none shared"),
        ("Tiled convolution, t = 2", "4 weights, shared by every second unit"),
        ("Convolution (t = 1)", "2 weights, shared by all units"),
    ]
    assert [panel.own for panel in view.diagram.panels] == [False, True, False]
    view.resize(900, 240)
    assert view.titles == [("Tiled convolution, t = 2", "4 weights, shared by every second unit")]
    counted = {"connections": "16", "weights": "4", "each is used": "4 times", "if fully connected": "72"}
    assert view.counted() == counted


@pytest.mark.parametrize("shown", [theme.LIGHT, theme.DARK], ids=["light", "dark"])
def test_an_equal_weight_has_an_equal_colour_on_the_screen(show: Any, qtbot: Any, shown: theme.Theme) -> None:
    theme.keeper().show(shown)
    view = show(notes("conv"))
    qtbot.waitUntil(lambda: view.diagram.done)
    picture = view.diagram.grab().toImage()
    ends = view.diagram.panels[0].ends
    hues: dict[int, list[int]] = {}
    for rank, (x0, y0, x1, y1) in zip(view.figure.ranks.tolist(), ends.tolist(), strict=True):
        seen = QColor(picture.pixel(round((x0 + x1) / 2), round((y0 + y1) / 2)))
        hues.setdefault(rank, []).append(seen.hslHue())
    # A line is mixed with the ground at its edges, which turns its hue a little.
    first, second = hues.values()
    assert max(first) - min(first) < 20 and max(second) - min(second) < 20
    assert abs(first[0] - second[0]) > 60


def test_on_a_map_what_is_lit_has_the_colour_of_its_weight(show: Any) -> None:
    design = chain(block("c", "conv", filters=1, kernel_size=2, bias="none"), size=(1, 4, 4))
    view = show(design, "c", size=(900, 400))
    view.show_scope(MAP)
    view._choose(Selected(OUTPUT, 4))
    picture = view.diagram.grab().toImage()
    for rank, number in enumerate((5, 6, 9, 10)):
        box = view.diagram.box_of(Selected(INPUT, number))
        assert picture.pixelColor(round(box.left() + 4), round(box.top() + 4)).name() == FIRST[rank]


def test_empty_views_teach(show: Any) -> None:
    view = show(notes())
    view._session.select(())
    assert "Select a block" in view._words.text() and view._words.isVisible() and not view.side.isVisible()
    view._session.select(("image",))
    assert "reads nothing" in view._words.text()
    view._session.set_param("conv1", "kernel_size", [1, 99])
    view._session.select(("conv1",))
    assert "see Problems" in view._words.text()
    view._session.undo()
    view._session.select(("conv1",))
    assert view.diagram.isVisible() and view.side.isVisible()


@pytest.mark.parametrize("shape", [(1, 4_000, 4_000), (1, 1, 10**9), (1, 2**31 - 1, 2**30)], ids=str)
def test_maps_larger_than_any_memory_are_looked_at_in_part(show: Any, shape: tuple[int, int, int]) -> None:
    far = block("far", "conv", filters=1, kernel_size=[1, 2], dilation=[1, shape[2] // 2])
    blocks = (block("c", "conv", filters=2, kernel_size=[1, 2]), far, block("p", "global_pool"))
    view = show(chain(*blocks, size=shape), "c")
    for id in ("c", "far"):
        view._session.select((id,))
        for scope in SCOPES:
            view.show_scope(scope)
            assert view.figure is not None and len(view.figure.upper) > 0
    view._session.select(("p",))
    assert "too large for this view" in view._words.text() and view._words.isVisible()
    view._session.set_param("c", "filters", 2**20)
    view._session.select(("c",))
    assert not view.foot.output.isVisible()


def test_more_units_than_can_be_counted_are_said_to_be_too_many(show: Any) -> None:
    view = show(chain(block("c", "conv", filters=2, kernel_size=1), size=(1, 2**31 - 1, 2**31 - 1)), "c")
    assert "too large for this view" in view._words.text() and view._words.isVisible()


def test_every_kind_can_be_looked_at(show: Any) -> None:
    view = show(sample("lenet5"))
    for name in ("inception", "autoencoder", "shufflenet-v2", "lenet-local"):
        design = sample(name)
        session = view._session
        session.open(design)
        for id in list(design.blocks)[:30]:
            session.select((id,))
            for scope in SCOPES:
                view.show_scope(scope)
                view.grab()


def test_a_view_can_be_pinned(show: Any) -> None:
    view = show(sample("lenet5"))
    titles: list[str] = []
    view.titled.connect(titles.append)
    view.foot.pin.setChecked(True)
    view._session.select(("conv2",))
    assert view.figure.outputs.block == "conv1" and titles[-1] == "Connectivity — conv1 (pinned), one row"
    view._session.rename("conv1", "first")
    assert view.pinned == "first"
    view.foot.pin.setChecked(False)
    assert titles[-1] == "Connectivity — first, one row"


# The slider


def test_the_slider_goes_from_untied_to_convolution_in_steps_of_undo(show: Any, qtbot: Any) -> None:
    view = show(notes("locally_connected"))
    session, slider = view._session, view.side.sharing.slider
    assert slider.period == slider.most == 8
    seen = []
    for _ in range(7):
        qtbot.keyClick(slider, KEY.Key_Right)
        found = session.design.blocks["conv1"]
        seen.append((found.kind, found.params.get("tiles"), session.shown.report.total_parameters))
    tiled = [("tiled_conv", [1, t], 2 * t) for t in range(7, 1, -1)]
    assert seen == [*tiled, ("conv", None, 2)]
    qtbot.keyClick(slider, KEY.Key_Home)
    assert session.design.blocks["conv1"].kind == "locally_connected" and view.titles[0][0] == "Locally connected"
    for _ in range(8):
        session.undo()
    assert session.design.blocks["conv1"].kind == "locally_connected" and session.shown.undo is None
    assert slider.period == 8


def test_one_pull_of_the_slider_is_one_step_and_loses_nothing(show: Any, qtbot: Any) -> None:
    view = show(notes("locally_connected"))
    session, slider = view._session, view.side.sharing.slider
    first = np.arange(16, dtype=np.float32).reshape(1, 1, 8, 1, 1, 2)
    session.apply("Weights", session.design, weights={"conv1.weight": first})

    def at(share: float) -> QPoint:
        return QPoint(round(9 + share * (slider.width() - 18)), slider.height() // 2)

    qtbot.mousePress(slider, Qt.MouseButton.LeftButton, pos=at(0))
    for share in (0.3, 1.0):
        qtbot.mouseMove(slider, at(share))
        qtbot.waitUntil(lambda: not view._sharer._timer.isActive())
    assert session.design.blocks["conv1"].kind == "conv"
    assert session.shown.state.weights["conv1.weight"].ravel().tolist() == [7.0, 8.0]  # the means
    qtbot.mouseMove(slider, at(2 / 3))
    qtbot.waitUntil(lambda: session.design.blocks["conv1"].kind == "tiled_conv")
    # From the weights that there were when the slider was taken hold of, not from the means.
    assert session.shown.state.weights["conv1.weight"].ravel().tolist() == [6.0, 8.0, 7.0, 9.0]
    qtbot.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=at(2 / 3))
    assert session.shown.undo == "conv1 as tiled, t = 1 × 2"
    session.undo()
    assert session.design.blocks["conv1"].kind == "locally_connected"
    assert np.array_equal(session.shown.state.weights["conv1.weight"], first)


def test_very_many_weights_wait_until_the_slider_is_let_go(show: Any, qtbot: Any) -> None:
    design = chain(block("conv1", "conv", filters=64, kernel_size=7, padding="same"), size=(3, 64, 64))
    view = show(design)
    session, slider = view._session, view.side.sharing.slider
    qtbot.mousePress(slider, Qt.MouseButton.LeftButton, pos=QPoint(slider.width() - 9, 11))
    qtbot.mouseMove(slider, QPoint(0, 11))
    assert session.design.blocks["conv1"].kind == "conv" and "never, <b>t = 64</b>" in view.side.sharing._now.text()
    qtbot.mouseMove(slider, QPoint(slider.width() * 5 // 6, 11))
    qtbot.waitUntil(lambda: session.design.blocks["conv1"].kind == "tiled_conv")
    qtbot.mouseMove(slider, QPoint(slider.width() // 6, 11))
    assert session.shown.report.total_parameters < 4_000_000
    qtbot.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=QPoint(slider.width() // 6, 11))
    assert session.shown.report.total_parameters > 4_000_000
    session.undo()
    assert session.design.blocks["conv1"].kind == "conv" and session.shown.undo is None


def test_the_wheel_and_the_screen_reader_leave_the_slider_where_its_layer_is(show: Any, qtbot: Any) -> None:
    view = show(notes())
    slider = view.side.sharing.slider
    slider.setValue(slider.maximum())  # as a screen reader does
    assert view._session.design.blocks["conv1"].kind == "conv"
    middle = QPointF(slider.rect().center())
    turn = QWheelEvent(
        middle, QPointF(slider.mapToGlobal(middle)), QPoint(), QPoint(0, 240), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(slider, turn)
    assert slider.period == 1 and slider.value() == slider.maximum()


def test_numbers_are_said_as_people_say_them() -> None:
    said = [every(number) for number in (1, 2, 3, 4, 11, 12, 21, 22, 23, 112)]
    assert said == [
        "every", "every second", "every third", "every 4th", "every 11th", "every 12th", "every 21st", "every 22nd",
        "every 23rd", "every 112th",
    ]  # fmt: skip


@given(st.integers(1, 300))
def test_every_period_can_be_reached(most: int) -> None:
    slider = PeriodSlider()
    slider.show_period(1, most)
    wanted: list[int] = []
    slider.wanted.connect(wanted.append)
    slider.show_period(most, most)
    for _ in range(most - 1):
        slider._want(slider.period - 1)
    assert wanted == list(range(most - 1, 0, -1))
    assert slider.period_at(slider.value_of(most)) == most and slider.period_at(slider.value_of(1)) == 1


def test_kinds_without_a_choice_have_no_slider(show: Any) -> None:
    view = show(sample("lenet5"), "pool1")
    assert not view.side.sharing.isVisible()
    assert view.titles[0][1] == "28 connections without weights"
    view = show(sample("lenet-1998"), "c3")
    assert view.side.sharing.isVisible() and not view.side.sharing.slider.isEnabled()


# The matrix


def test_the_matrix_has_the_weights_where_the_network_has_them(show: Any) -> None:
    design = chain(block("c", "conv", filters=1, kernel_size=2, bias="none"), size=(1, 4, 4))
    made = figure(check(design), "c", Wanted(MAP, 4))
    image = matrix_image(made, theme.LIGHT)
    assert (image.height(), image.width()) == (9, 16)
    for output in range(9):
        for input in range(16):
            row, column = input // 4 - output // 3, input % 4 - output % 3
            inside = 0 <= row < 2 and 0 <= column < 2
            wanted = FIRST[2 * row + column] if inside else theme.LIGHT.well
            assert QColor(image.pixel(input, output)).name() == wanted
    view = show(design, "c")
    view.show_scope(MAP)
    view.show_mode(MATRIX)
    assert view.matrix.isVisible()
    first, second, cell = view.matrix.boxes()
    assert (first.width(), first.height()) == (16 * cell, 9 * cell)
    assert (second.width(), second.height()) == (9 * cell, 16 * cell)


def test_only_what_multiplies_is_called_a_product(show: Any) -> None:
    names = {}
    for id in ("conv1", "pool1", "dense3"):
        view = show(sample("lenet5"), id)
        view.show_mode(MATRIX)
        names[id] = view.matrix.names[0]
    assert names == {"conv1": "Z = W · V + b", "pool1": "Who reads whom", "dense3": "Z = W · V + b"}


def test_a_row_of_the_matrix_is_selected_with_the_mouse_and_the_keys(show: Any, qtbot: Any) -> None:
    view = show(notes(), size=(900, 500))
    view.show_mode(MATRIX)
    first, second, cell = view.matrix.boxes()
    at = QPointF(second.left() + 5.5 * cell, second.top() + 6.5 * cell)
    qtbot.mouseClick(view.matrix, Qt.MouseButton.LeftButton, pos=at.toPoint())
    assert view.selected == Selected(OUTPUT, 5) and view.told.startswith("z5 reads v5 and v6")
    qtbot.keyClick(view.matrix, KEY.Key_Down)
    assert view.selected == Selected(OUTPUT, 6)
    qtbot.keyClick(view.matrix, KEY.Key_Right)
    assert view.selected == Selected(INPUT, 0)
    qtbot.keyClick(view.matrix, KEY.Key_Escape)
    assert view.selected is None
    assert first.top() == second.top()


def test_a_matrix_too_large_to_see_says_so(show: Any) -> None:
    view = show(sample("lenet5"), "dense1")
    view.show_mode(MATRIX)
    assert "too large" in view._words.text() and view._words.isVisible()
    view.show_mode(EDGES)
    assert view.diagram.isVisible()
    assert too_large(figure(check(sample("lenet5")), "conv1", Wanted(MAP, 0))) == ""


# Taking elsewhere


def test_a_picture_and_data_are_what_is_shown(show: Any, tmp_path: Path) -> None:
    view = show(notes(), size=(900, 500))
    diagram = view.diagram
    for kind in ("svg", "png", "csv", "json"):
        exporting.save(view, view.export(), str(tmp_path / f"it.{kind}"))
    drawn = (tmp_path / "it.svg").read_text()
    assert drawn.count("<polyline") + drawn.count("<path") >= 16 and ">z4<" in drawn
    renderer = QSvgRenderer(drawn.encode())
    assert renderer.isValid() and renderer.viewBox().size() == diagram.size()
    picture = QImage(str(tmp_path / "it.png"))
    assert picture.size() == diagram.size() * 2
    rows = list(csv.reader((tmp_path / "it.csv").read_text().splitlines()))
    assert rows[0] == [
        f"{side} {name}" for side in ("output", "input") for name in ("number", "channel", "row", "column")
    ] + ["weight"]
    found = connectivity(notes(), "conv1")
    wanted = [[z, 0, 0, z, v, 0, 0, v, w] for z, v, w in zip(found.outputs, found.inputs, found.weights, strict=True)]
    assert [list(map(int, row)) for row in rows[1:]] == wanted
    data = json.loads((tmp_path / "it.json").read_text())
    assert data["connections"] == wanted and data["columns"] == rows[0] and data["block"] == "conv1"
    view.show_scope(CHANNELS)
    assert exporting.as_csv(view.export()) == "output channel,input channel,weight\n0,0,0\n"


def test_the_matrix_can_be_saved_too(show: Any, tmp_path: Path) -> None:
    view = show(notes(), size=(900, 500))
    view.show_mode(MATRIX)
    exporting.save(view, view.export(), str(tmp_path / "it.svg"))
    assert "Z = W" in (tmp_path / "it.svg").read_text()


def test_a_menu_offers_it_and_what_fails_is_said(show: Any, qtbot: Any, tmp_path: Path) -> None:
    view = show(notes())
    qtbot.mouseClick(view.foot.take, Qt.MouseButton.LeftButton)
    (menu,) = view.findChildren(QMenu)
    assert [action.text() for action in menu.actions()] == [
        "Copy as an image", "Save as a picture …", "Save as data …",
    ]  # fmt: skip
    menu.actions()[0].trigger()
    assert QGuiApplication.clipboard().image().size() == view.diagram.size() * 2
    menu.hide()
    exporting.save(view, view.export(), str(tmp_path / "nowhere" / "it.csv"))
    (box,) = view.findChildren(QMessageBox)
    assert "nowhere" in box.informativeText()
    box.accept()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


# Names


def test_what_can_be_used_has_a_name_and_says_what_it_does(show: Any) -> None:
    view = show(sample("lenet5"))
    for widget in view.findChildren(QWidget):
        if widget.isVisible() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            assert widget.accessibleName() and widget.toolTip(), widget
    view._choose(Selected(OUTPUT, 400))
    assert view.diagram.accessibleDescription().startswith("z8 reads v6 to v10 through")


def test_an_input_that_nothing_reads_is_said_to_be_so(kernels: None) -> None:
    """Every second of nine units is read by a window of one in steps of two."""
    session = opened(notes("conv", kernel_size=[1, 1], stride=[1, 2]))
    made = figure(session.shown.report, "conv1", Wanted(ROW, 0))
    said = [" ".join(telling(made, Selected(INPUT, number))) for number in range(9)]
    assert ["Nothing here reads" in words for words in said] == [number % 2 == 1 for number in range(9)]
