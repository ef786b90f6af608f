"""What is said of differences."""

from typing import Any

from cnnbuilder.app.views.compare.other import Seen
from cnnbuilder.app.views.tile_painter import figure
from cnnbuilder.design.check import Report
from cnnbuilder.design.compare import KIND, MISSING, OFF, READS, Comparison, Difference, Pair
from cnnbuilder.design.layer import find_kind
from cnnbuilder.design.shape import grouped, plural, show
from cnnbuilder.explain.departing import Departure

ARROW = " → "


def value(given: Any) -> str:
    """A parameter's value as a person writes it."""
    if given is None:
        return "none"
    if isinstance(given, bool):
        return "yes" if given else "no"
    if isinstance(given, (list, tuple)):
        if len(given) == 2 and all(isinstance(item, int) for item in given):
            return f"{given[0]}×{given[1]}"
        return f"[{', '.join(value(item) for item in given[:6])}{' …' if len(given) > 6 else ''}]"
    return str(given)


def difference(found: Difference) -> str:
    """`filters 6 → 8`: here, and there."""
    if found.what == MISSING:
        return "only here" if found.b is None else "only there"
    if found.what == OFF:
        return "switched off here" if found.a else "switched off there"
    if found.what == KIND:
        return f"{_kind(found.a)}{ARROW}{_kind(found.b)}"
    if found.what == READS:
        return f"reads {', '.join(found.a) or 'nothing'}{ARROW}{', '.join(found.b) or 'nothing'}"
    return f"{found.what.replace('_', ' ')} {value(found.a)}{ARROW}{value(found.b)}"


def _kind(name: str) -> str:
    layer = find_kind(name)
    return layer.label if layer is not None else name


def differences(pair: Pair) -> str:
    """All of a pair's."""
    return " · ".join(difference(found) for found in pair.differences)


def both(a: str, b: str) -> str:
    """Two words, or one where they are equal."""
    return a if a == b else f"{a}{ARROW}{b}"


def shapes(pair: Pair, mine: Report, theirs: Report) -> str:
    """The output of both."""
    a = show(mine.shapes[pair.a]) if pair.a is not None else "–"
    b = show(theirs.shapes[pair.b]) if pair.b is not None else "–"
    return both(a, b)


def parameters(pair: Pair, mine: Report, theirs: Report) -> str:
    """The parameters of both."""
    a = grouped(mine.parameters[pair.a]) if pair.a is not None else "–"
    b = grouped(theirs.parameters[pair.b]) if pair.b is not None else "–"
    found = both(a, b)
    return "" if found == "0" else found


def apart(pair: Pair, found: Departure | None, seen: Seen | None) -> str:
    """How far the values of a pair are apart."""
    if seen is None or pair.a is None or pair.b is None:
        return ""
    if found is None:
        ran = pair.a in seen.mine.outputs and pair.b in seen.theirs.outputs
        return "other shape" if ran else "did not run"
    if found.largest == 0:
        return "equal"
    return figure(found.largest) if found.departs else "equal but for rounding"


def summary(compared: Comparison, mine: Report, theirs: Report, seen: Seen | None) -> str:
    """What differs in all, and where values begin to."""
    count = len(compared.differing)
    parts = [f"{count} of {plural(len(compared.pairs), 'block')} differ" if count else "The two designs are alike"]
    for a, b, word in (
        (mine.total_parameters, theirs.total_parameters, "parameters"),
        (mine.total_macs, theirs.total_macs, "multiply-adds"),
    ):
        if a != b:
            parts.append(f"{grouped(a)}{ARROW}{grouped(b)} {word}")
    if seen is not None:
        first = seen.first
        if first is not None:
            parts.append(f"values first depart at {first}")
        elif seen.departures:
            parts.append("all values that can be compared are equal")
        elif seen.theirs.message:
            parts.append(f"the other: {seen.theirs.message}")
    return " · ".join(parts)
