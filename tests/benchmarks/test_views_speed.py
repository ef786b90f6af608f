"""How long the views take: a repaint of a grid of maps, another result, a table of a thousand blocks."""

from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QRectF, QSettings
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication

from cnnbuilder.app import program
from cnnbuilder.app.runner import Request, Result
from cnnbuilder.app.session import Session
from cnnbuilder.app.views.cost_table import CostTable
from cnnbuilder.app.views.maps import FeatureMaps
from cnnbuilder.app.views.tile_layout import fitted
from cnnbuilder.app.views.tile_painter import paint, picture
from cnnbuilder.app.views.tiles import Summary, Tiles
from cnnbuilder.design.check import check
from cnnbuilder.design.document import Design
from tests.benchmarks.test_check_speed import large

FORMS = {
    "LeNet-5's first": (6, 28, 28),
    "VGG's first": (64, 224, 224),
    "512 of 56": (512, 56, 56),
    "4096 of 14": (4096, 14, 14),
    "kernels": (512, 512, 3, 3),
    "a dense weight": (4096, 4096),
}
random = np.random.default_rng(0)


@pytest.fixture(scope="module")
def app() -> QApplication:
    QSettings.setDefaultFormat(QSettings.Format.IniFormat)
    return program.application()


@pytest.mark.parametrize("form", FORMS)
def test_painting_a_view(benchmark: Any, app: QApplication, form: str) -> None:
    tiles = Tiles(random.standard_normal(FORMS[form], dtype=np.float32), "map")
    shown = picture(tiles, Summary(tiles), None, "one")
    image = QImage(900, 230, QImage.Format.Format_RGB32)
    count, rows, columns = tiles.values.shape
    layout = fitted(count, rows, columns, (900, 230), tiles.across)

    def repaint() -> None:
        painter = QPainter(image)
        paint(painter, shown, layout, QRectF(0, 0, 900, 230))
        painter.end()

    benchmark(repaint)


@pytest.mark.parametrize("form", ["LeNet-5's first", "512 of 56", "VGG's first"])
def test_another_result_until_it_is_seen(benchmark: Any, app: QApplication, form: str) -> None:
    """All that happens between a result and its picture on the screen."""
    session = Session(
        Design.from_dict({"format": "cnnbuilder", "version": 1, "blocks": [{"id": "a", "kind": "input"}]})
    )
    session.select(("a",))
    view = FeatureMaps(session)
    view.resize(900, 240)
    view.show()

    def fresh() -> tuple[tuple[Result], dict[str, Any]]:
        array = random.standard_normal(FORMS[form], dtype=np.float32)
        return (Result(Request(session.design, None, None), outputs={"a": array}),), {}

    def seen(result: Result) -> None:
        view.show_result(result)
        app.processEvents()

    benchmark.pedantic(seen, setup=fresh, rounds=30, warmup_rounds=2)
    view.close()


def test_a_table_of_300_blocks_sorted(benchmark: Any, app: QApplication) -> None:
    table, report = CostTable(), check(large())

    def show() -> None:
        table.show_report(report)
        table.turn(3)

    benchmark(show)
