"""The dense product. One sample is a matrix times a vector and runs at the speed of memory, the weights in place.

Forward: four rows of weights times samples, as dot products; from two samples on as tiles of eight units by all
samples, so that the weights are still read once. Backward to the input adds four rows of weights at a time; to the
weights four samples at a time, for one sample past the caches (`streaming.py`). The 151 MB of AlexNet's first dense
layer are read in 4.0 ms by two threads of a Zen 4, which read that much and only add it up in 4.4 ms.
"""

from cnnbuilder.kernels.native import (
    Integers,
    Values,
    at,
    cancelled,
    dots,
    helper,
    kernel,
    real,
    release,
    reserve,
    routine,
    stream,
    tile,
    tile_lanes,
    tile_rows,
    values,
)
from cnnbuilder.kernels.packing import Packed
from cnnbuilder.kernels.rows import add_rows, fill
from cnnbuilder.operations import Product

X, WEIGHT, BIAS = 0, 1, 2
DEPTH = 256
"""Features of a tile's depth: 256 rows of 48 samples stay in the first-level cache beside eight rows of weights."""
STRIP = 4096
"""Features that a backward loop takes at a time, so that a strip of the result stays in the first-level cache."""
WIDE = 2048
"""Features that a part of the way to the input has at least: shorter pieces of rows come slower from memory."""
MUCH = 1 << 22
"""Weights from which on their gradient does not fit in the caches beside everything else."""


