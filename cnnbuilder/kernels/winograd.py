"""3×3 convolution of stride 1 by Winograd's F(4×4, 3×3), forward and to the input: a quarter of the multiplications.

The transforms are in `winograd_transforms.py`. Between them stand 36 products of matrices, one for each place of a
lifted patch: tiles of the map down, filters across, on the register tile. A chunk of tiles is lifted once for all its
filters; kernels are lifted 48 filters and 64 channels at a time, where they are used: reading lifted ones, four times
the weights, from memory would take longer than making them. The way to the input is the same with filters and channels
exchanged and kernels turned by half a turn.

An infinite value meets others of its patch in the transforms, and so do values near the largest: what is not finite is
computed again by the plain sum.

On two cores of a Zen 4 the five sizes of VGG take 10.2, 7.8, 7.2, 7.5 and 2.7 ms, the direct sums 18.8, 17.7, 18.1,
19.1 and 4.8 ms.
"""

from cnnbuilder.kernels.correlate_blocked import VECTORS, ceil_div
from cnnbuilder.kernels.correlate_plain import plain_output
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
    GX,
    GY,
    HEIGHT,
    LOCATION,
    RELU,
    ROWS,
    WIDTH,
    Y,
    beginning,
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
    sliding_tile,
    tile,
    tile_lanes,
    tile_rows,
    turn,
    values,
)
from cnnbuilder.kernels.rows import ADD, combine, fill
from cnnbuilder.kernels.turns import TURNS, alone, plain_input
from cnnbuilder.kernels.winograd_transforms import (
    KERNEL,
    PATCH,
    PRODUCTS,
    STRIP,
    TILE,
    TURNED,
    lift_kernel,
    lift_patches,
    lower_tiles,
    turn_patch,
)

TAPS = KERNEL * KERNEL
DEEP = 64
"""Channels whose kernels are lifted at once."""
AT_ONCE = 8
"""Channels of those whose taps are turned at once."""
MOST = 64
"""Tiles of a chunk at most."""
ROOM = 1 << 20
"""Values of a lifted chunk at most: 4 MB of the last-level cache, from which each is read once for 48 filters."""
SPARE = 16
"""Values between the rows of a lifted chunk, so that rows of 4 KB do not all fall on one line of the cache."""


@helper
def source_channels(step: Integers, backward: int) -> int:
    """The channels that one group's sums run over."""
    return (step[FILTERS] if backward else step[CHANNELS]) // step[GROUPS]


@helper
def result_channels(step: Integers, backward: int) -> int:
    """The channels of one group that come out."""
    return (step[CHANNELS] if backward else step[FILTERS]) // step[GROUPS]


@helper
def tiles_down(step: Integers, backward: int) -> int:
    """Tiles in a column of the result."""
    return ceil_div(step[HEIGHT] if backward else step[ROWS], TILE)


@helper
def tiles_across(step: Integers, backward: int) -> int:
    """Tiles in a row of the result."""
    return ceil_div(step[WIDTH] if backward else step[COLUMNS], TILE)


@helper
def share(total: int, number: int, of: int) -> int:
    """Where share `number` of `of` nearly equal ones begins."""
    return number * total // of


