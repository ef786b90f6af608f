"""One field for each editor that a parameter declaration can ask for. A field reads and writes JSON values."""

import json
import re
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QWheelEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLineEdit, QWidget

from cnnbuilder.design.errors import DesignFileError
from cnnbuilder.design.parameters import BadValue, Choice, PaddingParameter, Parameter
from cnnbuilder.design.plain import plain

THOUSANDS = re.compile(r"[-+]?\d{1,3}(,\d{3})+")
SEPARATORS = ("×", "x", ";", " ")


class Line(QLineEdit):
    """A line that gives its text on Enter or when it is left, and steps whole numbers with the arrow keys."""

    given = Signal(str)

    def __init__(self, steps: bool = False) -> None:
        super().__init__()
        self._steps = steps
        self._shown = ""
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.editingFinished.connect(self._give)

    def show_text(self, text: str) -> None:
        """Show what the document holds."""
        self._shown = text
        if self.text() != text:
            self.setText(text)

    def _give(self) -> None:
        if self.text() != self._shown:
            self._shown = self.text()
            self.given.emit(self.text())

    def _step(self, by: int) -> None:
        try:
            self.setText(str(int(self.text()) + by))
        except ValueError:
            return
        self._give()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self.text() == self._shown:
            keys = QKeySequence.StandardKey
            if event.matches(keys.Undo) or event.matches(keys.Redo):
                event.ignore()  # with nothing half typed, undo means the document's
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._steps and event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._step(1 if event.key() == Qt.Key.Key_Up else -1)
        elif event.key() == Qt.Key.Key_Escape:
            self.setText(self._shown)
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self._steps and self.hasFocus():
            self._step(1 if event.angleDelta().y() > 0 else -1)
        else:
            event.ignore()


class _Combo(QComboBox):
    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()  # scrolling the form changes nothing in it


class Field(QWidget):
    """The base: shows a JSON value, and says which one the user wants instead."""

    edited = Signal(object)
    refused = Signal(str)
    """What was typed is no value at all; the words say what is wanted."""

    def __init__(self, parameter: Parameter) -> None:
        super().__init__()
        self.parameter = parameter
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(0, 0, 0, 0)
        self.row.setSpacing(4)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def editors(self) -> list[QWidget]:
        """The widgets that take the keyboard."""
        return [item for item in self.findChildren(QWidget) if isinstance(item, (QLineEdit, QComboBox, QCheckBox))]

    def show_value(self, value: Any) -> None:
        """Show what the document holds."""
        raise NotImplementedError


class TextField(Field):
    """Anything that can be written in one line; the declaration says whether it is good."""

    steps = False

    def __init__(self, parameter: Parameter) -> None:
        super().__init__(parameter)
        self.line = Line(self.steps)
        if parameter.nullable:
            self.line.setPlaceholderText(parameter.null_words)
        self.line.given.connect(self._given)
        self.row.addWidget(self.line)
        self.setFocusProxy(self.line)

    def show_value(self, value: Any) -> None:
        self.line.show_text("" if value is None else self.written(value))

    def written(self, value: Any) -> str:
        """The text of a value."""
        return value if isinstance(value, str) else json.dumps(value)

    def read(self, text: str) -> Any:
        """The value of a text; raises ValueError."""
        try:
            return json.loads(text)
        except ValueError:
            return json.loads(f"[{text}]")

    def _given(self, text: str) -> None:
        text = text.strip()
        if not text and self.parameter.nullable:
            self.edited.emit(None)
            return
        try:
            value = plain(self.read(text), "value")
        except (ValueError, DesignFileError):
            # Not even a value: let the declaration say in its words what it wants.
            try:
                self.parameter.read(text)
                self.refused.emit("must be a value")
            except BadValue as error:
                self.refused.emit(str(error))
            return
        self.edited.emit(value)


class NumberField(TextField):
    """A real number; decimal commas are understood."""

    def written(self, value: Any) -> str:
        return f"{value:g}" if isinstance(value, (int, float)) and not isinstance(value, bool) else str(value)

    def read(self, text: str) -> Any:
        return float(text.replace(",", ".").replace("−", "-"))


