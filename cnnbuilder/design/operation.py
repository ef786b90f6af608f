"""What the document needs to know of an operation: what it costs. The operations themselves are in `operations/`."""

from typing import Protocol


class Operation(Protocol):
    """One step of the mathematics."""

    @property
    def macs(self) -> int:
        """Multiplications by a weight for one sample."""
        ...
