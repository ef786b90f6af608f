"""Winograd's F(4×4, 3×3): the transforms of maps, kernels and sums, over values that lie side by side.

A tile of 4×4 outputs of a 3×3 convolution is `Aᵀ [ (G g Gᵀ) ⊙ (Bᵀ d B) ] A`: 36 products instead of 144 (S. Winograd,
"Arithmetic complexity of computations", 1980; A. Lavin and S. Gray, "Fast algorithms for convolutional neural
networks", 2016). The matrices are those of Toom and Cook for the points 0, ±3/4, ±3/2, ∞, whose powers float32 holds
exactly: sums over 256 channels of values of unit variance are off by 1e-5 of their deviation at most, where the usual
points 0, ±1, ±2, ∞ are off by 4e-5. The way to the weights is the same product turned round:
`Gᵀ [ Σ (A y Aᵀ) ⊙ (Bᵀ d B) ] G`.

Each transform is done along rows, then along columns, and every one of its lines for many channels at once: maps are
first turned so that the channels of a place lie side by side.
"""

from cnnbuilder.kernels.correlate_blocked import ceil_div
from cnnbuilder.kernels.native import Values, at, real, routine, tile_lanes, turn, turn_masked
from cnnbuilder.kernels.rows import fill

KERNEL, TILE, PATCH = 3, 4, 6
"""Rows and columns of a kernel, of a tile of outputs, and of the patch of inputs that it reads."""
PRODUCTS = PATCH * PATCH
STRIP = 8
"""Tiles beside each other that are turned at once: their rows stay in the first-level cache."""
TURNED = (PATCH * (TILE * STRIP + PATCH - TILE) + 16)
"""Values that a strip's turned rows take for each channel, a block of columns more with it."""

A, B = 0.75, 1.5
A2, B2, A3, B3 = A**2, B**2, A**3, B**3
BOTH, EITHER = A2 * B2, A2 + B2
OF_0, OF_A, OF_B = 1 / BOTH, 1 / (2 * A2 * (A2 - B2)), 1 / (2 * B2 * (B2 - A2))


@routine
def lift_patch(source: Values, apart: int, target: Values, target_apart: int, count: int) -> None:
    """target = Bᵀ · source: six lines of `count` values become six."""
    s1, s2, s3 = at(source, apart), at(source, 2 * apart), at(source, 3 * apart)
    s4, s5 = at(source, 4 * apart), at(source, 5 * apart)
    t1, t2, t3 = at(target, target_apart), at(target, 2 * target_apart), at(target, 3 * target_apart)
    t4, t5 = at(target, 4 * target_apart), at(target, 5 * target_apart)
    for i in range(count):
        d1, d2, d3, d4 = s1[i], s2[i], s3[i], s4[i]
        even, odd = d4 - real(B2) * d2, real(A) * (d3 - real(B2) * d1)
        even_b, odd_b = d4 - real(A2) * d2, real(B) * (d3 - real(A2) * d1)
        target[i] = real(BOTH) * source[i] - real(EITHER) * d2 + d4
        t1[i] = even + odd
        t2[i] = even - odd
        t3[i] = even_b + odd_b
        t4[i] = even_b - odd_b
        t5[i] = real(BOTH) * d1 - real(EITHER) * d3 + s5[i]


@routine
def lower_tile(source: Values, apart: int, target: Values, target_apart: int, count: int) -> None:
    """target = Aᵀ · source: six lines become four."""
    s1, s2, s3 = at(source, apart), at(source, 2 * apart), at(source, 3 * apart)
    s4, s5 = at(source, 4 * apart), at(source, 5 * apart)
    t1, t2, t3 = at(target, target_apart), at(target, 2 * target_apart), at(target, 3 * target_apart)
    for i in range(count):
        sum_a, difference_a = s1[i] + s2[i], s1[i] - s2[i]
        sum_b, difference_b = s3[i] + s4[i], s3[i] - s4[i]
        target[i] = source[i] + sum_a + sum_b
        t1[i] = real(A) * difference_a + real(B) * difference_b
        t2[i] = real(A2) * sum_a + real(B2) * sum_b
        t3[i] = real(A3) * difference_a + real(B3) * difference_b + s5[i]


@routine
def lift_kernel(source: Values, apart: int, target: Values, target_apart: int, count: int) -> None:
    """target = G · source: three lines become six."""
    s1, s2 = at(source, apart), at(source, 2 * apart)
    t1, t2, t3 = at(target, target_apart), at(target, 2 * target_apart), at(target, 3 * target_apart)
    t4, t5 = at(target, 4 * target_apart), at(target, 5 * target_apart)
    for i in range(count):
        g0, g1, g2 = source[i], s1[i], s2[i]
        even, odd = real(OF_A) * (g0 + real(A2) * g2), real(A * OF_A) * g1
        even_b, odd_b = real(OF_B) * (g0 + real(B2) * g2), real(B * OF_B) * g1
        target[i] = real(OF_0) * g0
        t1[i] = even + odd
        t2[i] = even - odd
        t3[i] = even_b + odd_b
        t4[i] = even_b - odd_b
        t5[i] = g2


