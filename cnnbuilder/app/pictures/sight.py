"""The picture in small at the left of the bar, with its name; the arrow keys step through its folder."""

from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetricsF, QIcon, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from cnnbuilder.app import theme
from cnnbuilder.app.pictures.images import fitted, image_from
from cnnbuilder.app.pictures.preparing import picture_blocks
from cnnbuilder.app.pictures.source import Pictures
from cnnbuilder.app.runner import Result
from cnnbuilder.app.session import Session, Shown
from cnnbuilder.app.words import literal
from cnnbuilder.design.shape import grouped, show

SIDE = 36
WIDE, NARROW = 176, 84
HELP = "What the network sees, and how the picture is prepared; ← and → step through the folder"
RANGES = {"0-1": "0 … 1", "-1-1": "−1 … 1", "0-255": "0 … 255"}


class Thumb(QToolButton):
    """The picture as the network sees it."""

    def __init__(self, pictures: Pictures) -> None:
        super().__init__()
        self._pictures = pictures
        self.setObjectName("flat")
        self.setFixedSize(SIDE + 8, SIDE + 8)
        self.setIconSize(QSize(SIDE, SIDE))
        self.setAccessibleName("The picture as the network sees it")
        self.setToolTip(HELP)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        by = {Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1}.get(
            Qt.Key(event.key()), 0
        )
        if by:
            self._pictures.step(by)
        else:
            super().keyPressEvent(event)


class Sight(QWidget):
    """Thumbnail, name, and a line about it."""

    def __init__(self, session: Session, pictures: Pictures) -> None:
        super().__init__()
        self._session, self._pictures = session, pictures
        self.thumb = Thumb(pictures)
        self.name, self.form = QLabel(), QLabel()
        self.name.setObjectName("strong")
        self.form.setObjectName("small")
        self._note = ""
        self._shape = ""
        self._width = WIDE
        words = QVBoxLayout()
        words.setSpacing(0)
        words.setContentsMargins(0, 0, 0, 0)
        for part in (self.name, self.form):
            part.setTextFormat(Qt.TextFormat.PlainText)
            part.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        words.addStretch(1)
        words.addWidget(self.name)
        words.addWidget(self.form)
        words.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.thumb)
        row.addLayout(words)
        session.changed.connect(self._changed)
        pictures.moved.connect(self._move)
        pictures.said.connect(self.say)
        self._tell()

    def shorten(self, short: bool) -> None:
        """Take less room."""
        width = NARROW if short else WIDE
        if width != self._width:
            self._width = width
            self._tell()

    def say(self, words: str) -> None:
        """One line, until the picture changes."""
        self._note = words
        self._tell()

    def _changed(self, old: Shown, new: Shown) -> None:
        if old.picture is not new.picture:
            self._move()

    def _move(self) -> None:
        self._note = ""
        picture = self._session.shown.picture
        if picture is not None and not self._shape:
            self._shape = show((picture.values.shape[2], *picture.size))
        self._tell()

    def _tell(self) -> None:
        picture, place = self._session.shown.picture, self._pictures.place
        name = (picture.name or "picture") if picture is not None else "No picture"
        about = self._shape if picture is not None else "open one, or drop a file"
        parts = [f"{place[0]} of {grouped(place[1])}"] if place is not None and place[1] > 1 else []
        parts.append(self._note or about)
        line = " · ".join(part for part in parts if part)
        for label, words, font in ((self.name, name, theme.font(13, 600)), (self.form, line, theme.font(12))):
            metrics = QFontMetricsF(font)
            label.setText(metrics.elidedText(words, Qt.TextElideMode.ElideRight, self._width))
            label.setFixedWidth(min(self._width, round(metrics.horizontalAdvance(words)) + 4))
        self.name.setToolTip(literal(name))
        self.form.setToolTip(literal(line))
        self.thumb.setAccessibleDescription(f"{name}, {line}")
        self.updateGeometry()

    def show_result(self, result: Result) -> None:
        """Show the picture as the network saw it."""
        design = result.request.design
        id = next((id for id in picture_blocks(design) if id in result.thumbnails), None)
        if id is None:
            return
        pixels: Any = result.thumbnails[id].pixels
        pixmap = fitted(image_from(pixels), SIDE, self.devicePixelRatioF())
        icon = QIcon(pixmap)
        self.thumb.setIcon(icon)
        layer = design.blocks[id].layer
        scale = RANGES.get(layer.to_params().get("scale", ""), "") if layer else ""
        shape = show(tuple(result.outputs[id].shape))
        self._shape = f"{shape}, {scale}" if scale else shape
        self._tell()
