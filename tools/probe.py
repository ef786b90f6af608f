"""The real program with an ear: each line of standard input is a Python expression over `window`, answered as JSON.

Only looks: real input comes from xdotool. Used by the end-to-end test and by screenshots.py.
"""

import json
import os
import sys
import threading
from pathlib import Path

from PySide6.QtCore import QObject, QPoint, Qt, Signal
from PySide6.QtGui import QRegion
from PySide6.QtWidgets import QApplication, QWidget

from cnnbuilder.app import program, theme


class Ear(QObject):
    """Takes questions from a thread that reads, and answers them on the window's thread."""

    asked = Signal(str)


def centre(widget: QWidget) -> list[int]:
    """Where a widget is on the screen."""
    at = widget.mapToGlobal(QPoint(widget.width() // 2, widget.height() // 2))
    return [at.x(), at.y()]


def main() -> int:
    """Start the program on the file given, and listen."""
    app = program.application()
    window = program.open_window(sys.argv[1] if len(sys.argv) > 1 else None)
    sys.excepthook = program.Hook(window)
    ear = Ear()
    names = {
        "window": window,
        "centre": centre,
        "app": QApplication.instance(),
        "QPoint": QPoint,
        "Vertical": Qt.Orientation.Vertical,
        "QRegion": QRegion,
        "theme": theme,
        "QWidget": QWidget,
        "os": os,
        "samples": Path(__file__).resolve().parent.parent / "samples",
    }

    def answer(question: str) -> None:
        try:
            found = eval(question, dict(names))
        except Exception as error:
            found = {"error": repr(error)}
        print(json.dumps(found, default=str), flush=True)

    ear.asked.connect(answer)

    def listen() -> None:
        for line in sys.stdin:
            ear.asked.emit(line.strip())

    threading.Thread(target=listen, daemon=True).start()
    screen = app.primaryScreen().geometry()
    window.setGeometry(screen)
    window.show()
    return app.exec()


if __name__ == "__main__":
    sys.exit(main())