@routine
def chunk_count(deep: int, strips: int, widest: int, parts: int) -> int:
    """Into how many chunks the strips of `widest` tiles fall: enough for the room, and as many for each part."""
    most = max(STRIP, min(MOST, ROOM // (PRODUCTS * deep)))
    chunks = ceil_div(strips * widest, most)
    if chunks > 1:
        chunks = ceil_div(chunks, parts) * parts
    return min(strips, chunks)


@routine
def winograd(step: Integers, frame: Integers, backward: int, part: int, parts: int, cancel: Integers) -> None:
    """Split over groups and chunks of tiles, and over filters where those are few."""
    deep, wide, lanes = source_channels(step, backward), result_channels(step, backward), tile_lanes()
    beside = ceil_div(tiles_across(step, backward), STRIP)
    strips = step[BATCH] * tiles_down(step, backward) * beside
    widest = ceil_div(tiles_across(step, backward), beside)
    chunks, vectors = chunk_count(deep, strips, widest, parts), ceil_div(wide, lanes)
    pieces = min(vectors, ceil_div(parts, chunks * step[GROUPS]))
    room = ceil_div(ceil_div(strips, chunks) * widest, tile_rows()) * tile_rows()
    pitch, most = deep + SPARE, min(DEEP, deep)
    turned = TURNED * most
    width = min(VECTORS, vectors) * lanes
    turning = max(2 * turned, (TAPS + PATCH * KERNEL) * AT_ONCE * width)
    turning = max(turning, (PATCH * TILE + TILE * TILE) * STRIP * width + (TILE * STRIP + lanes) * (width + lanes))
    numbers = reserve(2 * DEEP)
    offsets, tiles = integers(numbers), 0
    buffer = reserve(PRODUCTS * (room * pitch + most * width + room * width) + turning)
    lifted = values(buffer)
    kernels = at(lifted, PRODUCTS * room * pitch)
    sums = at(kernels, PRODUCTS * most * width)
    spare, items, held = at(sums, PRODUCTS * room * width), step[GROUPS] * chunks * pieces, -1
    for item in range(share(items, part, parts), share(items, part + 1, parts)):
        piece, chunk, group = item % pieces, item // pieces % chunks, item // pieces // chunks
        first, stop = share(strips, chunk, chunks), share(strips, chunk + 1, chunks)
        if item // pieces != held:
            tiles = lift_chunk(step, frame, backward, group, first, stop, room, pitch, lifted, spare)
            held = item // pieces
        start, end = share(vectors, piece, pieces), share(vectors, piece + 1, pieces)
        panels = ceil_div(end - start, VECTORS)
        for panel in range(panels):
            if cancelled(cancel):
                break
            left = (start + share(end - start, panel, panels)) * lanes
            right = (start + share(end - start, panel + 1, panels)) * lanes
            lay_rows(offsets, min(DEEP, deep), right - left)
            multiply_panel(step, frame, backward, group, left, right - left, tiles, room, pitch, offsets, lifted,
                           kernels, sums, spare)
            lower_chunk(step, frame, backward, group, left, right - left, first, stop, room, sums, spare)
    release(numbers)
    release(buffer)


@routine
def lay_rows(offsets: Integers, rows: int, width: int) -> None:
    """Where rows of `width` values begin."""
    for row in range(rows):
        offsets[row] = row * width


@helper
def first_tile(step: Integers, backward: int, strip: int) -> int:
    """The number of a strip's first tile in its row."""
    beside = ceil_div(tiles_across(step, backward), STRIP)
    return share(tiles_across(step, backward), strip % beside, beside)


@helper
def tiles_of(step: Integers, backward: int, strip: int) -> int:
    """How many tiles a strip has."""
    beside = ceil_div(tiles_across(step, backward), STRIP)
    return share(tiles_across(step, backward), strip % beside + 1, beside) - first_tile(step, backward, strip)


@helper
def line_of(step: Integers, backward: int, strip: int) -> int:
    """The row of tiles of a strip, counted through all samples."""
    return strip // ceil_div(tiles_across(step, backward), STRIP)


@routine
def lift_chunk(
    step: Integers, frame: Integers, backward: int, group: int, first: int, stop: int, room: int, pitch: int,
    lifted: Values, spare: Values,
) -> int:
    """lifted[product, tile, channel] of the strips `first` … `stop − 1`, and how many tiles they have."""
    deep = source_channels(step, backward)
    height, width = step[ROWS] if backward else step[HEIGHT], step[COLUMNS] if backward else step[WIDTH]
    up = PATCH - TILE - step[BEFORE_ROWS] if backward else step[BEFORE_ROWS]
    before = PATCH - TILE - step[BEFORE_COLUMNS] if backward else step[BEFORE_COLUMNS]
    masked = 1 if backward and step[RELU] else 0
    source = values(frame[slot(step, GY)]) if backward else values(frame[0])
    mask = values(frame[slot(step, Y)]) if masked else source
    row_of_tiles = tiles_down(step, backward)
    turned = at(spare, TURNED * min(DEEP, deep))
    total = step[BATCH] * step[GROUPS] * deep * height * width
    position = 0
    for strip in range(first, stop):
        line, tiles = line_of(step, backward, strip), tiles_of(step, backward, strip)
        row, column = line % row_of_tiles * TILE - up, first_tile(step, backward, strip) * TILE - before
        plane = (line // row_of_tiles * step[GROUPS] + group) * deep
        for c in range(0, deep, DEEP):
            channels = min(DEEP, deep - c)
            start = (plane + c) * height * width
            turn_patch(at(source, start), at(mask, start), masked, height, width, row, column, PATCH,
                       TILE * tiles + PATCH - TILE, channels, total - start, turned)
            lift_patches(turned, tiles, channels, spare, at(lifted, position * pitch + c), room * pitch, pitch)
        position += tiles
    return position


@routine
def multiply_panel(
    step: Integers, frame: Integers, backward: int, group: int, left: int, width: int, tiles: int, room: int,
    pitch: int, offsets: Integers, lifted: Values, kernels: Values, sums: Values, spare: Values,
) -> None:
    """sums[product, tile, filter] = Σ_c lifted[product, tile, c] · kernels[product, c, filter] of `width` filters."""
    deep, rows, vectors = source_channels(step, backward), tile_rows(), width // tile_lanes()
    for c in range(0, deep, DEEP):
        channels = min(DEEP, deep - c)
        lift_kernels(step, frame, backward, group, left, width, c, channels, kernels, spare)
        for product in range(PRODUCTS):
            panel = at(kernels, product * channels * width)
            for t in range(product * room, product * room + tiles, rows):
                a, target = at(lifted, t * pitch + c), at(sums, t * width)
                if c == 0:
                    sliding_tile(vectors, channels, a, pitch, 1, panel, offsets, target, width)
                else:
                    tile(vectors, channels, a, pitch, 1, panel, target, width)


@routine
def lift_kernels(
    step: Integers, frame: Integers, backward: int, group: int, left: int, width: int, first: int, channels: int,
    target: Values, spare: Values,
) -> None:
    """target[product, c, filter] = G g Gᵀ of `channels` channels from `first` on and `width` filters from `left` on."""
    in_group, wide = step[CHANNELS] // step[GROUPS], result_channels(step, backward)
    base = at(values(frame[1]), group * (step[FILTERS] // step[GROUPS]) * in_group * TAPS)
    used = min(width, wide - left)
    for c in range(0, channels, AT_ONCE):
        number = min(AT_ONCE, channels - c)
        line = number * width
        if used < width:
            fill(spare, TAPS * line, real(0))
        if backward:
            for k in range(number):
                source = at(base, ((first + c + k) * in_group + left) * TAPS)
                for f in range(used):
                    for tap in range(TAPS):
                        spare[(TAPS - 1 - tap) * line + k * width + f] = source[f * TAPS + tap]
        else:
            source = at(base, (left * in_group + first + c) * TAPS)
            turn_kernels(source, in_group * TAPS, used, number, line, width, spare)
        between = at(spare, TAPS * line)
        for n in range(KERNEL):
            lift_kernel(at(spare, n * line), KERNEL * line, at(between, n * line), KERNEL * line, line)
        for i in range(PATCH):
            lift_kernel(at(between, i * KERNEL * line), line,
                        at(target, (i * PATCH * channels + c) * width), channels * width, line)


@routine
def turn_kernels(
    source: Values, apart: int, used: int, number: int, line: int, width: int, target: Values
) -> None:
    """target[tap, c, filter] = source[filter, c, tap] of `number` channels and `used` filters."""
    lanes, whole, length = tile_lanes(), 0, number * TAPS
    block = at(target, TAPS * line)
    while whole + lanes <= used and length >= lanes:
        for first in range(0, length, lanes):
            # The last block goes back over the one before, so that nothing behind the kernels is read.
            begin = min(first, length - lanes)
            turn(at(source, whole * apart + begin), apart, block, lanes)
            for i in range(lanes):
                k, tap = (begin + i) // TAPS, (begin + i) % TAPS
                row = at(target, tap * line + k * width + whole)
                for f in range(lanes):
                    row[f] = block[i * lanes + f]
        whole += lanes
    for f in range(whole, used):
        for k in range(number):
            for tap in range(TAPS):
                target[tap * line + k * width + f] = source[f * apart + k * TAPS + tap]


@routine
def lower_chunk(
    step: Integers, frame: Integers, backward: int, group: int, left: int, width: int, first: int, stop: int, room: int,
    sums: Values, spare: Values,
) -> None:
    """The results of `width` filters from `left` on, of the strips `first` … `stop − 1`."""
    wide = result_channels(step, backward)
    rows, columns = step[HEIGHT] if backward else step[ROWS], step[WIDTH] if backward else step[COLUMNS]
    lanes, row_of_tiles, position = tile_lanes(), tiles_down(step, backward), 0
    used, pitch = min(width, wide - left), TILE * STRIP + lanes
    turned = spare
    between = at(spare, pitch * (width + lanes))
    for strip in range(first, stop):
        line, tiles = line_of(step, backward, strip), tiles_of(step, backward, strip)
        tops, k = line % row_of_tiles * TILE, first_tile(step, backward, strip) * TILE
        lowered = at(between, PATCH * TILE * tiles * width)
        lower_tiles(at(sums, position * width), tiles, room * width, width, between, lowered)
        finite = all_finite(lowered, TILE * TILE * tiles * width)
        plane = (line // row_of_tiles * step[GROUPS] + group) * wide + left
        for i in range(min(TILE, rows - tops)):
            for f in range(0, width, lanes):
                for place in range(0, TILE * tiles, lanes):
                    source = at(lowered, (i * TILE * tiles + place) * width + f)
                    turn(source, width, at(turned, f * pitch + place), pitch)
            for f in range(used):
                finish(step, frame, backward, plane + f, tops + i, k, min(TILE * tiles, columns - k), finite,
                       at(turned, f * pitch))
        position += tiles


@routine
def all_finite(row: Values, count: int) -> int:
    """Whether no value is infinite or NaN."""
    found = 0
    for i in range(count):
        found |= 0 if row[i] - row[i] == 0 else 1
    return 1 - found


@routine
def finish(
    step: Integers, frame: Integers, backward: int, plane: int, j: int, k: int, count: int, finite: int, row: Values
) -> None:
    """A row of the result from its sums: bias and epilogue, stored or added."""
    each = backward == 0 and step[BIAS] == LOCATION
    columns = step[WIDTH] if backward else step[COLUMNS]
    start = real(0)
    if backward:
        start = beginning(step, frame, plane)
    elif step[BIAS] and not each:
        start = values(frame[2])[plane % step[FILTERS]]
    if each:
        here = (plane % step[FILTERS] * step[ROWS] + j) * step[COLUMNS] + k
        combine(row, at(values(frame[2]), here), count, ADD)
    if not finite:
        again(step, frame, backward, plane, j, k, count, start, row)
    target = values(frame[slot(step, GX if backward else Y)])
    target = at(target, (plane * (step[HEIGHT] if backward else step[ROWS]) + j) * columns + k)
    rectified = step[RELU] if backward == 0 else 0
    store(target, row, count, start, rectified, step[ACCUMULATE] & 1)


@routine
def store(target: Values, row: Values, count: int, start: float, rectified: int, adding: int) -> None:
    """target = row + start, through a ReLU or not, or added to what it holds."""
    if adding:
        for i in range(count):
            v = row[i] + start
            target[i] += real(0) if rectified and v <= 0 else v
    elif rectified:
        for i in range(count):
            v = row[i] + start
            target[i] = real(0) if v <= 0 else v
    else:
        for i in range(count):
            target[i] = row[i] + start


@routine
def again(
    step: Integers, frame: Integers, backward: int, plane: int, j: int, k: int, count: int, start: float, row: Values
) -> None:
    """Sum again, in the order of the formula, what is infinite or NaN; `row` goes without `start`."""
    room = reserve(2 * TURNS)
    turns = integers(room)
    if backward:
        alone(step, turns)
    for i in range(count):
        if row[i] - row[i] != 0:
            if backward:
                row[i] = plain_input(step, turns, frame, plane, j, k + i) - start
            else:
                row[i] = plain_output(step, frame, plane // step[FILTERS], plane % step[FILTERS], j, k + i) - start
    release(room)
