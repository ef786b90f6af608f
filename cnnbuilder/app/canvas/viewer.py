"""A widget that shows a Scene: pan, zoom, fit, and the look of each document remembered. It takes no input."""

from collections.abc import Hashable, Mapping
from functools import reduce

from PySide6.QtCore import QPoint, QPointF, QRectF, QSizeF, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from cnnbuilder.app import theme
from cnnbuilder.app.canvas.ground import placed
from cnnbuilder.app.canvas.look import Look
from cnnbuilder.app.canvas.minimap import Minimap
from cnnbuilder.app.canvas.overlays import paint_empty, paint_focus, paint_picker
from cnnbuilder.app.canvas.painting import Level
from cnnbuilder.app.canvas.render import Renderer
from cnnbuilder.app.canvas.scene import Scene
from cnnbuilder.app.canvas.viewpoint import Viewpoint, fitted
from cnnbuilder.app.thumbnails import Thumbnail
from cnnbuilder.design.document import Design
from cnnbuilder.design.shape import Pair

FIT_MARGIN = 28.0
REVEAL_MARGIN, NEW_MARGIN = 40.0, 4.0
"""Pixels around a card that the view moves for; a new card that is nearer to the edge makes the view move."""
READABLE = 0.62
"""The zoom down to which a document that was just opened is shrunk."""
SETTLED_MS = 90
"""After so long without another turn of the wheel, cards are painted sharp."""


