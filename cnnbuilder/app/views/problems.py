"""Problems: what clashes, where the odd size came from, and fixes with their effect, one click each."""

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from cnnbuilder.app import theme
from cnnbuilder.app.exporting import Export, rendered
from cnnbuilder.app.session import Session, Shown
from cnnbuilder.app.tasks import Tasks
from cnnbuilder.app.views.problem_section import Apply, ProblemSection, linked_label
from cnnbuilder.app.views.problem_words import message_words
from cnnbuilder.app.views.remedies import Remedies
from cnnbuilder.design.check import Report
from cnnbuilder.design.problem import Fix, Problem
from cnnbuilder.design.shape import plural

MOST = 20
"""Problems shown at a time; those further down are mostly the first ones' doing."""
NOTES_MOST = 30
STEPS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}


class Problems(QScrollArea):
    """A section for each problem, then the notes."""

    titled = Signal(str)
    alarming = Signal(bool)
    centred = Signal(str)
    """A block is to be shown in the middle of the canvas."""

    def __init__(self, session: Session, tasks: Tasks) -> None:
        super().__init__()
        self.setObjectName("panel")
        self._session = session
        self._remedies = Remedies(tasks)
        self._remedies.found.connect(self._found)
        self._shown: Report | None = None
        self._wanted: str | None = None
        self._sections: dict[tuple[int, str | None, str, int], ProblemSection] = {}
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName("Problems")
        self._build()
        session.changed.connect(self._changed)
        theme.keeper().changed.connect(self._recolour)

    def _build(self) -> None:
        body = QWidget()
        body.setObjectName("body")
        column = QVBoxLayout(body)
        column.setContentsMargins(18, 12, 18, 12)
        column.setSpacing(7)
        self._fine = QLabel("All blocks fit together.")
        self._fine.setObjectName("fine")
        self._place = QVBoxLayout()
        self._place.setSpacing(7)
        self._more = QLabel()
        self._more.setObjectName("small")
        self._heading = QLabel("Worth knowing")
        self._heading.setObjectName("heading")
        # One label for all: a label each takes a while to lay out.
        self._notes = linked_label()
        self._notes.linkActivated.connect(self._go)
        self._notes.setAccessibleName("Worth knowing")
        column.addWidget(self._fine)
        column.addLayout(self._place)
        for label in (self._more, self._heading, self._notes):
            column.addWidget(label)
        column.addStretch(1)
        self.setWidget(body)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._show(self._session.shown)

    def export(self) -> Export | None:
        """What is wrong and worth knowing, as it is seen."""
        report, body = self._session.shown.report, self.widget()
        found = [*report.problems, *report.notes]
        if body is None or not found:
            return None
        return Export(
            "Problems",
            body.size(),
            rendered(body),
            lambda: [["block", "what is wrong"], *([item.block, item.message] for item in found)],
            lambda: [{"block": item.block, "message": item.message} for item in found],
        )

    def _changed(self, old: Shown, new: Shown) -> None:
        self.tell_title()
        if self.isVisible():
            self._show(new)

    def tell_title(self) -> None:
        """Say how many there are in the tab."""
        shown = self._session.shown
        count = len(shown.report.problems) if shown.design.blocks else 0
        self.titled.emit(f"Problems {count}" if count else "Problems")
        self.alarming.emit(bool(count))

    def show_problem(self, id: str) -> None:
        """Bring the problem of a block into view, its first fix ready for Enter."""
        self._wanted = id
        if self.isVisible():
            self._show(self._session.shown)
            QTimer.singleShot(0, self._show_wanted)

    def _show_wanted(self) -> None:
        """Once everything has its place."""
        section = next((item for item in self._sections.values() if _block(item) == self._wanted), None)
        if section is not None:
            self.verticalScrollBar().setValue(section.y() - 8)
            buttons = [button for button in section.buttons() if button.isEnabled()]
            if buttons:
                buttons[0].setFocus(Qt.FocusReason.OtherFocusReason)
                self._wanted = None

    def _recolour(self) -> None:
        self._shown = None
        if self.isVisible():
            self._show(self._session.shown)

    def _show(self, shown: Shown) -> None:
        report = shown.report
        if report is self._shown:
            return
        self._shown = report
        problems = report.problems[:MOST]
        self._show_sections(shown.key, problems, report)
        self._fine.setVisible(not problems)
        rest = len(report.problems) - len(problems)
        self._more.setText(f"and {plural(rest, 'more problem')}" if rest else "")
        self._more.setVisible(bool(rest))
        notes = report.notes
        rows = [f"<p>{message_words(note, report, False)}</p>" for note in notes[:NOTES_MOST]]
        if len(notes) > NOTES_MOST:
            rows.append(f"<p>and {len(notes) - NOTES_MOST} more</p>")
        self._notes.setText("".join(rows))
        for label in (self._heading, self._notes):
            label.setVisible(bool(notes))
        self._remedies.ask(problems)
        if self._wanted is not None:
            QTimer.singleShot(0, self._show_wanted)

    def _show_sections(self, key: int, problems: list[Problem], report: Report) -> None:
        """A section for each; what is still a problem keeps its own, so that nothing jumps during a drag."""
        before, self._sections = self._sections, {}
        for problem in problems:
            number = sum(other[1:3] == (problem.block, problem.code) for other in self._sections)
            which = (key, problem.block, problem.code, number)
            section = before.pop(which, None) or self._new_section()
            self._sections[which] = section
            section.show_problem(problem, report)
        for section in before.values():
            section.hide()
            section.deleteLater()
        for place, section in enumerate(self._sections.values()):
            if self._place.indexOf(section) != place:
                self._place.insertWidget(place, section)

    def _new_section(self) -> ProblemSection:
        section = ProblemSection()
        section.block_wanted.connect(self._go)
        section.fix_wanted.connect(self._apply)
        return section

    def _found(self, problem: Problem) -> None:
        for section in self._sections.values():
            if section.problem is problem:
                section.show_fixes()
        if self._wanted is not None and problem.block == self._wanted:
            QTimer.singleShot(0, self._show_wanted)

    def _go(self, id: str) -> None:
        self._session.select((id,))
        self.centred.emit(id)

    def _apply(self, fix: Fix) -> None:
        ours = self.isAncestorOf(QApplication.focusWidget() or self)
        self._session.edit(fix.label, fix.apply)
        if ours:
            # The button pressed may be gone; the next Enter is for the next problem.
            then: list[QWidget] = [*self._buttons(), self]
            then[0].setFocus(Qt.FocusReason.OtherFocusReason)

    # Keys

    def _buttons(self) -> list[Apply]:
        return [button for section in self._sections.values() for button in section.buttons() if button.isEnabled()]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        buttons, focused = self._buttons(), QApplication.focusWidget()
        if event.text() in "123456789" and event.text() and not event.modifiers():
            self._press(int(event.text()) - 1, focused)
        elif event.key() in STEPS and isinstance(focused, Apply) and focused in buttons:
            at = buttons.index(focused) + STEPS[Qt.Key(event.key())]
            buttons[max(0, min(at, len(buttons) - 1))].setFocus(Qt.FocusReason.TabFocusReason)
            self.ensureWidgetVisible(buttons[max(0, min(at, len(buttons) - 1))])
        else:
            super().keyPressEvent(event)

    def _press(self, number: int, focused: QWidget | None) -> None:
        """Apply the fix of that number of the problem that the keyboard is in, or of the first."""
        sections = list(self._sections.values())
        inside = [section for section in sections if focused is not None and section.isAncestorOf(focused)]
        for section in (inside or sections)[:1]:
            buttons = section.buttons()
            if number < len(buttons):
                buttons[number].click()


def _block(section: ProblemSection) -> str | None:
    return section.problem.block if section.problem else None
