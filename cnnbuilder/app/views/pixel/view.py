"""The view that explains one number: a value of a map, its gradient, or the gradient of one weight."""

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from cnnbuilder.app import theme
from cnnbuilder.app.runner import Result
from cnnbuilder.app.session import Session, Shown
from cnnbuilder.app.views.pixel import words
from cnnbuilder.app.views.pixel.controls import PixelControls
from cnnbuilder.app.views.pixel.keys import pressed
from cnnbuilder.app.views.pixel.scene import PixelScene
from cnnbuilder.app.views.pixel.sight import Place, Sight, look
from cnnbuilder.app.views.pixel.subtotals import Subtotals
from cnnbuilder.app.views.pixel.walk import Unit, beside, count, middle
from cnnbuilder.design.errors import Error
from cnnbuilder.design.shape import Shape

TITLE = "One pixel"
EMPTY = (
    "Click a value in a map, a gradient or a kernel: here it is taken apart into what is read, "
    "the weights, the products and their sum."
)
STEP_MS = 160


class PixelView(QWidget):
    """Follows the unit that is selected anywhere; keeps its own when pinned."""

    titled = Signal(str)
    unit_selected = Signal(str, object)
    """A unit was selected here: of which block's output or which weight, and its index."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(TITLE)
        self._session = session
        self._result: Result | None = None
        self._sight: Sight | None = None
        self._shown: object = None
        self._channel: tuple[str, int] | None = None
        """The source and channel that was chosen to be looked at; None: the one that adds most."""
        self.unit: Unit | None = None
        self.pinned = False
        self._told = ""
        """What is said of the term under the pointer."""
        self.scene, self.subtotals, self.controls = PixelScene(), Subtotals(), PixelControls()
        self._playing = QTimer(self)
        self._playing.setInterval(STEP_MS)
        self._build()
        self.setFocusProxy(self.scene)
        self._join()
        self.refresh()

    def _build(self) -> None:
        self._empty = QLabel(EMPTY)
        self._empty.setObjectName("dim")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setWordWrap(True)
        self._empty.setMargin(24)
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        row.addWidget(self.subtotals)
        row.addWidget(self.scene, 1)
        self.equation = QLabel()
        self.equation.setObjectName("well")
        self.equation.setTextFormat(Qt.TextFormat.RichText)
        self.equation.setWordWrap(True)
        self.equation.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.equation.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.equation.setMargin(5)
        self.equation.setAccessibleName("Equation")
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(row, 1)
        column.addWidget(self.equation)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(body)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(10, 6, 10, 6)
        whole.setSpacing(4)
        whole.addWidget(self._stack, 1)
        whole.addWidget(self.controls)

    def _join(self) -> None:
        controls = self.controls
        self._session.changed.connect(self._changed)
        self.scene.pointed.connect(self._point)
        self.scene.followed.connect(self.go)
        self.scene.chosen.connect(self._choose)
        self.subtotals.picked.connect(self._pick)
        controls.stepped.connect(self.step)
        controls.played.connect(self.play)
        controls.scrubbed.connect(self._scrub)
        controls.pinned.connect(self.pin)
        controls.turned.connect(self.turn)
        controls.frozen.connect(self.freeze)
        self._playing.timeout.connect(self._advance)
        theme.keeper().changed.connect(self._recolour)

    # What is shown

    def show_result(self, result: Result) -> None:
        """Explain by another run."""
        self._result = result
        self.refresh()

    def mark_unit(self, name: str, index: tuple[int, ...] | None) -> None:
        """Explain the unit that was selected elsewhere."""
        if index is not None and not self.pinned:
            self._show(Unit(name, tuple(index), self.unit.backward if self.unit else False))

    def _show(self, unit: Unit) -> None:
        if unit != self.unit:
            self.unit = unit
            self.refresh()

    def _changed(self, old: Shown, new: Shown) -> None:
        if old.key != new.key:
            self.unit, self._channel, self._result = None, None, None
            self.play(False)
            self.refresh()
        elif old.origin != new.origin:
            self.refresh()
        elif old.selected != new.selected and new.selected and not self.pinned and self.isVisible():
            block = new.selected[-1]
            if self.unit is None or self.unit.block != block:
                shape = new.report.shapes.get(block)
                if shape is not None:
                    self._show(Unit(block, middle(shape), self.unit.backward if self.unit else False))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self.unit is None:
            self._changed(Shown(self._session.shown.state, self._session.shown.key), self._session.shown)
        self.refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.play(False)

    def refresh(self) -> None:
        """Show what is wanted now, if it is seen and not shown already."""
        wanted = (self._result, self.unit, self.pinned, self._session.shown.origin)
        if not self.isVisible() or wanted == self._shown:
            return
        self._shown = wanted
        try:
            self._sight = self._looked()
            reason = ""
        except Error as error:
            self._sight, reason = None, str(error).partition("\n")[0]
        self._stack.setCurrentIndex(0 if self._sight is None else 1)
        self._empty.setText(reason or self._why())
        pinned = " (pinned)" if self.pinned else ""
        self.titled.emit(f"{TITLE} — {words.title(self._sight)}{pinned}" if self._sight else TITLE)
        self._show_sight()

    def _looked(self) -> Sight | None:
        result, unit = self._result, self.unit
        if result is None or unit is None or result.run is None or unit.block not in result.run:
            return None
        if unit.looks_back and result.gradients is None:
            return None
        return look(result, unit, self._axes(unit))

    def _axes(self, unit: Unit) -> tuple[str, ...]:
        inference = self._session.shown.report.inferences.get(unit.block)
        named = {name: weight.axes for name, weight in inference.weights} if inference else {}
        return named.get(unit.name.partition(".")[2], ())

    def _why(self) -> str:
        unit, result = self.unit, self._result
        if unit is None:
            return EMPTY
        if result is None or result.run is None:
            return (result.message if result else "") or "Nothing has run yet: press F5 to run."
        if unit.block not in result.run:
            return f"{unit.block} has not run: see Problems."
        return "There is no gradient to explain: nothing was run backward (see Gradients)."

    def _show_sight(self) -> None:
        sight, place = self._sight, None
        if sight is not None and sight.places:
            number = self._chosen_place(sight)
            place = sight.places[number]
            rows = [(sight.name(place), sight.subtotal(place)) for place in sight.places]
            self.subtotals.show_rows(rows, number)
        self.subtotals.setVisible(sight is not None and len(sight.places) > 1 and sight.explanation.is_sum)
        self.scene.show_sight(sight, place)
        self._point("")
        shape = self.shape
        self.controls.show_unit(self.unit, shape, self.pinned, self._session.shown.origin is not None)
        if sight is not None:
            self.scene.setAccessibleDescription(f"{words.title(sight)}: {sight.explanation.formula}")

    def _chosen_place(self, sight: Sight) -> int:
        """The channel that was chosen, where it is one of these; else the one that adds most."""
        for number, place in enumerate(sight.places):
            sheet = sight.sheets[place.sheet]
            if (sheet.block, int(sheet.channels[place.channel])) == self._channel:
                return number
        return 0

    def _point(self, told: str) -> None:
        # The cells do not move under the pointer because a line is shorter.
        self.equation.setMinimumHeight(self.equation.height() if told else 0)
        self._told = told
        self.equation.setText(words.equation(self._sight, told) if self._sight else "")

    def _recolour(self) -> None:
        self._point(self._told)

    # Going

    @property
    def shape(self) -> Shape | None:
        """The shape of the array in which the unit stands."""
        return tuple(self._sight.own.array.shape) if self._sight is not None else None

    def go(self, name: str, index: tuple[int, ...]) -> None:
        """To another unit, here and, unless this view is pinned, in all views."""
        unit = Unit(name, tuple(index), self.unit.backward if self.unit else False)
        self._show(unit)
        if not self.pinned:
            self.unit_selected.emit(name, unit.index)

    def _choose(self, row: int, column: int) -> None:
        if self._sight is not None:
            tiles = self._sight.own
            at = tiles.place(self._sight.explanation.index) or (0, 0, 0)
            index = tiles.index((at[0], row, column))
            if index is not None and self.unit is not None:
                self.go(self.unit.name, index)

    def step(self, by: int) -> None:
        """To the next unit of the map, row by row, or one back."""
        shape = self.shape
        if self.unit is not None and shape is not None:
            number = (self.unit.number(shape) + by) % count(shape)
            self.go(self.unit.name, self.unit.numbered(shape, number).index)

    def walk(self, down: int, across: int) -> None:
        """To a neighbour."""
        if self.unit is not None and self.shape is not None:
            self.go(self.unit.name, self.unit.moved(self.shape, down, across).index)

    def turn_map(self, by: int) -> None:
        """To the same place of another map."""
        if self.unit is not None and self.shape is not None:
            self.go(self.unit.name, self.unit.in_map(self.shape, by).index)

    def change_block(self, by: int) -> None:
        """To the block before or after."""
        if self.unit is None:
            return
        report = self._session.shown.report
        shapes = {id: shape for id, shape in report.shapes.items() if shape is not None}
        found = beside(self.unit, report.graph.wiring, shapes, by)
        if found is not None:
            self._session.select((found.block,))
            self.go(found.name, found.index)

    def turn(self, backward: bool) -> None:
        """Explain the value, or its gradient."""
        if self.unit is not None:
            name = self.unit.name if backward or not self.unit.is_weight else self.unit.block
            shape = self._session.shown.report.shapes.get(self.unit.block)
            index = self.unit.index if name == self.unit.name else middle(shape or (1,))
            self._show(Unit(name, index, backward))

    def pin(self, pinned: bool) -> None:
        """Stay at the unit, whatever is selected elsewhere."""
        self.pinned = pinned
        self.refresh()

    def freeze(self) -> None:
        """Let the backward pass begin at this value while others are looked at; where it begins at one, at a class."""
        if self._session.shown.origin is not None:
            self._session.look(origin=None)
        elif self.unit is not None and not self.unit.is_weight:
            self._session.look(origin=(self.unit.name, self.unit.index), backward=True)

    def _scrub(self, number: int) -> None:
        if self.unit is not None and self.shape is not None:
            self.go(self.unit.name, self.unit.numbered(self.shape, number).index)

    def play(self, playing: bool) -> None:
        """Step on and on, or stop."""
        if playing and self._sight is not None:
            self._playing.start()
        else:
            self._playing.stop()
        self.controls.show_playing(self._playing.isActive())

    def _advance(self) -> None:
        shape = self.shape
        if self.unit is None or shape is None or self.unit.number(shape) + 1 >= count(shape):
            self.play(False)
        else:
            self.step(1)

    def _pick(self, number: int) -> None:
        """Look at another channel."""
        if self._sight is not None:
            place: Place = self._sight.places[number]
            sheet = self._sight.sheets[place.sheet]
            self._channel = (sheet.block, int(sheet.channels[place.channel]))
            self.scene.show_sight(self._sight, place)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not pressed(self, event):
            super().keyPressEvent(event)

