"""The masks of dropout: drawn when a run in training begins, and held by it, so that backward has the same."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnbuilder.design.shape import Shape
from cnnbuilder.engine.tape import Mask


def draw(mask: Mask, shape: Shape, seed: int, number: int, dtype: str) -> NDArray[Any]:
    """A mask of `shape` for run `number` in training of a network of that seed: equal numbers give equal masks.

    Each value is 0 with probability `mask.rate`, else 1 / (1 − rate). One generator for each block and run.
    """
    # No weight's name has a space, so that no first weights are drawn from the same generator.
    generator = np.random.default_rng([seed, *f"{mask.block} mask".encode(), number])
    kept = generator.random(shape, np.float32) >= mask.rate
    found = kept.astype(dtype)
    found *= 1 / (1 - mask.rate)
    return found
