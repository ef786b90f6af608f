"""Batch normalisation (S. Ioffe and C. Szegedy, 2015).

`y = (x − mean) / √(variance + ε) · weight + bias`, a channel each.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Self

from cnnbuilder.design.shape import Shape
from cnnbuilder.operations.base import Index, Operation, Read


@dataclass(frozen=True)
class Normalise(Operation):
    """With `training`, mean and biased variance are the batch's; otherwise the running ones.

    In training forward saves, a channel each: mean, 1/√(variance + ε), new running mean, new running variance
    (`new = (1 − momentum)·old + momentum·batch`, the batch's variance unbiased), as an array `[4, channels]`.
    """

    shape: Shape
    epsilon: float
    momentum: float
    training: bool = False

    @property
    def input_shapes(self) -> tuple[Shape, ...]:
        return (self.shape,)

    @property
    def output_shape(self) -> Shape:
        return self.shape

    @property
    def weight_shapes(self) -> dict[str, Shape]:
        return dict.fromkeys(("weight", "bias", "running_mean", "running_var"), (self.shape[0],))

    @property
    def trained(self) -> tuple[str, ...]:
        return ("weight", "bias")

    def saved_size(self, batch: int) -> int:
        return 4 * self.shape[0] if self.training else 0

    @property
    def statistics(self) -> tuple[tuple[str, int, int], ...]:
        channels = self.shape[0]
        if not self.training:
            return ()
        return (("running_mean", 2 * channels, 3 * channels), ("running_var", 3 * channels, 4 * channels))

    def in_training(self) -> Self:
        return replace(self, training=True)

    def reads(self, index: Index) -> Iterator[Read]:
        yield Read(0, index, "weight", (index[0],))
