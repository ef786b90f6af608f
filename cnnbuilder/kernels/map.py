"""Functions of one value. Plain and fast loop are the same lines; the derivative is taken from what PyTorch takes it
from, the output where that says enough (relu, sigmoid, tanh) and the input elsewhere.

Each function has a loop of its own, without a branch inside, so that the optimiser makes vectors of it. In float32 exp
and its kin are polynomials (`smooth.py`), in float64 the C library's.

Derivatives at corners: relu'(0) = 0, clip' = 1 at both bounds, hard_sigmoid' = 0 and hard_swish' = 0 or 1 at ±3. NaN
in gives NaN out, because every choice below compares so that NaN falls through to the arithmetic.
"""

import math

from cnnbuilder.design.shape import size
from cnnbuilder.kernels.native import (
    Integers,
    Values,
    as_float,
    at,
    cancelled,
    erf,
    exp,
    expm1,
    helper,
    kernel,
    log_one_more,
    real,
    routine,
    tanh,
    values,
)
from cnnbuilder.kernels.packing import Packed, float_bits
from cnnbuilder.kernels.rows import fill
from cnnbuilder.operations import FUNCTIONS, Map

RELU, LEAKY_RELU, ELU, SELU, GELU, SILU, HARD_SWISH, HARD_SIGMOID, SIGMOID, TANH, SOFTPLUS, CLIP = range(len(FUNCTIONS))
FROM_OUTPUT = ("relu", "sigmoid", "tanh")
CHEAP = ("relu", "leaky_relu", "clip", "hard_swish", "hard_sigmoid")
SELU_ALPHA, SELU_SCALE = 1.6732632423543772848170429916717, 1.0507009873554804934193349852946
HALF_ROOT, DENSITY = math.sqrt(0.5), 1 / math.sqrt(2 * math.pi)
BLOCK = 1 << 12


