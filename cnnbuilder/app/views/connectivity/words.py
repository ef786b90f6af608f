"""What the connectivity view says: titles, counts, and what is selected."""

from math import prod

import numpy as np

from cnnbuilder.app.inspector.figures import Figure as Line
from cnnbuilder.app.session import Shown
from cnnbuilder.app.views.connectivity.figure import (
    CHANNELS,
    LONGEST,
    MAP,
    MOST_READ,
    ROW,
    Figure,
    Units,
    volume,
)
from cnnbuilder.app.views.connectivity.panel import INPUT, WEIGHT, Selected, lit
from cnnbuilder.app.views.connectivity.slider import every
from cnnbuilder.design.check import Report
from cnnbuilder.design.shape import Shape, grouped, plural
from cnnbuilder.design.sharing import CONVOLUTION, LOCAL, TILED, Way
from cnnbuilder.explain.connectivity import connections_of, connectivity_of

NAMED = 4
"""So many units are named one by one."""
TITLES = {CONVOLUTION: "Convolution (t = 1)", TILED: "Tiled convolution", LOCAL: "Locally connected"}
EMPTY = (
    "Select a block on the canvas to see its connections: which unit of its output reads which units before it, "
    "and which of them share a weight."
)
HINT = "Click a unit, or walk with the arrow keys: what it reads lights up, and what reads it."


def title(way: Way | None, label: str, shape: Shape) -> str:
    """`Tiled convolution, t = 2`; a kind that cannot share otherwise has its own name. Of a single row or column of
    places only the tiles along it count."""
    if way is None:
        return label
    along = [tile for tile, places in zip(way.tiles or (), shape[1:], strict=False) if places > 1]
    if len(set(along)) == 1:
        return f"{TITLES[way.form]}, t = {along[0]}"
    return TITLES[way.form] + way.name.removeprefix(way.form)


def beside_title(figure: Figure, period: int | None) -> str:
    """`4 weights, shared by every second unit`."""
    count, edges = figure.different, len(figure.upper)
    if not edges:
        return "no connections here"
    if not count:
        return f"{plural(edges, 'connection')} without weights"
    if figure.wanted.scope == CHANNELS and max(len(figure.outputs.shape), len(figure.inputs.shape)) > 1:
        return f"{plural(edges, 'pair')} of maps, {plural(count, 'kernel')}"
    if count == edges:
        return f"{plural(count, 'weight')}, none shared"
    if period == 1:
        return f"{plural(count, 'weight')}, shared by all units"
    if period is not None:
        return f"{plural(count, 'weight')}, shared by {every(period)} unit"
    return f"{plural(count, 'weight')} on {plural(edges, 'connection')}"


def counts(report: Report, block: str) -> tuple[Line, ...]:
    """Connections and weights of the whole block."""
    inference, inputs = report.inferences[block], report.input_shapes(block)
    shape = report.shapes[block]
    assert inference is not None and shape is not None
    edges = connections_of(report, block) if max(shape) <= LONGEST else None
    weights = next((weight.count for name, weight in inference.weights if name == "weight"), 0)
    if weights and edges is not None and edges <= MOST_READ:
        weights = connectivity_of(report, block).shared  # kernels without a place are on none
    lines: list[Line] = []
    if edges is not None:
        help = "Which output reads which input: padding and biases are none."
        lines.append(Line("connections", grouped(edges), help))
    if weights:
        lines.append(Line("weights", grouped(weights), "Different numbers that the connections are multiplied by."))
        if edges is not None and edges > weights:
            lines.append(
                Line("each is used", f"{_short(edges / weights)} times", "Connections to a weight, on average.")
            )
    full = sum(map(prod, inputs)) * prod(shape)
    lines.append(Line("if fully connected", grouped(full), "Every output reads every input, each with its own weight."))
    return tuple(lines)


def _short(number: float) -> str:
    return grouped(round(number)) if number >= 10 or number == round(number) else f"{number:.1f}"


def matrix_names(report: Report, block: str) -> tuple[str, str]:
    """What the matrix of a block and its transpose are: what it multiplies by, or only who reads whom."""
    inference = report.inferences[block]
    if not report.macs[block]:
        return "Who reads whom", "By whom it is read"
    bias = any(name == "bias" for name, _ in (inference.weights if inference else ()))
    return f"Z = W · V{' + b' if bias else ''}", "dJ/dV = Wᵀ · dJ/dZ"


