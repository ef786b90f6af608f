"""Numbers as people write them: decimal points or commas, thousands apart, pairs with any cross between.

`comma` says whether the user's language writes a decimal comma. What can be read in two ways is refused, never guessed.
"""

import math
import re

from PySide6.QtCore import QLocale

from cnnbuilder.design.parameters import BadValue

_CROSS = r"\s*[×xX*;]\s*"
_GROUP = r"[-+]?[1-9]\d{0,2}(?:%s\d{3})+"
_BRACKETS = "[](){} "
_SIGNS = str.maketrans({"−": "-", "–": "-", "\u00a0": " ", "\u2009": " ", "\u202f": " ", "\u2007": " ", "’": "'"})


def decimal_comma() -> bool:
    """Whether the user's language writes `0,5`."""
    return QLocale().decimalPoint() == ","


def whole_number(text: str, comma: bool = False) -> int | float:
    """`6`, `1,024`, `1 024`, `1e3`; a number that is not whole is given back as it is, for a declaration to refuse.
    Raises ValueError."""
    text = _plain(text)
    for mark in (" ", "'", "." if comma else ","):
        if re.fullmatch(_GROUP % re.escape(mark), text):
            text = text.replace(mark, "")
    try:
        return int(text)
    except ValueError:
        number = float(text.replace(",", "."))
    if not math.isfinite(number):
        raise ValueError(text)
    return int(number) if number.is_integer() else number


def real_number(text: str, comma: bool = False) -> float:
    """`0.5`, `0,5`, `1e-5`, `1 024,5`. Raises ValueError."""
    text = _plain(text)
    point, mark = (",", ".") if comma else (".", ",")
    for between in (" ", "'", mark):
        grouped = re.fullmatch(rf"({_GROUP % re.escape(between)})({re.escape(point)}\d+)?", text)
        if grouped and between == mark and grouped[2] is None and text.count(mark) == 1:
            whole, _, part = text.partition(mark)
            raise BadValue(f"can be read as {whole}{point}{part} or as {whole}{part}: write one of them")
        if grouped:
            text = text.replace(between, "")
    number = float(text.replace(",", "."))
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def whole_numbers(text: str, comma: bool = False) -> list[int | float]:
    """`5 × 3`, `5x3`, `5 3`, `[5, 3]`, `5` and, without decimal commas, `5,3`. Raises ValueError."""
    parts = _parts(text, comma)
    if any(len(part) > 1 and part.startswith("0") for part in parts):
        raise ValueError(text)
    return [whole_number(part, comma) for part in parts]


def real_numbers(text: str, comma: bool = False) -> list[float]:
    """`0.485, 0.456`, `0,485; 0,456`. Raises ValueError."""
    return [real_number(part, comma) for part in _parts(text, comma)]


def written(number: float, comma: bool = False) -> str:
    """A number as the user's language writes it, exactly: `0.1`, `1e-05`."""
    text = repr(number).removesuffix(".0")
    return text.replace(".", ",") if comma else text


def _plain(text: str) -> str:
    if "_" in text:
        raise ValueError(text)
    return text.translate(_SIGNS).strip()


def _parts(text: str, comma: bool) -> list[str]:
    # Where a comma is a decimal comma, it parts two numbers only with a space behind it.
    between = rf"{_CROSS}|\s*,\s+|\s+" if comma else rf"{_CROSS}|\s*,\s*|\s+"
    return re.split(between, text.translate(_SIGNS).strip(_BRACKETS))
