"""Words for one explained number."""

from html import escape

import numpy as np

from cnnbuilder.app import theme
from cnnbuilder.app.views.pixel.sight import Place, Sight
from cnnbuilder.app.views.tile_painter import figure, short
from cnnbuilder.explain.formulas import computed_by
from cnnbuilder.explain.terms import Unit as Named


def place(unit: Named) -> str:
    """`conv1 [2, 26, 6]`."""
    return f"{unit[0]} [{', '.join(map(str, unit[1]))}]"


def title(sight: Sight) -> str:
    """What is explained, for the tab."""
    unit = sight.unit
    return f"dJ/d {place((unit.name, unit.index))}" if unit.looks_back else place((unit.name, unit.index))


def equation(sight: Sight, told: str = "") -> str:
    """The equation with its numbers and what is known of its terms; or what is told of one of them. Rich text."""
    if told:
        return f"<span style=\"font-family:'{theme.mono().family()}'\">{escape(told)}</span>"
    before, equals, last = sight.explanation.formula.rpartition(" = ")
    shown = f"{escape(before)} = <b>{escape(last)}</b>" if equals else escape(last)
    beside = escape(counted(sight))
    return (
        f"<span style=\"font-family:'{theme.mono().family()}'\">{shown}</span>"
        f' &nbsp; <span style="color:{theme.now().dim}">{beside}</span>'
    )


def counted(sight: Sight) -> str:
    """How many terms there are, and which is the largest."""
    terms = sight.explanation.terms
    if not len(terms):
        return "read from nothing: it comes in from outside" if not sight.unit.looks_back else "the loss alone"
    outside = sum(int(sheet.padded.sum()) * len(sheet.channels) for sheet in sight.sheets)
    words = f"{len(terms):,} terms" if len(terms) > 1 else "1 term"
    if outside:
        words += f", {outside:,} more in the padding"
    if sight.explanation.is_sum and len(terms) > 1:
        with np.errstate(all="ignore"):
            largest = terms[int(np.nanargmax(np.abs(terms.products)))] if np.isfinite(terms.products).any() else None
        if largest is not None:
            words += f"; largest {short(largest.product)} from {place(largest.source)}"
    if computed := computed_by(sight.explanation):
        words += f"; {computed}"
    return words


def cell(sight: Sight, at: Place, row: int, column: int) -> str:
    """One term with its numbers, or why there is none."""
    sheet = sight.sheets[at.sheet]
    source, factor = sheet.source(at.channel, row, column), sheet.factor(at.channel, row, column)
    if source is None:
        where = f"row {int(sheet.rows[row])}, column {int(sheet.columns[column])}"
        return f"{where}: in the padding, counts as 0" if sheet.padded[row, column] else f"{where}: not read"
    value, weight, product = (
        float(array[at.channel, row, column]) for array in (sheet.values, sheet.weights, sheet.products)
    )
    gradient = "dJ/d " if sight.unit.looks_back else ""
    if not sight.explanation.is_sum:
        return f"{gradient}{place(source)} = {figure(value)}"
    by = place(factor) if factor else "slope" if sight.unit.looks_back else "share"
    return f"{gradient}{place(source)} · {by} = {figure(value)} · {figure(weight)} = {figure(product)}"


def source_caption(sight: Sight, at: Place) -> tuple[str, str]:
    """The head above the map that is read, and below it which part of it."""
    sheet = sight.sheets[at.sheet]
    name = f"dJ/d {sheet.block}" if sight.unit.looks_back else sheet.block
    if not sheet.flat and sheet.volume[0] > 1:
        name += f", map {int(sheet.channels[at.channel])}"
    padding = [side for side in sight.margins if side]
    if padding:
        name += f", padded by {padding[0]}" if len(set(padding)) == 1 else ", padded"
    if sheet.flat:
        return name, f"{len(sheet.part):,} values, row by row"
    return name, f"rows {_span(sheet.rows)}, columns {_span(sheet.columns)}"


def own_caption(sight: Sight) -> str:
    """The head above the map in which the unit stands."""
    unit, index = sight.unit, sight.explanation.index
    name = f"dJ/d {unit.name}" if unit.looks_back else unit.name
    return f"{name}, map {index[0]}" if len(index) == 3 and not unit.is_weight else name


def heads(sight: Sight, at: Place) -> tuple[str, str, str]:
    """What stands above the three patches."""
    sheet = sight.sheets[at.sheet]
    channel = int(sheet.channels[at.channel])
    patch = "gradient G" if sight.unit.looks_back else "patch V"
    if sheet.part.factors is None:
        middle = "" if not sight.explanation.is_sum else "slope" if sight.unit.looks_back else "share"
    elif "." in sheet.part.factors.name:
        first = sheet.part.factors.unit(max(int(sheet.numbers[at.channel].max()), 0))[1]
        own = ", ".join(map(str, first[:2])) if len(first) > 2 else ", ".join(map(str, first[:1]))
        middle = f"kernel K [{own}]"
    else:
        middle = f"input V of {sheet.part.factors.name}" if sight.unit.looks_back else sheet.part.factors.name
    return f"{patch} [{channel}]" if sheet.volume[0] > 1 else patch, middle, "products"


def _span(cells: "np.ndarray[tuple[int, ...], np.dtype[np.intp]]") -> str:
    first, last = int(cells[0]), int(cells[-1])
    return str(first) if first == last else f"{first} … {last}"
