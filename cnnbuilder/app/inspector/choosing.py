"""Fields with something to choose: one of a few words, yes or no, a pair that can be kept equal, paddings."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QCheckBox, QLineEdit, QMenu, QWidget

from cnnbuilder.app import icons, theme
from cnnbuilder.app.inspector import reading
from cnnbuilder.app.inspector.fields import Field, IntegerField, NumberField, NumbersField, TextField
from cnnbuilder.app.inspector.line import Combo
from cnnbuilder.app.stylesheet import ARROW, ARROW_SIZE
from cnnbuilder.design.parameters import BadValue, Choice, PaddingParameter, Pair, Parameter
from cnnbuilder.design.shape import TIMES

MIXED = "mixed"
PADDING_WORDS = {"valid": "no cells", "same": "as many as keep the size", "full": "every cell meets every weight"}


class PairField(TextField):
    """`5 × 5`; one number means both. A link keeps both equal while they are stepped."""

    draggable = True

    def __init__(self, parameter: Parameter) -> None:
        super().__init__(parameter)
        self.linked = True
        self.link = QAction(self)
        self.link.triggered.connect(self.turn_link)
        self.line.addAction(self.link, QLineEdit.ActionPosition.LeadingPosition)
        theme.keeper().changed.connect(self._show_link)
        self._show_link()

    def show_value(self, value: Any, fresh: bool = False) -> None:
        equal = isinstance(value, list) and len(set(map(str, value))) == 1
        if fresh or not equal:
            self.linked = equal or value is None
            self._show_link()
        super().show_value(value, fresh)

    def _show_link(self) -> None:
        self.line.one_value = self.linked
        name = "link" if self.linked else "unlink"
        self.link.setIcon(icons.icon(name, theme.now().accent if self.linked else theme.now().dim))
        self.link.setText("Keep both numbers equal")
        self.link.setToolTip(
            "Both numbers change together; press to change them apart"
            if self.linked
            else "The numbers change apart; press to make both equal"
        )

    def standard_menu(self) -> QMenu:
        menu = super().standard_menu()
        first = menu.actions()[0]
        link = QAction(self.link.text(), menu)
        link.setCheckable(True)
        link.setChecked(self.linked)
        link.triggered.connect(self.turn_link)
        menu.insertAction(first, link)
        menu.insertSeparator(first)
        return menu

    def turn_link(self) -> None:
        """Let steps change both numbers or one; linked, both become the first."""
        self.linked = not self.linked
        self._show_link()
        if self.linked and isinstance(self.value, list) and self.value:
            self.give([self.value[0]] * len(self.value))
            self.left.emit()

    def written(self, value: Any) -> str:
        return TIMES.join(str(item) for item in value) if isinstance(value, list) else str(value)

    def read(self, text: str) -> Any:
        numbers = reading.whole_numbers(text, reading.decimal_comma())
        return numbers[0] if len(numbers) == 1 else numbers

    def value_of(self, text: str) -> Any:
        try:
            return super().value_of(text)
        except BadValue as error:
            words = str(error)
            raise BadValue(words if "two" in words else f"{words}, or two such as 5{TIMES}3") from None

    def stepped(self, value: Any, by: int, fine: bool) -> Any:
        if not isinstance(value, list) or not all(isinstance(item, int) for item in value):
            return None
        low = self.parameter.low if isinstance(self.parameter, Pair) else 0
        return [max(low, item + by) if number in self._meant() else item for number, item in enumerate(value)]

    def _meant(self) -> tuple[int, ...]:
        """Which of the two a step changes: the one that the cursor is in, where they are not linked."""
        if self.linked or not self.line.hasFocus():
            return (0, 1)
        return (int("×" in self.line.text()[: self.line.cursorPosition()]),)


class PaddingField(TextField):
    """One of the words, or numbers, in one line; the arrow lists what there is."""

    draggable = True

    def __init__(self, parameter: Parameter) -> None:
        super().__init__(parameter)
        self._words = parameter.words if isinstance(parameter, PaddingParameter) else ()
        self._arrow = QAction(self)
        self._arrow.setToolTip("What can be chosen (Alt+↓)")
        self._arrow.triggered.connect(self._list)
        self.line.listed.connect(self._list)
        self.line.addAction(self._arrow, QLineEdit.ActionPosition.TrailingPosition)
        theme.keeper().changed.connect(self._recolour)
        self._recolour()

    def _recolour(self) -> None:
        self._arrow.setIcon(icons.icon("chevron-down", ARROW, size=ARROW_SIZE))

    def _choices(self) -> list[tuple[Any, str]]:
        words = [(word, f"{word} — {PADDING_WORDS[word]}") for word in self._words]
        return [*words, *((number, f"{number} on every side") for number in (0, 1, 2, 3))]

    def _list(self) -> None:
        menu = QMenu(self)
        group = QActionGroup(menu)
        for value, words in self._choices():
            action = QAction(words, menu)
            action.setCheckable(True)
            action.setChecked(not self.mixed and value == self.value)
            action.triggered.connect(lambda _=False, value=value: self._choose(value))
            group.addAction(action)
            menu.addAction(action)
        for words in ("or type two numbers: vertical × horizontal", "or four: top, bottom, left, right"):
            menu.addAction(words).setEnabled(False)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.line.mapToGlobal(QPoint(0, self.line.height() + 2)))

    def _choose(self, value: Any) -> None:
        self.show_value(self.value, fresh=True)
        self.give(value)
        self.left.emit()

    def written(self, value: Any) -> str:
        if isinstance(value, list):
            return TIMES.join(map(str, value)) if len(value) == 2 else " ".join(map(str, value))
        return str(value)

    def read(self, text: str) -> Any:
        if text.lower() in self._words:
            return text.lower()
        numbers = reading.whole_numbers(text, reading.decimal_comma())
        return numbers[0] if len(numbers) == 1 else numbers

    def _settle(self) -> None:
        """On Enter, or when the line is left, the first letters of a word are enough."""
        text = self.line.text().strip().lower()
        begun = [word for word in self._words if text and word.startswith(text)]
        if self.line.half_typed and len(begun) == 1:
            self._typed(begun[0])
        super()._settle()

    def stepped(self, value: Any, by: int, fine: bool) -> Any:
        if isinstance(value, str) and value in self._words:
            # The next word, the way that the arrow points in the list; after the last the numbers begin.
            at = self._words.index(value) - (1 if by > 0 else -1)
            return self._words[at] if 0 <= at < len(self._words) else (0 if at > 0 else None)
        if isinstance(value, list) and all(isinstance(item, int) for item in value):
            return [max(0, item + by) for item in value]
        return max(0, value + by) if isinstance(value, int) and not isinstance(value, bool) else None

    def drag(self, pixels: float, fine: bool) -> None:
        if not isinstance(self.value, str):  # a word has no more or less
            super().drag(pixels, fine)


class ChoiceField(Field):
    """One of a few words."""

    def __init__(self, parameter: Parameter) -> None:
        super().__init__(parameter)
        self.combo = Combo()
        self._options = dict(parameter.options) if isinstance(parameter, Choice) else {}
        for name, words in self._options.items():
            self.combo.addItem(words, name)
        self.combo.setSizeAdjustPolicy(Combo.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.combo.setMinimumContentsLength(6)
        self.combo.activated.connect(self._chosen)
        self.combo.entered.connect(self.done)
        self.row.addWidget(self.combo)

    def _chosen(self) -> None:
        self.give(self.combo.currentData())
        self.left.emit()

    def editors(self) -> list[QWidget]:
        return [self.combo]

    def words(self, value: Any) -> str:
        return self._options.get(value, str(value)) if isinstance(value, str) else str(value)

    def show_value(self, value: Any, fresh: bool = False) -> None:
        super().show_value(value, fresh)
        self.combo.setPlaceholderText(self.words(value))
        self.combo.setCurrentIndex(self.combo.findData(value))

    def show_mixed(self) -> None:
        super().show_mixed()
        self.combo.setPlaceholderText(MIXED)
        self.combo.setCurrentIndex(-1)


class FlagField(Field):
    """Yes or no."""

    def __init__(self, parameter: Parameter) -> None:
        super().__init__(parameter)
        self.box = QCheckBox()
        self.box.clicked.connect(self._clicked)
        self.row.addStretch(1)
        self.row.addWidget(self.box)

    def _clicked(self) -> None:
        self.give(self.box.isChecked())
        self.left.emit()

    def editors(self) -> list[QWidget]:
        return [self.box]

    def words(self, value: Any) -> str:
        return {True: "on", False: "off"}.get(value, str(value)) if isinstance(value, bool) else str(value)

    def show_value(self, value: Any, fresh: bool = False) -> None:
        super().show_value(value, fresh)
        self.box.setTristate(False)
        self.box.setChecked(value is True)

    def show_mixed(self) -> None:
        super().show_mixed()
        self.box.setCheckState(Qt.CheckState.PartiallyChecked)


FIELDS: dict[str, Callable[[Parameter], Field]] = {
    "text": TextField,
    "integer": IntegerField,
    "number": NumberField,
    "numbers": NumbersField,
    "flag": FlagField,
    "choice": ChoiceField,
    "pair": PairField,
    "padding": PaddingField,
}
"""The field for each `editor` of a declaration."""


def make_field(parameter: Parameter) -> Field:
    """The field that a declaration asks for; a line of text for an editor that is not known here."""
    return FIELDS.get(parameter.editor, TextField)(parameter)
