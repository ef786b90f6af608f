"""The figures of a block: its own, and where there is room those of the other ways to share its weights."""

from dataclasses import dataclass

from cnnbuilder.app.session import Shown
from cnnbuilder.app.views.connectivity import words
from cnnbuilder.app.views.connectivity.figure import Figure, Wanted, figure
from cnnbuilder.app.views.connectivity.panel import Panel
from cnnbuilder.design import edits
from cnnbuilder.design.following import report_on
from cnnbuilder.design.layer import Layer
from cnnbuilder.design.sharing import TILED, Way, in_turn, periods

TILES = 2
"""The tiles that a layer without any is compared with."""


@dataclass(frozen=True)
class Ways:
    """The ways in which a block can share its weights."""

    all: tuple[Way, ...]
    own: Way | None
    period: int | None
    """After how many places its first kernel comes again; None: it is no matter of places."""
    most: int
    why_not: str
    """Why the block cannot share them otherwise; empty: it can."""


def ways_of(shown: Shown, block: str) -> Ways:
    """How the weights of a block whose shape is known can be shared."""
    layer, shape = shown.report.graph.blocks[block].layer, shown.report.shapes[block]
    assert layer is not None and shape is not None
    found = layer.sharing(*shown.report.input_shapes(block))
    if not found:
        return Ways((), None, None, 1, "")
    own = next(way for way in found if way.own)
    period, most = periods(found, shape)
    others = (way for way in found if not way.own)
    can = any(_can(layer, way) for way in others) or own.form == TILED
    why_not = (
        "" if can and most > 1 else "One place: nothing to share" if most == 1 else "Shared always: channels are listed"
    )
    return Ways(found, own, period, most, why_not)


def _can(layer: Layer, way: Way) -> bool:
    return layer.shared_as(way) is not None


def panels(shown: Shown, block: str, wanted: Wanted, ways: Ways, compare: bool, tiles: int) -> list[Panel]:
    """The block's own figure; with `compare` every way to share, untied first, `tiles` the period of the middle one."""
    own = figure(shown.report, block, wanted)
    layer, shape = shown.report.graph.blocks[block].layer, shown.report.shapes[block]
    assert layer is not None and shape is not None
    mine = _panel(own, ways.own, layer.label, ways.period, True)
    if not compare or ways.why_not or ways.period is None:
        return [mine]
    middle = ways.period if 1 < ways.period < ways.most else min(tiles, ways.most - 1)
    found: list[Panel] = []
    for period in sorted({ways.most, middle, 1} - {0}, reverse=True):
        if period == min(ways.period, ways.most):
            found.append(mine)
            continue
        way = in_turn(ways.all, shape, period)
        design = edits.share(shown.design, block, way)
        report = report_on(design, shown.picture_size)
        found.append(_panel(figure(report, block, wanted), way, layer.label, period, False))
    return found


def _panel(made: Figure, way: Way | None, label: str, period: int | None, own: bool) -> Panel:
    return Panel(made, words.title(way, label, made.outputs.shape), words.beside_title(made, period), own)
