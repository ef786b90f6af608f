"""Transposed convolution, by the fast loops of the convolution that it is the transpose of, with arrays exchanged.

Forward is that one's way to the input, which begins with the bias; the way to the input is its forward; the weights'
gradient is its own, with x and gy exchanged. The plain loops follow the formula of this operation, and share no line.
"""

from cnnbuilder.kernels import correlate
from cnnbuilder.kernels.correlate_backward import to_weights_on_tiles
from cnnbuilder.kernels.correlate_direct import direct_forward, direct_to_input, direct_to_weights
from cnnbuilder.kernels.correlate_row import (
    ACCUMULATE,
    ALGORITHM,
    BATCH,
    CHANNELS,
    COLUMNS,
    DILATION_COLUMNS,
    DILATION_ROWS,
    DIRECT,
    FILTERS,
    FIRST,
    GROUPS,
    HEIGHT,
    KERNEL_COLUMNS,
    KERNEL_ROWS,
    ROWS,
    START,
    STRIDE_COLUMNS,
    STRIDE_ROWS,
    WIDTH,
    start_column,
    start_row,
)
from cnnbuilder.kernels.correlate_sliding import sliding_forward
from cnnbuilder.kernels.native import (
    Integers,
    at,
    cancelled,
    helper,
    integers,
    kernel,
    real,
    release,
    reserve,
    routine,
    values,
)
from cnnbuilder.kernels.packing import Packed
from cnnbuilder.kernels.turned_sliding import turned_to_input
from cnnbuilder.operations import Transposed

SLOTS = 8
"""Of the convolution's frame: x, weight, y, saved, gx, gweight, gy, and what gx begins with."""
CONV_X, CONV_WEIGHT, CONV_Y, CONV_GX, CONV_GW, CONV_GY = 0, 1, 2, 4, 5, 6
Y, GX, GW, GY = 2, 4, 5, 6
"""Slots of an operation without a bias; with one all come one later (`own`), and gy two (`gradient`)."""
GB = 7


def pack(operation: Transposed, role: str, batch: int) -> Packed:
    """The convolution's row; `START` says whether there is a bias."""
    turned = {"forward": "to_input", "to_input": "forward", "to_weights": "to_weights"}[role]
    packed = correlate.pack(operation.convolution, turned, batch)
    numbers = (*packed.numbers[:-1], int(operation.bias == "channel"))
    return Packed(numbers, packed.units, packed.cost)


def needs(operation: Transposed, role: str, dtype: str) -> tuple[str, ...]:
    """The slots that a role reads or writes."""
    if role == "forward":
        return ("x", "weights", "y")
    return ("weights", "gx", "gy") if role == "to_input" else ("x", "gweights", "gy")


@helper
def own(step: Integers, name: int) -> int:
    """The slot of y, gx or the weight's gradient, where there may be a bias before them."""
    return name + step[START]


@helper
def gradient(step: Integers) -> int:
    """The slot of gy."""
    return GY + 2 * step[START]


@helper
def empty_frame() -> int:
    """Memory for the frame of the convolution, every slot 0."""
    frame = reserve(2 * SLOTS)
    for number in range(SLOTS):
        integers(frame)[number] = 0
    return frame


@kernel("transposed_forward", "float32")
def forward(step: Integers, frame: Integers, part: int, parts: int, cancel: Integers) -> None:
    """The plain loop's result, the fast way."""
    turned = empty_frame()
    inner = integers(turned)
    inner[CONV_WEIGHT], inner[CONV_GX], inner[CONV_GY] = frame[1], frame[own(step, Y)], frame[0]
    if step[START]:
        inner[FIRST] = frame[2]
    if step[ALGORITHM] == DIRECT:
        direct_to_input(step, inner, part, parts, cancel)
    else:
        turned_to_input(step, inner, part, parts, cancel)
    release(turned)