class IntegerField(TextField):
    """A whole number, stepped with arrow keys and wheel."""

    steps = True

    def written(self, value: Any) -> str:
        return str(value)

    def read(self, text: str) -> Any:
        cleaned = text.replace(" ", "").replace("−", "-")
        # A comma is between thousands where three digits follow it, and a decimal comma elsewhere.
        number = float(cleaned.replace(",", "" if THOUSANDS.fullmatch(cleaned) else "."))
        return int(number) if number.is_integer() else number


def whole_numbers(text: str) -> list[int]:
    """`5 × 3`, `5x3`, `5, 3`, `5` as a list; raises ValueError."""
    for separator in SEPARATORS:
        text = text.replace(separator, ",")
    return [int(part) for part in text.strip("[]() ").split(",") if part.strip()]


class PairField(TextField):
    """`5 × 5`; one number means both."""

    def written(self, value: Any) -> str:
        if isinstance(value, (list, tuple)):
            return " × ".join(str(item) for item in value)
        return f"{value} × {value}" if isinstance(value, int) else str(value)

    def read(self, text: str) -> Any:
        numbers = whole_numbers(text)
        return numbers[0] if len(numbers) == 1 else numbers


class PaddingField(Field):
    """One of the words, or numbers in the same field."""

    def __init__(self, parameter: Parameter) -> None:
        super().__init__(parameter)
        self.combo = _Combo()
        self.combo.setEditable(True)
        self.combo.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        assert isinstance(parameter, PaddingParameter)
        self.combo.addItems([*parameter.words, "0", "1", "2"])
        self.line = Line()
        self.line.setAlignment(Qt.AlignmentFlag.AlignLeft)
        self.combo.setLineEdit(self.line)
        self.combo.activated.connect(lambda _: self._given(self.combo.currentText()))
        self.line.given.connect(self._given)
        self.row.addWidget(self.combo)
        self.setFocusProxy(self.combo)

    def show_value(self, value: Any) -> None:
        words = ", ".join(str(item) for item in value) if isinstance(value, (list, tuple)) else str(value)
        self.line.show_text(words)

    def _given(self, text: str) -> None:
        text = text.strip()
        self.line.show_text(text)
        if text.isalpha():
            self.edited.emit(text.lower())
            return
        try:
            numbers = whole_numbers(text)
            self.edited.emit(numbers[0] if len(numbers) == 1 else numbers)
        except ValueError:
            self.edited.emit(text)


class ChoiceField(Field):
    """One of a few words."""

    def __init__(self, parameter: Parameter) -> None:
        super().__init__(parameter)
        self.combo = _Combo()
        assert isinstance(parameter, Choice)
        for name, words in parameter.options:
            self.combo.addItem(words, name)
        self.combo.activated.connect(lambda _: self.edited.emit(self.combo.currentData()))
        self.row.addWidget(self.combo)
        self.setFocusProxy(self.combo)

    def show_value(self, value: Any) -> None:
        self.combo.setCurrentIndex(self.combo.findData(value))


class FlagField(Field):
    """Yes or no."""

    def __init__(self, parameter: Parameter) -> None:
        super().__init__(parameter)
        self.box = QCheckBox()
        self.box.clicked.connect(self.edited.emit)
        self.row.addStretch(1)
        self.row.addWidget(self.box)
        self.setFocusProxy(self.box)

    def show_value(self, value: Any) -> None:
        self.box.setChecked(value is True)


FIELDS: dict[str, Callable[[Parameter], Field]] = {
    "text": TextField,
    "integer": IntegerField,
    "number": NumberField,
    "flag": FlagField,
    "choice": ChoiceField,
    "pair": PairField,
    "padding": PaddingField,
}
"""The field for each `editor` of a declaration."""


def make_field(parameter: Parameter) -> Field:
    """The field that a declaration asks for; a line of text for an editor that is not known here."""
    return FIELDS.get(parameter.editor, TextField)(parameter)
