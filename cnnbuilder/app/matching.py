"""How well what somebody types matches a name: letters in their order are enough, whole beginnings are better."""

from collections.abc import Iterable, Sequence
from typing import TypeVar

Entry = TypeVar("Entry")

BEGINS, BEGINS_WORD, INSIDE, SCATTERED = 100.0, 80.0, 60.0, 30.0
FADING = 0.35
"""What each further field counts, against the one before it."""


def score(wanted: str, fields: Sequence[str]) -> float | None:
    """How well `wanted` matches the fields of an entry (its name first), or None if one of its words does not."""
    words = wanted.lower().split()
    total = 0.0
    for word in words:
        found = max((_in_field(word, text.lower(), number) for number, text in enumerate(fields)), default=0.0)
        if not found:
            return None
        total += found
    return total - 0.05 * len(fields[0]) if fields else total


def _in_field(word: str, text: str, number: int) -> float:
    at = text.find(word)
    if at == 0:
        found = BEGINS
    elif at > 0:
        found = INSIDE if text[at - 1].isalnum() and not _begins_a_word(word, text) else BEGINS_WORD
    elif number == 0 and len(word) > 1 and (gaps := _gaps(word, text)) is not None:
        found = max(SCATTERED - 2.0 * gaps, 1.0)
    else:
        return 0.0
    return found * FADING**number


def _begins_a_word(word: str, text: str) -> bool:
    at = text.find(word)
    while at > 0:
        if not text[at - 1].isalnum():
            return True
        at = text.find(word, at + 1)
    return at == 0


def _gaps(word: str, text: str) -> int | None:
    """How many letters of `text` lie between those of `word`, taken in order; None if they are not all there."""
    at = text.find(word[0])
    first = at
    for letter in word[1:]:
        if at < 0:
            return None
        at = text.find(letter, at + 1)
    return None if at < 0 else at - first + 1 - len(word)


def ranked(wanted: str, entries: Iterable[tuple[Entry, Sequence[str]]]) -> list[Entry]:
    """The entries that match, the best first; those that match equally stay in their order."""
    found = ((score(wanted, fields), entry) for entry, fields in entries)
    return [entry for value, entry in sorted(((v, e) for v, e in found if v is not None), key=lambda item: -item[0])]
