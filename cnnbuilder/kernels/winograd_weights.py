"""3×3 convolution of stride 1 by Winograd's F(4×4, 3×3), to the weights: `Gᵀ [ Σ (A gy Aᵀ) ⊙ (Bᵀ x B) ] G`.

The sum runs over tiles: 36 products of matrices, filters down, channels across, tiles along the depth, on the register
tile. Sums of a piece of filters stay in the last-level cache while one chunk of tiles after another is lifted; each
part has channels of its own, so that nothing is added up between threads. The transforms are in
`winograd_transforms.py`; what is not finite is computed again by the plain sum. The five sizes of VGG
take 9.0, 6.7, 6.9, 7.9 and 4.6 ms on two cores of a Zen 4, the direct sums 30, 22, 21, 21 and 6 ms.
"""

from cnnbuilder.kernels.correlate_blocked import VECTORS, ceil_div
from cnnbuilder.kernels.correlate_plain import plain_weight
from cnnbuilder.kernels.correlate_row import (
    BATCH,
    BEFORE_COLUMNS,
    BEFORE_ROWS,
    CHANNELS,
    COLUMNS,
    FILTERS,
    GROUPS,
    GW,
    GY,
    HEIGHT,
    RELU,
    ROWS,
    WIDTH,
    Y,
    slot,
)
from cnnbuilder.kernels.native import (
    Integers,
    Values,
    at,
    cancelled,
    integers,
    real,
    release,
    reserve,
    routine,
    sliding_tile,
    tile,
    tile_lanes,
    tile_rows,
    values,
)
from cnnbuilder.kernels.rows import fill
from cnnbuilder.kernels.winograd import TAPS, first_tile, lay_rows, line_of, share, tiles_across, tiles_down, tiles_of
from cnnbuilder.kernels.winograd_transforms import (
    KERNEL,
    PATCH,
    PRODUCTS,
    STRIP,
    TILE,
    TURNED,
    lift_patches,
    lift_tiles,
    lower_kernel,
    turn_patch,
)

FILTERS_AT_ONCE = 128
"""Filters whose sums are held."""
FEW = 32
"""The same where one chunk is all: sums that are made once stay nearer."""
ROOM = 1 << 20
"""Values of lifted tiles that are held: 4 MB."""
MOST = 128
"""Tiles of a chunk at most."""


