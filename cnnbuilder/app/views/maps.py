"""The views that show arrays as maps: outputs, gradients, kernels of the selected block, or of the one pinned."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from cnnbuilder.app.exporting import Export, TakeButton
from cnnbuilder.app.fields import fields
from cnnbuilder.app.runner import Result
from cnnbuilder.app.session import Session, Shown
from cnnbuilder.app.views.grid import Grid
from cnnbuilder.app.views.side import Foot, Side
from cnnbuilder.app.views.taking import menu, whole
from cnnbuilder.app.views.tile_layout import widest
from cnnbuilder.app.views.tile_painter import figure, picture
from cnnbuilder.app.views.tiles import At, Summary, Tiles, same
from cnnbuilder.design.shape import show

NARROW = 480
"""In a narrower view (px) the scale is left out, and the value pointed at is told below."""


@dataclass(frozen=True, eq=False)
class Choice:
    """One array that a view can show."""

    label: str
    """What a person reads."""
    word: str
    """What one tile of it is."""
    name: str
    """The block whose output it is about, or the weight: `conv1`, `conv1.weight`."""
    array: Any
    axes: tuple[str, ...] = ()
    """What its axes count, for an array of kernels."""


class MapsView(QWidget):
    """The base: chooses arrays of a block from the last result, and shows one of them."""

    titled = Signal(str)
    """The tab's title changed."""
    unit_selected = Signal(str, object)
    """A unit was selected: of which block's output or which weight, and its index."""
    explain_wanted = Signal()
    """The unit selected last is to be explained."""
    title = "Maps"
    empty = "Select a block to see its maps."

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._session = session
        self._result: Result | None = None
        self._shown: object = None
        self._tiles: Tiles | None = None
        self._summary: Summary | None = None
        self._pointed: At | None = None
        self._unit: tuple[str, tuple[int, ...] | None] = ("", None)
        self._choices: list[Choice] = []
        self.pinned: str | None = None
        """The block that is shown whatever is selected."""
        self.grid, self.side, self.foot = Grid(), Side(), Foot(TakeButton(self))
        self._words = QLabel()
        self._words.setObjectName("dim")
        self._words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._words.setWordWrap(True)
        self._words.setMargin(24)
        self._build()
        self._join()
        self.refresh()

    def _build(self) -> None:
        self._stack = QStackedWidget()
        self._stack.addWidget(self._words)
        self._stack.addWidget(self.grid)
        self.setFocusProxy(self.grid)
        left = QVBoxLayout()
        left.setSpacing(4)
        left.addWidget(self._stack, 1)
        left.addWidget(self.foot)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 6, 14, 6)
        row.setSpacing(14)
        row.addLayout(left, 1)
        row.addWidget(self.side)

    def _join(self) -> None:
        self.grid.pointed.connect(self._point)
        self.grid.selected.connect(self._select)
        self.grid.laid.connect(self._show_size)
        self.grid.menu_wanted.connect(self._menu)
        self.side.chosen.connect(self._again)
        self.side.explained.connect(self.explain_wanted)
        self.grid.explain_wanted.connect(self.explain_wanted)
        self.foot.chosen.connect(self._again)
        self.foot.sorted.connect(self._again)
        self.foot.sized.connect(self.grid.set_tile_width)
        self.foot.back.connect(lambda: self.grid.stand_alone(None))
        self.foot.pinned.connect(self._pin)
        self._session.changed.connect(self._changed)

    # What subclasses say

    def choices(self, id: str, result: Result) -> list[Choice]:
        """The arrays of block `id` that can be shown."""
        raise NotImplementedError

    def companion(self, choice: Choice, index: tuple[int, ...]) -> str:
        """What else is known of the value at `index`, beside it."""
        return ""

    def nothing(self, block: str) -> str:
        """Why a block that runs has no array here."""
        return f"{block} has nothing to show here."

    # Following

    @property
    def block(self) -> str | None:
        """The block whose arrays are shown."""
        selected = self._session.shown.selected
        return self.pinned or (selected[-1] if selected else None)

    def _changed(self, old: Shown, new: Shown) -> None:
        if self.pinned and self.pinned not in new.design.blocks and old.key == new.key:
            gone, come = (
                set(old.design.blocks) - set(new.design.blocks),
                set(new.design.blocks) - set(old.design.blocks),
            )
            if len(gone) == len(come) == 1 and self.pinned in gone:
                # It was renamed.
                (self.pinned,) = come
                self.foot.show_pinned(self.pinned)
        if old.selected != new.selected or old.report is not new.report:
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

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.side.setVisible(self.width() >= NARROW)
        self._tell()

    def _pin(self, pinned: bool) -> None:
        self.pinned = self.block if pinned else None
        self.foot.show_pinned(self.pinned)
        self.refresh()

    def _again(self) -> None:
        self.refresh(True)

    def refresh(self, again: bool = False) -> None:
        """Show what is wanted now, if it is seen and not shown already."""
        block, seen = self.block, self.isVisible()
        pinned = f"{self.pinned} (pinned)" if self.pinned else block if seen else None
        self.titled.emit(f"{self.title} — {pinned}" if pinned else self.title)
        wanted = (self._result, block, self._session.shown.report)
        if not seen or (wanted == self._shown and not again):
            return
        if self._shown is None or self._shown[1] != block:  # type: ignore[index]
            self.grid.stand_alone(None)
        self._shown = wanted
        self._choices = self.choices(block, self._result) if block and self._result else []
        self.foot.show_names([choice.label for choice in self._choices])
        self.foot.pin.setEnabled(block is not None)
        if self._choices:
            self._show_tiles()
        else:
            self._show_nothing(block)
        self._tell()

    def kernels(self, id: str, arrays: Mapping[str, Any], before: str = "") -> list[Choice]:
        """The weights of a block, or what there is for each of them."""
        inference = self._session.shown.report.inferences.get(id)  # a pinned block may be gone
        axes = {f"{id}.{name}": weight.axes for name, weight in (inference.weights if inference else ())}
        own = [name for name in arrays if name.rpartition(".")[0] == id]
        return [
            Choice(f"{before}{name.rpartition('.')[2]}", "kernel", name, arrays[name], _fitting(axes, name, arrays))
            for name in own
        ]

    def _show_tiles(self) -> None:
        choice = self._choice()
        assert choice is not None
        tiles = Tiles(choice.array, choice.word, choice.axes)
        if not same(self._tiles, tiles):
            self._tiles, self._summary = tiles, Summary(tiles)
        assert self._tiles is not None and self._summary is not None
        summary = self._summary
        order = summary.order(self.foot.order.currentData(), self.foot.living.isChecked())
        shown = picture(self._tiles, summary, order, self.side.scaling.currentData())
        self._stack.setCurrentWidget(self.grid)
        self.grid.setAccessibleName(f"{self.title} of {choice.name}")
        self.grid.show_picture(shown)
        self.grid.mark(self._tiles.place(self._unit[1]) if self._unit[0] == choice.name and self._unit[1] else None)
        self._frame()
        self.side.scale.show_picture(shown)
        self._show_size()

    def _show_nothing(self, block: str | None) -> None:
        self._tiles = self._summary = None
        self._words.setText(self._why(block))
        self._stack.setCurrentWidget(self._words)
        self.grid.show_picture(None)
        self.side.scale.show_picture(None)
        self.foot.show_odd("", False, 0, False)

    def _show_size(self) -> None:
        if self._tiles is None or self._summary is None:
            return
        _, rows, columns = self._tiles.values.shape
        sight = self.grid.sight
        self.foot.show_size(sight.layout.wide, widest(rows, columns), sight.wide is not None)
        dead = len(self._tiles.values) > 1 and bool(self._summary.dead.any())
        self.foot.show_odd(self._summary.words(), dead, len(self._tiles.values), sight.alone is not None)

    def _why(self, block: str | None) -> str:
        shown = self._session.shown
        if block is None:
            return self.empty
        if block not in shown.design.blocks:
            return f"{block} is not in this design. Unpin the view to follow the selection."
        if shown.report.shapes.get(block) is None:
            return f"{block} cannot run yet: see Problems."
        if self._result is None:
            return "Nothing has run yet: the maps come with the first run." if shown.live else "Press F5 to run."
        return self._result.message or self.nothing(block)

    # Units

    def _choice(self) -> Choice | None:
        number = self.foot.which.currentIndex()
        return self._choices[number] if 0 <= number < len(self._choices) else None

    def mark_unit(self, name: str, index: tuple[int, ...] | None) -> None:
        """Mark a unit that was selected, here or elsewhere: of a block's output, or of a weight."""
        self._unit = (name, index)
        choice = self._choice()
        if self._tiles is not None and choice is not None:
            at = self._tiles.place(index) if index is not None and name == choice.name else None
            self.grid.mark(at)
            self._frame()
            self._tell()

    def _frame(self) -> None:
        """Frame the field of the unit selected in another block: what it reads of this one, or what it reaches."""
        choice, (name, index) = self._choice(), self._unit
        framed = None
        if choice is not None and choice.word == "map" and index is not None and name != choice.name:
            shown = self._session.shown
            framed = fields(shown.design, shown.report, name, index).get(choice.name)
        self.grid.frame(framed)

    def _select(self, at: At) -> None:
        choice = self._choice()
        index = self._tiles.index(at) if self._tiles is not None else None
        if choice is not None and index is not None:
            self._unit = (choice.name, index)
            self._tell()
            self.unit_selected.emit(choice.name, index)

    def _point(self, at: At | None) -> None:
        self._pointed = at
        self._tell()

    def _tell(self) -> None:
        """Say the value under the pointer, or else the one that is selected."""
        choice, tiles = self._choice(), self._tiles
        at = self._pointed or self.grid.marked
        index = tiles.index(at) if tiles is not None and at is not None else None
        if choice is None or tiles is None or at is None or index is None:
            self.side.tell("Point at a map to read a value,", "click to select it")
            self.side.scale.point(None, None)
            return
        value, words = float(tiles.array[index]), tiles.words(index)
        beside = self.companion(choice, index)
        self.side.tell(words, f"<b>{figure(value)}</b> &nbsp;{beside}", self.grid.marked is not None)
        self.side.scale.point(at[0] if len(tiles.values) > 1 else None, value)
        self.grid.setAccessibleDescription(f"{words}: {figure(value)} {beside}")
        if not self.side.isVisible() and self.isVisible():
            self.foot.words.setText(f"{figure(value)} · {words}")

    def _menu(self, at: At | None, where: QPoint) -> None:
        if self.grid.sight.shown is not None:
            menu(self.grid, at, self.export()).popup(where)

    def export(self) -> Export | None:
        """The maps, as they are laid out."""
        choice = self._choice()
        if choice is None or self._stack.currentWidget() is not self.grid:
            return None
        about = {"array": choice.name, "shows": choice.label, "shape": list(choice.array.shape)}
        return whole(self.grid, f"{self.title} of {choice.name}", about)


