"""Values that JSON can hold."""

import math
from typing import Any

from cnnbuilder.design.errors import DesignFileError

DEEPEST = 40
LONGEST = 14_000
"""The bits of the longest integer: Python writes none of more than 4300 digits."""


def plain(value: Any, path: str, depth: int = 0) -> Any:
    """A copy of `value` made of None, bool, int, finite float, str, list and dict; DesignFileError names `path`."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _text(value, path)
    if isinstance(value, float):
        if not math.isfinite(value):
            raise DesignFileError(f"{path}: {value} is not a finite number")
        return float(value)
    if isinstance(value, int):
        if value.bit_length() > LONGEST:
            raise DesignFileError(f"{path}: a number of {value.bit_length()} bits is too long")
        return int(value)
    if depth > DEEPEST:
        raise DesignFileError(f"{path[:80]}: nested more than {DEEPEST} deep")
    if isinstance(value, (list, tuple)):
        return [plain(item, f"{path}[{number}]", depth + 1) for number, item in enumerate(value)]
    if isinstance(value, dict):
        for key in value:
            if not isinstance(key, str):
                raise DesignFileError(f"{path}: the key {key!r} is not a text")
            _text(key, path)
        return {key: plain(item, f"{path}.{key}", depth + 1) for key, item in value.items()}
    if hasattr(value, "tolist"):  # a number or array of numpy's
        return plain(value.tolist(), path, depth + 1)
    raise DesignFileError(f"{path}: a {type(value).__name__} cannot be kept in a design")


def _text(value: str, path: str) -> str:
    """`value`, if it can be written to a file; half a character of UTF-16 cannot."""
    try:
        value.encode()
    except UnicodeEncodeError:
        raise DesignFileError(f"{path}: the text {value[:40]!r} is not Unicode") from None
    return value
