"""What an operation multiplies the values by that it reads: the slopes of its outputs.

Forward and backward use the same ones: `y = Σ slope · x + bias` is read backward as `dJ/dx = Σ dJ/dy · slope`.
"""

from dataclasses import dataclass, replace
from functools import singledispatch

import numpy as np

from cnnbuilder.design.shape import size
from cnnbuilder.explain.site import Site, plain, slope
from cnnbuilder.explain.taps import Taps, bias_index, index_of, place_of, reads_of
from cnnbuilder.explain.terms import Floats, Named, Places
from cnnbuilder.operations import (
    LocalNormalise,
    Map,
    Merge,
    Normalise,
    Operation,
    Rectify,
    Reduce,
    Softmax,
)


@dataclass(frozen=True, eq=False)
class Slopes:
    """A number for each pair of some taps, and where it stands if it is a weight or the value of a block."""

    numbers: Floats
    factors: Named | None = None
    picks: bool = False
    """See `Part.picks`."""


@singledispatch
def slopes(operation: Operation, site: Site, taps: Taps) -> Slopes:
    """What each value of `taps` is multiplied by on its way to its output: weight and factor, as the index map says."""
    if taps.weight is not None and taps.weights is not None:
        return Slopes(site.weight(taps.weight, taps.weights), site.named_weight(taps.weight, taps.weights))
    return Slopes(np.ones(len(taps.inputs)) if taps.factors is None else taps.factors)


@slopes.register
def _(operation: Reduce, site: Site, taps: Taps) -> Slopes:
    outputs, which = np.unique(taps.outputs, return_inverse=True)
    if operation.function == "mean":
        shape = operation.output_shape
        divisors = [operation.divisor(index_of(output, shape)) for output in outputs.tolist()]
        return Slopes(1 / np.array(divisors, np.float64)[which])
    winners = [_largest(operation, site, output) for output in outputs.tolist()]
    return Slopes(np.asarray(np.array(winners, np.intp)[which] == taps.inputs, np.float64), picks=True)


def _largest(operation: Reduce, site: Site, output: int) -> int:
    """The place of the first largest value of an output's box: of the first NaN, if there is one."""
    places = reads_of(operation, output)[0].inputs
    return int(places[np.argmax(site.read(0, places))])


@slopes.register
def _(operation: Merge, site: Site, taps: Taps) -> Slopes:
    """The product of the other inputs, for a product."""
    if operation.function != "multiply":
        return Slopes(np.ones(len(taps.inputs)))
    numbers, named = np.ones(len(taps.inputs)), None
    for number, places in enumerate(_others(operation, taps)):
        if number != taps.input:
            named = site.named_input(number, places)
            numbers = numbers * site.read(number, places)
    return Slopes(numbers, named if len(operation.shapes) == 2 else None)


def _others(operation: Merge, taps: Taps) -> list[Places]:
    """For every input the places that are read by the outputs of `taps`."""
    index = np.unravel_index(taps.outputs, operation.output_shape)
    return [
        np.asarray(place_of([i if n > 1 else i * 0 for i, n in zip(index, shape, strict=True)], shape))
        for shape in operation.shapes
    ]


@slopes.register
def _(operation: Map, site: Site, taps: Taps) -> Slopes:
    x, y = site.read(0, taps.inputs), site.given(taps.outputs)
    one = operation.with_(shape=(1,))
    return Slopes(np.array([slope(one, site.run.dtype, float(v), float(w)) for v, w in zip(x, y, strict=True)]))


@slopes.register
def _(operation: Rectify, site: Site, taps: Taps) -> Slopes:
    (above,) = site.read(0, taps.inputs) > 0
    if above:
        return Slopes(np.ones(1))
    channel = taps.outputs // size(operation.shape[1:])
    return Slopes(site.weight("weight", channel), site.named_weight("weight", channel))


@slopes.register
def _(operation: Normalise, site: Site, taps: Taps) -> Slopes:
    """As if mean and variance were given, as they are outside training."""
    channels = taps.outputs // size(operation.shape[1:])
    return Slopes(site.weight("weight", channels) * site.statistics(channels)[1])


@singledispatch
def added(operation: Operation, site: Site, output: int) -> float:
    """What is added to an output that is no product."""
    index = bias_index(operation, index_of(output, operation.output_shape))
    if index is None:
        return 0.0
    place = place_of(index, operation.weight_shapes["bias"])
    return float(site.weight("bias", np.array([place]))[0])


@added.register
def _(operation: Normalise, site: Site, output: int) -> float:
    channel = np.array([output // size(operation.shape[1:])])
    mean, inverse = site.statistics(channel)
    return float((site.weight("bias", channel) - mean * inverse * site.weight("weight", channel))[0])


@singledispatch
def computed(operation: Operation, site: Site, output: int) -> float | None:
    """An output of an operation that is no sum of products, in float64; None for one that is."""
    return None


@computed.register
def _(operation: Map, site: Site, output: int) -> float:
    return float(plain(operation.with_(shape=(1,)), site.read(0, np.array([output])))[0])


@computed.register(Softmax)
@computed.register(LocalNormalise)
def _(operation: Softmax | LocalNormalise, site: Site, output: int) -> float:
    places = size(operation.shape[1:])
    column = np.arange(operation.shape[0]) * places + output % places
    found = plain(replace(operation, shape=(operation.shape[0], 1, 1)), site.read(0, column))
    return float(found[output // places])


@computed.register
def _(operation: Merge, site: Site, output: int) -> float | None:
    """A product of blocks; with a mask of dropout it is a sum of one product."""
    read = [taps.inputs for taps in reads_of(operation, output)]
    named = [site.named_input(number, places) for number, places in enumerate(read)] if len(read) > 1 else []
    if operation.function != "multiply" or len([unit for unit in named if unit is not None]) < 2:
        return None
    return float(np.prod([site.read(number, places)[0] for number, places in enumerate(read)]))