@kernel("transposed_to_input", "float32")
def to_input(step: Integers, frame: Integers, part: int, parts: int, cancel: Integers) -> None:
    """The plain loop's result, the fast way."""
    turned = empty_frame()
    inner = integers(turned)
    inner[CONV_X], inner[CONV_WEIGHT], inner[CONV_Y] = frame[gradient(step)], frame[1], frame[own(step, GX)]
    if step[ALGORITHM] == DIRECT:
        direct_forward(step, inner, part, parts, cancel)
    else:
        sliding_forward(step, inner, part, parts, cancel)
    release(turned)


@kernel("transposed_to_weights", "float32")
def to_weights(step: Integers, frame: Integers, part: int, parts: int, cancel: Integers) -> None:
    """The plain loop's result, the fast way."""
    bias_sums(step, frame, part, parts)
    if frame[own(step, GW)] == 0:
        return
    turned = empty_frame()
    inner = integers(turned)
    inner[CONV_X], inner[CONV_GW], inner[CONV_GY] = frame[gradient(step)], frame[own(step, GW)], frame[0]
    if step[ALGORITHM] == DIRECT:
        direct_to_weights(step, inner, part, parts, cancel)
    else:
        to_weights_on_tiles(step, inner, part, parts, cancel)
    release(turned)


