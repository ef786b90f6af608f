"""The equations of gradients, as the lecture notes write them: `h` goes back to an input, `g` to a weight."""

from functools import singledispatch

from cnnbuilder.explain.formulas import indexed, window
from cnnbuilder.explain.taps import index_of
from cnnbuilder.operations import Index, Normalise, Operation, Product, Rectify, Sliding, Softmax, Transposed


@singledispatch
def at_input(operation: Operation, source: str, input: int, place: int) -> str:
    """What comes back to a value, in many terms."""
    return f"Σ dJ/d{source} · d{source}/dx"


@at_input.register
def _(operation: Sliding, source: str, input: int, place: int) -> str:
    channel = index_of(place, operation.input_shapes[0])[0] % (operation.channels // operation.groups)
    turns = operation.weight_shapes["weight"]
    letters = {
        "filter": "i", "channel": str(channel), "row": "m", "column": "n", "place down": "j", "place across": "k"
    }  # fmt: skip
    held = operation.turns.get("weight", ())
    found = tuple(
        letters[name] if name in letters else f"{'jk'[held.index(axis)]} mod {turns[axis]}"
        for axis, name in enumerate(operation.weight_axes)
    )
    return f"Σ dJ/d{source}[i, j, k] · {indexed('K', found)}"


@at_input.register
def _(operation: Transposed, source: str, input: int, place: int) -> str:
    channel, *_ = index_of(place, operation.input_shapes[0])
    return f"Σ dJ/d{source}[f, u, v] · K[{channel}, f, m, n]"


@at_input.register
def _(operation: Product, source: str, input: int, place: int) -> str:
    return f"Σ dJ/d{source}[u] · K[u, {place}]"


@at_input.register
def _(operation: Softmax, source: str, input: int, place: int) -> str:
    own = index_of(place, operation.shape)[0]
    return f"p[{own}] · dJ/d{source}[{own}] − p[{own}] · Σ p[j] · dJ/d{source}[j]"


@at_input.register
def _(operation: Normalise, source: str, input: int, place: int) -> str:
    return f"w · r · (G − mean(G) − x̂ · mean(G · x̂)) with G = dJ/d{source}"


@singledispatch
def at_weight(operation: Operation, source: str, weight: str, index: Index) -> str:
    """What comes back to one number of a weight."""
    return f"Σ dJ/d{source}" + ("" if weight == "bias" else " · x")


@at_weight.register
def _(operation: Sliding, source: str, weight: str, index: Index) -> str:
    if weight == "bias":
        return at_weight.dispatch(Operation)(operation, source, weight, index)
    at = dict(zip(operation.weight_axes, index, strict=True))
    filter, channel = at["filter"], at["channel"]
    first = filter // (operation.filters // operation.groups) * (operation.channels // operation.groups)
    row, column = window(operation.rows, "j", at["row"]), window(operation.columns, "k", at["column"])
    return f"Σ dJ/d{source}[{filter}, j, k] · V[{first + channel}, {row}, {column}]"


@at_weight.register
def _(operation: Transposed, source: str, weight: str, index: Index) -> str:
    if weight == "bias":
        return at_weight.dispatch(Operation)(operation, source, weight, index)
    channel, filter, m, n = index
    wide = operation.convolution
    outputs = wide.channels // wide.groups
    f = channel // (wide.filters // wide.groups) * outputs + filter
    row, column = window(wide.rows, "j", m), window(wide.columns, "k", n)
    return f"Σ dJ/d{source}[{f}, {row}, {column}] · V[{channel}, j, k]"


@at_weight.register
def _(operation: Product, source: str, weight: str, index: Index) -> str:
    return f"dJ/d{source}[{index[0]}]" + ("" if weight == "bias" else f" · v[{index[1]}]")


@at_weight.register
def _(operation: Normalise, source: str, weight: str, index: Index) -> str:
    return f"Σ dJ/d{source}" + ("" if weight == "bias" else " · x̂")


@at_weight.register
def _(operation: Rectify, source: str, weight: str, index: Index) -> str:
    return f"Σ dJ/d{source} · min(0, x)"
