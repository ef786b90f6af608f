"""An explanation as plain data, for JSON."""

from math import isfinite
from typing import Any

from cnnbuilder.explain.terms import Explanation, Unit


def as_data(found: Explanation) -> dict[str, Any]:
    """Everything that it says. JSON has no infinity and no NaN: they are None."""
    return {
        "what": found.what,
        "index": list(found.index),
        "sample": found.sample,
        "value": _finite(found.value),
        "bias": _finite(found.bias),
        "total": _finite(found.total),
        "formula": found.formula,
        "is_sum": found.is_sum,
        "method": found.method,
        "terms": [
            {
                "source": _unit(term.source),
                "factor": _unit(term.factor),
                "value": _finite(term.value),
                "weight": _finite(term.weight),
                "product": _finite(term.product),
                "sample": term.sample,
            }
            for term in found.terms
        ],
    }


def _finite(value: float) -> float | None:
    return value if isfinite(value) else None


def _unit(unit: Unit | None) -> list[Any] | None:
    return None if unit is None else [unit[0], list(unit[1])]
