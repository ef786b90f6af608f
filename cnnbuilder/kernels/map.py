"""Functions of one value. Plain and fast loop are the same lines; the derivative is taken from what PyTorch takes it
from, the output where that says enough (relu, sigmoid, tanh) and the input elsewhere.

Derivatives at corners: relu'(0) = 0, clip' = 1 at both bounds, hard_sigmoid' = 0 and hard_swish' = 0 or 1 at ±3. NaN
in gives NaN out, because every choice below compares so that NaN falls through to the arithmetic.
"""

import math

from cnnbuilder.design.shape import size
from cnnbuilder.kernels.native import Integers, as_float, at, cancelled, helper, kernel, real, values
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
    return Packed(numbers, -(-total // 1024), total * (0.3 if operation.function in CHEAP else 5))


def needs(operation: Map, role: str, dtype: str) -> tuple[str, ...]:
    """The slots that a role reads or writes."""
    if role == "forward":
        return ("x", "y")
    return ("y", "gx", "gy") if operation.function in FROM_OUTPUT else ("x", "gx", "gy")


@helper
def sigmoid(x: float) -> float:
    """1 / (1 + e^−x) without overflow on either side."""
    small = math.exp(-abs(x))
    large = real(1) / (real(1) + small)
    return small * large if x < 0 else large


@helper
def value(function: int, x: float, a: float, b: float) -> float:
    """`function(x)`."""
    if function == RELU:
        return real(0) if x <= 0 else x
    if function == LEAKY_RELU:
        return x if x > 0 else a * x
    if function == ELU:
        return x if x > 0 else a * math.expm1(x)
    if function == SELU:
        return real(SELU_SCALE) * (x if x > 0 else real(SELU_ALPHA) * math.expm1(x))
    if function == GELU:
        return real(0.5) * x * (real(1) + math.erf(x * real(HALF_ROOT)))
    if function == SILU:
        return x * sigmoid(x)
    if function == HARD_SWISH:
        return x * min_max(x / real(6) + real(0.5), real(0), real(1))
    if function == HARD_SIGMOID:
        return min_max(x / real(6) + real(0.5), real(0), real(1))
    if function == SIGMOID:
        return sigmoid(x)
    if function == TANH:
        return math.tanh(x)
    if function == SOFTPLUS:
        return (x if x > 0 else real(0)) + math.log1p(math.exp(-abs(x)))
    return min_max(x, a, b)


@helper
def min_max(x: float, low: float, high: float) -> float:
    """`x` kept between `low` and `high`; NaN stays NaN."""
    return low if x < low else (high if x > high else x)


@helper
def derivative(function: int, v: float, a: float, b: float) -> float:
    """`function'`, where `v` is the output for FROM_OUTPUT and the input otherwise."""
    if function == RELU:
        return real(0) if v <= 0 else real(1)
    if function == LEAKY_RELU:
        return real(1) if v > 0 else a
    if function == ELU:
        return real(1) if v > 0 else a * math.exp(v)
    if function == SELU:
        return real(SELU_SCALE) * (real(1) if v > 0 else real(SELU_ALPHA) * math.exp(v))
    if function == GELU:
        normal = real(0.5) * (real(1) + math.erf(v * real(HALF_ROOT)))
        return normal + v * real(DENSITY) * math.exp(real(-0.5) * v * v)
    if function == SILU:
        s = sigmoid(v)
        return s * (real(1) + v * (real(1) - s))
    if function == HARD_SWISH:
        return real(0) if v <= -3 else (real(1) if v >= 3 else v / real(3) + real(0.5))
    if function == HARD_SIGMOID:
        return real(1) / real(6) if -3 < v < 3 else real(0)
    if function == SIGMOID:
        return v * (real(1) - v)
    if function == TANH:
        return real(1) - v * v
    if function == SOFTPLUS:
        return sigmoid(v)
    return real(0) if v < a or v > b else real(1)


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
        if function == RELU:
            for i in range(count):
                v = x[i]
                y[i] = real(0) if v <= 0 else v
        else:
            for i in range(count):
                y[i] = value(function, x[i], a, b)


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
        if function == RELU:
            for i in range(count):
                gx[i] += real(0) if source[i] <= 0 else gy[i]
        else:
            for i in range(count):
                gx[i] += gy[i] * derivative(function, source[i], a, b)
