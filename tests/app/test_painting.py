"""Painting on the picture: which pixels change, that the network follows, and that all can be taken back."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QColorDialog

import cnnbuilder as cb
from cnnbuilder.app.pictures.painting import GREYS
from cnnbuilder.app.pictures.pixels import Pixels, seen_by
from cnnbuilder.app.window import Window
from cnnbuilder.files.pictures import Picture, prepare, read_picture
from cnnbuilder.files.resources import samples
from cnnbuilder.layers.input import Input


def opened(window: Window, qtbot: Any) -> Any:
    """The easel, shown."""
    window.bar.open_painting()
    qtbot.waitUntil(window.bar.painting.isVisible)
    return window.bar.painting.easel


def middle(easel: Any, row: int, column: int) -> Any:
    """Where a pixel is on the screen."""
    box, (rows, columns) = easel.box, easel.pixels.size
    return QPointF(
        box.left() + (column + 0.5) * box.width() / columns, box.top() + (row + 0.5) * box.height() / rows
    ).toPoint()


@given(
    st.integers(1, 12),
    st.integers(1, 12),
    st.floats(-3, 14),
    st.floats(-3, 14),
    st.floats(1, 9),
    st.sampled_from([1, 3]),
)
def test_a_dab_is_the_disc_and_nothing_else(
    rows: int, columns: int, y: float, x: float, width: float, depth: int
) -> None:
    pixels = Pixels(np.full((rows, columns, depth), 0.25, np.float32))
    pixels.begin()
    value = np.arange(1, depth + 1) / 4 + 0.1
    pixels.dab(y, x, width, value)
    for row in range(rows):
        for column in range(columns):
            inside = (row + 0.5 - y) ** 2 + (column + 0.5 - x) ** 2 <= (width / 2) ** 2
            own = (row, column) == (int(y), int(x)) and y > -1 and x > -1
            expected = value if inside or (own and 0 <= int(y) < rows and 0 <= int(x) < columns) else 0.25
            assert np.allclose(pixels.now[row, column], expected)
    pixels.dab(y, x, width, None)
    assert pixels.painted == 0
    pixels.undo()
    assert np.array_equal(pixels.now, pixels.first)


def test_a_line_leaves_no_gap() -> None:
    pixels = Pixels(np.zeros((30, 30, 1)))
    pixels.begin()
    pixels.line((2.5, 2.5), (20.5, 27.5), 1, np.ones(1))
    painted = np.argwhere(pixels.now[:, :, 0])
    assert {int(row) for row, _ in painted} >= set(range(3, 21)) and {int(c) for _, c in painted} >= set(range(3, 28))
    steps = np.abs(np.diff(painted, axis=0))
    assert len(painted) >= 25 and steps.max() <= 25
    assert pixels.painted == len(painted)


@pytest.mark.parametrize(
    "layer",
    [
        Input(channels=3, height=40, width=30, fit="crop", scale="-1-1", mean=(0.1, 0.2, 0.3)),
        Input(channels=1, height=28, width=28, fit="pad"),
        Input(channels=3, size="picture", scale="0-255"),
    ],
)
def test_what_is_painted_on_is_what_the_network_sees(layer: Input) -> None:
    picture = read_picture(samples() / "pictures" / "chelsea.jpg")
    pixels = Pixels(seen_by(picture, layer))
    again = prepare(pixels.picture("painted"), layer)
    np.testing.assert_allclose(
        again, prepare(picture, layer), rtol=1e-4, atol=2e-4 * (255 if layer.scale == "0-255" else 1)
    )


def test_a_stroke_changes_the_picture_and_the_network_follows(lenet: Window, qtbot: Any) -> None:
    easel, original = opened(lenet, qtbot), lenet.session.shown.picture
    lenet.bar.painting.width_.setValue(1)
    before = lenet._latest
    assert before is not None and original is not None
    lenet.bar.painting._swatches[2].click()
    qtbot.mouseClick(easel, Qt.MouseButton.LeftButton, pos=middle(easel, 24, 3))
    assert easel.pixels.painted == 1 and easel.pixels.now[24, 3, 0] == 1
    qtbot.waitUntil(lambda: lenet._latest is not before and lenet._latest.outputs["image"][0, 24, 3] == 1)
    seen = lenet._latest.outputs["image"][0].copy()
    seen[24, 3] = before.outputs["image"][0, 24, 3]
    np.testing.assert_allclose(seen, before.outputs["image"][0], atol=1e-6)
    assert lenet.session.shown.picture.name.endswith("painted")
    assert "1 of 784 pixels painted" in lenet.bar.painting.told.text()
    qtbot.keyClick(easel, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: lenet.session.shown.picture is original)
    assert lenet.session.shown.undo is None and not lenet.bar.painting.undo.isEnabled()


def test_the_right_button_and_the_tools_put_back(lenet: Window, qtbot: Any) -> None:
    easel = opened(lenet, qtbot)
    lenet.bar.painting.width_.setValue(3)
    qtbot.mouseClick(easel, Qt.MouseButton.LeftButton, pos=middle(easel, 24, 5))
    assert easel.pixels.painted == 9
    qtbot.mouseClick(easel, Qt.MouseButton.RightButton, pos=middle(easel, 24, 5))
    assert easel.pixels.painted == 0
    qtbot.mouseClick(easel, Qt.MouseButton.LeftButton, pos=middle(easel, 24, 5))
    lenet.bar.painting.back.click()
    qtbot.mouseClick(easel, Qt.MouseButton.LeftButton, pos=middle(easel, 24, 4))
    assert 0 < easel.pixels.painted < 9
    lenet.bar.painting.all.click()
    assert easel.pixels.painted == 0
    lenet.bar.painting.undo.click()
    assert easel.pixels.painted > 0


def test_by_keyboard(lenet: Window, qtbot: Any) -> None:
    easel = opened(lenet, qtbot)
    assert lenet.focusWidget() is easel
    lenet.bar.painting.width_.setValue(2)
    qtbot.keyClick(easel, Qt.Key.Key_Minus)
    assert easel.width_ == 1 == lenet.bar.painting.width_.value()
    lenet.bar.painting._set_colour(QColor("#808080"))
    easel.setFocus()
    for key in (Qt.Key.Key_Up, Qt.Key.Key_Left, Qt.Key.Key_Left, Qt.Key.Key_Space):
        qtbot.keyClick(easel, key)
    assert easel.pixels.now[13, 12, 0] == pytest.approx(0x80 / 255, abs=1e-3)
    qtbot.keyClick(easel, Qt.Key.Key_E)
    assert lenet.bar.painting.back.isChecked()
    qtbot.keyClick(easel, Qt.Key.Key_Space)
    assert easel.pixels.painted == 0
    for _ in range(40):
        qtbot.keyClick(easel, Qt.Key.Key_Down)
    assert easel._at == (27.5, 12.5)


def test_colours_are_picked_and_asked_for(open_window: Any, qtbot: Any) -> None:
    window = open_window(samples() / "inception.json", wait=False)
    qtbot.waitUntil(lambda: window.session.shown.picture is not None and not window.tasks._threads)
    window.session.look(picture=read_picture(samples() / "pictures" / "chelsea.jpg"))
    easel, painting = opened(window, qtbot), window.bar.painting
    depth = easel.pixels.channels
    assert [swatch.isVisible() for swatch in painting._swatches] == [
        number < GREYS or depth == 3 for number in range(6)
    ]
    values = easel.pixels.now[2, 3].copy()
    qtbot.mouseClick(easel, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.AltModifier, middle(easel, 2, 3))
    assert easel.pixels.strokes == 0 and easel.value == pytest.approx(tuple(values), abs=0.01)
    painting.more.click()
    (dialog,) = window.findChildren(QColorDialog)
    dialog.colorSelected.emit(QColor("#ff0000"))
    assert easel.value == ((1.0, 0.0, 0.0) if depth == 3 else (0.299,))
    dialog.reject()


def test_another_picture_or_another_size_is_painted_on_anew(lenet: Window, qtbot: Any) -> None:
    easel = opened(lenet, qtbot)
    qtbot.mouseClick(easel, Qt.MouseButton.LeftButton, pos=middle(easel, 24, 5))
    qtbot.waitUntil(lambda: lenet.session.shown.picture is lenet.bar.painting._own)
    assert easel.pixels.painted
    other = Picture(np.full((10, 10, 1), 255, np.uint8), "white")
    lenet.session.look(picture=other)
    assert easel.pixels.painted == 0 and easel.pixels.now.min() == 1
    lenet.session.set_param("image", "height", 14)
    assert easel.pixels.size == (14, 28)


def test_without_a_picture_it_says_what_to_do(lenet: Window, qtbot: Any) -> None:
    lenet.session.look(picture=None)
    easel = opened(lenet, qtbot)
    assert easel.pixels is None and "Open a picture" in lenet.bar.painting.told.text()
    qtbot.mouseClick(easel, Qt.MouseButton.LeftButton, pos=easel.rect().center())
    qtbot.keyClick(easel, Qt.Key.Key_Space)
    assert not easel.grab().toImage().isNull()


def test_it_is_reached_from_what_the_network_sees(lenet: Window, qtbot: Any) -> None:
    lenet.bar.open_preparing()
    qtbot.mouseClick(lenet.bar.preparing.paint, Qt.MouseButton.LeftButton)
    assert lenet.bar.painting.isVisible() and not lenet.bar.preparing.isVisible()
    lenet.bar.open_preparing()
    assert not lenet.bar.painting.isVisible()
    assert lenet.actions_.made["paint"].shortcut().toString() == "Ctrl+Shift+B"
    assert cb.check(lenet.session.design).problems == []
