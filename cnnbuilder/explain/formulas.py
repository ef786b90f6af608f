"""The equations of the lecture notes with the numbers of one value in them."""

from functools import singledispatch

import numpy as np

from cnnbuilder.design.window import Axis
from cnnbuilder.explain.site import Site
from cnnbuilder.explain.taps import bias_index, place_of, reads_of
from cnnbuilder.explain.terms import Explanation, Floats
from cnnbuilder.operations import (
    Index,
    LocalNormalise,
    Map,
    Merge,
    Normalise,
    Operation,
    Product,
    Rectify,
    Reduce,
    Sliding,
    Softmax,
    Transposed,
)

FEW = 4
"""Up to so many values that are read stand in a formula one by one."""

FUNCTIONS = {
    "relu": "max(0, {x})",
    "leaky_relu": "max(0, {x}) + {a} · min(0, {x})",
    "elu": "max(0, {x}) + {a} · (exp(min(0, {x})) − 1)",
    "selu": "1.0507 · (max(0, {x}) + 1.67326 · (exp(min(0, {x})) − 1))",
    "gelu": "{x} · (1 + erf({x} / sqrt(2))) / 2",
    "silu": "{x} / (1 + exp(−({x})))",
    "hard_swish": "{x} · min(1, max(0, {x} / 6 + 0.5))",
    "hard_sigmoid": "min(1, max(0, {x} / 6 + 0.5))",
    "sigmoid": "1 / (1 + exp(−({x})))",
    "tanh": "tanh({x})",
    "softplus": "log(1 + exp({x}))",
    "clip": "min({b}, max({a}, {x}))",
}


def number(value: float) -> str:
    """A number as formulas show it."""
    return f"{value:.6g}".replace("-", "−")


def indexed(name: str, index: tuple[object, ...]) -> str:
    """`Z[2, 26, 6]`."""
    return f"{name}[{', '.join(map(str, index))}]"


def sum_of(equation: str, products: float, bias: float, total: float) -> str:
    """`Z[2, 26, 6] = Σ … = 0.6134 + −0.0148 = 0.5986`."""
    middle = f" = {number(products)} + {number(bias)}" if bias else ""
    return f"{equation}{middle} = {number(total)}"


@singledispatch
def right_side(operation: Operation, site: Site, index: Index) -> str:
    """What an output is made of."""
    found: list[str] = []
    for taps in reads_of(operation, place_of(index, operation.output_shape)):
        units = site.named_input(taps.input, taps.inputs)
        factors = np.ones(len(taps.inputs)) if taps.factors is None else taps.factors
        for place, factor in enumerate(factors.tolist()):
            name = "mask" if units is None else indexed(*units.unit(place))
            found.append(name if factor == 1 else f"{number(factor)} · {name}")
    return _list(found, "Σ {} of {} values", " + ")


def _list(found: list[str], many: str, between: str) -> str:
    if not found:
        return "0"
    return between.join(found) if len(found) <= FEW else many.format(f"{found[0]} … {found[-1]}", len(found))


def _bias(operation: Operation, index: Index) -> str:
    at = bias_index(operation, index)
    return "" if at is None else f" + {indexed('b', at)}"


@right_side.register
def _(operation: Sliding, site: Site, index: Index) -> str:
    i, j, k = index
    turns = operation.weight_index(index, 0, 0, 0)
    letters = {"filter": i, "channel": "l", "row": "m", "column": "n"}
    weight = tuple(letters.get(axis, turns[place]) for place, axis in enumerate(operation.weight_axes))
    first = i // (operation.filters // operation.groups) * (operation.channels // operation.groups)
    channel = f"{first}+l" if first else "l"
    value = (channel, window(operation.rows, j, "m"), window(operation.columns, k, "n"))
    return f"Σ {indexed('V', value)} · {indexed('K', weight)}{_bias(operation, index)}"


