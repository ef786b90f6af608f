"""Kernels that one knows by name, for any size: what filters did before networks learnt them."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Kernel = NDArray[np.float32]


def _places(count: int) -> NDArray[np.float64]:
    """−1 … 1 over an axis; 0 on one of a single cell."""
    return np.linspace(-1, 1, count) if count > 1 else np.zeros(1)


def _bell(count: int) -> NDArray[np.float64]:
    return np.asarray(np.exp(-2 * _places(count) ** 2))


def identity(rows: int, columns: int) -> Any:
    """1 in the middle: the map as it is."""
    made = np.zeros((rows, columns))
    made[rows // 2, columns // 2] = 1
    return made


def mean(rows: int, columns: int) -> Any:
    """Every cell alike."""
    return np.ones((rows, columns)) / (rows * columns)


def blur(rows: int, columns: int) -> Any:
    """A bell; its sum is 1."""
    made = np.outer(_bell(rows), _bell(columns))
    return made / made.sum()


def across(rows: int, columns: int) -> Any:
    """Brighter at the right than at the left: edges that stand. Half the weight on each side sums to 1."""
    made = np.outer(_bell(rows), _places(columns))
    total = np.abs(made).sum() / 2
    return made / total if total else made


def down(rows: int, columns: int) -> Any:
    """Brighter below than above: edges that lie."""
    return across(columns, rows).T


def outline(rows: int, columns: int) -> Any:
    """The middle against the mean of all around it: what differs from its surroundings."""
    around = rows * columns - 1
    made = np.full((rows, columns), -1 / around if around else 0.0)
    made[rows // 2, columns // 2] = 1
    return made


def sharper(rows: int, columns: int) -> Any:
    """The map, and its outlines on top."""
    return identity(rows, columns) + outline(rows, columns)


def zeros(rows: int, columns: int) -> Any:
    """Nothing."""
    return np.zeros((rows, columns))


PRESETS: dict[str, Callable[[int, int], Any]] = {
    "Identity": identity,
    "Mean": mean,
    "Blur": blur,
    "Edges that stand": across,
    "Edges that lie": down,
    "Outlines": outline,
    "Sharper": sharper,
    "Zeros": zeros,
}
"""By what a person reads: makes the kernel of so many rows and columns."""


def preset(name: str, rows: int, columns: int) -> Kernel:
    """The kernel of that name."""
    return np.asarray(PRESETS[name](rows, columns), np.float32)
