"""How much memory is free, and a refusal before anything too large is allocated."""

import os
from collections.abc import Iterable
from pathlib import Path

import psutil

from cnnbuilder.design.errors import MemoryLimitError
from cnnbuilder.design.shape import Shape, size
from cnnbuilder.engine.buffers import POOL
from cnnbuilder.engine.tape import Node

RESERVE = 0.9
"""The share of free memory that a network may take."""


def free_memory() -> int:
    """Bytes that this process may still take: the least of what the machine has free, what the control group that it
    runs in allows, and CNNBUILDER_MEMORY_LIMIT (bytes) if that is set."""
    free: int = psutil.virtual_memory().available
    for limit, used in (
        ("memory.max", "memory.current"),
        ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes"),
    ):
        try:
            allowed = Path("/sys/fs/cgroup", limit).read_text().strip()
            taken = Path("/sys/fs/cgroup", used).read_text().strip()
        except OSError:
            continue
        if allowed.isdigit() and taken.isdigit():
            free = min(free, max(int(allowed) - int(taken), 0))
    set_limit = os.environ.get("CNNBUILDER_MEMORY_LIMIT", "")
    return min(free, int(set_limit)) if set_limit.isdigit() else free


def show_bytes(count: int) -> str:
    """`18.4 KB`, `1.2 GB`: decimal units, as the window shows them."""
    if count < 1000:
        return f"{count} B"
    amount = float(count)
    units = ["KB", "MB", "GB", "TB", "PB", "EB"]
    while units:
        amount, unit = amount / 1000, units.pop(0)
        if amount < 999.5:
            return f"{amount:.3g} {unit}"
    return f"{amount:.0e} EB"


Need = tuple[str, str, int]
"""A block, what it needs memory for, and how many bytes."""


def require(needs: Iterable[Need]) -> None:
    """Raise MemoryLimitError if `needs` are more than is free; it names the block that needs most."""
    needs = list(needs)
    total = sum(count for _, _, count in needs)
    if total < 2**24:
        return
    free = free_memory()
    if total > RESERVE * free and POOL.idle:
        POOL.clear()
        free = free_memory()
    if total > RESERVE * free:
        block, purpose, most = max(needs, key=lambda need: need[2])
        raise MemoryLimitError(
            f"{block} needs {show_bytes(most)} for {purpose} and the whole network {show_bytes(total)}, but only "
            f"{show_bytes(free)} of memory is free. Make {block}, the picture or the batch smaller."
        )


def array_bytes(shape: Shape, dtype: str) -> int:
    """The size of an array."""
    return size(shape) * int(dtype[-2:]) // 8


def output_needs(nodes: Iterable[Node], batch: int, dtype: str) -> list[Need]:
    """What the outputs of `nodes` need."""
    return [
        (node.block, "its output", batch * array_bytes(node.operation.output_shape, dtype))
        for node in nodes
        if not node.is_view
    ]


def require_outputs(nodes: Iterable[Node], batch: int, dtype: str) -> None:
    """`require` for the outputs of `nodes`."""
    require(output_needs(nodes, batch, dtype))
