"""The connections that are drawn, as a picture and as data."""

from typing import Any

import numpy as np
from PySide6.QtWidgets import QWidget

from cnnbuilder.app.exporting import Export, Paint
from cnnbuilder.app.views.connectivity.figure import CHANNELS, Figure, Ints, Units, volume


def export(shown: QWidget, figure: Figure, paint: Paint) -> Export:
    """What a widget shows of a figure; `paint` makes no images, so that it can be enlarged."""

    def rows() -> list[list[Any]]:
        heads, lines = table(figure)
        return [heads, *lines]

    title = f"Connections of {figure.outputs.block}, {figure.wanted.scope}"
    return Export(title, shown.size(), paint, rows, lambda: data(figure))


def _places(units: Units, numbers: Ints, scope: str) -> list[list[int]]:
    """Channel, row and column of units; of whole maps the channel."""
    if scope == CHANNELS:
        return [[number] for number in numbers.tolist()]
    return np.stack(np.unravel_index(numbers, volume(units.shape, scope)), 1).tolist()  # type: ignore[no-any-return]


def table(figure: Figure) -> tuple[list[str], list[list[int]]]:
    """Heads and lines: each connection's output, input and weight, by place and by number."""
    scope = figure.wanted.scope
    outputs, inputs = figure.outputs.numbers[figure.upper], figure.inputs.numbers[figure.lower]
    axes = ["channel"] if scope == CHANNELS else ["channel", "row", "column"]
    numbers = [] if scope == CHANNELS else ["number"]
    heads = [f"{side} {name}" for side in ("output", "input") for name in (*numbers, *axes)]
    sides = [
        [([number] if numbers else []) + place for number, place in zip(which.tolist(), there, strict=True)]
        for which, there in (
            (outputs, _places(figure.outputs, outputs, scope)),
            (inputs, _places(figure.inputs, inputs, scope)),
        )
    ]
    weights = figure.weights.tolist()
    return [*heads, "weight"], [
        [*output, *input, weight] for output, input, weight in zip(*sides, weights, strict=True)
    ]


def data(figure: Figure) -> dict[str, Any]:
    """The connections with what they are about; a weight of −1 is none."""
    heads, rows = table(figure)
    data: dict[str, Any] = {
        "block": figure.outputs.block,
        "input": figure.inputs.block,
        "shown": figure.wanted.scope,
        "output_shape": list(figure.outputs.shape),
        "input_shape": list(figure.inputs.shape),
        "left_out": figure.left_out,
        "columns": heads,
        "connections": rows,
    }
    return data
