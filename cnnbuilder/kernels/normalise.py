"""Batch normalisation; plain and fast loop are the same lines, and a channel, with its statistics, one piece of work.

Sums are taken in float64. Backward in training: `gx = w·r·(gy − mean(gy) − x̂·mean(gy·x̂))` with `r = 1/√(variance +
ε)` and `x̂ = (x − mean)·r`.
"""

import math

from cnnbuilder.design.shape import size
from cnnbuilder.kernels.native import Integers, Values, as_float, at, cancelled, helper, kernel, real, values
from cnnbuilder.kernels.packing import Packed, float_bits
from cnnbuilder.operations import Normalise

X, WEIGHT, BIAS, MEAN, VARIANCE, Y, SAVED, GX, G_WEIGHT, G_BIAS, GY = 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 12


def pack(operation: Normalise, role: str, batch: int) -> Packed:
    """Row: batch, accumulate, channels, places, ε, momentum, whether the statistics are the batch's."""
    channels, places = operation.shape[0], size(operation.shape[1:])
    numbers = (channels, places, float_bits(operation.epsilon), float_bits(operation.momentum), int(operation.training))
    return Packed(numbers, channels, batch * channels * places * (1.5 if operation.training else 0.4))


def needs(operation: Normalise, role: str, dtype: str) -> tuple[str, ...]:
    """The slots that a role reads or writes."""
    if role == "forward":
        return ("x", "weights", "y", "saved") if operation.training else ("x", "weights", "y")
    if role == "to_input":
        return ("x", "weights", "saved", "gx", "gy") if operation.training else ("weights", "gx", "gy")
    return ("x", "saved", "gweights", "gy") if operation.training else ("x", "weights", "gweights", "gy")


@helper
def mean_of(x: Values, batch: int, skip: int, places: int) -> float:
    """The mean over samples and places of one channel."""
    total = 0.0
    for n in range(batch):
        row = at(x, n * skip)
        for i in range(places):
            total += row[i]
    return total / (batch * places)


@helper
def variance_of(x: Values, batch: int, skip: int, places: int, mean: float) -> float:
    """The mean square distance from `mean`."""
    total = 0.0
    for n in range(batch):
        row = at(x, n * skip)
        for i in range(places):
            total += (row[i] - mean) * (row[i] - mean)
    return total / (batch * places)


@helper
def statistics(step: Integers, frame: Integers, c: int) -> tuple[float, float]:
    """Mean and 1/√(variance + ε) of a channel: the running ones, or what forward saved."""
    if step[6]:
        return values(frame[SAVED])[c], values(frame[SAVED])[step[2] + c]
    return values(frame[MEAN])[c], real(1 / math.sqrt(values(frame[VARIANCE])[c] + as_float(step[4])))


@helper
def save_statistics(step: Integers, frame: Integers, c: int) -> None:
    """The batch's statistics of a channel and the new running ones, into `saved`."""
    batch, channels, places, momentum = step[0], step[2], step[3], as_float(step[5])
    x, saved = at(values(frame[X]), c * places), values(frame[SAVED])
    count = batch * places
    mean = mean_of(x, batch, channels * places, places)
    variance = variance_of(x, batch, channels * places, places, mean)
    unbiased = variance * count / (count - 1) if count > 1 else variance
    saved[c] = real(mean)
    saved[channels + c] = real(1 / math.sqrt(variance + as_float(step[4])))
    saved[2 * channels + c] = real((1 - momentum) * values(frame[MEAN])[c] + momentum * mean)
    saved[3 * channels + c] = real((1 - momentum) * values(frame[VARIANCE])[c] + momentum * unbiased)


@helper
def gradient_sums(step: Integers, frame: Integers, c: int, mean: float, inverse: float) -> tuple[float, float]:
    """Σ gy and Σ gy · x̂ of a channel."""
    batch, channels, places = step[0], step[2], step[3]
    total, product = 0.0, 0.0
    for n in range(batch):
        start = (n * channels + c) * places
        x, gy = at(values(frame[X]), start), at(values(frame[GY]), start)
        for i in range(places):
            total += gy[i]
            product += gy[i] * (x[i] - mean) * inverse
    return total, product


@kernel("normalise_forward")
def forward(step: Integers, frame: Integers, part: int, parts: int, cancel: Integers) -> None:
    """y = (x − mean) · r · weight + bias."""
    batch, channels, places = step[0], step[2], step[3]
    for c in range(part * channels // parts, (part + 1) * channels // parts):
        if cancelled(cancel):
            return
        if step[6]:
            save_statistics(step, frame, c)
        mean, inverse = statistics(step, frame, c)
        scale, bias = values(frame[WEIGHT])[c] * inverse, values(frame[BIAS])[c]
        for n in range(batch):
            start = (n * channels + c) * places
            x, y = at(values(frame[X]), start), at(values(frame[Y]), start)
            for i in range(places):
                y[i] = (x[i] - mean) * scale + bias


@kernel("normalise_to_input")
def to_input(step: Integers, frame: Integers, part: int, parts: int, cancel: Integers) -> None:
    """gx (+)= weight · r · gy, less what the batch's own statistics take back in training."""
    batch, channels, places = step[0], step[2], step[3]
    for c in range(part * channels // parts, (part + 1) * channels // parts):
        if cancelled(cancel):
            return
        mean, inverse = statistics(step, frame, c)
        scale = values(frame[WEIGHT])[c] * inverse
        level, slope = real(0), real(0)
        if step[6]:
            total, product = gradient_sums(step, frame, c, mean, inverse)
            level, slope = real(total / (batch * places)), real(product / (batch * places)) * inverse
        for n in range(batch):
            start = (n * channels + c) * places
            gx, gy = at(values(frame[GX]), start), at(values(frame[GY]), start)
            if step[1] & 1 == 0:
                for i in range(places):
                    gx[i] = real(0)
            if step[6]:
                x = at(values(frame[X]), start)
                for i in range(places):
                    gx[i] += scale * (gy[i] - level - (x[i] - mean) * slope)
            else:
                for i in range(places):
                    gx[i] += scale * gy[i]


@kernel("normalise_to_weights")
def to_weights(step: Integers, frame: Integers, part: int, parts: int, cancel: Integers) -> None:
    """gweight = Σ gy · x̂, gbias = Σ gy."""
    channels = step[2]
    for c in range(part * channels // parts, (part + 1) * channels // parts):
        if cancelled(cancel):
            return
        mean, inverse = statistics(step, frame, c)
        total, product = gradient_sums(step, frame, c, mean, inverse)
        if frame[G_WEIGHT]:
            values(frame[G_WEIGHT])[c] = real(product)
        if frame[G_BIAS]:
            values(frame[G_BIAS])[c] = real(total)
