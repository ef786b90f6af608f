"""Paints maps in a grid: any number of them, of which only those in sight are painted; scrolled and sized."""

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame

from cnnbuilder.app import theme
from cnnbuilder.app.views.sight import Sight
from cnnbuilder.app.views.tile_painter import Picture, lookup, paint, paint_heads
from cnnbuilder.app.views.tiles import At

Bounds = tuple[int, int, int, int]
"""First and last row, first and last column, all inside."""
LINE = 40
"""One step of the wheel or an arrow of a scroll bar, in pixels."""
LARGER = 2
"""A map that stands alone is drawn at least so much larger than among the others."""
NEAR = 12
"""What is walked to is seen with so many pixels around it."""


class Board(QAbstractScrollArea):
    """Shows a Picture, with the value that is pointed at and the one that is selected."""

    laid = Signal()
    """Tiles have another size, or one stands alone now."""

    def __init__(self) -> None:
        super().__init__()
        self.sight = Sight()
        self.marked: At | None = None
        self.pointed_at: At | None = None
        self.framed: Bounds | None = None
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumSize(80, 60)
        theme.keeper().changed.connect(self._recolour)

    # What is shown

    def show_picture(self, shown: Picture | None) -> None:
        """Show other tiles, or the same ones with other values: then what is looked at stays."""
        before, self.sight.shown = self.sight.form(), shown
        if shown is not None and self.sight.alone is not None and shown.place(self.sight.alone) is None:
            self.sight.alone = None
        if before != self.sight.form():
            self.pointed_at = None
            self._lay()
        self.viewport().update()

    def set_tile_width(self, wide: float | None) -> None:
        """Draw tiles of this width; None: as large as fits."""
        wide = None if wide is None else self.sight.bounded(wide)
        if wide != self.sight.wide:
            middle = self._looked_at()
            self.sight.wide = wide
            self._lay()
            if middle is not None:
                self._centre(middle)

    def stand_alone(self, tile: int | None) -> None:
        """Let one tile fill the view; None: show all again."""
        if tile != self.sight.alone:
            before = self.sight.layout.wide
            self.sight.alone, self.sight.wide = tile, None
            self._lay()
            if tile is not None and self.sight.layout.wide < LARGER * before:
                # A flat view: the map is as wide as asked for, and scrolled.
                self.set_tile_width(min(LARGER * before, self.viewport().width() - 4 * NEAR))
            if tile is None and self.marked is not None:
                self.show_at(self.marked)

    def mark(self, at: At | None) -> None:
        """Mark the unit that is selected."""
        if at != self.marked:
            before, self.marked = self.marked, at
            self.update_at(before)
            self.update_at(at)

    def frame(self, bounds: Bounds | None) -> None:
        """Frame a field of values in every map; None: none."""
        if bounds != self.framed:
            self.framed = bounds
            self.viewport().update()

    def _recolour(self) -> None:
        if self.sight.shown is not None:
            self.sight.shown.table = lookup(self.sight.shown.scale)
        self._lay()

    # Where things are

    def _lay(self) -> None:
        """Lay out the tiles for the room there is."""
        room = self.maximumViewportSize()
        self.sight.lay(room.width(), room.height(), self.verticalScrollBar().sizeHint().width(), theme.scaled(1))
        width, height = self.sight.layout.size
        # A bar takes room from the other axis.
        tall = height > room.height()
        seen_width = room.width() - (self.verticalScrollBar().sizeHint().width() if tall else 0)
        seen_height = room.height() - (self.horizontalScrollBar().sizeHint().height() if width > seen_width else 0)
        for bar, all_, seen in (
            (self.horizontalScrollBar(), width, seen_width),
            (self.verticalScrollBar(), height, seen_height),
        ):
            bar.setRange(0, max(0, int(all_) - seen))
            bar.setPageStep(max(1, seen - LINE))
            bar.setSingleStep(LINE)
        self.viewport().update()
        self.laid.emit()

    def _scrolled(self) -> tuple[int, int]:
        return self.horizontalScrollBar().value(), self.verticalScrollBar().value()

    def at(self, point: QPoint) -> At | None:
        return self.sight.at(point.x(), point.y(), self._scrolled())

    def box_of(self, at: At | None) -> QRectF:
        """Where a value is seen in the viewport; empty if it is not shown."""
        box = self.sight.box(at)
        x, y = self._scrolled()
        return QRectF() if box is None else QRectF(*box).translated(-x, -y)

    def _looked_at(self) -> At | None:
        """What is to stay in sight when sizes change."""
        if self.box_of(self.marked).intersects(QRectF(self.viewport().rect())):
            return self.marked
        middle = self.viewport().rect().center()
        return self.at(middle) or self.at(middle / 2)

    def _centre(self, at: At) -> None:
        off = self.box_of(at).center() - QRectF(self.viewport().rect()).center()
        for bar, by in ((self.horizontalScrollBar(), off.x()), (self.verticalScrollBar(), off.y())):
            bar.setValue(bar.value() + round(by))

    def update_at(self, at: At | None) -> None:
        box = self.box_of(at)
        if not box.isEmpty():
            self.viewport().update(box.toAlignedRect().adjusted(-6, -6, 6, 6))

    def show_at(self, at: At) -> None:
        """Scroll until a value is seen."""
        box, view = self.box_of(at).toAlignedRect(), QRect(self.viewport().rect())
        if self.sight.layout.headed:
            beside, above = self.sight.layout.heads
            view.adjust(int(beside), int(above), 0, 0)
        for bar, before, after in (
            (self.horizontalScrollBar(), box.left() - NEAR - view.left(), box.right() + NEAR - view.right()),
            (self.verticalScrollBar(), box.top() - NEAR - view.top(), box.bottom() + NEAR - view.bottom()),
        ):
            bar.setValue(bar.value() + (min(0, before) or max(0, after)))

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, shown = QPainter(self.viewport()), self.sight.painted
        painter.fillRect(event.rect(), QColor(theme.now().panel))
        if shown is not None and self.sight.layout.count:
            x, y = self._scrolled()
            painter.translate(-x, -y)
            region = QRectF(event.rect().translated(x, y))
            paint(painter, shown, self.sight.layout, region, self.devicePixelRatioF())
            if self.framed is not None:
                self._paint_frames(painter, self.framed, region)
            painter.translate(x, y)
            self._paint_marks(painter)
            if self.sight.layout.headed:
                size = self.viewport().size()
                paint_heads(painter, shown, self.sight.layout, (x, y), (size.width(), size.height()))
        if self.hasFocus():
            painter.setPen(QPen(QColor(theme.now().accent), 1))
            painter.drawRect(self.viewport().rect().adjusted(0, 0, -1, -1))
        painter.end()

    def _paint_frames(self, painter: QPainter, bounds: Bounds, region: QRectF) -> None:
        layout = self.sight.layout
        top, bottom, left, right = bounds
        if bottom >= layout.rows or right >= layout.columns:
            return
        for place in layout.seen(region.x(), region.y(), region.width(), region.height()):
            first, last = layout.cell_box(place, top, left), layout.cell_box(place, bottom, right)
            box = QRectF(QRectF(*first).topLeft(), QRectF(*last).bottomRight())
            for pen in (QPen(QColor(theme.now().panel), 3), QPen(QColor(theme.UNIT), 1.5)):
                painter.setPen(pen)
                painter.drawRect(box)

    def _paint_marks(self, painter: QPainter) -> None:
        for at, width in ((self.pointed_at, 1), (self.marked, 2)):
            box = self.box_of(at)
            if not box.isEmpty():
                grown = max(0.0, (7 - min(box.width(), box.height())) / 2)
                box.adjust(-grown, -grown, grown, grown)
                painter.setPen(QPen(QColor(theme.now().panel), width + 2))
                painter.drawRect(box)
                painter.setPen(QPen(QColor(theme.UNIT), width))
                painter.drawRect(box)

    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self.viewport().update()
        return super().event(event)

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay()

    def sizeHint(self) -> QSize:
        return QSize(400, 190)