def window(axis: Axis, position: object, tap: object) -> str:
    """`26·1+m−2`: the cell under a tap of the window at a position."""
    step = f"{axis.dilation}·{tap}" if axis.dilation > 1 else tap
    return f"{position}·{axis.stride}+{step}" + (f"−{axis.before}" if axis.before else "")


@right_side.register
def _(operation: Transposed, site: Site, index: Index) -> str:
    f, u, v = index
    wide = operation.convolution
    rows, columns = window(wide.rows, 0, "m")[2:], window(wide.columns, 0, "n")[2:]
    within = f % (wide.channels // wide.groups)
    where = f"j·{rows} = {u}, k·{columns} = {v}"
    return f"Σ V[c, j, k] · K[c, {within}, m, n]{_bias(operation, index)} where {where}"


@right_side.register
def _(operation: Product, site: Site, index: Index) -> str:
    return f"Σ v[f] · K[{index[0]}, f]{_bias(operation, index)}"


@right_side.register
def _(operation: Reduce, site: Site, index: Index) -> str:
    axes = (operation.channels, operation.rows, operation.columns)
    spans = [axis[i] for axis, i in zip(axes, index, strict=True)]
    box = indexed("V", tuple(str(a) if b == a + 1 else f"{a} … {b - 1}" for a, b, _ in spans))
    return f"max {box}" if operation.function == "max" else f"Σ {box} / {operation.divisor(index)}"


@right_side.register
def _(operation: Map, site: Site, index: Index) -> str:
    x = site.read(0, np.array([place_of(index, operation.shape)]))[0]
    numbers = {"x": number(x), "a": number(operation.a), "b": number(operation.b)}
    return FUNCTIONS[operation.function].format(**numbers)


@right_side.register
def _(operation: Softmax, site: Site, index: Index) -> str:
    x, place = _column(operation, site, index)
    total = np.exp(x - x.max()).sum()
    return f"exp({number(x[place])} − {number(x.max())}) / {number(total)}"


def _column(operation: Softmax | LocalNormalise, site: Site, index: Index) -> tuple[Floats, int]:
    (taps,) = reads_of(operation, place_of(index, operation.shape))
    own = int(np.flatnonzero(taps.inputs == place_of(index, operation.shape))[0])
    return site.read(0, taps.inputs), own


@right_side.register
def _(operation: LocalNormalise, site: Site, index: Index) -> str:
    x, place = _column(operation, site, index)
    squares = f"{number(operation.alpha)} / {operation.size} · {number(float((x**2).sum()))}"
    return f"{number(x[place])} / ({number(operation.k)} + {squares})^{number(operation.beta)}"


@right_side.register
def _(operation: Normalise, site: Site, index: Index) -> str:
    channel = np.array([index[0]])
    x = site.read(0, np.array([place_of(index, operation.shape)]))[0]
    mean, inverse = (float(found[0]) for found in site.statistics(channel))
    weight, bias = (float(site.weight(name, channel)[0]) for name in ("weight", "bias"))
    return f"({number(x)} − {number(mean)}) · {number(inverse)} · {number(weight)} + {number(bias)}"


@right_side.register
def _(operation: Rectify, site: Site, index: Index) -> str:
    x = site.read(0, np.array([place_of(index, operation.shape)]))[0]
    if x > 0:
        return number(x)
    return f"{number(float(site.weight('weight', np.array([index[0]]))[0]))} · {number(x)}"


@right_side.register
def _(operation: Merge, site: Site, index: Index) -> str:
    if operation.function != "multiply":
        return right_side.dispatch(Operation)(operation, site, index)
    read = reads_of(operation, place_of(index, operation.output_shape))
    return _list([number(site.read(taps.input, taps.inputs)[0]) for taps in read], "Π {} of {} values", " · ")


def computed_by(found: Explanation) -> str:
    """What the network computed, where it visibly differs from the sum of the terms because its method is another."""
    if found.method == "direct" or number(found.value) == number(found.total):
        return ""
    return f"the network computed {number(found.value)}, by Winograd's method"
