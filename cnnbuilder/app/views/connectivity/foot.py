"""Below and beside the connections: what is drawn of the block, the slider, counts, words of what is selected."""

from collections.abc import Iterable

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cnnbuilder.app import icons, theme
from cnnbuilder.app.inspector.figures import Figures
from cnnbuilder.app.views.connectivity.figure import CHANNELS, MAP, ROW, SCOPES, Figure, volume
from cnnbuilder.app.views.connectivity.slider import Sharing
from cnnbuilder.design.check import Report

WIDTH = 246
MOST_MAPS = 4_096
"""Of more maps none can be chosen from a list."""
LINE_ROOM, WELL_ROOM = 190, 300
"""In a lower view (px) what is selected is told in a line below the figure; in a very low one beside the buttons."""
HELP = {
    ROW: "One row of the output and the row of one map of the input in the middle of what it reads",
    MAP: "A whole map of the output and one of the input",
    CHANNELS: "Whole maps as units: which maps of the output read which maps of the input",
}
EDGES, MATRIX = "edges", "matrix"
MODES = {EDGES: "Edges", MATRIX: "Matrix"}
MODE_HELP = {
    EDGES: "Units of the output above or at the right, units of the input below or at the left",
    MATRIX: "The matrix that the input is multiplied by: a row for each output, a column for each input; "
    "and its transpose, by which gradients go back",
}


class Foot(QWidget):
    """Below: pin, what is drawn, which maps."""

    pinned = Signal(bool)
    scoped = Signal(str)
    moded = Signal(str)
    mapped = Signal(int)
    """Another map of the output was chosen."""
    read = Signal(int, int)
    """Another input, or map of it, was chosen."""

    def __init__(self, take: QWidget) -> None:
        super().__init__()
        self.pin = QToolButton()
        self.pin.setObjectName("flat")
        self.pin.setCheckable(True)
        self.pin.setIconSize(QSize(16, 16))
        self.pin.setAccessibleName("Pin this view to its block")
        self.pin.toggled.connect(self.pinned)
        self.take = take
        self.scopes = _Choice(SCOPES, HELP)
        self.scopes.chosen.connect(self.scoped)
        self.modes = _Choice(MODES, MODE_HELP)
        self.modes.chosen.connect(self.moded)
        self.output, self.input = QComboBox(), QComboBox()
        self._sources: list[tuple[int, int]] = []
        for box, name, help in (
            (self.output, "Map of the output", "Which map of the output is drawn (Page up and down)"),
            (self.input, "Map of the input", "Which map of which input is drawn, of those that are read"),
        ):
            box.setObjectName("flat")
            box.setAccessibleName(name)
            box.setToolTip(help)
        self.output.activated.connect(self.mapped)
        self.input.activated.connect(lambda number: self.read.emit(*self._sources[number]))
        self.words = QLabel()
        self.words.setObjectName("small")
        self.words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for widget in (self.pin, self.scopes, self.modes, self.output, self.input):
            row.addWidget(widget)
        row.addWidget(self.words, 1)
        row.addWidget(self.take)
        theme.keeper().changed.connect(self._recolour)
        self._recolour()
        self.show_pinned(None)

    def _recolour(self) -> None:
        self.pin.setIcon(icons.icon("pin", theme.now().dim, theme.now().accent))

    def show_pinned(self, block: str | None) -> None:
        """Whether the view is pinned, and to which block."""
        with QSignalBlocker(self.pin):
            self.pin.setChecked(block is not None)
        words = "Pin this view to its block, whatever is selected"
        self.pin.setToolTip(f"Pinned to {block}: click to follow the selection" if block else words)

    def show_maps(self, count: int, shown: int) -> None:
        """The maps of the output."""
        with QSignalBlocker(self.output):
            if self.output.count() != count:
                self.output.clear()
                self.output.addItems([f"z: map {number}" for number in range(count)])
            self.output.setCurrentIndex(shown)
        self.output.setVisible(count > 1)

    def show_inputs(self, inputs: Iterable[tuple[str, int, int]], shown: tuple[int, int]) -> None:
        """The maps of the inputs that can be shown: words, input, map."""
        listed = list(inputs)
        names = [words for words, _, _ in listed]
        self._sources = [(source, channel) for _, source, channel in listed]
        with QSignalBlocker(self.input):
            if names != [self.input.itemText(number) for number in range(self.input.count())]:
                self.input.clear()
                self.input.addItems(names)
            if shown in self._sources:
                self.input.setCurrentIndex(self._sources.index(shown))
        self.input.setVisible(len(names) > 1)

    def show_figure(self, report: Report, made: Figure) -> None:
        """Which maps there are, and where the figure lies."""
        scope, sources = made.wanted.scope, report.graph.wiring.sources[made.outputs.block]
        count, high, wide = volume(made.outputs.shape, scope)
        maps = scope != CHANNELS
        self.show_maps(count if maps and count <= MOST_MAPS else 1, made.wanted.focus // (high * wide) if maps else 0)
        inputs: list[tuple[str, int, int]] = []
        for number, source in enumerate(sources):
            named = source if len(sources) > 1 else "v"
            if maps and number == made.wanted.source and 1 < len(made.channels) <= MOST_MAPS:
                inputs += [(f"{named}: map {channel}", number, channel) for channel in made.channels]
            else:
                inputs.append((named, number, -1))
        held = made.channel if maps and 1 < len(made.channels) <= MOST_MAPS else -1
        self.show_inputs(inputs, (made.wanted.source, held))
        where = ""
        if scope == ROW and made.upper.size and len(made.outputs.shape) == len(made.inputs.shape) == 3:
            row = made.wanted.focus // wide % high
            where = f"z: row {row} · v: row {made.row}"
        self.tell(made.left_out or where)

    def tell(self, words: str) -> None:
        """What is not drawn, or where the figure lies."""
        self.words.setText(words)
        self.words.setToolTip(words)


class _Choice(QWidget):
    """Buttons of which one is down."""

    chosen = Signal(str)

    def __init__(self, names: dict[str, str], help: dict[str, str]) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        self.buttons: dict[str, QToolButton] = {}
        group = QButtonGroup(self)
        for name, words in names.items():
            button = QToolButton()
            button.setObjectName("chip")
            button.setText(words)
            button.setCheckable(True)
            button.setAccessibleName(words)
            button.setToolTip(help[name])
            button.clicked.connect(lambda _=False, name=name: self.chosen.emit(name))
            group.addButton(button)
            row.addWidget(button)
            self.buttons[name] = button
        next(iter(self.buttons.values())).setChecked(True)


class Side(QScrollArea):
    """At the right: the slider, the counts, and what is selected."""

    def __init__(self) -> None:
        super().__init__()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        body = QWidget()
        self.setWidget(body)
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 4, 10, 0)
        column.setSpacing(8)
        self.sharing = Sharing()
        self.counts = Figures("Connections and weights")
        self.well = QFrame()
        self.well.setObjectName("well")
        inside = QVBoxLayout(self.well)
        inside.setContentsMargins(9, 6, 9, 6)
        self.words = QLabel()
        self.words.setTextFormat(Qt.TextFormat.RichText)
        self.words.setWordWrap(True)
        self.words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        inside.addWidget(self.words)
        for widget in (self.sharing, self.counts, self.well):
            column.addWidget(widget)
        column.addStretch(1)
        theme.keeper().changed.connect(self._recolour)
        self._recolour()

    def _recolour(self) -> None:
        self.setFixedWidth(round(theme.scaled(WIDTH)))

    def tell(self, text: str) -> None:
        """Words of what is selected."""
        self.words.setText(text)
        self.words.setToolTip(text)
