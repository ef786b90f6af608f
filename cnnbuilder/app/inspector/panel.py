"""The panel on the right: the selected block's name, form, formulas and costs."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from cnnbuilder.app import icons, theme
from cnnbuilder.app.inspector.form import Form
from cnnbuilder.app.inspector.formulas import Figures, Formulas
from cnnbuilder.app.session import Session, Shown
from cnnbuilder.app.words import bytes_words
from cnnbuilder.design.check import Report
from cnnbuilder.design.errors import DesignError
from cnnbuilder.design.formula import Formula, weights_formula
from cnnbuilder.design.graph import Block
from cnnbuilder.design.shape import grouped, show

TEACHING = (
    "<p><b>Nothing is selected.</b></p>"
    "<p>Click a card to see and change its parameters, how its output size comes about, and what it costs.</p>"
    "<p>Add a block from the list on the left: a double-click puts it behind the selected card.</p>"
)


class Inspector(QScrollArea):
    """Follows the session's selection."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._forms: dict[str, Form] = {}
        self._form: Form | None = None
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setObjectName("panel")
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Inspector")
        body = QWidget()
        body.setObjectName("body")
        self._body = QVBoxLayout(body)
        self._body.setContentsMargins(14, 14, 14, 14)
        self._body.setSpacing(8)
        self._build_head()
        self._empty = QLabel(TEACHING)
        self._empty.setWordWrap(True)
        self._empty.setObjectName("dim")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._place = QVBoxLayout()
        self._about = QLabel()
        self._about.setObjectName("small")
        self._about.setWordWrap(True)
        self._size_title, self._sizes = self._section("Size"), Formulas()
        self._parameters_title, self._parameters = self._section("Parameters"), Formulas()
        self._cost_title, self._costs = self._section("Cost"), Figures()
        self._notes = QLabel()
        self._notes.setObjectName("small")
        self._notes.setWordWrap(True)
        for item in (self._about, self._empty):
            self._body.addWidget(item)
        self._body.addLayout(self._place)
        for widget in (
            self._size_title,
            self._sizes,
            self._parameters_title,
            self._parameters,
            self._cost_title,
            self._costs,
            self._notes,
        ):
            self._body.addWidget(widget)
        self._body.addStretch(1)
        self.setWidget(body)
        session.changed.connect(self._changed)
        theme.keeper().changed.connect(self._recolour)
        self._show(session.shown)

    def _build_head(self) -> None:
        self._head = QWidget()
        row = QHBoxLayout(self._head)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        self._icon = QLabel()
        self._name = QLineEdit()
        self._name.setObjectName("name")
        self._name.setAccessibleName("Name of the block")
        self._name.setToolTip("The block's name; change it and press Enter")
        self._name.editingFinished.connect(self._rename)
        self._kind = QLabel()
        self._kind.setObjectName("dim")
        row.addWidget(self._icon)
        row.addWidget(self._name, 1)
        row.addWidget(self._kind)
        self._body.addWidget(self._head)
        self._name_fault = QLabel()
        self._name_fault.setObjectName("fault")
        self._name_fault.setWordWrap(True)
        self._name_fault.hide()
        self._body.addWidget(self._name_fault)

    @staticmethod
    def _section(words: str) -> QLabel:
        label = QLabel(words)
        label.setObjectName("heading")
        return label

    def _recolour(self) -> None:
        self._show(self._session.shown)

    def _changed(self, old: Shown, new: Shown) -> None:
        if old.block is not new.block or old.report is not new.report:
            self._show(new)

    def _show(self, shown: Shown) -> None:
        block = shown.block
        self._head.setVisible(block is not None)
        self._empty.setVisible(block is None)
        self._about.setVisible(block is not None)
        self._name_fault.hide()
        self._show_form(block)
        self._show_figures(shown.report, block)
        if block is None:
            return
        layer = block.layer_class
        group = layer.group if layer else None
        self._icon.setPixmap(icons.pixmap(block.kind, theme.now().group(group), 18, self.devicePixelRatioF()))
        self._name.setText(block.id)
        self._kind.setText(layer.label if layer else block.kind)
        about = (
            (layer.__doc__ or "").strip().splitlines()[0]
            if layer
            else ("This version does not know the kind of this block. It is kept as it is, and saved back unchanged.")
        )
        self._about.setText(about)

    def _show_form(self, block: Block | None) -> None:
        if self._form is not None:
            self._form.hide()
        self._form = None
        if block is None or block.layer_class is None:
            return
        form = self._forms.get(block.kind)
        if form is None:
            form = self._forms[block.kind] = Form(block.layer_class)
            form.edited.connect(self._edit)
            self._place.addWidget(form)
        form.show_block(block)
        form.show()
        self._form = form

    def _edit(self, name: str, value: object, words: str) -> None:
        block = self._session.shown.block
        if block is not None:
            self._session.set_param(block.id, name, value, words)

    def _rename(self) -> None:
        block = self._session.shown.block
        if block is None or self._name.text() == block.id:
            self._name_fault.hide()
            return
        try:
            self._session.rename(block.id, self._name.text().strip())
        except DesignError as error:
            self._name_fault.setText(f"{error}.")
            self._name_fault.show()

    def _show_figures(self, report: Report, block: Block | None) -> None:
        inference = report.inferences.get(block.id) if block else None
        known = block is not None and inference is not None and inference.shape is not None and block.layer is not None
        formulas: list[Formula] = []
        parameters: list[Formula] = []
        if known:
            assert block is not None and block.layer is not None and inference is not None
            formulas = block.layer.formulas(*report.input_shapes(block.id))
            shapes = {name: weight.shape for name, weight in inference.weights if weight.trained}
            if shapes:
                left, _, right = weights_formula(shapes, inference.parameters).rpartition(" = ")
                parameters = [_as_formula(left, right)]
            self._costs.show_rows(
                (
                    ("output", show(inference.shape)),
                    ("multiply-adds", grouped(report.macs[block.id])),
                    ("memory of the output", bytes_words(report.memory_bytes[block.id])),
                    ("share of all parameters", _share(inference.parameters, report.total_parameters)),
                )
            )
        for title, widget, values in (
            (self._size_title, self._sizes, formulas),
            (self._parameters_title, self._parameters, parameters),
        ):
            widget.show_formulas(tuple(values))
            title.setVisible(bool(values))
            widget.setVisible(bool(values))
        self._cost_title.setVisible(known)
        self._costs.setVisible(known)
        notes = [note.message for note in report.notes if block and note.block == block.id]
        problems = [problem.message for problem in report.problems if block and problem.block == block.id]
        self._notes.setText("\n\n".join(problems + notes))
        self._notes.setVisible(bool(problems or notes))


def _as_formula(left: str, right: str) -> Formula:
    return Formula("", left, right)


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if part and whole else "–"
