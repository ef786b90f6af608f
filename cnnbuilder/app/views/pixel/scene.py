"""The picture of one explained number: what is read, patch times kernel gives products, and where the number stands."""

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from cnnbuilder.app import theme
from cnnbuilder.app.views.pixel import words
from cnnbuilder.app.views.pixel.cells import Cells, cell_at, mark, paint_cells, paint_plane
from cnnbuilder.app.views.pixel.sight import Place, Sight
from cnnbuilder.app.views.tile_painter import figure

HEAD, FOOT, SIGN = 20.0, 20.0, 26.0
"""Heights of words above and below, width of × and = (px of the design)."""
GAP = 16.0
LARGEST = (56.0, 40.0)
"""No cell is drawn wider or higher."""
MAP_SHARE = 0.19
"""Of the width, at most so much for each of the two maps."""
LEFT = int((Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop).value)
CENTRE = int(Qt.AlignmentFlag.AlignCenter.value)
TOP = int((Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop).value)


@dataclass(frozen=True, eq=False)
class Plan:
    """Where things lie."""

    source: QRectF
    patches: tuple[QRectF, ...]
    own: QRectF


class PixelScene(QWidget):
    """Shows one channel of a Sight."""

    pointed = Signal(str)
    """Words for what is under the pointer; empty for nothing."""
    followed = Signal(str, object)
    """A term was followed back: the block and the index of its source."""
    chosen = Signal(int, int)
    """Another unit of the same map was chosen: its row and column as drawn."""

    def __init__(self) -> None:
        super().__init__()
        self.sight: Sight | None = None
        self.place: Place | None = None
        self.cell: tuple[int, int] | None = None
        """The cell of the patches that is pointed at."""
        self._patches: tuple[Cells, ...] = ()
        self._source: Cells | None = None
        self._own: tuple[Cells, tuple[int, int]] | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(240, 96)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("One value explained")
        theme.keeper().changed.connect(self.update)

    def show_sight(self, sight: Sight | None, place: Place | None) -> None:
        """Show a channel of what was explained; None: nothing."""
        self.sight, self.place, self.cell = sight, place, None
        self._patches, self._source, self._own = (), None, None
        if sight is not None:
            self._own = sight.own_plane()
            if place is not None:
                self._source = sight.source_plane(place)
                self._patches = sight.patches(place) if sight.explanation.is_sum else sight.patches(place)[:1]
        self.update()

    # Where things are

    def plan(self) -> Plan | None:
        """Where things lie for the size there is."""
        if self._own is None:
            return None
        head, foot = theme.scaled(HEAD), theme.scaled(FOOT)
        top, high = head, max(20.0, self.height() - head - foot)
        widest = self.width() * MAP_SHARE
        own = _fitted(self._own[0], QRectF(self.width() - widest, top, widest, high - foot / 2))
        if self._source is None:
            return Plan(QRectF(), (), own)
        source = _fitted(self._source, QRectF(1, top, widest, high))
        left, right = source.right() + theme.scaled(GAP), own.left() - theme.scaled(GAP)
        sign = theme.scaled(SIGN)
        count = len(self._patches)
        each = max(8.0, (right - left - sign * (count - 1)) / count)
        rows, columns = self._patches[0].values.shape
        most_wide, most_high = (theme.scaled(size) for size in LARGEST)
        wide = min(each, most_wide * columns)
        tall = min(high, most_high * rows)
        if rows * columns > 120:
            # Too many for numbers: seen as maps, their cells square.
            cell = min(wide / columns, tall / rows)
            wide, tall = cell * columns, cell * rows
        used = wide * count + sign * (count - 1)
        x = left + max(0.0, (right - left - used) / 2)
        y = top + (high - tall) / 2
        boxes = tuple(QRectF(x + number * (wide + sign), y, wide, tall) for number in range(count))
        return Plan(source, boxes, own)

    def _cell_at(self, at: QPointF) -> tuple[int, int] | None:
        plan = self.plan()
        for box, cells in zip(plan.patches if plan else (), self._patches, strict=False):
            found = cell_at(box, cells, at)
            if found is not None:
                return found
        return None

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        plan, sight = self.plan(), self.sight
        if plan is None or sight is None or self._own is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        if self.place is not None and self._source is not None:
            self._paint_source(painter, plan, sight, self.place, self._source)
            self._paint_patches(painter, plan, sight, self.place)
        self._paint_own(painter, plan, sight, self._own)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QColor(theme.now().accent))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()

    def _paint_source(self, painter: QPainter, plan: Plan, sight: Sight, place: Place, cells: Cells) -> None:
        box = plan.source
        paint_plane(painter, box, cells)
        self._paint_margins(painter, box, cells)
        rows, columns = cells.values.shape
        wide, high = box.width() / columns, box.height() / rows
        first, last, start, end = sight.box(place)
        painter.setClipRect(box.adjusted(-2, -2, 3, 3))
        mark(
            painter,
            QRectF(
                box.left() + start * wide,
                box.top() + first * high,
                (end - start + 1) * wide,
                (last - first + 1) * high,
            ),
        )
        if self.cell is not None:
            sheet = sight.sheets[place.sheet]
            above, _, left, _ = sight.margins
            row, column = int(sheet.rows[self.cell[0]]) + above, int(sheet.columns[self.cell[1]]) + left
            mark(painter, QRectF(box.left() + column * wide, box.top() + row * high, wide, high), theme.now().accent, 1)
        painter.setClipping(False)
        head, foot = words.source_caption(sight, place)
        self._words(painter, box, head, foot)

    def _paint_margins(self, painter: QPainter, box: QRectF, cells: Cells) -> None:
        """The padding around a map, a little off the map's own black."""
        assert self.sight is not None
        above, below, left, right = self.sight.margins
        rows, columns = cells.values.shape
        wide, high = box.width() / columns, box.height() / rows
        inner = box.adjusted(left * wide, above * high, -right * wide, -below * high)
        ground = QColor(theme.now().line)
        for part in (
            QRectF(box.left(), box.top(), box.width(), inner.top() - box.top()),
            QRectF(box.left(), inner.bottom(), box.width(), box.bottom() - inner.bottom()),
            QRectF(box.left(), inner.top(), inner.left() - box.left(), inner.height()),
            QRectF(inner.right(), inner.top(), box.right() - inner.right(), inner.height()),
        ):
            painter.fillRect(part, ground)

    def _paint_patches(self, painter: QPainter, plan: Plan, sight: Sight, place: Place) -> None:
        now = theme.now()
        for number, (box, cells) in enumerate(zip(plan.patches, self._patches, strict=True)):
            paint_cells(painter, box, cells, self.cell)
            head = words.heads(sight, place)[number]
            painter.setFont(theme.ui_font(12, 600))
            painter.setPen(QColor(now.dim))
            high = theme.scaled(HEAD)
            painter.drawText(QRectF(box.left() - 40, box.top() - high, box.width() + 80, high - 2), CENTRE, head)
            if number:
                painter.setFont(theme.ui_font(17))
                painter.setPen(QColor(now.text))
                sign = theme.scaled(SIGN)
                painter.drawText(QRectF(box.left() - sign, box.top(), sign, box.height()), CENTRE, " ×="[number])

    def _paint_own(self, painter: QPainter, plan: Plan, sight: Sight, own: tuple[Cells, tuple[int, int]]) -> None:
        (cells, (row, column)), box, now = own, plan.own, theme.now()
        paint_plane(painter, box, cells)
        painter.setPen(QColor(now.line))
        painter.drawRect(box)
        rows, columns = cells.values.shape
        wide, high = box.width() / columns, box.height() / rows
        mark(painter, QRectF(box.left() + column * wide, box.top() + row * high, wide, high))
        self._words(painter, box, words.own_caption(sight), "")
        painter.setFont(theme.ui_font(17, 700))
        painter.setPen(QColor(now.text))
        below = QRectF(self.width() - self.width() * MAP_SHARE, box.bottom() + 3, self.width() * MAP_SHARE, 30)
        painter.drawText(below, TOP, figure(sight.explanation.value))

    def _words(self, painter: QPainter, box: QRectF, head: str, foot: str) -> None:
        now, high = theme.now(), theme.scaled(HEAD)
        room = self.width() * MAP_SHARE
        left = max(1.0, min(box.left(), self.width() - room))
        for text, y, weight in ((head, box.top() - high, 600), (foot, box.bottom() + 3, 400)):
            font = theme.ui_font(12, weight)
            painter.setFont(font)
            painter.setPen(QColor(now.dim))
            cut = QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, room)
            painter.drawText(QRectF(left, y, room, high), LEFT, cut)

    # Hands

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position()
        if event.buttons() & Qt.MouseButton.LeftButton and self._choose(at):
            return
        self.point(self._cell_at(at))

    def point(self, cell: tuple[int, int] | None) -> None:
        """Look at one term; None: at none."""
        if cell != self.cell:
            self.cell = cell
            told = self.sight is not None and self.place is not None and cell is not None
            self.pointed.emit(words.cell(self.sight, self.place, *cell) if told else "")  # type: ignore[arg-type,misc]
            self.update()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.point(None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or self._choose(event.position()):
            return
        cell = self._cell_at(event.position())
        if cell is not None:
            self.follow(cell)

    def follow(self, cell: tuple[int, int]) -> None:
        """Go to the source of a term."""
        if self.sight is not None and self.place is not None:
            source = self.sight.sheets[self.place.sheet].source(self.place.channel, *cell)
            if source is not None:
                self.followed.emit(*source)

    def _choose(self, at: QPointF) -> bool:
        """Another unit, where the point lies in the map in which the unit stands."""
        plan = self.plan()
        if plan is None or self._own is None:
            return False
        found = cell_at(plan.own, self._own[0], at)
        if found is not None:
            self.chosen.emit(*found)
        return found is not None

    def sizeHint(self) -> QSize:
        return QSize(900, 180)


def _fitted(cells: Cells, room: QRectF) -> QRectF:
    """A plane in its proportions, as large as fits at the top of a room; very flat ones are drawn a little higher."""
    rows, columns = cells.values.shape
    cell = min(room.width() / columns, room.height() / rows, theme.scaled(40))
    wide, high = cell * columns, max(cell * rows, 6.0)
    return QRectF(room.left() + (room.width() - wide) / 2 if room.left() > 1 else room.left(), room.top(), wide, high)
