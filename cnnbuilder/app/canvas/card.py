"""One block on the canvas."""

from typing import Any

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QGraphicsItem, QGraphicsSceneHoverEvent, QStyleOptionGraphicsItem, QWidget

from cnnbuilder.app import theme
from cnnbuilder.app.canvas.content import WIDTH, CardContent
from cnnbuilder.app.canvas.painting import paint_card
from cnnbuilder.app.thumbnails import Thumbnail

EDGE = 6.0


class Card(QGraphicsItem):
    """Paints a CardContent and a Thumbnail; knows nothing of the document."""

    def __init__(self, content: CardContent) -> None:
        super().__init__()
        self.content = content
        self.labels: tuple[str, ...] = ()
        self._thumbnail: Thumbnail | None = None
        self._image: QImage | None = None
        self._pixels: Any = None
        self._hovered = False
        flag = QGraphicsItem.GraphicsItemFlag
        self.setFlags(flag.ItemIsSelectable | flag.ItemIsMovable | flag.ItemSendsGeometryChanges)
        self.setAcceptHoverEvents(True)
        self.setToolTip(content.tooltip)
        self.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)
        self.setZValue(1)

    @property
    def thumbnail(self) -> Thumbnail | None:
        """What is shown of the output."""
        return self._thumbnail

    def show_content(self, content: CardContent) -> None:
        """Say something else."""
        if content == self.content:
            return
        if content.height != self.content.height:
            self.prepareGeometryChange()
        if content.shape != self.content.shape or content.fault != self.content.fault:
            self.show_thumbnail(None)
        self.content = content
        self.setToolTip(content.tooltip)
        self.update()

    def show_thumbnail(self, thumbnail: Thumbnail | None) -> None:
        """Show another map."""
        if thumbnail is self._thumbnail:
            return
        self._thumbnail = thumbnail
        self.recolour()

    def recolour(self) -> None:
        """Make the picture anew, in the colours of the theme."""
        self._image = self._pixels = None
        if self._thumbnail is not None:
            from cnnbuilder.app import colours  # numpy comes with it, which the first paint does not wait for

            self._pixels = pixels = self._thumbnail.pixels
            rows, columns = pixels.shape[:2]
            if pixels.ndim == 3:
                self._image = QImage(pixels.data, columns, rows, 3 * columns, QImage.Format.Format_RGB888)
            else:
                self._image = QImage(pixels.data, columns, rows, columns, QImage.Format.Format_Indexed8)
                self._image.setColorTable(colours.qt_table(self._thumbnail.scale, theme.now()))
        self.update()

    @property
    def outline(self) -> QRectF:
        """The card on the canvas."""
        return QRectF(self.pos(), QRectF(0, 0, WIDTH, self.content.height).size())

    def output_port(self) -> QPointF:
        """Where links begin, on the canvas."""
        return self.pos() + QPointF(WIDTH, self.content.port(0))

    def input_port(self, input: int) -> QPointF:
        """Where a link ends, on the canvas."""
        return self.pos() + QPointF(0, self.content.port(input))

    def boundingRect(self) -> QRectF:
        return QRectF(-EDGE, -EDGE, WIDTH + 2 * EDGE, self.content.height + 2 * EDGE)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        zoom = option.levelOfDetailFromTransform(painter.worldTransform())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_card(
            painter, self.content, self._image, self._thumbnail, self.labels, self.isSelected(), self._hovered, zoom
        )

    def hoverEnterEvent(self, event: QGraphicsSceneHoverEvent) -> None:
        self._hovered = True
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.update()

    def hoverLeaveEvent(self, event: QGraphicsSceneHoverEvent) -> None:
        self._hovered = False
        self.update()