def pack(operation: Product, role: str, batch: int) -> Packed:
    """Row: batch, accumulate, features, units, whether there is a bias."""
    features, units = operation.features, operation.units
    cost = features * units * max(0.25, 0.03 * batch)
    pieces = max(1, features // WIDE) if role == "to_input" else -(-units // 8)
    return Packed((features, units, int(operation.bias)), pieces, cost)


def needs(operation: Product, role: str, dtype: str) -> tuple[str, ...]:
    """The slots that a role reads or writes."""
    if role == "forward":
        return ("x", "weights", "y")
    return ("weights", "gx", "gy") if role == "to_input" else ("x", "gweights", "gy")


@kernel("product_forward", "float64")
def plain_forward(step: Integers, frame: Integers, part: int, parts: int, cancel: Integers) -> None:
    """y[n, u] = b[u] + Σ_f x[n, f] · W[u, f]."""
    batch, features, units, bias = step[0], step[2], step[3], step[4]
    x, weight, y = values(frame[X]), values(frame[WEIGHT]), values(frame[2 + bias])
    for u in range(part * units // parts, (part + 1) * units // parts):
        if cancelled(cancel):
            return
        for n in range(batch):
            total = values(frame[BIAS])[u] if bias else real(0)
            for f in range(features):
                total += x[n * features + f] * weight[u * features + f]
            y[n * units + u] = total


@kernel("product_to_input", "float64")
def plain_to_input(step: Integers, frame: Integers, part: int, parts: int, cancel: Integers) -> None:
    """gx[n, f] (+)= Σ_u gy[n, u] · W[u, f]."""
    batch, features, units, bias = step[0], step[2], step[3], step[4]
    weight, gx, gy = values(frame[WEIGHT]), values(frame[4 + bias]), values(frame[6 + 2 * bias])
    for f in range(part * features // parts, (part + 1) * features // parts):
        if cancelled(cancel):
            return
        for n in range(batch):
            total = gx[n * features + f] if step[1] & 1 else real(0)
            for u in range(units):
                total += gy[n * units + u] * weight[u * features + f]
            gx[n * features + f] = total


@kernel("product_to_weights", "float64")
def plain_to_weights(step: Integers, frame: Integers, part: int, parts: int, cancel: Integers) -> None:
    """gW[u, f] = Σ_n gy[n, u] · x[n, f]; gb[u] = Σ_n gy[n, u]."""
    batch, features, units, bias = step[0], step[2], step[3], step[4]
    x, gy = values(frame[X]), values(frame[6 + 2 * bias])
    for u in range(part * units // parts, (part + 1) * units // parts):
        if cancelled(cancel):
            return
        bias_gradient(step, frame, u)
        if frame[5 + bias]:
            for f in range(features):
                total = real(0)
                for n in range(batch):
                    total += gy[n * units + u] * x[n * features + f]
                values(frame[5 + bias])[u * features + f] = total


@helper
def bias_gradient(step: Integers, frame: Integers, u: int) -> None:
    """gb[u] = Σ_n gy[n, u], in float64, where it is wanted."""
    if step[4] and frame[7]:
        gy = values(frame[8])
        total = 0.0
        for n in range(step[0]):
            total += gy[n * step[3] + u]
        values(frame[7])[u] = real(total)


@kernel("product_forward", "float32")
def forward(step: Integers, frame: Integers, part: int, parts: int, cancel: Integers) -> None:
    """The plain loop's result: by tiles where there are several samples, the units left over by dot products."""
    batch, features, units, bias = step[0], step[2], step[3], step[4]
    x, weight, y = values(frame[X]), values(frame[WEIGHT]), values(frame[2 + bias])
    # Whole tiles for every part, so that the number of parts never changes a result.
    rows = tile_rows()
    blocks = (units + rows - 1) // rows
    first, stop = part * blocks // parts * rows, min(units, (part + 1) * blocks // parts * rows)
    for u in range(first, stop):
        for n in range(batch):
            y[n * units + u] = values(frame[BIAS])[u] if bias else real(0)
    if batch > 1:
        tiled = first + (stop - first) // rows * rows
        if tiled > first:
            forward_tiles(step, frame, first, tiled, cancel)
        first = tiled
    for u in range(first, stop, 4):
        if cancelled(cancel):
            return
        for n in range(batch):
            add_dots(at(weight, u * features), at(x, n * features), features, min(4, stop - u), at(y, n * units + u))


@routine
def add_dots(rows: Values, x: Values, features: int, number: int, y: Values) -> None:
    """y[u] += row u · x for up to four rows, which come from memory side by side."""
    buffer = reserve(4)
    sums = values(buffer)
    if number == 4:
        dots(features, rows, features, x, sums, 1)
        for u in range(number):
            y[u] += sums[u]
    else:
        for u in range(number):
            dots(features, at(rows, u * features), 0, x, sums, 0)
            y[u] += sums[0]
    release(buffer)


@routine
def forward_tiles(step: Integers, frame: Integers, first: int, stop: int, cancel: Integers) -> None:
    """y[n, u] += Σ_f x[n, f] · W[u, f] for units `first` … `stop − 1`, a whole number of tiles."""
    batch, features, units, bias = step[0], step[2], step[3], step[4]
    rows, wide = tile_rows(), 3 * tile_lanes()
    y = values(frame[2 + bias])
    buffer = reserve(DEPTH * wide + (stop - first) * wide)
    packed, sums = values(buffer), at(values(buffer), DEPTH * wide)
    for n0 in range(0, batch, wide):
        count = min(wide, batch - n0)
        vectors = (count + tile_lanes() - 1) // tile_lanes()
        width = vectors * tile_lanes()
        fill(sums, (stop - first) * width, real(0))
        for f0 in range(0, features, DEPTH):
            if cancelled(cancel):
                break
            depth = min(DEPTH, features - f0)
            pack_samples(at(values(frame[X]), n0 * features + f0), features, count, depth, width, packed)
            for u in range(first, stop, rows):
                weight = at(values(frame[WEIGHT]), u * features + f0)
                tile(vectors, depth, weight, features, 1, packed, at(sums, (u - first) * width), width)
        for n in range(count):
            for u in range(first, stop):
                y[(n0 + n) * units + u] += sums[(u - first) * width + n]
    release(buffer)


@routine
def pack_samples(x: Values, features: int, count: int, depth: int, width: int, packed: Values) -> None:
    """packed[f, n] = x[n, f], 0 beyond `count` samples."""
    for f in range(depth):
        for n in range(count):
            packed[f * width + n] = x[n * features + f]
        for n in range(count, width):
            packed[f * width + n] = real(0)


@kernel("product_to_input", "float32")
def to_input(step: Integers, frame: Integers, part: int, parts: int, cancel: Integers) -> None:
    """gx[n, f] (+)= Σ_u gy[n, u] · W[u, f], a strip of features at a time."""
    batch, features, units, bias = step[0], step[2], step[3], step[4]
    weight, gx, gy = values(frame[WEIGHT]), values(frame[4 + bias]), values(frame[6 + 2 * bias])
    stop = (part + 1) * features // parts
    for f in range(part * features // parts, stop, STRIP):
        count = min(STRIP, stop - f)
        if step[1] & 1 == 0:
            for n in range(batch):
                fill(at(gx, n * features + f), count, real(0))
        for u in range(0, units, 4):
            if cancelled(cancel):
                return
            for n in range(batch):
                add_rows(at(gx, n * features + f), at(weight, u * features + f), features, at(gy, n * units + u), 1,
                         min(4, units - u), count)


@kernel("product_to_weights", "float32")
def to_weights(step: Integers, frame: Integers, part: int, parts: int, cancel: Integers) -> None:
    """gW[u, f] = Σ_n gy[n, u] · x[n, f], a strip of features at a time; gb[u] = Σ_n gy[n, u]."""
    batch, features, units, bias = step[0], step[2], step[3], step[4]
    x, gy = values(frame[X]), values(frame[6 + 2 * bias])
    first, stop = part * units // parts, (part + 1) * units // parts
    for u in range(first, stop):
        bias_gradient(step, frame, u)
    if frame[5 + bias] == 0:
        return
    if batch == 1 and units * features >= MUCH:
        for u in range(first, stop):
            if cancelled(cancel):
                return
            stream(features, x, gy[u], at(values(frame[5 + bias]), u * features))
        return
    for f in range(0, features, STRIP):
        count = min(STRIP, features - f)
        for u in range(first, stop):
            if cancelled(cancel):
                return
            target = at(values(frame[5 + bias]), u * features + f)
            fill(target, count, real(0))
            for n in range(0, batch, 4):
                add_rows(target, at(x, n * features + f), features, at(gy, n * units + u), units, min(4, batch - n),
                         count)
