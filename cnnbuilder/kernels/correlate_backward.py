"""Convolution backward on register tiles; `correlate_blocked.py` says how.

To the input, panels of gy times the weights give shares, eight rows of taps at a time, and each share is added where
its tap lies. To the weights, windows are gathered across: places down, a filter's weights along the panel.
"""

from cnnbuilder.kernels.correlate_blocked import VECTORS, ceil_div, has_nan, kernel_length, multiply, panel_width
from cnnbuilder.kernels.correlate_direct import copy_masked, input_plane
from cnnbuilder.kernels.correlate_plain import plain_bias, plain_weight
from cnnbuilder.kernels.correlate_row import (
    ACCUMULATE,
    BATCH,
    BEFORE_ROWS,
    CHANNELS,
    COLUMNS,
    DILATION_COLUMNS,
    DILATION_ROWS,
    FILTERS,
    GROUPS,
    GW,
    GX,
    GY,
    HEIGHT,
    KERNEL_COLUMNS,
    KERNEL_ROWS,
    RELU,
    ROWS,
    STRIDE_COLUMNS,
    STRIDE_ROWS,
    WIDTH,
    Y,
    beginning,
    first_inside,
    slot,
    start_column,
    start_row,
    stop_inside,
)
from cnnbuilder.kernels.native import (
    Integers,
    Values,
    at,
    cancelled,
    helper,
    real,
    release,
    reserve,
    routine,
    tile,
    tile_lanes,
    tile_rows,
    values,
)
from cnnbuilder.kernels.rows import ADD, combine, fill

FEW_WEIGHTS = 2048
"""Weights of a filter below which gathering gy once more costs more than the rows that two bands share."""
PLACES = 128
"""Places that a panel holds on the way to the weights: written across, it should stay in the first-level cache."""


