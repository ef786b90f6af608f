"""Problems: what clashes, where the odd size came from, and fixes with their effect, one click each."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from cnnbuilder.app import theme
from cnnbuilder.app.session import Session, Shown
from cnnbuilder.design.problem import Fix, Problem
from cnnbuilder.design.shape import plural, show, show_pair

MOST = 30


class Problems(QScrollArea):
    """A section for each problem, then the notes."""

    titled = Signal(str)
    centred = Signal(str)
    """A block is to be shown in the middle of the canvas."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.setObjectName("panel")
        self._session = session
        self._shown: object = None
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName("Problems")
        session.changed.connect(self._changed)
        theme.keeper().changed.connect(self._recolour)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._show(self._session.shown)

    def _changed(self, old: Shown, new: Shown) -> None:
        self.tell_title()
        if self.isVisible():
            self._show(new)

    def tell_title(self) -> None:
        """Say how many there are in the tab."""
        count = len(self._session.shown.report.problems)
        self.titled.emit(f"Problems {count}" if count else "Problems")

    def _recolour(self) -> None:
        self._shown = None
        if self.isVisible():
            self._show(self._session.shown)

    def _show(self, shown: Shown) -> None:
        report = shown.report
        if report is self._shown:
            return
        self._shown = report
        body = QWidget()
        body.setObjectName("body")
        column = QVBoxLayout(body)
        column.setContentsMargins(18, 12, 18, 12)
        column.setSpacing(7)
        for problem in report.problems[:MOST]:
            self._add(column, problem)
        if len(report.problems) > MOST:
            column.addWidget(QLabel(f"and {plural(len(report.problems) - MOST, 'more problem')}"))
        if not report.problems:
            fine = QLabel("All blocks fit together.")
            fine.setObjectName("fine")
            column.addWidget(fine)
        if report.notes:
            column.addSpacing(4)
            heading = QLabel("Worth knowing")
            heading.setObjectName("heading")
            column.addWidget(heading)
            # One label for all: a label each takes a while to lay out.
            column.addWidget(self._label("".join(f"<p>{self._words(note, False)}</p>" for note in report.notes[:MOST])))
        column.addStretch(1)
        before = self.takeWidget()
        if before is not None:
            before.deleteLater()
        self.setWidget(body)

    def _add(self, column: QVBoxLayout, problem: Problem) -> None:
        column.addWidget(self._label(self._words(problem, True)))
        if problem.trace:
            trace = QLabel(_trace_words(problem))
            trace.setTextFormat(Qt.TextFormat.RichText)
            trace.setWordWrap(True)
            trace.setObjectName("dim")
            trace.linkActivated.connect(self._go)
            column.addWidget(trace)
        for number, fix in enumerate(problem.fixes):
            column.addWidget(self._fix(fix, number == 0))
        column.addSpacing(6)

    @staticmethod
    def _words(problem: Problem, grave: bool) -> str:
        """The message, its first sentence strong; the block's name leads to the block."""
        first, dot, rest = problem.message.partition(". ")
        head = _escaped(first + dot.strip())
        colour = theme.now().problem
        text = f"<b style='color:{colour}'>{head}</b> {_escaped(rest)}" if grave else _escaped(problem.message)
        if problem.block:
            text += f"&nbsp; <a style='color:{theme.now().accent}' href='{problem.block}'>show {problem.block}</a>"
        return text

    def _label(self, text: str) -> QLabel:
        label = QLabel(text)
        label.setTextFormat(Qt.TextFormat.RichText)
        label.setWordWrap(True)
        label.linkActivated.connect(self._go)
        return label

    def _go(self, id: str) -> None:
        self._session.select((id,))
        self.centred.emit(id)

    def _fix(self, fix: Fix, first: bool) -> QWidget:
        well = QFrame()
        well.setObjectName("well")
        row = QHBoxLayout(well)
        row.setContentsMargins(12, 6, 8, 6)
        label, effect = QLabel(fix.label), QLabel(fix.effect)
        label.setObjectName("strong")
        effect.setObjectName("dim")
        for part, stretch in ((label, 3), (effect, 5)):
            part.setMinimumWidth(60)
            part.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            part.setToolTip(part.text())
            row.addWidget(part, stretch)
        button = QPushButton("Apply")
        button.setObjectName("primary" if first else "")
        button.setAccessibleName(f"Apply: {fix.label}")
        button.setToolTip(f"{fix.label} (one step of undo)")
        button.clicked.connect(lambda: self._session.edit(fix.label, fix.apply))
        row.addWidget(button)
        return well


def _escaped(words: str) -> str:
    return words.replace("&", "&amp;").replace("<", "&lt;")


def _trace_words(problem: Problem) -> str:
    """`28 × 28 image → 14 × 14 pool1 → …`, the origin marked."""
    now = theme.now()
    parts: list[str] = []
    for id, shape in problem.trace:
        size = show_pair(shape[-2:]) if len(shape) == 3 else show(shape)
        marked = id == problem.origin
        colour = now.problem if marked else now.dim
        name = f"<a href='{id}' style='color:{colour};text-decoration:none'><b>{id}</b></a>"
        parts.append(f"<span style='color:{colour}'>{size}</span> {name}")
    return " → ".join(parts) + (" &nbsp;(here the size came about)" if problem.origin else "")
