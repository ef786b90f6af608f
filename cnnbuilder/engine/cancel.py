"""Cancelling work that runs natively: a flag in memory that the kernels read."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from cnnbuilder.design.errors import Cancelled

Cancel = Callable[[], bool]
"""Asked between pieces of work whether to stop. A `Cancellation` also stops the kernels inside of one."""


class Cancellation:
    """Stops the work that it was given to, from any thread."""

    def __init__(self) -> None:
        self.flag: NDArray[np.int64] = np.zeros(1, np.int64)

    def cancel(self) -> None:
        """Stop; the work raises Cancelled soon."""
        self.flag[0] = 1

    def __call__(self) -> bool:
        return bool(self.flag[0])


def flag_of(cancelled: Cancel | None) -> NDArray[np.int64]:
    """The flag that kernels are to read."""
    return cancelled.flag if isinstance(cancelled, Cancellation) else np.zeros(1, np.int64)


def stop_if(cancelled: Cancel | None) -> None:
    """Raises Cancelled if it is time to stop."""
    if cancelled is not None and cancelled():
        raise Cancelled("cancelled")
