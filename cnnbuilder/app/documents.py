"""Opening and saving: dialogs here, files in a thread. What is open stays as it was when something goes wrong."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QSettings, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from cnnbuilder.app import settings
from cnnbuilder.app.pictures.source import Pictures
from cnnbuilder.app.session import Session, State
from cnnbuilder.app.tasks import Tasks
from cnnbuilder.design.document import Design

DESIGNS = "Designs (*.cnn *.json);;All files (*)"
RECENT = 8
DESIGN_SUFFIXES = (".cnn", ".json")


def read_document(path: Path) -> tuple[Design, Any, Any]:
    """Design, weights (or None) and picture (or None) of a file; raises DesignFileError, InputError."""
    from cnnbuilder.files import load

    return (load(path), *read_attached(path))


def read_attached(path: Path) -> tuple[Any, Any]:
    """The weights and the picture that a file keeps beside its design."""
    from cnnbuilder.engine.weights import Weights
    from cnnbuilder.files import load_picture_bytes, load_weights
    from cnnbuilder.files.pictures import read_picture

    arrays = load_weights(path)
    content = load_picture_bytes(path)
    picture = read_picture(content, path.stem) if content else None
    return Weights.of(arrays) if arrays is not None else None, picture


def default_picture(design: Design) -> Any:
    """A sample picture that suits a design: a digit, or a photograph for one that sees colours."""
    from cnnbuilder.files.pictures import read_picture
    from cnnbuilder.files.resources import samples

    channels = [
        block.params.get("channels")
        for block in design.blocks.values()
        if block.layer_class is not None and block.layer_class.inputs == (0, 0)
    ]
    name = "chelsea.jpg" if channels and channels[0] == 3 else "seven.png"
    return read_picture(samples() / "pictures" / name)


class Documents(QObject):
    """Everything that the File menu does."""

    recent_changed = Signal()
    opened = Signal()
    """Another document is shown."""

    def __init__(self, session: Session, tasks: Tasks, window: QWidget) -> None:
        super().__init__(window)
        self._session, self._tasks, self._window = session, tasks, window
        self.pictures = Pictures(session, tasks, window, self.fail)

    def fail(self, title: str, message: str) -> None:
        """One dialog that says what went wrong; nothing else changes."""
        box = QMessageBox(QMessageBox.Icon.Warning, "cnnbuilder", title, QMessageBox.StandardButton.Ok, self._window)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setInformativeText(message)
        box.setObjectName("failure")
        box.open()

    # Opening

    def new(self) -> None:
        """An empty design with a picture block."""
        from cnnbuilder.design import edits
        from cnnbuilder.design.layer import kinds

        source = next(kind for kind, layer in kinds().items() if layer.inputs == (0, 0))
        graph = edits.add(Design().graph, source)[0]
        self._session.open(Design(graph, direction=settings.get("direction")))
        self.opened.emit()

    def choose(self) -> None:
        """Ask for a design and open it."""
        path, _ = QFileDialog.getOpenFileName(self._window, "Open a design", self._folder(), DESIGNS)
        if path:
            self.open(Path(path))

    def open(self, path: Path, as_sample: bool = False) -> None:
        """Open a design, or show it if it is open; `as_sample`: without its path, so that saving asks for one."""
        already = None if as_sample else self._tab_of(path)
        if already is not None:
            self._session.show_document(already)
            return
        self._tasks.run(
            f"Opening {path.name} …",
            lambda: (*read_document(path), self._suiting(path)),
            lambda found: self._show(path, as_sample, *found),
            lambda words: self.fail(f"{path.name} cannot be opened", words),
        )

    def _tab_of(self, path: Path) -> int | None:
        """The open document that is kept in this file."""
        wanted = path.resolve()
        tabs = self._session.shown.tabs
        return next((tab.key for tab in tabs if tab.path is not None and tab.path.resolve() == wanted), None)

    def _suiting(self, path: Path) -> Any:
        """A picture for a design that is opened while there is none that suits it."""
        from cnnbuilder.files import load

        design = load(path)
        suiting = default_picture(design)
        held = self._session.shown.picture
        same_depth = held is not None and (held.values.shape[2] >= 3) == (suiting.values.shape[2] >= 3)
        return None if same_depth else suiting

    def _show(self, path: Path, as_sample: bool, design: Design, weights: Any, picture: Any, suiting: Any) -> None:
        self._session.open(design, weights, None if as_sample else path, picture or suiting)
        if not as_sample:
            self.remember(path)
        self.opened.emit()

    def attach(self, path: Path) -> None:
        """Read weights and picture of a design that is shown already."""
        design, key = self._session.design, self._session.shown.key

        def read() -> tuple[Any, Any]:
            weights, picture = read_attached(path)
            return weights, picture or default_picture(design)

        self._tasks.run(
            "",
            read,
            lambda found: self._session.complete(key, *found),
            lambda words: self.fail(f"The weights of {path.name} cannot be read", words),
        )

    def drop(self, path: Path) -> None:
        """A file was dropped: a design is opened, anything else is taken as the picture."""
        if path.suffix.lower() in DESIGN_SUFFIXES:
            self.open(path)
        else:
            self.pictures.open(path)

    # Saving

    def save(self, then: Callable[[], None] = lambda: None) -> None:
        """Save under the name it has; ask for one if it has none."""
        path = self._session.shown.path
        if path is None or path.suffix.lower() not in DESIGN_SUFFIXES:
            self.save_as(then)
        else:
            self._write(path, then)

    def save_as(self, then: Callable[[], None] = lambda: None) -> None:
        """Ask for a name and save."""
        shown = self._session.shown
        name = shown.path.name if shown.path else f"{shown.design.name or 'design'}.cnn"
        path, _ = QFileDialog.getSaveFileName(
            self._window,
            "Save the design",
            str(Path(self._folder()) / name),
            "Design with weights (*.cnn);;Design alone (*.json)",
        )
        if path:
            chosen = Path(path)
            self._write(
                chosen if chosen.suffix.lower() in DESIGN_SUFFIXES else chosen.with_name(chosen.name + ".cnn"), then
            )

    def _write(self, path: Path, then: Callable[[], None]) -> None:
        shown = self._session.shown
        state: State = shown.state
        whole = path.suffix.lower() == ".cnn"
        weights = shown.fitting_weights() if whole else None
        picture = shown.picture if whole else None

        def write() -> None:
            from cnnbuilder.files import save
            from cnnbuilder.files.pictures import encode_png

            content = encode_png(picture.values) if picture is not None and picture.values.dtype.kind == "u" else None
            save(state.design, path, weights or None, content)

        def done(_: object) -> None:
            self._session.saved(path, state)
            self.remember(path)
            then()

        self._tasks.run(
            f"Saving {path.name} …",
            write,
            done,
            lambda words: self.fail(f"{path.name} could not be saved", words),
            lasting=True,
        )

    # Closing

    def close(self, key: int | None = None) -> None:
        """Close a document (the one on top, if none is named), once its changes are saved or given up."""
        key = self._session.shown.key if key is None else key
        self._when_safe(key, lambda: self._session.close_document(key))

    def leave(self, then: Callable[[], None]) -> None:
        """Go on to the end of the program once nothing would be lost."""
        self._leave_each([tab.key for tab in self._session.shown.tabs], then)

    def _leave_each(self, keys: list[int], then: Callable[[], None]) -> None:
        if keys:
            self._when_safe(keys[0], lambda: self._leave_each(keys[1:], then))
        else:
            then()

    def _when_safe(self, key: int, then: Callable[[], None]) -> None:
        """Go on once the changes of a document are saved or given up."""
        if not any(tab.changed for tab in self._session.shown.tabs if tab.key == key):
            then()
            return
        self._session.show_document(key)
        box = QMessageBox(
            QMessageBox.Icon.Question,
            "cnnbuilder",
            f"Save the changes to {self._session.shown.title}?",
            QMessageBox.StandardButton.Save | QMessageBox.StandardButton.Discard | QMessageBox.StandardButton.Cancel,
            self._window,
        )
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setInformativeText("Without saving, they are lost.")
        box.setDefaultButton(QMessageBox.StandardButton.Save)
        box.setObjectName("unsaved")

        def answered(_: int) -> None:
            chosen = box.standardButton(box.clickedButton())
            if chosen == QMessageBox.StandardButton.Save:
                self.save(then)
            elif chosen == QMessageBox.StandardButton.Discard:
                then()

        box.finished.connect(answered)
        box.open()

    # What is remembered

    def remember_open(self) -> None:
        """Keep which files are open, for a start that opens them again."""
        QSettings().setValue("open", [str(tab.path) for tab in self._session.shown.tabs if tab.path])

    @staticmethod
    def last_open() -> list[Path]:
        """The files that were open when the program was left, as far as they are still there."""
        found: Any = QSettings().value("open", [])
        names = [found] if isinstance(found, str) else found or []
        return [path for name in names if (path := Path(str(name))).is_file()]

    def _folder(self, what: str = "designs") -> str:
        return str(QSettings().value(f"folder/{what}", str(Path.home())))

    def remember(self, path: Path) -> None:
        """Put a file first in the list of recent ones."""
        recent = [str(path.resolve()), *(name for name in self.recent() if Path(name) != path.resolve())]
        QSettings().setValue("recent", recent[:RECENT])
        QSettings().setValue("folder/designs", str(path.resolve().parent))
        self.recent_changed.emit()

    @staticmethod
    def recent() -> list[str]:
        """The files opened or saved last, the latest first."""
        found: Any = QSettings().value("recent", [])
        return [found] if isinstance(found, str) else [str(name) for name in found or []]
