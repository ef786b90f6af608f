"""The view that explains one number: a value of a map, its gradient, or the gradient of one weight."""

from PySide6.QtGui import QKeyEvent

from cnnbuilder.app.session import Session
from cnnbuilder.app.views.pixel.keys import pressed
from cnnbuilder.app.views.pixel.showing import Showing
from cnnbuilder.app.views.pixel.sight import Place
from cnnbuilder.app.views.pixel.walk import Unit, beside, count, middle


class PixelView(Showing):
    """Where one goes from a number: by hand, by keys, and by itself."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._join()

    def _join(self) -> None:
        controls = self.controls
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
