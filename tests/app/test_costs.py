"""The table of shapes and costs: sorted, filtered, selected, copied."""

import csv
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMessageBox

from cnnbuilder.app import exporting
from cnnbuilder.app.session import Session
from cnnbuilder.app.views.costs import Costs
from cnnbuilder.design.document import Design


@pytest.fixture
def costs(session: Session, qtbot: Any) -> Costs:
    view = Costs(session)
    qtbot.addWidget(view)
    view.resize(900, 260)
    view.show()
    return view


def column(costs: Costs, number: int) -> list[str]:
    model = costs._model
    return [str(model.index(row, number).data()) for row in range(model.rowCount())]


def click_head(costs: Costs, qtbot: Any, number: int) -> None:
    header = costs._view.horizontalHeader()
    at = QPoint(header.sectionViewportPosition(number) + 20, header.height() // 2)
    qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=at)


def test_a_click_on_a_head_sorts(costs: Costs, qtbot: Any) -> None:
    designed = column(costs, 0)
    click_head(costs, qtbot, 3)
    assert column(costs, 3)[:2] == ["48,120", "10,164"]
    click_head(costs, qtbot, 3)
    assert column(costs, 3)[-1] == "48,120"
    click_head(costs, qtbot, 3)
    assert column(costs, 0) == designed
    click_head(costs, qtbot, 0)
    assert column(costs, 0) == sorted(designed)


def test_rows_and_blocks_are_selected_together(costs: Costs, session: Session, qtbot: Any) -> None:
    centred: list[str] = []
    costs.centred.connect(centred.append)
    session.select(("pool2",))
    assert costs._chosen() == ("pool2",)
    click_head(costs, qtbot, 3)
    assert costs._chosen() == ("pool2",) == session.shown.selected
    view = costs._view
    at = view.visualRect(costs._model.index(1, 0)).center()
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert session.shown.selected == (costs._model.rows[1].id,)
    qtbot.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert centred == [costs._model.rows[1].id]
    qtbot.keyClick(view, Qt.Key.Key_Down)
    assert session.shown.selected == (costs._model.rows[2].id,)


def test_the_filter_keeps_what_is_wanted_and_totals_stay(costs: Costs, qtbot: Any) -> None:
    total = costs._totals.accessibleName()
    qtbot.keyClicks(costs.filter, "dense")
    assert column(costs, 0) == ["dense1", "dense2", "dense3"]
    assert costs._totals.accessibleName() == total and "61,706" in total
    costs.filter.clear()
    assert len(column(costs, 0)) == 14


def test_rows_are_copied_for_a_spreadsheet(costs: Costs, qtbot: Any, tmp_path: Path) -> None:
    qtbot.keyClick(costs._view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    lines = [line.split("\t") for line in QGuiApplication.clipboard().text().splitlines()]
    assert len(lines) == 15 and len({len(line) for line in lines}) == 1
    assert lines[2][:5] == ["conv1", "Convolution", "28 × 28 × 6", "156", "0.25"]
    export = costs.export()
    assert export is not None
    exporting.save(costs, export, str(tmp_path / "costs.csv"))
    assert list(csv.reader((tmp_path / "costs.csv").open(encoding="utf-8"))) == lines


def test_a_table_that_cannot_be_written_is_told(costs: Costs, tmp_path: Path) -> None:
    export = costs.export()
    assert export is not None
    exporting.save(costs, export, str(tmp_path / "nowhere" / "costs.csv"))
    (box,) = [box for box in costs.findChildren(QMessageBox) if box.isVisible()]
    assert "nowhere" in box.informativeText()
    box.close()


def test_columns_are_hidden_here_and_next_time(costs: Costs, session: Session, qtbot: Any) -> None:
    costs.show_column(1, False)
    again = Costs(session)
    qtbot.addWidget(again)
    assert again._view.isColumnHidden(1) and not again._view.isColumnHidden(0)


def test_a_design_that_does_not_fit_has_partial_totals(costs: Costs, session: Session) -> None:
    session.set_param("conv2", "kernel_size", [15, 15])
    assert "So far" in costs._totals.accessibleName()
    assert "?" in column(costs, 3)


def test_an_empty_design_says_what_to_do(qtbot: Any) -> None:
    view = Costs(Session(Design()))
    qtbot.addWidget(view)
    view.show()
    assert view._empty.isVisible() and not view._view.isVisible()
