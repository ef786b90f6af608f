"""Every kind in the real window: added, joined, edited field by field, run forward and backward, saved, taken back."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit

from cnnbuilder.app.window import Window
from cnnbuilder.design.layer import kinds
from cnnbuilder.files import load
from tests.app.test_palette import entries
from tests.app.test_window import ran

Open = Callable[..., Window]

NETWORK = [
    {"id": "image", "kind": "input", "params": {"channels": 3, "height": 12, "width": 12}},
    {"id": "conv", "kind": "conv", "params": {"filters": 4, "padding": "same"}},
    {"id": "flat", "kind": "flatten"},
    {"id": "dense", "kind": "dense", "params": {"units": 5}},
    {"id": "softmax", "kind": "softmax"},
]


@pytest.mark.parametrize("kind", [kind for kind, layer in kinds().items() if layer.inputs != (0, 0)])
def test_it_is_added_edited_run_saved_and_taken_back(open_window: Open, qtbot: Any, tmp_path: Path, kind: str) -> None:
    path = tmp_path / "design.json"
    path.write_text(json.dumps({"format": "cnnbuilder", "version": 1, "blocks": NETWORK}))
    window = open_window(path)
    session, first = window.session, window.session.design
    session.select(("conv",))
    item = entries(window.palette_)[kind]
    item.treeWidget().itemActivated.emit(item, 0)
    (added,) = set(session.design.blocks) - set(first.blocks)
    assert session.design.blocks[added].kind == kind
    if kinds()[kind].inputs[0] == 2:
        session.join("conv", added)
    if session.shown.report.problems:
        session.edit("Mend", session.shown.report.problems[0].fixes[0].apply)
    assert session.shown.report.problems == [], "appended behind a convolution it fits, or its first fix mends it"

    # What a field shows can be typed into it again, and means the same.
    session.select((added,))
    before = session.design.blocks[added].layer
    for line in window.inspector.findChildren(QLineEdit):
        if line.isVisible() and line.objectName().startswith("field-"):
            text = line.text()
            line.setFocus()
            line.selectAll()
            qtbot.keyClicks(line, text)
            qtbot.keyClick(line, Qt.Key.Key_Return)
            assert session.design.blocks[added].layer == before, line.objectName()

    qtbot.waitUntil(lambda: ran(window) and added in window._latest.output_gradients, timeout=30_000)
    assert window._latest.outputs[added].shape == session.shown.report.shapes[added]
    names = {name.partition(".")[0] for name in window._latest.weight_gradients}
    assert (added in names) == bool(session.shown.report.parameters[added])

    window.documents.save()
    qtbot.waitUntil(lambda: not session.shown.changed)
    assert load(path).blocks[added].layer == before
    while session.shown.undo is not None:
        session.undo()
    assert session.design is first
