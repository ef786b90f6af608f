"""Kernels changed by hand: what is typed is what the network computes with, and undo takes it back."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt

from cnnbuilder.app.views.kernel_editing import EditableKernels
from cnnbuilder.app.views.presets import PRESETS, preset
from cnnbuilder.app.window import Window

sides = st.integers(1, 9)


@pytest.fixture
def view(lenet: Window, qtbot: Any) -> EditableKernels:
    lenet.session.select(("conv1",))
    lenet.docks.show_view("kernels")
    found = lenet.maps[1]
    assert isinstance(found, EditableKernels)
    qtbot.waitUntil(lambda: found.grid.sight.layout.count == 6)
    lenet.activateWindow()
    found.grid.setFocus()
    return found


def weight(window: Window) -> Any:
    return window._latest.weights["conv1.weight"]  # type: ignore[union-attr]


def test_a_number_is_typed_over_a_weight(view: EditableKernels, lenet: Window, qtbot: Any) -> None:
    before, out = weight(lenet).copy(), lenet._latest.outputs["conv1"].copy()  # type: ignore[union-attr]
    view.grid.choose((2, 1, 3))
    qtbot.keyClick(view.grid, Qt.Key.Key_2)
    assert view.field.isVisible()
    qtbot.keyClicks(view.field, ".5")
    qtbot.keyClick(view.field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: float(weight(lenet)[2, 0, 1, 3]) == 2.5)
    changed = np.argwhere(weight(lenet) != before)
    assert changed.tolist() == [[2, 0, 1, 3]]
    after = lenet._latest.outputs["conv1"]  # type: ignore[union-attr]
    assert not np.array_equal(after[2], out[2]) and np.array_equal(after[0], out[0])
    assert lenet.session.shown.undo == "conv1.weight [2, 0, 1, 3]"
    lenet.session.undo()
    qtbot.waitUntil(lambda: np.array_equal(weight(lenet), before))


def test_what_is_no_number_is_refused_and_escape_keeps_the_weight(
    view: EditableKernels, lenet: Window, qtbot: Any
) -> None:
    step = lenet.session.step
    view.grid.choose((0, 0, 0))
    qtbot.keyClick(view.grid, Qt.Key.Key_F2)
    view.field.setText("two")
    qtbot.keyClick(view.field, Qt.Key.Key_Return)
    assert view.field.isVisible() and view.field.property("fault")
    qtbot.keyClick(view.field, Qt.Key.Key_Escape)
    assert not view.field.isVisible() and lenet.session.step == step


def test_a_kernel_becomes_one_that_has_a_name(view: EditableKernels, lenet: Window, qtbot: Any) -> None:
    before = weight(lenet).copy()
    view.set_kernel((3, 0, 0), "Identity")
    qtbot.waitUntil(lambda: not np.array_equal(weight(lenet), before))
    now = weight(lenet)
    assert now[3, 0, 2, 2] == 1 and now[3].sum() == 1
    np.testing.assert_array_equal(np.delete(now, 3, 0), np.delete(before, 3, 0))
    bias = lenet._latest.weights["conv1.bias"][3]  # type: ignore[union-attr]
    outputs = lenet._latest.outputs  # type: ignore[union-attr]
    np.testing.assert_allclose(outputs["conv1"][3], outputs["image"][0] + bias, atol=1e-6)


@given(sides, sides, st.sampled_from(sorted(PRESETS)))
def test_named_kernels_do_what_they_say(rows: int, columns: int, name: str) -> None:
    made = preset(name, rows, columns)
    assert made.shape == (rows, columns) and np.isfinite(made).all()
    total = float(made.sum())
    if name in ("Identity", "Mean", "Blur"):
        assert total == pytest.approx(1, abs=1e-5)
    elif name in ("Edges that stand", "Edges that lie", "Zeros"):
        assert total == pytest.approx(0, abs=1e-5)
    # On an even map an outline is nothing, and a sharper map is the map.
    elif rows * columns > 1:
        assert total == pytest.approx(0 if name == "Outlines" else 1, abs=1e-5)


def test_edges_are_found_along_their_direction() -> None:
    stands, lies = preset("Edges that stand", 3, 3), preset("Edges that lie", 3, 3)
    step = np.array([[0, 0, 1]] * 3)
    assert (stands * step).sum() == pytest.approx(1) and (lies * step).sum() == pytest.approx(0, abs=1e-6)
    assert np.array_equal(lies, stands.T)
