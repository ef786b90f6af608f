"""The picture bar: what goes in, undo and redo, running live, where the backward pass begins, and what comes out."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QImage, QPixmap
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
)

from cnnbuilder.app import icons, theme
from cnnbuilder.app.runner import Result
from cnnbuilder.app.scores import Scores
from cnnbuilder.app.session import Session, Shown
from cnnbuilder.app.words import seconds_words
from cnnbuilder.design.shape import show

SIDE = 36
MOST_CLASSES = 2000


class PictureBar(QFrame):
    """Follows the session and the runner's results."""

    open_picture = Signal()
    sample_picture = Signal(object)
    """The path of a sample picture."""

    def __init__(self, session: Session, undo: QAction, redo: QAction) -> None:
        super().__init__()
        self._session = session
        self.setObjectName("bar")
        self.setFixedHeight(52)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 12, 0)
        row.setSpacing(8)
        self._thumbnail = QLabel()
        self._thumbnail.setFixedSize(SIDE, SIDE)
        self._thumbnail.setAccessibleName("The picture as the network sees it")
        self._name, self._form = QLabel("No picture"), QLabel("open one, or drop a file")
        self._name.setObjectName("strong")
        self._form.setObjectName("small")
        words = QVBoxLayout()
        words.setSpacing(0)
        words.setContentsMargins(0, 0, 0, 0)
        words.addStretch(1)
        words.addWidget(self._name)
        words.addWidget(self._form)
        words.addStretch(1)
        row.addWidget(self._thumbnail)
        row.addLayout(words)
        row.addSpacing(6)
        self._undo, self._redo = self._button(undo), self._button(redo)
        row.addWidget(self._undo)
        row.addWidget(self._redo)
        row.addWidget(self._picture_button())
        row.addWidget(_separator())
        self.live = QPushButton("Live")
        self.live.setCheckable(True)
        self.live.setChecked(True)
        self.live.setAccessibleName("Live")
        self.live.setToolTip("Run the network after every edit (otherwise Run ▸ Run now, F5)")
        self.live.clicked.connect(lambda checked: session.look(live=checked))
        row.addWidget(self.live)
        self.target = QComboBox()
        self.target.setAccessibleName("Class that the backward pass begins with")
        self.target.setToolTip("The backward pass computes the gradient of −log p of this class")
        self.target.setMaxVisibleItems(20)
        self.target.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.target.activated.connect(lambda number: session.look(target=number - 1 if number else None))
        self._classes: tuple[object, int | None] = (None, None)
        row.addWidget(self.target)
        self._times = QLabel()
        self._times.setObjectName("dim")
        self._times.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        row.addWidget(self._times, 1)
        self._scores = Scores()
        row.addWidget(self._scores)
        session.changed.connect(self._changed)
        theme.keeper().changed.connect(self._recolour)
        self._recolour()
        self._show_classes(None, None)

    def _button(self, action: QAction) -> QToolButton:
        button = QToolButton()
        button.setDefaultAction(action)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        button.setIconSize(QSize(16, 16))
        button.setAccessibleName(action.text().replace("&", ""))
        return button

    def _picture_button(self) -> QToolButton:
        button = QToolButton()
        button.setText("Picture")
        button.setAccessibleName("Picture")
        button.setToolTip("Open a picture, or take one of the samples; a file can also be dropped on the window")
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        menu = QMenu(button)
        menu.aboutToShow.connect(lambda: self._fill(menu))
        button.setMenu(menu)
        self._picture = button
        return button

    def _fill(self, menu: QMenu) -> None:
        """The samples are looked for when the menu is first opened."""
        if menu.actions():
            return
        menu.addAction("Open a picture …").triggered.connect(lambda: self.open_picture.emit())
        menu.addSeparator()
        for path in sample_pictures():
            menu.addAction(path.stem).triggered.connect(lambda _=False, path=path: self.sample_picture.emit(path))

    def _recolour(self) -> None:
        self.live.setIcon(icons.icon("run", theme.now().text, theme.now().on_accent))
        self._picture.setIcon(icons.icon("picture"))

    def _changed(self, old: Shown, new: Shown) -> None:
        self.live.setChecked(new.live)
        if old.picture is not new.picture and new.picture is not None:
            self._name.setText(new.picture.name or "picture")
            self._form.setText(show((new.picture.values.shape[2], *new.picture.size)))

    def _show_classes(self, label: Callable[[int], str] | None, count: int | None) -> None:
        """The classes to choose from."""
        self.target.clear()
        self.target.addItem("Backward from the likeliest class")
        for number in range(min(count or 0, MOST_CLASSES)):
            assert label is not None
            self.target.addItem(f"Backward from class {label(number)}")
        self.target.setEnabled(bool(count))

    def show_result(self, result: Result) -> None:
        """Show what a run gave."""
        design = result.request.design
        count = len(result.scores) if result.scores is not None else None
        if self._classes != (design.labels, count):
            self._classes = (design.labels, count)
            self._show_classes(design.label, count)
        target = result.request.target
        self.target.setCurrentIndex(target + 1 if target is not None and target < (count or 0) else 0)
        if result.target is not None:
            self.target.setItemText(
                0,
                f"Backward from class {design.label(result.target)}"
                if target is None
                else "Backward from the likeliest class",
            )
        self._scores.show_scores(result.scores, design.label)
        times = []
        if result.outputs:
            times.append(f"forward {seconds_words(result.forward_seconds)}")
        if result.backward_seconds is not None:
            times.append(f"backward {seconds_words(result.backward_seconds)}")
        words = " · ".join(times)
        self._times.setText(result.message or words)
        self._times.setToolTip(f"{words}\n{result.message}".strip())
        self._show_input(result)

    def _show_input(self, result: Result) -> None:
        """The picture as the network sees it."""
        inputs = [id for id in result.thumbnails if not result.request.design.graph.wiring.sources.get(id)]
        if not inputs:
            return
        pixels = result.thumbnails[inputs[0]].pixels
        self._thumbnail.setPixmap(small_picture(pixels, SIDE, self.devicePixelRatioF()))
        layer = result.request.design.blocks[inputs[0]].layer
        scale = layer.to_params().get("scale", "") if layer else ""
        range_ = scale.replace("0-1", "0 … 1").replace("-1-1", "−1 … 1").replace("0-255", "0 … 255")
        shape = show(tuple(result.outputs[inputs[0]].shape))
        self._form.setText(f"{shape}, scaled {range_}" if range_ else shape)


