"""Paint on the picture: what the network sees, pixel by pixel, and the network runs while the brush moves."""

from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSignalBlocker, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QColorDialog, QGridLayout, QHBoxLayout, QLabel, QPushButton, QSlider, QVBoxLayout, QWidget

from cnnbuilder.app import theme
from cnnbuilder.app.pictures.easel import WORDS, Easel
from cnnbuilder.app.pictures.overlay import Overlay
from cnnbuilder.app.pictures.preparing import picture_blocks
from cnnbuilder.app.session import Session, Shown
from cnnbuilder.design.errors import Error

if TYPE_CHECKING:
    from cnnbuilder.app.pictures.source import Pictures

EVERY = 16
"""Milliseconds between the pictures that a moving brush makes."""
TOOLS = 132
SWATCHES = {
    "Black": "#000000",
    "Grey": "#808080",
    "White": "#ffffff",
    "Red": "#ff0000",
    "Green": "#00c000",
    "Blue": "#0000ff",
}
GREYS = 3
"""The first of the swatches, which a grey picture has too."""


class Painting(Overlay):
    """The easel with its tools. A picture that comes from elsewhere is painted on anew."""

    def __init__(self, session: Session, pictures: "Pictures") -> None:
        super().__init__("Paint on the picture")
        self._session, self._pictures = session, pictures
        self._original: Any = None
        """The picture that is painted over."""
        self._own: Any = None
        """The picture that was made here last."""
        self._of: object = None
        self.easel = Easel()
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(EVERY)
        self._soon.timeout.connect(self._give)
        self.easel.painted.connect(self._later)
        self.easel.picked.connect(self._take_colour)
        row = QHBoxLayout()
        row.setSpacing(14)
        row.addWidget(self.easel, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(self._tools())
        self.column.addLayout(row)
        hint = QLabel(WORDS)
        hint.setObjectName("small")
        hint.setWordWrap(True)
        hint.setFixedWidth(self.easel.width() + 14 + TOOLS)
        self.column.addWidget(hint)
        session.changed.connect(self._changed)
        self.toggled.connect(lambda shown: self._begin(session.shown) if shown else None)
        self._set_colour(QColor("#ffffff"))

    def first(self) -> QWidget:
        return self.easel

    def _tools(self) -> QVBoxLayout:
        tools = QVBoxLayout()
        tools.setSpacing(6)
        self._swatches: list[QPushButton] = []
        grid = QGridLayout()
        grid.setSpacing(6)
        for number, (name, colour) in enumerate(SWATCHES.items()):
            swatch = QPushButton()
            swatch.setFixedSize(40, 26)
            swatch.setIcon(_square(QColor(colour)))
            swatch.setIconSize(QSize(28, 14))
            swatch.setAccessibleName(f"Paint {name.lower()}")
            swatch.setToolTip(name)
            swatch.clicked.connect(partial(self._choose_swatch, colour))
            grid.addWidget(swatch, number // GREYS, number % GREYS)
            self._swatches.append(swatch)
        self.more = self._button(
            "Colour …", "Any colour or grey; Alt+click picks one from the picture", self._ask
        )
        self.width_ = QSlider(Qt.Orientation.Horizontal)
        self.width_.setAccessibleName("Brush width")
        self.width_.setToolTip("How many pixels wide the brush is (+ and −)")
        self.width_.valueChanged.connect(self.easel.set_width)
        self.easel.width_changed.connect(self.width_.setValue)
        self.back = self._button("Put back", "Put the picture back with the left button too (E)", None)
        self.back.setCheckable(True)
        self.back.toggled.connect(self.easel.turn_restoring)
        self.easel.restoring_turned.connect(self.back.setChecked)
        self.undo = self._button("Undo stroke", "Take the last stroke back (Ctrl+Z)", self.easel.undo)
        self.all = self._button("Take all back", "The picture as it was", self.easel.clear)
        self.told = QLabel()
        self.told.setObjectName("small")
        self.told.setWordWrap(True)
        self.told.setFixedWidth(TOOLS)
        for words, widgets in (
            ("Paint with", (self.more,)),
            ("Brush", (self.width_,)),
            ("", (self.back, self.undo, self.all)),
        ):
            if words:
                heading = QLabel(words)
                heading.setObjectName("heading")
                tools.addWidget(heading)
            if words == "Paint with":
                tools.addLayout(grid)
            for widget in widgets:
                tools.addWidget(widget)
        tools.addWidget(self.told)
        tools.addStretch(1)
        return tools

    def _button(self, words: str, help: str, then: Any) -> QPushButton:
        button = QPushButton(words)
        button.setToolTip(help)
        button.setFixedWidth(TOOLS)
        if then is not None:
            button.clicked.connect(lambda _=False: then())
        return button

    # Colours

    def _choose_swatch(self, colour: str, _: bool = False) -> None:
        self._set_colour(QColor(colour))

    def _ask(self) -> None:
        dialog = QColorDialog(self._colour, self.window())
        dialog.setWindowTitle("Paint with")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.colorSelected.connect(self._set_colour)
        dialog.open()

    def _take_colour(self, values: Any) -> None:
        red, green, blue = (float(values[number % len(values)]) for number in range(3))
        self._set_colour(QColor.fromRgbF(red, green, blue))

    def _set_colour(self, colour: QColor) -> None:
        """Paint with this colour; on a grey picture with its luma."""
        self._colour = colour
        self.more.setIcon(_square(colour))
        pixels = self.easel.pixels
        if pixels is None or pixels.channels == 3:
            self.easel.value = (colour.redF(), colour.greenF(), colour.blueF())
        else:
            luma = 0.299 * colour.redF() + 0.587 * colour.greenF() + 0.114 * colour.blueF()
            self.easel.value = (round(luma, 6),)
        self.easel.turn_restoring(False)

    # Following

    def _changed(self, old: Shown, new: Shown) -> None:
        if self.isVisible() and (old.picture is not new.picture or old.report is not new.report):
            self._begin(new)

    def _begin(self, shown: Shown) -> None:
        """Paint on the picture that is shown, unless that is the one that is being painted."""
        from cnnbuilder.app.pictures.pixels import Pixels, seen_by
        from cnnbuilder.layers.input import Input

        blocks = picture_blocks(shown.design)
        layer = shown.design.blocks[blocks[0]].layer if blocks else None
        if shown.picture is not None and shown.picture is self._own and layer == self._of:
            return
        self._soon.stop()
        self._of, why = layer, ""
        pixels: Pixels | None = None
        if shown.picture is None or not isinstance(layer, Input):
            why = "Open a picture, and put a picture block on the canvas."
        else:
            try:
                pixels = Pixels(seen_by(shown.picture, layer))
            except Error as error:
                why = str(error).partition("\n")[0]
        self._original, self._own = shown.picture, None
        self.easel.show_pixels(pixels)
        for number, swatch in enumerate(self._swatches):
            swatch.setVisible(number < GREYS or (pixels is not None and pixels.channels == 3))
        with QSignalBlocker(self.width_):
            self.width_.setRange(1, max(2, max(pixels.size) // 4) if pixels is not None else 2)
        self.easel.set_width(max(1, max(pixels.size) // 14) if pixels is not None else 1)
        self.width_.setValue(self.easel.width_)
        self._set_colour(self._colour)
        self._tell(why)
        self.place()

    def _tell(self, why: str = "") -> None:
        pixels = self.easel.pixels
        self.undo.setEnabled(pixels is not None and bool(pixels.strokes))
        self.all.setEnabled(pixels is not None and bool(pixels.painted))
        if pixels is None:
            self.told.setText(why)
            return
        count, whole = pixels.painted, pixels.size[0] * pixels.size[1]
        self.told.setText(f"{count:,} of {whole:,} pixels painted")

    def _later(self) -> None:
        self._tell()
        if not self._soon.isActive():
            self._soon.start()

    def _give(self) -> None:
        """Let the network see it; without a painted pixel the picture itself."""
        pixels = self.easel.pixels
        if pixels is None or self._original is None:
            return
        if pixels.painted:
            name = self._original.name or "picture"
            self._own = pixels.picture(f"{name}, painted")
        else:
            self._own = self._original
        self._session.look(picture=self._own)
        self._pictures.moved.emit()


def _square(colour: QColor) -> QIcon:
    """A colour with an edge, so that it is seen on any ground."""
    pixmap = QPixmap(28, 14)
    pixmap.fill(QColor(theme.now().dim))
    inner = QPixmap(26, 12)
    inner.fill(colour)
    painter = QPainter(pixmap)
    painter.drawPixmap(1, 1, inner)
    painter.end()
    return QIcon(pixmap)
