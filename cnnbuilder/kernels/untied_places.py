"""Window products whose every place has a kernel of its own: one window at a time, never a copy of the whole input.

What lies under a row of places is laid in sheets (`sheets.py`); a window is taken from there through a table, and meets
the kernels of all filters at its place, which are read once, by sums made for short rows (`short.py`). To the input a
place's share, `Σ_i gy[i] · K[i]`, is added where its window lies; to the weights a kernel's gradient is
`Σ_n gy[n] · window[n]`. Padding is 0, and 0 · ∞ is NaN where the formula reads nothing: so a NaN that padding may have
made is computed again by the plain sum.
"""

from cnnbuilder.kernels.correlate_blocked import touches_padding
from cnnbuilder.kernels.correlate_row import (
    ACCUMULATE,
    BATCH,
    BEFORE_ROWS,
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
    STRIDE_COLUMNS,
    STRIDE_ROWS,
    WIDTH,
    Y,
    first_inside,
    slot,
    start_column,
    start_row,
    stop_inside,
)
from cnnbuilder.kernels.correlate_sliding import reach_columns, reach_rows, values_at_a_place
from cnnbuilder.kernels.native import (
    Integers,
    Values,
    at,
    blend,
    cancelled,
    dots,
    helper,
    integers,
    real,
    release,
    reserve,
    routine,
    tile_lanes,
    values,
)
from cnnbuilder.kernels.rows import ADD, add_rows, combine, fill
from cnnbuilder.kernels.sheets import SHEET, lay, spread, tap_offsets
from cnnbuilder.kernels.untied_plain import output_at, plain_output, plain_weight
from cnnbuilder.kernels.untied_row import (
    BANDS,
    BIAS_COLUMN,
    BIAS_FILTER,
    BIAS_ROW,
    CHUNKS,
    OF_FILTER,
    TILE_COLUMNS,
    TILE_ROWS,
    kernel_at,
    kernel_length,
    places_of,
)

ROOM = 1 << 15
"""Values of sheets that are held at once, so that they stay in the second-level cache; those of one sample at least."""
FEW = 8
"""Tile columns below which a bias's places are added one by one."""


@helper
def row_size(step: Integers) -> int:
    """Values of the sheets under one row of places, for one sample and group; a few more than there may be."""
    in_group = step[CHANNELS] // step[GROUPS]
    each = values_at_a_place(in_group, step[STRIDE_ROWS], step[STRIDE_COLUMNS], reach_rows(step), reach_columns(step))
    high, wide = 1 + reach_rows(step) // step[STRIDE_ROWS], step[COLUMNS] + reach_columns(step) // step[STRIDE_COLUMNS]
    return each * high * wide + reach_columns(step) + tile_lanes()


