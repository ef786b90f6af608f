"""The form of one kind: a row for each declared parameter, with its fault in clear words below."""

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from cnnbuilder.app.inspector.fields import Field, make_field
from cnnbuilder.design.graph import Block
from cnnbuilder.design.layer import Layer, parameters_of
from cnnbuilder.design.parameters import label_of

FIELD_WIDTH = 124


class Form(QWidget):
    """Shows any block of one kind."""

    edited = Signal(str, object, str)
    """A parameter's name, its new JSON value, its label."""

    def __init__(self, layer: type[Layer]) -> None:
        super().__init__()
        self._fields: dict[str, Field] = {}
        self._faults: dict[str, QLabel] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(6)
        grid.setHorizontalSpacing(8)
        grid.setColumnStretch(0, 1)
        for row, (name, parameter) in enumerate(parameters_of(layer).items()):
            words = label_of(name, parameter)
            label = QLabel(words)
            label.setToolTip(parameter.help)
            field = make_field(parameter)
            field.setFixedWidth(FIELD_WIDTH)
            field.setToolTip(parameter.help)
            for editor in field.editors():
                editor.setAccessibleName(words)
                editor.setToolTip(parameter.help)
                editor.setObjectName(f"field-{name}")
            label.setBuddy(field)
            fault = QLabel()
            fault.setObjectName("fault")
            fault.setWordWrap(True)
            fault.hide()
            grid.addWidget(label, 2 * row, 0)
            grid.addWidget(field, 2 * row, 1)
            grid.addWidget(fault, 2 * row + 1, 0, 1, 2)
            field.edited.connect(lambda value, name=name, words=words: self.edited.emit(name, value, words))
            field.refused.connect(lambda words, name=name: self._show_fault(name, words))
            self._fields[name], self._faults[name] = field, fault

    def show_block(self, block: Block) -> None:
        """Show a block's values and what is wrong with them."""
        params: dict[str, Any] = block.params
        for name, field in self._fields.items():
            field.show_value(params.get(name))
            self._show_fault(name, block.faults.get(name, ""))

    def _show_fault(self, name: str, words: str) -> None:
        label = self._faults[name]
        if words == label.text() and bool(words) is not label.isHidden():
            return
        label.setText(f"{words[:1].upper()}{words[1:]}." if words else "")
        label.setVisible(bool(words))
        for editor in self._fields[name].editors():
            if bool(editor.property("fault")) != bool(words):
                editor.setProperty("fault", bool(words))
                editor.style().unpolish(editor)
                editor.style().polish(editor)
