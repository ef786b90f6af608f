"""Memory for results. A block of memory goes back to the pool when the last array in it dies."""

import ctypes
import threading
import weakref
from collections import OrderedDict
from collections.abc import Mapping
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

ALIGNMENT = 64
"""Bytes; a cache line, and the widest vector."""
KEPT = 512 * 2**20
"""Bytes of idle memory that the pool keeps at most."""

Array = NDArray[Any]
Bytes = NDArray[np.uint8]
Slot = tuple[str, int | str]
"""Where an array is: `("value", v)`, `("saved", v)`, `("weight", name)`, and `("value gradient", v)`,
`("weight gradient", name)`."""


def size_class(size: int) -> int:
    """`size` rounded up by at most an eighth, so that nearly equal requests share blocks."""
    step = max(ALIGNMENT, 1 << max(size.bit_length() - 4, 0))
    return -(-size // step) * step


class Pool:
    """Idle blocks of memory by size, the longest idle dropped first. Fresh pages cost about 0.25 ms a megabyte."""

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._idle: OrderedDict[int, Bytes] = OrderedDict()
        self._by_size: dict[int, list[int]] = {}
        self._size = 0
        # Re-entrant: giving back happens in finalizers, which may run while this thread is taking.
        self._lock = threading.RLock()

    @property
    def idle(self) -> int:
        """The bytes that nobody uses."""
        return self._size

    def take(self, size: int) -> tuple[Bytes, Bytes]:
        """A read-only lease of `size` uninitialised bytes, aligned, and the same memory to write to.

        What is viewed into the lease keeps the memory; the other must not outlive it.
        """
        size = size_class(max(size, 1))
        block = self._pop(size)
        if block is None:
            block = np.empty(size + ALIGNMENT, np.uint8)
        start = -_address_to_write(block) % ALIGNMENT
        # A memoryview between the two keeps numpy from making later views refer to the block itself.
        lease = np.frombuffer(memoryview(block.data).toreadonly(), np.uint8, size, start)
        weakref.finalize(lease, self._give, size, block).atexit = False
        return lease, block[start : start + size]

    def clear(self) -> None:
        """Let all idle memory go."""
        with self._lock:
            self._idle.clear()
            self._by_size.clear()
            self._size = 0

    def _pop(self, size: int) -> Bytes | None:
        with self._lock:
            same = self._by_size.get(size)
            while same:
                block = self._idle.pop(same.pop(), None)
                if block is not None:
                    self._size -= block.size
                    return block
            return None

    def _give(self, size: int, block: Bytes) -> None:
        with self._lock:
            if block.size > self._kept:
                return
            self._idle[id(block)] = block
            self._by_size.setdefault(size, []).append(id(block))
            self._size += block.size
            while self._size > self._kept:
                key, oldest = self._idle.popitem(last=False)
                self._size -= oldest.size
                # The block's length tells its class: see `take`.
                same = self._by_size[oldest.size - ALIGNMENT]
                same.remove(key)
                if not same:
                    del self._by_size[oldest.size - ALIGNMENT]


POOL = Pool()


class Layout:
    """Where arrays lie in one block of memory: made once, and used for any number of rooms."""

    def __init__(self, shapes: Mapping[Slot, tuple[int, ...]], dtype: str) -> None:
        self.dtype = np.dtype(dtype)
        self.shapes = shapes
        self.offsets: dict[Slot, int] = {}
        """In bytes, from the start of the block."""
        self.size = 0
        for slot, shape in shapes.items():
            self.offsets[slot] = self.size
            self.size += -(-prod(shape) * self.dtype.itemsize // ALIGNMENT) * ALIGNMENT


class Room:
    """Arrays in one block of memory: uninitialised, at known addresses, read-only for everyone but the kernels."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self._lease, self._writable = POOL.take(layout.size)
        self.base = _address_to_write(self._writable)

    def address(self, slot: Slot) -> int:
        """Where the array of a slot begins in memory."""
        return self.base + self.layout.offsets[slot]

    def array(self, slot: Slot) -> Array:
        """The array of a slot, read-only."""
        layout = self.layout
        return np.ndarray(layout.shapes[slot], layout.dtype, self._lease, layout.offsets[slot])

    def write(self, slot: Slot, values: Array) -> None:
        """Fill the array of a slot."""
        np.ndarray(values.shape, self.layout.dtype, self._writable, self.layout.offsets[slot])[...] = values


def address_of(array: Array) -> int:
    """Where an array begins in memory."""
    if array.flags.writeable and array.flags.c_contiguous and array.size:
        return _address_to_write(array)
    address = array.__array_interface__["data"][0]
    assert isinstance(address, int)
    return address


def _address_to_write(array: Array) -> int:
    """The same of an array that may be written to: numpy's own ways take two microseconds."""
    return ctypes.addressof(ctypes.c_char.from_buffer(array))  # type: ignore[arg-type]
