"""Parameters for a new block that fit what it is joined to."""

from typing import Any

from cnnbuilder.design.graph import Graph


def fitting(graph: Graph, kind: str, sources: tuple[str, ...] = ()) -> dict[str, Any]:
    """What to give a block of `kind` that reads `sources` besides its defaults."""
    return {}
