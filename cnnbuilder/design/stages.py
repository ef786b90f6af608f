"""Stages that repeat in a network."""

from collections.abc import Sequence

from cnnbuilder.design.graph import Block, Graph


def repeats(graph: Graph) -> list[tuple[str, ...]]:
    """The blocks of every stage that repeats."""
    return []


def name_for(blocks: Sequence[Block]) -> str:
    """What a group of these blocks may be called."""
    return "stage"
