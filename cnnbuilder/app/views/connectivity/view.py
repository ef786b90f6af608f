"""The view of connections: follows the selected block, draws its figures, and lets its weights be shared otherwise."""

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from cnnbuilder.app import theme
from cnnbuilder.app.exporting import Export, TakeButton
from cnnbuilder.app.inspector.figures import Figure as Line
from cnnbuilder.app.session import Session, Shown
from cnnbuilder.app.views.connectivity import taking, words
from cnnbuilder.app.views.connectivity.comparing import TILES, Ways, panels, ways_of
from cnnbuilder.app.views.connectivity.diagram import Diagram
from cnnbuilder.app.views.connectivity.figure import (
    CHANNELS,
    MAP,
    ROW,
    Figure,
    Wanted,
    places_of,
    stepped,
    unit_of,
    volume,
)
from cnnbuilder.app.views.connectivity.foot import EDGES, LINE_ROOM, MATRIX, WELL_ROOM, Foot, Side
from cnnbuilder.app.views.connectivity.matrix import MatrixView, too_large
from cnnbuilder.app.views.connectivity.panel import INPUT, OUTPUT, WEIGHT, Selected
from cnnbuilder.app.views.connectivity.sharer import Sharer
from cnnbuilder.design.errors import InputError
from cnnbuilder.design.shape import size

NARROW = 560
"""In a narrower view (px) the slider and the counts are left out."""
TALL = 330
"""In a higher view (px) the ways to share are drawn one above the other."""