class Viewer(QWidget):
    """Owns the scene and the viewpoint."""

    zoomed = Signal(float)

    def __init__(self) -> None:
        super().__init__()
        self.cards = Scene()
        self.look = Look()
        self.minimap = Minimap(self.cards)
        self.selection: tuple[str, ...] = ()
        """The blocks shown as selected, as the document says."""
        self.keyed = False
        """Whether keys were used last, so that the frame of the focus is to be seen well."""
        self._renderer = Renderer(self.cards, self.look)
        self._view = Viewpoint()
        self._following = True
        """Whether the view fits itself to the cards until the user pans or zooms."""
        self._usual = theme.scaled(1)
        """The zoom at which words on cards are of the size of all others."""
        self._key: Hashable = None
        self._views: dict[Hashable, tuple[Viewpoint, bool]] = {}
        self._settled = QTimer(self)
        self._settled.setSingleShot(True)
        self._settled.setInterval(SETTLED_MS)
        self._settled.timeout.connect(self._sharpen)
        self.setAutoFillBackground(False)
        self.setMinimumSize(120, 80)
        theme.keeper().changed.connect(self._recolour)

    # What is shown

    def show_design(
        self, design: Design, selected: tuple[str, ...], key: Hashable = None, picture: Pair | None = None
    ) -> None:
        """Show a design with these blocks selected, its shapes on a picture of that height and width.

        Each document, by its `key`, is seen as it was last seen.
        """
        other = key != self._key
        if other:
            self._views[self._key] = (self._view, self._following)
            self._key = key
            self.cards.forget_thumbnails()
        before = self.cards.design.blocks
        self.cards.show_design(design, picture)
        self.selection = selected
        self.cards.select(selected)
        if not other:
            self._show_new([id for id in selected if id not in before])
        else:
            known = self._views.get(key)
            if known is None:
                self.begin()
            else:
                self._view, self._following = known
                self.zoomed.emit(self.zoom)
        self.update()

    def show_thumbnails(self, thumbnails: Mapping[str, Thumbnail]) -> None:
        """Show what a run made of every block."""
        self.cards.show_thumbnails(thumbnails)
        if Level.at(self.zoom) is Level.FULL:
            self.update()

    def _recolour(self) -> None:
        """Other colours; shapes are written in another order; or words are of another size, and cards with them."""
        self.cards.say_again()
        self._renderer.forget()
        larger, self._usual = theme.scaled(1) / self._usual, theme.scaled(1)
        if larger != 1 and self._following:
            self.begin()
        elif larger != 1:
            self.zoom_by(larger)
        self.update()

    def set_minimap(self, shown: bool) -> None:
        """Show the map of the network where there is use for it, or never."""
        self.minimap.wanted = shown
        self.update()

    def viewport(self) -> QWidget:
        """The widget that is painted and gets the mouse: this one."""
        return self

    # Where one looks from

    @property
    def zoom(self) -> float:
        """How large a card is shown; 1 is as designed."""
        return self._view.zoom

    @property
    def viewpoint(self) -> Viewpoint:
        """Where one looks from."""
        return self._view

    @property
    def seen(self) -> QRectF:
        """What of the canvas is in view."""
        return self._view.seen(QSizeF(self.size()))

    def mapToScene(self, at: QPoint | QPointF) -> QPointF:
        """The point of the canvas under a point of the view."""
        return self._view.to_scene(QPointF(at))

    def mapFromScene(self, x: QPointF | float, y: float = 0.0) -> QPoint:
        """The pixel of the view at a point of the canvas."""
        at = x if isinstance(x, QPointF) else QPointF(x, y)
        return self._view.to_view(at).toPoint()

    def _look_from(self, view: Viewpoint, following: bool = False) -> None:
        zoomed = view.zoom != self._view.zoom
        self._view, self._following = view, following
        if zoomed:
            self.zoomed.emit(view.zoom)
        self.update()

    def pan(self, dx: float, dy: float) -> None:
        """Move what is seen by so many pixels."""
        self._look_from(self._view.panned(dx, dy))

    def zoom_by(self, factor: float, around: QPointF | None = None, settling: bool = False) -> None:
        """Zoom about a point of the view (its middle, if none is given).

        `settling`: one of many small steps; cards are painted sharp when the last one was made.
        """
        if settling:
            self._renderer.hurried = True
            self._settled.start()
        self._look_from(self._view.zoomed(factor, around or QPointF(self.rect().center())))

    def _sharpen(self) -> None:
        self._renderer.hurried = False
        self.update()

    def reset_zoom(self) -> None:
        """Show cards so large that their words are of the size of all others."""
        self.zoom_by(theme.scaled(1) / self.zoom)

    def fit(self) -> None:
        """Bring all cards into view, no larger than designed."""
        self._following = True
        bounds = self.cards.bounds()
        if not bounds.isEmpty() and self.width() > 40 and self.height() > 40:
            self._look_from(fitted(bounds, QSizeF(self.size()), FIT_MARGIN, theme.scaled(1)), following=True)

    def begin(self) -> None:
        """Show a document that was just opened: all of it, or its upper part where that keeps cards readable."""
        self.fit()
        bounds = self.cards.bounds().adjusted(-FIT_MARGIN, -FIT_MARGIN, FIT_MARGIN, FIT_MARGIN)
        if READABLE / 2 < self.zoom < READABLE and bounds.width() * READABLE <= self.width():
            middle = QPointF(bounds.center().x(), bounds.top() + self.height() / READABLE / 2)
            self._look_from(Viewpoint(READABLE).centred(middle, QSizeF(self.size())), following=True)

    def centre_on(self, at: QPointF) -> None:
        """Bring a point of the canvas to the middle."""
        self._look_from(self._view.centred(at, QSizeF(self.size())))

    def show_block(self, id: str) -> None:
        """Bring a block's card to the middle."""
        card = self.cards.standing.get(id)
        if card is not None:
            if self.zoom < 0.5:
                self.zoom_by(0.8 / self.zoom)
            self.centre_on(card.outline.center())

    def reveal(self, id: str) -> None:
        """Move the view as little as needed for a block's card to be seen."""
        card = self.cards.standing.get(id)
        if card is not None:
            view = self._view.showing(card.outline, QSizeF(self.size()), REVEAL_MARGIN)
            if view != self._view:
                self._look_from(view)

    def _show_new(self, ids: list[str]) -> None:
        """Let blocks be seen that were just added: with all others while the view fits itself to them, as long as they
        can be read; else by moving as little as needed."""
        added = [self.cards.standing[id].outline for id in ids if id in self.cards.standing]
        if not added:
            return
        size, bounds = QSizeF(self.size()), self.cards.bounds()
        whole = fitted(bounds, size, FIT_MARGIN, theme.scaled(1))
        if self._following and whole.zoom >= READABLE:
            if self._view.showing(bounds, size, NEW_MARGIN) != self._view:
                self._look_from(whole, following=True)
            return
        room = reduce(QRectF.united, added)
        if self._view.showing(room, size, NEW_MARGIN) != self._view:
            self._look_from(self._view.showing(room, size, REVEAL_MARGIN))

    # Painting

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._following:
            self.begin()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        ratio = self.devicePixelRatioF()
        self._renderer.paint(painter, self._view, self.size(), ratio)
        with placed(painter, self._view, ratio):
            if self.look.card is not None and Level.at(self.zoom) is Level.FULL:
                paint_picker(painter, self.look.card, self.look.picker)
            self.paint_gesture(painter)
        self.minimap.paint(painter, self._view, self.size(), ratio)
        if not self.cards.standing and not self.cards.notes:
            paint_empty(painter, self.size())
        if self.hasFocus():
            paint_focus(painter, self.size(), self.keyed)
        painter.end()

    def paint_gesture(self, painter: QPainter) -> None:
        """What a gesture under way shows, in the canvas's coordinates."""
