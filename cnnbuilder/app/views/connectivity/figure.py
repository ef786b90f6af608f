"""What the connectivity view draws, as values: units of a block, units that they read, the connections between them.

A figure is cut from the arrays of `cnnbuilder.explain.connectivity`; nothing of it is made up here. Where there are
more units or connections than can be seen, it is a part of the whole around the unit looked at, and says so.
"""

from dataclasses import dataclass, replace
from functools import cached_property
from string import ascii_lowercase

import numpy as np
import numpy.typing as npt

from cnnbuilder.design.check import Report
from cnnbuilder.design.shape import Shape, grouped, plural
from cnnbuilder.explain.connectivity import Connectivity, connections_of, connectivity_of

Ints = npt.NDArray[np.int64]

ROW, MAP, CHANNELS = "row", "map", "channels"
SCOPES = {ROW: "Row", MAP: "Map", CHANNELS: "Channels"}
MOST_EDGES = 20_000
"""No more are drawn at once."""
MOST_UNITS = 1_000
"""In a row no more units are drawn."""
MOST_SIDE = 64
"""Of a map no more rows and columns are drawn."""
MOST_READ = 300_000
"""So many connections are looked through for a figure, so that it comes at once."""
MOST_OF_ONE = 2_000_000
"""Of a unit that reads more nothing is drawn."""
LONGEST = 10_000_000
"""Along a longer axis connections are not counted."""
MOST_LETTERS = len(ascii_lowercase)


@dataclass(frozen=True, eq=False)
class Units:
    """The units on one side: all on a line, or a part of a map."""

    block: str
    shape: Shape
    """The shape of the block's whole output."""
    numbers: Ints
    """Counted through the map; in the scope of channels the channels."""
    rows: Ints
    columns: Ints
    """Where each lies, counted in the whole map."""
    name: str
    """`z` for what is computed, `v` for what is read."""
    whole: bool = True
    """Whether no unit is left out."""

    def find(self, number: int) -> int | None:
        """The place of a unit among these."""
        at = int(np.searchsorted(self.numbers, number))
        return at if at < len(self.numbers) and self.numbers[at] == number else None


@dataclass(frozen=True)
class Wanted:
    """What a figure is asked for."""

    scope: str
    focus: int
    """The output unit that it is about."""
    source: int = 0
    """Which of the block's inputs it is about."""
    channel: int | None = None
    """The map of the input; None: the one that suits."""


@dataclass(frozen=True, eq=False)
class Figure:
    """Units of a block, units that they read, and the connections between."""

    wanted: Wanted
    outputs: Units
    inputs: Units
    upper: Ints
    """For each connection the place of its output in `outputs`."""
    lower: Ints
    """For each connection the place of its input in `inputs`."""
    weights: Ints
    """For each connection the number of its weight; −1: none."""
    channel: int
    """The map of the input that is shown."""
    row: int
    """Its row, in the scope of a row."""
    channels: tuple[int, ...]
    """The maps of the input that the unit looked at reads."""
    left_out: str = ""
    """What is not drawn, in words; empty: nothing."""

    @cached_property
    def ranks(self) -> Ints:
        """For each connection the number of its weight among those of the figure, in the order in which they appear,
        begun at the first output that reads as many units as any; −1: it has no weight."""
        count = np.bincount(self.upper, minlength=len(self.outputs.numbers))
        turned = (self.upper - int(count.argmax())) % len(count)
        order = np.argsort(turned, kind="stable")
        found, first, inverse = np.unique(self.weights[order], return_index=True, return_inverse=True)
        rank = np.empty(len(found), np.int64)
        none = int((found < 0).any())
        rank[np.argsort(np.where(found < 0, -1, first), kind="stable")] = np.arange(len(found)) - none
        ranks = np.empty_like(self.weights)
        ranks[order] = rank[inverse]
        return ranks

    @property
    def different(self) -> int:
        """How many different weights there are in the figure."""
        return int(self.ranks.max(initial=-1)) + 1

    @property
    def letters(self) -> str:
        """A letter for each weight; empty where there are more than letters."""
        return ascii_lowercase[: self.different] if self.different <= MOST_LETTERS else ""


