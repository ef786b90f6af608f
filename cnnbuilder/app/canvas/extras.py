"""What lies on the canvas beside cards and links: notes, and the frames of unfolded groups. Plain data."""

from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF

from cnnbuilder.app import theme

NOTE_MARGIN = 10.0
NOTE_PX = 13
NARROWEST, WIDEST = 90.0, 900.0
EDGE = 7.0
"""How near to the right edge of a note its width is taken hold of."""
FRAME_MARGIN = 18.0
FRAME_HEAD = 26.0
EMPTY_NOTE = "Double-click to write"


@lru_cache(2000)
def note_height(text: str, width: float) -> float:
    """How high a note of that width must be for its words."""
    room = QRectF(0, 0, width - 2 * NOTE_MARGIN, 1e6)
    words = QFontMetricsF(theme.font(NOTE_PX)).boundingRect(room, int(Qt.TextFlag.TextWordWrap), text or EMPTY_NOTE)
    return max(36.0, words.height() + 2 * NOTE_MARGIN)


class NoteItem:
    """A note; `number` is its place among the design's notes."""

    def __init__(self, number: int, text: str, x: float, y: float, width: float) -> None:
        self.number, self.text, self.x, self.y, self.width = number, text, x, y, width
        self.selected = False

    @property
    def outline(self) -> QRectF:
        """The note on the canvas."""
        return QRectF(self.x, self.y, self.width, note_height(self.text, self.width))

    def on_edge(self, at: QPointF) -> bool:
        """Whether its width is taken hold of at this point."""
        rect = self.outline
        return abs(at.x() - rect.right()) <= EDGE and rect.top() <= at.y() <= rect.bottom()


class Frame:
    """The frame behind the cards of an unfolded group."""

    def __init__(self, name: str, blocks: tuple[str, ...]) -> None:
        self.name, self.blocks = name, blocks
        self.rect = QRectF()

    @property
    def head(self) -> QRectF:
        """Where its name stands."""
        return QRectF(self.rect.x(), self.rect.y(), self.rect.width(), FRAME_HEAD)

    @property
    def button(self) -> QRectF:
        """The button that folds the group."""
        return QRectF(self.rect.right() - 60, self.rect.y() + 4, 54, 20)
