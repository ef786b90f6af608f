"""The kinds in groups, made from the registry: double-click, Enter or dragging adds one."""

from PySide6.QtCore import QMimeData, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont
from PySide6.QtWidgets import QLineEdit, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from cnnbuilder.app import icons, theme
from cnnbuilder.app.canvas.view import KIND_MIME
from cnnbuilder.design.layer import Layer, kinds

KIND = Qt.ItemDataRole.UserRole


class _Kinds(QTreeWidget):
    def mimeData(self, items: object) -> QMimeData:
        data = QMimeData()
        for item in items:  # type: ignore[attr-defined]
            data.setData(KIND_MIME, str(item.data(0, KIND) or "").encode())
        return data


class Palette(QWidget):
    """A search field over the list of kinds."""

    chosen = Signal(str)
    """A kind is to be added behind the selected block."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search blocks   /")
        self.search.setAccessibleName("Search blocks")
        self.search.setToolTip("Search the kinds of block by name (/)")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._filter)
        self.search.returnPressed.connect(self._add_first)
        self.tree = _Kinds()
        self.tree.setHeaderHidden(True)
        self.tree.setIndentation(0)
        self.tree.setIconSize(QSize(16, 16))
        self.tree.setDragEnabled(True)
        self.tree.setRootIsDecorated(False)
        self.tree.setAccessibleName("Kinds of block")
        self.tree.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.tree.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.tree.itemActivated.connect(self._add)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 12, 8, 0)
        layout.setSpacing(8)
        layout.addWidget(self.search)
        layout.addWidget(self.tree, 1)
        self._fill()
        theme.keeper().changed.connect(self._recolour)

    def _fill(self) -> None:
        group = None
        for kind, layer in kinds().items():
            if layer.group != group:
                group = layer.group
                self._heading(group)
            self._entry(kind, layer)
        self._recolour()

    def _heading(self, group: str) -> None:
        item = QTreeWidgetItem([group.upper()])
        item.setFlags(Qt.ItemFlag.ItemIsEnabled)
        font = QFont(theme.font(11, 600))
        font.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, 0.4)
        item.setFont(0, font)
        item.setSizeHint(0, QSize(100, 26))
        item.setTextAlignment(0, Qt.AlignmentFlag.AlignBottom)
        self.tree.addTopLevelItem(item)

    def _entry(self, kind: str, layer: type[Layer]) -> None:
        item = QTreeWidgetItem([layer.label])
        item.setData(0, KIND, kind)
        words = (layer.__doc__ or "").strip().splitlines()[0]
        item.setToolTip(0, f"{words}\nDouble-click or Enter adds it behind the selected block; or drag it.")
        item.setSizeHint(0, QSize(100, 27))
        self.tree.addTopLevelItem(item)

    def _items(self) -> list[QTreeWidgetItem]:
        found = (self.tree.topLevelItem(number) for number in range(self.tree.topLevelItemCount()))
        return [item for item in found if item is not None]

    def _recolour(self) -> None:
        registry = kinds()
        for item in self._items():
            kind = item.data(0, KIND)
            if kind is None:
                item.setForeground(0, QColor(theme.now().dim))
            else:
                item.setIcon(0, icons.icon(kind, theme.now().group(registry[kind].group)))

    def _filter(self, words: str) -> None:
        wanted = words.strip().lower()
        heading: QTreeWidgetItem | None = None
        for item in self._items():
            if item.data(0, KIND) is None:
                heading = item
                heading.setHidden(True)
                continue
            text = f"{item.text(0)} {item.data(0, KIND)} {heading.text(0) if heading else ''}".lower()
            item.setHidden(wanted not in text)
            if wanted in text and heading is not None:
                heading.setHidden(False)

    def _add(self, item: QTreeWidgetItem) -> None:
        kind = item.data(0, KIND)
        if kind:
            self.chosen.emit(kind)

    def _add_first(self) -> None:
        first = next((item for item in self._items() if item.data(0, KIND) and not item.isHidden()), None)
        if first is not None:
            self._add(first)
