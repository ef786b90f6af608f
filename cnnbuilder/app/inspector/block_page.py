"""The page of one block: its head, what is wrong with it, its form, its formulas and its costs."""

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from cnnbuilder.app.inspector import telling
from cnnbuilder.app.inspector.figures import Figures
from cnnbuilder.app.inspector.form import Form
from cnnbuilder.app.inspector.formulas import Formulas
from cnnbuilder.app.inspector.head import Head
from cnnbuilder.app.inspector.parts import Section, Trouble, selectable, words_label
from cnnbuilder.app.session import Session, Shown
from cnnbuilder.app.views.remedies import Remedies
from cnnbuilder.design.check import Report
from cnnbuilder.design.graph import Block
from cnnbuilder.design.layer import parameters_of
from cnnbuilder.design.problem import Fix, Problem

OFF = "Switched off: data pass by unchanged. What is set here holds again when it is switched on."


class BlockPage(QWidget):
    """Follows one block."""

    done = Signal()
    help_wanted = Signal(str)
    problem_wanted = Signal(str)

    def __init__(self, session: Session, remedies: Remedies) -> None:
        super().__init__()
        self._session, self._remedies = session, remedies
        self._block: Block | None = None
        self._of: tuple[int, str] | None = None
        self._forms: dict[str, Form] = {}
        self._head = Head(self._rename)
        self._head.switched.connect(lambda on: self._on_id(lambda id: session.switch_off((id,), not on)))
        self._head.help_wanted.connect(lambda: self.help_wanted.emit(self._block.kind if self._block else ""))
        self._head.done.connect(self.done)
        self._trouble = Trouble()
        self._trouble.fix_wanted.connect(self._apply)
        self._trouble.block_wanted.connect(lambda id: session.select((id,)))
        self._trouble.all_wanted.connect(lambda: self._on_id(self.problem_wanted.emit))
        self._off = words_label("small")
        self._off.setText(OFF)
        self._place = QVBoxLayout()
        self._sizes = Section("Size", Formulas("Size"))
        self._parameters = Section("Parameters", Formulas("Parameters", telling.PARAMETERS_HELP))
        ways = Figures("The same connections as")
        ways.wanted.connect(lambda number: self._on_id(lambda id: self._share(id, number)))
        self._sharing = Section("The same connections as", ways)
        self._costs = Section("Cost", Figures("Cost"))
        self._notes = selectable(words_label("small"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        above: tuple[QWidget, ...] = (self._head, self._trouble, self._off)
        below: tuple[QWidget, ...] = (self._sizes, self._parameters, self._sharing, self._costs, self._notes)
        for widget in above:
            column.addWidget(widget)
        column.addLayout(self._place)
        for widget in below:
            column.addWidget(widget)
        remedies.found.connect(self._found)

    def _on_id(self, act: Callable[[str], object]) -> None:
        if self._block is not None:
            act(self._block.id)

    @property
    def first(self) -> QWidget:
        """Where editing begins."""
        form = self._forms.get(self._block.kind) if self._block is not None else None
        return form.first if form is not None and form.count else self._head.name

    def show_block(self, shown: Shown, block: Block) -> None:
        """Show a block of the document."""
        fresh = self._of != (shown.key, block.id)
        self._block, self._of = block, (shown.key, block.id)
        self._head.show_block(block)
        self._off.setVisible(block.off)
        # Where an input follows the picture, its size is the picture's.
        self._show_form(shown.report.graph.blocks.get(block.id, block), fresh)
        problems = shown.report.problems_of.get(block.id, [])
        report = shown.report
        self._show_problems(problems, report)
        for section, values in (
            (self._sizes, telling.size_formulas(report, block)),
            (self._parameters, telling.parameter_formulas(report, block)),
        ):
            assert isinstance(section.content, Formulas)
            section.content.show_formulas(values)
            section.setVisible(bool(values))
        for section, figures in (
            (self._sharing, telling.sharing_figures(report, block)),
            (self._costs, telling.cost_figures(shown.design, report, block)),
        ):
            assert isinstance(section.content, Figures)
            section.content.show_figures(figures)
            section.setVisible(bool(figures))
        notes = [note.message for note in report.notes if note.block == block.id]
        self._notes.setText("\n\n".join(notes))
        self._notes.setVisible(bool(notes))

    def _show_form(self, block: Block, fresh: bool) -> None:
        kind = block.layer_class
        wanted = None
        if kind is not None:
            wanted = self._forms.get(block.kind)
            if wanted is None:
                wanted = self._forms[block.kind] = Form(parameters_of(kind))
                wanted.edited.connect(self._edit)
                wanted.left.connect(self._session.seal)
                wanted.done.connect(self.done)
                self._place.addWidget(wanted)
                wanted.follow(self._trouble.last)
            wanted.show_values(block.params, block.faults, fresh)
        for form in self._forms.values():
            form.setVisible(form is wanted)

    def _edit(self, name: str, value: object, words: str) -> None:
        self._on_id(lambda id: self._session.set_param(id, name, value, words, merge=("param", id, name)))

    def _rename(self, name: str) -> None:
        self._on_id(lambda id: self._session.rename(id, name))

    def _share(self, id: str, number: int) -> None:
        assert self._block is not None
        self._session.share(id, telling.sharing_ways(self._session.shown.report, self._block)[number])

    # What is wrong

    def _show_problems(self, problems: list[Problem], report: Report) -> None:
        self._trouble.show_problems(problems, report)
        self._remedies.ask(problems[:1])

    def _found(self, problem: Problem) -> None:
        if self._block is not None and problem.block == self._block.id:
            report = self._session.shown.report
            self._trouble.show_problems(report.problems_of.get(problem.block, []), report)

    def _apply(self, fix: Fix) -> None:
        self._session.edit(fix.label, fix.apply)
