"""Local response normalisation (A. Krizhevsky, I. Sutskever and G. Hinton, 2012), with PyTorch's mean over the window.

`y[c] = x[c] / (k + α / size · Σ_j x[j]²)^β` at every place, over the channels j of a window around c; what lies beyond
the first or the last channel counts as 0.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from cnnbuilder.design.shape import Shape
from cnnbuilder.design.shape import size as count
from cnnbuilder.operations.base import Index, Operation, Read


@dataclass(frozen=True)
class LocalNormalise(Operation):
    """Over `size` neighbouring channels of a volume: `size // 2` before the channel itself, the rest after it.

    With a β of 0 every value is divided by 1, whatever its neighbours hold (NaN too: IEEE 754, pow), so none is read.
    """

    shape: Shape
    size: int
    alpha: float
    beta: float
    k: float

    @property
    def before(self) -> int:
        """How many channels before its own an output reads, where there are so many."""
        return min(self.size // 2, self.shape[0] - 1) if self.beta else 0

    @property
    def after(self) -> int:
        """How many channels after its own an output reads, where there are so many."""
        return min((self.size - 1) // 2, self.shape[0] - 1) if self.beta else 0

    @property
    def input_shapes(self) -> tuple[Shape, ...]:
        return (self.shape,)

    @property
    def output_shape(self) -> Shape:
        return self.shape

    @property
    def work(self) -> int:
        return count(self.shape) * (self.before + self.after + 5)

    def reads(self, index: Index) -> Iterator[Read]:
        c = index[0]
        for channel in range(max(0, c - self.before), min(self.shape[0], c + self.after + 1)):
            yield Read(0, (channel, *index[1:]))
