"""The page of the design itself, where nothing is selected: name, labels, seed, direction, and what it costs."""

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QPlainTextEdit, QVBoxLayout, QWidget

from cnnbuilder.app.inspector import telling
from cnnbuilder.app.inspector.figures import Figures
from cnnbuilder.app.inspector.form import Form
from cnnbuilder.app.inspector.line import NameLine
from cnnbuilder.app.inspector.parts import Section, words_label
from cnnbuilder.app.session import Session, Shown
from cnnbuilder.design.document import Design
from cnnbuilder.design.parameters import Choice, Integer, Parameter

TEACHING = (
    "<p>Nothing is selected. Click a card to see and change its parameters, how its output size comes about, and what "
    "it costs; several cards, with Ctrl or a frame drawn around them, to change what they have in common.</p>"
    "<p>Add a block from the list on the left: Enter or a double-click puts it behind the selected card, and it can be "
    "dragged to any place or onto a link.</p>"
)
PARAMETERS: dict[str, Parameter] = {
    "seed": Integer(0, "The first weights are drawn from this number: the same seed gives the same network."),
    "direction": Choice(
        "right",
        "How the cards are laid out. Choosing lays all of them anew.",
        options=(("right", "left to right"), ("down", "top to bottom")),
    ),
}
LABEL_LINES = 5


class Labels(QPlainTextEdit):
    """The names of classes, one a line or with commas between."""

    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setTabChangesFocus(True)
        self.setAccessibleName("Labels of the classes")
        self.setPlaceholderText("one a line: cat, dog …")
        self.setToolTip("A name for each class, in the order of the outputs: one a line, or with commas between")
        self.setFixedHeight(self.fontMetrics().lineSpacing() * LABEL_LINES + 14)

    def labels(self) -> tuple[str, ...]:
        """What is written, as labels."""
        text = self.toPlainText().strip()
        parts = text.split("\n") if "\n" in text or not text else text.split(",")
        labels = tuple(part.strip() for part in parts)
        return labels if any(labels) else ()

    def show_labels(self, labels: tuple[str, ...]) -> None:
        """Show these, unless they are what is being written."""
        if self.labels() != labels or not self.hasFocus():
            text = "\n".join(labels)
            if text != self.toPlainText():
                self.blockSignals(True)
                self.setPlainText(text)
                self.blockSignals(False)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.left.emit()


class DesignPage(QWidget):
    """Follows the document as a whole."""

    done = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._key = -1
        self._name = NameLine("Name of the design", "The design's name; change it and press Enter")
        self._name.setPlaceholderText("untitled design")
        self._name.named.connect(self._rename)
        self._name.done.connect(self.done)
        self._form = Form(PARAMETERS)
        self._form.edited.connect(self._edit)
        self._form.left.connect(session.seal)
        self._form.done.connect(self.done)
        self._labels = Labels()
        self._labels.textChanged.connect(self._label)
        self._labels.left.connect(self._leave_labels)
        self._classes = words_label("small")
        self._costs = Section("Cost of the whole network", Figures("Cost of the whole network"))
        teaching = words_label("dim")
        teaching.setText(TEACHING)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for widget in (
            self._name,
            self._form,
            Section("Labels of the classes", self._labels),
            self._classes,
            self._costs,
            teaching,
        ):
            column.addWidget(widget)

    def show_design(self, shown: Shown) -> None:
        """Show the design."""
        design, fresh = shown.design, self._key != shown.key
        self._key = shown.key
        self._name.show_name(design.name, fresh)
        self._form.show_values({"seed": design.seed, "direction": design.direction}, {}, fresh)
        self._labels.show_labels(design.labels)
        self._classes.setText(telling.classes_words(shown.report, len(design.labels)))
        assert isinstance(self._costs.content, Figures)
        self._costs.content.show_figures(telling.design_figures(shown.report))

    def _rename(self, name: str) -> None:
        self._session.edit("Name of the design", lambda design: replace(design, name=name))

    def _edit(self, name: str, value: object, words: str) -> None:
        if name == "direction":
            self._session.arrange(str(value))
        elif isinstance(value, int):
            self._session.edit(words, lambda design: replace(design, seed=value), merge=("design", name))

    def _label(self) -> None:
        labels = self._labels.labels()

        def change(design: Design) -> Design:
            return replace(design, labels=labels)

        if labels != self._session.design.labels:
            self._session.edit("Labels of the classes", change, merge=("design", "labels"))

    def _leave_labels(self) -> None:
        self._labels.show_labels(self._session.design.labels)
        self._session.seal()
