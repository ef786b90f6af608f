"""Below and beside the picture: of which number, how it is found, how it is drawn, and what it says."""

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from cnnbuilder.app import theme
from cnnbuilder.app.views.attribution.asking import ACTIVATION, METHODS, OCCLUSION
from cnnbuilder.app.views.scale import ScaleView

WIDTH = 268
CLASS, UNIT = "class", "unit"
OF = {CLASS: "The class", UNIT: "The unit"}
FILLS = {"mean": "by its mean", "zero": "by 0"}
SIDES = (1, 2, 3, 4, 5, 6, 8, 10, 12, 14, 16, 20, 24, 28, 32, 40, 48, 56, 64)
"""Of the square that covers, in pixels."""
STEPS = {1.0: "side by side", 0.5: "half apart", 0.25: "a quarter apart", 0.0: "at every pixel"}
"""From one square to the next, as a part of its side."""
HELP = {
    "saliency": "The gradient of the number by each pixel, as a magnitude: the effective receptive field of a unit",
    "times": "The gradient times the pixel: what speaks for the number and what against it",
    "activation": "Grad-CAM: where the maps of a late block lie that speak for the number",
    "occlusion": "The picture with a square covered, run again and again: how far the number falls",
}


class Controls(QWidget):
    """Below: what is asked."""

    changed = Signal()
    """Something else is asked."""
    faded = Signal(float)
    """How much of the colours is to be seen, 0 … 1."""

    def __init__(self, take: QWidget) -> None:
        super().__init__()
        self.of = self._choice("Of which number", OF, "The score of the class chosen above, or the unit selected last")
        self.how = self._choice("Method", METHODS, "How it is found what matters")
        for number, words in enumerate(HELP.values()):
            self.how.setItemData(number, words, Qt.ItemDataRole.ToolTipRole)
        self.maps = self._choice("Block whose maps are added up", {}, "The block whose maps are added up")
        self.side = self._choice("Side of the square", {}, "Side of the square that covers, in pixels")
        self.step = self._choice("Step of the square", STEPS, "How far it is from one square to the next")
        self.step.setCurrentIndex(self.step.findData(0.5))
        self.fill = self._choice("Filled with", FILLS, "What a covered part looks like: its mean colour, or 0")
        self.opacity = QSlider(Qt.Orientation.Horizontal)
        self.opacity.setRange(0, 100)
        self.opacity.setValue(50)
        self.opacity.setFixedWidth(100)
        self.opacity.setAccessibleName("Colours over the picture")
        self.opacity.setToolTip("At the left the picture alone, at the right the colours alone")
        self.opacity.valueChanged.connect(lambda value: self.faded.emit(value / 100))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        for widget in (self.of, self.how, self.maps, self.side, self.step, self.fill):
            row.addWidget(widget)
        row.addStretch(1)
        row.addWidget(self.opacity)
        row.addWidget(take)
        self._follow()

    def _choice(self, name: str, words: Mapping[Any, str], help: str) -> QComboBox:
        box = QComboBox()
        box.setObjectName("flat")
        box.setAccessibleName(name)
        box.setToolTip(help)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        for key, text in words.items():
            box.addItem(text, key)
        box.setMinimumContentsLength(max(map(len, words.values()), default=0))
        box.activated.connect(self._chosen)
        return box

    def _chosen(self) -> None:
        self._follow()
        self.changed.emit()

    def _follow(self) -> None:
        """Offer what the method needs."""
        method = self.how.currentData()
        self.maps.setVisible(method == ACTIVATION)
        for widget in (self.side, self.step, self.fill):
            widget.setVisible(method == OCCLUSION)

    def ask(self, of: str | None = None, method: str | None = None) -> None:
        """Ask about another number, or in another way."""
        for box, wanted in ((self.of, of), (self.how, method)):
            if wanted is not None:
                box.setCurrentIndex(box.findData(wanted))
        self._chosen()

    def show_maps(self, blocks: Sequence[str]) -> str:
        """The blocks with maps, of which the one chosen stays where it can, else the last; its name."""
        if list(blocks) != [self.maps.itemText(number) for number in range(self.maps.count())]:
            before = self.maps.currentText()
            self.maps.clear()
            self.maps.addItems(blocks)
            self.maps.setCurrentIndex(blocks.index(before) if before in blocks else len(blocks) - 1)
        return self.maps.currentText()

    def show_side(self, proposed: int) -> None:
        """The sides that can be chosen; `proposed` is."""
        self.side.clear()
        for side in sorted({*SIDES, proposed}):
            self.side.addItem(f"{side} × {side}", side)
        self.side.setCurrentIndex(self.side.findData(proposed))

    @property
    def square(self) -> tuple[int, int, str]:
        """Side and step of the square, and what is under it."""
        side = int(self.side.currentData())
        return side, max(1, round(side * float(self.step.currentData()))), str(self.fill.currentData())


class Side(QWidget):
    """Beside: the scale, which number it is, what a value means and what there is to see."""

    def __init__(self) -> None:
        super().__init__()
        self.scale = ScaleView()
        self.pointed = self._label("small", False)
        self.heading, self.meaning, self.found = (self._label(name) for name in ("", "small", "small"))
        well = QFrame()
        well.setObjectName("well")
        inside = QVBoxLayout(well)
        inside.setContentsMargins(9, 7, 9, 7)
        inside.setSpacing(5)
        for label in (self.heading, self.meaning, self.found):
            inside.addWidget(label)
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 4, 0)
        column.setSpacing(6)
        for widget in (self.scale, self.pointed, well):
            column.addWidget(widget)
        column.addStretch(1)
        room = QScrollArea()
        room.setWidgetResizable(True)
        room.setFrameShape(QFrame.Shape.NoFrame)
        room.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        room.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        room.setWidget(body)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 4, 0, 0)
        whole.addWidget(room)
        theme.keeper().changed.connect(self._recolour)
        self._recolour()

    @staticmethod
    def _label(name: str, wraps: bool = True) -> QLabel:
        label = QLabel()
        label.setObjectName(name)
        label.setTextFormat(Qt.TextFormat.RichText)
        label.setWordWrap(wraps)
        label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        return label

    def _recolour(self) -> None:
        self.setFixedWidth(round(theme.scaled(WIDTH)))
