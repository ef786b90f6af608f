"""Local response normalisation. The fast loops take a run of places through all channels, so that whole vectors are
worked on; the plain ones take one value after another.

With `s[c] = k + α / size · Σ_j x[j]²`, `gx[c] = gy[c] · s[c]^−β − 2αβ / size · x[c] · Σ_j gy[j] · x[j] · s[j]^−(β+1)`,
the last sum over the channels j whose windows hold c.
"""

import math

from cnnbuilder.design.shape import size
from cnnbuilder.kernels.native import (
    Integers,
    Values,
    as_float,
    at,
    cancelled,
    helper,
    kernel,
    real,
    release,
    reserve,
    routine,
    values,
)
from cnnbuilder.kernels.packing import Packed, float_bits
from cnnbuilder.kernels.rows import ADD, combine, fill
from cnnbuilder.operations import LocalNormalise

BATCH, ACCUMULATE, CHANNELS, PLACES, BEFORE, AFTER, SHARE, BETA, K, ROOTS = range(10)
"""Of the row; `SHARE` is α / size, `ROOTS` is 1 where s^−β needs no more than square roots."""
RUN = 128
"""Places worked on at once: those of a few hundred channels stay in the second-level cache."""


def pack(operation: LocalNormalise, role: str, batch: int) -> Packed:
    """Row: see above."""
    places = size(operation.shape[1:])
    numbers = (
        operation.shape[0], places, operation.before, operation.after, float_bits(operation.alpha / operation.size),
        float_bits(operation.beta), float_bits(operation.k), int(operation.beta == 0.75),
    )  # fmt: skip
    each = 0.15 if operation.beta == 0.75 else 1.5
    return Packed(numbers, batch * -(-places // RUN), batch * operation.work * each * (1 if role == "forward" else 2))


def needs(operation: LocalNormalise, role: str, dtype: str) -> tuple[str, ...]:
    """The slots that a role reads or writes."""
    return ("x", "y") if role == "forward" else ("x", "gx", "gy")


@helper
def first_place(step: Integers, unit: int) -> int:
    """Where the run of places begins in the first channel of its sample."""
    runs = (step[PLACES] + RUN - 1) // RUN
    return unit // runs * step[CHANNELS] * step[PLACES] + unit % runs * RUN


@helper
def places_in(step: Integers, unit: int) -> int:
    """How many places a run has."""
    runs = (step[PLACES] + RUN - 1) // RUN
    return min(RUN, step[PLACES] - unit % runs * RUN)


@routine
def bases(step: Integers, x: Values, c: int, count: int, target: Values) -> None:
    """target = s[c]."""
    share = real(as_float(step[SHARE]))
    fill(target, count, real(as_float(step[K])))
    for j in range(max(0, c - step[BEFORE]), min(step[CHANNELS], c + step[AFTER] + 1)):
        source = at(x, j * step[PLACES])
        for i in range(count):
            target[i] += share * source[i] * source[i]


@routine
def powers(step: Integers, base: Values, count: int, target: Values) -> None:
    """target = base^−β."""
    if step[ROOTS]:
        for i in range(count):
            root = math.sqrt(base[i])
            target[i] = real(1) / (root * math.sqrt(root))
        return
    beta = real(as_float(step[BETA]))
    if beta == 0:
        fill(target, count, real(1))  # also where the base is infinite
    else:
        for i in range(count):
            target[i] = math.exp(-beta * math.log(base[i]))


@kernel("local_normalise_forward", "float32")
def forward(step: Integers, frame: Integers, part: int, parts: int, cancel: Integers) -> None:
    """y[c] = x[c] · s[c]^−β."""
    units = step[BATCH] * ((step[PLACES] + RUN - 1) // RUN)
    buffer = reserve(RUN)
    power = values(buffer)
    for unit in range(part * units // parts, (part + 1) * units // parts):
        if cancelled(cancel):
            break
        start, count = first_place(step, unit), places_in(step, unit)
        x, y = at(values(frame[0]), start), at(values(frame[1]), start)
        for c in range(step[CHANNELS]):
            bases(step, x, c, count, power)
            powers(step, power, count, power)
            own, target = at(x, c * step[PLACES]), at(y, c * step[PLACES])
            for i in range(count):
                target[i] = own[i] * power[i]
    release(buffer)


@kernel("local_normalise_to_input", "float32")
def to_input(step: Integers, frame: Integers, part: int, parts: int, cancel: Integers) -> None:
    """gx (+)= what is said above: first every channel's own share, then what it has as a neighbour."""
    units = step[BATCH] * ((step[PLACES] + RUN - 1) // RUN)
    buffer = reserve(RUN * (step[CHANNELS] + 2))
    for unit in range(part * units // parts, (part + 1) * units // parts):
        if cancelled(cancel):
            break
        start, count = first_place(step, unit), places_in(step, unit)
        x, gx, gy = at(values(frame[0]), start), at(values(frame[3]), start), at(values(frame[4]), start)
        own_shares(step, x, gx, gy, count, values(buffer))
        neighbours(step, x, gx, count, values(buffer))
    release(buffer)


@routine
def own_shares(step: Integers, x: Values, gx: Values, gy: Values, count: int, buffer: Values) -> None:
    """gx[c] (+)= gy[c] · s[c]^−β; leaves gy[c] · x[c] · s[c]^−(β+1) in the buffer, a row of `RUN` each."""
    places = step[PLACES]
    base, power = at(buffer, RUN * step[CHANNELS]), at(buffer, RUN * (step[CHANNELS] + 1))
    for c in range(step[CHANNELS]):
        bases(step, x, c, count, base)
        powers(step, base, count, power)
        left, own, given, target = at(buffer, RUN * c), at(x, c * places), at(gy, c * places), at(gx, c * places)
        if step[ACCUMULATE] & 1 == 0:
            fill(target, count, real(0))
        for i in range(count):
            share = given[i] * power[i]
            left[i] = share * own[i] / base[i]
            target[i] += share


@routine
def neighbours(step: Integers, x: Values, gx: Values, count: int, buffer: Values) -> None:
    """gx[c] −= 2αβ / size · x[c] · the sum of what the buffer holds of the channels whose windows hold c."""
    factor = real(2 * as_float(step[SHARE]) * as_float(step[BETA]))
    total = at(buffer, RUN * step[CHANNELS])
    for c in range(step[CHANNELS]):
        fill(total, count, real(0))
        for j in range(max(0, c - step[AFTER]), min(step[CHANNELS], c + step[BEFORE] + 1)):
            combine(total, at(buffer, RUN * j), count, ADD)
        own, target = at(x, c * step[PLACES]), at(gx, c * step[PLACES])
        for i in range(count):
            target[i] -= factor * own[i] * total[i]


@routine
def plain_base(step: Integers, x: Values, c: int) -> float:
    """s[c]; `x` is one place of a sample."""
    total = real(0)
    for j in range(max(0, c - step[BEFORE]), min(step[CHANNELS], c + step[AFTER] + 1)):
        total += x[j * step[PLACES]] * x[j * step[PLACES]]
    return real(as_float(step[K])) + real(as_float(step[SHARE])) * total


@kernel("local_normalise_forward", "float64")
def plain_forward(step: Integers, frame: Integers, part: int, parts: int, cancel: Integers) -> None:
    """y[c] = x[c] / s[c]^β."""
    beta, channels, places = real(as_float(step[BETA])), step[CHANNELS], step[PLACES]
    units = step[BATCH] * places
    for unit in range(part * units // parts, (part + 1) * units // parts):
        if cancelled(cancel):
            return
        start = unit // places * channels * places + unit % places
        x, y = at(values(frame[0]), start), at(values(frame[1]), start)
        for c in range(channels):
            y[c * places] = x[c * places] / math.pow(plain_base(step, x, c), beta)


@kernel("local_normalise_to_input", "float64")
def plain_to_input(step: Integers, frame: Integers, part: int, parts: int, cancel: Integers) -> None:
    """gx (+)= what is said above, a value at a time."""
    share, beta = real(as_float(step[SHARE])), real(as_float(step[BETA]))
    channels, places = step[CHANNELS], step[PLACES]
    units = step[BATCH] * places
    for unit in range(part * units // parts, (part + 1) * units // parts):
        if cancelled(cancel):
            return
        start = unit // places * channels * places + unit % places
        x, gx, gy = at(values(frame[0]), start), at(values(frame[3]), start), at(values(frame[4]), start)
        for c in range(channels):
            total = real(0)
            for j in range(max(0, c - step[AFTER]), min(channels, c + step[BEFORE] + 1)):
                total += gy[j * places] * x[j * places] / math.pow(plain_base(step, x, j), beta + real(1))
            own = gy[c * places] / math.pow(plain_base(step, x, c), beta)
            own -= real(2) * share * beta * x[c * places] * total
            gx[c * places] = gx[c * places] + own if step[ACCUMULATE] & 1 else own
