"""How cards are painted, at the three levels of detail. What changes with every run is painted on top of the rest."""

from enum import Enum
from functools import lru_cache
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPainterPath, QPen

from cnnbuilder.app import icons, theme
from cnnbuilder.app.canvas.content import HEAD, MARGIN, WIDTH, CardContent, parameter_words
from cnnbuilder.app.thumbnails import Thumbnail
from cnnbuilder.design.shape import show

NAMES_BELOW, ICONS_BELOW = 0.6, 0.25
"""The zooms below which a card shows only name and shape, and only its icon."""
EDGE = 10.0
"""What a card paints beyond its outline: shadow, frame of the selection, the cards behind a folded group."""
READABLE_PX, LARGEST_PX = 12.0, 24.0
"""The size that a name is painted at where only name and shape are shown, and how large that may get on the canvas."""
BEHIND = 4.0
"""How far the cards of a folded group look out behind the first."""

UNBROKEN = "\u00a0×\u00a0"
"""Between the sizes of a shape, so that no line ends within one."""

LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
CENTRE = Qt.AlignmentFlag.AlignCenter


class Level(Enum):
    """How much of a card is shown."""

    FULL = "full"
    NAMES = "names"
    ICONS = "icons"
    OUTLINE = "outline"
    """Seen for a moment only."""

    @classmethod
    def at(cls, zoom: float) -> "Level":
        """The level of a zoom."""
        return cls.ICONS if zoom < ICONS_BELOW else cls.NAMES if zoom < NAMES_BELOW else cls.FULL


class Marks(NamedTuple):
    """How a card is marked."""

    selected: bool = False
    hovered: bool = False
    lit: bool = False
    """It could take the link that is being drawn."""


def paint_card(
    painter: QPainter, content: CardContent, labels: tuple[str, ...], marks: Marks, level: Level, zoom: float
) -> None:
    """A card in its own coordinates, without its picture."""
    now = theme.now()
    rect = QRectF(0, 0, WIDTH, content.height)
    if content.members:
        _behind(painter, rect, level, now.group(content.group))
    if level is Level.ICONS:
        _icon(painter, content, rect, marks, zoom)
        return
    painter.setPen(Qt.PenStyle.NoPen)
    if not now.dark:
        painter.setBrush(QColor(20, 30, 60, 14))
        painter.drawRoundedRect(rect.translated(0, 1.5), 8, 8)
    painter.setBrush(QColor(now.panel))
    painter.drawRoundedRect(rect, 8, 8)
    painter.setBrush(QColor(now.dim if content.off else now.group(content.group)))
    painter.save()
    painter.setClipRect(QRectF(0, 0, WIDTH, 4))
    painter.drawRoundedRect(rect, 8, 8)
    painter.restore()
    if level is Level.NAMES:
        _names(painter, content, rect, zoom)
    elif level is Level.FULL:
        _head(painter, content)
        _body(painter, content, labels)
    strong = marks.selected or marks.lit or bool(content.fault)
    edge = (
        now.fine if marks.lit
        else now.problem if content.fault
        else now.accent if marks.selected
        else now.dim if marks.hovered or content.off
        else now.line
    )  # fmt: skip
    _edge(painter, rect, edge, max(2 if strong else 1, (2 if strong else 1) * 0.6 / zoom), content.off)
    if marks.selected and (content.fault or marks.lit):
        _edge(painter, rect.adjusted(-3, -3, 3, 3), now.accent, 1.5)


def _behind(painter: QPainter, rect: QRectF, level: Level, colour: str) -> None:
    now = theme.now()
    painter.setPen(QPen(QColor(now.panel if level is Level.ICONS else now.dim), 1))
    painter.setBrush(QColor(colour if level is Level.ICONS else now.panel))
    for step in (2, 1):
        painter.drawRoundedRect(rect.translated(BEHIND * step, BEHIND * step), 8, 8)


def _icon(painter: QPainter, content: CardContent, rect: QRectF, marks: Marks, zoom: float) -> None:
    now = theme.now()
    colour = now.problem if content.fault else now.dim if content.off else now.group(content.group)
    painter.setPen(QPen(QColor(colour), 6, Qt.PenStyle.DashLine) if content.off else Qt.PenStyle.NoPen)
    painter.setBrush(QColor(now.panel) if content.off else QColor(colour))
    painter.drawRoundedRect(rect, 12, 12)
    if marks.selected or marks.lit or marks.hovered:
        mark = now.fine if marks.lit else now.text if marks.selected else now.dim
        _edge(painter, rect.adjusted(-4, -4, 4, 4), mark, min(10.0, (2.5 if marks.selected else 1.5) / zoom))
    side = min(rect.width(), rect.height()) * 0.6
    name = "warning" if content.fault else content.icon
    icons.renderer(name, colour if content.off else now.panel).render(
        painter, QRectF(rect.center().x() - side / 2, rect.center().y() - side / 2, side, side)
    )


