"""A ReLU with a learned slope; plain and fast loop are the same lines.

At 0 the slope is the learned one, as in PyTorch; NaN falls through to the product. The weight's gradient is summed in
float64, a channel on one thread.
"""

from cnnbuilder.design.shape import size
from cnnbuilder.kernels.native import Integers, at, cancelled, kernel, real, values
from cnnbuilder.kernels.packing import Packed
from cnnbuilder.kernels.rows import fill
from cnnbuilder.operations import Rectify

X, WEIGHT, Y, GX, G_WEIGHT, GY = 0, 1, 2, 4, 5, 6


def pack(operation: Rectify, role: str, batch: int) -> Packed:
    """Row: batch, accumulate, channels, places."""
    channels, places = operation.shape[0], size(operation.shape[1:])
    rows = channels if role == "to_weights" else batch * channels
    return Packed((channels, places), rows, batch * channels * places * 0.5)


def needs(operation: Rectify, role: str, dtype: str) -> tuple[str, ...]:
    """The slots that a role reads or writes."""
    if role == "forward":
        return ("x", "weights", "y")
    return ("x", "weights", "gx", "gy") if role == "to_input" else ("x", "gweights", "gy")


@kernel("rectify_forward")
def forward(step: Integers, frame: Integers, part: int, parts: int, cancel: Integers) -> None:
    """y = x above 0, weight · x elsewhere."""
    channels, places = step[2], step[3]
    rows = step[0] * channels
    for row in range(part * rows // parts, (part + 1) * rows // parts):
        if cancelled(cancel):
            return
        slope = values(frame[WEIGHT])[row % channels]
        x, y = at(values(frame[X]), row * places), at(values(frame[Y]), row * places)
        for i in range(places):
            v = x[i]
            y[i] = v if v > 0 else slope * v


@kernel("rectify_to_input")
def to_input(step: Integers, frame: Integers, part: int, parts: int, cancel: Integers) -> None:
    """gx (+)= gy above 0, weight · gy elsewhere."""
    channels, places = step[2], step[3]
    rows = step[0] * channels
    for row in range(part * rows // parts, (part + 1) * rows // parts):
        if cancelled(cancel):
            return
        slope = values(frame[WEIGHT])[row % channels]
        x, gx = at(values(frame[X]), row * places), at(values(frame[GX]), row * places)
        gy = at(values(frame[GY]), row * places)
        if step[1] & 1 == 0:
            fill(gx, places, real(0))
        for i in range(places):
            gx[i] += gy[i] if x[i] > 0 else slope * gy[i]


@kernel("rectify_to_weights")
def to_weights(step: Integers, frame: Integers, part: int, parts: int, cancel: Integers) -> None:
    """gweight = Σ gy · x where x is not above 0."""
    batch, channels, places = step[0], step[2], step[3]
    for c in range(part * channels // parts, (part + 1) * channels // parts):
        if cancelled(cancel):
            return
        total = 0.0
        for n in range(batch):
            start = (n * channels + c) * places
            x, gy = at(values(frame[X]), start), at(values(frame[GY]), start)
            for i in range(places):
                if not x[i] > 0:
                    total += gy[i] * x[i]
        values(frame[G_WEIGHT])[c] = real(total)
