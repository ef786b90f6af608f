"""One field for each editor that a parameter declaration can ask for. A field reads and writes JSON values, and gives
only those that the declaration takes."""

import json
import math
from typing import Any

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QContextMenuEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from cnnbuilder.app.inspector import reading
from cnnbuilder.app.inspector.line import Line, Slider, mark
from cnnbuilder.design.parameters import BadValue, Integer, Number, Parameter

PAUSE = 500
"""Milliseconds after the last key until half typed text is explained."""
PIXELS, PIXELS_FINE = 7.0, 28.0
"""How far a label is dragged for one step."""
SLIDER_STEPS = 100


class Field(QWidget):
    """The base: shows a JSON value, and says which one the user wants instead."""

    edited = Signal(object)
    refused = Signal(str)
    """What was typed is no value; the words say what is wanted. Empty: it is one again."""
    left = Signal()
    """A gesture is over: the field was left, or a drag has ended."""
    done = Signal()
    """Enter: the keyboard may go back to where it came from."""

    draggable = False
    """Whether its label can be dragged."""

    def __init__(self, parameter: Parameter) -> None:
        super().__init__()
        self.parameter = parameter
        self.value: Any = None
        self.mixed = False
        """Whether it stands for several blocks with different values."""
        self._dragged = 0.0
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(0, 0, 0, 0)
        self.row.setSpacing(4)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def editors(self) -> list[QWidget]:
        """The widgets that take the keyboard, the field's own first."""
        return []

    def extra(self) -> QWidget | None:
        """A widget for a row of its own below the field."""
        return None

    def show_value(self, value: Any, fresh: bool = False) -> None:
        """Show what the document holds; `fresh` forgets what was half typed."""
        self.value, self.mixed = value, False

    def show_mixed(self) -> None:
        """Show that the blocks meant differ."""
        self.value, self.mixed = None, True

    def words(self, value: Any) -> str:
        """A value as the field shows it."""
        return str(value)

    def show_fault(self, faulty: bool) -> None:
        """Mark the field where its value is wrong."""
        for editor in self.editors():
            mark(editor, "fault", faulty)

    def give(self, value: Any) -> None:
        """Ask for a value, unless it is the one that the document holds."""
        if self.mixed or value != self.value or isinstance(value, bool) is not isinstance(self.value, bool):
            self.edited.emit(value)

    # Steps

    def stepped(self, value: Any, by: int, fine: bool) -> Any:
        """`value` and `by` steps more, within what the declaration allows; None if it has no steps."""
        return None

    def step(self, by: int, fine: bool = False) -> None:
        """Take steps up or down."""
        if not self.mixed and (value := self.stepped(self.value, by, fine)) is not None:
            self.give(value)

    def drag_begin(self) -> None:
        """A drag of the label begins."""
        self._dragged = 0.0

    def drag(self, pixels: float, fine: bool) -> None:
        """The label is dragged further."""
        self._dragged += pixels / (PIXELS_FINE if fine else PIXELS)
        steps = math.trunc(self._dragged)
        if steps:
            self._dragged -= steps
            self.step(steps, fine)

    # The menu

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.open_menu(event.globalPos())

    def open_menu(self, at: QPoint) -> None:
        """The field's menu: back to the default, which it names."""
        menu = self.standard_menu()
        default = self.parameter.write(self.parameter.default)
        reset = QAction(f"Reset to default ({self.words(default)})", menu)
        reset.setEnabled(self.mixed or self.value != default)
        reset.triggered.connect(lambda: self._reset(default))
        first = menu.actions()[0] if menu.actions() else None
        menu.insertAction(first, reset)  # type: ignore[arg-type]
        if first is not None:
            menu.insertSeparator(first)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(at)

    def standard_menu(self) -> QMenu:
        """What the menu holds besides."""
        return QMenu(self)

    def _reset(self, default: Any) -> None:
        self.show_value(self.value, fresh=True)
        self.give(default)
        self.left.emit()