class FeatureMaps(MapsView):
    """Outputs."""

    title = "Feature maps"
    empty = "Select a block on the canvas to see what it makes of the picture: one map for each channel of its output."

    def choices(self, id: str, result: Result) -> list[Choice]:
        return [Choice("Output", "map", id, result.outputs[id])] if id in result.outputs else []

    def companion(self, choice: Choice, index: tuple[int, ...]) -> str:
        gradients: Mapping[str, Any] = self._result.output_gradients if self._result else {}
        return f"dJ/d = {_gradient(gradients[choice.name][index])}" if choice.name in gradients else ""


class Kernels(MapsView):
    """Weights."""

    title = "Kernels"
    empty = "Select a block with weights to see its kernels: a row for each filter, a column for each input channel."

    def choices(self, id: str, result: Result) -> list[Choice]:
        return self.kernels(id, result.weights)

    def companion(self, choice: Choice, index: tuple[int, ...]) -> str:
        gradients: Mapping[str, Any] = self._result.weight_gradients if self._result else {}
        return f"dJ/d = {_gradient(gradients[choice.name][index])}" if choice.name in gradients else ""

    def nothing(self, block: str) -> str:
        return f"{block} has no weights: it computes the same whatever was learnt."


class Gradients(MapsView):
    """Gradients of outputs and weights."""

    title = "Gradients"
    empty = "Select a block to see how the loss J changes with each value of its output and with each of its weights."

    def choices(self, id: str, result: Result) -> list[Choice]:
        if id not in result.output_gradients:
            return []
        return [
            Choice("dJ/d output", "map", id, result.output_gradients[id]),
            *self.kernels(id, result.weight_gradients, "dJ/d "),
        ]

    def nothing(self, block: str) -> str:
        report = self._session.shown.report
        sources = {source for sources in report.graph.wiring.sources.values() for source in sources}
        ends = [id for id in report.graph.blocks if id not in sources]
        if len(ends) > 1:
            named = ", ".join(ends[:4])
            return f"There is no gradient: the network has {len(ends)} outputs ({named}), and a loss needs one."
        shape = report.shapes.get(ends[0]) if ends else None
        if shape is not None and len(shape) != 1:
            return (
                f"There is no gradient: the loss needs a vector of scores, and {ends[0]} gives {show(shape)}. "
                "Flatten and a dense layer (or global pooling) at the end make one."
            )
        return "The gradient is being computed."


def _gradient(value: float) -> str:
    return "0" if value == 0 else f"{float(value):.1e}".replace("-", "−")


def _fitting(axes: Mapping[str, tuple[str, ...]], name: str, arrays: Mapping[str, Any]) -> tuple[str, ...]:
    """A weight's axes; none where the array is from before the last edit and has others."""
    found = axes.get(name, ())
    return found if len(found) == arrays[name].ndim else ()
