"""Every view can be taken elsewhere: as pixels, as lines and words, as a table and as data that hold what is shown."""

import csv
import io
import json
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QSettings, QSize
from PySide6.QtGui import QColor, QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

import cnnbuilder as cb
from cnnbuilder.app import exporting
from cnnbuilder.app.exporting import Export, Exportable
from cnnbuilder.app.window import Window
from cnnbuilder.design.errors import DesignFileError
from cnnbuilder.files.resources import samples


def in_front(window: Window, kind: str, qtbot: Any) -> Any:
    """A view, shown."""
    window.docks.show_view(kind)
    qtbot.waitUntil(lambda: bool(window.docks.views(kind)))
    return window.docks.views(kind)[0]


def taken(view: Any, qtbot: Any) -> Export:
    """What it shows, as soon as it shows anything."""
    assert isinstance(view, Exportable)
    qtbot.waitUntil(lambda: view.export() is not None, timeout=20_000)
    found = view.export()
    assert found is not None
    return found


def colours(image: QImage) -> int:
    """How many different colours a picture has, looked at in some places."""
    return len({image.pixel(x, y) for x in range(0, image.width(), 3) for y in range(0, image.height(), 3)})


def test_every_view_is_taken_in_all_four_ways(lenet: Window, qtbot: Any, tmp_path: Any) -> None:
    lenet.session.set_param("conv2", "bias", "none")
    lenet.session.select(("conv2",))
    lenet.docks.mark_unit("conv2", (3, 5, 6))
    for kind in lenet.docks.kinds:
        if kind == "problems":
            lenet.session.set_param("conv2", "kernel_size", [40, 40])
        view = in_front(lenet, kind, qtbot)
        export = taken(view, qtbot)
        for suffix in ("png", "svg", "csv", "json"):
            exporting.write(export, str(tmp_path / f"{kind}.{suffix}"))
        image = QImage(str(tmp_path / f"{kind}.png"))
        assert image.width() >= export.size.width() and colours(image) > 3, kind
        drawn = (tmp_path / f"{kind}.svg").read_bytes()
        assert QSvgRenderer(drawn).isValid() and (b"<text" in drawn or kind == "attribution"), kind
        rows = list(csv.reader((tmp_path / f"{kind}.csv").open(encoding="utf-8")))
        assert len(rows) > 1, kind
        assert json.loads((tmp_path / f"{kind}.json").read_text()), kind
        if kind == "problems":
            lenet.session.undo()


def test_the_numbers_taken_are_those_of_the_run(lenet: Window, qtbot: Any) -> None:
    lenet.session.select(("conv2",))
    lenet.docks.mark_unit("conv2", (3, 5, 6))
    result = lenet._latest
    assert result is not None
    maps = json.loads(exporting.as_json(taken(in_front(lenet, "maps", qtbot), qtbot)))
    assert maps["array"] == "conv2" and maps["shape"] == [16, 10, 10]
    np.testing.assert_array_equal(np.array(maps["values"], np.float32), result.outputs["conv2"])
    pixel = taken(in_front(lenet, "pixel", qtbot), qtbot)
    explanation = cb.explain(result.run, "conv2", (3, 5, 6))
    rows = list(csv.DictReader(io.StringIO(exporting.as_csv(pixel))))
    assert [float(row["product"]) for row in rows] == [term.product for term in explanation.terms]
    assert json.loads(exporting.as_json(pixel))["total"] == explanation.total
    heat = taken(in_front(lenet, "attribution", qtbot), qtbot)
    values = np.array(list(csv.reader(io.StringIO(exporting.as_csv(heat)))), float)
    assert np.allclose(values, json.loads(exporting.as_json(heat))["values"]) and values.shape == (28, 28)
    costs = json.loads(exporting.as_json(taken(in_front(lenet, "costs", qtbot), qtbot)))
    report = cb.check(lenet.session.design)
    assert {row["block"]: row["parameters"] for row in costs} == report.parameters
    table = json.loads(exporting.as_json(taken(in_front(lenet, "activations", qtbot), qtbot)))
    assert table[0]["mean"] == pytest.approx(result.outputs["conv1"].mean(dtype=np.float64), rel=1e-5, abs=1e-6)


def test_the_menus_offer_the_views_that_are_seen(lenet: Window, qtbot: Any) -> None:
    in_front(lenet, "costs", qtbot)
    (menu,) = [menu for menu in lenet.menuBar().findChildren(QMenu) if menu.title() == "&Export a view"]
    menu.aboutToShow.emit()
    assert [action.text() for action in menu.actions()] == ["Shapes and costs"]
    (inside,) = [action.menu() for action in menu.actions()]
    assert isinstance(inside, QMenu)
    words = [action.text() for action in inside.actions()]
    assert words == ["Copy as an image", "Save as a picture …", "Save as data …"]
    inside.actions()[0].trigger()
    assert colours(QGuiApplication.clipboard().image()) > 3
    lenet.docks.turn_views()
    menu.aboutToShow.emit()
    assert [action.isEnabled() for action in menu.actions()] == [False]


def made(**changes: Any) -> Export:
    """A red square with numbers."""

    def paint(painter: QPainter) -> None:
        painter.fillRect(0, 0, 10, 10, QColor("red"))

    given: dict[str, Any] = {
        "title": "A/B: red",
        "size": QSize(10, 10),
        "paint": paint,
        "rows": lambda: [["a", "b"], [1, "x,y"]],
        "data": lambda: {"a": np.array([1.0, np.nan]), "b": (np.float32(2), float("inf"))},
    }
    return Export(**{**given, **changes})


def test_what_is_written(tmp_path: Any, qapp: object) -> None:
    image = exporting.as_png(made())
    assert image.size() == QSize(20, 20) and image.pixelColor(19, 19).name() == "#ff0000"
    assert exporting.as_csv(made()) == 'a,b\n1,"x,y"\n'
    assert json.loads(exporting.as_json(made())) == {"a": [1.0, None], "b": [2.0, None]}
    huge = exporting.as_png(made(size=QSize(24_000, 10)))
    assert huge.width() == exporting.LARGEST
    with pytest.raises(DesignFileError, match=r"\.svg, \.png, \.csv, \.json"):
        exporting.write(made(), str(tmp_path / "it.txt"))


def test_the_folder_is_remembered_and_the_name_can_be_one(qtbot: Any, tmp_path: Any) -> None:
    widget = QWidget()
    qtbot.addWidget(widget)
    exporting.save(widget, made(), str(tmp_path / "it.csv"))
    assert QSettings().value(exporting.FOLDER) == str(tmp_path)
    exporting._choose(widget, made(), exporting.DATA)
    (dialog,) = widget.findChildren(QFileDialog)
    assert dialog.directory().absolutePath() == str(tmp_path)
    assert dialog.selectedFiles() == [str(tmp_path / "A-B- red.csv")]
    dialog.reject()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def test_an_empty_view_offers_nothing(open_window: Any, qtbot: Any) -> None:
    window = open_window(samples() / "notes-example.json")
    view = in_front(window, "pixel", qtbot)
    view.unit = None
    view._sight = None
    assert view.export() is None
    exporting.offer(view, view)
    assert not view.findChildren(QMenu)
