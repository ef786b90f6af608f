"""What counts as an array of numbers."""

from typing import Any

import numpy as np
from numpy.typing import NDArray


def numbers(values: Any) -> NDArray[Any]:
    """`values` as an array of floats, integers or booleans; raises ValueError for anything else."""
    try:
        array = np.asarray(values)
    except (TypeError, ValueError):
        raise ValueError("not an array of numbers") from None
    if array.dtype.kind not in "fiub":
        raise ValueError("not an array of numbers")
    return array
