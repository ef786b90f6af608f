"""The start page: begin anew, go on with a recent file, or look at a sample drawn small."""

from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractButton,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from cnnbuilder.app import icons, theme
from cnnbuilder.app.gestures import FIRST_STEPS
from cnnbuilder.app.laboratory.chapters import CHAPTERS
from cnnbuilder.app.samples import Sample, sample_designs
from cnnbuilder.app.words import literal, unmarked
from cnnbuilder.design.document import Design
from cnnbuilder.design.layout import completed

CARD, DRAWING = QSize(232, 186), 76
MOST_COLUMNS, WIDTH = 4, 1000
CARD_SIZE = (150.0, 190.0)
"""Of a card on the canvas, for the small drawing."""


def draw_network(painter: QPainter, room: QRectF, design: Design) -> None:
    """Paint the cards of a design as coloured marks with their links, fitted into `room`."""
    places = completed(design.graph, design.layout)
    if not places:
        return
    left, top = min(x for x, _ in places.values()), min(y for _, y in places.values())
    width = max(x for x, _ in places.values()) - left + CARD_SIZE[0]
    height = max(y for _, y in places.values()) - top + CARD_SIZE[1]
    scale = min(room.width() / width, room.height() / height, 0.16)
    dx = room.center().x() - (left + width / 2) * scale
    dy = room.center().y() - (top + height / 2) * scale
    boxes = {
        id: QRectF(dx + x * scale, dy + y * scale, CARD_SIZE[0] * scale, CARD_SIZE[1] * scale)
        for id, (x, y) in places.items()
    }
    now = theme.now()
    painter.setPen(QPen(QColor(now.link), 1))
    for link in design.links:
        a, b = boxes[link.source], boxes[link.target]
        painter.drawLine(QPointF(a.right(), a.center().y()), QPointF(b.left(), b.center().y()))
    painter.setPen(Qt.PenStyle.NoPen)
    for id, box in boxes.items():
        layer = design.blocks[id].layer_class
        painter.setBrush(QColor(now.group(layer.group if layer else None)))
        painter.drawRoundedRect(box, min(2.5, box.width() / 3), min(2.5, box.width() / 3))


class SampleCard(QAbstractButton):
    """A sample as a card: its network drawn small, its name, what it shows, how large it is."""

    def __init__(self, sample: Sample) -> None:
        super().__init__()
        self.sample = sample
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(f"{sample.title}: {sample.line}")
        self.setAccessibleDescription(sample.teaches)
        self.setToolTip(f"{sample.teaches}\n{sample.line}")
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def sizeHint(self) -> QSize:
        return QSize(round(theme.scaled(CARD.width())), DRAWING + round(theme.scaled(CARD.height() - DRAWING)))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        now, painter = theme.now(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        lively = self.hasFocus() or self.underMouse()
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.setPen(QPen(QColor(now.accent if lively else now.line), 2 if self.hasFocus() else 1))
        painter.setBrush(QColor(now.selection if self.isDown() else now.panel))
        painter.drawRoundedRect(box, 8, 8)
        drawing = QRectF(box.left() + 8, box.top() + 8, box.width() - 16, DRAWING)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(now.canvas))
        painter.drawRoundedRect(drawing, 6, 6)
        draw_network(painter, drawing.adjusted(8, 8, -8, -8), self.sample.design)
        text = QRectF(box.left() + 12, drawing.bottom() + 8, box.width() - 24, box.bottom() - drawing.bottom() - 16)
        self._write(painter, text)
        painter.end()

    def _write(self, painter: QPainter, room: QRectF) -> None:
        now, line = theme.now(), theme.scaled(19)
        painter.setPen(QColor(now.text))
        painter.setFont(theme.ui_font(13, 600))
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, self.sample.title)
        painter.setFont(theme.ui_font(12))
        painter.setPen(QColor(now.dim))
        below = QRectF(room.left(), room.bottom() - line, room.width(), line)
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom, self.sample.line)
        middle = room.adjusted(0, line, 0, -line)
        words, metrics = self.sample.teaches, painter.fontMetrics()
        wrapped = int(Qt.TextFlag.TextWordWrap.value)
        while words and metrics.boundingRect(middle.toRect(), wrapped, f"{words} …").height() > middle.height():
            words = words.rpartition(" ")[0]
        shown = words if words == self.sample.teaches else f"{words.rstrip(',:;')} …"
        painter.drawText(middle, wrapped, shown)


