"""Window products whose every place has a kernel of its own: one window at a time, never a copy of the whole input.

The windows of a few samples at one place are gathered, and meet the kernels of all filters there, which are read once.
To the input a place's share, `Σ_i gy[i] · K[i]`, is added where its window lies; to the weights a kernel's gradient is
`Σ_n gy[n] · window[n]`. Gathered padding is 0, and 0 · ∞ is NaN where the formula reads nothing: so a NaN that padding
may have made is computed again by the plain sum.
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
    STRIDE_ROWS,
    WIDTH,
    Y,
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
    values,
)
from cnnbuilder.kernels.rows import ADD, add_rows, combine, dot, fill
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
    bias_at,
    kernel_at,
    kernel_length,
    places_of,
)

ROOM = 1 << 14
"""Values of windows that are held at once, so that they stay in the second-level cache; one window at least."""
FEW = 8
"""Tile columns below which a bias's places are added one by one."""


@helper
def samples_at_once(step: Integers, length: int) -> int:
    """Of how many samples the windows, `length` values each, are held."""
    return min(step[BATCH], max(1, ROOM // length))


@routine
def gather_window(step: Integers, x: Values, j: int, k: int, channels: int, window: Values) -> None:
    """window[c, m, n] = what lies under the taps at place (j, k) of `channels` planes from `x` on; 0 in padding."""
    taps, dilation = step[KERNEL_COLUMNS], step[DILATION_COLUMNS]
    top, left = start_row(step, j), start_column(step, k)
    low = min(taps, first_inside(left, dilation))
    high = max(low, stop_inside(left, dilation, step[WIDTH], taps))
    for c in range(channels):
        for m in range(step[KERNEL_ROWS]):
            row = top + m * step[DILATION_ROWS]
            line = at(window, (c * step[KERNEL_ROWS] + m) * taps)
            stop = high if 0 <= row < step[HEIGHT] else 0
            if stop > 0:
                source = at(x, (c * step[HEIGHT] + row) * step[WIDTH] + left)
                for n in range(low):
                    line[n] = real(0)
                for n in range(low, stop):
                    line[n] = source[n * dilation]
            for n in range(stop, taps):
                line[n] = real(0)


@routine
def gather_windows(
    step: Integers, frame: Integers, first: int, count: int, group: int, place: int, windows: Values
) -> None:
    """The windows of `count` samples from `first` on, over all channels of a group, at one place."""
    in_group, length = step[CHANNELS] // step[GROUPS], kernel_length(step)
    for n in range(count):
        plane = (first + n) * step[CHANNELS] + group * in_group
        x = at(values(frame[0]), plane * step[HEIGHT] * step[WIDTH])
        gather_window(step, x, place // step[COLUMNS], place % step[COLUMNS], in_group, at(windows, n * length))


@routine
def add_dots(
    target: Values, target_step: int, rows: Values, row_step: int, other: Values, number: int, count: int
) -> None:
    """target[r · target_step] += rows[r] · other, for up to four rows."""
    if number == 4:
        second, third, fourth = at(rows, row_step), at(rows, 2 * row_step), at(rows, 3 * row_step)
        a, b, c, d = real(0), real(0), real(0), real(0)
        for i in range(count):
            v = other[i]
            a += v * rows[i]
            b += v * second[i]
            c += v * third[i]
            d += v * fourth[i]
        target[0] += a
        target[target_step] += b
        target[2 * target_step] += c
        target[3 * target_step] += d
    else:
        for r in range(number):
            target[r * target_step] += dot(at(rows, r * row_step), other, count, 1)


@routine
def places_forward(step: Integers, frame: Integers, part: int, parts: int, cancel: Integers) -> None:
    """Split over groups and places."""
    filters, places, length = step[FILTERS] // step[GROUPS], places_of(step), kernel_length(step)
    room = samples_at_once(step, length)
    buffer = reserve(room * length)
    items = step[GROUPS] * places
    for item in range(part * items // parts, (part + 1) * items // parts):
        if cancelled(cancel):
            break
        place, base = item % places, item // places * filters
        j, k = place // step[COLUMNS], place % step[COLUMNS]
        weights, biases = at(values(frame[1]), kernel_at(step, 0, j, k)), bias_at(step, 0, j, k)
        for first in range(0, step[BATCH], room):
            count = min(room, step[BATCH] - first)
            gather_windows(step, frame, first, count, item // places, place, values(buffer))
            for i in range(base, base + filters, 4):
                number = min(4, base + filters - i)
                weight = at(weights, i * step[OF_FILTER])
                for n in range(count):
                    y = at(values(frame[slot(step, Y)]), output_at(step, first + n, i, j, k))
                    for r in range(number):
                        number_of_bias = biases + (i + r) * step[BIAS_FILTER]
                        y[r * places] = values(frame[2])[number_of_bias] if step[BIAS] else real(0)
                    add_dots(y, places, weight, step[OF_FILTER], at(values(buffer), n * length), number, length)
            mend(step, frame, first, count, base, j, k)
    release(buffer)


@routine
def mend(step: Integers, frame: Integers, first: int, count: int, base: int, j: int, k: int) -> None:
    """Compute again what padding may have made NaN, at one place of the filters of a group."""
    if touches_padding(step, j, k):
        for n in range(first, first + count):
            for i in range(base, base + step[FILTERS] // step[GROUPS]):
                y = at(values(frame[slot(step, Y)]), output_at(step, n, i, j, k))
                if y[0] != y[0]:
                    y[0] = plain_output(step, frame, n, i, j, k)


@routine
def places_to_input(step: Integers, frame: Integers, part: int, parts: int, cancel: Integers) -> None:
    """Split over groups, chunks of a group's channels, and bands of rows of gx."""
    in_group, height, bands, chunks = step[CHANNELS] // step[GROUPS], step[HEIGHT], step[BANDS], step[CHUNKS]
    room = samples_at_once(step, kernel_length(step))
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
            kernels = at(values(frame[1]), kernel_at(step, 0, j, k) + skipped)
            for first in range(0, step[BATCH], room):
                number = min(room, step[BATCH] - first)
                fill(shares, number * count * taps, real(0))
                for i in range(group * filters, (group + 1) * filters, 4):
                    weight = at(kernels, i * step[OF_FILTER])
                    for n in range(number):
                        gy = at(values(frame[slot(step, GY)]), output_at(step, first + n, i, j, k))
                        add_rows(at(shares, n * count * taps), weight, step[OF_FILTER], gy, places,
                                 min(4, (group + 1) * filters - i), count * taps)
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
    room = samples_at_once(step, length)
    buffer = reserve(room * length)
    items = step[GROUPS] * places
    for item in range(part * items // parts, (part + 1) * items // parts):
        if cancelled(cancel):
            break
        place, base = item % places, item // places * filters
        start = kernel_at(step, 0, place // step[COLUMNS], place % step[COLUMNS])
        for first in range(0, step[BATCH], room):
            count = min(room, step[BATCH] - first)
            gather_windows(step, frame, first, count, item // places, place, values(buffer))
            for i in range(base, base + filters):
                gw = at(values(frame[slot(step, GW)]), start + i * step[OF_FILTER])
                gy = at(values(frame[slot(step, GY)]), (first * step[FILTERS] + i) * places + place)
                add_kernel(gw, values(buffer), length, gy, step[FILTERS] * places, count, first)
        if touches_padding(step, place // step[COLUMNS], place % step[COLUMNS]):
            for i in range(base, base + filters):
                mend_kernel(step, frame, i, place // step[COLUMNS], place % step[COLUMNS])
    release(buffer)


@routine
def add_kernel(gw: Values, windows: Values, length: int, gy: Values, gy_step: int, count: int, before: int) -> None:
    """The gradient of one kernel: what `count` samples add to it; where there were none before, they begin it."""
    done = 0
    if before == 0:
        factor, done = gy[0], 1
        for i in range(length):
            gw[i] = factor * windows[i]
    for n in range(done, count, 4):
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
