"""Window products whose kernels take turns: the places of one kernel are a convolution of longer strides.

Each kernel's windows are gathered into panels and multiplied by register tiles with its weights where they are, as in
`correlate_blocked.py` and `correlate_backward.py`, whose gathering serves here with a row of the kernel's own.
"""

from cnnbuilder.kernels.correlate_backward import gather_across, scatter
from cnnbuilder.kernels.correlate_blocked import DEPTH, VECTORS, ceil_div, gather, panel_width, touches_padding
from cnnbuilder.kernels.correlate_row import (
    ACCUMULATE,
    BATCH,
    BEFORE_COLUMNS,
    BEFORE_ROWS,
    BIAS,
    CHANNELS,
    COLUMNS,
    FILTERS,
    GROUPS,
    GW,
    GX,
    GY,
    HEIGHT,
    KERNEL_COLUMNS,
    KERNEL_ROWS,
    ROWS,
    STRIDE_COLUMNS,
    STRIDE_ROWS,
    WIDTH,
    Y,
    slot,
)
from cnnbuilder.kernels.native import (
    Integers,
    Values,
    at,
    cancelled,
    helper,
    integers,
    real,
    release,
    reserve,
    routine,
    tile,
    tile_lanes,
    tile_rows,
    values,
)
from cnnbuilder.kernels.rows import fill
from cnnbuilder.kernels.untied_places import bias_gradient, first_row, stop_row
from cnnbuilder.kernels.untied_plain import output_at, plain_output, plain_weight
from cnnbuilder.kernels.untied_row import (
    BANDS,
    CHUNKS,
    OF_FILTER,
    OF_TAP,
    TILE_COLUMNS,
    TILE_ROWS,
    bias_at,
    kernel_at,
    kernel_length,
    places_of,
)

PLACES = 128
"""Places that a panel holds on the way to the weights."""
ROW = 64
"""Room for a kernel's own row of numbers, in values of four bytes."""


@helper
def kernels_down(step: Integers) -> int:
    """How many rows of kernels have places."""
    return min(step[TILE_ROWS], step[ROWS])


@helper
def kernels_across(step: Integers) -> int:
    """How many columns of kernels have places."""
    return min(step[TILE_COLUMNS], step[COLUMNS])


@routine
def own_row(step: Integers, jt: int, kt: int, row: Integers) -> None:
    """The row of the convolution that kernel (jt, kt) does at its places."""
    for number in range(BIAS + 1):
        row[number] = step[number]
    row[ROWS] = (step[ROWS] - jt + step[TILE_ROWS] - 1) // step[TILE_ROWS]
    row[COLUMNS] = (step[COLUMNS] - kt + step[TILE_COLUMNS] - 1) // step[TILE_COLUMNS]
    row[BEFORE_ROWS] = step[BEFORE_ROWS] - jt * step[STRIDE_ROWS]
    row[BEFORE_COLUMNS] = step[BEFORE_COLUMNS] - kt * step[STRIDE_COLUMNS]
    row[STRIDE_ROWS] = step[STRIDE_ROWS] * step[TILE_ROWS]
    row[STRIDE_COLUMNS] = step[STRIDE_COLUMNS] * step[TILE_COLUMNS]


