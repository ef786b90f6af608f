"""What the pages of the inspector are put together from."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from cnnbuilder.app import icons, theme
from cnnbuilder.app.views.problem_section import linked_label
from cnnbuilder.app.views.problem_words import message_words
from cnnbuilder.app.views.remedies import fixes_of
from cnnbuilder.design.check import Report
from cnnbuilder.design.problem import Fix, Problem


def words_label(name: str = "", wrap: bool = True) -> QLabel:
    """A label for text that comes later; `name` is its role in the style sheet."""
    label = QLabel()
    label.setObjectName(name)
    label.setWordWrap(wrap)
    return label


def selectable(label: QLabel) -> QLabel:
    """A label whose text can be marked and copied with the mouse."""
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label


class Section(QWidget):
    """A heading over a widget; both are gone where there is nothing to show."""

    def __init__(self, words: str, content: QWidget) -> None:
        super().__init__()
        self.content = content
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(6)
        heading = words_label("heading")
        heading.setText(words)
        column.addWidget(heading)
        column.addWidget(content)


class HelpButton(QToolButton):
    """A question mark."""

    def __init__(self, words: str) -> None:
        super().__init__()
        self.setObjectName("flat")
        self.setIconSize(QSize(16, 16))
        self.setAccessibleName(words)
        self.setToolTip(words)
        theme.keeper().changed.connect(self._recolour)
        self._recolour()

    def _recolour(self) -> None:
        self.setIcon(icons.icon("help", theme.now().dim))


class Trouble(QFrame):
    """What is wrong with the block, in short, with the first fix as a button."""

    fix_wanted = Signal(object)
    """A Fix."""
    block_wanted = Signal(str)
    all_wanted = Signal()
    """All of the problem is to be seen."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("trouble")
        self._fix: Fix | None = None
        self._message = linked_label()
        self._message.linkActivated.connect(self.block_wanted)
        self._apply = QPushButton()
        self._apply.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._apply.clicked.connect(self._wanted)
        self._effect = words_label("small")
        self._more = QToolButton()
        self._more.setObjectName("flat")
        self._more.setText("all fixes")
        self._more.setToolTip("Show the problem with where the size came from and every fix")
        self._more.clicked.connect(self.all_wanted)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 8, 10, 8)
        column.setSpacing(6)
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(self._effect, 1)
        row.addWidget(self._more, 0, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        column.addWidget(self._message)
        column.addWidget(self._apply)
        column.addLayout(row)

    @property
    def last(self) -> QWidget:
        """The last widget here that takes the keyboard."""
        return self._more

    def show_problems(self, problems: list[Problem], report: Report) -> None:
        """Show the first of a block's problems; nothing, if it has none."""
        self.setVisible(bool(problems))
        if not problems:
            return
        fixes = fixes_of(problems[0])
        self._fix = fixes[0] if fixes else None
        more = f" And {len(problems) - 1} more." if len(problems) > 1 else ""
        self._message.setText(message_words(problems[0], report, True) + more)
        self._message.setAccessibleName(problems[0].message)
        if fixes is None:
            self._apply.setText("looking for fixes …")
        elif not fixes:
            self._apply.setText("no fix was found")
        else:
            self._apply.setText(fixes[0].label)
        self._apply.setEnabled(bool(fixes))
        self._apply.setToolTip(f"{self._fix.label} (one step of undo)" if self._fix else "")
        self._effect.setText(self._fix.effect if self._fix else "")
        self._effect.setVisible(bool(self._fix and self._fix.effect))

    def _wanted(self) -> None:
        if self._fix is not None:
            self.fix_wanted.emit(self._fix)