@routine
def blocked_to_input(step: Integers, frame: Integers, part: int, parts: int, cancel: Integers) -> None:
    """Split over samples and groups, and those over bands of rows of gx (a few outputs are then multiplied for two
    bands) or over channels (gy is then gathered for each)."""
    filters, in_group = step[FILTERS] // step[GROUPS], step[CHANNELS] // step[GROUPS]
    wide, height = VECTORS * tile_lanes(), step[HEIGHT]
    room = max(1, min(3, (1 << 17) // (filters * wide))) * wide
    buffer = reserve(filters * (room + tile_rows()) + tile_rows() * room)
    bands = band_count(step, parts)
    if bands > 1:
        items = step[BATCH] * step[GROUPS] * bands
        for item in range(part * items // parts, (part + 1) * items // parts):
            band = item % bands
            low, high = band * height // bands, (band + 1) * height // bands
            input_rows(step, frame, item // bands * in_group, in_group, low, high, values(buffer), room, cancel)
    else:
        units = step[BATCH] * step[CHANNELS]
        unit, stop = part * units // parts, (part + 1) * units // parts
        while unit < stop:
            count = min(in_group - unit % in_group, stop - unit)
            input_rows(step, frame, unit, count, 0, height, values(buffer), room, cancel)
            unit += count
    release(buffer)


@helper
def band_count(step: Integers, parts: int) -> int:
    """Into how many bands a plane of gx is split; 1 where channels are split instead, because there are many of them or
    the bands would be too low."""
    wanted = ceil_div(parts, step[BATCH] * step[GROUPS])
    overlap = (step[KERNEL_ROWS] - 1) * step[DILATION_ROWS] + 1
    few = step[CHANNELS] // step[GROUPS] * step[KERNEL_ROWS] * step[KERNEL_COLUMNS] < FEW_WEIGHTS
    return wanted if few and step[HEIGHT] >= 8 * overlap * wanted else 1


@routine
def input_rows(
    step: Integers, frame: Integers, unit: int, count: int, low: int, high: int, buffer: Values, room: int,
    cancel: Integers,
) -> None:
    """Rows `low` … `high − 1` of gx, of `count` channels of one sample and group, from `unit` on."""
    width, columns, stride, before = step[WIDTH], step[COLUMNS], step[STRIDE_ROWS], step[BEFORE_ROWS]
    if step[ACCUMULATE] & 1 == 0:
        for channel in range(unit, unit + count):
            start = (channel * step[HEIGHT] + low) * width
            fill(at(values(frame[slot(step, GX)]), start), (high - low) * width, beginning(step, frame, channel))
    first = max(0, ceil_div(low + before - (step[KERNEL_ROWS] - 1) * step[DILATION_ROWS], stride))
    stop = min(step[ROWS], (high - 1 + before) // stride + 1) * columns
    # On one grid for every band, so that the sums are taken in the same order whatever the number of parts.
    for start in range(first * columns // room * room, stop, room):
        if cancelled(cancel):
            return
        end = min(step[ROWS] * columns, start + room)
        input_item(step, frame, unit, count, start, end, buffer, room, low, high)


@routine
def input_item(
    step: Integers, frame: Integers, unit: int, count: int, start: int, end: int, buffer: Values, room: int, low: int,
    high: int,
) -> None:
    """What outputs `start` … `end − 1` give back to rows `low` … `high − 1` of `count` channels, from `unit` on."""
    filters, rows, wide = step[FILTERS] // step[GROUPS], tile_rows(), VECTORS * tile_lanes()
    in_group, taps = step[CHANNELS] // step[GROUPS], step[KERNEL_ROWS] * step[KERNEL_COLUMNS]
    sample, channel = unit // step[CHANNELS], unit % step[CHANNELS]
    base, c = channel // in_group * filters, channel % in_group
    packed, shares = at(buffer, filters * room), at(buffer, filters * (room + rows))
    places, size = step[ROWS] * step[COLUMNS], in_group * taps
    for place in range(start, end, wide):
        panel, width, number = at(buffer, (place - start) * filters), panel_width(place, end), min(wide, end - place)
        gather_gradient(step, frame, (sample * step[FILTERS] + base) * places + place, number, width, panel)
    for k in range(c * taps, (c + count) * taps, rows):
        number = min(rows, (c + count) * taps - k)
        weight = at(values(frame[1]), base * size + k)
        for f in range(filters):
            for r in range(number):
                packed[f * rows + r] = weight[f * size + r]
            for r in range(number, rows):
                packed[f * rows + r] = real(0)
        fill(shares, rows * room, real(0))
        for place in range(start, end, wide):
            panel, width = at(buffer, (place - start) * filters), panel_width(place, end)
            tile(width // tile_lanes(), filters, packed, 1, rows, panel, at(shares, place - start), room)
        for r in range(number):
            plane = sample * step[CHANNELS] + channel - c + (k + r) // taps
            scatter(step, frame, plane, (k + r) % taps, start, end, at(shares, r * room), low, high)


@routine
def gather_gradient(step: Integers, frame: Integers, start: int, count: int, width: int, panel: Values) -> None:
    """panel[f, place] = gy of each filter of a group, back through the epilogue; `start` is the first filter's."""
    places = step[ROWS] * step[COLUMNS]
    for f in range(step[FILTERS] // step[GROUPS]):
        target, gy = at(panel, f * width), at(values(frame[slot(step, GY)]), start + f * places)
        for i in range(count):
            target[i] = gy[i]
        if step[RELU]:
            y = at(values(frame[slot(step, Y)]), start + f * places)
            for i in range(count):
                if y[i] <= 0:
                    target[i] = real(0)
        for i in range(count, width):
            target[i] = real(0)


@routine
def scatter(
    step: Integers, frame: Integers, plane: int, tap: int, start: int, end: int, shares: Values, top: int, bottom: int
) -> None:
    """Add one tap's shares for outputs `start` … `end − 1` to where the tap lies in rows `top` … of a plane of gx."""
    stride, in_width = step[STRIDE_COLUMNS], step[WIDTH]
    offset = start_column(step, 0) + tap % step[KERNEL_COLUMNS] * step[DILATION_COLUMNS]
    first, stop = first_inside(offset, stride), stop_inside(offset, stride, in_width, step[COLUMNS])
    gx = at(values(frame[slot(step, GX)]), plane * step[HEIGHT] * in_width)
    for j in range(start // step[COLUMNS], (end - 1) // step[COLUMNS] + 1):
        row = start_row(step, j) + tap // step[KERNEL_COLUMNS] * step[DILATION_ROWS]
        if top <= row < bottom:
            low, high = max(first, start - j * step[COLUMNS]), min(stop, end - j * step[COLUMNS])
            line, source = at(gx, row * in_width + low * stride + offset), at(shares, j * step[COLUMNS] + low - start)
            if stride == 1:
                combine(line, source, high - low, ADD)
            else:
                for i in range(high - low):
                    line[i * stride] += source[i]


@routine
def blocked_to_weights(step: Integers, frame: Integers, part: int, parts: int, cancel: Integers) -> None:
    """Split over groups and panels of a filter's weights, and over filters where those are too few."""
    rows, wide, size = tile_rows(), VECTORS * tile_lanes(), kernel_length(step)
    filters, groups = step[FILTERS] // step[GROUPS], step[GROUPS]
    panels, blocks = ceil_div(size, wide), ceil_div(filters, rows)
    chunks = min(blocks, ceil_div(parts, groups * panels))
    items = groups * panels * chunks
    buffer = reserve(PLACES * (wide + rows) + rows * wide)
    for item in range(part * items // parts, (part + 1) * items // parts):
        chunk, rest = item % chunks, item // chunks
        first, stop = chunk * blocks // chunks * rows, min(filters, (chunk + 1) * blocks // chunks * rows)
        base, panel = rest // panels * filters, rest % panels
        if panel == 0:
            for f in range(base + first, base + stop):
                plain_bias(step, frame, f)
        if frame[slot(step, GW)] != 0:
            weights_item(step, frame, base + first, base + stop, panel * wide, values(buffer), cancel)
        if cancelled(cancel):
            break
    release(buffer)


@routine
def weights_item(
    step: Integers, frame: Integers, first: int, stop: int, k: int, buffer: Values, cancel: Integers
) -> None:
    """The gradient of one panel of weights, from `k` on, of filters `first` … `stop − 1` of one group."""
    size, wide, places = kernel_length(step), VECTORS * tile_lanes(), step[ROWS] * step[COLUMNS]
    width, count = panel_width(k, size), min(wide, size - k)
    packed, spare = at(buffer, PLACES * wide), at(buffer, PLACES * (wide + tile_rows()))
    gw = values(frame[slot(step, GW)])
    for f in range(first, stop):
        fill(at(gw, f * size + k), count, real(0))
    for sample in range(step[BATCH]):
        x = at(values(frame[0]), input_plane(step, sample, first, 0) * step[HEIGHT] * step[WIDTH])
        for start in range(0, places, PLACES):
            if cancelled(cancel):
                return
            depth = min(PLACES, places - start)
            gather_across(step, x, k, count, width, start, start + depth, buffer)
            for f in range(first, stop, tile_rows()):
                rows = min(tile_rows(), stop - f)
                for r in range(rows):
                    source = (sample * step[FILTERS] + f + r) * places + start
                    copy_masked(step, frame, source, depth, at(packed, r * depth))
                fill(at(packed, rows * depth), (tile_rows() - rows) * depth, real(0))
                multiply(depth, packed, depth, 1, buffer, width, at(gw, f * size + k), size, rows, count, spare)
    for f in range(first, stop):
        if has_nan(at(gw, f * size + k), count):
            again(step, frame, f, k, count, at(gw, f * size + k))


@routine
def again(step: Integers, frame: Integers, f: int, k: int, count: int, gw: Values) -> None:
    """Compute again those of `count` weight gradients that are NaN."""
    kernel_columns, taps = step[KERNEL_COLUMNS], step[KERNEL_ROWS] * step[KERNEL_COLUMNS]
    for i in range(count):
        if gw[i] != gw[i]:
            tap = (k + i) % taps
            gw[i] = plain_weight(step, frame, f, (k + i) // taps, tap // kernel_columns, tap % kernel_columns)


@routine
def gather_across(
    step: Integers, x: Values, k: int, count: int, width: int, start: int, end: int, panel: Values
) -> None:
    """panel[place, k]: `gather` with rows and columns exchanged, for places `start` … `end − 1`."""
    kernel_columns, taps, columns = step[KERNEL_COLUMNS], step[KERNEL_ROWS] * step[KERNEL_COLUMNS], step[COLUMNS]
    stride, in_width = step[STRIDE_COLUMNS], step[WIDTH]
    for i in range(width):
        tap = (k + i) % taps
        offset = start_column(step, 0) + tap % kernel_columns * step[DILATION_COLUMNS]
        first, stop = first_inside(offset, stride), stop_inside(offset, stride, in_width, columns)
        for j in range(start // columns, (end - 1) // columns + 1):
            row = start_row(step, j) + tap // kernel_columns * step[DILATION_ROWS]
            left, right = max(0, start - j * columns), min(columns, end - j * columns)
            low, high = max(left, first), min(right, stop)
            if i >= count or not 0 <= row < step[HEIGHT] or high < low:
                low, high = right, right
            source = at(x, (((k + i) // taps) * step[HEIGHT] + row) * in_width + offset)
            target = at(panel, (j * columns - start) * width + i)
            for column in range(left, low):
                target[column * width] = real(0)
            for column in range(low, high):
                target[column * width] = source[column * stride]
            for column in range(high, right):
                target[column * width] = real(0)