@routine
def multiply(
    depth: int, a: Values, a_row: int, a_step: int, rows: int, b: Values, width: int, c: Values, spare: Values
) -> None:
    """C[r, v] += Σ_k A[r, k] · B[k, v]; C has the rows of a whole tile, of A there may be fewer."""
    if rows == tile_rows():
        tile(width // tile_lanes(), depth, a, a_row, a_step, b, c, width)
        return
    for k in range(depth):
        for r in range(rows):
            spare[k * tile_rows() + r] = a[r * a_row + k * a_step]
        for r in range(rows, tile_rows()):
            spare[k * tile_rows() + r] = real(0)
    tile(width // tile_lanes(), depth, spare, 1, tile_rows(), b, c, width)


@routine
def tiles_forward(step: Integers, frame: Integers, part: int, parts: int, cancel: Integers) -> None:
    """Split over samples, groups, kernels and panels of a kernel's places."""
    rows, wide, filters = tile_rows(), VECTORS * tile_lanes(), step[FILTERS] // step[GROUPS]
    down, across = kernels_down(step), kernels_across(step)
    most = ceil_div(step[ROWS], step[TILE_ROWS]) * ceil_div(step[COLUMNS], step[TILE_COLUMNS])
    panels = ceil_div(most, wide)
    items = step[BATCH] * step[GROUPS] * down * across * panels
    numbers, buffer = reserve(ROW), reserve(DEPTH * (wide + rows) + ceil_div(filters, rows) * rows * wide)
    for item in range(part * items // parts, (part + 1) * items // parts):
        if cancelled(cancel):
            break
        start, rest = item % panels * wide, item // panels
        kernel, unit = rest % (down * across), rest // (down * across)
        own_row(step, kernel // across, kernel % across, integers(numbers))
        if start < places_of(integers(numbers)):
            forward_item(step, integers(numbers), frame, unit, kernel // across, kernel % across, start, values(buffer))
    release(numbers)
    release(buffer)


@routine
def forward_item(
    step: Integers, own: Integers, frame: Integers, unit: int, jt: int, kt: int, start: int, buffer: Values
) -> None:
    """One panel of a kernel's places, for the filters of one group of one sample."""
    rows, wide, length = tile_rows(), VECTORS * tile_lanes(), kernel_length(step)
    filters, sample, group = step[FILTERS] // step[GROUPS], unit // step[GROUPS], unit % step[GROUPS]
    spare, sums = at(buffer, DEPTH * wide), at(buffer, DEPTH * (wide + rows))
    width, count = panel_width(start, places_of(own)), min(wide, places_of(own) - start)
    plane = sample * step[CHANNELS] + group * (step[CHANNELS] // step[GROUPS])
    x = at(values(frame[0]), plane * step[HEIGHT] * step[WIDTH])
    weight = at(values(frame[1]), kernel_at(step, group * filters, jt, kt))
    fill(sums, ceil_div(filters, rows) * rows * width, real(0))
    for k in range(0, length, DEPTH):
        depth = min(DEPTH, length - k)
        gather(own, x, k, depth, start, count, width, buffer)
        for f in range(0, filters, rows):
            a = at(weight, f * step[OF_FILTER] + k * step[OF_TAP])
            number = min(rows, filters - f)
            multiply(depth, a, step[OF_FILTER], step[OF_TAP], number, buffer, width, at(sums, f * width), spare)
    for f in range(filters):
        store(step, own, frame, sample, group * filters + f, jt, kt, start, count, at(sums, f * width))


@routine
def store(
    step: Integers, own: Integers, frame: Integers, sample: int, i: int, jt: int, kt: int, start: int, count: int,
    sums: Values,
) -> None:
    """y = bias + sums at `count` places of a kernel; computed again where padding may have made a NaN."""
    bias = values(frame[2])[bias_at(step, i, jt, kt)] if step[BIAS] else real(0)
    a, b = start // own[COLUMNS], start % own[COLUMNS]
    for lane in range(count):
        j, k = jt + a * step[TILE_ROWS], kt + b * step[TILE_COLUMNS]
        total = bias + sums[lane]
        if total != total and touches_padding(own, a, b):
            total = plain_output(step, frame, sample, i, j, k)
        values(frame[slot(step, Y)])[output_at(step, sample, i, j, k)] = total
        b += 1
        if b == own[COLUMNS]:
            a, b = a + 1, 0


@routine
def tiles_to_input(step: Integers, frame: Integers, part: int, parts: int, cancel: Integers) -> None:
    """Split over samples, groups, chunks of a group's channels (gy is gathered for each), and bands of rows of gx."""
    in_group, height, bands, chunks = step[CHANNELS] // step[GROUPS], step[HEIGHT], step[BANDS], step[CHUNKS]
    wide, filters = VECTORS * tile_lanes(), step[FILTERS] // step[GROUPS]
    numbers, buffer = reserve(ROW), reserve(filters * (wide + tile_rows()) + tile_rows() * wide)
    items = step[BATCH] * step[GROUPS] * chunks * bands
    for item in range(part * items // parts, (part + 1) * items // parts):
        band, chunk, group = item % bands, item // bands % chunks, item // (bands * chunks)
        first, stop = chunk * in_group // chunks, (chunk + 1) * in_group // chunks
        low, high = band * height // bands, (band + 1) * height // bands
        tiles_rows(step, integers(numbers), frame, group * in_group + first, stop - first, low, high, values(buffer),
                   cancel)
    release(numbers)
    release(buffer)


@routine
def tiles_rows(
    step: Integers, own: Integers, frame: Integers, unit: int, count: int, low: int, high: int, buffer: Values,
    cancel: Integers,
) -> None:
    """Rows `low` … `high − 1` of gx, of `count` channels of one sample and group, from `unit` on."""
    wide = VECTORS * tile_lanes()
    if step[ACCUMULATE] & 1 == 0:
        for plane in range(unit, unit + count):
            start = (plane * step[HEIGHT] + low) * step[WIDTH]
            fill(at(values(frame[slot(step, GX)]), start), (high - low) * step[WIDTH], real(0))
    for jt in range(kernels_down(step)):
        for kt in range(kernels_across(step)):
            own_row(step, jt, kt, own)
            stop = stop_row(own, high) * own[COLUMNS]
            # On one grid for every band, so that the sums are taken in the same order whatever the bands.
            for start in range(first_row(own, low) * own[COLUMNS] // wide * wide, stop, wide):
                if cancelled(cancel):
                    return
                input_item(step, own, frame, unit, count, jt, kt, start, low, high, buffer)


@routine
def input_item(
    step: Integers, own: Integers, frame: Integers, unit: int, count: int, jt: int, kt: int, start: int, low: int,
    high: int, buffer: Values,
) -> None:
    """What one panel of a kernel's places gives back to rows `low` … `high − 1` of `count` channels."""
    filters, rows, wide = step[FILTERS] // step[GROUPS], tile_rows(), VECTORS * tile_lanes()
    in_group, taps = step[CHANNELS] // step[GROUPS], step[KERNEL_ROWS] * step[KERNEL_COLUMNS]
    sample, channel = unit // step[CHANNELS], unit % step[CHANNELS]
    base, c = channel // in_group * filters, channel % in_group
    spare, shares = at(buffer, filters * wide), at(buffer, filters * (wide + rows))
    width, number = panel_width(start, places_of(own)), min(wide, places_of(own) - start)
    for f in range(filters):
        gather_gradient(step, own, frame, sample, base + f, jt, kt, start, number, width, at(buffer, f * width))
    weight = at(values(frame[1]), kernel_at(step, base, jt, kt))
    for k in range(c * taps, (c + count) * taps, rows):
        used = min(rows, (c + count) * taps - k)
        fill(shares, rows * width, real(0))
        a = at(weight, k * step[OF_TAP])
        multiply(filters, a, step[OF_TAP], step[OF_FILTER], used, buffer, width, shares, spare)
        for r in range(used):
            plane = sample * step[CHANNELS] + channel - c + (k + r) // taps
            scatter(own, frame, plane, (k + r) % taps, start, start + number, at(shares, r * width), low, high)


@routine
def gather_gradient(
    step: Integers, own: Integers, frame: Integers, sample: int, i: int, jt: int, kt: int, start: int, count: int,
    width: int, target: Values,
) -> None:
    """target = gy of filter `i` at `count` places of a kernel from `start` on, 0 beyond."""
    a, b = start // own[COLUMNS], start % own[COLUMNS]
    lane = 0
    while lane < count:
        run = min(own[COLUMNS] - b, count - lane)
        j, k = jt + a * step[TILE_ROWS], kt + b * step[TILE_COLUMNS]
        gy = at(values(frame[slot(step, GY)]), output_at(step, sample, i, j, k))
        for number in range(run):
            target[lane + number] = gy[number * step[TILE_COLUMNS]]
        lane += run
        a, b = a + 1, 0
    for number in range(count, width):
        target[number] = real(0)


@routine
def tiles_to_weights(step: Integers, frame: Integers, part: int, parts: int, cancel: Integers) -> None:
    """Split over groups, kernels (also those without a place) and panels of a kernel's weights; biases over filters."""
    for i in range(part * step[FILTERS] // parts, (part + 1) * step[FILTERS] // parts):
        bias_gradient(step, frame, i)
    if frame[slot(step, GW)] == 0:
        return
    rows, wide, kernels = tile_rows(), VECTORS * tile_lanes(), step[TILE_ROWS] * step[TILE_COLUMNS]
    panels, filters = ceil_div(kernel_length(step), wide), step[FILTERS] // step[GROUPS]
    numbers, buffer = reserve(ROW), reserve(PLACES * (wide + rows) + ceil_div(filters, rows) * rows * wide)
    items = step[GROUPS] * kernels * panels
    for item in range(part * items // parts, (part + 1) * items // parts):
        if cancelled(cancel):
            break
        first, rest = item % panels * wide, item // panels
        kernel, group = rest % kernels, rest // kernels
        jt, kt = kernel // step[TILE_COLUMNS], kernel % step[TILE_COLUMNS]
        own_row(step, jt, kt, integers(numbers))
        weights_item(step, integers(numbers), frame, group, jt, kt, first, values(buffer), cancel)
    release(numbers)
    release(buffer)


@routine
def weights_item(
    step: Integers, own: Integers, frame: Integers, group: int, jt: int, kt: int, first: int, buffer: Values,
    cancel: Integers,
) -> None:
    """The gradient of one panel of one kernel's weights, from `first` on, for the filters of a group."""
    rows, wide, filters = tile_rows(), VECTORS * tile_lanes(), step[FILTERS] // step[GROUPS]
    packed, sums = at(buffer, PLACES * wide), at(buffer, PLACES * (wide + rows))
    width, count = panel_width(first, kernel_length(step)), min(wide, kernel_length(step) - first)
    fill(sums, ceil_div(filters, rows) * rows * width, real(0))
    for sample in range(step[BATCH]):
        plane = sample * step[CHANNELS] + group * (step[CHANNELS] // step[GROUPS])
        x = at(values(frame[0]), plane * step[HEIGHT] * step[WIDTH])
        for start in range(0, places_of(own), PLACES):
            if cancelled(cancel):
                return
            depth = min(PLACES, places_of(own) - start)
            gather_across(own, x, first, count, width, start, start + depth, buffer)
            for f in range(0, filters, rows):
                used = min(rows, filters - f)
                for r in range(used):
                    i = group * filters + f + r
                    gather_gradient(step, own, frame, sample, i, jt, kt, start, depth, depth, at(packed, r * depth))
                fill(at(packed, used * depth), (rows - used) * depth, real(0))
                tile(width // tile_lanes(), depth, packed, depth, 1, buffer, at(sums, f * width), width)
    for f in range(filters):
        gw = at(values(frame[slot(step, GW)]), kernel_at(step, group * filters + f, jt, kt))
        for i in range(count):
            found = sums[f * width + i]
            if found != found:  # padding may have made it so
                found = plain_weight(step, frame, group * filters + f, jt, kt, first + i)
            gw[(first + i) * step[OF_TAP]] = found
