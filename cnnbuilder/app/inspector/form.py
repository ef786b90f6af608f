"""A form: a row for each declared parameter, with its fault in clear words below."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from cnnbuilder.app.inspector.choosing import make_field
from cnnbuilder.app.inspector.fields import Field
from cnnbuilder.app.inspector.line import Grip
from cnnbuilder.design.parameters import Parameter, label_of

MIXED = object()
"""Stands for the value of a parameter that several blocks have different values of."""
DRAG_HELP = "Drag the name left or right to change it; hold Shift for small steps."


class Form(QWidget):
    """Shows the values of some parameters, of one block or of several."""

    edited = Signal(str, object, str)
    """A parameter's name, its new JSON value, its label."""
    left = Signal()
    """A gesture on a field is over: the next edit is another step of undo."""
    done = Signal()
    """Enter in a field."""

    def __init__(self, parameters: Mapping[str, Parameter]) -> None:
        super().__init__()
        self._fields: dict[str, Field] = {}
        self._faults: dict[str, QLabel] = {}
        self._said: dict[str, str] = {}
        """What is wrong with the values that the document holds."""
        self._refused: dict[str, str] = {}
        """What is wrong with what was typed."""
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(0)
        grid.setHorizontalSpacing(8)
        grid.setColumnStretch(0, 5)
        grid.setColumnStretch(1, 6)
        for number, (name, parameter) in enumerate(parameters.items()):
            self._add(grid, 4 * number, name, parameter)

    def _add(self, grid: QGridLayout, row: int, name: str, parameter: Parameter) -> None:
        words = label_of(name, parameter)
        field = make_field(parameter)
        label = Grip(words, field.draggable)
        help = f"{parameter.help}\n{DRAG_HELP}" if field.draggable else parameter.help
        field.setMinimumWidth(112)
        for widget in (label, field, *field.editors()):
            widget.setToolTip(help)
        for editor in field.editors():
            editor.setAccessibleName(words)
            editor.setObjectName(f"field-{name}")
        label.setObjectName(f"grip-{name}")
        label.setBuddy(field.editors()[0])
        fault = QLabel()
        fault.setObjectName("fault")
        fault.setWordWrap(True)
        fault.hide()
        grid.addWidget(label, row, 0)
        grid.addWidget(field, row, 1)
        extra = field.extra()
        if extra is not None:
            grid.addWidget(extra, row + 1, 0, 1, 2)
        grid.addWidget(fault, row + 2, 0, 1, 2)
        grid.setRowMinimumHeight(row + 3, 6)
        label.begun.connect(field.drag_begin)
        label.moved.connect(field.drag)
        label.ended.connect(field.left)
        label.clicked.connect(field.editors()[0].setFocus)
        label.menu_wanted.connect(field.open_menu)
        field.edited.connect(lambda value: self.edited.emit(name, value, words))
        field.refused.connect(lambda words: self._refuse(name, words))
        field.left.connect(self.left)
        field.done.connect(self.done)
        self._fields[name], self._faults[name] = field, fault

    def show_values(self, values: Mapping[str, Any], faults: Mapping[str, str], fresh: bool) -> None:
        """Show values and what is wrong with them; `fresh` where they are another block's."""
        for name, field in self._fields.items():
            value = values.get(name)
            if value is MIXED:
                field.show_mixed()
            else:
                field.show_value(value, fresh)
            self._said[name] = faults.get(name, "")
            self._show_fault(name)

    def _refuse(self, name: str, words: str) -> None:
        self._refused[name] = words
        self._show_fault(name)

    def _show_fault(self, name: str) -> None:
        words = self._refused.get(name) or self._said.get(name, "")
        label, field = self._faults[name], self._fields[name]
        label.setText(f"{words[:1].upper()}{words[1:]}." if words else "")
        label.setVisible(bool(words))
        field.show_fault(bool(words))
        for editor in field.editors():
            editor.setAccessibleDescription(label.text() or field.parameter.help)

    @property
    def count(self) -> int:
        """How many fields there are."""
        return len(self._fields)

    @property
    def first(self) -> QWidget:
        """The first field."""
        return next(iter(self._fields.values())).editors()[0]

    def follow(self, before: QWidget) -> None:
        """Let Tab lead from `before` through the fields."""
        for field in self._fields.values():
            for editor in field.editors():
                QWidget.setTabOrder(before, editor)
                before = editor
