"""Convolution, the plain loops (float64): the formula, in the order of the index map. The oracle of the fast ones."""

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
    HEIGHT,
    KERNEL_COLUMNS,
    KERNEL_ROWS,
    LOCATION,
    RELU,
    ROWS,
    WIDTH,
    Y,
    channel_of,
    masked,
    slot,
    start_column,
    start_row,
    stop_of,
)
from cnnbuilder.kernels.native import Integers, Values, at, cancelled, kernel, real, routine, values


@kernel("correlate_forward", "float64")
def plain_forward(step: Integers, frame: Integers, part: int, parts: int, cancel: Integers) -> None:
    """Z[i, j, k] = b[i] + Σ V[c, j·s + m·d − p, k·s + n·d − p] · K[i, c, m, n]."""
    units = step[BATCH] * step[FILTERS]
    for unit in range(part * units // parts, (part + 1) * units // parts):
        if cancelled(cancel):
            return
        n, i = unit // step[FILTERS], unit % step[FILTERS]
        y = at(values(frame[slot(step, Y)]), unit * step[ROWS] * step[COLUMNS])
        for j in range(step[ROWS]):
            for k in range(step[COLUMNS]):
                total = plain_output(step, frame, n, i, j, k)
                if step[RELU] and total <= 0:
                    total = real(0)
                y[j * step[COLUMNS] + k] = total


@routine
def plain_output(step: Integers, frame: Integers, sample: int, i: int, j: int, k: int) -> float:
    """One output before its epilogue, summed in the order of the index map."""
    height, width, in_group = step[HEIGHT], step[WIDTH], step[CHANNELS] // step[GROUPS]
    kernel_rows, kernel_columns = step[KERNEL_ROWS], step[KERNEL_COLUMNS]
    x, weight = values(frame[0]), values(frame[1])
    total = real(0)
    if step[BIAS]:
        total = values(frame[2])[(i * step[ROWS] + j) * step[COLUMNS] + k if step[BIAS] == LOCATION else i]
    for q in range(stop_of(step, i)):
        c = channel_of(step, i, q)
        for m in range(kernel_rows):
            row = start_row(step, j) + m * step[DILATION_ROWS]
            for n in range(kernel_columns):
                column = start_column(step, k) + n * step[DILATION_COLUMNS]
                if 0 <= row < height and 0 <= column < width:
                    channel = sample * step[CHANNELS] + i // (step[FILTERS] // step[GROUPS]) * in_group + c
                    v = x[(channel * height + row) * width + column]
                    total += v * weight[((i * in_group + c) * kernel_rows + m) * kernel_columns + n]
    return total


@kernel("correlate_to_input", "float64")
def plain_to_input(step: Integers, frame: Integers, part: int, parts: int, cancel: Integers) -> None:
    """gx[c, j·s + m·d − p, k·s + n·d − p] += gy[i, j, k] · K[i, c, m, n], for every product of the forward sum."""
    channels, filters, plane = step[CHANNELS], step[FILTERS], step[HEIGHT] * step[WIDTH]
    in_group = channels // step[GROUPS]
    units = step[BATCH] * channels
    for unit in range(part * units // parts, (part + 1) * units // parts):
        if cancelled(cancel):
            return
        sample, channel = unit // channels, unit % channels
        gx = at(values(frame[slot(step, GX)]), unit * plane)
        if step[ACCUMULATE] & 1 == 0:
            for place in range(plane):
                gx[place] = real(0)
        group, c = channel // in_group, channel % in_group
        for i in range(group * (filters // step[GROUPS]), (group + 1) * (filters // step[GROUPS])):
            for q in range(stop_of(step, i)):
                if channel_of(step, i, q) == c:
                    plain_scatter(step, frame, sample, i, c, gx)


@routine
def plain_scatter(step: Integers, frame: Integers, sample: int, i: int, c: int, gx: Values) -> None:
    """What filter `i` gives back to its channel `c`."""
    in_group = step[CHANNELS] // step[GROUPS]
    kernel_rows, kernel_columns = step[KERNEL_ROWS], step[KERNEL_COLUMNS]
    weight = at(values(frame[1]), (i * in_group + c) * kernel_rows * kernel_columns)
    for j in range(step[ROWS]):
        for k in range(step[COLUMNS]):
            g = masked(step, frame, ((sample * step[FILTERS] + i) * step[ROWS] + j) * step[COLUMNS] + k)
            for m in range(kernel_rows):
                row = start_row(step, j) + m * step[DILATION_ROWS]
                for n in range(kernel_columns):
                    column = start_column(step, k) + n * step[DILATION_COLUMNS]
                    if 0 <= row < step[HEIGHT] and 0 <= column < step[WIDTH]:
                        gx[row * step[WIDTH] + column] += g * weight[m * kernel_columns + n]


@kernel("correlate_to_weights", "float64")
def plain_to_weights(step: Integers, frame: Integers, part: int, parts: int, cancel: Integers) -> None:
    """gK[i, c, m, n] = Σ over samples and places of gy · the value under the weight; gb = Σ gy. Unlisted: 0."""
    filters, in_group = step[FILTERS], step[CHANNELS] // step[GROUPS]
    kernel_size = step[KERNEL_ROWS] * step[KERNEL_COLUMNS]
    for i in range(part * filters // parts, (part + 1) * filters // parts):
        if cancelled(cancel):
            return
        plain_bias(step, frame, i)
        if frame[slot(step, GW)] == 0:
            continue
        gw = at(values(frame[slot(step, GW)]), i * in_group * kernel_size)
        for number in range(in_group * kernel_size):
            gw[number] = real(0)
        for q in range(stop_of(step, i)):
            c = channel_of(step, i, q)
            for tap in range(kernel_size):
                gw[c * kernel_size + tap] = plain_weight(step, frame, i, c, tap // step[KERNEL_COLUMNS],
                                                         tap % step[KERNEL_COLUMNS])


@routine
def plain_weight(step: Integers, frame: Integers, i: int, c: int, m: int, n: int) -> float:
    """gK[i, c, m, n]."""
    height, width, in_group = step[HEIGHT], step[WIDTH], step[CHANNELS] // step[GROUPS]
    total = real(0)
    for sample in range(step[BATCH]):
        channel = sample * step[CHANNELS] + i // (step[FILTERS] // step[GROUPS]) * in_group + c
        for j in range(step[ROWS]):
            row = start_row(step, j) + m * step[DILATION_ROWS]
            for k in range(step[COLUMNS]):
                column = start_column(step, k) + n * step[DILATION_COLUMNS]
                if 0 <= row < height and 0 <= column < width:
                    g = masked(step, frame, ((sample * step[FILTERS] + i) * step[ROWS] + j) * step[COLUMNS] + k)
                    total += g * values(frame[0])[(channel * height + row) * width + column]
    return total


@routine
def plain_bias(step: Integers, frame: Integers, i: int) -> None:
    """gb of filter `i`: one sum, in float64 because a map may hold many equal values, or one a place."""
    if step[BIAS] == 0 or frame[slot(step, GB)] == 0:
        return
    places = step[ROWS] * step[COLUMNS]
    each = step[BIAS] == LOCATION
    gb = at(values(frame[slot(step, GB)]), i * places if each else i)
    total = 0.0
    for sample in range(step[BATCH]):
        start = (sample * step[FILTERS] + i) * places
        for place in range(places):
            gy = masked(step, frame, start + place)
            if each:
                gb[place] = gy if sample == 0 else gb[place] + gy
            else:
                total += gy
    if not each:
        gb[0] = real(total)
