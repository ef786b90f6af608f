"""Convolution as shifted rows: every weight adds one row of input, times itself, to one row of output.

Nothing is gathered and nothing outside the input is read, so it serves listed connections and depthwise groups.
"""

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
    LOCATION,
    RELU,
    ROWS,
    STRIDE_COLUMNS,
    WIDTH,
    Y,
    beginning,
    channel_of,
    first_inside,
    slot,
    start_column,
    start_row,
    stop_inside,
    stop_of,
)
from cnnbuilder.kernels.native import Integers, Values, at, cancelled, helper, real, release, reserve, routine, values
from cnnbuilder.kernels.rows import ADD, STORE, add_product, combine, dot, fill


@routine
def start_outputs(step: Integers, frame: Integers, sample: int, i: int, first: int, stop: int) -> None:
    """Set the places `first` … `stop − 1` of one output map to the bias, or 0."""
    places = step[ROWS] * step[COLUMNS]
    target = at(values(frame[slot(step, Y)]), (sample * step[FILTERS] + i) * places + first)
    if step[BIAS] == 0:
        fill(target, stop - first, real(0))
    elif step[BIAS] == LOCATION:
        combine(target, at(values(frame[2]), i * places + first), stop - first, STORE)
    else:
        fill(target, stop - first, values(frame[2])[i])


@routine
def rectify(target: Values, count: int) -> None:
    """target = relu(target); NaN stays."""
    for place in range(count):
        v = target[place]
        target[place] = real(0) if v <= 0 else v


@routine
def copy_masked(step: Integers, frame: Integers, start: int, count: int, target: Values) -> None:
    """target = gy from `start` on, taken back through the epilogue."""
    gy = at(values(frame[slot(step, GY)]), start)
    if step[RELU]:
        y = at(values(frame[slot(step, Y)]), start)
        for place in range(count):
            target[place] = real(0) if y[place] <= 0 else gy[place]
    else:
        combine(target, gy, count, STORE)


@helper
def input_plane(step: Integers, sample: int, i: int, c: int) -> int:
    """Where channel `c` of filter `i`'s group starts in x, in planes."""
    in_group = step[CHANNELS] // step[GROUPS]
    return sample * step[CHANNELS] + i // (step[FILTERS] // step[GROUPS]) * in_group + c


