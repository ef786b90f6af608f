"""What may come next, offered beside a block: the likely kinds first, each with the shape it would give."""

from functools import cache
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF, QRectF

from cnnbuilder.app import theme
from cnnbuilder.app.canvas.dropping import HELD, entering_at
from cnnbuilder.app.finder import Entry, Finder
from cnnbuilder.design import suggest
from cnnbuilder.design.errors import Error
from cnnbuilder.design.layer import kinds
from cnnbuilder.design.shape import show
from cnnbuilder.design.words import sentence

if TYPE_CHECKING:
    from cnnbuilder.app.window import Window

WIDTH, HEIGHT = 420, 400
NEAR = 16.0
"""A place this near to a card means the card and not a place of its own."""


@cache
def habits() -> suggest.Habits:
    """What usually follows what, counted in the samples."""
    from cnnbuilder.files import load
    from cnnbuilder.files.resources import samples

    found = []
    try:
        for path in sorted(samples().glob("*.json")):
            found.append(load(path).graph)
    except Error:
        pass  # without samples kinds come in the palette's order
    return suggest.Habits.of(found)


class NextBlock(Finder):
    """Asks what is to be added and lets the session add it."""

    def __init__(self, window: "Window") -> None:
        super().__init__(window, "What may come next", "What may come next?")
        self._main = window
        self._source: str | None = None
        self._place: QPointF | None = None
        self.taken.connect(self._add)

    def ask(self, source: str | None, at: QPoint, place: QPointF) -> None:
        """Offer what may follow `source` (None: stand for itself) at a place of the screen, and of the canvas."""
        session = self._main.session
        self._source = source
        self._place = None if source is not None and self._is_at(source, place) else place
        picture = session.shown.picture
        shape = (picture.values.shape[2], *picture.size) if picture is not None else None
        found = suggest.following(session.design.graph, source, habits(), len(session.design.labels), shape)
        held = session.shown.report.shapes[source] if source else None
        behind = f"Behind {source}" + (f" · {show(held)}" if held else "") if source else "A block for itself"
        shift = " · Shift+Enter branches" if source and self._place is None else ""
        self.show_foot(f"{behind} · Enter or a click adds{shift}")
        self.open([_entry(item) for item in found], WIDTH, HEIGHT, self._main.mapFromGlobal(at) + QPoint(12, -18))

    def _is_at(self, source: str, place: QPointF) -> bool:
        card = self._main.canvas.cards.standing.get(source)
        room = card.outline if card else QRectF()
        return room.adjusted(-NEAR, -NEAR, NEAR, NEAR).contains(place)

    def _add(self, entry: Entry, shift: bool) -> None:
        session = self._main.session
        if self._source is not None and self._source not in session.design.blocks:
            return
        if self._place is None:
            session.append(entry.value, self._source, shift)
        else:
            source = self._main.canvas.cards.standing.get(self._source or "")
            down = session.design.direction == "down"
            place = entering_at(source, self._place, down) if source else self._place - HELD
            session.place(entry.value, place.x(), place.y(), after=self._source)
        self._main.canvas.setFocus()


def _entry(item: suggest.Suggestion) -> Entry:
    layer = kinds()[item.kind]
    right = f"⚠ {item.misfit.short}" if item.misfit else show(item.shape) if item.shape else ""
    return Entry(
        layer.label,
        right=right,
        icon=item.kind,
        colour=theme.now().group(layer.group),
        words=f"{item.kind} {layer.group} {sentence(layer)}",
        problem=item.misfit is not None,
        value=item.kind,
    )