def pack(operation: Map, role: str, batch: int) -> Packed:
    """Row: batch, accumulate, function, a, b, values, slot that the derivative is taken from."""
    total = batch * size(operation.shape)
    source = 1 if operation.function in FROM_OUTPUT else 0
    numbers = (FUNCTIONS.index(operation.function), float_bits(operation.a), float_bits(operation.b), total, source)
    return Packed(numbers, -(-total // 1024), total * (0.3 if operation.function in CHEAP else 1))


def needs(operation: Map, role: str, dtype: str) -> tuple[str, ...]:
    """The slots that a role reads or writes."""
    if role == "forward":
        return ("x", "y")
    return ("y", "gx", "gy") if operation.function in FROM_OUTPUT else ("x", "gx", "gy")


@helper
def sigmoid(x: float) -> float:
    """1 / (1 + e^−x) without overflow on either side."""
    small = exp(-abs(x))
    large = real(1) / (real(1) + small)
    return small * large if x < 0 else large


@helper
def exp_below(x: float) -> float:
    """e^x − 1 up to 0; for more, which is not used, 0."""
    return expm1(min_max(x, real(-1000), real(0)))


@helper
def min_max(x: float, low: float, high: float) -> float:
    """`x` kept between `low` and `high`; NaN stays NaN."""
    return low if x < low else (high if x > high else x)


@routine
def exponential_units(function: int, x: Values, y: Values, count: int, a: float) -> None:
    """elu, selu, sigmoid, silu."""
    if function == ELU:
        for i in range(count):
            v = x[i]
            below = a * exp_below(v)
            y[i] = v if v > 0 else below
    elif function == SELU:
        for i in range(count):
            v = x[i]
            below = real(SELU_ALPHA) * exp_below(v)
            y[i] = real(SELU_SCALE) * (v if v > 0 else below)
    elif function == SIGMOID:
        for i in range(count):
            y[i] = sigmoid(x[i])
    else:
        for i in range(count):
            y[i] = x[i] * sigmoid(x[i])


@routine
def other_units(function: int, x: Values, y: Values, count: int) -> None:
    """gelu, tanh, softplus."""
    if function == GELU:
        for i in range(count):
            y[i] = real(0.5) * x[i] * (real(1) + erf(x[i] * real(HALF_ROOT)))
    elif function == TANH:
        for i in range(count):
            y[i] = tanh(x[i])
    else:
        for i in range(count):
            v = x[i]
            y[i] = (real(0) if v < 0 else v) + log_one_more(exp(-abs(v)))


@routine
def straight_units(function: int, x: Values, y: Values, count: int, a: float, b: float) -> None:
    """Those that are made of straight lines, and hard_swish."""
    if function == RELU:
        for i in range(count):
            v = x[i]
            y[i] = real(0) if v <= 0 else v
    elif function == LEAKY_RELU:
        for i in range(count):
            v = x[i]
            y[i] = v if v > 0 else a * v
    elif function == HARD_SWISH:
        for i in range(count):
            y[i] = x[i] * min_max(x[i] / real(6) + real(0.5), real(0), real(1))
    elif function == HARD_SIGMOID:
        for i in range(count):
            y[i] = min_max(x[i] / real(6) + real(0.5), real(0), real(1))
    else:
        for i in range(count):
            y[i] = min_max(x[i], a, b)


@routine
def exponential_slopes(function: int, x: Values, gx: Values, gy: Values, count: int, a: float) -> None:
    """gx += gy · function'(x) for elu, selu, gelu, silu, softplus."""
    if function == ELU:
        for i in range(count):
            v = x[i]
            below = a * exp(min_max(v, real(-1000), real(0)))
            gx[i] += gy[i] * (real(1) if v > 0 else below)
    elif function == SELU:
        for i in range(count):
            v = x[i]
            below = real(SELU_ALPHA) * exp(min_max(v, real(-1000), real(0)))
            gx[i] += gy[i] * (real(SELU_SCALE) * (real(1) if v > 0 else below))
    elif function == GELU:
        for i in range(count):
            v = x[i]
            normal = real(0.5) * (real(1) + erf(v * real(HALF_ROOT)))
            gx[i] += gy[i] * (normal + v * real(DENSITY) * exp(real(-0.5) * v * v))
    elif function == SILU:
        for i in range(count):
            s = sigmoid(x[i])
            gx[i] += gy[i] * (s * (real(1) + x[i] * (real(1) - s)))
    else:
        for i in range(count):
            gx[i] += gy[i] * sigmoid(x[i])


@routine
def straight_slopes(
    function: int, v: Values, gx: Values, gy: Values, count: int, a: float, b: float
) -> None:
    """gx += gy · function', from the output for relu, sigmoid and tanh, and from the input for the others."""
    if function == RELU:
        for i in range(count):
            gx[i] += real(0) if v[i] <= 0 else gy[i]
    elif function == SIGMOID:
        for i in range(count):
            gx[i] += gy[i] * (v[i] * (real(1) - v[i]))
    elif function == TANH:
        for i in range(count):
            gx[i] += gy[i] * (real(1) - v[i] * v[i])
    elif function == LEAKY_RELU:
        for i in range(count):
            gx[i] += gy[i] * (real(1) if v[i] > 0 else a)
    elif function == HARD_SWISH:
        for i in range(count):
            inside = v[i] / real(3) + real(0.5)
            gx[i] += gy[i] * (real(0) if v[i] <= -3 else (real(1) if v[i] >= 3 else inside))
    elif function == HARD_SIGMOID:
        for i in range(count):
            gx[i] += gy[i] * (real(1) / real(6) if (v[i] > -3) & (v[i] < 3) else real(0))
    else:
        for i in range(count):
            gx[i] += gy[i] * (real(0) if (v[i] < a) | (v[i] > b) else real(1))


@kernel("map_forward")
def forward(step: Integers, frame: Integers, part: int, parts: int, cancel: Integers) -> None:
    """y = function(x)."""
    function, a, b, total = step[2], real(as_float(step[3])), real(as_float(step[4])), step[5]
    stop = (part + 1) * total // parts
    for first in range(part * total // parts, stop, BLOCK):
        if cancelled(cancel):
            return
        x, y = at(values(frame[0]), first), at(values(frame[1]), first)
        count = min(BLOCK, stop - first)
        if function in (ELU, SELU, SIGMOID, SILU):
            exponential_units(function, x, y, count, a)
        elif function in (GELU, TANH, SOFTPLUS):
            other_units(function, x, y, count)
        else:
            straight_units(function, x, y, count, a, b)


@kernel("map_to_input")
def to_input(step: Integers, frame: Integers, part: int, parts: int, cancel: Integers) -> None:
    """gx (+)= gy · function'."""
    function, a, b, total = step[2], real(as_float(step[3])), real(as_float(step[4])), step[5]
    stop = (part + 1) * total // parts
    for first in range(part * total // parts, stop, BLOCK):
        if cancelled(cancel):
            return
        source, gx, gy = at(values(frame[step[6]]), first), at(values(frame[3]), first), at(values(frame[4]), first)
        count = min(BLOCK, stop - first)
        if step[1] & 1 == 0:
            fill(gx, count, real(0))
        if function in (ELU, SELU, GELU, SILU, SOFTPLUS):
            exponential_slopes(function, source, gx, gy, count, a)
        else:
            straight_slopes(function, source, gx, gy, count, a, b)
