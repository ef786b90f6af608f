"""The page of several blocks: a form of the parameters that they share, and what they cost together."""

from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from cnnbuilder.app.inspector import telling
from cnnbuilder.app.inspector.figures import Figures
from cnnbuilder.app.inspector.form import MIXED, Form
from cnnbuilder.app.inspector.line import NameLine
from cnnbuilder.app.inspector.parts import Section, words_label
from cnnbuilder.app.inspector.switch import Switch
from cnnbuilder.app.session import Session, Shown
from cnnbuilder.design.graph import Block
from cnnbuilder.design.layer import parameters_of
from cnnbuilder.design.parameters import Parameter
from cnnbuilder.design.shape import plural

NAMES_MOST = 12


def shared_parameters(blocks: list[Block]) -> dict[str, Parameter]:
    """The parameters that all these blocks have, with the same values allowed."""
    declared = [parameters_of(block.layer_class) if block.layer_class else {} for block in blocks]
    first, *others = declared
    return {
        name: parameter
        for name, parameter in first.items()
        if all(name in other and _allows(other[name]) == _allows(parameter) for other in others)
    }


def _allows(parameter: Parameter) -> Parameter:
    """The declaration without its words."""
    return replace(parameter, default=None, help="", label="", null_words="")


class SeveralPage(QWidget):
    """Follows a selection of two or more blocks."""

    done = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._of: object = None
        self._kinds: frozenset[str] = frozenset()
        self._form: Form | None = None
        self._title = QLabel()
        self._title.setObjectName("title")
        self._group = ""
        self._name = NameLine("Name of the group", "The group's name; change it and press Enter")
        self._name.named.connect(self._rename)
        self._name.done.connect(self.done)
        self._switch = Switch("Blocks are on", "Switch these blocks off or on")
        self._switch.clicked.connect(lambda on: session.switch_off(session.shown.selected, not on))
        self._names = words_label("small")
        self._nothing = words_label("dim")
        self._nothing.setText("They have no parameter in common.")
        self._place = QVBoxLayout()
        self._costs = Section("Cost", Figures("Cost of these blocks"))
        row = QHBoxLayout()
        row.addWidget(self._title, 1)
        row.addWidget(self._name, 1)
        row.addWidget(self._switch)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(row)
        column.addWidget(self._names)
        column.addLayout(self._place)
        column.addWidget(self._nothing)
        column.addWidget(self._costs)

    @property
    def first(self) -> QWidget:
        """Where editing begins."""
        return self._form.first if self._form is not None else self._switch

    def show_blocks(self, shown: Shown) -> None:
        """Show the selected blocks."""
        blocks = [shown.design.blocks[id] for id in shown.selected]
        fresh = self._of != (shown.key, shown.selected)
        self._of = (shown.key, shown.selected)
        count = plural(len(blocks), "block")
        group = next((group.name for group in shown.design.groups if set(group.blocks) == set(shown.selected)), None)
        self._title.setText(count)
        self._title.setVisible(group is None)
        self._name.setVisible(group is not None)
        self._name.show_name(group or "", fresh)
        self._group = group or ""
        names = ", ".join(shown.selected[:NAMES_MOST])
        more = f" and {len(blocks) - NAMES_MOST} more" if len(blocks) > NAMES_MOST else ""
        self._names.setText(f"{names}{more}" if group is None else f"A group of {count}: {names}{more}")
        off = sum(block.off for block in blocks)
        states = {0: Qt.CheckState.Checked, len(blocks): Qt.CheckState.Unchecked}
        self._switch.setTristate(off not in states)
        self._switch.setCheckState(states.get(off, Qt.CheckState.PartiallyChecked))
        kinds = frozenset(block.kind for block in blocks)
        if kinds != self._kinds:
            self._kinds = kinds
            self._make_form(blocks)
            fresh = True
        if self._form is not None:
            self._form.show_values(_values(blocks), {}, fresh)
        assert isinstance(self._costs.content, Figures)
        self._costs.content.show_figures(telling.sum_figures(shown.report, shown.selected))

    def _make_form(self, blocks: list[Block]) -> None:
        if self._form is not None:
            self._form.hide()
            self._form.deleteLater()
            self._form = None
        parameters = shared_parameters(blocks)
        self._nothing.setVisible(not parameters)
        if parameters:
            self._form = Form(parameters)
            self._form.edited.connect(self._edit)
            self._form.left.connect(self._session.seal)
            self._form.done.connect(self.done)
            self._place.addWidget(self._form)
            self._form.follow(self._switch)

    def _rename(self, name: str) -> None:
        self._session.rename_group(self._group, name)
        if not name:
            self._name.show_name(self._group, fresh=True)

    def _edit(self, name: str, value: object, words: str) -> None:
        ids = self._session.shown.selected
        self._session.set_params(ids, name, value, words, merge=("params", ids, name))


def _values(blocks: list[Block]) -> dict[str, Any]:
    """Each parameter's value, MIXED where the blocks differ."""
    first, *others = [block.params for block in blocks]
    return {
        name: value if all(other.get(name) == value for other in others) else MIXED for name, value in first.items()
    }
