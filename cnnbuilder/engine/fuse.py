"""Fusing: several operations made one where nothing looks at the value between.

Rules speak of operations, never of kinds.
"""

from collections.abc import Set
from dataclasses import replace

from cnnbuilder.engine.tape import Node, Tape
from cnnbuilder.operations import Correlate, Map


def fuse(tape: Tape, observed: Set[int]) -> list[Node]:
    """The nodes of `tape` with some joined; values in `observed` are all still made.

    One rule so far: a ReLU that is the only reader of a convolution is applied as the convolution stores its results.
    """
    fused: list[Node] = []
    taken: set[int] = set()
    for node in tape.nodes:
        if node.output in taken:
            continue
        follower = _only_reader(tape, node, observed)
        if follower is not None and isinstance(node.operation, Correlate) and _is_relu(follower):
            assert isinstance(follower.operation, Map)
            operation = node.operation.with_(epilogue=follower.operation)
            fused.append(replace(node, operation=operation, output=follower.output))
            taken.add(follower.output)
        else:
            fused.append(node)
    return fused


def _only_reader(tape: Tape, node: Node, observed: Set[int]) -> Node | None:
    readers = tape.readers.get(node.output, [])
    return readers[0] if len(readers) == 1 and node.output not in observed else None


def _is_relu(node: Node) -> bool:
    return isinstance(node.operation, Map) and node.operation.function == "relu"
