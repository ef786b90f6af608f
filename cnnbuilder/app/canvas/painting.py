"""How cards are painted, at the three levels of detail."""

from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPainterPath, QPen

from cnnbuilder.app import icons, theme
from cnnbuilder.app.canvas.content import HEAD, MARGIN, WIDTH, CardContent, parameter_words
from cnnbuilder.app.thumbnails import Thumbnail
from cnnbuilder.design.shape import show

NAMES_BELOW, ICONS_BELOW = 0.6, 0.25
"""The zooms below which a card shows only name and shape, and only its icon."""

LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
CENTRE = Qt.AlignmentFlag.AlignCenter


def outline(rect: QRectF, radius: float) -> QPainterPath:
    """A rounded rectangle."""
    path = QPainterPath()
    path.addRoundedRect(rect, radius, radius)
    return path


def paint_card(
    painter: QPainter,
    content: CardContent,
    picture: QImage | None,
    thumbnail: Thumbnail | None,
    labels: tuple[str, ...],
    selected: bool,
    hovered: bool,
    zoom: float,
) -> None:
    """A whole card in its own coordinates."""
    now = theme.now()
    rect = QRectF(0, 0, WIDTH, content.height)
    colour = QColor(now.group(content.group))
    painter.setPen(Qt.PenStyle.NoPen)
    if zoom < ICONS_BELOW:
        painter.setBrush(QColor(now.problem) if content.fault else colour)
        painter.drawRoundedRect(rect, 12, 12)
        if selected:
            _edge(painter, rect, now.accent, 3 / zoom)
        side = min(rect.width(), rect.height()) * 0.6
        icons.renderer("warning" if content.fault else content.icon, now.panel).render(
            painter, QRectF(rect.center().x() - side / 2, rect.center().y() - side / 2, side, side)
        )
        return
    if not now.dark:
        painter.setBrush(QColor(20, 30, 60, 14))
        painter.drawRoundedRect(rect.translated(0, 1.5), 8, 8)
    painter.setBrush(QColor(now.panel))
    painter.drawRoundedRect(rect, 8, 8)
    painter.save()
    painter.setClipPath(outline(rect, 8))
    painter.fillRect(QRectF(0, 0, WIDTH, 4), colour)
    painter.restore()
    if zoom < NAMES_BELOW:
        _names(painter, content, rect)
    else:
        _head(painter, content)
        _body(painter, content, picture, thumbnail, labels)
    edge = now.problem if content.fault else now.accent if selected else now.dim if hovered else now.line
    _edge(painter, rect, edge, 2 if selected or content.fault else 1)
    if selected and content.fault:
        _edge(painter, rect.adjusted(-3, -3, 3, 3), now.accent, 1.5)


def _edge(painter: QPainter, rect: QRectF, colour: str, width: float) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(colour), width))
    painter.drawRoundedRect(rect, 8, 8)


@lru_cache(5000)
def _elided(words: str, px: int, weight: int, width: float) -> str:
    return QFontMetricsF(theme.font(px, weight)).elidedText(words, Qt.TextElideMode.ElideRight, width)


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


def _names(painter: QPainter, content: CardContent, rect: QRectF) -> None:
    """Name and shape, large enough to be read when small."""
    now = theme.now()
    middle = rect.height() / 2 + (18 if rect.height() > 110 else 0)
    if rect.height() > 110:
        colour = now.group(content.group)
        icons.renderer(content.icon, colour).render(painter, QRectF(WIDTH / 2 - 16, middle - 62, 32, 32))
    inner = rect.adjusted(6, 0, -6, 0)
    _write(painter, QRectF(inner.x(), middle - 22, inner.width(), 30), content.id, (22, 600), now.text, CENTRE)
    words, colour = ("does not fit", now.problem) if content.fault else (show(content.shape).replace(" ", ""), now.dim)
    _write(painter, QRectF(inner.x(), middle + 10, inner.width(), 26), words, (19, 500), colour, CENTRE)


