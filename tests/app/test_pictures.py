"""Pictures: folders that are browsed, the clipboard, the pad, and how a picture is prepared."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDragEnterEvent, QDropEvent, QImage, QMouseEvent
from PySide6.QtWidgets import QApplication

from cnnbuilder.app.pictures.folder import Folder
from cnnbuilder.app.pictures.images import picture_of
from cnnbuilder.app.pictures.ink import SIDE, Ink
from cnnbuilder.app.pictures.preparing import inverted
from cnnbuilder.app.pictures.source import recent, sample_pictures
from cnnbuilder.app.window import Window
from cnnbuilder.design.document import Design
from cnnbuilder.files.pictures import read_picture, write_png
from cnnbuilder.files.resources import samples


def write_grey(path: Path, value: int, side: int = 6) -> None:
    write_png(path, np.full((side, side, 1), value, np.uint8))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Five pictures, of which one is damaged, and a file that is none."""
    place = tmp_path / "pictures"
    place.mkdir()
    for number in (1, 2, 3, 10):
        write_grey(place / f"p{number}.png", 10 * number)
    (place / "p4.png").write_bytes(b"\x89PNG\r\n\x1a\n nothing")
    (place / "notes.txt").write_text("no picture")
    return place


def shown(window: Window) -> tuple[str, int] | None:
    picture = window.session.shown.picture
    return (picture.name, int(picture.values.flat[0])) if picture is not None else None


def activate(window: Window, qtbot: Any) -> None:
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)


def test_a_folder_is_listed_as_a_person_reads_names(folder: Path) -> None:
    assert Folder.of(folder).names == ("p1.png", "p2.png", "p3.png", "p4.png", "p10.png")
    assert Folder.of(folder).place(folder / "p10.png") == 4
    assert Folder.of(folder).place(folder.parent / "p10.png") is None


def test_a_folder_is_browsed_and_what_cannot_be_read_is_skipped(lenet: Window, qtbot: Any, folder: Path) -> None:
    activate(lenet, qtbot)
    pictures = lenet.documents.pictures
    said: list[str] = []
    pictures.said.connect(said.append)
    pictures.open_folder(folder)
    qtbot.waitUntil(lambda: shown(lenet) == ("p1", 10))
    assert pictures.place == (1, 5)
    qtbot.keyClick(lenet, Qt.Key.Key_BracketRight)
    qtbot.waitUntil(lambda: shown(lenet) == ("p2", 20))
    lenet.bar.sight.thumb.setFocus()
    qtbot.keyClick(lenet.bar.sight.thumb, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: shown(lenet) == ("p3", 30))
    assert "3 of 5" in lenet.bar.sight.form.toolTip() and not said
    qtbot.keyClick(lenet, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: shown(lenet) == ("p10", 100))
    assert len(said) == 1 and "p4.png" in said[0]
    qtbot.keyClick(lenet, Qt.Key.Key_BracketLeft)
    qtbot.waitUntil(lambda: shown(lenet) == ("p3", 30))
    for _ in range(3):
        pictures.step(-1)
    qtbot.waitUntil(lambda: shown(lenet) == ("p10", 100))


def test_the_last_picture_asked_for_wins(lenet: Window, qtbot: Any, tmp_path: Path) -> None:
    for number in range(60):
        write_grey(tmp_path / f"p{number}.png", number)
    pictures = lenet.documents.pictures
    pictures.open_folder(tmp_path)
    qtbot.waitUntil(lambda: shown(lenet) == ("p0", 0))
    for _ in range(50):
        pictures.step(1)
    qtbot.waitUntil(lambda: shown(lenet) == ("p50", 50))
    assert pictures.place == (51, 60) and not pictures._reading


def test_a_folder_without_a_readable_picture_says_so_and_changes_nothing(
    lenet: Window, qtbot: Any, tmp_path: Path
) -> None:
    place = tmp_path / "bad"
    place.mkdir()
    for name in "abc":
        (place / f"{name}.png").write_bytes(b"nothing")
    before = lenet.session.shown.picture
    said: list[str] = []
    lenet.documents.pictures.said.connect(said.append)
    lenet.documents.pictures.open_folder(place)
    qtbot.waitUntil(lambda: any("No picture" in words for words in said))
    assert lenet.session.shown.picture is before


def test_thousands_of_files_are_listed_off_the_windows_thread(lenet: Window, qtbot: Any, tmp_path: Path) -> None:
    place = tmp_path / "many"
    place.mkdir()
    write_grey(place / "x.png", 7)
    content = (place / "x.png").read_bytes()
    for number in range(3000):
        (place / f"d{number}.png").write_bytes(content)
    lenet.documents.pictures.open_folder(place)
    assert lenet.documents.pictures.place is None
    qtbot.waitUntil(lambda: lenet.documents.pictures.place == (1, 3001))