@routine
def direct_forward(step: Integers, frame: Integers, part: int, parts: int, cancel: Integers) -> None:
    """y = bias + Σ over channels and taps of shifted rows."""
    units, columns = step[BATCH] * step[FILTERS], step[COLUMNS]
    places, plane = step[ROWS] * columns, step[HEIGHT] * step[WIDTH]
    kernel_size = step[KERNEL_ROWS] * step[KERNEL_COLUMNS]
    in_group = step[CHANNELS] // step[GROUPS]
    for unit in range(part * units // parts, (part + 1) * units // parts):
        if cancelled(cancel):
            return
        sample, i = unit // step[FILTERS], unit % step[FILTERS]
        y = at(values(frame[slot(step, Y)]), unit * places)
        if step[ACCUMULATE] & 1 == 0:
            start_outputs(step, frame, sample, i, 0, places)
        for q in range(stop_of(step, i)):
            c = channel_of(step, i, q)
            x = at(values(frame[0]), input_plane(step, sample, i, c) * plane)
            weight = at(values(frame[1]), (i * in_group + c) * kernel_size)
            for j in range(step[ROWS]):
                add_taps(step, at(y, j * columns), x, weight, j, 1)
        if step[RELU]:
            rectify(y, places)


@routine
def add_taps(step: Integers, output: Values, plane: Values, weight: Values, j: int, forward: int) -> None:
    """Output row `j` += every tap's row of the plane; backward, the plane's rows += every tap's output row."""
    stride = step[STRIDE_COLUMNS]
    for m in range(step[KERNEL_ROWS]):
        row = start_row(step, j) + m * step[DILATION_ROWS]
        if 0 <= row < step[HEIGHT]:
            for n in range(step[KERNEL_COLUMNS]):
                offset = start_column(step, 0) + n * step[DILATION_COLUMNS]
                first = first_inside(offset, stride)
                count = stop_inside(offset, stride, step[WIDTH], step[COLUMNS]) - first
                line = at(plane, row * step[WIDTH] + first * stride + offset)
                factor = weight[m * step[KERNEL_COLUMNS] + n]
                if forward:
                    add_product(at(output, first), line, factor, count, 1, stride)
                else:
                    add_product(line, at(output, first), factor, count, stride, 1)


@routine
def direct_to_input(step: Integers, frame: Integers, part: int, parts: int, cancel: Integers) -> None:
    """gx (+)= Σ over the filters that read the channel, and taps, of shifted rows of gy."""
    channels, filters_in_group, columns = step[CHANNELS], step[FILTERS] // step[GROUPS], step[COLUMNS]
    in_group, plane = channels // step[GROUPS], step[HEIGHT] * step[WIDTH]
    kernel_size = step[KERNEL_ROWS] * step[KERNEL_COLUMNS]
    units = step[BATCH] * channels
    buffer = reserve(columns)
    line = values(buffer)
    for unit in range(part * units // parts, (part + 1) * units // parts):
        sample, channel = unit // channels, unit % channels
        gx = at(values(frame[slot(step, GX)]), unit * plane)
        if step[ACCUMULATE] & 1 == 0:
            fill(gx, plane, beginning(step, frame, unit))
        group, c = channel // in_group, channel % in_group
        for i in range(group * filters_in_group, (group + 1) * filters_in_group):
            if cancelled(cancel):
                break
            if reads(step, i, c):
                weight = at(values(frame[1]), (i * in_group + c) * kernel_size)
                for j in range(step[ROWS]):
                    start = ((sample * step[FILTERS] + i) * step[ROWS] + j) * columns
                    copy_masked(step, frame, start, columns, line)
                    add_taps(step, line, gx, weight, j, 0)
    release(buffer)


@helper
def reads(step: Integers, i: int, c: int) -> bool:
    """Whether filter `i` reads channel `c` of its group."""
    found = 0
    for q in range(stop_of(step, i)):
        found |= 1 if channel_of(step, i, q) == c else 0
    return found != 0


@routine
def direct_to_weights(step: Integers, frame: Integers, part: int, parts: int, cancel: Integers) -> None:
    """gK = dot products of rows of gy with shifted rows of x; gb = Σ gy."""
    filters, in_group = step[FILTERS], step[CHANNELS] // step[GROUPS]
    places, plane = step[ROWS] * step[COLUMNS], step[HEIGHT] * step[WIDTH]
    kernel_size = step[KERNEL_ROWS] * step[KERNEL_COLUMNS]
    buffer = reserve(places)
    g = values(buffer)
    for i in range(part * filters // parts, (part + 1) * filters // parts):
        weights_wanted = frame[slot(step, GW)] != 0
        gw = at(values(frame[slot(step, GW)]), i * in_group * kernel_size)
        if weights_wanted:
            fill(gw, in_group * kernel_size, real(0))
        for sample in range(step[BATCH]):
            if cancelled(cancel):
                break
            copy_masked(step, frame, (sample * filters + i) * places, places, g)
            if step[BIAS] != 0 and frame[slot(step, GB)] != 0:
                add_bias(step, frame, i, g, 1 if sample == 0 else 0)
            if weights_wanted:
                for q in range(stop_of(step, i)):
                    c = channel_of(step, i, q)
                    x = at(values(frame[0]), input_plane(step, sample, i, c) * plane)
                    for tap in range(kernel_size):
                        gw[c * kernel_size + tap] += tap_sum(step, g, x, tap)
    release(buffer)


@routine
def tap_sum(step: Integers, g: Values, x: Values, tap: int) -> float:
    """Σ over the places of one sample of g times the value under a tap."""
    m, n = tap // step[KERNEL_COLUMNS], tap % step[KERNEL_COLUMNS]
    stride = step[STRIDE_COLUMNS]
    offset = start_column(step, 0) + n * step[DILATION_COLUMNS]
    first = first_inside(offset, stride)
    count = stop_inside(offset, stride, step[WIDTH], step[COLUMNS]) - first
    total = real(0)
    for j in range(step[ROWS]):
        row = start_row(step, j) + m * step[DILATION_ROWS]
        if 0 <= row < step[HEIGHT]:
            line = at(x, row * step[WIDTH] + first * stride + offset)
            total += dot(at(g, j * step[COLUMNS] + first), line, count, stride)
    return total


@routine
def add_bias(step: Integers, frame: Integers, i: int, g: Values, start: int) -> None:
    """Start with, or add, one sample's part of filter `i`'s bias gradient."""
    places = step[ROWS] * step[COLUMNS]
    if step[BIAS] == LOCATION:
        combine(at(values(frame[slot(step, GB)]), i * places), g, places, STORE if start else ADD)
        return
    total = 0.0  # in float64: a map may hold many equal values
    for place in range(places):
        total += g[place]
    gb = at(values(frame[slot(step, GB)]), i)
    gb[0] = real(total) if start else gb[0] + real(total)