def _head(painter: QPainter, content: CardContent) -> None:
    now = theme.now()
    wide = WIDTH - 2 * MARGIN
    icons.renderer(content.icon, now.group(content.group)).render(painter, QRectF(MARGIN, 12, 16, 16))
    badge = 18 if content.fault else 0
    _write(painter, QRectF(MARGIN + 23, 10, wide - 23 - badge, 20), content.id, (13, 600), now.text)
    if content.fault:
        icons.renderer("warning", now.problem).render(painter, QRectF(WIDTH - MARGIN - 16, 12, 16, 16))
    _write(painter, QRectF(MARGIN, 30, wide, 18), content.summary, (12, 400), now.dim)
    count = parameter_words(content)
    left = wide - QFontMetricsF(theme.font(12)).horizontalAdvance(count) - 4
    words = "does not fit" if content.fault else show(content.shape)
    _write(painter, QRectF(MARGIN, 49, left if count else wide, 18), words, (12, 600), now.text)
    _write(painter, QRectF(MARGIN, 49, wide, 18), count, (12, 400), now.dim, RIGHT)


def _body(
    painter: QPainter,
    content: CardContent,
    picture: QImage | None,
    thumbnail: Thumbnail | None,
    labels: tuple[str, ...],
) -> None:
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
        painter.drawText(room.adjusted(10, 6, -10, -6), int(CENTRE | Qt.TextFlag.TextWordWrap), content.fault)
    elif thumbnail is not None and thumbnail.bars is not None:
        _bars(painter, room, thumbnail.bars, labels, now.group(content.group))
    elif picture is not None:
        painter.save()
        shown = _fitted(picture, room)
        painter.setClipPath(outline(shown, 4))
        painter.drawImage(shown, picture)
        painter.restore()
    else:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(now.well))
        painter.drawRoundedRect(room, 4, 4)


def _fitted(picture: QImage, room: QRectF) -> QRectF:
    """The largest rectangle of the picture's form in `room`."""
    scale = min(room.width() / max(1, picture.width()), room.height() / max(1, picture.height()))
    width, height = picture.width() * scale, picture.height() * scale
    return QRectF(room.center().x() - width / 2, room.center().y() - height / 2, width, height)


def _bars(painter: QPainter, room: QRectF, values: tuple[float, ...], labels: tuple[str, ...], colour: str) -> None:
    """A short vector: a bar a value, from zero up and down, the largest one strong."""
    now = theme.now()
    finite = [value if value == value and abs(value) != float("inf") else 0.0 for value in values]
    high, low = max(max(finite), 0.0), min(min(finite), 0.0)
    span = (high - low) or 1.0
    step = room.width() / len(values)
    named = step >= 11
    area = room.adjusted(0, 2, 0, -14 if named else 0)
    zero = area.top() + area.height() * high / span
    best = finite.index(max(finite))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setFont(theme.font(9))
    for number, value in enumerate(finite):
        left = room.left() + number * step
        end = zero - area.height() * value / span
        painter.setBrush(QColor(now.line))
        painter.fillRect(QRectF(left + 1, zero - 0.5, step - 2, 1), QColor(now.line))
        bar = QColor(colour)
        bar.setAlpha(255 if number == best else 110)
        painter.fillRect(QRectF(left + step * 0.15, min(zero, end), step * 0.7, abs(zero - end)), bar)
        if named:
            painter.setPen(QColor(now.dim))
            label = labels[number] if number < len(labels) and len(labels[number]) <= 2 else str(number)
            painter.drawText(QRectF(left, room.bottom() - 12, step, 12), int(CENTRE.value), label)
            painter.setPen(Qt.PenStyle.NoPen)


def paint_port(painter: QPainter, at: QPointF, colour: str) -> None:
    """Where a link ends."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colour))
    painter.drawEllipse(at, 4, 4)
