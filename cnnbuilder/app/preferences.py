"""The dialog of preferences: made from their declarations, put to work at once."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from cnnbuilder.app import settings, theme
from cnnbuilder.app.settings import PREFERENCES, Preference

WIDTH = 500


class Preferences(QDialog):
    """Every preference with a line on what it does; what is chosen counts at once."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setWindowTitle("Preferences")
        self._helps: list[QLabel] = []
        self.fields: dict[str, QComboBox | QCheckBox] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 14)
        column.setSpacing(6)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(3)
        self._grid.setColumnStretch(0, 1)
        group = ""
        for preference in PREFERENCES:
            if preference.group != group:
                group = preference.group
                self._head(group)
            self._row(preference)
        column.addLayout(self._grid)
        column.addSpacing(10)
        column.addStretch(1)
        column.addWidget(self._buttons())
        settings.keeper().changed.connect(self._follow)
        theme.keeper().changed.connect(self._suit_text)
        self._suit_text()

    def _suit_text(self) -> None:
        """Room for every line in the size of text that is shown."""
        for help in self._helps:
            help.setFixedWidth(round(theme.scaled(WIDTH)))
            help.ensurePolished()
            help.setFixedHeight(help.heightForWidth(help.width()))
        self.adjustSize()

    def _buttons(self) -> QDialogButtonBox:
        kind = QDialogButtonBox.StandardButton
        box = QDialogButtonBox(kind.RestoreDefaults | kind.Close)
        reset, close = box.button(kind.RestoreDefaults), box.button(kind.Close)
        reset.setText("Reset to defaults")
        reset.setToolTip("Every preference as it was at first")
        reset.clicked.connect(settings.keeper().reset)
        close.setToolTip("Close; everything chosen counts already")
        close.setDefault(True)
        box.rejected.connect(self.hide)
        return box

    def _head(self, words: str) -> None:
        label = QLabel(words)
        label.setObjectName("heading")
        label.setContentsMargins(0, 10, 0, 2)
        self._grid.addWidget(label, self._grid.rowCount(), 0, 1, 2)

    def _row(self, preference: Preference) -> None:
        row = self._grid.rowCount()
        field = _choice(preference) if preference.options else _yes_or_no(preference)
        field.setToolTip(preference.help)
        field.setAccessibleName(preference.label)
        field.setAccessibleDescription(preference.help)
        field.setObjectName(f"preference-{preference.key}")
        label, help = QLabel(preference.label), QLabel(preference.help)
        label.setBuddy(field)
        help.setObjectName("small")
        help.setWordWrap(True)
        self._helps.append(help)
        self._grid.addWidget(label, row, 0)
        self._grid.addWidget(field, row, 1, Qt.AlignmentFlag.AlignRight)
        self._grid.addWidget(help, row + 1, 0, 1, 2)
        self._grid.setRowMinimumHeight(row + 2, 8)
        self.fields[preference.key] = field
        self._follow(preference.key)

    def _follow(self, key: str) -> None:
        """Show a value that was changed here or elsewhere."""
        field, value = self.fields.get(key), settings.get(key)
        if isinstance(field, QComboBox):
            field.setCurrentIndex(field.findData(value))
        elif field is not None:
            field.setChecked(bool(value))


def _choice(preference: Preference) -> QComboBox:
    field = QComboBox()
    for value, words in preference.options:
        field.addItem(words, value)
    field.activated.connect(lambda row: settings.keeper().put(preference.key, field.itemData(row)))
    return field


def _yes_or_no(preference: Preference) -> QCheckBox:
    field = QCheckBox()
    field.toggled.connect(lambda on: settings.keeper().put(preference.key, on))
    return field
