"""What is seen of one number: its terms as patches of maps, and the map in which it stands itself."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnbuilder.app.imaging import as_grid, scale_of
from cnnbuilder.app.runner import Result
from cnnbuilder.app.thumbnails import grid_shape
from cnnbuilder.app.views.pixel.cells import Cells, cells_of
from cnnbuilder.app.views.pixel.walk import Unit
from cnnbuilder.app.views.tiles import Tiles
from cnnbuilder.design.shape import Shape, is_volume
from cnnbuilder.design.window import Axis
from cnnbuilder.explain import explain
from cnnbuilder.explain.patches import Sheet, sheets, window_of
from cnnbuilder.explain.terms import Explanation
from cnnbuilder.operations import Index, Reduce, Sliding
from cnnbuilder.operations.reduce import Windows

Array = NDArray[Any]
Margins = tuple[int, int, int, int]
"""Rows of padding above and below, columns at the left and at the right."""


@dataclass(frozen=True)
class Place:
    """One channel of one source."""

    sheet: int
    channel: int


@dataclass(frozen=True, eq=False)
class Sight:
    """A unit with its explanation, laid out."""

    unit: Unit
    result: Result
    explanation: Explanation
    sheets: list[Sheet]
    margins: Margins
    """Of the padding around what is read."""
    kernel: Callable[[int], Array] | None = None
    """The kernel of a channel, whole: what lies on the padding has weights too."""
    axes: tuple[str, ...] = ()
    """What the axes of the weight count, where the unit is one."""

    @cached_property
    def places(self) -> list[Place]:
        """Every channel of every source, the one with the largest subtotal first."""
        found = [
            (-abs(float(subtotal)), Place(number, channel))
            for number, sheet in enumerate(self.sheets)
            for channel, subtotal in enumerate(sheet.subtotals)
        ]
        return [place for _, place in sorted(found, key=lambda item: item[0] if item[0] == item[0] else 0.0)]

    def subtotal(self, place: Place) -> float:
        """The sum of the products of a channel."""
        return float(self.sheets[place.sheet].subtotals[place.channel])

    def name(self, place: Place) -> str:
        """Which block and channel it is."""
        sheet = self.sheets[place.sheet]
        words = sheet.block if len(self.sheets) > 1 or sheet.flat else f"channel {int(sheet.channels[place.channel])}"
        if len(self.sheets) > 1 and len(sheet.channels) > 1:
            words += f", {int(sheet.channels[place.channel])}"
        return words

    # Planes

    @property
    def own(self) -> Tiles:
        """The array in which the unit stands."""
        unit, result = self.unit, self.result
        if unit.is_weight:
            return Tiles(result.weight_gradients[unit.name], "kernel", self.axes)
        held = result.output_gradients if unit.backward else result.outputs
        return Tiles(held[unit.name], "map")

    def own_plane(self) -> tuple[Cells, tuple[int, int]]:
        """The unit's map, on the scale of all maps, and where the unit lies in it."""
        tiles = self.own
        at = tiles.place(self.explanation.index) or (0, 0, 0)
        scale, limit = _scale(tiles.array, self._is_picture(self.unit.name))
        return cells_of(tiles.values[at[0]], None, scale, limit), at[1:]

    def source_plane(self, place: Place) -> Cells:
        """The map that a channel is read from; its padding around it."""
        sheet = self.sheets[place.sheet]
        held = self.result.output_gradients if self.unit.looks_back else self.result.outputs
        array = held[sheet.block]
        plane = as_grid(array) if sheet.flat else array.reshape(sheet.volume)[int(sheet.channels[place.channel])]
        scale, limit = _scale(array, self._is_picture(sheet.block) and not self.unit.looks_back)
        above, below, left, right = self.margins
        padded = np.pad(np.zeros(plane.shape, np.bool_), ((above, below), (left, right)), constant_values=True)
        values = np.pad(np.asarray(plane, np.float64), ((above, below), (left, right)), constant_values=np.nan)
        return cells_of(values, padded, scale, limit)

    def box(self, place: Place) -> tuple[int, int, int, int]:
        """First and last row and column, in the padded source, of what is read."""
        sheet = self.sheets[place.sheet]
        above, _, left, _ = self.margins
        rows, columns = sheet.rows + above, sheet.columns + left
        return int(rows[0]), int(rows[-1]), int(columns[0]), int(columns[-1])

    def patches(self, place: Place) -> tuple[Cells, Cells, Cells]:
        """Values, weights and products of a channel."""
        sheet, channel = self.sheets[place.sheet], place.channel
        absent = sheet.numbers[channel] < 0
        source = self.source_plane(place)
        made = [
            cells_of(sheet.values[channel], absent, source.scale, source.limit),
            *(_signed(array, channel, absent) for array in (sheet.weights, sheet.products)),
        ]
        found = []
        for cells in made:
            # Only what lies beyond the border is padding; other gaps are not read.
            found.append(Cells(cells.values, cells.scale, cells.limit, ~absent, sheet.padded & absent))
        patch, kernel, products = found
        if self.kernel is not None:
            values = self.kernel(int(sheet.channels[channel]))
            kernel = Cells(values, kernel.scale, kernel.limit, np.ones(values.shape, np.bool_))
        return patch, kernel, products

    def _is_picture(self, block: str) -> bool:
        layer = self.result.request.design.blocks[block].layer if block in self.result.request.design.blocks else None
        return layer is not None and layer.inputs == (0, 0)