def _edge(painter: QPainter, rect: QRectF, colour: str, width: float, dashed: bool = False) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    pen = QPen(QColor(colour), width)
    if dashed:
        pen.setDashPattern([5, 4])
    painter.setPen(pen)
    painter.drawRoundedRect(rect, 8, 8)


@lru_cache(5000)
def _elided(words: str, px: int, weight: int, width: float, middle: bool = False) -> str:
    mode = Qt.TextElideMode.ElideMiddle if middle else Qt.TextElideMode.ElideRight
    return QFontMetricsF(theme.font(px, weight)).elidedText(words, mode, width)


def _write(
    painter: QPainter,
    rect: QRectF,
    words: str,
    font: tuple[int, int],
    colour: str,
    flags: Qt.AlignmentFlag = LEFT,
) -> None:
    """Words in a font of that size and weight, shortened to fit."""
    painter.setFont(theme.font(*font))
    painter.setPen(QColor(colour))
    painter.drawText(rect, int(flags.value), _elided(words, *font, rect.width()))


def _names(painter: QPainter, content: CardContent, rect: QRectF, zoom: float) -> None:
    """Name and shape, large enough to be read when small."""
    now = theme.now()
    high = rect.height() > 110
    middle = rect.height() / 2 + (18 if high else 0)
    if high:
        colour = now.dim if content.off else now.group(content.group)
        icons.renderer(content.icon, colour).render(painter, QRectF(WIDTH / 2 - 16, middle - 62, 32, 32))
    inner = rect.adjusted(6, 0, -6, 0)
    name, colour = content.id, now.dim if content.off else now.text
    px = _fitting(name, 600, inner.width(), zoom)
    if content.members:
        name = _elided(name, px, 600, inner.width(), middle=True)
    _write(painter, QRectF(inner.x(), middle - 24, inner.width(), 32), name, (px, 600), colour, CENTRE)
    shape = f"off · {show(content.shape)}" if content.off else show(content.shape)
    words, colour = ("does not fit", now.problem) if content.fault else (shape.replace(" ", ""), now.dim)
    px = min(px, _fitting(words, 500, inner.width(), zoom))
    _write(painter, QRectF(inner.x(), middle + 8, inner.width(), 30), words, (px, 500), colour, CENTRE)


def _fitting(words: str, weight: int, width: float, zoom: float) -> int:
    """The largest size up to a comfortable one at which words fit."""
    px = int(min(READABLE_PX / zoom, LARGEST_PX))
    taken = QFontMetricsF(theme.font(px, weight)).horizontalAdvance(words)
    return max(18, min(px, int(px * width / taken))) if taken else px


def _head(painter: QPainter, content: CardContent) -> None:
    now = theme.now()
    wide = WIDTH - 2 * MARGIN
    colour = now.dim if content.off else now.group(content.group)
    icons.renderer(content.icon, colour).render(painter, QRectF(MARGIN, 12, 16, 16))
    badge = 18 if content.fault else 0
    name = QRectF(MARGIN + 23, 10, wide - 23 - badge, 20)
    words = content.id
    if content.members:  # groups have long names, and a number at the end tells one from another
        words = _elided(words, 13, 600, name.width(), middle=True)
    _write(painter, name, words, (13, 600), now.dim if content.off else now.text)
    if content.fault:
        icons.renderer("warning", now.problem).render(painter, QRectF(WIDTH - MARGIN - 16, 12, 16, 16))
    _write(painter, QRectF(MARGIN, 30, wide, 18), content.summary, (12, 400), now.dim)
    count = parameter_words(content)
    left = wide - QFontMetricsF(theme.font(12)).horizontalAdvance(count) - 4
    words = "does not fit" if content.fault and not content.members else show(content.shape)
    if QFontMetricsF(theme.font(12, 600)).horizontalAdvance(words) > left:
        words = words.replace(" × ", "×")
    colour = now.dim if content.off else now.text
    _write(painter, QRectF(MARGIN, 49, left if count else wide, 18), words, (12, 600), colour)
    _write(painter, QRectF(MARGIN, 49, wide, 18), count, (12, 400), now.dim, RIGHT)


