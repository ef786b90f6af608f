"""The three tabs that show arrays as maps: outputs, gradients, kernels of the selected block."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QLabel, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from cnnbuilder.app.runner import Result
from cnnbuilder.app.session import Session, Shown
from cnnbuilder.app.views.grid import Grid
from cnnbuilder.app.views.scale import ScaleView, figure
from cnnbuilder.app.views.tiles import PAGE, tiles_of

SIDE_WIDTH = 206
Choice = tuple[str, str, Any]
"""What a person reads, what one tile is called, and the array."""


class MapsView(QWidget):
    """The base: chooses arrays of the selected block from the last result, and shows one of them."""

    titled = Signal(str)
    """The tab's title changed."""
    title = "Maps"
    empty = "Select a block to see its maps."

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._session = session
        self._result: Result | None = None
        self._shown: object = None
        self._first = 0
        self._pointed: tuple[int, int, int] | None = None
        self._choices: list[Choice] = []
        self.grid = Grid()
        self.grid.pointed.connect(self._point)
        self._words = QLabel()
        self._words.setObjectName("dim")
        self._words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._words.setWordWrap(True)
        self._stack = QStackedWidget()
        maps = QWidget()
        row = QHBoxLayout(maps)
        row.setContentsMargins(8, 6, 14, 6)
        row.setSpacing(14)
        row.addWidget(self.grid, 1)
        row.addWidget(self._side())
        self._stack.addWidget(self._words)
        self._stack.addWidget(maps)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._stack)
        session.changed.connect(self._changed)
        self.refresh()

    def _side(self) -> QWidget:
        side = QWidget()
        side.setFixedWidth(SIDE_WIDTH)
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(8)
        self._which = QComboBox()
        self._which.setAccessibleName("Which array")
        self._which.setToolTip("Which array of the block is shown")
        self._which.activated.connect(lambda _: self.refresh(True))
        self._scaling = QComboBox()
        self._scaling.addItems(["One colour scale", "Each its own scale"])
        self._scaling.setAccessibleName("Colour scale")
        self._scaling.setToolTip("One scale lets maps be compared; a scale each shows what is in faint ones")
        self._scaling.activated.connect(lambda _: self.refresh(True))
        self._scale = ScaleView()
        well = QFrame()
        well.setObjectName("well")
        inside = QVBoxLayout(well)
        inside.setContentsMargins(9, 7, 9, 7)
        inside.setSpacing(2)
        self._place, self._value = QLabel(), QLabel()
        self._place.setObjectName("small")
        self._value.setTextFormat(Qt.TextFormat.RichText)
        inside.addWidget(self._place)
        inside.addWidget(self._value)
        self._pages = QWidget()
        pages = QHBoxLayout(self._pages)
        pages.setContentsMargins(0, 0, 0, 0)
        self._range = QLabel()
        self._range.setObjectName("small")
        for words, by in (("◀", -PAGE), ("▶", PAGE)):
            button = QToolButton()
            button.setText(words)
            button.setObjectName("flat")
            button.setAccessibleName("Earlier maps" if by < 0 else "Later maps")
            button.setToolTip(button.accessibleName())
            button.clicked.connect(lambda _=False, by=by: self._turn(by))
            pages.addWidget(button)
            if by < 0:
                pages.addWidget(self._range, 1, Qt.AlignmentFlag.AlignCenter)
        for widget in (self._which, self._scaling, self._scale, well, self._pages):
            column.addWidget(widget)
        column.addStretch(1)
        return side

    def choices(self, id: str, result: Result) -> list[Choice]:
        """The arrays of block `id` that can be shown."""
        raise NotImplementedError

    def companion(self, index: tuple[int, ...]) -> str:
        """What else is known of the value at `index`, beside it."""
        return ""

    def _changed(self, old: Shown, new: Shown) -> None:
        if old.selected != new.selected or old.report is not new.report:
            if old.selected != new.selected:
                self._first = 0
            self.refresh()

    def show_result(self, result: Result) -> None:
        """Take the arrays of another run."""
        self._result = result
        self.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.refresh()

    def _block(self) -> str | None:
        return self._session.shown.selected[-1] if self._session.shown.selected else None

    def refresh(self, again: bool = False) -> None:
        """Show what is wanted now, if it is seen and not shown already."""
        block = self._block()
        seen = self.isVisible()
        self.titled.emit(f"{self.title} — {block}" if block and seen else self.title)
        if not seen:
            return
        wanted = (self._result, block, self._which.currentIndex(), self._scaling.currentIndex(), self._first)
        if wanted == self._shown and not again:
            return
        self._shown = wanted
        self._choices = self.choices(block, self._result) if block and self._result else []
        self._show_choices()
        if not self._choices:
            self._words.setText(self._why(block))
            self._stack.setCurrentIndex(0)
            return
        self._stack.setCurrentIndex(1)
        _, word, array = self._choices[self._which.currentIndex()]
        tiles = tiles_of(array, word)
        count = len(tiles.values)
        self._first = self._first if self._first < count else 0
        scale, limit = self.grid.show_tiles(tiles, self._first, self._scaling.currentIndex() == 1)
        self._scale.show_values(array, scale, limit)
        self._pages.setVisible(count > PAGE)
        self._range.setText(f"{self._first} – {min(self._first + PAGE, count) - 1} of {count}")
        self._tell()

    def _show_choices(self) -> None:
        names = [name for name, _, _ in self._choices]
        if names != [self._which.itemText(number) for number in range(self._which.count())]:
            before = self._which.currentText()
            self._which.clear()
            self._which.addItems(names)
            self._which.setCurrentIndex(max(0, names.index(before) if before in names else 0))
        self._which.setVisible(len(names) > 1)

    def _why(self, block: str | None) -> str:
        if block is None:
            return self.empty
        if self._session.shown.report.shapes.get(block) is None:
            return f"{block} cannot run yet: see Problems."
        if self._result is None:
            return "Nothing has run yet."
        return self._result.message or self.nothing(block)

    def nothing(self, block: str) -> str:
        """Why a block that runs has no array here."""
        return f"{block} has nothing to show here."

    def _turn(self, by: int) -> None:
        if self._choices:
            count = len(tiles_of(self._choices[self._which.currentIndex()][2], "").values)
            self._first = max(0, min(self._first + by, (count - 1) // PAGE * PAGE))
            self.refresh()

    def _point(self, at: tuple[int, int, int] | None) -> None:
        self._pointed = at
        self._tell()

    def _tell(self) -> None:
        """Say the value under the pointer."""
        found = None
        if self._choices and self._pointed is not None:
            _, word, array = self._choices[self._which.currentIndex()]
            tiles = tiles_of(array, word)
            tile, row, column = self._pointed
            if tile < len(tiles.values) and row < tiles.values.shape[1] and column < tiles.values.shape[2]:
                found = tiles.place(tile, row, column)
        if found is None:
            self._place.setText("Point at a map")
            self._value.setText("to read a value")
            return
        words, index = found
        self._place.setText(words)
        self._value.setText(
            f"<b>{figure(float(self._choices[self._which.currentIndex()][2][index]))}</b> {self.companion(index)}"
        )


class FeatureMaps(MapsView):
    """Outputs."""

    title = "Feature maps"

    def choices(self, id: str, result: Result) -> list[Choice]:
        return [("Output", "map", result.outputs[id])] if id in result.outputs else []

    def companion(self, index: tuple[int, ...]) -> str:
        block = self._block()
        gradients: Mapping[str, Any] = self._result.output_gradients if self._result else {}
        if block is None or block not in gradients:
            return ""
        return f"dJ/d = {float(gradients[block][index]):.1e}"


class Kernels(MapsView):
    """Weights."""

    title = "Kernels"
    empty = "Select a block with weights to see its kernels."

    def choices(self, id: str, result: Result) -> list[Choice]:
        return _arrays_of(id, result.weights, "kernel")

    def nothing(self, block: str) -> str:
        return f"{block} has no weights."


class Gradients(MapsView):
    """Gradients of outputs and weights."""

    title = "Gradients"
    empty = "Select a block to see the gradient of the loss at its output and its weights."

    def choices(self, id: str, result: Result) -> list[Choice]:
        if id not in result.output_gradients:
            return []
        return [
            ("dJ/d output", "map", result.output_gradients[id]),
            *((f"dJ/d {name}", word, array) for name, word, array in _arrays_of(id, result.weight_gradients, "kernel")),
        ]

    def nothing(self, block: str) -> str:
        return "There is no gradient: the backward pass needs a network that ends in one vector of scores."


def _arrays_of(id: str, arrays: Mapping[str, Any], word: str) -> list[Choice]:
    names = [name for name in arrays if name.rpartition(".")[0] == id]
    return [(name.rpartition(".")[2], word, arrays[name]) for name in names]
