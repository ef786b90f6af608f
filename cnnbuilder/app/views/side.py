"""What stands beside and below a grid of maps: which array, its scale, the value pointed at, the order and the size."""

from math import exp, log

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QSlider,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cnnbuilder.app import icons, theme
from cnnbuilder.app.views.scale import ScaleView
from cnnbuilder.app.views.tile_layout import LEAST
from cnnbuilder.app.views.tile_painter import SCALINGS

WIDTH = 206
STEPS = 200
NARROW = 360
"""With less room (px) there is no slider."""
ORDERS = {"number": "By number", "activity": "By activity", "largest": "By maximum"}


class Side(QWidget):
    """At the right: the choice of scale, the histogram, and the value pointed at."""

    chosen = Signal()
    """Another scale was chosen."""
    explained = Signal()
    """The selected value is to be taken apart."""

    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(8)
        self.scaling = QComboBox()
        for name, words in SCALINGS.items():
            self.scaling.addItem(words, name)
        self.scaling.setAccessibleName("Colour scale")
        self.scaling.setToolTip(
            "One scale lets maps be compared; a scale each shows what is in faint ones;\n"
            "clipped, a few very large values do not hide the rest; logarithmic shows small and large ones together"
        )
        self.scaling.activated.connect(self.chosen)
        self.scale = ScaleView()
        well = QFrame()
        well.setObjectName("well")
        across = QHBoxLayout(well)
        across.setContentsMargins(9, 7, 5, 7)
        across.setSpacing(2)
        inside = QVBoxLayout()
        inside.setSpacing(2)
        across.addLayout(inside, 1)
        self.explain = QToolButton()
        self.explain.setObjectName("flat")
        self.explain.setAccessibleName("Explain this value")
        self.explain.setToolTip("Explain this value: what it is the sum of (E)")
        self.explain.setIconSize(QSize(16, 16))
        self.explain.clicked.connect(self.explained)
        across.addWidget(self.explain)
        self.place, self.value = QLabel(), QLabel()
        self.place.setObjectName("small")
        self.value.setTextFormat(Qt.TextFormat.RichText)
        for label in (self.place, self.value):
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            inside.addWidget(label)
        for widget in (self.scaling, self.scale, well):
            column.addWidget(widget)
        column.addStretch(1)
        theme.keeper().changed.connect(self._recolour)
        self._recolour()

    def _recolour(self) -> None:
        self.setFixedWidth(round(theme.scaled(WIDTH)))
        self.explain.setIcon(icons.icon("explain", theme.now().dim))

    def tell(self, place: str, value: str, selected: bool = False) -> None:
        """Words for the value pointed at; `selected`: one is selected, and can be explained."""
        self.explain.setVisible(selected)
        self.place.setText(place)
        self.place.setToolTip(place)
        self.value.setText(value)


class Foot(QWidget):
    """Below: pin, order, what is odd, the size of the tiles."""

    pinned = Signal(bool)
    chosen = Signal()
    """Another array was chosen."""
    sorted = Signal()
    """Another order, or dead maps are to be left out or shown."""
    sized = Signal(object)
    """A width of the tiles, or None: as large as fits."""
    back = Signal()
    """From one map that fills the view to all."""

    def __init__(self, take: QWidget) -> None:
        super().__init__()
        self._least, self._widest = LEAST, 400.0
        self.pin = self._tool("pin", "Pin this view to its block, whatever is selected")
        self.pin.setCheckable(True)
        self.pin.toggled.connect(self.pinned)
        self.all = self._tool("", "Show all maps again (Escape)")
        self.all.setText("All maps")
        self.all.clicked.connect(self.back)
        self.which = QComboBox()
        self.which.setAccessibleName("Which array")
        self.which.setToolTip("Which array of the block is shown")
        self.which.activated.connect(self.chosen)
        self.which.setObjectName("flat")
        self.order = QComboBox()
        self.order.setObjectName("flat")
        for name, words in ORDERS.items():
            self.order.addItem(words, name)
        self.order.setAccessibleName("Order of the maps")
        self.order.setToolTip("By number, by mean magnitude, or by largest magnitude")
        self.order.activated.connect(self.sorted)
        self.living = self._tool("", "Leave dead maps (all values 0) out")
        self.living.setText("Hide dead")
        self.living.setCheckable(True)
        self.living.toggled.connect(self.sorted)
        self.words = QLabel()
        self.words.setObjectName("small")
        self.words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.size_ = QSlider(Qt.Orientation.Horizontal)
        self.size_.setRange(0, STEPS)
        self.size_.setFixedWidth(110)
        self.size_.setAccessibleName("Size of the maps")
        self.size_.setToolTip("Size of the maps (Ctrl+wheel)")
        self.size_.valueChanged.connect(self._size)
        self.fit = self._tool("fit", "As large as fits")
        self.fit.clicked.connect(lambda: self.sized.emit(None))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        for widget in (self.pin, self.all, self.which, self.order, self.living):
            row.addWidget(widget)
        row.addWidget(self.words, 1)
        row.addWidget(self.size_)
        row.addWidget(self.fit)
        row.addWidget(take)
        self.all.hide()
        theme.keeper().changed.connect(self._recolour)
        self._recolour()

    @staticmethod
    def _tool(icon: str, words: str) -> QToolButton:
        button = QToolButton()
        button.setObjectName("flat")
        button.setProperty("icon-name", icon)
        button.setIconSize(QSize(16, 16))
        button.setAccessibleName(words.partition(" (")[0])
        button.setToolTip(words)
        return button

    def _recolour(self) -> None:
        for button in (self.pin, self.fit):
            button.setIcon(icons.icon(str(button.property("icon-name")), theme.now().dim, theme.now().accent))

    def show_pinned(self, block: str | None) -> None:
        """Whether the view is pinned, and to which block."""
        with QSignalBlocker(self.pin):
            self.pin.setChecked(block is not None)
        words = "Pin this view to its block, whatever is selected"
        self.pin.setToolTip(f"Pinned to {block}: click to follow the selection" if block else words)

    def show_names(self, names: list[str]) -> None:
        """The arrays that can be chosen; the one chosen stays where it can."""
        if names != [self.which.itemText(number) for number in range(self.which.count())]:
            before = self.which.currentText()
            self.which.clear()
            self.which.addItems(names)
            self.which.setCurrentIndex(names.index(before) if before in names else 0)
        self.which.setVisible(len(names) > 1)

    def show_size(self, wide: float, widest: float, chosen: bool) -> None:
        """Let the slider stand where the tiles' width is."""
        self._widest = max(widest, 2 * LEAST)
        with QSignalBlocker(self.size_):
            self.size_.setValue(round(STEPS * log(max(wide, LEAST) / LEAST) / log(self._widest / LEAST)))
        self.fit.setEnabled(chosen)

    def _size(self, value: int) -> None:
        self.sized.emit(LEAST * exp(log(self._widest / LEAST) * value / STEPS))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.size_.setVisible(self.width() >= NARROW)

    def show_odd(self, words: str, dead: bool, count: int, alone: bool) -> None:
        """Say which maps are dead; offer only what makes sense for so many maps."""
        self.words.setText(words)
        self.words.setToolTip(words)
        self.order.setVisible(count > 1 and not alone)
        self.living.setVisible((dead or self.living.isChecked()) and not alone)
        self.all.setVisible(alone)
