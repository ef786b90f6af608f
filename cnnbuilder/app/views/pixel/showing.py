"""What is shown of one explained number, and when it is explained anew."""

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from cnnbuilder.app import theme
from cnnbuilder.app.exporting import Export, TakeButton, rendered
from cnnbuilder.app.runner import Result
from cnnbuilder.app.session import Session, Shown
from cnnbuilder.app.views.pixel import words
from cnnbuilder.app.views.pixel.controls import PixelControls
from cnnbuilder.app.views.pixel.scene import PixelScene
from cnnbuilder.app.views.pixel.sight import Sight, look
from cnnbuilder.app.views.pixel.subtotals import Subtotals
from cnnbuilder.app.views.pixel.walk import Unit, middle
from cnnbuilder.design.errors import Error
from cnnbuilder.design.shape import Shape
from cnnbuilder.explain.data import as_data

TITLE = "One pixel"
EMPTY = (
    "Click a value in a map, a gradient or a kernel: here it is taken apart into what is read, "
    "the weights, the products and their sum."
)
STEP_MS = 160


class Showing(QWidget):
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
        self.scene, self.subtotals, self.controls = PixelScene(), Subtotals(), PixelControls(TakeButton(self))
        self._playing = QTimer(self)
        self._playing.setInterval(STEP_MS)
        self._build()
        self.setFocusProxy(self.scene)
        session.changed.connect(self._changed)
        self.scene.pointed.connect(self._point)
        theme.keeper().changed.connect(self._recolour)
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
        body = self._body = QWidget()
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

    def export(self) -> Export | None:
        """The patches with the equation, and every term."""
        sight = self._sight
        if sight is None:
            return None
        body = self._body
        explanation = sight.explanation

        def rows() -> list[list[object]]:
            heads: list[object] = ["source", "index", "value", "factor", "factor index", "weight", "product", "picture"]
            lines: list[list[object]] = [heads]
            for term in explanation.terms:
                factor = term.factor or ("", ())
                source = [term.source[0], _listed(term.source[1]), term.value]
                lines.append([*source, factor[0], _listed(factor[1]), term.weight, term.product, term.sample])
            return lines

        return Export(words.title(sight), body.size(), rendered(body), rows, lambda: as_data(explanation))

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

    @property
    def shape(self) -> Shape | None:
        """The shape of the array in which the unit stands."""
        return tuple(self._sight.own.array.shape) if self._sight is not None else None

    def play(self, playing: bool) -> None:
        """Step on and on, or stop."""
        if playing and self._sight is not None:
            self._playing.start()
        else:
            self._playing.stop()
        self.controls.show_playing(self._playing.isActive())


def _listed(index: tuple[int, ...]) -> str:
    return ",".join(map(str, index))