@routine
def winograd_to_weights(step: Integers, frame: Integers, part: int, parts: int, cancel: Integers) -> None:
    """Split over groups and channels."""
    in_group, filters, lanes = step[CHANNELS] // step[GROUPS], step[FILTERS] // step[GROUPS], tile_lanes()
    vectors = ceil_div(in_group, lanes)
    pieces = min(vectors, ceil_div(parts, step[GROUPS]))
    wide, high = ceil_div(vectors, pieces) * lanes, min(FILTERS_AT_ONCE, ceil_div(filters, tile_rows()) * tile_rows())
    beside = ceil_div(tiles_across(step, 0), STRIP)
    strips, widest = step[BATCH] * tiles_down(step, 0) * beside, ceil_div(tiles_across(step, 0), beside)
    most = max(STRIP, min(MOST, ROOM // (PRODUCTS * (wide + high))))
    chunks = min(strips, ceil_div(strips * widest, most))
    if chunks == 1:
        high = min(high, FEW)
    room = ceil_div(strips, chunks) * widest
    numbers = reserve(2 * room)
    offsets = integers(numbers)
    turned = TURNED * max(high, VECTORS * lanes)
    turning = max(2 * turned, (PATCH * KERNEL + TAPS) * VECTORS * lanes)
    buffer = reserve(PRODUCTS * (room * (wide + high) + high * wide) + turning)
    x, y = values(buffer), at(values(buffer), PRODUCTS * room * wide)
    sums = at(y, PRODUCTS * room * high)
    spare, items, held = at(sums, PRODUCTS * high * wide), step[GROUPS] * pieces, -1
    for item in range(share(items, part, parts), share(items, part + 1, parts)):
        group, piece = item // pieces, item % pieces
        left, right = share(vectors, piece, pieces) * lanes, share(vectors, piece + 1, pieces) * lanes
        for f in range(0, filters, high):
            number = min(high, filters - f)
            for chunk in range(chunks):
                if cancelled(cancel):
                    break
                first, stop = share(strips, chunk, chunks), share(strips, chunk + 1, chunks)
                tiles = count_tiles(step, first, stop)
                if item * chunks + chunk != held:
                    lift_inputs(step, frame, group, left, right, first, stop, tiles, x, spare)
                    held = item * chunks + chunk
                lift_gradients(step, frame, group, f, number, first, stop, tiles, high, y, spare)
                add_products(right - left, number, tiles, high, chunk, offsets, x, y, sums)
            lower_sums(step, frame, group, left, right - left, f, number, high, sums, spare)
    release(numbers)
    release(buffer)


@routine
def count_tiles(step: Integers, first: int, stop: int) -> int:
    """The tiles of the strips `first` … `stop − 1`."""
    total = 0
    for strip in range(first, stop):
        total += tiles_of(step, 0, strip)
    return total


@routine
def panel_of(width: int, number: int) -> int:
    """Where panel `number` of `width` channels begins: panels are nearly equal, of whole vectors."""
    lanes = tile_lanes()
    return share(width // lanes, number, ceil_div(width // lanes, VECTORS)) * lanes


@routine
def lift_inputs(
    step: Integers, frame: Integers, group: int, left: int, right: int, first: int, stop: int, tiles: int,
    target: Values, spare: Values,
) -> None:
    """target[panel, product, tile, channel] = Bᵀ x B of the channels `left` … `right − 1`, 0 where there are none."""
    in_group, height, width = step[CHANNELS] // step[GROUPS], step[HEIGHT], step[WIDTH]
    turned = at(spare, TURNED * VECTORS * tile_lanes())
    total = step[BATCH] * step[CHANNELS] * height * width
    for number in range(ceil_div((right - left) // tile_lanes(), VECTORS)):
        begin, position = panel_of(right - left, number), 0
        lanes = panel_of(right - left, number + 1) - begin
        channels = min(lanes, in_group - left - begin)
        panel = at(target, PRODUCTS * tiles * begin)
        if channels < lanes:
            fill(panel, PRODUCTS * tiles * lanes, real(0))
        for strip in range(first, stop):
            line, count = line_of(step, 0, strip), tiles_of(step, 0, strip)
            plane = (line // tiles_down(step, 0) * step[GROUPS] + group) * in_group + left + begin
            source = at(values(frame[0]), plane * height * width)
            turn_patch(source, source, 0, height, width, line % tiles_down(step, 0) * TILE - step[BEFORE_ROWS],
                       first_tile(step, 0, strip) * TILE - step[BEFORE_COLUMNS], PATCH, TILE * count + PATCH - TILE,
                       channels, total - plane * height * width, turned)
            lift_patches(turned, count, channels, spare, at(panel, position * lanes), tiles * lanes, lanes)
            position += count


@routine
def lift_gradients(
    step: Integers, frame: Integers, group: int, f: int, number: int, first: int, stop: int, tiles: int, pitch: int,
    target: Values, spare: Values,
) -> None:
    """target[product, tile, filter] = A gy Aᵀ of `number` filters from `f` on."""
    rows, columns, position = step[ROWS], step[COLUMNS], 0
    total = step[BATCH] * step[FILTERS] * rows * columns
    turned = at(spare, TURNED * number)
    source = values(frame[slot(step, GY)])
    mask = values(frame[slot(step, Y)]) if step[RELU] else source
    for strip in range(first, stop):
        line, count = line_of(step, 0, strip), tiles_of(step, 0, strip)
        plane = (line // tiles_down(step, 0) * step[GROUPS] + group) * (step[FILTERS] // step[GROUPS]) + f
        start = plane * rows * columns
        turn_patch(at(source, start), at(mask, start), step[RELU], rows, columns, line % tiles_down(step, 0) * TILE,
                   first_tile(step, 0, strip) * TILE, TILE, TILE * count, number, total - start, turned)
        lift_tiles(turned, count, number, spare, at(target, position * pitch), tiles * pitch, pitch)
        position += count


@routine
def add_products(
    width: int, number: int, tiles: int, high: int, adding: int, offsets: Integers, x: Values, y: Values, sums: Values
) -> None:
    """sums[product, panel, filter, channel] = Σ_tile y[product, tile, filter] · x[panel, product, tile, channel], added
    to what they hold with `adding`."""
    rows = tile_rows()
    for panel in range(ceil_div(width // tile_lanes(), VECTORS)):
        begin = panel_of(width, panel)
        lanes = panel_of(width, panel + 1) - begin
        vectors = lanes // tile_lanes()
        lay_rows(offsets, tiles, lanes)
        for product in range(PRODUCTS):
            b = at(x, (PRODUCTS * begin + product * lanes) * tiles)
            for r in range(0, number, rows):
                a, c = at(y, product * tiles * high + r), at(sums, high * (product * width + begin) + r * lanes)
                if adding:
                    tile(vectors, tiles, a, 1, high, b, c, lanes)
                else:
                    sliding_tile(vectors, tiles, a, 1, high, b, offsets, c, lanes)


@routine
def lower_sums(
    step: Integers, frame: Integers, group: int, left: int, width: int, f: int, number: int, high: int, sums: Values,
    spare: Values,
) -> None:
    """gw of `number` filters from `f` on and of the channels from `left` on."""
    in_group, filters = step[CHANNELS] // step[GROUPS], step[FILTERS] // step[GROUPS]
    for panel in range(ceil_div(width // tile_lanes(), VECTORS)):
        begin = panel_of(width, panel)
        lanes = panel_of(width, panel + 1) - begin
        used, taps = min(lanes, in_group - left - begin), at(spare, PATCH * KERNEL * lanes)
        for r in range(number):
            of_filter = group * filters + f + r
            source = at(sums, high * begin + r * lanes)
            for j in range(PATCH):
                lower_kernel(at(source, j * high * width), PATCH * high * width,
                             at(spare, j * lanes), PATCH * lanes, lanes)
            for i in range(KERNEL):
                lower_kernel(at(spare, i * PATCH * lanes), lanes, at(taps, i * KERNEL * lanes), lanes, lanes)
            gw = at(values(frame[slot(step, GW)]), (of_filter * in_group + left + begin) * TAPS)
            for c in range(used):
                for tap in range(TAPS):
                    gw[c * TAPS + tap] = taps[tap * lanes + c]
            for number_of_weight in range(used * TAPS):
                if gw[number_of_weight] - gw[number_of_weight] != 0:
                    c, tap = number_of_weight // TAPS, number_of_weight % TAPS
                    gw[number_of_weight] = plain_weight(step, frame, of_filter, left + begin + c, tap // KERNEL,
                                                        tap % KERNEL)
