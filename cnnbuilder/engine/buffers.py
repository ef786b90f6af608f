"""Memory for results. A block of memory goes back to the pool when the last array in it dies."""

import threading
import weakref
from typing import Any

import numpy as np
from numpy.typing import NDArray

ALIGNMENT = 64
"""Bytes; a cache line, and the widest vector."""
KEPT = 512 * 2**20
"""Bytes of idle memory that the pool keeps at most."""

Bytes = NDArray[np.uint8]


class Pool:
    """Idle blocks of memory by size. Fresh pages cost about 0.25 ms a megabyte; used ones nothing."""

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._idle: dict[int, list[Bytes]] = {}
        self._size = 0
        # Re-entrant: giving back happens in finalizers, which may run while this thread is taking.
        self._lock = threading.RLock()

    def take(self, size: int) -> Bytes:
        """An array of `size` uninitialised bytes, aligned; whatever is viewed into it keeps it."""
        with self._lock:
            blocks = self._idle.get(size)
            block = blocks.pop() if blocks else None
            if block is not None:
                self._size -= block.size
        if block is None:
            block = np.empty(size + ALIGNMENT, np.uint8)
        start = -block.ctypes.data % ALIGNMENT
        # A memoryview between the two keeps numpy from making later views refer to the block itself.
        lease = np.frombuffer(memoryview(block.data), np.uint8, size, start) if size else np.empty(0, np.uint8)
        if size:
            weakref.finalize(lease, self._give, size, block).atexit = False
        return lease

    def _give(self, size: int, block: Bytes) -> None:
        with self._lock:
            if self._size + block.size <= self._kept:
                self._idle.setdefault(size, []).append(block)
                self._size += block.size


POOL = Pool()


class Layout:
    """Places of arrays in one block of memory, by key."""

    def __init__(self, itemsize: int) -> None:
        self._itemsize = itemsize
        self._places: dict[tuple[str, int | str], tuple[int, tuple[int, ...]]] = {}
        self.size = 0

    def add(self, key: tuple[str, int | str], shape: tuple[int, ...]) -> None:
        """Room for an array of `shape`."""
        count = self._itemsize
        for n in shape:
            count *= n
        self._places[key] = (self.size, shape)
        self.size += -(-count // ALIGNMENT) * ALIGNMENT

    def offsets(self) -> dict[tuple[str, int | str], int]:
        """Where each array begins, in bytes."""
        return {key: offset for key, (offset, _) in self._places.items()}

    def view(self, memory: Bytes, key: tuple[str, int | str], dtype: np.dtype[Any]) -> NDArray[Any]:
        """The array of `key` in `memory`."""
        offset, shape = self._places[key]
        return np.ndarray(shape, dtype, memory, offset)
