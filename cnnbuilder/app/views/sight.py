"""What of a picture is looked at: all its tiles or one alone, at which size, and which value lies where."""

from dataclasses import dataclass, field, replace

import numpy as np

from cnnbuilder.app.views.tile_layout import LEAST, LEFT_HEAD, Box, TileLayout, bars, fitted, widest
from cnnbuilder.app.views.tile_painter import Picture
from cnnbuilder.app.views.tiles import At

LETTER = 5.8
"""How wide a letter of a row's head is, in the design."""
NOTHING = TileLayout(0, 1, 1, 1, 1, 1)


@dataclass(eq=False)
class Sight:
    """Between tiles and places: a tile has a number of its own, a place is where it stands."""

    shown: Picture | None = None
    alone: int | None = None
    """The tile that fills the view; None: all are shown."""
    wide: float | None = None
    """The width of a tile that somebody chose; None: as large as fits."""
    layout: TileLayout = field(default=NOTHING)

    @property
    def painted(self) -> Picture | None:
        """The tiles that stand at the layout's places."""
        if self.shown is None or self.alone is None:
            return self.shown
        return replace(self.shown, order=np.array([self.alone]))

    def form(self) -> tuple[int, ...]:
        """What the layout depends on beside the room."""
        if self.shown is None:
            return ()
        return (self.shown.count, *self.shown.tiles.values.shape[1:], self.shown.tiles.across or 0)

    def lay(self, width: float, height: float, bar: float, text: float = 1.0) -> None:
        """Lay out the tiles in a room; `bar`: how wide a scroll bar is, if one is needed; `text`: how large text is."""
        shown = self.painted
        if shown is None or not shown.count:
            self.layout = NOTHING
            return
        _, rows, columns = shown.tiles.values.shape
        if shown.tiles.barred:
            self.layout = bars(columns, (width, height), self.wide, text)
            return
        across = None if self.alone is not None else shown.tiles.across
        beside = LEFT_HEAD
        if across is not None:
            longest = shown.tiles.row_words(len(shown.tiles.values) - 1)
            beside = max(LEFT_HEAD, LETTER * len(longest) + 12)
        self.layout = fitted(shown.count, rows, columns, (width, height), across, self.wide, text, beside)
        if self.layout.size[1] > height:
            self.layout = fitted(shown.count, rows, columns, (width - bar, height), across, self.wide, text, beside)

    def bounded(self, wide: float) -> float:
        """A width that tiles can have."""
        if self.shown is None:
            return wide
        _, rows, columns = self.shown.tiles.values.shape
        return max(LEAST, min(wide, widest(rows, columns)))

    def place(self, tile: int) -> int | None:
        """Where a tile stands; None if it is not shown."""
        if self.shown is None or self.alone not in (None, tile):
            return None
        return 0 if self.alone is not None else self.shown.place(tile)

    def tile(self, place: int) -> int:
        """The tile at a place."""
        assert self.painted is not None
        return self.painted.tile(place)

    def at(self, x: float, y: float, scrolled: tuple[int, int]) -> At | None:
        """The tile, row and column at a point of the view."""
        if self.shown is None or not self.layout.count:
            return None
        if self.layout.headed and (x < self.layout.heads[0] or y < self.layout.heads[1]):
            return None
        found = self.layout.at(x + scrolled[0], y + scrolled[1])
        if found is None:
            return None
        at = (self.tile(found[0]), found[1], found[2])
        return at if self.shown.tiles.index(at) is not None else None

    def box(self, at: At | None) -> Box | None:
        """Where a value is drawn, before scrolling."""
        place = None if at is None else self.place(at[0])
        if place is None or at is None or at[1] >= self.layout.rows or at[2] >= self.layout.columns:
            return None
        return self.layout.cell_box(place, at[1], at[2])

    def beside(self, at: At | None, down: int, across: int) -> At | None:
        """The value beside another, also over the edge into the next tile; None where there is none."""
        if self.shown is None or not self.layout.count:
            return None
        place = None if at is None else self.place(at[0])
        if at is None or place is None:
            return self.tile(0), 0, 0
        row, column = at[1] + down, at[2] + across
        if not 0 <= column < self.layout.columns:
            if (place + across) // self.layout.across != place // self.layout.across:
                return None
            place, column = place + across, column % self.layout.columns
        if not 0 <= row < self.layout.rows:
            place, row = place + down * self.layout.across, row % self.layout.rows
        if not 0 <= place < self.layout.count:
            return None
        found = (self.tile(place), row, column)
        return found if self.shown.tiles.index(found) is not None else None