def test_an_opened_picture_is_remembered_with_its_folder_and_a_sample_is_not(
    lenet: Window, qtbot: Any, folder: Path
) -> None:
    lenet.documents.pictures.open(folder / "p2.png")
    qtbot.waitUntil(lambda: lenet.documents.pictures.place == (2, 5))
    lenet.documents.pictures.open(sample_pictures()[3], remember=False)
    qtbot.waitUntil(lambda: shown(lenet) is not None and shown(lenet)[0] == "three")  # type: ignore[index]
    assert recent() == [folder / "p2.png"]


@pytest.mark.parametrize(
    ("form", "channels"),
    [
        (QImage.Format.Format_RGB32, 3),
        (QImage.Format.Format_ARGB32_Premultiplied, 4),
        (QImage.Format.Format_Grayscale8, 1),
        (QImage.Format.Format_RGB16, 3),
    ],
)
def test_an_image_becomes_a_picture_of_its_colours(form: QImage.Format, channels: int) -> None:
    image = QImage(5, 3, form)
    image.fill(QColor(200, 60, 20) if channels > 1 else QColor(77, 77, 77))
    picture = picture_of(image, "x")
    assert picture.values.shape == (3, 5, channels)
    assert abs(int(picture.values[2, 4, 0]) - (200 if channels > 1 else 77)) < 8


def test_an_image_is_pasted_and_words_are_not(lenet: Window) -> None:
    pictures, mime, words = lenet.documents.pictures, QMimeData(), QMimeData()
    image = QImage(9, 9, QImage.Format.Format_RGB32)
    image.fill(QColor(250, 250, 250))
    mime.setImageData(image)
    words.setText("not a picture")
    assert not pictures.paste(words) and not pictures.accepts(words)
    assert pictures.accepts(mime) and pictures.paste(mime)
    assert shown(lenet) == ("pasted", 250)
    assert pictures.place is None


def test_a_file_on_the_clipboard_is_opened_and_a_design_is_left_to_others(
    lenet: Window, qtbot: Any, folder: Path
) -> None:
    mime, design = QMimeData(), QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(folder / "p3.png"))])
    design.setUrls([QUrl.fromLocalFile(str(samples() / "lenet5.json"))])
    assert not lenet.documents.pictures.paste(design)
    assert lenet.documents.pictures.paste(mime)
    qtbot.waitUntil(lambda: shown(lenet) == ("p3", 30))


def test_the_samples_are_chosen_with_keys(lenet: Window, qtbot: Any) -> None:
    qtbot.mouseClick(lenet.bar._picture, Qt.MouseButton.LeftButton)
    chooser = lenet.bar.chooser
    assert chooser.isVisible() and chooser.samples.count() == len(sample_pictures())
    qtbot.keyClick(chooser.samples, Qt.Key.Key_Right)
    qtbot.keyClick(chooser.samples, Qt.Key.Key_Return)
    assert not chooser.isVisible()
    qtbot.waitUntil(lambda: shown(lenet) is not None and shown(lenet)[0] in ("zero", "one"))  # type: ignore[index]


# The pad


def seven(ink: Ink, by: float = 0.0) -> None:
    ink.begin(8 + by, 6, 2.2, False)
    for x, y in ((20, 6), (15, 15), (11, 24)):
        ink.go(x + by, y)


def test_ink_looks_like_the_digits_of_mnist() -> None:
    ink = Ink()
    seven(ink)
    values = ink.values(False)
    sample = read_picture(samples() / "pictures" / "seven.png").values
    assert values.shape == sample.shape == (SIDE, SIDE, 1) and values.dtype == sample.dtype
    assert values.max() == 255 and values[0, 0, 0] == 0
    assert np.mean((values > 0) & (values < 255)) > 0, "edges are soft"
    assert 0.5 < values.sum() / sample.sum() < 2


def test_a_centred_digit_has_its_mass_in_the_middle_wherever_it_was_drawn() -> None:
    made = []
    for by in (-6.0, 0.0, 6.0):
        ink = Ink()
        seven(ink, by)
        values = ink.values(True)[:, :, 0].astype(float)
        rows, columns = np.indices(values.shape) + 0.5
        assert abs((values * rows).sum() / values.sum() - 14) < 0.1
        assert abs((values * columns).sum() / values.sum() - 14) < 0.1
        assert 19 <= np.flatnonzero(values.any(axis=1)).size <= 21
        made.append(values)
    assert np.abs(made[0] - made[2]).mean() < 3


def test_erasing_undo_and_clear() -> None:
    ink = Ink()
    seven(ink)
    before = ink.values(False)
    ink.begin(8, 6, 6, True)
    ink.go(20, 6)
    assert ink.values(False).sum() < before.sum()
    ink.undo()
    assert np.array_equal(ink.values(False), before)
    ink.clear()
    assert not ink.values(True).any()


