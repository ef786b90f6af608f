"""How long the view of connections takes: a frame of 20,000 of them, one more of the goes in which they are painted, a
figure, and all connections of a layer as arrays."""

from typing import Any

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication

from cnnbuilder.app import program, theme
from cnnbuilder.app.session import Session
from cnnbuilder.app.views.connectivity.edges import EdgeImage
from cnnbuilder.app.views.connectivity.figure import CHANNELS, MAP, ROW, Wanted, figure
from cnnbuilder.app.views.connectivity.panel import OUTPUT, Selected
from cnnbuilder.app.views.connectivity.view import ConnectivityView
from cnnbuilder.design.check import check
from cnnbuilder.design.document import Design
from cnnbuilder.explain.connectivity import connectivity
from tests.designs import sample

SIZE = (1_000, 520)


@pytest.fixture(scope="module")
def app() -> QApplication:
    QSettings.setDefaultFormat(QSettings.Format.IniFormat)
    return program.application()


def opened(block: str, scope: str) -> ConnectivityView:
    session = Session(Design())
    session.open(sample("lenet5"))
    session.select((block,))
    view = ConnectivityView(session)
    view.resize(*SIZE)
    view.scope = scope
    view.show()
    while not view.diagram.done:
        QApplication.processEvents()
    return view


@pytest.mark.parametrize(
    ("block", "scope"), [("dense1", ROW), ("conv1", MAP)], ids=["20,000 in a row", "17,956 on maps"]
)
def test_a_frame(benchmark: Any, app: QApplication, block: str, scope: str) -> None:
    """Another unit is selected, until it is seen."""
    view = opened(block, scope)
    assert view.figure is not None and len(view.figure.upper) > 17_000
    units = view.figure.outputs.numbers.tolist()
    frames = 0

    def frame() -> None:
        nonlocal frames
        frames += 1
        view._choose(Selected(OUTPUT, units[frames % len(units)]))
        app.processEvents()

    benchmark(frame)
    view.close()


def test_a_go_of_painting_20_000_connections(benchmark: Any, app: QApplication) -> None:
    """So long the window waits at most while they are painted, and how long until they all are: rounds × goes."""
    view = opened("dense1", ROW)
    panel = view.diagram.panels[0]
    images: list[EdgeImage] = []

    def fresh() -> None:
        if not images or images[-1].done:
            size = panel.box.size()
            images.append(EdgeImage(panel.ends, panel.figure.ranks, size, 1.0, theme.now()))

    benchmark.pedantic(lambda: images[-1].advance(), setup=fresh, rounds=200)
    view.close()


@pytest.mark.parametrize("scope", [ROW, MAP, CHANNELS])
@pytest.mark.parametrize(("name", "block"), [("lenet5", "conv1"), ("lenet5", "dense1"), ("vgg16", "conv4_2")])
def test_a_figure(benchmark: Any, name: str, block: str, scope: str) -> None:
    report = check(sample(name))
    shape = report.shapes[block]
    assert shape is not None
    benchmark(lambda: figure(report, block, Wanted(scope, shape[-1] // 2)))


def test_the_slider_one_period_on(benchmark: Any, app: QApplication) -> None:
    """An edit and all that follows in the view, without running the network."""
    view = opened("conv1", ROW)
    periods = [28, 2, 14, 1]
    ticks = 0

    def tick() -> None:
        nonlocal ticks
        view.side.sharing.slider._want(periods[ticks % len(periods)])
        ticks += 1
        app.processEvents()

    benchmark.pedantic(tick, rounds=40)
    view.close()


@pytest.mark.parametrize(("block", "units"), [("conv1_1", 20_000), ("conv4_2", 1_000), ("dense1", 100)])
def test_all_connections_of_a_layer(benchmark: Any, block: str, units: int) -> None:
    design = sample("vgg16")
    benchmark.pedantic(lambda: connectivity(design, block, range(units)), rounds=5, warmup_rounds=1)