class TextField(Field):
    """Anything that can be written in one line. What is typed is given as soon as it is a value; what is no value stays
    in the line, with a word on what would be."""

    def __init__(self, parameter: Parameter) -> None:
        super().__init__(parameter)
        self.line = Line()
        self._begun: Any = None
        self._fault = ""
        self._typing = False
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE)
        self._pause.timeout.connect(self._explain)
        line = self.line
        line.textEdited.connect(self._typed)
        line.entered.connect(self._enter)
        line.escaped.connect(self._escape)
        line.came.connect(self._come)
        line.left.connect(self._leave)
        line.stepped.connect(self.step)
        line.menu_wanted.connect(self.open_menu)
        self.row.addWidget(line)

    def editors(self) -> list[QWidget]:
        return [self.line]

    def show_value(self, value: Any, fresh: bool = False) -> None:
        same = value == self.value and not self.mixed
        super().show_value(value)
        self.line.setPlaceholderText(self.parameter.null_words if self.parameter.nullable else "")
        if fresh:
            self._begun = value
        elif (same and self.line.half_typed) or (not self.line.half_typed and self._says(value)):
            return
        self._set(self.words(value) if value is not None else "")

    def show_mixed(self) -> None:
        if not self.mixed:
            super().show_mixed()
            self.line.setPlaceholderText("mixed")
            self._set("")

    def words(self, value: Any) -> str:
        return self.parameter.null_words if value is None else self.written(value)

    def written(self, value: Any) -> str:
        """The text of a value."""
        return value if isinstance(value, str) else json.dumps(value)

    def read(self, text: str) -> Any:
        """The value of a text; raises ValueError."""
        try:
            return json.loads(text)
        except ValueError:
            return json.loads(f"[{text}]")

    def value_of(self, text: str) -> Any:
        """The JSON value of a text, as the document would write it; raises BadValue in the declaration's words."""
        text = text.strip()
        if not text and self.parameter.nullable:
            return None
        try:
            value = self.read(text)
        except BadValue:
            raise
        except (ValueError, RecursionError):
            value = text  # not even a value: let the declaration say in its words what it wants
        return self.parameter.write(self.parameter.read(value))

    def _says(self, value: Any) -> bool:
        """Whether what is being typed is `value`, in whatever words."""
        try:
            return self._typing and bool(self.value_of(self.line.text()) == value)
        except BadValue:
            return False

    def _set(self, text: str) -> None:
        self._pause.stop()
        self._fault, self._typing, self.line.half_typed = "", False, False
        if self.line.text() != text:
            at = self.line.cursorPosition()
            self.line.setText(text)
            self.line.setCursorPosition(min(at, len(text)))
        self.refused.emit("")

    def _typed(self, text: str) -> None:
        self._typing = True
        try:
            value = self.value_of(text)
        except BadValue as error:
            self._fault, self.line.half_typed = str(error), True
            mark(self.line, "fault", True)
            self._pause.start()
            return
        self._pause.stop()
        self._fault, self.line.half_typed = "", False
        self.refused.emit("")
        self.give(value)

    def _explain(self) -> None:
        self._pause.stop()
        self.refused.emit(self._fault)

    def _come(self) -> None:
        self._begun = self.value

    def _settle(self) -> None:
        if self._fault:
            self._explain()
        elif not self.mixed:
            self._set("" if self.value is None else self.words(self.value))

    def _enter(self) -> None:
        self._settle()
        if not self._fault:
            self.left.emit()
            self.done.emit()
        self.line.selectAll()

    def _leave(self) -> None:
        self._settle()
        self.left.emit()

    def _escape(self) -> None:
        """Back to what the field held when the keyboard came to it; a second time leaves the field."""
        before, changed = self._begun, not self.mixed and self.value != self._begun
        if not changed and not self.line.half_typed:
            self.done.emit()
            return
        self._set("" if self.value is None else self.words(self.value))
        if changed:
            self.give(before)
        self.line.selectAll()

    def standard_menu(self) -> QMenu:
        return self.line.createStandardContextMenu()


class NumberField(TextField):
    """A real number; with a slider where its range is small."""

    draggable = True

    def __init__(self, parameter: Parameter) -> None:
        super().__init__(parameter)
        self._slider: Slider | None = None
        low, high = self._range()
        if math.isfinite(high - low) and high - low <= SLIDER_STEPS:
            steps = int(high - low) if isinstance(parameter, Integer) else SLIDER_STEPS
            self._slider = Slider(steps)
            self._slider.valueChanged.connect(self._slid)
            self._slider.left.connect(self.left)

    def _range(self) -> tuple[float, float]:
        declared = self.parameter
        return (declared.low, declared.high) if isinstance(declared, (Integer, Number)) else (-math.inf, math.inf)

    def editors(self) -> list[QWidget]:
        return [self.line] if self._slider is None else [self.line, self._slider]

    def extra(self) -> QWidget | None:
        return self._slider

    def show_value(self, value: Any, fresh: bool = False) -> None:
        super().show_value(value, fresh)
        if self._slider is not None and _is_number(value):
            low, high = self._range()
            self._slider.blockSignals(True)
            self._slider.setValue(round((value - low) / (high - low) * self._slider.maximum()))
            self._slider.blockSignals(False)

    def _slid(self, at: int) -> None:
        assert self._slider is not None
        low, high = self._range()
        self._try(low + (high - low) * at / self._slider.maximum())

    def _try(self, value: float) -> None:
        if (good := self._taken(round(value, 12))) is not None:
            self.give(good)

    def _taken(self, value: float) -> Any:
        try:
            return self.parameter.write(self.parameter.read(value))
        except BadValue:
            return None

    def written(self, value: Any) -> str:
        return reading.written(value, reading.decimal_comma()) if _is_number(value) else str(value)

    def read(self, text: str) -> Any:
        return reading.real_number(text, reading.decimal_comma())

    def stepped(self, value: Any, by: int, fine: bool) -> Any:
        if not _is_number(value):
            return None
        low, high = self._range()
        if math.isfinite(high - low):
            size = (high - low) / SLIDER_STEPS
        else:
            size = 10.0 ** (math.floor(math.log10(abs(value))) - 1) if value else 0.1
        size = size / 10 if fine else size
        digits = max(0, 1 - math.floor(math.log10(size)))
        return self._taken(min(max(round(value + by * size, digits), low), high))


class IntegerField(NumberField):
    """A whole number."""

    def read(self, text: str) -> Any:
        return reading.whole_number(text, reading.decimal_comma())

    def written(self, value: Any) -> str:
        return str(value)

    def stepped(self, value: Any, by: int, fine: bool) -> Any:
        low, high = self._range()
        return int(min(max(value + by, low), high)) if _is_whole(value) else None

    def _try(self, value: float) -> None:
        super()._try(round(value))


class NumbersField(TextField):
    """A list of real numbers, one a channel."""

    def read(self, text: str) -> Any:
        return reading.real_numbers(text, reading.decimal_comma())

    def written(self, value: Any) -> str:
        comma = reading.decimal_comma()
        items = value if isinstance(value, list) else [value]
        return ("; " if comma else ", ").join(
            reading.written(item, comma) if _is_number(item) else str(item) for item in items
        )


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