def look(result: Result, unit: Unit, axes: tuple[str, ...] = ()) -> Sight:
    """Explain a unit by what was run last. Raises Error where there is no such unit or no gradient."""
    if unit.looks_back:
        found = explain(result.gradients, unit.name, unit.index)
    else:
        found = explain(result.run, unit.name, unit.index)
    window, margins = None, (0, 0, 0, 0)
    tape = result.run.tape
    node = tape.maker.get(tape.output[unit.block])
    if node is not None and not unit.looks_back:
        window = window_of(node.operation, found.index)
        margins = _margins(node.operation)
    laid = sheets(found, lambda block: _volume(result, block), grid_shape, window)
    kernel = None
    if window is not None and node is not None and isinstance(node.operation, Sliding):
        kernel = partial(_kernel, node.operation, found.index, result.weights[f"{unit.block}.weight"])
    return Sight(unit, result, found, laid, margins, kernel, axes)


def _kernel(operation: Sliding, index: Index, weights: Array, channel: int) -> Array:
    """`[row, column]`: the weights of an output on a channel."""
    rows, columns = np.ogrid[: operation.rows.kernel, : operation.columns.kernel]
    inside = channel % (operation.channels // operation.groups)
    # The index map takes arrays as it takes numbers.
    return np.asarray(weights[operation.weight_index(index, inside, rows, columns)], np.float64)  # type: ignore[arg-type,index]


def _volume(result: Result, block: str) -> Shape:
    """A block's shape; of a flattened volume, that volume's."""
    tape = result.run.tape
    value = tape.output[block]
    shape: Shape = tape.shapes[value]
    before: Shape = tape.shapes[tape.root[value]]
    return before if not is_volume(shape) and is_volume(before) else shape


def _margins(operation: Any) -> Margins:
    rows = columns = None
    if isinstance(operation, Sliding):
        rows, columns = operation.rows, operation.columns
    elif isinstance(operation, Reduce) and isinstance(operation.rows, Windows):
        rows = operation.rows.axis
        columns = operation.columns.axis if isinstance(operation.columns, Windows) else None
    return (
        *((rows.before, _beyond(rows)) if rows else (0, 0)),
        *((columns.before, _beyond(columns)) if columns else (0, 0)),
    )


def _beyond(axis: Axis) -> int:
    """The padding after, and how far beyond it the last window reaches."""
    end = axis.start(axis.output - 1) + axis.spread
    return max(axis.after, end - axis.size, 0)


def _scale(array: Array, is_picture: bool) -> tuple[str, float]:
    scale, limit = scale_of(array)
    return ("grey" if is_picture and scale == "positive" else scale), limit or 1.0


def _signed(array: Array, channel: int, absent: NDArray[np.bool_]) -> Cells:
    """A channel on the signed scale of all channels."""
    with np.errstate(all="ignore"):
        finite = np.abs(array[np.isfinite(array)])
    return cells_of(array[channel], absent, "signed", float(finite.max(initial=0.0)) or 1.0)