class ConnectivityView(QWidget):
    """Figures, or the matrix, of the selected block or the one pinned."""

    titled = Signal(str)
    """The tab's title changed."""
    unit_selected = Signal(str, object)
    """A unit was selected: of which block's output, and its index."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._session = session
        self.pinned: str | None = None
        """The block that is shown whatever is selected."""
        self.scope, self.mode = ROW, EDGES
        self.selected: Selected | None = None
        self._unit: tuple[str, tuple[int, ...] | None] = ("", None)
        """The unit that was selected last, in whichever view."""
        self._focus: dict[str, int] = {}
        """The unit that each block's figure is about."""
        self._source = 0
        self._channel: int | None = None
        self._ways: Ways | None = None
        self._first = True
        """Whether nothing was selected yet in what is shown."""
        self._shown: object = None
        self._counted: tuple[str, object, tuple[Line, ...]] = ("", None, ())
        self._tiles = TILES
        """The period that was chosen last between never and always."""
        self.diagram, self.matrix, self.side, self.foot = Diagram(), MatrixView(), Side(), Foot(TakeButton(self))
        self._words = QLabel()
        self._words.setObjectName("dim")
        self._words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._words.setWordWrap(True)
        self._words.setMargin(24)
        self._line = QLabel()
        """What is selected, where there is no room for it at the side."""
        self._line.setTextFormat(Qt.TextFormat.RichText)
        self._line.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._sharer = Sharer(session, self.side.sharing.slider, lambda: self.block)
        self._build()
        self._join()
        self.refresh()

    def _build(self) -> None:
        self._stack = QStackedWidget()
        for widget in (self._words, self.diagram, self.matrix):
            self._stack.addWidget(widget)
        self.setFocusProxy(self.diagram)
        left = QVBoxLayout()
        left.setSpacing(4)
        left.addWidget(self._stack, 1)
        left.addWidget(self._line)
        left.addWidget(self.foot)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 14, 6)
        row.setSpacing(18)
        row.addLayout(left, 1)
        row.addWidget(self.side)

    def _join(self) -> None:
        for widget in (self.diagram, self.matrix):
            widget.chosen.connect(self._choose)
        self.diagram.stepped.connect(self._step)
        self.foot.pinned.connect(self._pin)
        self.foot.scoped.connect(self.show_scope)
        self.foot.moded.connect(self.show_mode)
        self.foot.mapped.connect(self._go_to_map)
        self.foot.read.connect(self._read)
        self._session.changed.connect(self._changed)

    # Following

    @property
    def block(self) -> str | None:
        """The block whose connections are shown."""
        selected = self._session.shown.selected
        return self.pinned or (selected[-1] if selected else None)

    @property
    def figure(self) -> Figure | None:
        """What is drawn of it."""
        return self.diagram.figure

    def export(self) -> Export | None:
        """What is drawn."""
        shown = self.matrix if self._stack.currentWidget() is self.matrix else self.diagram
        if self._stack.currentWidget() is not shown or shown.figure is None:
            return None
        return taking.export(shown, shown.figure, shown.paint_lines)

    def _changed(self, old: Shown, new: Shown) -> None:
        if self.pinned and self.pinned not in new.design.blocks and old.key == new.key:
            gone, come = (
                set(old.design.blocks) - set(new.design.blocks),
                set(new.design.blocks) - set(old.design.blocks),
            )
            if len(gone) == len(come) == 1 and self.pinned in gone:
                # It was renamed.
                (self.pinned,) = come
                self.foot.show_pinned(self.pinned)
        if old.selected != new.selected or old.report is not new.report:
            self.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.refresh()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._divide()
        self.refresh()

    def _divide(self) -> None:
        """What stands beside the figure, and what below it."""
        shown, wide = self._ways is not None, self.width() >= NARROW
        low = self.height() < theme.scaled(WELL_ROOM) or not wide
        self.side.setVisible(shown and wide)
        self.side.well.setVisible(not low)
        self._line.setVisible(shown and low and self.height() >= theme.scaled(LINE_ROOM))

    def _pin(self, pinned: bool) -> None:
        self.pinned = self.block if pinned else None
        self.foot.show_pinned(self.pinned)
        self.refresh()

    def refresh(self) -> None:
        """Draw what is wanted now, if it is seen and not drawn already."""
        block, seen, report = self.block, self.isVisible(), self._session.shown.report
        named = f"{self.pinned} (pinned)" if self.pinned else block if seen else None
        self.titled.emit(f"Connectivity — {named}, {words.SCOPE_WORDS[self.scope]}" if named else "Connectivity")
        if not seen:
            return
        if self._shown is None or self._shown[0] != block:  # type: ignore[index]
            self._source, self._channel, self._first = 0, None, True
        focus = self._focus_of(block) if block else 0
        tall = self.height() >= theme.scaled(TALL) and self.mode == EDGES and self.scope == ROW
        wanted = (block, report, self.scope, self.mode, focus, self._source, self._channel, tall)
        if wanted == self._shown:
            return
        self._shown = wanted
        why = words.why_not(self._session.shown, block)
        self.foot.setEnabled(block is not None)
        if block is None or why:
            self._show_nothing(why)
        else:
            self._show(block, Wanted(self.scope, focus, self._source, self._channel), tall)

    def _focus_of(self, block: str) -> int:
        """The unit that the figure of a block is about: the one looked at last, else the middle of its first map."""
        shape = self._session.shown.report.shapes.get(block)
        if shape is None:
            return 0
        name, index = self._unit
        if self._first and name == block and index is not None and _fits(index, shape):
            self._focus[block] = int(np.ravel_multi_index(index, shape))
        if self._focus.get(block, size(shape)) >= size(shape):
            _, rows, columns = volume(shape, MAP)
            self._focus[block] = rows // 2 * columns + columns // 2
        return self._focus[block]

    def _show_nothing(self, why: str) -> None:
        self._ways = None
        self.diagram.show_panels([])
        self.matrix.show_figure(None)
        self._words.setText(why)
        self._stack.setCurrentWidget(self._words)
        self._divide()
        self.foot.tell("")

    def _show(self, block: str, wanted: Wanted, tall: bool) -> None:
        shown = self._session.shown
        self._source = wanted.source if wanted.source < len(shown.report.input_shapes(block)) else 0
        self._ways = ways = ways_of(shown, block)
        if ways.period is not None and 1 < ways.period < ways.most:
            self._tiles = ways.period
        wanted = Wanted(wanted.scope, wanted.focus, self._source, wanted.channel)
        try:
            self.diagram.show_panels(panels(shown, block, wanted, ways, tall, self._tiles))
        except InputError:
            self._show_nothing(words.too_many(block))
            return
        made = self.diagram.figure
        assert made is not None
        self.diagram.setAccessibleName(f"Connections of {block}")
        large = too_large(made) if self.mode == MATRIX else ""
        names = words.matrix_names(shown.report, block)
        self.matrix.show_figure(made if self.mode == MATRIX and not large else None, names)
        self._words.setText(large)
        shows = self._words if large else self.matrix if self.mode == MATRIX else self.diagram
        self._stack.setCurrentWidget(shows)
        self.setFocusProxy(self.matrix if self.mode == MATRIX else self.diagram)
        self._divide()
        self.side.sharing.setVisible(ways.period is not None)
        if ways.period is not None:
            self.side.sharing.show_period(ways.period, ways.most, ways.why_not)
        if self._counted[0] != block or self._counted[1] is not shown.report:
            self._counted = (block, shown.report, words.counts(shown.report, block))
        self.side.counts.show_figures(self._counted[2])
        self.foot.show_figure(shown.report, made)
        if self._first:
            # A unit is lit from the beginning, so that it is seen what the view is for.
            at = wanted.focus // places_of(made) if self.scope == CHANNELS else wanted.focus
            self._first, self.selected = False, Selected(OUTPUT, at)
        self._mark()

    # What is drawn

    def show_scope(self, scope: str) -> None:
        """Draw one row, a whole map, or maps as units."""
        self.scope, self._first = scope, True
        self.foot.scopes.buttons[scope].setChecked(True)
        self.refresh()

    def show_mode(self, mode: str) -> None:
        """Draw connections, or the matrix."""
        self.mode = mode
        self.foot.modes.buttons[mode].setChecked(True)
        self.refresh()

    def _step(self, by: int) -> None:
        """To another row, or map."""
        block, made = self.block, self.figure
        if block is None or made is None or self.scope == CHANNELS:
            return
        self._go_to(block, stepped(made, by))

    def _go_to_map(self, channel: int) -> None:
        block, made = self.block, self.figure
        if block is not None and made is not None:
            _, rows, columns = volume(made.outputs.shape, self.scope)
            self._go_to(block, channel * rows * columns + self._focus[block] % (rows * columns))

    def _go_to(self, block: str, unit: int) -> None:
        """Let the figure be about another unit, and that be selected if one was."""
        if unit != self._focus.get(block):
            self._focus[block] = unit
            self.refresh()
            if self.selected is not None:
                self._choose(Selected(OUTPUT, unit))

    def _read(self, source: int, channel: int) -> None:
        self._source, self._channel = source, channel if channel >= 0 else None
        self._first = True
        self.refresh()

    # Units

    def _choose(self, selected: Selected | None) -> None:
        """A unit was selected here: bring it into the figure, light it up, and tell the other views."""
        block, made = self.block, self.figure
        if block is None or made is None:
            return
        if selected is not None and selected.kind == INPUT and made.inputs.find(selected.number) is None:
            selected = self.selected  # beyond what is drawn
        self.selected = selected
        index = None
        if selected is not None and selected.kind == OUTPUT:
            unit = unit_of(made, selected.number)
            index = tuple(int(n) for n in np.unravel_index(unit, made.outputs.shape))
            if made.outputs.find(selected.number) is None:
                self._focus[block] = unit
                self.refresh()
        self._mark()
        if index is not None:
            self.unit_selected.emit(block, index)
        elif selected is not None and selected.kind == INPUT and self.scope != CHANNELS:
            index = tuple(int(n) for n in np.unravel_index(selected.number, made.inputs.shape))
            self.unit_selected.emit(made.inputs.block, index)

    def mark_unit(self, name: str, index: tuple[int, ...] | None) -> None:
        """Mark a unit that was selected, here or elsewhere: of a block's output, or of a weight."""
        self._unit = (name, index)
        block, made = self.block, self.figure
        if block is None or made is None or index is None or not self.isVisible():
            return
        sources = self._session.shown.report.graph.wiring.sources[block]
        weights = dict(self._session.shown.report.inferences[block].weights)  # type: ignore[union-attr]
        if name == block and _fits(index, made.outputs.shape):
            unit = int(np.ravel_multi_index(index, made.outputs.shape))
            number = unit // places_of(made) if self.scope == CHANNELS else unit
            self.selected = Selected(OUTPUT, number)
            if made.outputs.find(number) is None:
                self._focus[block] = unit
                self.refresh()
        elif name in sources and name == made.inputs.block and _fits(index, made.inputs.shape):
            number = int(np.ravel_multi_index(index, made.inputs.shape))
            if self.scope != CHANNELS and index[0] != made.channel and index[0] in made.channels:
                self._channel = index[0]  # another map that the unit looked at reads
                self.refresh()
            self.selected = Selected(INPUT, index[0] if self.scope == CHANNELS else number)
        elif name == f"{block}.weight" and "weight" in weights and _fits(index, weights["weight"].shape):
            self.selected = Selected(WEIGHT, int(np.ravel_multi_index(index, weights["weight"].shape)))
        else:
            return
        self._mark()

    def _mark(self) -> None:
        """Light up what is selected, and say what it reads."""
        self.diagram.select(self.selected)
        self.matrix.select(self.selected)
        made = self.figure
        told = [*words.telling(made, self.selected), made.left_out] if made is not None else []
        text = " ".join(told).strip()
        self.side.tell(text)
        self._line.setText(text)
        self._line.setToolTip(text)
        if self.selected is not None and self.height() < theme.scaled(LINE_ROOM):
            self.foot.tell(text)
        plain = text.replace("<b>", "").replace("</b>", "")
        self.diagram.setAccessibleDescription(plain)
        self.matrix.setAccessibleDescription(plain)


def _fits(index: tuple[int, ...], shape: tuple[int, ...]) -> bool:
    return len(index) == len(shape) and all(0 <= n < most for n, most in zip(index, shape, strict=True))