@routine
def bias_sums(step: Integers, frame: Integers, part: int, parts: int) -> None:
    """gb[f] = Σ over samples and places of gy, in float64 because a map may hold many equal values."""
    if step[START] == 0 or frame[GB] == 0:
        return
    maps, plane = step[CHANNELS], step[HEIGHT] * step[WIDTH]
    for f in range(part * maps // parts, (part + 1) * maps // parts):
        total = 0.0
        for sample in range(step[BATCH]):
            gy = at(values(frame[gradient(step)]), (sample * maps + f) * plane)
            for place in range(plane):
                total += gy[place]
        values(frame[GB])[f] = real(total)


@kernel("transposed_forward", "float64")
def plain_forward(step: Integers, frame: Integers, part: int, parts: int, cancel: Integers) -> None:
    """Y[f, u, v] = b[f] + Σ X[c, j, k] · K[c, f, m, n], over all with j·s + m·d − p = u and k·s + n·d − p = v."""
    maps, plane, width = step[CHANNELS], step[HEIGHT] * step[WIDTH], step[WIDTH]
    units = step[BATCH] * maps
    for unit in range(part * units // parts, (part + 1) * units // parts):
        if cancelled(cancel):
            return
        y = at(values(frame[own(step, Y)]), unit * plane)
        for place in range(plane):
            y[place] = plain_value(step, frame, unit // maps, unit % maps, place // width, place % width)


@routine
def plain_value(step: Integers, frame: Integers, sample: int, f: int, u: int, v: int) -> float:
    """One output, summed in the order of the index map."""
    inputs, outputs = step[FILTERS] // step[GROUPS], step[CHANNELS] // step[GROUPS]
    x, weight = values(frame[0]), values(frame[1])
    total = values(frame[2])[f] if step[START] else real(0)
    for c in range(f // outputs * inputs, (f // outputs + 1) * inputs):
        for m in range(step[KERNEL_ROWS]):
            # Where the tap lies over input row 0; a row further down moves it by the stride.
            down = u - start_row(step, 0) - m * step[DILATION_ROWS]
            j = down // step[STRIDE_ROWS]
            for n in range(step[KERNEL_COLUMNS]):
                right = v - start_column(step, 0) - n * step[DILATION_COLUMNS]
                k = right // step[STRIDE_COLUMNS]
                whole = j * step[STRIDE_ROWS] == down and k * step[STRIDE_COLUMNS] == right
                if whole and 0 <= j < step[ROWS] and 0 <= k < step[COLUMNS]:
                    tap = ((c * outputs + f % outputs) * step[KERNEL_ROWS] + m) * step[KERNEL_COLUMNS] + n
                    place = ((sample * step[FILTERS] + c) * step[ROWS] + j) * step[COLUMNS] + k
                    total += x[place] * weight[tap]
    return total


@kernel("transposed_to_input", "float64")
def plain_to_input(step: Integers, frame: Integers, part: int, parts: int, cancel: Integers) -> None:
    """gX[c, j, k] (+)= Σ gY[f, j·s + m·d − p, k·s + n·d − p] · K[c, f, m, n]."""
    channels, places = step[FILTERS], step[ROWS] * step[COLUMNS]
    units = step[BATCH] * channels
    for unit in range(part * units // parts, (part + 1) * units // parts):
        if cancelled(cancel):
            return
        gx = at(values(frame[own(step, GX)]), unit * places)
        for place in range(places):
            j, k = place // step[COLUMNS], place % step[COLUMNS]
            total = plain_share(step, frame, unit // channels, unit % channels, j, k)
            gx[place] = gx[place] + total if step[ACCUMULATE] & 1 else total


@routine
def plain_share(step: Integers, frame: Integers, sample: int, c: int, j: int, k: int) -> float:
    """What one input value gets back from all that it gave to."""
    outputs = step[CHANNELS] // step[GROUPS]
    gy, weight = values(frame[gradient(step)]), values(frame[1])
    total = real(0)
    for g in range(outputs):
        f = c // (step[FILTERS] // step[GROUPS]) * outputs + g
        for m in range(step[KERNEL_ROWS]):
            u = start_row(step, j) + m * step[DILATION_ROWS]
            for n in range(step[KERNEL_COLUMNS]):
                v = start_column(step, k) + n * step[DILATION_COLUMNS]
                if 0 <= u < step[HEIGHT] and 0 <= v < step[WIDTH]:
                    tap = ((c * outputs + g) * step[KERNEL_ROWS] + m) * step[KERNEL_COLUMNS] + n
                    place = ((sample * step[CHANNELS] + f) * step[HEIGHT] + u) * step[WIDTH] + v
                    total += gy[place] * weight[tap]
    return total


@kernel("transposed_to_weights", "float64")
def plain_to_weights(step: Integers, frame: Integers, part: int, parts: int, cancel: Integers) -> None:
    """gK[c, f, m, n] = Σ over samples and places of X[c, j, k] · gY[f, j·s + m·d − p, k·s + n·d − p]; gb = Σ gY."""
    bias_sums(step, frame, part, parts)
    if frame[own(step, GW)] == 0:
        return
    channels, taps = step[FILTERS], step[KERNEL_ROWS] * step[KERNEL_COLUMNS]
    size = step[CHANNELS] // step[GROUPS] * taps
    for c in range(part * channels // parts, (part + 1) * channels // parts):
        if cancelled(cancel):
            return
        gw = at(values(frame[own(step, GW)]), c * size)
        for number in range(size):
            m, n = number % taps // step[KERNEL_COLUMNS], number % step[KERNEL_COLUMNS]
            gw[number] = plain_weight(step, frame, c, number // taps, m, n)


@routine
def plain_weight(step: Integers, frame: Integers, c: int, g: int, m: int, n: int) -> float:
    """gK[c, g, m, n], g the output map within the group of c."""
    x, gy = values(frame[0]), values(frame[gradient(step)])
    f = c // (step[FILTERS] // step[GROUPS]) * (step[CHANNELS] // step[GROUPS]) + g
    total = real(0)
    for sample in range(step[BATCH]):
        for j in range(step[ROWS]):
            u = start_row(step, j) + m * step[DILATION_ROWS]
            for k in range(step[COLUMNS]):
                v = start_column(step, k) + n * step[DILATION_COLUMNS]
                if 0 <= u < step[HEIGHT] and 0 <= v < step[WIDTH]:
                    value = x[((sample * step[FILTERS] + c) * step[ROWS] + j) * step[COLUMNS] + k]
                    total += value * gy[((sample * step[CHANNELS] + f) * step[HEIGHT] + u) * step[WIDTH] + v]
    return total
