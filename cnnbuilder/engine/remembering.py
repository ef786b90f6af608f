"""Holding what was made for a few sizes and batches: they have no end."""

from typing import TypeVar

Key = TypeVar("Key")
Made = TypeVar("Made")

REMEMBERED = 16
"""How many tapes, passes and ways back are kept, for pictures and batches of different sizes."""


def remember(held: dict[Key, Made], key: Key, made: Made) -> Made:
    """Hold `made`, and let the oldest go where there are many."""
    while len(held) >= REMEMBERED:
        held.pop(next(iter(held)), None)
    held[key] = made
    return made
