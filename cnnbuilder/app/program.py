"""Starting the program: the application, the first document, and what happens to an error that nobody expected."""

import sys
import traceback
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication, QMessageBox

from cnnbuilder.app import preferred, settings
from cnnbuilder.app.documents import Documents
from cnnbuilder.app.session import Session
from cnnbuilder.app.window import Window
from cnnbuilder.design.document import Design
from cnnbuilder.design.errors import Error
from cnnbuilder.files import load
from cnnbuilder.files.resources import resource

NAME = "cnnbuilder"
"""What the desktop calls the program, also where Python runs it as a module."""


def application() -> QApplication:
    """The one application object, in the program's look."""
    held = QApplication.instance()
    app = held if isinstance(held, QApplication) else QApplication([NAME])
    QCoreApplication.setOrganizationName(NAME)
    QCoreApplication.setApplicationName(NAME)
    app.setApplicationDisplayName(NAME)
    app.setDesktopFileName(NAME)
    app.setStyle("Fusion")
    app.setWindowIcon(QIcon(str(resource("cnnbuilder.svg"))))
    preferred.begin()
    return app


def open_window(path: str | None = None) -> Window:
    """A window on a file, not yet shown. If it cannot be read: on the welcome design, and a dialog says why."""
    message = ""
    others = Documents.last_open() if path is None and settings.get("reopen") else []
    if others:
        path, *rest = map(str, others)
        others = [Path(name) for name in rest]
    place = Path(path) if path else resource("welcome.cnn")
    try:
        design = load(place)
    except Error as error:
        message, place = str(error), resource("welcome.cnn")
        design = load(place)
    session = Session(Design())
    session.open(design, path=Path(path) if path and not message else None)
    session.look(live=bool(settings.get("live")))
    window = Window(session)
    window.painted.connect(lambda: window.documents.attach(place))
    for other in others:
        window.painted.connect(lambda other=other: window.documents.open(other))
    if path and not message:
        window.documents.remember(Path(path))
    if message:
        window.painted.connect(lambda: window.documents.fail(f"{Path(str(path)).name} cannot be opened", message))
    return window


class Hook:
    """Shows the first unexpected error in a dialog; the document stays, and can be saved."""

    def __init__(self, window: Window) -> None:
        self._window = window
        self._shown = False

    def __call__(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """As sys.excepthook."""
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        text = "".join(traceback.format_exception(kind, error, trace))
        sys.stderr.write(text)
        if self._shown:
            return
        self._shown = True
        box = QMessageBox(
            QMessageBox.Icon.Critical,
            "cnnbuilder",
            "Something went wrong inside the program.",
            QMessageBox.StandardButton.Ok,
            self._window,
        )
        box.setInformativeText("Your design is still here; save it to be safe. The details help to mend the fault.")
        box.setDetailedText(text)
        box.finished.connect(self._again)
        box.open()

    def _again(self) -> None:
        self._shown = False


def run(path: str | None) -> int:
    """Everything from the start to the end of the program."""
    app = application()
    window = open_window(path)
    sys.excepthook = Hook(window)
    window.show()
    return app.exec()
