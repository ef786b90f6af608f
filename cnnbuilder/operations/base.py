"""What every operation says of itself. Operations are values: frozen dataclasses over the shapes of one sample.

An operation reads its inputs and weights and gives one output. `reads` is its index map: the one place that says
which values an output is made of. Kernels, explanations, connectivity and receptive fields all follow it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Self

from cnnbuilder.design.shape import Shape, size

Index = tuple[int, ...]


@dataclass(frozen=True)
class Read:
    """One value that an output reads: `index` of input number `input`, times `weight_index` of `weight` if any."""

    input: int
    index: Index
    weight: str | None = None
    weight_index: Index = ()
    factor: float = 1.0
    """What it is multiplied by that is no weight."""


class Operation:
    """One step of the mathematics, on one sample; kernels add the batch axis in front."""

    @property
    def input_shapes(self) -> tuple[Shape, ...]:
        """The shapes of its inputs, in order."""
        raise NotImplementedError

    @property
    def output_shape(self) -> Shape:
        """The shape of its output."""
        raise NotImplementedError

    @property
    def weight_shapes(self) -> dict[str, Shape]:
        """The shapes of the weights that it reads, by name; kernels rely on them."""
        return {}

    @property
    def weight_names(self) -> tuple[str, ...]:
        """The weights that it reads, by the names that they have in the block."""
        return tuple(self.weight_shapes)

    @property
    def trained(self) -> tuple[str, ...]:
        """Those of `weight_names` that have a gradient."""
        return self.weight_names

    def saved_size(self, batch: int) -> int:
        """How many values forward leaves for backward beside its output."""
        return 0

    @property
    def statistics(self) -> tuple[tuple[str, int, int], ...]:
        """New values of weights that forward leaves among the saved ones: `(weight, from, to)`."""
        return ()

    @property
    def macs(self) -> int:
        """Multiplications by a weight for one sample, counted as the contract does."""
        return 0

    @property
    def work(self) -> int:
        """Roughly how many elementary steps one sample takes; decides over threads."""
        return max(self.macs, size(self.output_shape))

    def in_training(self) -> Self:
        """The same operation as it is in training."""
        return self

    def reads(self, index: Index) -> Iterator[Read]:
        """What output `index` reads, padding left out, in the order in which the plain loop adds it."""
        raise NotImplementedError

    def with_(self, **changes: object) -> Self:
        """A copy with some fields changed."""
        return replace(self, **changes)  # type: ignore[type-var]
