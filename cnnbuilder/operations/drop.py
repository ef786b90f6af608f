"""Dropout (N. Srivastava et al., 2014): in training some values are made 0, so that none is relied on alone."""

from dataclasses import dataclass

from cnnbuilder.operations.base import Operation
from cnnbuilder.operations.merge import Merge
from cnnbuilder.operations.view import View


@dataclass(frozen=True)
class Drop(View):
    """Outside training the values go by, as a view. In training each is multiplied by a number of a mask of its own:
    0 with probability `rate`, else 1 / (1 − rate), so that sums stay as they are on average."""

    rate: float

    @property
    def masked(self) -> Operation:
        """What it is in training: the values, times a mask as its second input."""
        return Merge("multiply", (self.before, self.before))
