"""What a kernel file says of an operation: the numbers of its row, and how far its work can be split."""

import struct
from dataclasses import dataclass

PART = 15_000
"""A part should take at least this long, in nanoseconds: several times what waking and joining a thread costs."""


@dataclass(frozen=True)
class Packed:
    """The numbers that a kernel reads after `batch` and `accumulate`, and what it costs.

    `units` is how many pieces the work divides into without overlap, `cost` roughly how long one thread takes, in
    nanoseconds.
    """

    numbers: tuple[int, ...]
    units: int
    cost: float

    @property
    def parts(self) -> int:
        """The largest useful number of parts."""
        return max(1, min(self.units, int(self.cost / PART)))


def float_bits(number: float) -> int:
    """The bits of a float64 as a signed integer; `native.as_float` undoes it."""
    (found,) = struct.unpack("q", struct.pack("d", number))
    assert isinstance(found, int)
    return found
