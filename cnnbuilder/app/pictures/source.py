"""Where the picture comes from: files, folders that are browsed, samples, the clipboard, the pad."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QMimeData, QObject, QSettings, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from cnnbuilder.app.pictures.folder import SUFFIXES, Folder, is_picture
from cnnbuilder.app.pictures.images import image_in, picture_of
from cnnbuilder.app.session import Session
from cnnbuilder.app.tasks import Tasks
from cnnbuilder.design.errors import Error

if TYPE_CHECKING:
    from cnnbuilder.files.pictures import Picture

FILTER = f"Pictures ({' '.join('*' + suffix for suffix in SUFFIXES)});;All files (*)"
RECENT = 6
DESIGNS = (".cnn", ".json", ".onnx")


class Pictures(QObject):
    """Loads pictures into the session. Files are read off the window's thread; the last one asked for wins."""

    moved = Signal()
    """Another picture, or another place in the folder."""
    said = Signal(str)
    """One line: what could not be read and was skipped."""

    def __init__(self, session: Session, tasks: Tasks, window: QWidget, fail: Callable[[str, str], None]) -> None:
        super().__init__(window)
        self._session, self._tasks, self._window, self._fail = session, tasks, window, fail
        self._folder: Folder | None = None
        self._path: Path | None = None
        """The file that is shown, or will be."""
        self._reading = False
        self._shown: Any = None
        self._bad: set[Path] = set()

    @property
    def place(self) -> tuple[int, int] | None:
        """Which picture of how many in the folder is shown, counted from 1."""
        number = self._folder.place(self._path) if self._folder and self.is_from_file else None
        return (number + 1, len(self._folder)) if number is not None and self._folder else None

    @property
    def is_from_file(self) -> bool:
        """Whether the picture that is shown is the one opened here last."""
        return self._shown is not None and self._session.shown.picture is self._shown

    @property
    def path(self) -> Path | None:
        """The file that is shown."""
        return self._path if self.is_from_file else None

    # Asked for by a person

    def choose(self) -> None:
        """Ask for a picture and load it."""
        path, _ = QFileDialog.getOpenFileName(self._window, "Open a picture", remembered_folder(), FILTER)
        if path:
            self.open(Path(path))

    def choose_folder(self) -> None:
        """Ask for a folder and show its first picture."""
        path = QFileDialog.getExistingDirectory(self._window, "Browse a folder of pictures", remembered_folder())
        if path:
            self.open_folder(Path(path))

    def open(self, path: Path, remember: bool = True) -> None:
        """Load a picture; its folder can then be browsed."""
        if path.is_dir():
            self.open_folder(path)
            return
        path = path.absolute()
        if remember:
            _remember(path)
        self._bad.clear()
        self._begin(path, by=0)
        if self._folder is None or self._folder.path != path.parent:
            self._list(path.parent, lambda folder: None)

    def open_folder(self, path: Path) -> None:
        """List a folder and show its first picture."""
        path = path.absolute()
        QSettings().setValue("folder/pictures", str(path))

        def begin(folder: Folder) -> None:
            self._bad.clear()
            if len(folder):
                self._begin(folder.path / folder.names[0], by=1)
            else:
                self.said.emit(f"There is no picture in {path.name}.")

        self._list(path, begin)

    def step(self, by: int) -> None:
        """Show the next picture of the folder, or the one before; round at its ends."""
        folder = self._folder
        if folder is None or not len(folder):
            self.said.emit("Open a folder of pictures to step through it.")
            return
        at = folder.place(self._path)
        start = (-1 if by > 0 else 0) if at is None else at
        for count in range(1, len(folder) + 1):
            path = folder.path / folder.names[(start + by * count) % len(folder)]
            if path not in self._bad:
                self._begin(path, by)
                return
        self.said.emit(f"No picture in {folder.path.name} can be read.")

    @staticmethod
    def accepts(mime: QMimeData) -> bool:
        """Whether `paste` would take what is dragged."""
        files = [Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()]
        if files:
            return files[0].suffix.lower() not in DESIGNS
        return mime.hasImage()

    def paste(self, mime: QMimeData, name: str = "pasted") -> bool:
        """Take the image or the picture file that a clipboard (or something dropped) holds; whether there was one."""
        files = [Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()]
        if files:
            if self.accepts(mime):
                self.open(files[0])
            return self.accepts(mime)
        image = image_in(mime)
        if image is None:
            return False
        try:
            self.take(picture_of(image, name))
        except Error as error:
            self._fail("The image cannot be used", str(error))
        return True

    def take(self, picture: "Picture") -> None:
        """Show a picture that is no file."""
        self._path = None
        self._session.look(picture=picture)
        self.moved.emit()

    # Reading

    def _list(self, path: Path, then: Callable[[Folder], None]) -> None:
        def listed(folder: Folder) -> None:
            self._folder = folder
            then(folder)
            self.moved.emit()

        self._tasks.run("", lambda: Folder.of(path), listed, lambda words: self.said.emit(f"{path.name}: {words}"))

    def _begin(self, path: Path, by: int) -> None:
        """Read a file; one at a time, and then the one wanted by then. `by`: where to go on if it cannot be read."""
        self._path, self._by = path, by
        if not self._reading:
            self._reading = True
            self._read(path)

    def _read(self, path: Path) -> None:
        def read() -> Any:
            from cnnbuilder.files.pictures import read_picture

            return read_picture(path)

        self._tasks.run(
            f"Opening {path.name} …" if not self._by else "",
            read,
            lambda picture: self._done(path, picture),
            lambda words: self._failed(path, words),
        )

    def _go_on(self, path: Path) -> bool:
        """Read what is wanted by now, if that is another file."""
        self._reading = self._path is not None and self._path != path
        if self._reading and self._path is not None:
            self._read(self._path)
        return self._reading

    def _done(self, path: Path, picture: Any) -> None:
        self._go_on(path)
        if self._path is not None:  # else another picture was taken meanwhile
            self._shown = picture
            self._session.look(picture=picture)
            self.moved.emit()

    def _failed(self, path: Path, words: str) -> None:
        self._bad.add(path)
        if self._go_on(path) or self._path is None:
            return
        if not self._by:
            self._fail(f"{path.name} cannot be opened", words)
            return
        self.step(self._by)
        self.said.emit(f"{path.name} skipped: it cannot be read")


def remembered_folder() -> str:
    """Where pictures were opened last."""
    return str(QSettings().value("folder/pictures", str(Path.home())))


def recent() -> list[Path]:
    """The pictures opened last that are still there, the latest first."""
    found: Any = QSettings().value("pictures/recent", [])
    names = [found] if isinstance(found, str) else [str(name) for name in found or []]
    return [path for path in map(Path, names) if path.exists()]


def _remember(path: Path) -> None:
    names = [str(path), *(str(other) for other in recent() if other != path)]
    QSettings().setValue("pictures/recent", names[:RECENT])
    QSettings().setValue("folder/pictures", str(path.parent))


def sample_pictures() -> list[Path]:
    """The pictures that come with the program, digits first."""
    from cnnbuilder.files.resources import samples

    digits = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
    found = [path for path in (samples() / "pictures").iterdir() if is_picture(path.name)]
    return sorted(found, key=lambda path: (digits.index(path.stem) if path.stem in digits else len(digits), path.stem))
