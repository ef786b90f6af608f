"""Below an explained number: step, play, scrub, pin, forward and backward, and which keys do the same."""

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLabel, QSlider, QToolButton, QWidget

from cnnbuilder.app import icons, theme
from cnnbuilder.app.views.pixel.keys import LONG, WORDS
from cnnbuilder.app.views.pixel.walk import Unit, count
from cnnbuilder.design.shape import Shape

ROOMY = 1180
"""In a narrower view (px) the keys are told by a tooltip alone."""


class PixelControls(QWidget):
    """Says what is wanted; the view does it."""

    stepped = Signal(int)
    played = Signal(bool)
    scrubbed = Signal(int)
    """To the unit with this number in its map."""
    pinned = Signal(bool)
    frozen = Signal()
    """The backward pass is to begin at this value, or at a class again."""
    turned = Signal(bool)
    """True: its gradient is wanted."""

    def __init__(self, take: QWidget) -> None:
        super().__init__()
        self.playing = False
        self.back = self._button("step-back", "One unit back", "")
        self.play = self._button("run", "Play: step on and on (Space)", "Play")
        self.on = self._button("step-on", "One unit on", "")
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setAccessibleName("Unit of the map")
        self.slider.setToolTip("Which unit of the map, row by row")
        self.number = QLabel()
        self.number.setObjectName("dim")
        self.pin = self._button("pin", "Pin: stay at this unit, whatever is selected elsewhere (P)", "Pin")
        words = "Go backward from this value in place of a class, and keep that while others are looked at (D)"
        self.here = self._button("", words, "From here")
        self.here.setCheckable(True)
        self.here.clicked.connect(self.frozen)
        self.forward = self._button("", "Explain the value", "Forward")
        self.backward = self._button("", "Explain its gradient dJ/d (B)", "Backward")
        self._sides = QButtonGroup(self)
        for button in (self.pin, self.forward, self.backward):
            button.setCheckable(True)
        for button in (self.forward, self.backward):
            self._sides.addButton(button)
        self.keys = QLabel(WORDS)
        self.keys.setObjectName("small")
        self.keys.setToolTip(LONG)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for button in (self.back, self.play, self.on):
            row.addWidget(button)
        row.addWidget(self.slider, 1)
        for part in (self.number, self.pin, self.forward, self.backward, self.here, self.keys, take):
            row.addWidget(part)
        self.back.clicked.connect(lambda: self.stepped.emit(-1))
        self.on.clicked.connect(lambda: self.stepped.emit(1))
        self.play.clicked.connect(lambda: self.played.emit(not self.playing))
        self.slider.valueChanged.connect(self.scrubbed)
        self.pin.clicked.connect(self.pinned)
        self.forward.clicked.connect(lambda: self.turned.emit(False))
        self.backward.clicked.connect(lambda: self.turned.emit(True))
        theme.keeper().changed.connect(self._recolour)
        self._recolour()

    def _button(self, icon: str, tip: str, words: str) -> QToolButton:
        button = QToolButton()
        button.setText(words)
        button.setToolTip(tip)
        button.setAccessibleName(words or tip)
        button.setIconSize(QSize(14, 14))
        if icon:
            button.setProperty("icon-name", icon)
            style = Qt.ToolButtonStyle
            button.setToolButtonStyle(style.ToolButtonTextBesideIcon if words else style.ToolButtonIconOnly)
        button.setObjectName("tight")
        return button

    def _recolour(self) -> None:
        now = theme.now()
        for button in (self.back, self.play, self.on, self.pin):
            button.setIcon(icons.icon(str(button.property("icon-name")), now.text, now.on_accent))

    def show_unit(self, unit: Unit | None, shape: Shape | None, pinned: bool, frozen: bool) -> None:
        """Which unit of how many; whether the view stays at it, and whether the backward pass begins at a value."""
        self.here.setChecked(frozen)
        self.here.setEnabled(frozen or (unit is not None and not unit.is_weight))
        there = unit is not None and shape is not None
        for widget in (self.back, self.play, self.on, self.slider, self.pin):
            widget.setEnabled(there or (widget is self.pin and pinned))
        for button in (self.forward, self.backward):
            button.setEnabled(unit is not None)
        with QSignalBlocker(self.slider), QSignalBlocker(self.pin):
            self.pin.setChecked(pinned)
            if unit is not None:
                (self.backward if unit.looks_back else self.forward).setChecked(True)
            if unit is not None and shape is not None:
                self.slider.setRange(0, count(shape) - 1)
                self.slider.setValue(unit.number(shape))
                self.number.setText(f"{unit.number(shape) + 1:,} of {count(shape):,}")
            else:
                self.number.setText("")

    def show_playing(self, playing: bool) -> None:
        """Whether it steps by itself."""
        self.playing = playing
        self.play.setText("Stop" if playing else "Play")
        self.play.setProperty("icon-name", "stop" if playing else "run")
        self._recolour()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.keys.setVisible(self.width() >= theme.scaled(ROOMY))
