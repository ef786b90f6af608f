"""Values that JSON can hold."""

import math
from typing import Any

from cnnbuilder.design.errors import DesignFileError

DEEPEST = 40


def plain(value: Any, path: str, depth: int = 0) -> Any:
    """A copy of `value` made of None, bool, int, finite float, str, list and dict; DesignFileError names `path`."""
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, float):
        if not math.isfinite(value):
            raise DesignFileError(f"{path}: {value} is not a finite number")
        return float(value)
    if isinstance(value, int):
        return int(value)
    if depth > DEEPEST:
        raise DesignFileError(f"{path[:80]}: nested more than {DEEPEST} deep")
    if isinstance(value, (list, tuple)):
        return [plain(item, f"{path}[{number}]", depth + 1) for number, item in enumerate(value)]
    if isinstance(value, dict):
        for key in value:
            if not isinstance(key, str):
                raise DesignFileError(f"{path}: the key {key!r} is not a text")
        return {key: plain(item, f"{path}.{key}", depth + 1) for key, item in value.items()}
    if hasattr(value, "item"):  # a numpy number
        return plain(value.item(), path, DEEPEST + 1)
    raise DesignFileError(f"{path}: a {type(value).__name__} cannot be kept in a design")
