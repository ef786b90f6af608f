"""3×3 convolution of stride 1 by Winograd's F(4×4, 3×3), forward and to the input: a quarter of the multiplications.

The transforms are in `winograd_transforms.py`. Between them stand 36 products of matrices, one for each place of a
lifted patch: tiles of the map down, filters across, on the register tile. A chunk of tiles is lifted once for all its
filters; kernels are lifted 48 filters and 64 channels at a time, where they are used: reading lifted ones, four times
the weights, from memory would take longer than making them. The way to the input is the same with filters and channels
exchanged and kernels turned by half a turn.

An infinite value meets others of its patch in the transforms, and so do values near the largest: what is not finite is
computed again by the plain sum.
"""

from cnnbuilder.kernels.correlate_blocked import VECTORS, ceil_div
from cnnbuilder.kernels.correlate_direct import rectify
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
    tile,
    tile_lanes,
    tile_rows,
    values,
)
from cnnbuilder.kernels.rows import ADD, STORE, combine, combine_one, fill
from cnnbuilder.kernels.turns import TURNS, alone, plain_input
from cnnbuilder.kernels.winograd_transforms import (
    KERNEL,
    PATCH,
    PRODUCTS,
    STRIP,
    TILE,
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
MOST = 128
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
    turned = PATCH * (TILE * STRIP + PATCH - TILE) * most
    width = min(VECTORS, vectors) * lanes
    turning = max(2 * turned, (TAPS + PATCH * KERNEL) * AT_ONCE * width)
    turning = max(turning, (PATCH * TILE + TILE * TILE) * STRIP * width + TILE * STRIP)
    buffer = reserve(PRODUCTS * (room * pitch + most * width + room * width) + turning)
    lifted = values(buffer)
    kernels = at(lifted, PRODUCTS * room * pitch)
    sums = at(kernels, PRODUCTS * most * width)
    spare, items, held = at(sums, PRODUCTS * room * width), step[GROUPS] * chunks * pieces, -1
    for item in range(share(items, part, parts), share(items, part + 1, parts)):
        piece, chunk, group = item % pieces, item // pieces % chunks, item // pieces // chunks
        first, stop = share(strips, chunk, chunks), share(strips, chunk + 1, chunks)
        if item // pieces != held:
            lift_chunk(step, frame, backward, group, first, stop, room, pitch, lifted, spare)
            held = item // pieces
        start, end = share(vectors, piece, pieces), share(vectors, piece + 1, pieces)
        panels = ceil_div(end - start, VECTORS)
        for panel in range(panels):
            if cancelled(cancel):
                break
            left = (start + share(end - start, panel, panels)) * lanes
            right = (start + share(end - start, panel + 1, panels)) * lanes
            multiply_panel(step, frame, backward, group, left, right - left, room, pitch, lifted, kernels, sums, spare)
            lower_chunk(step, frame, backward, group, left, right - left, first, stop, room, sums, spare)
    release(buffer)


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
) -> None:
    """lifted[product, tile, channel] of the strips `first` … `stop − 1`."""
    deep = source_channels(step, backward)
    height, width = step[ROWS] if backward else step[HEIGHT], step[COLUMNS] if backward else step[WIDTH]
    up = PATCH - TILE - step[BEFORE_ROWS] if backward else step[BEFORE_ROWS]
    before = PATCH - TILE - step[BEFORE_COLUMNS] if backward else step[BEFORE_COLUMNS]
    masked = 1 if backward and step[RELU] else 0
    source = values(frame[slot(step, GY)]) if backward else values(frame[0])
    mask = values(frame[slot(step, Y)]) if masked else source
    row_of_tiles = tiles_down(step, backward)
    turned = at(spare, PATCH * (TILE * STRIP + PATCH - TILE) * min(DEEP, deep))
    position = 0
    for strip in range(first, stop):
        line, tiles = line_of(step, backward, strip), tiles_of(step, backward, strip)
        row, column = line % row_of_tiles * TILE - up, first_tile(step, backward, strip) * TILE - before
        plane = (line // row_of_tiles * step[GROUPS] + group) * deep
        for c in range(0, deep, DEEP):
            channels = min(DEEP, deep - c)
            start = (plane + c) * height * width
            turn_patch(at(source, start), at(mask, start), masked, height, width, row, column, PATCH,
                       TILE * tiles + PATCH - TILE, channels, turned)
            lift_patches(turned, tiles, channels, spare, at(lifted, position * pitch + c), room * pitch, pitch)
        position += tiles


@routine
def multiply_panel(
    step: Integers, frame: Integers, backward: int, group: int, left: int, width: int, room: int, pitch: int,
    lifted: Values, kernels: Values, sums: Values, spare: Values,
) -> None:
    """sums[product, tile, filter] = Σ_c lifted[product, tile, c] · kernels[product, c, filter] of `width` filters."""
    deep, rows = source_channels(step, backward), tile_rows()
    fill(sums, PRODUCTS * room * width, real(0))
    for c in range(0, deep, DEEP):
        channels = min(DEEP, deep - c)
        lift_kernels(step, frame, backward, group, left, width, c, channels, kernels, spare)
        for product in range(PRODUCTS):
            panel = at(kernels, product * channels * width)
            for t in range(0, room, rows):
                at_tile = product * room + t
                tile(width // tile_lanes(), channels, at(lifted, at_tile * pitch + c), pitch, 1, panel,
                     at(sums, at_tile * width), width)


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
            for f in range(used):
                source = at(base, ((left + f) * in_group + first + c) * TAPS)
                for k in range(number):
                    for tap in range(TAPS):
                        spare[tap * line + k * width + f] = source[k * TAPS + tap]
        between = at(spare, TAPS * line)
        for n in range(KERNEL):
            lift_kernel(at(spare, n * line), KERNEL * line, at(between, n * line), KERNEL * line, line)
        for i in range(PATCH):
            lift_kernel(at(between, i * KERNEL * line), line,
                        at(target, (i * PATCH * channels + c) * width), channels * width, line)


@routine
def lower_chunk(
    step: Integers, frame: Integers, backward: int, group: int, left: int, width: int, first: int, stop: int, room: int,
    sums: Values, spare: Values,
) -> None:
    """The results of `width` filters from `left` on, of the strips `first` … `stop − 1`."""
    wide = result_channels(step, backward)
    rows, columns = step[HEIGHT] if backward else step[ROWS], step[WIDTH] if backward else step[COLUMNS]
    between, row_of_tiles, position = at(spare, TILE * STRIP), tiles_down(step, backward), 0
    for strip in range(first, stop):
        line, tiles = line_of(step, backward, strip), tiles_of(step, backward, strip)
        tops, k = line % row_of_tiles * TILE, first_tile(step, backward, strip) * TILE
        lowered = at(between, PATCH * TILE * tiles * width)
        lower_tiles(at(sums, position * width), tiles, room * width, width, between, lowered)
        count = min(TILE * tiles, columns - k)
        plane = (line // row_of_tiles * step[GROUPS] + group) * wide + left
        for f in range(min(width, wide - left)):
            for i in range(min(TILE, rows - tops)):
                for t in range(tiles):
                    for j in range(TILE):
                        spare[t * TILE + j] = lowered[((i * TILE + j) * tiles + t) * width + f]
                if backward:
                    finish_input(step, frame, plane + f, tops + i, k, count, spare)
                else:
                    finish_output(step, frame, plane + f, tops + i, k, count, spare)
        position += tiles


@routine
def all_finite(row: Values, count: int) -> int:
    """Whether no value is infinite or NaN."""
    found = 0
    for i in range(count):
        found |= 0 if row[i] - row[i] == 0 else 1
    return 1 - found


@routine
def finish_output(
    step: Integers, frame: Integers, plane: int, j: int, k: int, count: int, row: Values
) -> None:
    """Bias and epilogue of a row of sums, stored or added."""
    sample, f = plane // step[FILTERS], plane % step[FILTERS]
    if step[BIAS] == LOCATION:
        combine(row, at(values(frame[2]), (f * step[ROWS] + j) * step[COLUMNS] + k), count, ADD)
    elif step[BIAS]:
        combine_one(row, values(frame[2])[f], count, ADD)
    if not all_finite(row, count):
        for i in range(count):
            if row[i] - row[i] != 0:
                row[i] = plain_output(step, frame, sample, f, j, k + i)
    if step[RELU]:
        rectify(row, count)
    target = at(values(frame[slot(step, Y)]), (plane * step[ROWS] + j) * step[COLUMNS] + k)
    combine(target, row, count, ADD if step[ACCUMULATE] & 1 else STORE)


@routine
def finish_input(step: Integers, frame: Integers, plane: int, u: int, v: int, count: int, row: Values) -> None:
    """A row of gx, stored or added."""
    combine_one(row, beginning(step, frame, plane), count, ADD)
    if not all_finite(row, count):
        turns = reserve(2 * TURNS)
        alone(step, integers(turns))
        for i in range(count):
            if row[i] - row[i] != 0:
                row[i] = plain_input(step, integers(turns), frame, plane, u, v + i)
        release(turns)
    target = at(values(frame[slot(step, GX)]), (plane * step[HEIGHT] + u) * step[WIDTH] + v)
    combine(target, row, count, ADD if step[ACCUMULATE] & 1 else STORE)
