"""Where tiles lie: pure geometry in pixels, for any number of tiles at once."""

from dataclasses import dataclass
from math import ceil

GAP, LABEL = 8.0, 20.0
"""Between tiles; below each for its name."""
LEFT_HEAD, TOP_HEAD = 58.0, 20.0
"""Where a row stands for a filter: beside it and above the columns."""
SMALLEST, LARGEST = 34.0, 168.0
"""The width of a tile whose size nobody chose."""
LEAST, BAR = 10.0, 32.0
LARGEST_CELL = 64.0
TIGHT = 2.0

Box = tuple[float, float, float, float]
"""Left, top, width, height."""


@dataclass(frozen=True)
class TileLayout:
    """`count` tiles of `rows` × `columns` values, each drawn `wide` × `high`, `across` in a row."""

    count: int
    rows: int
    columns: int
    across: int
    wide: float
    high: float
    headed: bool = False
    """Rows and columns have heads, and tiles no names."""
    text: float = 1.0
    """How large text is: rooms for names grow with it."""
    beside: float = LEFT_HEAD
    """The room for the heads of rows, for text of the usual size."""

    @property
    def label(self) -> float:
        """The room below a tile for its name."""
        return LABEL * self.text

    @property
    def heads(self) -> tuple[float, float]:
        """The room beside the rows and above the columns for their heads."""
        return self.beside * self.text, TOP_HEAD * self.text

    @property
    def _step(self) -> tuple[float, float]:
        return (
            (self.wide + TIGHT, self.high + TIGHT) if self.headed else (self.wide + GAP, self.high + self.label + GAP)
        )

    @property
    def _start(self) -> tuple[float, float]:
        return self.heads if self.headed else (GAP, GAP)

    @property
    def size(self) -> tuple[float, float]:
        """The room that all of it takes."""
        (left, top), (dx, dy) = self._start, self._step
        return left + min(self.across, max(1, self.count)) * dx, top + ceil(self.count / self.across) * dy

    @property
    def cell(self) -> tuple[float, float]:
        """How wide and high one value is drawn."""
        return self.wide / self.columns, self.high / self.rows

    def box(self, place: int) -> Box:
        """Where the tile at a place lies."""
        (left, top), (dx, dy) = self._start, self._step
        return left + place % self.across * dx, top + place // self.across * dy, self.wide, self.high

    def cell_box(self, place: int, row: int, column: int) -> Box:
        """Where one value lies."""
        left, top, _, _ = self.box(place)
        wide, high = self.cell
        return left + column * wide, top + row * high, wide, high

    def seen(self, left: float, top: float, width: float, height: float) -> list[int]:
        """The places of the tiles (with their names) that a rectangle meets."""
        (x, y), (dx, dy) = self._start, self._step
        first_row, last_row = max(0, int((top - y) // dy)), int((top + height - y) // dy)
        first, last = max(0, int((left - x) // dx)), min(self.across - 1, int((left + width - x) // dx))
        found: list[int] = []
        for row in range(first_row, min(last_row, (self.count - 1) // self.across) + 1):
            begin = row * self.across
            found += range(begin + first, min(begin + last + 1, self.count))
        return found

    def at(self, x: float, y: float) -> tuple[int, int, int] | None:
        """Place, row and column at a point; None between tiles."""
        (left, top), (dx, dy) = self._start, self._step
        across, down = int((x - left) // dx), int((y - top) // dy)
        if across < 0 or across >= self.across or down < 0:
            return None
        place = down * self.across + across
        inside_x, inside_y = x - left - across * dx, y - top - down * dy
        if place >= self.count or inside_x >= self.wide or inside_y >= self.high:
            return None
        wide, high = self.cell
        return place, min(self.rows - 1, int(inside_y / high)), min(self.columns - 1, int(inside_x / wide))


def fitted(
    count: int,
    rows: int,
    columns: int,
    room: tuple[float, float],
    across: int | None = None,
    wide: float | None = None,
    text: float = 1.0,
    beside: float = LEFT_HEAD,
) -> TileLayout:
    """A layout for a room of that width and height; `wide`: a width of the tiles that somebody chose."""
    aspect = rows / columns
    if across is not None:
        wide = wide or _headed_width(count, across, aspect, (room[0] - beside * text, room[1] - TOP_HEAD * text))
        return TileLayout(count, rows, columns, across, wide, wide * aspect, True, text, beside)
    if wide is None and count == 1:
        side = _alone(rows, columns, (room[0], room[1] - LABEL * text))
        return TileLayout(1, rows, columns, 1, side, side * aspect, text=text)
    if wide is None:
        wide, number = _largest(count, aspect, room, LABEL * text)
    else:
        number = max(1, int((room[0] - GAP) // (wide + GAP)))
    return TileLayout(count, rows, columns, min(number, max(1, count)), wide, wide * aspect, text=text)


def bars(count: int, room: tuple[float, float], wide: float | None = None, text: float = 1.0) -> TileLayout:
    """One tile with a bar for each of `count` values; `wide`: a width that somebody chose."""
    wide = wide or max(SMALLEST, min(room[0] - 2 * GAP, BAR * count * text))
    return TileLayout(1, 1, count, 1, wide, max(SMALLEST, min(room[1] - LABEL * text - 2 * GAP, LARGEST)), text=text)


def widest(rows: int, columns: int) -> float:
    """A tile is not drawn wider: its cells are then large enough for their numbers."""
    return max(LARGEST, LARGEST_CELL * columns)


def _alone(rows: int, columns: int, room: tuple[float, float]) -> float:
    """One tile fills the room."""
    wide, high = room[0] - 2 * GAP, room[1] - 2 * GAP
    return max(SMALLEST, min(wide, high * columns / rows, LARGEST_CELL * columns))


def _headed_width(count: int, across: int, aspect: float, room: tuple[float, float]) -> float:
    down = ceil(count / across)
    by_width = room[0] / across - TIGHT
    by_height = (room[1] / down - TIGHT) / aspect
    return max(SMALLEST * 0.8, min(by_width, by_height, LARGEST * 0.5))


def _largest(count: int, aspect: float, room: tuple[float, float], label: float) -> tuple[float, int]:
    """The largest width at which all tiles are seen, and how many stand in a row; the smallest where that cannot be."""
    width, height = room
    best = (SMALLEST, max(1, int((width - GAP) // (SMALLEST + GAP))))
    for across in range(1, min(count, best[1]) + 1):
        down = ceil(count / across)
        wide = (width - (across + 1) * GAP) / across
        high = (height - down * (label + GAP) - GAP) / down
        side = min(wide, high / aspect, LARGEST, LARGEST * 1.6 / aspect)
        if side > best[0]:
            best = (side, across)
    return best
