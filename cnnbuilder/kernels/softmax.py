"""Softmax over the first axis; plain and fast loop are the same lines.

The largest value is taken off first, so no exponential overflows; NaN anywhere reaches the sum and so every output.
"""

from cnnbuilder.design.shape import size
from cnnbuilder.kernels.native import Integers, at, cancelled, exp, kernel, real, values
from cnnbuilder.kernels.packing import Packed
from cnnbuilder.operations import Softmax


def pack(operation: Softmax, role: str, batch: int) -> Packed:
    """Row: batch, accumulate, channels, places."""
    channels = operation.shape[0]
    places = size(operation.shape[1:])
    return Packed((channels, places), batch * places, batch * channels * places * (5 if role == "forward" else 1))


def needs(operation: Softmax, role: str, dtype: str) -> tuple[str, ...]:
    """The slots that a role reads or writes."""
    return ("x", "y") if role == "forward" else ("y", "gx", "gy")


@kernel("softmax_forward")
def forward(step: Integers, frame: Integers, part: int, parts: int, cancel: Integers) -> None:
    """p[i] = exp(x[i] − m) / Σ_j exp(x[j] − m), m the largest x."""
    channels, places = step[2], step[3]
    units = step[0] * places
    for unit in range(part * units // parts, (part + 1) * units // parts):
        if cancelled(cancel):
            return
        start = unit // places * channels * places + unit % places
        x, y = at(values(frame[0]), start), at(values(frame[1]), start)
        largest = x[0]
        for c in range(1, channels):
            largest = max(largest, x[c * places])
        for c in range(channels):
            y[c * places] = exp(x[c * places] - largest)
        # A loop of its own: a sum beside a store would be taken in another order where x and y lie close together.
        total = real(0)
        for c in range(channels):
            total += y[c * places]
        for c in range(channels):
            y[c * places] /= total


@kernel("softmax_to_input")
def to_input(step: Integers, frame: Integers, part: int, parts: int, cancel: Integers) -> None:
    """gx[i] (+)= p[i] · (gy[i] − Σ_j gy[j] · p[j])."""
    channels, places = step[2], step[3]
    keep = step[1] & 1
    units = step[0] * places
    for unit in range(part * units // parts, (part + 1) * units // parts):
        if cancelled(cancel):
            return
        start = unit // places * channels * places + unit % places
        y, gx, gy = at(values(frame[1]), start), at(values(frame[3]), start), at(values(frame[4]), start)
        total = real(0)
        for c in range(channels):
            total += gy[c * places] * y[c * places]
        for c in range(channels):
            g = y[c * places] * (gy[c * places] - total)
            gx[c * places] = gx[c * places] + g if keep else g
