"""Draw a digit: the network runs while the pen moves."""

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QPushButton, QSlider, QVBoxLayout, QWidget

from cnnbuilder.app.pictures.images import fitted, image_from
from cnnbuilder.app.pictures.overlay import Overlay
from cnnbuilder.app.pictures.pad import THICKEST, THINNEST, Pad

if TYPE_CHECKING:
    from cnnbuilder.app.pictures.source import Pictures

EVERY = 16
"""Milliseconds between the pictures that a moving pen makes."""
PREVIEW = 112


class Drawing(Overlay):
    """The pad with its tools, and the picture that comes of it."""

    def __init__(self, pictures: "Pictures") -> None:
        super().__init__("Draw a digit")
        self._pictures = pictures
        self.pad = Pad()
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(EVERY)
        self._soon.timeout.connect(self._give)
        self.pad.drawn.connect(self._later)
        row = QHBoxLayout()
        row.setSpacing(14)
        row.addWidget(self.pad, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(self._tools())
        self.column.addLayout(row)
        hint = QLabel("The right button erases. Ctrl+Z takes a stroke back, Delete clears, + and − set the brush.")
        hint.setObjectName("small")
        hint.setWordWrap(True)
        hint.setFixedWidth(self.pad.width() + 14 + PREVIEW)
        self.column.addWidget(hint)

    def first(self) -> QWidget:
        return self.pad

    def _tools(self) -> QVBoxLayout:
        tools = QVBoxLayout()
        tools.setSpacing(6)
        heading = QLabel("The picture")
        heading.setObjectName("heading")
        self._preview = QLabel()
        self._preview.setObjectName("well")
        self._preview.setFixedSize(PREVIEW, PREVIEW)
        self._preview.setAccessibleName("The drawing as a picture of 28 × 28")
        self.clear_ = self._button("Clear", "Begin anew (Delete)", self.pad.clear)
        self.undo = self._button("Undo stroke", "Take the last stroke back (Ctrl+Z)", self.pad.undo)
        self.eraser = self._button("Eraser", "Erase with the left button too (E)", None)
        self.eraser.setCheckable(True)
        self.eraser.toggled.connect(self.pad.turn_erasing)
        self.pad.erasing_turned.connect(self.eraser.setChecked)
        words = QLabel("Brush")
        words.setObjectName("heading")
        self.brush = QSlider(Qt.Orientation.Horizontal)
        self.brush.setRange(round(10 * THINNEST), round(10 * THICKEST))
        self.brush.setValue(round(10 * self.pad.width_))
        self.brush.setAccessibleName("Brush width")
        self.brush.setToolTip("How thick the pen is; digits of MNIST are about two pixels thick")
        self.brush.valueChanged.connect(lambda value: self.pad.set_width(value / 10))
        self.pad.width_changed.connect(lambda width: self.brush.setValue(round(10 * width)))
        words.setBuddy(self.brush)
        self.centred = QCheckBox("Centre it")
        self.centred.setChecked(True)
        self.centred.setAccessibleName("Centre and scale the digit as in MNIST")
        self.centred.setToolTip(
            "Fit the digit into 20 × 20 pixels with its centre of mass in the middle, as the digits of MNIST are"
        )
        self.centred.toggled.connect(self._later)
        for widget in (heading, self._preview, self.clear_, self.undo, self.eraser, words, self.brush, self.centred):
            tools.addWidget(widget)
        tools.addStretch(1)
        return tools

    def _button(self, words: str, help: str, then: Any) -> QPushButton:
        button = QPushButton(words)
        button.setToolTip(help)
        button.setFixedWidth(PREVIEW)
        if then is not None:
            button.clicked.connect(lambda _=False: then())
        return button

    def _later(self) -> None:
        if not self._soon.isActive():
            self._soon.start()

    def _give(self) -> None:
        """Let the network see the drawing."""
        from cnnbuilder.files.pictures import Picture

        values = self.pad.ink.values(self.centred.isChecked())
        self._preview.setPixmap(fitted(image_from(values), PREVIEW, self.devicePixelRatioF()))
        self._pictures.take(Picture(values, "drawn"))