def volume(shape: Shape, scope: str) -> tuple[int, int, int]:
    """Channels, rows and columns: a vector is one row, or, in the scope of channels, a channel each."""
    if len(shape) == 3:
        return shape[0], shape[1], shape[2]
    return (shape[0], 1, 1) if scope == CHANNELS else (1, 1, shape[0])


def figure(report: Report, block: str, wanted: Wanted) -> Figure:
    """The figure of a block that reads something. Raises InputError where one unit reads more than can be looked
    through."""
    focus = connectivity_of(report, block, [wanted.focus], MOST_OF_ONE)
    made = {ROW: _row, MAP: _map, CHANNELS: _channels}[wanted.scope](report, block, wanted, focus)
    return _cut(made)


# The scopes


def _row(report: Report, block: str, wanted: Wanted, focus: Connectivity) -> Figure:
    channel, row, column = _place(focus.output_shape, wanted)
    _, high, wide = volume(focus.output_shape, ROW)
    fetched = max(1, MOST_READ // max(len(focus), 1))
    first, last = _around(column, wide, min(MOST_UNITS, fetched))
    outputs = (channel * high + row) * wide + np.arange(first, last)
    edges = connectivity_of(report, block, outputs)
    read = _read(focus, edges, wanted)
    _, rows, columns = volume(focus.input_shapes[wanted.source], ROW)
    mine = (edges.sources == wanted.source) & (edges.inputs // columns == read.channel * rows + read.row)
    used = edges.inputs[mine] % columns
    start, stop = (0, columns) if last - first == wide and columns <= MOST_UNITS else _span(used)
    inputs = (read.channel * rows + read.row) * columns + _all_or(used, start, stop)
    return _made(edges, mine, wanted, read, outputs, inputs)


def _map(report: Report, block: str, wanted: Wanted, focus: Connectivity) -> Figure:
    channel, row, column = _place(focus.output_shape, wanted)
    _, high, wide = volume(focus.output_shape, MAP)
    fetched = max(1, MOST_READ // max(len(focus), 1))
    side = max(1, min(MOST_SIDE, int(fetched**0.5)))
    if high == 1 or wide == 1:
        side = min(MOST_SIDE, fetched)
    while True:
        (top, bottom), (left, right) = _around(row, high, side), _around(column, wide, side)
        grid = np.arange(top, bottom)[:, None] * wide + np.arange(left, right)
        outputs = channel * high * wide + grid.ravel()
        edges = connectivity_of(report, block, outputs)
        read = _read(focus, edges, wanted)
        _, rows, columns = volume(focus.input_shapes[wanted.source], MAP)
        mine = (edges.sources == wanted.source) & (edges.inputs // (rows * columns) == read.channel)
        count = int(mine.sum())
        if count <= MOST_EDGES or side == 1:
            break
        side = max(1, min(side - 1, int(side * (MOST_EDGES / count) ** 0.5)))
    used = edges.inputs[mine] % (rows * columns)
    all_ = len(outputs) == high * wide and max(rows, columns) <= MOST_SIDE
    (up, down), (near, far) = ((0, rows), (0, columns)) if all_ else (_span(used // columns), _span(used % columns))
    if (down - up) * (far - near) > MOST_OF_ONE:  # far apart
        grid = np.unique(used)
    else:
        grid = np.arange(up, down)[:, None] * columns + np.arange(near, far)
    return _made(edges, mine, wanted, read, outputs, read.channel * rows * columns + grid.ravel())


def _channels(report: Report, block: str, wanted: Wanted, focus: Connectivity) -> Figure:
    count, high, wide = volume(focus.output_shape, CHANNELS)
    channel = _place(focus.output_shape, wanted)[0]
    first, last = _around(channel, count, min(MOST_UNITS, max(1, MOST_READ // max(len(focus), 1))))
    whole = max(focus.output_shape) <= LONGEST and connections_of(report, block) <= MOST_READ
    each = np.arange(first, last) * high * wide
    units = (each[:, None] + np.arange(high * wide)).ravel() if whole else each + (high // 2) * wide + wide // 2
    edges = connectivity_of(report, block, units)
    read = _read(focus, edges, wanted)
    inputs, rows, columns = volume(focus.input_shapes[wanted.source], CHANNELS)
    mine = edges.sources == wanted.source
    pairs = edges.outputs[mine] // (high * wide) * inputs + edges.inputs[mine] // (rows * columns)
    # Of all the weights between two channels the first stands for them.
    order = np.lexsort((edges.weights[mine], pairs))
    pair, at = np.unique(pairs[order], return_index=True)
    weights = edges.weights[mine][order][at]
    start, stop = (0, inputs) if inputs <= MOST_UNITS else _span(pair % inputs)
    return Figure(
        wanted,
        _units(block, focus.output_shape, np.arange(first, last), "z", CHANNELS),
        _units(focus.blocks[wanted.source], focus.input_shapes[wanted.source], np.arange(start, stop), "v", CHANNELS),
        pair // inputs - first,
        pair % inputs - start,
        weights,
        read.channel,
        0,
        read.channels,
        "" if whole else "Looked at in the middle of each map.",
    )


# What they are made of


@dataclass(frozen=True)
class _Read:
    """The part of the input that a figure is about."""

    channel: int
    row: int
    channels: tuple[int, ...]


def _read(focus: Connectivity, edges: Connectivity, wanted: Wanted) -> _Read:
    """The map and the row that the unit looked at reads: those asked for, its own, or the middle ones."""
    _, rows, columns = volume(focus.input_shapes[wanted.source], wanted.scope)
    own = focus.inputs[focus.sources == wanted.source]
    if not len(own):  # it lies in the padding, or reads another input
        own = edges.inputs[edges.sources == wanted.source]
    channels = tuple(np.unique(own // (rows * columns)).tolist())
    if not channels:
        return _Read(0, 0, ())
    choices = (wanted.channel, _place(focus.output_shape, wanted)[0])
    channel = next((choice for choice in choices if choice in channels), None)
    channel = channels[0] if channel is None else channel
    there = np.unique(own[own // (rows * columns) == channel] // columns % rows)
    return _Read(channel, int(there[len(there) // 2]), channels)


def _place(shape: Shape, wanted: Wanted) -> tuple[int, int, int]:
    channel, row, column = (int(n) for n in np.unravel_index(wanted.focus, volume(shape, wanted.scope)))
    return channel, row, column


def _around(at: int, count: int, most: int) -> tuple[int, int]:
    """`most` of `count` places, or all, as nearly around one as there is room."""
    most = min(most, count)
    first = min(max(at - most // 2, 0), count - most)
    return first, first + most


def _span(used: Ints) -> tuple[int, int]:
    return (int(used.min()), int(used.max()) + 1) if len(used) else (0, 1)


def _all_or(used: Ints, start: int, stop: int) -> Ints:
    """All places from one to another; where these are too many only those that are read."""
    return np.unique(used) if stop - start > MOST_OF_ONE else np.arange(start, stop)


def _units(block: str, shape: Shape, numbers: Ints, name: str, scope: str) -> Units:
    if scope == CHANNELS:
        whole = len(numbers) == volume(shape, scope)[0]
        return Units(block, shape, numbers, np.zeros_like(numbers), numbers, name, whole)
    _, rows, columns = volume(shape, scope)
    line = columns if scope == ROW else rows * columns
    return Units(block, shape, numbers, numbers // columns % rows, numbers % columns, name, len(numbers) == line)


def _made(edges: Connectivity, mine: npt.NDArray[np.bool_], wanted: Wanted, read: _Read, *sides: Ints) -> Figure:
    """A figure of the connections `mine`, between units that are sorted."""
    outputs, inputs = sides
    source = wanted.source
    return Figure(
        wanted,
        _units(edges.block, edges.output_shape, outputs, "z", wanted.scope),
        _units(edges.blocks[source], edges.input_shapes[source], inputs, "v", wanted.scope),
        np.searchsorted(outputs, edges.outputs[mine]),
        np.searchsorted(inputs, edges.inputs[mine]),
        edges.weights[mine],
        read.channel,
        read.row,
        read.channels,
    )


def _cut(made: Figure) -> Figure:
    """The figure with no more connections and units than can be drawn, and words for what is left out."""
    count, of, step = len(made.upper), len(made.outputs.numbers), 1
    if count > MOST_EDGES and of > 1:
        at = made.outputs.find(_number(made)) or 0
        first, last = _around(at, of, max(1, of * MOST_EDGES // count))
        made = _keeping_outputs(made, first, last)
    most = MOST_SIDE**2 if made.wanted.scope == MAP else MOST_UNITS
    while len(made.upper) > MOST_EDGES or len(made.inputs.numbers) > most:
        step += 1
        made = _keeping_inputs(made)
    words = [made.left_out]
    if not made.outputs.whole:
        kept, all_ = len(made.outputs.numbers), _all(made.outputs, made.wanted.scope)
        words.append(f"Drawn: {grouped(kept)} of {plural(all_, 'output')}, around the unit looked at.")
    if step > 1:
        words.append(f"Of every {2 ** (step - 1)} inputs one is drawn.")
    return replace(made, left_out=" ".join(word for word in words if word))


def _number(made: Figure) -> int:
    """How the unit looked at is numbered among the outputs."""
    shape = made.outputs.shape
    return _place(shape, made.wanted)[0] if made.wanted.scope == CHANNELS else made.wanted.focus


def _all(units: Units, scope: str) -> int:
    channels, rows, columns = volume(units.shape, scope)
    return {ROW: columns, MAP: rows * columns, CHANNELS: channels}[scope]


def _keeping_outputs(made: Figure, first: int, last: int) -> Figure:
    mine = (made.upper >= first) & (made.upper < last)
    part = slice(first, last)
    units = made.outputs
    fewer = replace(units, numbers=units.numbers[part], rows=units.rows[part], columns=units.columns[part], whole=False)
    return replace(
        made, outputs=fewer, upper=made.upper[mine] - first, lower=made.lower[mine], weights=made.weights[mine]
    )


def _keeping_inputs(made: Figure) -> Figure:
    """Every second of the inputs."""
    mine, units = made.lower % 2 == 0, made.inputs
    fewer = replace(units, numbers=units.numbers[::2], rows=units.rows[::2], columns=units.columns[::2], whole=False)
    return replace(made, inputs=fewer, upper=made.upper[mine], lower=made.lower[mine] // 2, weights=made.weights[mine])


def stepped(made: Figure, by: int) -> int:
    """The unit that a figure is about, in another row, or where a figure shows all rows in another map."""
    channels, rows, columns = volume(made.outputs.shape, made.wanted.scope)
    channel, row, column = _place(made.outputs.shape, made.wanted)
    if made.wanted.scope == ROW and rows > 1:
        row = min(max(row + by, 0), rows - 1)
    else:
        channel = min(max(channel + by, 0), channels - 1)
    return (channel * rows + row) * columns + column


def places_of(made: Figure) -> int:
    """How many units a map of the output has."""
    _, rows, columns = volume(made.outputs.shape, CHANNELS)
    return rows * columns


def unit_of(made: Figure, number: int) -> int:
    """The output unit of a number in the figure: of a whole map the one at the place looked at."""
    if made.wanted.scope != CHANNELS:
        return number
    return number * places_of(made) + made.wanted.focus % places_of(made)