def _drag(pad: Any, points: list[tuple[int, int]], button: Qt.MouseButton = Qt.MouseButton.LeftButton) -> None:
    kinds = [QEvent.Type.MouseButtonPress, *[QEvent.Type.MouseMove] * (len(points) - 1)]
    for kind, at in zip(kinds, points, strict=True):
        place = QPointF(QPoint(*at))
        which = button if kind == QEvent.Type.MouseButtonPress else Qt.MouseButton.NoButton
        event = QMouseEvent(kind, place, pad.mapToGlobal(place), which, button, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(pad, event)


def test_the_network_follows_the_pen(open_window: Callable[..., Window], qtbot: Any) -> None:
    window = open_window()
    qtbot.waitUntil(lambda: window.session.shown.state.weights is not None, timeout=30_000)
    activate(window, qtbot)
    qtbot.mouseClick(window.bar._draw, Qt.MouseButton.LeftButton)
    pad = window.bar.drawing.pad
    assert pad.isVisible() and pad.hasFocus()
    steps = [(80 + 12 * n, 50) for n in range(9)] + [(176 - 8 * n, 50 + 17 * n) for n in range(1, 10)]
    results: list[Any] = []
    window.ran.connect(lambda result: results.append(result.request.picture))
    _drag(pad, steps[:9])
    qtbot.waitUntil(lambda: bool(results) and results[-1].name == "drawn")
    assert pad._down, "while the pen is down"
    _drag(pad, steps[8:])
    qtbot.waitUntil(lambda: window._latest is not None and window._latest.request.picture.values[20:].any())
    qtbot.waitUntil(lambda: window._latest is not None and int(np.argmax(window._latest.scores)) == 7)
    qtbot.keyClick(pad, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert window.session.shown.undo is None and len(pad.ink.strokes) == 1
    qtbot.keyClick(pad, Qt.Key.Key_E)
    assert window.bar.drawing.eraser.isChecked()
    before = window.session.shown.picture
    qtbot.keyClick(pad, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: shown(window) == ("drawn", 0) and window.session.shown.picture is not before)
    qtbot.keyClick(pad, Qt.Key.Key_Escape)
    assert not window.bar.drawing.isVisible() and not window.bar._draw.isChecked()


# What the network sees


def test_how_the_picture_is_prepared_is_shown_and_changed_as_steps_of_undo(lenet: Window, qtbot: Any) -> None:
    qtbot.mouseClick(lenet.bar.sight.thumb, Qt.MouseButton.LeftButton)
    panel = lenet.bar.preparing
    assert panel.isVisible()
    qtbot.waitUntil(lambda: ", 0 … 1" in panel._about[1].text())
    assert not panel.imagenet.isEnabled()
    lenet.session.set_param("image", "channels", 3)
    assert panel.imagenet.isEnabled()
    qtbot.mouseClick(panel.imagenet, Qt.MouseButton.LeftButton)
    block = lenet.session.design.blocks["image"]
    assert block.params["mean"] == [0.485, 0.456, 0.406]
    assert lenet.session.shown.undo == "Normalise image"
    lenet.session.undo()
    assert lenet.session.design.blocks["image"].params.get("mean") is None
    panel._edit("scale", "-1-1", "Scale")
    qtbot.waitUntil(lambda: ", −1 … " in panel._about[1].text())
    qtbot.keyClick(panel, Qt.Key.Key_Escape)
    assert not panel.isVisible()


def test_of_several_picture_blocks_one_is_chosen(lenet: Window, qtbot: Any) -> None:
    blocks = [{"id": "left", "kind": "input"}, {"id": "right", "kind": "input", "scale": "-1-1"}]
    lenet.session.open(Design.from_dict({"format": "cnnbuilder", "version": 1, "blocks": blocks, "links": []}))
    lenet.bar.open_preparing()
    panel = lenet.bar.preparing
    assert panel._which.isVisible() and panel._id == "left"
    panel._which.setCurrentIndex(1)
    panel._which.activated.emit(1)
    panel._edit("height", 14, "Height")
    assert lenet.session.design.blocks["right"].params["height"] == 14
    assert lenet.session.design.blocks["left"].params.get("height", 28) == 28


def test_inverting_leaves_opacity(lenet: Window) -> None:
    values = np.array([[[0, 100, 255, 30]]], np.uint8)
    assert inverted(values).tolist() == [[[255, 155, 0, 30]]]
    before = lenet.session.shown.picture
    assert before is not None
    lenet.bar.preparing._turn(inverted)
    after = lenet.session.shown.picture
    assert after is not None and np.array_equal(after.values, 255 - before.values)


def test_an_image_from_a_browser_is_dropped_on_the_window(lenet: Window) -> None:
    mime = QMimeData()
    image = QImage(4, 4, QImage.Format.Format_Grayscale8)
    image.fill(99)
    mime.setImageData(image)
    mime.setUrls([QUrl("https://example.org/picture.png")])
    where, act, left = QPoint(300, 300), Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    come = QDragEnterEvent(where, act, mime, left, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(lenet, come)
    assert come.isAccepted()
    QApplication.sendEvent(lenet, QDropEvent(QPointF(where), act, mime, left, Qt.KeyboardModifier.NoModifier))
    assert shown(lenet) == ("dropped", 99)
