"""Window products with untied weights, the plain loops (float64): the formula, in the order of the index map."""

from cnnbuilder.kernels.correlate_row import (
    ACCUMULATE,
    BATCH,
    BIAS,
    CHANNELS,
    COLUMNS,
    DILATION_COLUMNS,
    DILATION_ROWS,
    FILTERS,
    GB,
    GROUPS,
    GW,
    GX,
    GY,
    HEIGHT,
    KERNEL_COLUMNS,
    KERNEL_ROWS,
    ROWS,
    WIDTH,
    Y,
    slot,
    start_column,
    start_row,
)
from cnnbuilder.kernels.native import Integers, at, cancelled, helper, kernel, real, routine, values
from cnnbuilder.kernels.untied_row import (
    BIAS_FILTER,
    OF_FILTER,
    OF_TAP,
    TILE_COLUMNS,
    TILE_ROWS,
    bias_at,
    kernel_at,
    kernel_length,
)


@helper
def cell_at(step: Integers, sample: int, i: int, j: int, k: int, tap: int) -> int:
    """Which value of x lies under tap (channel, row, column) of filter `i` at place (j, k); −1 in the padding."""
    taps = step[KERNEL_ROWS] * step[KERNEL_COLUMNS]
    row = start_row(step, j) + tap % taps // step[KERNEL_COLUMNS] * step[DILATION_ROWS]
    column = start_column(step, k) + tap % step[KERNEL_COLUMNS] * step[DILATION_COLUMNS]
    first = i // (step[FILTERS] // step[GROUPS]) * (step[CHANNELS] // step[GROUPS])
    inside = 0 <= row < step[HEIGHT] and 0 <= column < step[WIDTH]
    found = ((sample * step[CHANNELS] + first + tap // taps) * step[HEIGHT] + row) * step[WIDTH] + column
    return found if inside else -1


@helper
def output_at(step: Integers, sample: int, i: int, j: int, k: int) -> int:
    """Where in y output (i, j, k) lies."""
    return ((sample * step[FILTERS] + i) * step[ROWS] + j) * step[COLUMNS] + k


@kernel("untied_forward", "float64")
def plain_forward(step: Integers, frame: Integers, part: int, parts: int, cancel: Integers) -> None:
    """Z[i, j, k] = b + Σ V[c, j·s + m·d − p, k·s + n·d − p] · K[i, c, m, n], with the kernel and bias of (j, k)."""
    units = step[BATCH] * step[FILTERS]
    for unit in range(part * units // parts, (part + 1) * units // parts):
        if cancelled(cancel):
            return
        n, i = unit // step[FILTERS], unit % step[FILTERS]
        for j in range(step[ROWS]):
            for k in range(step[COLUMNS]):
                values(frame[slot(step, Y)])[output_at(step, n, i, j, k)] = plain_output(step, frame, n, i, j, k)


@routine
def plain_output(step: Integers, frame: Integers, sample: int, i: int, j: int, k: int) -> float:
    """One output, summed in the order of the index map."""
    x, weight = values(frame[0]), at(values(frame[1]), kernel_at(step, i, j, k))
    total = values(frame[2])[bias_at(step, i, j, k)] if step[BIAS] else real(0)
    for tap in range(kernel_length(step)):
        cell = cell_at(step, sample, i, j, k, tap)
        if cell >= 0:
            total += x[cell] * weight[tap * step[OF_TAP]]
    return total


@kernel("untied_to_input", "float64")
def plain_to_input(step: Integers, frame: Integers, part: int, parts: int, cancel: Integers) -> None:
    """gx[c, j·s + m·d − p, k·s + n·d − p] += gy[i, j, k] · K[i, c, m, n], for every product of the forward sum."""
    channels, plane = step[CHANNELS], step[HEIGHT] * step[WIDTH]
    in_group, filters = channels // step[GROUPS], step[FILTERS] // step[GROUPS]
    units = step[BATCH] * channels
    for unit in range(part * units // parts, (part + 1) * units // parts):
        if cancelled(cancel):
            return
        if step[ACCUMULATE] & 1 == 0:
            for place in range(plane):
                at(values(frame[slot(step, GX)]), unit * plane)[place] = real(0)
        group = unit % channels // in_group
        for i in range(group * filters, (group + 1) * filters):
            plain_scatter(step, frame, unit // channels, i, unit % in_group)


@routine
def plain_scatter(step: Integers, frame: Integers, sample: int, i: int, c: int) -> None:
    """What filter `i` gives back to channel `c` of its group."""
    gx, taps = values(frame[slot(step, GX)]), step[KERNEL_ROWS] * step[KERNEL_COLUMNS]
    for j in range(step[ROWS]):
        for k in range(step[COLUMNS]):
            weight = at(values(frame[1]), kernel_at(step, i, j, k))
            g = values(frame[slot(step, GY)])[output_at(step, sample, i, j, k)]
            for tap in range(c * taps, (c + 1) * taps):
                cell = cell_at(step, sample, i, j, k, tap)
                if cell >= 0:
                    gx[cell] += g * weight[tap * step[OF_TAP]]


@kernel("untied_to_weights", "float64")
def plain_to_weights(step: Integers, frame: Integers, part: int, parts: int, cancel: Integers) -> None:
    """gK[i, c, m, n] of each kernel = Σ over samples and the places that have it of gy · the value under the weight."""
    filters = step[FILTERS]
    for i in range(part * filters // parts, (part + 1) * filters // parts):
        if cancelled(cancel):
            return
        plain_bias(step, frame, i)
        if frame[slot(step, GW)] == 0:
            continue
        gw = at(values(frame[slot(step, GW)]), i * step[OF_FILTER])
        for jt in range(step[TILE_ROWS]):
            for kt in range(step[TILE_COLUMNS]):
                start = kernel_at(step, 0, jt, kt)
                for tap in range(kernel_length(step)):
                    gw[start + tap * step[OF_TAP]] = plain_weight(step, frame, i, jt, kt, tap)


@routine
def plain_weight(step: Integers, frame: Integers, i: int, jt: int, kt: int, tap: int) -> float:
    """The gradient of weight `tap` of filter `i`'s kernel (jt, kt)."""
    total = real(0)
    for sample in range(step[BATCH]):
        for j in range(jt, step[ROWS], step[TILE_ROWS]):
            for k in range(kt, step[COLUMNS], step[TILE_COLUMNS]):
                cell = cell_at(step, sample, i, j, k, tap)
                if cell >= 0:
                    g = values(frame[slot(step, GY)])[output_at(step, sample, i, j, k)]
                    total += g * values(frame[0])[cell]
    return total


@routine
def plain_bias(step: Integers, frame: Integers, i: int) -> None:
    """gb of filter `i`: one sum, or one for each of its kernels."""
    if step[BIAS] == 0 or frame[slot(step, GB)] == 0:
        return
    gb = values(frame[slot(step, GB)])
    for number in range(step[BIAS_FILTER]):
        gb[i * step[BIAS_FILTER] + number] = real(0)
    for sample in range(step[BATCH]):
        for j in range(step[ROWS]):
            for k in range(step[COLUMNS]):
                gb[bias_at(step, i, j, k)] += values(frame[slot(step, GY)])[output_at(step, sample, i, j, k)]
