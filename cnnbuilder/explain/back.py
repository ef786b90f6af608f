"""What a gradient is made of at one operation: the parts of dJ/d(a value that it reads) and of dJ/d(one weight).

Parts are the executed ones: where a kernel adds a value's own share and that of all others apart, so do they.
"""

from dataclasses import dataclass
from functools import cached_property, singledispatch

import numpy as np

from cnnbuilder.design.shape import size
from cnnbuilder.engine.backward import Gradients
from cnnbuilder.engine.tape import Node
from cnnbuilder.explain.local import slopes
from cnnbuilder.explain.site import Site, inside
from cnnbuilder.explain.taps import biased_by, index_of, readers_of, reads_of, uses_of
from cnnbuilder.explain.terms import Floats, Named, Part, Places
from cnnbuilder.operations import LocalNormalise, Normalise, Operation, Rectify, Softmax


@dataclass(frozen=True, eq=False)
class Back:
    """A site in a backward pass."""

    gradients: Gradients
    site: Site

    @cached_property
    def _behind(self) -> tuple[str, Node | None]:
        """The block at whose output the gradient is that comes back here; inside a block also what reads it."""
        tape, value = self.site.run.tape, self.site.node.output
        names = {value: id for id, value in tape.output.items()}
        while value not in names:
            (node,) = tape.readers[value]
            if not node.is_view:
                return inside(node.block), node
            value = node.output
        return names[value], None

    @property
    def source(self) -> str:
        """Where the gradient stands that comes back here."""
        return self._behind[0]

    def part(self, outputs: Places, weights: Floats, factors: Named | None = None, picks: bool = False) -> Part:
        """The gradients at these outputs, times these numbers."""
        source, reader = self._behind
        shape = self.site.operation.output_shape
        if reader is None:
            array = self.gradients.outputs[source]
            shape = array.shape[1:]
            values = np.asarray(array[self.site.sample].reshape(-1)[outputs], np.float64)
        else:
            values = self._between(reader, outputs)
        return Part(Named(source, shape, outputs), values, weights, factors, self.site.sample, picks)

    def _between(self, reader: Node, places: Places) -> Floats:
        """Gradients inside a block, which are not kept: what their reader gives back."""
        behind = Back(self.gradients, Site(self.site.run, reader, self.site.sample))
        parts = [to_input(reader.operation, behind, 0, place) for place in places.tolist()]
        return np.array([sum(float(part.products.sum()) for part in own) for own in parts])

    def on(self, sample: int) -> "Back":
        """The same on another sample."""
        return Back(self.gradients, self.site.on(sample))


@singledispatch
def to_input(operation: Operation, back: Back, input: int, place: int) -> list[Part]:
    """What comes back to a value of an input."""
    taps = readers_of(operation, input, place)
    by = slopes(operation, back.site, taps)
    return [back.part(taps.outputs, by.numbers, by.factors, by.picks)]


@to_input.register
def _(operation: Softmax, back: Back, input: int, place: int) -> list[Part]:
    """`p[i] · G[i] − Σ_j p[i] · p[j] · G[j]`."""
    outputs, own = readers_of(operation, input, place).outputs, np.array([place])
    share = back.site.given(own)
    return [back.part(own, share), back.part(outputs, -share * back.site.given(outputs))]


@to_input.register
def _(operation: LocalNormalise, back: Back, input: int, place: int) -> list[Part]:
    """`s[c]^−β · G[c] − Σ_j 2αβ / size · x[c] · x[j] · s[j]^−(β+1) · G[j]`, with `s = k + α / size · Σ x²`."""
    outputs, own = readers_of(operation, input, place).outputs, np.array([place])
    share, beta = operation.alpha / operation.size, operation.beta
    squares = [np.square(back.site.read(0, reads_of(operation, j)[0].inputs)).sum() for j in (place, *outputs)]
    base = operation.k + share * np.array(squares)
    there = -2 * share * beta * back.site.read(0, own) * back.site.read(0, outputs) * base[1:] ** -(beta + 1)
    return [back.part(own, base[:1] ** -beta), back.part(outputs, there)]


@to_input.register
def _(operation: Normalise, back: Back, input: int, place: int) -> list[Part]:
    """In training mean and variance are of the batch, so every value of the channel gives something back:
    `w · r · (G[i] − Σ_j G[j] / m − Σ_j x̂[i] · x̂[j] / m · G[j])` over the m values of the channel."""
    if not operation.training:
        return to_input.dispatch(Operation)(operation, back, input, place)
    batch, places = back.site.run.batch, size(operation.shape[1:])
    own, channel = np.array([place]), np.array([place // places])
    scale = back.site.weight("weight", channel) * back.site.statistics(channel)[1]
    units = channel * places + np.arange(places)
    even = np.repeat(-scale / (batch * places), places)
    here = _normalised(operation, back.site, own)
    parts = [back.part(own, scale)]
    for other in map(back.on, range(batch)):
        parts += [other.part(units, even), other.part(units, even * here * _normalised(operation, other.site, units))]
    return parts


def _normalised(operation: Normalise, site: Site, places: Places) -> Floats:
    """`x̂ = (x − mean) · r`."""
    mean, inverse = site.statistics(places // size(operation.shape[1:]))
    return np.asarray((site.read(0, places) - mean) * inverse)


@singledispatch
def to_weight(operation: Operation, back: Back, weight: str, place: int) -> Part:
    """What one sample gives to one number of a weight: gradients times the values that it was multiplied by."""
    if weight == "bias":
        outputs = biased_by(operation, index_of(place, operation.weight_shapes[weight]))
        return back.part(outputs, np.ones(len(outputs)))
    taps = uses_of(operation, weight, place)
    return back.part(taps.outputs, back.site.read(0, taps.inputs), back.site.named_input(0, taps.inputs))


@to_weight.register
def _(operation: Rectify, back: Back, weight: str, place: int) -> Part:
    """Only values that are not above 0 are multiplied by it."""
    units = uses_of(operation, weight, place).inputs
    units = units[~(back.site.read(0, units) > 0)]
    return back.part(units, back.site.read(0, units), back.site.named_input(0, units))


@to_weight.register
def _(operation: Normalise, back: Back, weight: str, place: int) -> Part:
    """What it multiplies is normalised before."""
    if weight == "bias":
        return to_weight.dispatch(Operation)(operation, back, weight, place)
    units = uses_of(operation, weight, place).inputs
    return back.part(units, _normalised(operation, back.site, units))
