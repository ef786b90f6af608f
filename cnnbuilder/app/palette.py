"""The kinds in groups, made from the registry: double-click, Enter or dragging adds one."""

from PySide6.QtCore import QEvent, QMimeData, QObject, QPoint, QSettings, QSize, Qt, Signal
from PySide6.QtGui import QColor, QDrag, QFont, QFontMetrics, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QDockWidget,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QToolButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from cnnbuilder.app import icons, theme
from cnnbuilder.app.canvas.view import KIND_MIME
from cnnbuilder.app.matching import score
from cnnbuilder.design.layer import Layer, kinds
from cnnbuilder.design.words import sentence

KIND = Qt.ItemDataRole.UserRole
NARROW_WINDOW = 1400
"""A window that is narrower shows icons alone, unless the user wants otherwise."""
NARROWEST, USUAL, WIDEST, ICONS_ALONE = 150, 214, 360, 46
DRAGGED = 32


class _Kinds(QTreeWidget):
    """The list itself; what is dragged out of it is a kind with its icon under the pointer."""

    def startDrag(self, actions: Qt.DropAction) -> None:
        item = self.currentItem()
        kind = str(item.data(0, KIND) or "") if item else ""
        if not kind:
            return
        data = QMimeData()
        data.setData(KIND_MIME, kind.encode())
        drag = QDrag(self)
        drag.setMimeData(data)
        colour = theme.now().group(kinds()[kind].group)
        drag.setPixmap(icons.pixmap(kind, colour, DRAGGED, self.devicePixelRatioF()))
        drag.setHotSpot(QPoint(DRAGGED // 2, DRAGGED // 2))
        drag.exec(Qt.DropAction.CopyAction)


class Palette(QWidget):
    """A search field over the list of kinds; one line below says what the kind pointed at does."""

    chosen = Signal(str)
    """A kind is to be added behind the selected block."""
    left = Signal()
    """Escape: the keyboard goes back to the canvas."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search blocks   /")
        self.search.setAccessibleName("Search blocks")
        self.search.setToolTip("Search the kinds of block by name, group or what they do (/). Enter adds the first.")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._filter)
        self.search.returnPressed.connect(self._add_first)
        self.search.installEventFilter(self)
        self._look = self._button("search", "Search blocks (/)", self.search_for)
        self._fold = self._button("collapse", "", self._turn)
        self.tree = self._make_tree()
        self._says = QLabel()
        self._says.setObjectName("small")
        self._says.setWordWrap(True)
        self._says.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._says.setMinimumHeight(3 * QFontMetrics(theme.ui_font(12)).lineSpacing())
        self._lay_out()
        self._collapsed: bool | None = None
        self._asked = _remembered()
        """Whether the user wants icons alone; None: as wide as the window is."""
        self._width = USUAL
        self._fill()
        self._show(False)
        self._say(None)
        theme.keeper().changed.connect(self._recolour)

    def _button(self, icon: str, words: str, then: object) -> QToolButton:
        button = QToolButton()
        button.setObjectName("flat")
        button.setProperty("icon-name", icon)
        button.setAccessibleName(words.partition(" (")[0])
        button.setToolTip(words)
        button.clicked.connect(then)
        return button

    def _make_tree(self) -> _Kinds:
        tree = _Kinds()
        tree.setObjectName("kinds")
        tree.setHeaderHidden(True)
        tree.setIndentation(0)
        tree.setDragEnabled(True)
        tree.setRootIsDecorated(False)
        tree.setMouseTracking(True)
        tree.setAccessibleName("Kinds of block")
        tree.setToolTip("Double-click or Enter adds a block behind the selected one; or drag it onto the canvas")
        tree.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        tree.itemActivated.connect(self._add)
        tree.itemEntered.connect(self._say)
        tree.currentItemChanged.connect(lambda item, _: self._say(item))
        tree.installEventFilter(self)
        return tree

    def _lay_out(self) -> None:
        self._column = QVBoxLayout(self)
        self._column.setSpacing(8)
        row = QHBoxLayout()
        row.setSpacing(2)
        row.addWidget(self.search, 1)
        row.addWidget(self._fold, 0, Qt.AlignmentFlag.AlignLeft)
        self._column.addLayout(row)
        self._column.addWidget(self._look, 0, Qt.AlignmentFlag.AlignLeft)
        self._column.addWidget(self.tree, 1)
        self._column.addWidget(self._says)

    # What is listed

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
        item.setFlags(Qt.ItemFlag.NoItemFlags)
        item.setTextAlignment(0, Qt.AlignmentFlag.AlignBottom)
        self.tree.addTopLevelItem(item)

    def _entry(self, kind: str, layer: type[Layer]) -> None:
        item = QTreeWidgetItem([layer.label])
        item.setData(0, KIND, kind)
        item.setData(0, Qt.ItemDataRole.AccessibleDescriptionRole, sentence(layer))
        item.setToolTip(0, f"{layer.label}: {sentence(layer)}\nDouble-click or Enter adds it; or drag it.")
        self.tree.addTopLevelItem(item)

    def _items(self) -> list[QTreeWidgetItem]:
        found = (self.tree.topLevelItem(number) for number in range(self.tree.topLevelItemCount()))
        return [item for item in found if item is not None]

    def _recolour(self) -> None:
        registry, now = kinds(), theme.now()
        heading = QFont(theme.ui_font(11, 600))
        heading.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, 0.4)
        for item in self._items():
            kind = item.data(0, KIND)
            if kind is None:
                item.setForeground(0, QColor(now.dim))
                item.setFont(0, heading)
                height = 8 if self.collapsed else round(theme.scaled(25))
            else:
                item.setIcon(0, icons.icon(kind, now.group(registry[kind].group)))
                height = round(theme.scaled(26))
            item.setSizeHint(0, QSize(10, height))
        for button in (self._look, self._fold):
            button.setIcon(icons.icon(str(button.property("icon-name")), now.dim))

    def _say(self, item: QTreeWidgetItem | None) -> None:
        kind = item.data(0, KIND) if item else None
        self._says.setText(sentence(kinds()[kind]) if kind else "Drag a block onto the canvas, or press Enter.")

    # Searching

    def search_for(self) -> None:
        """Go into the search field; the list opens where icons alone are shown."""
        if self.collapsed:
            self._show(False)
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def _filter(self, words: str) -> None:
        best: tuple[float, QTreeWidgetItem] | None = None
        heading: QTreeWidgetItem | None = None
        for item in self._items():
            kind = item.data(0, KIND)
            if kind is None:
                heading = item
                heading.setHidden(True)
                continue
            layer = kinds()[kind]
            found = score(words, (layer.label, f"{kind} {layer.group}", layer.__doc__ or ""))
            item.setHidden(found is None)
            if found is not None and heading is not None:
                heading.setHidden(False)
            if found is not None and (best is None or found > best[0]):
                best = (found, item)
        self.tree.setCurrentItem(best[1] if best and words.strip() else None)  # type: ignore[arg-type]
        if best is None:
            self._says.setText("No kind is called that, or does that.")

    def _add(self, item: QTreeWidgetItem) -> None:
        kind = item.data(0, KIND)
        if kind:
            self.chosen.emit(kind)

    def _add_first(self) -> None:
        item = self.tree.currentItem()
        if item is not None and not item.isHidden():
            self._add(item)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.window() and isinstance(event, QResizeEvent):
            self._suit_window()
        elif event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Escape:
                self.search.clear()
                self._suit_window()
                self.left.emit()
                return True
            if event.key() == Qt.Key.Key_Down and watched is self.search:
                self._go_into_list()
                return True
            if event.key() == Qt.Key.Key_Up and watched is self.tree and self._first() is self.tree.currentItem():
                self.search.setFocus()
                return True
        elif event.type() == QEvent.Type.Leave and watched is self.tree:
            self._say(self.tree.currentItem())
        return super().eventFilter(watched, event)

    def _first(self) -> QTreeWidgetItem | None:
        return next((item for item in self._items() if item.data(0, KIND) and not item.isHidden()), None)

    def _go_into_list(self) -> None:
        if self.tree.currentItem() is None and (first := self._first()) is not None:
            self.tree.setCurrentItem(first)
        self.tree.setFocus(Qt.FocusReason.TabFocusReason)

    # Icons alone

    @property
    def collapsed(self) -> bool:
        """Whether icons alone are shown."""
        return bool(self._collapsed)

    def showEvent(self, event: object) -> None:
        super().showEvent(event)  # type: ignore[arg-type]
        self.window().installEventFilter(self)
        self._suit_window()

    def _turn(self) -> None:
        self._asked = not self.collapsed
        QSettings().setValue("palette/icons", self._asked)
        self._show(self._asked)

    def _suit_window(self) -> None:
        narrow = self.window().width() < NARROW_WINDOW
        self._show(narrow if self._asked is None else self._asked)

    def _show(self, collapsed: bool) -> None:
        """Icons alone, or the whole list."""
        if collapsed == self._collapsed:
            return
        if self._collapsed is False:
            self._width = self.width()
        self._collapsed = collapsed
        for part in (self.search, self._says):
            part.setHidden(collapsed)
        self._look.setVisible(collapsed)
        words = "Show the names of the blocks" if collapsed else "Show icons alone"
        self._fold.setProperty("icon-name", "expand" if collapsed else "collapse")
        self._fold.setToolTip(words)
        self._fold.setAccessibleName(words)
        margins = (9, 8, 0, 0) if collapsed else (12, 12, 6, 6)
        self._column.setContentsMargins(*margins)
        self.tree.setIconSize(QSize(18, 18) if collapsed else QSize(16, 16))
        self.setMinimumWidth(ICONS_ALONE if collapsed else NARROWEST)
        self.setMaximumWidth(ICONS_ALONE if collapsed else WIDEST)
        for item in self._items():
            kind = item.data(0, KIND)
            item.setText(0, "" if collapsed else kinds()[kind].label if kind else self._group_behind(item))
            item.setData(0, Qt.ItemDataRole.AccessibleTextRole, kinds()[kind].label if kind else "")
        self._recolour()
        self._take_width(ICONS_ALONE if collapsed else self._width)

    def _group_behind(self, heading: QTreeWidgetItem) -> str:
        row = self.tree.indexOfTopLevelItem(heading) + 1
        item = self.tree.topLevelItem(row)
        return kinds()[item.data(0, KIND)].group.upper() if item else ""

    def _take_width(self, width: int) -> None:
        dock = self.parentWidget()
        main = dock.parentWidget() if isinstance(dock, QDockWidget) else None
        if isinstance(dock, QDockWidget) and hasattr(main, "resizeDocks"):
            main.resizeDocks([dock], [width], Qt.Orientation.Horizontal)  # type: ignore[union-attr]


def _remembered() -> bool | None:
    kept = QSettings().value("palette/icons")
    return None if kept is None else kept in (True, "true")
