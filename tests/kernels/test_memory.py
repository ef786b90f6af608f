"""No kernel reads or writes beside its arrays: each array lies against a page that may not be touched."""

import ctypes
import mmap
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnbuilder import kernels
from cnnbuilder.operations import Operation
from tests.kernels.drawing import correlations, operations
from tests.kernels.running import Array, draw_data, run_step

pytestmark = [
    pytest.mark.usefixtures("kernels"),
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="pages are guarded on Linux"),
]
PAGE = mmap.PAGESIZE


class Guarded:
    """Copies of arrays between guard pages, at the end of their own pages or at the start."""

    def __init__(self, at_end: bool) -> None:
        self.at_end = at_end
        self.maps: list[tuple[mmap.mmap, int]] = []

    def copy(self, array: Array, dtype: str) -> Array:
        array = np.ascontiguousarray(array, dtype)
        length = -(-max(array.nbytes, 1) // PAGE) * PAGE
        memory = mmap.mmap(-1, length + 2 * PAGE)
        start = ctypes.addressof(ctypes.c_char.from_buffer(memory))
        self.maps.append((memory, start))
        for guard in (start, start + PAGE + length):
            assert protect(guard, PAGE, 0) == 0
        offset = PAGE + (length - array.nbytes if self.at_end else 0)
        found: Array = np.frombuffer(memory, dtype, array.size, offset).reshape(array.shape)
        found[...] = array
        return found


def protect(address: int, length: int, how: int) -> int:
    return int(ctypes.CDLL(None).mprotect(ctypes.c_void_p(address), ctypes.c_size_t(length), ctypes.c_int(how)))


@contextmanager
def guarded(at_end: bool) -> Iterator[Guarded]:
    found = Guarded(at_end)
    try:
        yield found
    finally:
        for memory, start in found.maps:
            protect(start, len(memory), mmap.PROT_READ | mmap.PROT_WRITE)


def run_guarded(operation: Operation, batch: int, parts: int, seed: int, dtype: str, at_end: bool) -> None:
    data = draw_data(operation, batch, seed)
    with guarded(at_end) as memory:
        inputs, weights = ([memory.copy(a, dtype) for a in group] for group in (data.inputs, data.weights))
        gradient = memory.copy(data.gradient, dtype)
        output, saved = memory.copy(gradient, dtype), memory.copy(np.zeros(operation.saved_size(batch)), dtype)
        to_inputs = [memory.copy(x, dtype) for x in inputs]
        to_weights = [
            memory.copy(w, dtype) if name in operation.trained else None
            for name, w in zip(operation.weight_names, weights, strict=True)
        ]
        frame = [*inputs, *weights, output, saved, *to_inputs, *to_weights, gradient]
        for role in ("forward", "to_input", "to_weights"):
            if kernels.has(operation, role):
                run_step(kernels.step(operation, role, batch, dtype), frame, parts)


seeds = st.integers(0, 2**32 - 1)
dtypes = st.sampled_from(["float32", "float64"])


@settings(max_examples=2 * settings().max_examples)
@given(operations(), st.integers(1, 3), st.integers(1, 4), seeds, dtypes, st.booleans())
def test_any_operation(operation: Operation, batch: int, parts: int, seed: int, dtype: str, at_end: bool) -> None:
    run_guarded(operation, batch, parts, seed, dtype, at_end)


@settings(max_examples=2 * settings().max_examples)
@given(correlations(30), st.integers(1, 2), st.integers(1, 4), seeds, st.booleans())
def test_convolution(operation: Operation, batch: int, parts: int, seed: int, at_end: bool) -> None:
    run_guarded(operation, batch, parts, seed, "float32", at_end)