@routine
def lower_kernel(source: Values, apart: int, target: Values, target_apart: int, count: int) -> None:
    """target = Gᵀ · source: six lines become three."""
    s1, s2, s3 = at(source, apart), at(source, 2 * apart), at(source, 3 * apart)
    s4, s5 = at(source, 4 * apart), at(source, 5 * apart)
    t1, t2 = at(target, target_apart), at(target, 2 * target_apart)
    for i in range(count):
        sum_a, difference_a = real(OF_A) * (s1[i] + s2[i]), real(OF_A) * (s1[i] - s2[i])
        sum_b, difference_b = real(OF_B) * (s3[i] + s4[i]), real(OF_B) * (s3[i] - s4[i])
        target[i] = real(OF_0) * source[i] + sum_a + sum_b
        t1[i] = real(A) * difference_a + real(B) * difference_b
        t2[i] = real(A2) * sum_a + real(B2) * sum_b + s5[i]


@routine
def lift_tile(source: Values, apart: int, target: Values, target_apart: int, count: int) -> None:
    """target = A · source: four lines become six."""
    s1, s2, s3 = at(source, apart), at(source, 2 * apart), at(source, 3 * apart)
    t1, t2, t3 = at(target, target_apart), at(target, 2 * target_apart), at(target, 3 * target_apart)
    t4, t5 = at(target, 4 * target_apart), at(target, 5 * target_apart)
    for i in range(count):
        y0, y1, y2, y3 = source[i], s1[i], s2[i], s3[i]
        even, odd = y0 + real(A2) * y2, real(A) * y1 + real(A3) * y3
        even_b, odd_b = y0 + real(B2) * y2, real(B) * y1 + real(B3) * y3
        target[i] = y0
        t1[i] = even + odd
        t2[i] = even - odd
        t3[i] = even_b + odd_b
        t4[i] = even_b - odd_b
        t5[i] = y3


@routine
def turn_row(
    row: Values, mask: Values, masked: int, plane: int, count: int, channels: int, behind: int, target: Values
) -> None:
    """target[i, c] = row[c, i], `count` columns of planes of `plane` values: what lay along a row lies along channels.
    With `masked` it is 0 where the mask is not positive.

    Whole blocks are turned in registers while `behind` values may be read from the row's start on; then `target`
    holds up to a block of columns more than `count`, of no meaning.
    """
    lanes, whole = tile_lanes(), 0
    blocks = ceil_div(count, lanes) * lanes
    while whole + lanes <= channels and (whole + lanes - 1) * plane + blocks <= behind:
        for i in range(0, count, lanes):
            start, block = whole * plane + i, at(target, i * channels + whole)
            if masked:
                turn_masked(at(row, start), at(mask, start), plane, block, channels)
            else:
                turn(at(row, start), plane, block, channels)
        whole += lanes
    for c in range(whole, channels):
        source, other = at(row, c * plane), at(mask, c * plane)
        for i in range(count):
            target[i * channels + c] = real(0) if masked and other[i] <= 0 else source[i]


@routine
def turn_patch(
    planes: Values, mask: Values, masked: int, height: int, width: int, row: int, column: int, rows: int, columns: int,
    channels: int, behind: int, target: Values,
) -> None:
    """target[i, j, c] = planes[c, row + i, column + j], 0 outside; `behind` values may be read from `planes` on.

    `target` has room for a block of columns more.
    """
    low, high = max(0, -column), max(0, min(columns, width - column))
    low = min(low, high)
    for i in range(rows):
        line = at(target, i * columns * channels)
        if 0 <= row + i < height:
            start = (row + i) * width + column + low
            turn_row(at(planes, start), at(mask, start), masked, height * width, high - low, channels, behind - start,
                     at(line, low * channels))
            fill(line, low * channels, real(0))
            fill(at(line, high * channels), (columns - high) * channels, real(0))
        else:
            fill(line, columns * channels, real(0))


@routine
def lift_patches(
    turned: Values, tiles: int, channels: int, spare: Values, target: Values, apart: int, beside: int
) -> None:
    """target[product, tile, c] = Bᵀ d B for tiles beside each other, from their turned rows; `apart` values lie between
    products, `beside` between tiles."""
    line = (TILE * tiles + PATCH - TILE) * channels
    lift_patch(turned, line, spare, line, line)
    for i in range(PATCH):
        for tile in range(tiles):
            lift_patch(at(spare, i * line + tile * TILE * channels), channels,
                       at(target, i * PATCH * apart + tile * beside), apart, channels)


@routine
def lift_tiles(
    turned: Values, tiles: int, channels: int, spare: Values, target: Values, apart: int, beside: int
) -> None:
    """The same for A y Aᵀ: tiles of outputs do not overlap."""
    line = TILE * tiles * channels
    lift_tile(turned, line, spare, line, line)
    for i in range(PATCH):
        for tile in range(tiles):
            lift_tile(at(spare, i * line + tile * TILE * channels), channels,
                      at(target, i * PATCH * apart + tile * beside), apart, channels)


@routine
def lower_tiles(sums: Values, tiles: int, apart: int, lanes: int, spare: Values, target: Values) -> None:
    """target[i, 4 · tile + j, c] = Aᵀ m A for tiles beside each other; `apart` values lie between products."""
    line = tiles * lanes
    for j in range(PATCH):
        lower_tile(at(sums, j * apart), PATCH * apart, at(spare, j * line), PATCH * line, line)
    for i in range(TILE):
        for t in range(tiles):
            lower_tile(at(spare, i * PATCH * line + t * lanes), line, at(target, (i * tiles + t) * TILE * lanes), lanes,
                       lanes)