@helper
def samples_at_once(step: Integers) -> int:
    """Of how many samples the sheets of a row, or shares of a window, are held."""
    return min(step[BATCH], max(1, ROOM // max(kernel_length(step), row_size(step))))


@routine
def spread_row(
    step: Integers, frame: Integers, sheet: Integers, first: int, count: int, group: int, j: int, sheets: Values
) -> None:
    """The sheets under row `j` of places for `count` samples from `first` on, and behind the layout the offsets."""
    in_group = step[CHANNELS] // step[GROUPS]
    lay(sheet, step[STRIDE_ROWS], step[STRIDE_COLUMNS], reach_rows(step), reach_columns(step), 1, step[COLUMNS],
        start_row(step, j), start_column(step, 0), step[WIDTH])
    tap_offsets(sheet, in_group, step[KERNEL_ROWS], step[KERNEL_COLUMNS], step[DILATION_ROWS], step[DILATION_COLUMNS],
                0, 0, at(sheet, SHEET))
    for n in range(count):
        plane = (first + n) * step[CHANNELS] + group * in_group
        x = at(values(frame[0]), plane * step[HEIGHT] * step[WIDTH])
        spread(sheet, x, in_group, step[HEIGHT], step[WIDTH], at(sheets, n * row_size(step)))


@routine
def take_window(sheets: Values, offsets: Integers, length: int, window: Values) -> None:
    """window[i] = sheets[offsets[i]]."""
    for i in range(length):
        window[i] = sheets[offsets[i]]


@routine
def place_sums(weights: Values, apart: int, filters: int, window: Values, length: int, sums: Values) -> None:
    """sums[i] = K_i · window. The last four filters may take some of those before them once more."""
    if filters < 4:
        for i in range(filters):
            dots(length, at(weights, i * apart), 0, window, at(sums, i), 1)
    else:
        for i in range(0, filters, 4):
            first = min(i, filters - 4)
            dots(length, at(weights, first * apart), apart, window, at(sums, first), 1)


@routine
def places_forward(step: Integers, frame: Integers, part: int, parts: int, cancel: Integers) -> None:
    """Split over groups and places, a row of them after the other."""
    columns, length, room = step[COLUMNS], kernel_length(step), samples_at_once(step)
    numbers, buffer = reserve(2 * (SHEET + length)), reserve(room * row_size(step) + length + step[FILTERS] + 4)
    items = step[GROUPS] * places_of(step)
    item, stop = part * items // parts, (part + 1) * items // parts
    while item < stop:
        row, k = item // columns, item % columns
        end = min(columns, k + stop - item)
        for first in range(0, step[BATCH], room):
            if cancelled(cancel):
                break
            count = min(room, step[BATCH] - first)
            sheets = at(values(buffer), length + step[FILTERS] + 4)
            spread_row(step, frame, integers(numbers), first, count, row // step[ROWS], row % step[ROWS], sheets)
            for n in range(count):
                forward_row(step, frame, at(integers(numbers), SHEET), first + n, row // step[ROWS], row % step[ROWS],
                            k, end, at(sheets, n * row_size(step)), values(buffer))
        item += end - k
    release(numbers)
    release(buffer)


@routine
def forward_row(
    step: Integers, frame: Integers, offsets: Integers, sample: int, group: int, j: int, first: int, stop: int,
    sheets: Values, buffer: Values,
) -> None:
    """Places `first` … `stop − 1` of row `j`, for all filters of a group of one sample."""
    filters, places, length = step[FILTERS] // step[GROUPS], places_of(step), kernel_length(step)
    base, apart, sums = group * filters, step[OF_FILTER], at(buffer, length)
    for k in range(first, stop):
        place = j * step[COLUMNS] + k
        take_window(at(sheets, k), offsets, length, buffer)
        place_sums(at(values(frame[1]), base * apart + place * length), apart, filters, buffer, length, sums)
        y = at(values(frame[slot(step, Y)]), (sample * step[FILTERS] + base) * places + place)
        bias = base * step[BIAS_FILTER] + place * step[BIAS_COLUMN]
        for i in range(filters):
            start = values(frame[2])[bias + i * step[BIAS_FILTER]] if step[BIAS] else real(0)
            y[i * places] = start + sums[i]
        if touches_padding(step, j, k):
            mend(step, frame, sample, base, j, k)


@routine
def mend(step: Integers, frame: Integers, sample: int, base: int, j: int, k: int) -> None:
    """Compute again what padding may have made NaN, at one place of the filters of a group."""
    for i in range(base, base + step[FILTERS] // step[GROUPS]):
        y = at(values(frame[slot(step, Y)]), output_at(step, sample, i, j, k))
        if y[0] != y[0]:
            y[0] = plain_output(step, frame, sample, i, j, k)


@routine
def places_to_input(step: Integers, frame: Integers, part: int, parts: int, cancel: Integers) -> None:
    """Split over groups, chunks of a group's channels, and bands of rows of gx."""
    in_group, height, bands, chunks = step[CHANNELS] // step[GROUPS], step[HEIGHT], step[BANDS], step[CHUNKS]
    room = samples_at_once(step)
    buffer = reserve(room * kernel_length(step))
    items = step[GROUPS] * chunks * bands
    for item in range(part * items // parts, (part + 1) * items // parts):
        band, chunk, group = item % bands, item // bands % chunks, item // (bands * chunks)
        first, stop = chunk * in_group // chunks, (chunk + 1) * in_group // chunks
        low, high = band * height // bands, (band + 1) * height // bands
        input_rows(step, frame, group * in_group + first, stop - first, low, high, values(buffer), room, cancel)
    release(buffer)


@routine
def input_rows(
    step: Integers, frame: Integers, channel: int, count: int, low: int, high: int, shares: Values, room: int,
    cancel: Integers,
) -> None:
    """Rows `low` … `high − 1` of gx of `count` channels of one group, of every sample."""
    clear_rows(step, frame, channel, count, low, high)
    group, filters = channel // (step[CHANNELS] // step[GROUPS]), step[FILTERS] // step[GROUPS]
    taps, places = step[KERNEL_ROWS] * step[KERNEL_COLUMNS], places_of(step)
    skipped = channel % (step[CHANNELS] // step[GROUPS]) * taps
    for j in range(first_row(step, low), stop_row(step, high)):
        if cancelled(cancel):
            return
        for k in range(step[COLUMNS]):
            kernels = at(values(frame[1]), (j * step[COLUMNS] + k) * kernel_length(step) + skipped)
            for first in range(0, step[BATCH], room):
                number = min(room, step[BATCH] - first)
                weight = at(kernels, group * filters * step[OF_FILTER])
                for n in range(number):
                    gy = at(values(frame[slot(step, GY)]), output_at(step, first + n, group * filters, j, k))
                    blend(count * taps, filters, weight, step[OF_FILTER], gy, places, at(shares, n * count * taps))
                for n in range(number):
                    plane = (first + n) * step[CHANNELS] + channel
                    add_window(step, frame, plane, count, j, k, at(shares, n * count * taps), low, high)


@routine
def clear_rows(step: Integers, frame: Integers, channel: int, count: int, low: int, high: int) -> None:
    """gx = 0 in rows `low` … of `count` channels of every sample, unless it is added to."""
    if step[ACCUMULATE] & 1 == 0:
        for n in range(step[BATCH]):
            for c in range(channel, channel + count):
                start = ((n * step[CHANNELS] + c) * step[HEIGHT] + low) * step[WIDTH]
                fill(at(values(frame[slot(step, GX)]), start), (high - low) * step[WIDTH], real(0))


@helper
def first_row(step: Integers, low: int) -> int:
    """The first output row whose window can reach input row `low`."""
    offset = low + step[BEFORE_ROWS] - (step[KERNEL_ROWS] - 1) * step[DILATION_ROWS]
    return max(0, (offset + step[STRIDE_ROWS] - 1) // step[STRIDE_ROWS])


@helper
def stop_row(step: Integers, high: int) -> int:
    """One past the last output row whose window begins before input row `high`."""
    return min(step[ROWS], (high - 1 + step[BEFORE_ROWS]) // step[STRIDE_ROWS] + 1)


@routine
def add_window(
    step: Integers, frame: Integers, plane: int, channels: int, j: int, k: int, shares: Values, top: int, bottom: int
) -> None:
    """Add shares[c, m, n] to what lies under the taps at place (j, k), in rows `top` … of planes of gx."""
    taps, dilation, width = step[KERNEL_COLUMNS], step[DILATION_COLUMNS], step[WIDTH]
    left = start_column(step, k)
    low, high = first_inside(left, dilation), stop_inside(left, dilation, width, taps)
    for c in range(channels):
        for m in range(step[KERNEL_ROWS]):
            row = start_row(step, j) + m * step[DILATION_ROWS]
            if top <= row < bottom:
                source = at(shares, (c * step[KERNEL_ROWS] + m) * taps)
                line = at(values(frame[slot(step, GX)]), ((plane + c) * step[HEIGHT] + row) * width + left)
                for n in range(low, high):
                    line[n * dilation] += source[n]


@routine
def places_to_weights(step: Integers, frame: Integers, part: int, parts: int, cancel: Integers) -> None:
    """Split over groups and places; the biases over filters."""
    filters, places, length = step[FILTERS] // step[GROUPS], places_of(step), kernel_length(step)
    for i in range(part * step[FILTERS] // parts, (part + 1) * step[FILTERS] // parts):
        bias_gradient(step, frame, i)
    if frame[slot(step, GW)] == 0:
        return
    columns, room = step[COLUMNS], samples_at_once(step)
    numbers, buffer = reserve(2 * (SHEET + length)), reserve(room * (row_size(step) + length))
    items = step[GROUPS] * places
    item, stop = part * items // parts, (part + 1) * items // parts
    while item < stop:
        row, low = item // columns, item % columns
        high = min(columns, low + stop - item)
        group, j = row // step[ROWS], row % step[ROWS]
        for first in range(0, step[BATCH], room):
            if cancelled(cancel):
                break
            count = min(room, step[BATCH] - first)
            sheets = at(values(buffer), room * length)
            spread_row(step, frame, integers(numbers), first, count, group, j, sheets)
            for k in range(low, high):
                for n in range(count):
                    take_window(at(sheets, n * row_size(step) + k), at(integers(numbers), SHEET), length,
                                at(values(buffer), n * length))
                for i in range(group * filters, (group + 1) * filters):
                    place = j * columns + k
                    gw = at(values(frame[slot(step, GW)]), place * length + i * step[OF_FILTER])
                    gy = at(values(frame[slot(step, GY)]), (first * step[FILTERS] + i) * places + place)
                    add_kernel(gw, values(buffer), length, gy, step[FILTERS] * places, count, first)
        for k in range(low, high):
            if touches_padding(step, j, k):
                for i in range(group * filters, (group + 1) * filters):
                    mend_kernel(step, frame, i, j, k)
        item += high - low
    release(numbers)
    release(buffer)


@routine
def add_kernel(gw: Values, windows: Values, length: int, gy: Values, gy_step: int, count: int, before: int) -> None:
    """The gradient of one kernel: what `count` samples add to it; where there were none before, they begin it."""
    if before == 0:
        blend(length, count, windows, length, gy, gy_step, gw)
        return
    for n in range(0, count, 4):
        add_rows(gw, at(windows, n * length), length, at(gy, n * gy_step), gy_step, min(4, count - n), length)


@routine
def mend_kernel(step: Integers, frame: Integers, i: int, j: int, k: int) -> None:
    """Compute again those gradients of one place's kernel that padding may have made NaN."""
    gw = at(values(frame[slot(step, GW)]), kernel_at(step, i, j, k))
    for tap in range(kernel_length(step)):
        if gw[tap] != gw[tap]:
            gw[tap] = plain_weight(step, frame, i, j, k, tap)


@routine
def bias_gradient(step: Integers, frame: Integers, i: int) -> None:
    """gb of filter `i`: one sum, or one for each of its kernels."""
    if step[BIAS] == 0 or frame[slot(step, GB)] == 0:
        return
    gb = at(values(frame[slot(step, GB)]), i * step[BIAS_FILTER])
    fill(gb, step[BIAS_FILTER], real(0))
    across = step[TILE_COLUMNS] if step[BIAS_COLUMN] else 1
    for sample in range(step[BATCH]):
        for j in range(step[ROWS]):
            gy = at(values(frame[slot(step, GY)]), output_at(step, sample, i, j, 0))
            line = at(gb, j % step[TILE_ROWS] * step[BIAS_ROW])
            if across < FEW:
                for kernel in range(min(across, step[COLUMNS])):
                    total = real(0)
                    for k in range(kernel, step[COLUMNS], across):
                        total += gy[k]
                    line[kernel] += total
            else:
                for k in range(0, step[COLUMNS], across):
                    combine(line, at(gy, k), min(across, step[COLUMNS] - k), ADD)
