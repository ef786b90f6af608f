"""The panel on the right: the page of the selected block, of several blocks, or of the design."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from cnnbuilder.app import theme
from cnnbuilder.app.inspector.block_page import BlockPage
from cnnbuilder.app.inspector.design_page import DesignPage
from cnnbuilder.app.inspector.several_page import SeveralPage
from cnnbuilder.app.session import Session, Shown
from cnnbuilder.app.tasks import Tasks
from cnnbuilder.app.views.remedies import Remedies


class Inspector(QScrollArea):
    """Follows the session's selection."""

    done = Signal()
    """Enter in a field: the keyboard may go back to the canvas."""
    help_wanted = Signal(str)
    """The text of a kind is to be shown."""
    problem_wanted = Signal(str)
    """The problem of a block is to be shown with all its fixes."""

    def __init__(self, session: Session, tasks: Tasks) -> None:
        super().__init__()
        self._session = session
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setObjectName("panel")
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Inspector")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._block = BlockPage(session, Remedies(tasks))
        self._block.help_wanted.connect(self.help_wanted)
        self._block.problem_wanted.connect(self.problem_wanted)
        self._several = SeveralPage(session)
        self._design = DesignPage(session)
        self._pages: tuple[QWidget, ...] = (self._block, self._several, self._design)
        body = QWidget()
        body.setObjectName("body")
        column = QVBoxLayout(body)
        column.setContentsMargins(14, 14, 14, 14)
        for page in (self._block, self._several, self._design):
            page.done.connect(self.done)
            column.addWidget(page)
        column.addStretch(1)
        self.setWidget(body)
        session.changed.connect(self._changed)
        theme.keeper().changed.connect(self._recolour)
        self._show(session.shown)

    def edit(self, id: str) -> None:
        """Let the keyboard into the first field of a block, or to its name where it has none."""
        if id not in self._session.shown.selected:
            self._session.select((id,))
        first = self._block.first if len(self._session.shown.selected) == 1 else self._several.first
        first.setFocus(Qt.FocusReason.TabFocusReason)
        self.ensureWidgetVisible(first)

    def _changed(self, old: Shown, new: Shown) -> None:
        if (
            old.key != new.key
            or old.selected != new.selected
            or old.block is not new.block
            or old.report is not new.report
            or old.design.groups is not new.design.groups
            or (not new.selected and old.design is not new.design)
        ):
            self._show(new)

    def _recolour(self) -> None:
        self._show(self._session.shown)

    def _show(self, shown: Shown) -> None:
        block = shown.block
        if block is None:
            page: QWidget = self._design
            self._design.show_design(shown)
        elif len(shown.selected) == 1:
            page = self._block
            self._block.show_block(shown, block)
        else:
            page = self._several
            self._several.show_blocks(shown)
        for other in self._pages:
            other.setVisible(other is page)