def small_picture(pixels: Any, side: int, ratio: float) -> QPixmap:
    """Bytes of grey or colour (C-contiguous) as a pixmap of `side`."""
    rows, columns = pixels.shape[:2]
    form = QImage.Format.Format_RGB888 if pixels.ndim == 3 else QImage.Format.Format_Grayscale8
    image = QImage(pixels.data, columns, rows, pixels.strides[0], form)
    size = round(side * ratio)
    mode = (
        Qt.TransformationMode.SmoothTransformation
        if min(rows, columns) > size
        else Qt.TransformationMode.FastTransformation
    )
    made = QPixmap.fromImage(image).scaled(size, size, Qt.AspectRatioMode.KeepAspectRatio, mode)
    made.setDevicePixelRatio(ratio)
    return made


def sample_pictures() -> list[Path]:
    """The pictures that come with the program, digits first."""
    from cnnbuilder.files.resources import samples

    digits = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
    found = [path for path in (samples() / "pictures").iterdir() if path.suffix in (".png", ".jpg")]
    return sorted(found, key=lambda path: (digits.index(path.stem) if path.stem in digits else len(digits), path.stem))


def _separator() -> QFrame:
    line = QFrame()
    line.setObjectName("separator")
    line.setFixedSize(1, 24)
    return line