def _body(painter: QPainter, content: CardContent, labels: tuple[str, ...]) -> None:
    now = theme.now()
    width, height = content.picture_size
    if not height:
        return
    room = QRectF(MARGIN, HEAD, width, height)
    if content.fault:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(now.problem_ground))
        painter.drawRoundedRect(room, 4, 4)
        painter.setFont(theme.font(12))
        painter.setPen(QColor(now.problem))
        painter.drawText(
            room.adjusted(10, 6, -10, -6),
            int(CENTRE | Qt.TextFlag.TextWordWrap),
            content.fault.replace(" × ", UNBROKEN),
        )
    elif content.barred and content.shape:
        _bar_labels(painter, room, content.shape[0], labels)
    else:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(now.well))
        painter.drawRoundedRect(room, 4, 4)


def paint_picture(
    painter: QPainter, content: CardContent, picture: QImage | None, thumbnail: Thumbnail, scale: float
) -> None:
    """What a run made, in the card's own coordinates, on top of the card. `scale`: device pixels a unit."""
    width, height = content.picture_size
    if content.fault or not height:
        return
    room = QRectF(MARGIN, HEAD, width, height)
    painter.setOpacity(0.4 if content.off else 1.0)
    if thumbnail.bars is not None:
        _bars(painter, room, thumbnail.bars, theme.now().group(content.group))
    elif picture is not None and not content.barred:
        shown = _fitted(picture, room)
        coarse = picture.width() > shown.width() * scale
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, coarse)
        painter.drawImage(shown, picture)
        rest = QPainterPath()
        rest.addRect(room)
        rest.addRoundedRect(shown, 4, 4)
        painter.fillPath(rest, QColor(theme.now().panel))
    painter.setOpacity(1.0)


def picture_room(content: CardContent, picture: QImage | None, bars: bool) -> QRectF:
    """Where the values of a card's picture lie, in the card's own coordinates."""
    width, height = content.picture_size
    room = QRectF(MARGIN, HEAD, width, height)
    if bars:
        count = content.shape[0] if content.shape else 1
        return _bars_area(room, count)
    return _fitted(picture, room) if picture is not None else room


def _fitted(picture: QImage, room: QRectF) -> QRectF:
    """The largest rectangle of the picture's form in `room`."""
    scale = min(room.width() / max(1, picture.width()), room.height() / max(1, picture.height()))
    width, height = picture.width() * scale, picture.height() * scale
    return QRectF(room.center().x() - width / 2, room.center().y() - height / 2, width, height)


def _bars(painter: QPainter, room: QRectF, values: tuple[float, ...], colour: str) -> None:
    """A short vector: a bar a value, from zero up and down, the largest one strong."""
    finite = [value if value == value and abs(value) != float("inf") else 0.0 for value in values]
    high, low = max(max(finite), 0.0), min(min(finite), 0.0)
    span = (high - low) or 1.0
    step = room.width() / len(values)
    area = _bars_area(room, len(values))
    zero = area.top() + area.height() * high / span
    best = finite.index(max(finite))
    faint, strong, line = QColor(colour), QColor(colour), QColor(theme.now().line)
    faint.setAlpha(110)
    painter.fillRect(QRectF(room.left(), zero - 0.5, room.width(), 1), line)
    for number, value in enumerate(finite):
        left = room.left() + number * step
        end = zero - area.height() * value / span
        bar = QRectF(left + step * 0.15, min(zero, end), step * 0.7, abs(zero - end))
        painter.fillRect(bar, strong if number == best else faint)


def _bars_area(room: QRectF, count: int) -> QRectF:
    """Where bars stand, above their names."""
    return room.adjusted(0, 2, 0, -14 if room.width() / count >= NAMED_STEP else 0)


NAMED_STEP = 11
"""Bars at least so wide have room for a name."""


def _bar_labels(painter: QPainter, room: QRectF, count: int, labels: tuple[str, ...]) -> None:
    step = room.width() / count
    if step < NAMED_STEP:
        return
    painter.setFont(theme.font(9))
    painter.setPen(QColor(theme.now().dim))
    for number in range(count):
        label = labels[number] if number < len(labels) and len(labels[number]) <= 2 else str(number)
        painter.drawText(QRectF(room.left() + number * step, room.bottom() - 12, step, 12), int(CENTRE.value), label)


def paint_port(painter: QPainter, at: QPointF, colour: str, open: bool = False, radius: float = 4) -> None:
    """Where a link ends; a ring where one could."""
    painter.setPen(QPen(QColor(colour), 1.5) if open else Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme.now().panel if open else colour))
    painter.drawEllipse(at, radius, radius)
