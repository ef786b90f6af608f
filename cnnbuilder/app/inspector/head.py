"""The head of a block's page: its icon, its name to be changed, help and the switch."""

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from cnnbuilder.app import icons, theme
from cnnbuilder.app.inspector.line import NameLine
from cnnbuilder.app.inspector.parts import HelpButton, words_label
from cnnbuilder.app.inspector.switch import Switch
from cnnbuilder.design.errors import DesignError
from cnnbuilder.design.graph import Block

UNKNOWN = "This version does not know the kind of this block. It is kept as it is, and saved back unchanged."


class Head(QWidget):
    """Shows which block the page is about."""

    switched = Signal(bool)
    """The block is to be on or off."""
    help_wanted = Signal()
    done = Signal()

    def __init__(self, rename: Callable[[str], None]) -> None:
        super().__init__()
        self._rename_to = rename
        self._block: Block | None = None
        self._icon = QLabel()
        self.name = NameLine("Name of the block", "The block's name; change it and press Enter")
        self.name.named.connect(self._rename)
        self.name.done.connect(self._leave)
        self.help = HelpButton("What this kind of block does")
        self.help.clicked.connect(self.help_wanted)
        self.switch = Switch("Block is on", "Switch the block off: data then pass by it, and nothing else changes")
        self.switch.clicked.connect(self.switched)
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(self._icon)
        row.addWidget(self.name, 1)
        row.addWidget(self.help)
        row.addWidget(self.switch)
        self._fault = words_label("fault")
        self._fault.hide()
        self._about = words_label("small")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(row)
        column.addWidget(self._fault)
        column.addWidget(self._about)

    def show_block(self, block: Block) -> None:
        """Show a block."""
        fresh = self._block is None or self._block.id != block.id
        self._block = block
        kind = block.layer_class
        self.name.show_name(block.id, fresh)
        if not self.name.half_typed:
            self._fault.hide()
        self._icon.setPixmap(
            icons.pixmap(block.kind, theme.now().group(kind.group if kind else None), 18, self.devicePixelRatioF())
        )
        words = (kind.__doc__ or "").strip().splitlines()[0] if kind else UNKNOWN
        label = kind.label if kind else block.kind
        self._about.setText(f"<b>{label}.</b> {words}")
        self.help.setVisible(kind is not None)
        self.switch.setVisible(kind is None or kind.inputs != (0, 0))
        self.switch.setChecked(not block.off)

    def _rename(self, name: str) -> None:
        try:
            self._rename_to(name)
        except DesignError as error:
            self._fault.setText(f"{str(error)[:1].upper()}{str(error)[1:]}.")
            self._fault.show()

    def _leave(self) -> None:
        self._fault.hide()
        self.done.emit()
