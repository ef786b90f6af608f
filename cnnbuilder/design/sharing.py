"""What the same connections cost when their weights are shared more or less.

A convolution uses one kernel at every place; a tiled convolution a few in turn; a locally connected layer another one
at each place; a fully connected layer also joins what no window does (I. Goodfellow et al., "Deep Learning", 9.5).
"""

from dataclasses import dataclass, replace
from math import prod

from cnnbuilder.design.shape import Pair, Shape, show_pair

CONVOLUTION, TILED, LOCAL, FULL = "convolution", "tiled", "locally connected", "fully connected"
TILES = (2, 2)
"""The tiles that a layer without any is compared with."""


@dataclass(frozen=True)
class Way:
    """One way to share the weights of a layer's connections, from most to least."""

    name: str
    """`convolution`, `tiled, t = 2`, `locally connected` or `fully connected`."""
    parameters: int
    macs: int
    """Multiplications by a weight for one picture."""
    form: str
    """CONVOLUTION, TILED, LOCAL or FULL."""
    tiles: Pair | None = None
    """After how many places down and across the first kernel comes again, where it does."""
    own: bool = False
    """Whether it is the layer's own."""

    @property
    def weight_bytes(self) -> int:
        """The memory of weights and biases in float32."""
        return 4 * self.parameters


@dataclass(frozen=True)
class Connections:
    """The connections of a layer whose windows slide over maps, however it shares their weights."""

    x: Shape
    """The input's shape."""
    z: Shape
    """The output's."""
    kernels: int
    """How many kernels of one channel there are at one place: filters × channels that each reads."""
    taps: int
    """Weights in one of these."""
    bias: bool = True
    tiles: Pair | None = None
    """The layer's own, where it has them."""

    def ways(self, own: str, parameters: int) -> tuple[Way, ...]:
        """The ways to share the weights; `own` names the layer's, which has so many `parameters`.

        The others have a bias where the layer has one: a filter, filter and tile, or output value each.
        """
        places = prod(self.z[1:])
        macs = places * self.kernels * self.taps
        # More kernels in turn than places would not be used.
        tiles = self.tiles or (min(TILES[0], self.z[1]), min(TILES[1], self.z[2]))
        found = {CONVOLUTION: self._way(CONVOLUTION, 1, macs)}
        if self.tiles or tiles != (1, 1):
            found[TILED] = self._way(TILED, prod(tiles), macs, tiles)
        found[LOCAL] = self._way(LOCAL, places, macs)
        inputs, outputs = prod(self.x), prod(self.z)
        found[FULL] = Way(FULL, inputs * outputs + self.bias * outputs, inputs * outputs, FULL)
        found[own] = replace(found[own], parameters=parameters, own=True)
        return tuple(found.values())

    def _way(self, form: str, kernels: int, macs: int, tiles: Pair | None = None) -> Way:
        """`kernels` in turn at every filter."""
        return Way(named(form, tiles), kernels * (self.kernels * self.taps + self.bias * self.z[0]), macs, form, tiles)


def named(form: str, tiles: Pair | None = None) -> str:
    """`convolution`; `tiled, t = 2`."""
    return f"{form}, t = {tiles[0] if tiles[0] == tiles[1] else show_pair(tiles)}" if tiles else form


def periods(ways: tuple[Way, ...], z: Shape) -> tuple[int, int]:
    """After how many places the first kernel of a layer with the output `z` comes again, and the most places that it
    can be: there it never does, and every place has a kernel of its own."""
    most = max(z[1:])
    own = next(way for way in ways if way.own)
    return {CONVOLUTION: 1, LOCAL: most}.get(own.form) or max(own.tiles or (1, 1)), most


def in_turn(ways: tuple[Way, ...], z: Shape, period: int) -> Way:
    """Of a layer that has such `ways` and the output `z`, the one whose first kernel comes again after `period` places
    down and across: every place its own where that is the whole output, a convolution at 1."""
    form = {way.form: way for way in ways}
    if period >= max(z[1:]):
        return form[LOCAL]
    if period <= 1:
        return form[CONVOLUTION]
    tiles = (min(period, z[1]), min(period, z[2]))
    # The layer's own way may have another bias than the rest.
    one, local = form[CONVOLUTION], form[LOCAL]
    each = one.parameters if not one.own else local.parameters // prod(z[1:])
    return Way(named(TILED, tiles), prod(tiles) * each, one.macs, TILED, tiles)
