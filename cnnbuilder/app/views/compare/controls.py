"""Below the table: with which design, which rows, which map, and carrying a change across."""

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLabel, QPushButton, QWidget

from cnnbuilder.app.views.compare.other import Choice
from cnnbuilder.design.compare import A, B, Pair

MOST_MAPS = 4096


class Controls(QWidget):
    """Says what is wanted; the view does it."""

    chosen = Signal()
    """Another design is to be compared with."""
    narrowed = Signal(bool)
    """Whether only rows that differ are wanted."""
    taken = Signal()
    given = Signal()
    mapped = Signal(int)

    def __init__(self, take: QWidget) -> None:
        super().__init__()
        self._offered: list[tuple[Choice, str]] = []
        self.other = QComboBox()
        self.other.setObjectName("flat")
        self.other.setAccessibleName("Compared with")
        self.other.setToolTip("The design that the one on top is compared with: another tab, or this one as it was")
        self.other.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.other.activated.connect(self.chosen)
        self.only = QCheckBox("Only what differs")
        self.only.setToolTip("Leave out blocks that are alike and have equal values")
        self.only.toggled.connect(self.narrowed)
        self.map = QComboBox()
        self.map.setObjectName("flat")
        self.map.setAccessibleName("Map")
        self.map.setToolTip("Which map of the two blocks is shown; the wheel over them does the same")
        self.map.activated.connect(self.mapped)
        self.here = QPushButton("Take theirs")
        self.here.setToolTip("Make this block like the one of the other design: one step of undo here")
        self.here.clicked.connect(self.taken)
        self.there = QPushButton("Give mine")
        self.there.setToolTip("Make the block of the other design like this one: one step of undo there")
        self.there.clicked.connect(self.given)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        self._with = QLabel("Compared with")
        self._with.setObjectName("dim")
        for widget in (self._with, self.other, self.only, self.here, self.there):
            row.addWidget(widget)
        row.addStretch(1)
        row.addWidget(self.map)
        row.addWidget(take)
        self.offer([])
        self.show_pair(None, [])
        self.show_maps(0, 0)

    def offer(self, offered: list[tuple[Choice, str]]) -> None:
        """What can be compared with; the one chosen stays where it can."""
        if offered == self._offered and offered:
            return
        before, self._offered = self.choice, offered
        with QSignalBlocker(self.other):
            self.other.clear()
            self.other.addItems([words for _, words in offered])
            choices = [choice for choice, _ in offered]
            self.other.setCurrentIndex(choices.index(before) if before in choices else 0 if choices else -1)
        self._with.setVisible(bool(offered))
        self.other.setVisible(bool(offered))
        self.only.setVisible(bool(offered))

    def choose(self, choice: Choice) -> None:
        """Compare with one of those offered."""
        choices = [offered for offered, _ in self._offered]
        if choice in choices:
            self.other.setCurrentIndex(choices.index(choice))

    @property
    def choice(self) -> Choice | None:
        """What is compared with."""
        number = self.other.currentIndex()
        return self._offered[number][0] if 0 <= number < len(self._offered) else None

    @property
    def words(self) -> str:
        """What that is called."""
        number = self.other.currentIndex()
        return self._offered[number][1] if 0 <= number < len(self._offered) else ""

    def show_count(self, count: int) -> None:
        """How many rows differ."""
        self.only.setText(f"Only what differs ({count})")

    def show_pair(self, pair: Pair | None, can: Sequence[str]) -> None:
        """What can be carried across for the row that is looked at."""
        differs = pair is not None and bool(pair.differences)
        self.here.setVisible(pair is not None)
        self.there.setVisible(pair is not None)
        self.here.setEnabled(differs and A in can)
        self.there.setEnabled(differs and B in can)
        self.here.setText("Remove here" if pair is not None and pair.b is None else "Take theirs")
        self.there.setText("Remove there" if pair is not None and pair.a is None else "Give mine")

    def show_maps(self, count: int, shown: int) -> None:
        """The maps that can be shown."""
        with QSignalBlocker(self.map):
            if self.map.count() != min(count, MOST_MAPS):
                self.map.clear()
                self.map.addItems([f"Map {number}" for number in range(min(count, MOST_MAPS))])
            self.map.setCurrentIndex(shown)
        self.map.setVisible(count > 1)
