"""Arrays and tiles to try views with."""

from typing import Any

import numpy as np

from cnnbuilder.app.views.tile_painter import ONE, Picture, picture
from cnnbuilder.app.views.tiles import Summary, Tiles

random = np.random.default_rng(0)


def some(*shape: int) -> Any:
    return random.standard_normal(shape, dtype=np.float32)


def shown(array: Any, word: str = "map", by: str = "number", living: bool = False, scaling: str = ONE) -> Picture:
    tiles = Tiles(array, word)
    summary = Summary(tiles)
    return picture(tiles, summary, summary.order(by, living), scaling)