class RecentFile(QAbstractButton):
    """A recent file as a row: its name, its folder, when it was saved."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self._when = _when(path)
        self.setEnabled(bool(self._when))
        self.setToolTip(literal(str(path) if self._when else f"{path} is no longer there"))
        self.setAccessibleName(f"{path.name}, {self._when or 'no longer there'}")

    def sizeHint(self) -> QSize:
        return QSize(300, round(theme.scaled(44)))

    def paintEvent(self, event: QPaintEvent) -> None:
        now, painter = theme.now(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.hasFocus() or self.underMouse():
            painter.setPen(QPen(QColor(now.accent), 1) if self.hasFocus() else Qt.PenStyle.NoPen)
            painter.setBrush(QColor(now.selection))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        room = QRectF(self.rect()).adjusted(10, 4, -10, -4)
        icons.renderer("open", now.dim).render(painter, QRectF(room.left(), room.center().y() - 8, 16, 16))
        room.setLeft(room.left() + 28)
        top, bottom = Qt.AlignmentFlag.AlignTop, Qt.AlignmentFlag.AlignBottom
        painter.setFont(theme.ui_font(13, 500))
        painter.setPen(QColor(now.text if self.isEnabled() else now.dim))
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | top, self.path.name)
        painter.setFont(theme.ui_font(12))
        painter.setPen(QColor(now.dim))
        where = painter.fontMetrics().elidedText(
            _short(self.path.parent), Qt.TextElideMode.ElideMiddle, round(room.width() - 130)
        )
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | bottom, where)
        painter.drawText(room, Qt.AlignmentFlag.AlignRight | bottom, self._when or "no longer there")
        painter.end()


def _short(folder: Path) -> str:
    """A folder as one says it: what is at home begins with `~`."""
    home = Path.home()
    return str("~" / folder.relative_to(home)) if folder.is_relative_to(home) else str(folder)


def _when(path: Path) -> str:
    """When a file was saved, as one says it; empty if it is not there."""
    try:
        saved = datetime.fromtimestamp(path.stat().st_mtime)
    except OSError:
        return ""
    days = (datetime.now().date() - saved.date()).days
    if days <= 1:
        return f"{'today' if days == 0 else 'yesterday'} {saved:%H:%M}"
    return f"{saved.day} {saved:%B}" if days < 300 else f"{saved.day} {saved:%B %Y}"


class StartPage(QScrollArea):
    """Shown where the canvas is while there is nothing on it, or when asked for."""

    new = Signal()
    open = Signal()
    open_path = Signal(object, bool)
    """A path, and whether it is a sample (which has no path of its own)."""
    experiment = Signal(str)
    """An experiment of the laboratory is wanted: its name."""
    left = Signal()
    """Back to the canvas: the button, or Escape."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("start")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Start page")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        body = QWidget()
        body.setObjectName("start-body")
        across = QHBoxLayout(body)
        across.setContentsMargins(28, 24, 28, 24)
        inner = QWidget()
        inner.setMaximumWidth(WIDTH)
        across.addStretch(1)
        across.addWidget(inner, 100)
        across.addStretch(1)
        self._column = QVBoxLayout(inner)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(10)
        self._head()
        self._recent_title = self._title("Go on with")
        self._recent = QVBoxLayout()
        self._recent.setSpacing(2)
        self._column.addLayout(self._recent)
        self._title("Look at a sample")
        self._cards = QGridLayout()
        self._cards.setSpacing(12)
        self._column.addLayout(self._cards)
        self.cards = [self._card(sample) for sample in sample_designs()]
        self._lay(MOST_COLUMNS)  # before what stands below, for the order of Tab
        self._laboratory()
        self._tips()
        self._column.addStretch(1)
        self.setWidget(body)
        self.files: list[RecentFile] = []
        self.setFocusProxy(self.begin)
        theme.keeper().changed.connect(self._recolour)
        self._recolour()

    def _head(self) -> None:
        title = QLabel("Draw a network")
        title.setObjectName("welcome")
        says = QLabel("See at every step whether it fits together, what it costs, and what it makes of a picture.")
        says.setObjectName("dim")
        says.setWordWrap(True)
        self.begin = QPushButton("New design")
        self.begin.setObjectName("primary")
        self.begin.setToolTip("An empty design with a picture block (Ctrl+N)")
        self.begin.clicked.connect(self.new.emit)
        self.browse = QPushButton("Open …")
        self.browse.setToolTip("A design from a file (Ctrl+O); or drop one on the window")
        self.browse.clicked.connect(self.open.emit)
        self.back = QPushButton()
        self.back.setToolTip("Back to what is being drawn (Escape)")
        self.back.clicked.connect(self.left.emit)
        row = QHBoxLayout()
        row.addWidget(self.begin)
        row.addWidget(self.browse)
        row.addStretch(1)
        row.addWidget(self.back)
        for part in (title, says):
            self._column.addWidget(part)
        self._column.addLayout(row)

    def _title(self, words: str) -> QLabel:
        label = QLabel(words)
        label.setObjectName("heading")
        label.setContentsMargins(0, 14, 0, 0)
        self._column.addWidget(label)
        return label

    def _laboratory(self) -> None:
        self._title("Try in the laboratory")
        grid = QGridLayout()
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(10)
        for number, chapter in enumerate(CHAPTERS):
            column = QVBoxLayout()
            column.setSpacing(1)
            head = QLabel(chapter.title)
            head.setObjectName("strong")
            column.addWidget(head)
            for item in chapter.experiments:
                button = QPushButton(unmarked(item.title))
                button.setObjectName("link")
                button.setToolTip(item.question)
                button.clicked.connect(lambda _=False, name=item.name: self.experiment.emit(name))
                column.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
            column.addStretch(1)
            grid.addLayout(column, number // 3, number % 3)
        self._column.addLayout(grid)

    def _tips(self) -> None:
        self._title("How it goes")
        grid = QGridLayout()
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(10)
        for number, (title, text) in enumerate(FIRST_STEPS):
            label = QLabel(f"<b>{number + 1}. {title}</b><br>{text}")
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.RichText)
            label.setAlignment(Qt.AlignmentFlag.AlignTop)
            label.setObjectName("tip")
            grid.addWidget(label, number // 2, number % 2)
        self._column.addLayout(grid)

    def _card(self, sample: Sample) -> SampleCard:
        card = SampleCard(sample)
        card.clicked.connect(lambda: self.open_path.emit(sample.path, True))
        return card

    def fill(self, recent: list[str], under: str = "") -> None:
        """List the recent files anew; `under` is the title of the design that one may go back to."""
        self.back.setText(unmarked(f"Back to {under}"))
        self.back.setVisible(bool(under))
        for row in self.files:
            self._recent.removeWidget(row)
            row.deleteLater()
        self.files = []
        for name in recent:
            row = RecentFile(Path(name))
            row.clicked.connect(lambda _=False, path=Path(name): self.open_path.emit(path, False))
            self._recent.addWidget(row)
            self.files.append(row)
        self._recent_title.setVisible(bool(recent))

    def _recolour(self) -> None:
        self.begin.setIcon(icons.icon("plus", theme.now().on_accent))
        self.browse.setIcon(icons.icon("open"))

    def resizeEvent(self, event: object) -> None:
        super().resizeEvent(event)  # type: ignore[arg-type]
        room = min(self.viewport().width() - 56, WIDTH)
        columns = max(1, min(MOST_COLUMNS, room // (self.cards[0].sizeHint().width() + 12))) if self.cards else 1
        if columns != self._columns:
            self._lay(columns)

    def _lay(self, columns: int) -> None:
        self._columns = columns
        for number, card in enumerate(self.cards):
            self._cards.addWidget(card, number // columns, number % columns)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
            return
        super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and hasattr(self, "_columns"):
            self._columns = 0
