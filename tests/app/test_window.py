"""The whole window, used as a person would: keys, clicks, and what is then seen."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QMessageBox, QPushButton, QWidget

from cnnbuilder.app import program, theme
from cnnbuilder.app.window import Window
from cnnbuilder.design.check import check
from cnnbuilder.files import load, load_weights
from cnnbuilder.files.resources import resource, samples
from tests.app.seeing import is_seen

Open = Callable[..., Window]


def field(window: Window, name: str) -> QLineEdit:
    found = [item for item in window.inspector.findChildren(QLineEdit, f"field-{name}") if item.isVisible()]
    assert len(found) == 1
    return found[0]


def type_into(qtbot: Any, line: QLineEdit, text: str) -> None:
    line.setFocus()
    line.selectAll()
    qtbot.keyClicks(line, text)
    qtbot.keyClick(line, Qt.Key.Key_Return)


def ran(window: Window) -> bool:
    """Whether what is seen is what the design now says."""
    latest = window._latest
    return (
        latest is not None and latest.request is window.live._latest and latest.request.design is window.session.design
    )


def grab(widget: QWidget) -> QImage:
    return widget.grab().toImage()


def test_the_welcome_design_is_shown_run_and_trained(open_window: Open, qtbot: Any) -> None:
    window = open_window()
    qtbot.waitUntil(lambda: window.session.shown.state.weights is not None and ran(window), timeout=30_000)
    result = window._latest
    assert result is not None and int(np.argmax(result.scores)) == 7 and float(result.scores.max()) > 0.9
    assert not window.session.shown.changed
    assert window.status._fits.text() == "All blocks fit"
    assert all(card.thumbnail is not None for card in window.canvas.cards.cards.values())


def test_an_edit_in_the_inspector_reaches_the_maps_and_undo_takes_it_back(lenet: Window, qtbot: Any) -> None:
    lenet.session.select(("conv1",))
    type_into(qtbot, field(lenet, "filters"), "9")
    qtbot.waitUntil(lambda: ran(lenet), timeout=10_000)
    assert lenet._latest is not None and lenet._latest.outputs["conv1"].shape == (9, 28, 28)
    assert lenet.maps[0].grid.sight.layout.count == 9
    lenet.actions_.made["undo"].trigger()
    assert field(lenet, "filters").text() == "6"
    qtbot.waitUntil(lambda: ran(lenet) and lenet._latest.outputs["conv1"].shape[0] == 6, timeout=10_000)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("kernel_size", "3 x 5", [3, 5]),
        ("kernel_size", "3", [3, 3]),
        ("kernel_size", "7×7", [7, 7]),
        ("stride", "2", [2, 2]),
        ("padding", "1, 2", [1, 2]),
        ("padding", "full", "full"),
        ("filters", "12", 12),
        ("filters", "1,024", 1024),
    ],
)
def test_fields_understand_what_people_write(lenet: Window, qtbot: Any, name: str, text: str, value: object) -> None:
    lenet.session.select(("conv1",))
    type_into(qtbot, field(lenet, name), text)
    assert lenet.session.design.blocks["conv1"].params[name] == value


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("filters", "-1"),
        ("filters", "many"),
        ("filters", "1e999"),
        ("filters", "nan"),
        ("filters", "5,5"),
        ("filters", "9" * 5000),
        ("padding", "lots"),
        ("stride", "0"),
    ],
)
def test_a_wrong_value_is_explained_and_never_a_traceback(lenet: Window, qtbot: Any, name: str, text: str) -> None:
    lenet.session.select(("conv1",))
    type_into(qtbot, field(lenet, name), text)
    (fault,) = [item for item in lenet.inspector.findChildren(QLabel, "fault") if item.isVisible()]
    assert "must be" in fault.text().lower()


def test_a_clash_is_drawn_explained_and_mended_with_one_click(lenet: Window, qtbot: Any) -> None:
    lenet.session.set_param("conv2", "kernel_size", [15, 15])
    card = lenet.canvas.cards.cards["conv2"]
    assert "larger than its input" in card.content.fault
    assert lenet.status._fits.text() == "1 problem"
    lenet.docks.show_view("problems")
    qtbot.waitUntil(lambda: bool(_fixes(lenet)))
    button = _fixes(lenet)[0]
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert not check(lenet.session.design).problems
    assert lenet.session.shown.undo == button.accessibleName().removeprefix("Apply: ")
    lenet.session.undo()
    assert check(lenet.session.design).problems


def _fixes(window: Window) -> list[QPushButton]:
    return [item for item in window.problems.findChildren(QPushButton) if item.text() == "Apply" and item.isVisible()]


def test_dragging_a_card_is_one_step_and_checks_nothing(lenet: Window, qtbot: Any) -> None:
    canvas = lenet.canvas
    graph = lenet.session.design.graph
    card = canvas.cards.cards["relu1"]
    start = canvas.mapFromScene(card.pos() + QPointF(60, 20))
    view = canvas.viewport()
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=start)
    for step in range(1, 9):
        qtbot.mouseMove(view, start + (canvas.mapFromScene(10 * step, 5 * step) - canvas.mapFromScene(0, 0)))
        at = start + (canvas.mapFromScene(10 * step, 5 * step) - canvas.mapFromScene(0, 0))
        _move(view, at)
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=start)
    assert lenet.session.shown.undo == "Move relu1"
    assert lenet.session.design.graph is graph
    lenet.session.undo()
    assert card.pos() == QPointF(*lenet.session.design.layout["relu1"])
    assert lenet.session.shown.undo is None


def _move(view: QWidget, at: Any) -> None:
    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QMouseEvent

    event = QMouseEvent(
        QEvent.Type.MouseMove,
        QPointF(at),
        QPointF(view.mapToGlobal(at)),
        Qt.MouseButton.NoButton,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(view, event)


def test_delete_and_arrow_keys_on_the_canvas(lenet: Window, qtbot: Any) -> None:
    lenet.session.select(("conv1",))
    qtbot.keyClick(lenet.canvas, Qt.Key.Key_Right)
    assert lenet.session.shown.selected == ("relu1",)
    qtbot.keyClick(lenet.canvas, Qt.Key.Key_Delete)
    assert "relu1" not in lenet.session.design.blocks
    assert lenet.session.design.graph.wiring.sources["pool1"] == ("conv1",)


def test_zoom_is_about_the_pointer_and_fit_shows_everything(lenet: Window) -> None:
    canvas = lenet.canvas
    canvas.fit()
    at = QPointF(200, 150)
    before = canvas.mapToScene(at.toPoint())
    canvas.zoom_by(1.7, at)
    after = canvas.mapToScene(at.toPoint())
    assert abs(before.x() - after.x()) < 3 and abs(before.y() - after.y()) < 3
    canvas.fit()
    assert canvas.seen.contains(canvas.cards.cards_rect())


def test_every_zoom_paints_something_else(lenet: Window) -> None:
    pictures = []
    for zoom in (1.0, 0.5, 0.2):
        lenet.canvas.zoom_by(zoom / lenet.canvas.zoom)
        lenet.canvas.show_block("conv1") if zoom > 0.5 else lenet.canvas.centre_on(QPointF(0, 0))
        pictures.append(grab(lenet.canvas))
    assert pictures[0] != pictures[1] != pictures[2]


def test_a_kind_is_added_from_the_palette(lenet: Window, qtbot: Any) -> None:
    lenet.session.select(("relu1",))
    lenet.palette_.search.setText("average")
    qtbot.keyClick(lenet.palette_.search, Qt.Key.Key_Return)
    new = lenet.session.shown.selected[-1]
    assert lenet.session.design.blocks[new].kind == "average_pool"
    assert lenet.session.design.graph.wiring.sources[new] == ("relu1",)


@pytest.mark.parametrize("content", [b"", b"{", b'{"format": "cnnbuilder"}', b"PK\x03\x04 nothing"])
def test_a_broken_file_is_one_dialog_and_changes_nothing(
    lenet: Window, qtbot: Any, tmp_path: Path, content: bytes
) -> None:
    bad = tmp_path / "bad.cnn"
    bad.write_bytes(content)
    state = lenet.session.shown.state
    lenet.documents.open(bad)
    qtbot.waitUntil(lambda: bool(_dialogs(lenet)), timeout=10_000)
    (dialog,) = _dialogs(lenet)
    assert "bad.cnn" in dialog.text() and "bad.cnn" in dialog.informativeText()
    assert lenet.session.shown.state is state
    dialog.close()
    dialog.deleteLater()


def test_a_broken_picture_is_one_dialog_and_the_picture_stays(lenet: Window, qtbot: Any, tmp_path: Path) -> None:
    bad = tmp_path / "bad.png"
    bad.write_bytes(b"no picture")
    picture = lenet.session.shown.picture
    lenet.documents.drop(bad)
    qtbot.waitUntil(lambda: bool(_dialogs(lenet)), timeout=10_000)
    (dialog,) = _dialogs(lenet)
    assert "bad.png" in dialog.informativeText()
    assert lenet.session.shown.picture is picture
    dialog.close()
    dialog.deleteLater()


def _dialogs(window: Window) -> list[QMessageBox]:
    return [box for box in window.findChildren(QMessageBox) if box.isVisible()]


def test_a_file_that_cannot_be_opened_at_the_start_leaves_the_welcome_design(
    open_window: Open, qtbot: Any, tmp_path: Path
) -> None:
    window = open_window(tmp_path / "missing.cnn")
    qtbot.waitUntil(lambda: bool(_dialogs(window)), timeout=10_000)
    assert "missing.cnn" in _dialogs(window)[0].text()
    assert "conv1" in window.session.design.blocks and window.session.shown.path is None
    _dialogs(window)[0].close()


@pytest.mark.parametrize("name", ["broken", "kernel-six", "notes-example"])
def test_samples_open_and_what_cannot_run_is_explained(open_window: Open, name: str) -> None:
    window = open_window(samples() / f"{name}.json")
    assert bool(window.session.shown.report.problems) == is_seen(window, "problems")


def test_saving_and_opening_again_keeps_design_weights_and_picture(
    open_window: Open, qtbot: Any, tmp_path: Path
) -> None:
    window = open_window()
    qtbot.waitUntil(lambda: window.session.shown.state.weights is not None, timeout=30_000)
    window.session.set_param("conv2", "stride", 1)
    window.session.set_param("pool1", "padding", "same")
    design, path = window.session.design, tmp_path / "mine.cnn"
    window.documents._write(path, lambda: None)
    qtbot.waitUntil(lambda: window.session.shown.path == path, timeout=10_000)
    assert not window.session.shown.changed
    assert load(path).to_dict() == design.to_dict()
    kept, trained = load_weights(path), load_weights(resource("welcome.cnn"))
    assert kept is not None and trained is not None and set(kept) == set(trained)
    assert all(np.array_equal(kept[name], trained[name]) for name in trained)
    window.documents.close()
    assert not window.session.design.blocks
    window.documents.open(path)
    qtbot.waitUntil(lambda: window.session.shown.path == path and ran(window), timeout=10_000)
    assert window.session.shown.picture is not None


def test_unsaved_changes_are_asked_about_before_leaving(lenet: Window, qtbot: Any) -> None:
    lenet.session.set_param("conv1", "filters", 7)
    assert not lenet.close()
    (box,) = _dialogs(lenet)
    box.button(QMessageBox.StandardButton.Cancel).click()
    assert lenet.isVisible()
    box.deleteLater()


def test_the_theme_is_turned_and_remembered(lenet: Window, qtbot: Any) -> None:
    light = grab(lenet)
    lenet.actions_.made["theme"].trigger()
    assert theme.now().dark and theme.remembered().dark
    assert grab(lenet) != light
    lenet.actions_.made["theme"].trigger()
    assert not theme.remembered().dark


def test_without_live_nothing_runs_until_asked(lenet: Window, qtbot: Any) -> None:
    qtbot.mouseClick(lenet.bar.live, Qt.MouseButton.LeftButton)
    asked = lenet.live._latest
    lenet.session.set_param("conv1", "filters", 7)
    assert lenet.live._latest is asked
    lenet.actions_.made["run"].trigger()
    qtbot.waitUntil(lambda: ran(lenet), timeout=10_000)


def test_the_class_of_the_backward_pass_is_chosen(lenet: Window, qtbot: Any) -> None:
    lenet.session.look(target=4)
    qtbot.waitUntil(lambda: lenet._latest is not None and lenet._latest.target == 4, timeout=10_000)
    assert "class 4" in lenet.bar.target.text()


def test_the_views_show_what_is_selected(lenet: Window, qtbot: Any) -> None:
    lenet.session.select(("conv2",))
    for view, title in zip(lenet.maps, ("Feature maps", "Kernels", "Gradients"), strict=True):
        lenet.docks.show_view(view)
        qtbot.waitUntil(lambda view=view: is_seen(lenet, view))
        assert lenet.docks.dock_of(view).windowTitle() == f"{title} — conv2"
        assert view._choices, title
    lenet.session.select(("relu1",))
    lenet.docks.show_view("kernels")
    assert "no weights" in lenet.maps[1]._words.text()


def test_the_value_under_the_pointer_is_told(lenet: Window) -> None:
    lenet.docks.show_view("maps")
    lenet.session.select(("conv1",))
    view = lenet.maps[0]
    view._point((2, 3, 27))
    assert view.side.place.text() == "map 2, row 3, column 27"
    assert lenet._latest is not None
    value = float(lenet._latest.outputs["conv1"][2, 3, 27])
    told = view.side.value.text().replace("−", "-")
    assert f"{value:.4f}" in told or f"{value:.2e}" in told or value == 0


def test_everything_that_takes_the_keyboard_has_a_name(lenet: Window) -> None:
    from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QComboBox

    lenet.session.select(("conv1",))
    for kind in (QAbstractButton, QComboBox, QLineEdit, QAbstractItemView):
        for widget in lenet.findChildren(kind):
            if widget.isVisible() and widget.focusPolicy() != Qt.FocusPolicy.NoFocus:
                name = widget.accessibleName() or (widget.text() if isinstance(widget, QAbstractButton) else "")
                assert name, f"{widget} ({widget.objectName()}) has no accessible name"


def test_an_unexpected_error_is_one_dialog_and_the_document_stays(lenet: Window, capsys: Any) -> None:
    hook = program.Hook(lenet)
    state = lenet.session.shown.state
    for _ in range(3):
        error = RuntimeError("boom")
        hook(RuntimeError, error, None)
    boxes = _dialogs(lenet)
    assert len(boxes) == 1 and "design is still here" in boxes[0].informativeText()
    assert lenet.session.shown.state is state
    boxes[0].close()
