"""Kernels that can be changed by hand: one number typed over, or a whole kernel that has a name."""

from functools import partial
from typing import Any

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QMenu, QWidget

from cnnbuilder.app import theme
from cnnbuilder.app.inspector.reading import decimal_comma, real_number, written
from cnnbuilder.app.session import Session
from cnnbuilder.app.views.grid_keys import WORDS
from cnnbuilder.app.views.maps import Kernels
from cnnbuilder.app.views.presets import PRESETS, preset
from cnnbuilder.app.views.taking import menu
from cnnbuilder.app.views.tiles import At

FIGURES = "0123456789.,-−+"
KEYS = " A figure, or F2, changes the value."


class CellField(QLineEdit):
    """A number typed over a cell; Enter keeps it, Escape and going elsewhere do not."""

    taken = Signal(str)
    left = Signal()
    """Escape: nothing is to change."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._room = parent
        self.setAccessibleName("New value")
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.returnPressed.connect(self._take)
        self.hide()

    def begin(self, text: str, box: Any, all_: bool) -> None:
        """Stand over a cell with this text in it."""
        self.setText(text)
        self.setProperty("fault", False)
        wide, high = max(box.width(), theme.scaled(76)), max(box.height(), theme.scaled(28))
        self.resize(round(wide), round(high))
        room = self._room.size() - self.size()
        left = min(max(0, round(box.center().x() - wide / 2)), max(0, room.width()))
        top = min(max(0, round(box.center().y() - high / 2)), max(0, room.height()))
        self.move(left, top)
        self.show()
        self.setFocus()
        if all_:
            self.selectAll()

    def _take(self) -> None:
        self.taken.emit(self.text())

    def refuse(self, why: str) -> None:
        """Show that this is no number."""
        self.setProperty("fault", True)
        self.style().unpolish(self)
        self.style().polish(self)
        self.setToolTip(why)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: Any) -> None:
        super().focusOutEvent(event)
        self.hide()


class EditableKernels(Kernels):
    """The kernels view with hands on it. Everything downstream follows at once, and undo takes it back."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.field = CellField(self.grid.viewport())
        self.field.taken.connect(self._take)
        self.field.left.connect(self.grid.setFocus)
        self.grid.installEventFilter(self)
        self.grid.setAccessibleDescription(WORDS + KEYS)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.grid and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier & ~Qt.KeyboardModifier.ShiftModifier
            text = event.text()
            if not held and event.key() == Qt.Key.Key_F2:
                return self._begin("")
            # + and − size the maps, as in every grid.
            if not held and text and text in FIGURES and text not in "+-−":
                return self._begin(text)
        return super().eventFilter(watched, event)

    def _begin(self, text: str) -> bool:
        """Let a number be typed over the selected value."""
        value = self._value()
        if value is None or self.grid.marked is None:
            return False
        self.grid.show_at(self.grid.marked)
        shown = text or written(round(value, 6), decimal_comma())
        self.field.begin(shown, self.grid.box_of(self.grid.marked), not text)
        return True

    def _value(self) -> float | None:
        index = self._tiles.index(self.grid.marked) if self._tiles is not None and self.grid.marked else None
        return None if index is None or self._tiles is None else float(self._tiles.array[index])

    def _take(self, text: str) -> None:
        choice, at = self._choice(), self.grid.marked
        index = self._tiles.index(at) if self._tiles is not None and at is not None else None
        if choice is None or index is None:
            self.field.hide()
            return
        try:
            number = real_number(text, decimal_comma())
        except ValueError as error:
            self.field.refuse(str(error) or f"{text} is no number")
            return
        values = choice.array.copy()
        values[index] = number
        self.field.hide()
        self.grid.setFocus()
        self._session.set_weights(f"{choice.name} [{', '.join(map(str, index))}]", choice.name, values)

    def set_kernel(self, at: At, name: str, _: bool = False) -> None:
        """Make the kernel at a place one that has a name."""
        choice, tiles = self._choice(), self._tiles
        if choice is None or tiles is None:
            return
        _, rows, columns = tiles.values.shape
        made = preset(name, rows, columns)
        values = choice.array.copy()
        for row in range(rows):
            for column in range(columns):
                index = tiles.index((at[0], row, column))
                if index is not None:
                    values[index] = made[row, column]
        self._session.set_weights(f"{name} in {choice.name}", choice.name, values)

    def _menu(self, at: At | None, where: QPoint) -> None:
        choice = self._choice()
        if choice is None or self.grid.sight.shown is None:
            return
        made = menu(self.grid, at, self.export())
        if at is not None and self._tiles is not None:
            first = made.actions()[0]
            change = made.addAction("Change this value …\tF2")
            change.triggered.connect(partial(self._change, at))
            made.insertAction(first, change)
            if self._tiles.array.ndim > 2:
                named = QMenu("Make this kernel", made)
                for name in PRESETS:
                    named.addAction(name).triggered.connect(partial(self.set_kernel, at, name))
                made.insertMenu(first, named)
            made.insertSeparator(first)
        made.popup(where)

    def _change(self, at: At, _: bool = False) -> None:
        self.grid.choose(at)
        self._begin("")
