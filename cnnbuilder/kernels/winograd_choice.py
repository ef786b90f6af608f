"""Where Winograd's way through a 3×3 convolution takes less time than the direct one: a model of both, in cycles.

The figures are those of a Zen 4 core (16 products a cycle), and stand for others too: both ways scale with the width of
a processor's vectors. `docs/winograd.md` has the times and errors that were measured.
"""

import os

from cnnbuilder.operations import Correlate, Operation

LIFT_PATCH, LOWER_TILE = 50, 40
"""Cycles for a tile and a channel."""
LIFT_KERNEL, LOWER_KERNEL = 28, 80
"""Cycles for a channel and a filter."""
AGAIN = 64
"""Tiles for which a kernel is lifted once."""
DOWN, ACROSS = 8, 16
"""Rows and columns of products are made so many at a time: tiles and filters, or filters and places."""
PRODUCT, TAP, TAP_OF_GRADIENT = 36 / 16 * 1.1, 9 / 16 * 1.2, 9 / 16 * 1.3
"""Cycles for a tile, or for a place, with one channel and one filter; the last on the way to the weights."""
PACK = 25
"""Cycles for a channel and a filter that the direct ways back take beside their products."""
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
    pairs, direct_pairs = _whole(filters, ACROSS) * channels, _whole(filters, DOWN) * channels
    lifted = tiles * (LIFT_PATCH * channels + LOWER_TILE * filters)
    if role == "to_weights":
        return lifted + pairs * (LOWER_KERNEL + PRODUCT * tiles) < direct_pairs * (PACK + TAP_OF_GRADIENT * places)
    kernels = pairs * LIFT_KERNEL * max(1, tiles / AGAIN)
    direct = direct_pairs * (TAP * _whole(places, ACROSS) + (PACK if role == "to_input" else 0))
    return lifted + kernels + pairs * PRODUCT * _whole(tiles, DOWN) < direct


def _whole(number: int, at_once: int) -> int:
    """`number`, rounded up to whole steps of `at_once`."""
    return -(-number // at_once) * at_once
