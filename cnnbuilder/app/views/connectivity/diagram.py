"""The widget that shows figures one above the other, and in which units are selected with the mouse and the keys."""

from collections.abc import Sequence
from time import perf_counter

import numpy as np
from PySide6.QtCore import QEvent, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from cnnbuilder.app import theme
from cnnbuilder.app.exporting import menu
from cnnbuilder.app.views.connectivity import taking
from cnnbuilder.app.views.connectivity.figure import MAP, Figure, Units, volume
from cnnbuilder.app.views.connectivity.panel import INPUT, OUTPUT, WEIGHT, Panel, Selected, lit

APART = 14.0
"""Between figures (px)."""
BETWEEN = 0.04
"""Seconds from one sight of connections that are being painted to the next."""
TICK = 0
"""Milliseconds between two goes of painting connections: the window's other events come between."""
ARROWS = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}
KEYS = (
    "Arrows walk from unit to unit, Enter leads along the connections to the other side, "
    "Page up and down to the next row or map, Escape selects nothing and leads back to the canvas."
)


class Diagram(QWidget):
    """Figures of equal units, of which one is the block's own; what is selected is selected in all."""

    chosen = Signal(object)
    """A unit was selected (Selected), or none."""
    stepped = Signal(int)
    """The next or the last row or map is wanted."""

    def __init__(self) -> None:
        super().__init__()
        self.panels: list[Panel] = []
        self.selected: Selected | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(TICK)
        self._timer.timeout.connect(self._advance)
        self._seen = 0.0
        """When what is painted so far was shown."""
        self._wheel = 0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.setAccessibleName("Connections")
        self.setToolTip("Click a unit to light up its connections. " + KEYS)
        theme.keeper().changed.connect(self._lay)

    @property
    def figure(self) -> Figure | None:
        """The block's own figure."""
        return next((panel.figure for panel in self.panels if panel.own), None)

    @property
    def done(self) -> bool:
        """Whether all connections are painted."""
        return all(panel.edges is None or panel.edges.done for panel in self.panels)

    def show_panels(self, panels: Sequence[Panel]) -> None:
        """Show these figures."""
        self.panels = list(panels)
        self._lay()

    def select(self, selected: Selected | None) -> None:
        """Light up the connections of a unit or of a weight."""
        if selected != self.selected:
            self.selected = selected
            self.update()

    # Where things are

    def _lay(self) -> None:
        """Lay the figures one above the other."""
        count, self._seen = len(self.panels), 0.0
        if count and self.width() > 40 and self.height() > 40:
            apart = theme.scaled(APART)
            high = (self.height() - apart * (count - 1)) / count
            for number, panel in enumerate(self.panels):
                panel.lay(QRectF(0, number * (high + apart), self.width(), high), self.devicePixelRatioF())
        self._advance()

    def _advance(self) -> None:
        """Paint some more of the connections, and come back for the rest."""
        if not self.isVisible():
            return
        for panel in self.panels:
            if panel.edges is not None and not panel.edges.done:
                panel.edges.advance()
                self._timer.start()
                break
        if self.done or perf_counter() - self._seen > BETWEEN:
            self._seen = perf_counter()
            self.update()

    def box_of(self, selected: Selected) -> QRectF:
        """Where a unit of the block's own figure is seen."""
        return next((panel.box_of(selected) for panel in self.panels if panel.own), QRectF())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay()

    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self.update()
        elif event.type() == QEvent.Type.Show:
            self._timer.start()
        return super().event(event)

    def sizeHint(self) -> QSize:
        return QSize(400, 190)

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(event.rect(), QColor(theme.now().panel))
        for panel in self.panels:
            if panel.edges is not None:
                panel.paint(painter, self.selected)
        if self.hasFocus():
            painter.setPen(QPen(QColor(theme.now().accent), 1))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()

    def paint_lines(self, painter: QPainter) -> None:
        """Paint it without images, for a picture that can be enlarged."""
        for panel in self.panels:
            if panel.edges is not None:
                panel.paint_lines(painter, self.selected)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if self.figure is not None:
            menu(self, taking.export(self, self.figure, self.paint_lines)).popup(event.globalPos())

    # Selecting

    def _choose(self, selected: Selected | None) -> None:
        self.select(selected)
        self.chosen.emit(selected)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
            return
        found = (panel.at(event.position()) for panel in self.panels if panel.edges is not None)
        self._choose(next((selected for selected in found if selected is not None), None))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            found = (panel.at(event.position()) for panel in self.panels if panel.edges is not None)
            selected = next((selected for selected in found if selected is not None), None)
            if selected is not None and selected != self.selected:
                self._choose(selected)

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._wheel += event.angleDelta().y()
        steps, self._wheel = -(self._wheel // 120) if self._wheel >= 120 else -self._wheel // 120, self._wheel % 120
        if steps:
            self.stepped.emit(steps)
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, figure = Qt.Key(event.key()), self.figure
        if figure is None or event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            super().keyPressEvent(event)
        elif key in ARROWS:
            self._walk(figure, *ARROWS[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._cross(figure)
        elif key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            self.stepped.emit(-1 if key == Qt.Key.Key_PageUp else 1)
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            units = figure.inputs if self._at_inputs() else figure.outputs
            self._choose(Selected(self._side(), int(units.numbers[0 if key == Qt.Key.Key_Home else -1])))
        else:
            if key == Qt.Key.Key_Escape and self.selected is not None:
                self._choose(None)  # and, as everywhere, back to the canvas
            super().keyPressEvent(event)

    def _at_inputs(self) -> bool:
        return self.selected is not None and self.selected.kind == INPUT

    def _side(self) -> str:
        return INPUT if self._at_inputs() else OUTPUT

    def _walk(self, figure: Figure, down: int, across: int) -> None:
        """To the unit beside; on lines up and down lead to the other side."""
        units = figure.inputs if self._at_inputs() else figure.outputs
        if self.selected is None or self.selected.kind == WEIGHT:
            self._choose(Selected(OUTPUT, int(units.numbers[len(units.numbers) // 2])))
        elif figure.wanted.scope != MAP and down:
            if (down > 0) != self._at_inputs():
                self._cross(figure)
        else:
            number = beside(units, figure.wanted.scope, self.selected.number, down, across)
            if number is not None:
                self._choose(Selected(self._side(), number))

    def _cross(self, figure: Figure) -> None:
        """To the middle one of the units at the other ends of the connections."""
        shown = lit(figure, self.selected)
        if shown is None or self.selected is None:
            return
        units, ends = (figure.outputs, shown.outputs) if self._at_inputs() else (figure.inputs, shown.inputs)
        if len(ends):
            kind = OUTPUT if self._at_inputs() else INPUT
            self._choose(Selected(kind, int(units.numbers[ends[len(ends) // 2]])))


def beside(units: Units, scope: str, number: int, down: int, across: int) -> int | None:
    """The unit beside another one, also where it is not drawn; None beyond the border."""
    place = units.find(number)
    if place is not None and across and not down and 0 <= place + across < len(units.numbers) and scope != MAP:
        return int(units.numbers[place + across])
    channels, rows, columns = volume(units.shape, scope)
    if rows * columns == 1:
        moved = number + across
        return moved if 0 <= moved < channels else None
    channel, row, column = (int(n) for n in np.unravel_index(number, (channels, rows, columns)))
    row, column = row + down, column + across
    if not (0 <= row < rows and 0 <= column < columns):
        return None
    return (channel * rows + row) * columns + column
