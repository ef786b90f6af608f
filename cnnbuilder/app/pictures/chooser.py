"""The panel of the Picture button: ways to a picture, the samples and the pictures used last, in small."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QImage, QKeyEvent, QPixmap
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from cnnbuilder.app.clipboard import held
from cnnbuilder.app.pictures.images import glance, image_in
from cnnbuilder.app.pictures.source import Pictures, recent, sample_pictures
from cnnbuilder.app.tasks import Tasks

if TYPE_CHECKING:
    from PySide6.QtGui import QShowEvent

THUMBNAIL = 44
COLUMNS = 5
CELL = QSize(82, 70)
WAYS = (
    ("Open a picture …", "Any PNG, JPEG, TIFF, GIF, WebP, BMP or PNM file (Ctrl+P)"),
    ("Browse a folder …", "Step through its pictures with [ and ], or Alt+← and Alt+→"),
    ("Paste", "Take the picture that the clipboard holds (Ctrl+V)"),
)


class Chooser(QFrame):
    """Closes with a click beside it, with Escape, and once something is chosen."""

    toggled = Signal(bool)

    def __init__(self, pictures: Pictures, tasks: Tasks, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("overlay")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName("Choose a picture")
        self._pictures, self._tasks = pictures, tasks
        self._glances: dict[Path, QIcon] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 12)
        column.setSpacing(6)
        acts: tuple[Callable[[], object], ...] = (pictures.choose, pictures.choose_folder, self._paste)
        self.ways: list[QPushButton] = []
        for (words, help), act in zip(WAYS, acts, strict=True):
            button = QPushButton(words)
            button.setToolTip(help)
            button.clicked.connect(lambda _=False, act=act: self._do(act))
            column.addWidget(button)
            self.ways.append(button)
        self.samples, self._samples_head = self._list("Samples"), _heading("Samples")
        self.recent, self._recent_head = self._list("Used last"), _heading("Used last")
        for widget in (self._samples_head, self.samples, self._recent_head, self.recent):
            column.addWidget(widget)

    def _list(self, name: str) -> QListWidget:
        found = QListWidget()
        found.setViewMode(QListWidget.ViewMode.IconMode)
        found.setMovement(QListWidget.Movement.Static)
        found.setResizeMode(QListWidget.ResizeMode.Adjust)
        found.setIconSize(QSize(THUMBNAIL, THUMBNAIL))
        found.setGridSize(CELL)
        found.setFixedWidth(COLUMNS * CELL.width() + 8)
        found.setUniformItemSizes(True)
        found.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        found.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        found.setAccessibleName(name)
        found.itemActivated.connect(self._chosen)
        found.itemClicked.connect(self._chosen)
        return found

    def open_below(self, anchor: QWidget) -> None:
        """Show it below a button."""
        self._fill(self.samples, sample_pictures())
        used = [path for path in recent() if path.parent != sample_pictures()[0].parent]
        self._fill(self.recent, used)
        self.recent.setVisible(bool(used))
        self._recent_head.setVisible(bool(used))
        self.ways[2].setEnabled(_can_paste())
        self.adjustSize()
        self.move(anchor.mapToGlobal(QPoint(0, anchor.height() + 6)))
        self.show()
        self.samples.setFocus()

    def _fill(self, list_: QListWidget, paths: list[Path]) -> None:
        list_.clear()
        for path in paths:
            item = QListWidgetItem(self._glances.get(path, _empty()), path.stem)
            item.setData(Qt.ItemDataRole.UserRole, str(path))
            item.setToolTip(path.name)
            item.setSizeHint(CELL)
            list_.addItem(item)
        list_.setFixedHeight(-(-len(paths) // COLUMNS) * CELL.height() + 6)
        missing = [path for path in paths if path not in self._glances]
        if missing:
            self._tasks.run(
                "",
                lambda: [(path, glance(str(path), THUMBNAIL)) for path in missing],
                lambda found: self._show_glances(list_, found),
                lambda _: None,
            )

    def _show_glances(self, list_: QListWidget, found: list[tuple[Path, QImage]]) -> None:
        for path, image in found:
            if not image.isNull():
                self._glances[path] = _icon(image)
        for number in range(list_.count()):
            icon = self._glances.get(Path(str(list_.item(number).data(Qt.ItemDataRole.UserRole))))
            if icon is not None:
                list_.item(number).setIcon(icon)

    def _chosen(self, item: QListWidgetItem) -> None:
        path = Path(str(item.data(Qt.ItemDataRole.UserRole)))
        sample = item.listWidget() is self.samples
        self._do(lambda: self._pictures.open(path, remember=not sample))

    def _do(self, act: Callable[[], Any]) -> None:
        self.hide()
        act()

    def _paste(self) -> None:
        self._pictures.paste(held())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
        else:
            super().keyPressEvent(event)

    def showEvent(self, event: "QShowEvent") -> None:
        super().showEvent(event)
        self.toggled.emit(True)


def _can_paste() -> bool:
    mime = held()
    return mime is not None and (image_in(mime) is not None or any(url.isLocalFile() for url in mime.urls()))


def _heading(words: str) -> QLabel:
    label = QLabel(words)
    label.setObjectName("heading")
    return label


def _empty() -> QIcon:
    pixmap = QPixmap(THUMBNAIL, THUMBNAIL)
    pixmap.fill(Qt.GlobalColor.transparent)
    return QIcon(pixmap)


def _icon(image: QImage) -> QIcon:
    """The middle of an image as a square, at twice the size for sharp screens."""
    side = min(image.width(), image.height())
    square = image.copy((image.width() - side) // 2, (image.height() - side) // 2, side, side)
    mode = Qt.TransformationMode.SmoothTransformation
    if side <= THUMBNAIL:
        mode = Qt.TransformationMode.FastTransformation
    size = 2 * THUMBNAIL
    pixmap = QPixmap.fromImage(square.scaled(size, size, Qt.AspectRatioMode.IgnoreAspectRatio, mode))
    pixmap.setDevicePixelRatio(2.0)
    return QIcon(pixmap)
