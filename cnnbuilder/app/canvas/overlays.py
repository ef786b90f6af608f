"""What is painted over everything: the channel picker, the frame of the keyboard's focus, what to do first."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from cnnbuilder.app import theme
from cnnbuilder.app.canvas.card import Card
from cnnbuilder.app.canvas.hits import ARROW, picker_rect

CENTRE = int(Qt.AlignmentFlag.AlignCenter.value)
FIRST = (
    ("Drag a block from the palette to here", "a picture comes first, then what is done with it"),
    ("Tab, or a double-click", "offers what may come next"),
    ("Ctrl+O", "opens a design, Ctrl+V pastes one as text"),
)


def paint_picker(painter: QPainter, card: Card, side: int) -> None:
    """`‹ 3/16 ›` on the picture of the card pointed at, in the canvas's coordinates."""
    rect, thumbnail = picker_rect(card), card.thumbnail
    if rect.isNull() or thumbnail is None:
        return
    now = theme.now()
    ground = QColor(now.panel)
    ground.setAlpha(235)
    painter.setPen(QPen(QColor(now.line), 1))
    painter.setBrush(ground)
    painter.drawRoundedRect(rect, 6, 6)
    painter.setFont(theme.font(11, 600))
    for number, words, at in (
        (-1, "‹", QRectF(rect.left(), rect.top() - 1, ARROW, rect.height())),
        (0, f"{thumbnail.channel + 1}/{thumbnail.channels}", rect),
        (1, "›", QRectF(rect.right() - ARROW, rect.top() - 1, ARROW, rect.height())),
    ):
        painter.setPen(QColor(now.accent if number and number == side else now.text))
        painter.drawText(at, CENTRE, words)


def paint_focus(painter: QPainter, size: QSize, strong: bool) -> None:
    """Round the whole canvas, while keys go to it; `strong` where they are used."""
    width = 2 if strong else 1
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(theme.now().accent), width))
    painter.drawRect(QRectF(0, 0, size.width(), size.height()).adjusted(width / 2, width / 2, -width / 2, -width / 2))


def paint_empty(painter: QPainter, size: QSize) -> None:
    """What to do first, on a canvas with nothing on it."""
    now = theme.now()
    room = QRectF(0, 0, size.width(), size.height()).adjusted(16, 16, -16, -16)
    high = 46 + 44 * len(FIRST)
    top = max(room.top(), room.center().y() - high / 2)
    flags = int((Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap).value)
    painter.setPen(QColor(now.text))
    painter.setFont(theme.font(17, 600))
    painter.drawText(QRectF(room.left(), top, room.width(), 30), flags, "Draw a network")
    for number, (words, more) in enumerate(FIRST):
        at = top + 46 + 44 * number
        painter.setPen(QColor(now.text))
        painter.setFont(theme.font(13, 600))
        painter.drawText(QRectF(room.left(), at, room.width(), 20), flags, words)
        painter.setPen(QColor(now.dim))
        painter.setFont(theme.font(13))
        painter.drawText(QRectF(room.left(), at + 18, room.width(), 20), flags, more)
