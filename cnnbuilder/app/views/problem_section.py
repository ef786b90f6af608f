"""One problem in the Problems view: what clashes, where the size came from, and fixes with a button each."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from cnnbuilder.app.views.problem_words import message_words, trace_words
from cnnbuilder.app.views.remedies import fixes_of
from cnnbuilder.design.check import Report
from cnnbuilder.design.problem import Fix, Problem

LOOKING = "Looking for fixes …"
NONE_FOUND = "No single edit that mends it was found. Change one of the two blocks, or take one of them out."


def linked_label(name: str = "") -> QLabel:
    """A label whose links and text can be used with mouse and keyboard."""
    label = QLabel()
    label.setObjectName(name)
    label.setTextFormat(Qt.TextFormat.RichText)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextBrowserInteraction)
    return label


class Apply(QPushButton):
    """A button that Enter presses too."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)


class FixRow(QFrame):
    """A fix: what it does, what becomes of shapes and parameters, and its button."""

    wanted = Signal(object)

    def __init__(self, number: int) -> None:
        super().__init__()
        self.setObjectName("well")
        self._fix: Fix | None = None
        self._label, self._effect = QLabel(), QLabel()
        self._label.setObjectName("strong")
        self._effect.setObjectName("dim")
        self.button = Apply("Apply")
        self.button.setObjectName("primary" if number == 1 else "")
        self.button.clicked.connect(self._apply)
        self._number = number
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 8, 6)
        row.setSpacing(12)
        for part, stretch in ((self._label, 3), (self._effect, 5)):
            part.setMinimumWidth(60)
            part.setWordWrap(True)
            part.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            row.addWidget(part, stretch)
        row.addWidget(self.button)

    def show_fix(self, fix: Fix) -> None:
        """Offer a fix."""
        self._fix = fix
        for label, words in ((self._label, fix.label), (self._effect, fix.effect)):
            label.setText(words)
            label.setToolTip(words)
        self.button.setAccessibleName(f"Apply: {fix.label}")
        self.button.setAccessibleDescription(fix.effect)
        key = f"; key {self._number}" if self._number <= 9 else ""
        self.button.setToolTip(f"{fix.label} (one step of undo{key})")
        self.button.setEnabled(True)

    def _apply(self) -> None:
        if self._fix is not None:
            self.wanted.emit(self._fix)


class ProblemSection(QWidget):
    """A problem of one block; the same section follows that problem while the block is edited."""

    block_wanted = Signal(str)
    fix_wanted = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.problem: Problem | None = None
        self._message, self._trace = linked_label(), linked_label("dim")
        for label in (self._message, self._trace):
            label.linkActivated.connect(self.block_wanted)
        self._state = QLabel()
        self._state.setObjectName("small")
        self._state.setWordWrap(True)
        self._rows: list[FixRow] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 8)
        self._column.setSpacing(7)
        for label in (self._message, self._trace, self._state):
            self._column.addWidget(label)

    def show_problem(self, problem: Problem, report: Report) -> None:
        """Show a problem; fixes that were shown cannot be applied until those of this one are known."""
        self.problem = problem
        self._message.setText(message_words(problem, report, True))
        self._message.setAccessibleName(problem.message)
        self._trace.setVisible(bool(problem.trace))
        if problem.trace:
            self._trace.setText(trace_words(problem, report))
            self._trace.setAccessibleName("Where the size came from")
        self.show_fixes()

    def show_fixes(self) -> None:
        """Show the fixes where they are known."""
        fixes = fixes_of(self.problem) if self.problem else None
        if fixes is None:
            for row in self._rows:
                row.button.setEnabled(False)
            self._state.setText(LOOKING)
            self._state.setVisible(not self._rows)
            return
        while len(self._rows) > len(fixes):
            row = self._rows.pop()
            row.hide()
            row.deleteLater()
        while len(self._rows) < len(fixes):
            row = FixRow(len(self._rows) + 1)
            row.wanted.connect(self.fix_wanted)
            self._rows.append(row)
            self._column.addWidget(row)
        for row, fix in zip(self._rows, fixes, strict=True):
            row.show_fix(fix)
        self._state.setText(NONE_FOUND)
        self._state.setVisible(not fixes)

    def buttons(self) -> list[Apply]:
        """The buttons of the fixes, the best first."""
        return [row.button for row in self._rows]
