"""One card on the canvas, as plain data: what it says, where it lies, how it is marked."""

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QImage

from cnnbuilder.app import theme
from cnnbuilder.app.canvas.content import HEAD, MARGIN, PORT, PORT_STEP, WIDTH, CardContent
from cnnbuilder.app.canvas.routing import Point, Rect
from cnnbuilder.app.thumbnails import Thumbnail


class Card:
    """Stands for one block, or for all blocks of a folded group. It paints nothing."""

    def __init__(self, content: CardContent, blocks: tuple[str, ...], leaving: str) -> None:
        self.content = content
        self.blocks = blocks
        self.leaving = leaving
        """The block whose output leaves the card and is pictured on it."""
        self.entering = leaving
        """The block that a link led to the card joins."""
        self.x = self.y = 0.0
        self.down = False
        """Whether links leave at the bottom and arrive at the top."""
        self.selected = False
        self.labels: tuple[str, ...] = ()
        self.arriving: dict[object, int] = {}
        """At which port each link arrives."""
        self._thumbnail: Thumbnail | None = None
        self._image: QImage | None = None
        self._coloured: object = None

    @property
    def folded(self) -> bool:
        """Whether it stands for a group."""
        return self.content.members > 0

    @property
    def thumbnail(self) -> Thumbnail | None:
        """What is shown of the output."""
        return self._thumbnail

    def show_content(self, content: CardContent) -> None:
        """Say something else."""
        if content.shape != self.content.shape or content.fault != self.content.fault:
            self.show_thumbnail(None)
        self.content = content

    def show_thumbnail(self, thumbnail: Thumbnail | None) -> None:
        """Show another map. The picture is made when it is painted: most cards of a large network are not in sight."""
        if thumbnail is not self._thumbnail:
            self._thumbnail = thumbnail
            self._image = None

    def image(self) -> QImage | None:
        """The thumbnail in the colours of the theme."""
        if self._thumbnail is None:
            return None
        now = theme.now()
        if self._image is None or self._coloured is not now:
            self._coloured = now
            self._image = _coloured(self._thumbnail)
        return self._image

    def pos(self) -> QPointF:
        """Its upper left corner."""
        return QPointF(self.x, self.y)

    @property
    def rect(self) -> Rect:
        """Left, top, right, bottom."""
        return self.x, self.y, self.x + WIDTH, self.y + self.content.height

    @property
    def outline(self) -> QRectF:
        """The card on the canvas."""
        return QRectF(self.x, self.y, WIDTH, self.content.height)

    @property
    def picture_rect(self) -> QRectF:
        """Where its picture lies on the canvas; empty where there is none."""
        width, height = self.content.picture_size
        return QRectF(self.x + MARGIN, self.y + HEAD, width, height)

    def output(self) -> Point:
        """Where links begin, on the canvas."""
        if self.down:
            return self.x + WIDTH / 2, self.y + self.content.height
        return self.x + WIDTH, self.y + PORT

    def input(self, number: int) -> Point:
        """Where a link ends, on the canvas; behind the last port, one more would be."""
        ports = max(1, self.content.inputs)
        number = min(number, ports)
        if self.down:
            return self.x + WIDTH / 2 + (number - (ports - 1) / 2) * PORT_STEP, self.y
        return self.x, self.y + PORT + PORT_STEP * number


def _coloured(thumbnail: Thumbnail) -> QImage:
    from cnnbuilder.app import colours  # numpy comes with it, which the first paint does not wait for

    pixels = thumbnail.pixels
    rows, columns = pixels.shape[:2]
    if pixels.ndim == 3:
        made = QImage(pixels.data, columns, rows, 3 * columns, QImage.Format.Format_RGB888)
    else:
        made = QImage(pixels.data, columns, rows, columns, QImage.Format.Format_Indexed8)
        made.setColorTable(colours.qt_table(thumbnail.scale, theme.now()))
    # A copy of its own, in the form that is scaled fourteen times faster than one with a table of colours.
    return made.convertToFormat(QImage.Format.Format_RGB32)
