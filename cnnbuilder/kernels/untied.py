"""Window products with untied weights: the packing of the row, and the choice between two fast ways.

*By place* (`untied_places.py`) multiplies one window after another with the kernels of its place: every weight is used
once a sample, so what counts is that it is read once. *By tile* (`untied_tiles.py`) treats the places of each kernel as
a convolution of longer strides. Plain loops: `untied_plain.py`.
"""

from cnnbuilder.kernels.native import Integers, kernel
from cnnbuilder.kernels.packing import Packed
from cnnbuilder.kernels.untied_places import places_forward, places_to_input, places_to_weights
from cnnbuilder.kernels.untied_row import BY_PLACE
from cnnbuilder.kernels.untied_tiles import tiles_forward, tiles_to_input, tiles_to_weights
from cnnbuilder.operations import Untied

BANDS = 8
"""The most bands of rows into which gx is split."""
CHUNK = 256
"""The fewest weights of a kernel that belong to one chunk of channels."""


def pack(operation: Untied, role: str, batch: int) -> Packed:
    """The row that `untied_row.py` describes."""
    rows, columns, groups = operation.rows, operation.columns, operation.groups
    in_group = operation.channels // groups
    taps = in_group * rows.kernel * columns.kernel
    down, across = operation.period
    if operation.tiles is None:
        apart = (down * across * taps, 1, across * taps, taps)
    else:
        apart = (taps * down * across, down * across, across, 1)
    biases = {"none": (0, 0, 0), "channel": (1, 0, 0), "kernel": (down * across, across, 1)}[operation.bias]
    # The windows at a band's borders are computed for both; a chunk of few weights would be read in snatches.
    bands, chunks = max(1, min(BANDS, rows.size // (3 * rows.spread))), max(1, min(in_group, taps // CHUNK))
    numbers = (
        operation.channels, operation.filters, rows.size, columns.size, rows.output, columns.output, rows.kernel,
        columns.kernel, rows.stride, columns.stride, rows.dilation, columns.dilation, rows.before, columns.before,
        groups, int(operation.bias != "none"), down, across, *apart, *biases, bands, chunks,
        int(operation.tiles is None),
    )  # fmt: skip
    places = rows.output * columns.output
    kernels = min(down, rows.output) * min(across, columns.output)
    if operation.tiles is None:
        units = {"forward": groups * places, "to_weights": groups * places, "to_input": groups * chunks * bands}
    else:
        filters, cells = operation.filters // groups, rows.size * columns.size
        units = {
            "forward": batch * groups * kernels * -(-filters // 8) * -(-places // (16 * kernels)),
            "to_weights": operation.channels * -(-filters // 4),
            "to_input": batch * groups * -(-in_group // 8) * -(-cells // 16),
        }
    each = 0.3 if operation.tiles is None else 0.05
    return Packed(numbers, units[role], batch * operation.macs * each)


def needs(operation: Untied, role: str, dtype: str) -> tuple[str, ...]:
    """The slots that a role reads or writes."""
    if role == "forward":
        return ("x", "weights", "y")
    return ("weights", "gx", "gy") if role == "to_input" else ("x", "gweights", "gy")


@kernel("untied_forward", "float32")
def forward(step: Integers, frame: Integers, part: int, parts: int, cancel: Integers) -> None:
    """The plain loop's result, the fast way."""
    if step[BY_PLACE]:
        places_forward(step, frame, part, parts, cancel)
    else:
        tiles_forward(step, frame, part, parts, cancel)


@kernel("untied_to_input", "float32")
def to_input(step: Integers, frame: Integers, part: int, parts: int, cancel: Integers) -> None:
    """The plain loop's result, the fast way."""
    if step[BY_PLACE]:
        places_to_input(step, frame, part, parts, cancel)
    else:
        tiles_to_input(step, frame, part, parts, cancel)


@kernel("untied_to_weights", "float32")
def to_weights(step: Integers, frame: Integers, part: int, parts: int, cancel: Integers) -> None:
    """The plain loop's result, the fast way."""
    if step[BY_PLACE]:
        places_to_weights(step, frame, part, parts, cancel)
    else:
        tiles_to_weights(step, frame, part, parts, cancel)
