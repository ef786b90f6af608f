"""Blocks on the system's clipboard."""

import os
import subprocess
import sys
from typing import Any

import pytest

from cnnbuilder.app import clipboard
from cnnbuilder.app.window import Window

PROGRAM = """
from PySide6.QtWidgets import QApplication
app = QApplication([])
from cnnbuilder.app.clipboard import Clipboard
from cnnbuilder.app.session import Session
from cnnbuilder.design.document import Design
design = {"format": "cnnbuilder", "version": 1, "blocks": [{"id": "a", "kind": "input"}]}
session = Session(Design.from_dict(design))
session.select(("a",))
said = []
clipboard = Clipboard(session, said.append, lambda: None, lambda data: False)
clipboard.copy()
clipboard.paste()
assert len(session.design.blocks) == 2, session.design.blocks
assert not said, said
"""


def test_a_program_that_copied_blocks_ends_well() -> None:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    call = [sys.executable, "-c", PROGRAM]
    ended = subprocess.run(call, env=environment, capture_output=True, text=True, timeout=120)
    assert ended.returncode == 0, ended.stderr


def test_a_clipboard_that_gives_nothing_is_empty(lenet: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    """Qt gives None where the program that held the data is gone."""

    class Gone:
        def mimeData(self) -> None:
            return None

    class Application:
        @staticmethod
        def clipboard() -> Any:
            return Gone()

    monkeypatch.setattr(clipboard, "QGuiApplication", Application)
    before = lenet.session.design
    for name in ("paste", "paste-picture"):
        lenet.actions_.made[name].trigger()
    assert lenet.session.design is before
    assert "no design" in lenet.statusBar().currentMessage()