def called(units: Units, number: int, scope: str) -> str:
    """`z5` in a row, `z(3, 5)` in a map."""
    if scope == CHANNELS:
        return f"{units.name}{number}"
    _, rows, columns = volume(units.shape, scope)
    row, column = divmod(number % (rows * columns), columns)
    return f"{units.name}({row}, {column})" if scope == MAP else f"{units.name}{column}"


def telling(figure: Figure, selected: Selected | None) -> list[str]:
    """What the unit selected reads, or what reads it, a sentence each."""
    shown = lit(figure, selected)
    if selected is None:
        return [HINT]
    if shown is None:
        side = figure.inputs if selected.kind == INPUT else figure.outputs
        return [f"The unit of {side.block} that is selected is not among those drawn here."]
    scope, count = figure.wanted.scope, int(shown.edges.sum())
    if selected.kind == WEIGHT:
        return [f"This weight is on {plural(count, 'connection')} here."]
    if selected.kind == INPUT:
        name = called(figure.inputs, selected.number, scope)
        if not count:
            return [f"Nothing here reads {name}."]
        return [f"{name} is read by {_list(figure.outputs, shown.outputs.tolist(), scope)}."]
    name = called(figure.outputs, selected.number, scope)
    if not count:
        return [f"{name} reads nothing here: padding is no connection."]
    told = f"{name} reads {_list(figure.inputs, shown.inputs.tolist(), scope)}"
    letters = figure.letters
    ranks = figure.ranks[shown.edges].tolist()
    if letters and len(ranks) <= NAMED + 2 and min(ranks) >= 0:
        told += f" through {_and([f'<b>{letters[rank]}</b>' for rank in ranks])}"
    found = [f"{told}."]
    if min(ranks) >= 0 and scope != CHANNELS:
        found.append(_same(figure, selected.number))
    return found


def _same(figure: Figure, number: int) -> str:
    """Which other units have the weights of one."""
    count = len(figure.outputs.numbers)
    groups: dict[bytes, list[int]] = {}
    order = np.argsort(figure.upper, kind="stable")
    parts = np.split(figure.weights[order], np.cumsum(np.bincount(figure.upper, minlength=count))[:-1])
    for place, part in enumerate(parts):
        groups.setdefault(np.sort(part).tobytes(), []).append(place)
    at = figure.outputs.find(number)
    same = next(places for places in groups.values() if at in places)
    if len(same) == 1:
        return "No other unit here has all its weights."
    if len(same) == count:
        return "All units here have the same weights."
    return f"The same weights: {_list(figure.outputs, same, figure.wanted.scope)}."


def _list(units: Units, places: list[int], scope: str) -> str:
    """`v5 and v6`; `v5 to v12`; `25 units from v(3, 4) to v(7, 8)`."""
    names = [called(units, int(units.numbers[place]), scope) for place in places]
    if len(names) <= NAMED:
        return _and(names)
    close = scope != MAP and places[-1] - places[0] == len(places) - 1
    if close:
        return f"{names[0]} to {names[-1]}"
    if scope == MAP:
        return f"{grouped(len(names))} units from {names[0]} to {names[-1]}"
    return f"{', '.join(names[:NAMED])} … ({grouped(len(names))} units)"


def _and(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def why_not(shown: Shown, block: str | None) -> str:
    """Why nothing can be drawn of a block; empty if it can."""
    if block is None:
        return EMPTY
    if block not in shown.design.blocks:
        return f"{block} is not in this design. Unpin the view to follow the selection."
    if shown.report.shapes.get(block) is None:
        return f"{block} cannot run yet: see Problems."
    if not shown.report.graph.wiring.sources[block]:
        return f"{block} reads nothing: connections begin in the block behind it. Select that one."
    return ""


def too_many(block: str) -> str:
    """Why nothing is drawn of a block that is too large to be looked through."""
    return f"{block} is too large for this view: it has more units than can be counted, or one unit reads millions."


SCOPE_WORDS = {ROW: "one row", MAP: "whole map", CHANNELS: "channels"}
