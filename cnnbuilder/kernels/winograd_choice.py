"""Where Winograd's way through a 3×3 convolution takes less time than the direct one: a model of both, in cycles.

The figures are those of a Zen 4 core (16 products a cycle), and stand for others too: both ways scale with the width of
a processor's vectors. `docs/winograd.md` has the times and errors that were measured.
"""

import os

from cnnbuilder.operations import Correlate, Operation

LIFT_PATCH, LOWER_TILE, LIFT_KERNEL = 50, 40, 18
"""Cycles for a tile and a channel, or for a kernel."""
TILES, FILTERS = 8, 16
"""Tiles are multiplied eight at a time, filters sixteen."""
AGAIN = 128
"""Tiles for which a kernel is lifted once."""
PRODUCT, TAP = 36 / 16 * 1.1, 9 / 16 * 1.2
"""Cycles for a tile, or for a place, with one channel and one filter."""
CHOICES = ("auto", "never", "always")

_chosen = "never" if os.environ.get("CNNBUILDER_WINOGRAD") == "never" else "auto"


def choose(choice: str) -> None:
    """Take Winograd where it wins (`"auto"`), `"never"`, or `"always"` where it is possible, for every step made from
    now on; networks that exist keep theirs. Raises ValueError for another word."""
    from cnnbuilder.kernels.steps import step

    global _chosen
    if choice not in CHOICES:
        raise ValueError(f"Winograd is taken auto, never or always, not {choice}")
    _chosen = choice
    step.cache_clear()


def method(operation: Operation, role: str, batch: int) -> str:
    """How float32 sums of a convolution are made, `"winograd"` or `"direct"`; `"direct"` for any other operation."""
    if not isinstance(operation, Correlate) or operation.connections is not None or _chosen == "never":
        return "direct"
    rows, columns = operation.rows, operation.columns
    moved = max(rows.stride, columns.stride, rows.dilation, columns.dilation) > 1
    if rows.kernel != 3 or columns.kernel != 3 or moved or operation.filters // operation.groups <= 2:
        return "direct"
    return "winograd" if _chosen == "always" or _wins(operation, role, batch) else "direct"


def _wins(operation: Correlate, role: str, batch: int) -> bool:
    """Whether the model gives Winograd the shorter time."""
    rows, columns = operation.rows, operation.columns
    channels, filters = operation.channels // operation.groups, operation.filters // operation.groups
    height, width = rows.output, columns.output
    if role == "to_input":
        channels, filters, height, width = filters, channels, rows.size, columns.size
    tiles, places = batch * -(-height // 4) * -(-width // 4), batch * height * width
    pairs = -(-filters // FILTERS) * FILTERS * channels
    kernels = pairs * LIFT_KERNEL * max(1, tiles / AGAIN)
    products = pairs * PRODUCT * -(-tiles // TILES) * TILES
    return tiles * (LIFT_PATCH * channels + LOWER_TILE * filters) + kernels + products < pairs * TAP * places
