"""Blocks on the system's clipboard."""

import os
import subprocess
import sys

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
