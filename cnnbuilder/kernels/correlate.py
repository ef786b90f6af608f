"""Convolution: the packing of its row, and the choice between three fast ways; plain loops: `correlate_plain.py`.

*Blocked* multiplies register tiles, on sheets over which windows slide (`sheets.py`): forward in
`correlate_sliding.py`, to the input in `turned_sliding.py`, to the weights in `sliding_weights.py` or, for many filters
on few places, on gathered panels (`correlate_backward.py`). *Direct* (`correlate_direct.py`) adds shifted rows, and
serves what leaves a tile empty: listed connections, and groups of one or two filters. *Winograd* (`winograd.py`,
`winograd_weights.py`) is taken for kernels of 3×3 and stride 1 where a model of its cycles says that it wins.
"""

from itertools import accumulate

from cnnbuilder.kernels.correlate_backward import to_weights_on_tiles
from cnnbuilder.kernels.correlate_direct import direct_forward, direct_to_input, direct_to_weights
from cnnbuilder.kernels.correlate_plain import plain_bias
from cnnbuilder.kernels.correlate_row import ALGORITHM, DIRECT, FILTERS, GW, WINOGRAD, slot
from cnnbuilder.kernels.correlate_sliding import sliding_forward
from cnnbuilder.kernels.native import Integers, kernel
from cnnbuilder.kernels.packing import Packed
from cnnbuilder.kernels.pool import thread_count
from cnnbuilder.kernels.turned_sliding import turned_to_input
from cnnbuilder.kernels.winograd import winograd
from cnnbuilder.kernels.winograd_choice import method
from cnnbuilder.kernels.winograd_weights import winograd_to_weights
from cnnbuilder.operations import Correlate

BIASES = ("none", "channel", "location")


def pack(operation: Correlate, role: str, batch: int) -> Packed:
    """The row that `correlate_row.py` describes."""
    rows, columns = operation.rows, operation.columns
    if operation.epilogue is not None and operation.epilogue.function != "relu":
        raise ValueError(f"{operation.epilogue.function} cannot be the epilogue of a convolution")
    in_group, filters_in_group = operation.channels // operation.groups, operation.filters // operation.groups
    direct = operation.connections is not None or filters_in_group <= 2
    algorithm = DIRECT if direct else WINOGRAD if method(operation, role, batch) == "winograd" else 0
    lists: tuple[int, ...] = ()
    if operation.connections is not None:
        starts = accumulate((len(listed) for listed in operation.connections), initial=0)
        lists = (*starts, *(c for listed in operation.connections for c in listed))
    height, width, out_rows, out_columns = rows.size, columns.size, rows.output, columns.output
    pointwise = rows.kernel == columns.kernel == rows.stride == columns.stride == 1
    unmoved = rows.before == columns.before == 0 and out_rows == height and out_columns == width
    if pointwise and unmoved and operation.bias != "location":
        height, width, out_rows, out_columns = 1, height * width, 1, out_rows * out_columns
    numbers = (
        operation.channels, operation.filters, height, width, out_rows, out_columns, rows.kernel, columns.kernel,
        rows.stride, columns.stride, rows.dilation, columns.dilation, rows.before, columns.before, operation.groups,
        BIASES.index(operation.bias), int(operation.epilogue is not None), algorithm,
        int(operation.connections is not None), 0, *lists,
    )
    units = {
        "forward": batch * operation.groups * -(-filters_in_group // 8) * -(-out_rows * out_columns // 16),
        "to_input": batch * operation.groups * -(-in_group // 8) * -(-height * width // 16),
        "to_weights": operation.groups * -(-filters_in_group // 8) * -(-in_group * rows.kernel * columns.kernel // 16),
    }[role]
    if direct:
        filters, channels = operation.filters, operation.channels
        units = {"forward": batch * filters, "to_input": batch * channels, "to_weights": filters}[role]
    if algorithm == WINOGRAD:
        # Each part lifts what it needs: more parts than threads would lift the same again.
        return Packed(numbers, thread_count(), batch * operation.macs * 0.01)
    return Packed(numbers, units, batch * operation.macs * (0.2 if direct else 0.03))


def needs(operation: Correlate, role: str, dtype: str) -> tuple[str, ...]:
    """The slots that a role reads or writes."""
    if role == "forward":
        return ("x", "weights", "y")
    y = ("y",) if operation.epilogue is not None else ()
    return ("weights", *y, "gx", "gy") if role == "to_input" else ("x", *y, "gweights", "gy")


@kernel("correlate_forward", "float32")
def forward(step: Integers, frame: Integers, part: int, parts: int, cancel: Integers) -> None:
    """The plain loop's result, the fast way."""
    if step[ALGORITHM] == DIRECT:
        direct_forward(step, frame, part, parts, cancel)
    elif step[ALGORITHM] == WINOGRAD:
        winograd(step, frame, 0, part, parts, cancel)
    else:
        sliding_forward(step, frame, part, parts, cancel)


@kernel("correlate_to_input", "float32")
def to_input(step: Integers, frame: Integers, part: int, parts: int, cancel: Integers) -> None:
    """The plain loop's result, the fast way."""
    if step[ALGORITHM] == DIRECT:
        direct_to_input(step, frame, part, parts, cancel)
    elif step[ALGORITHM] == WINOGRAD:
        winograd(step, frame, 1, part, parts, cancel)
    else:
        turned_to_input(step, frame, part, parts, cancel)


@kernel("correlate_to_weights", "float32")
def to_weights(step: Integers, frame: Integers, part: int, parts: int, cancel: Integers) -> None:
    """The plain loop's result, the fast way."""
    if step[ALGORITHM] == DIRECT:
        direct_to_weights(step, frame, part, parts, cancel)
    elif step[ALGORITHM] == WINOGRAD:
        for f in range(part * step[FILTERS] // parts, (part + 1) * step[FILTERS] // parts):
            plain_bias(step, frame, f)
        if frame[slot(step, GW)] != 0:
            winograd_to_weights(step, frame, part, parts, cancel)
    else:
        to_weights_on_tiles(step, frame, part, parts, cancel)
