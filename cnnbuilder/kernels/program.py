"""Plans: a table of steps that one native call runs, on one thread or shared out among several.

Every step has two counters, of parts claimed and parts done. Each thread walks the steps, claims parts until none is
left, and waits until all are done before it goes on. A thread that comes late finds everything claimed and costs
nothing; when the caller's call returns, every part is done, so no other thread touches the plan's memory any more.
When the flag is set the parts left are claimed and not run.
"""

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cnnbuilder.kernels import library
from cnnbuilder.kernels.native import (
    Integers,
    add_and_get_old,
    at,
    call,
    cancelled,
    give_way,
    integers,
    kernel,
    load,
    pause,
)
from cnnbuilder.kernels.pool import POOL, Job, thread_count

INT64 = np.dtype(np.int64)
ENTRY = 4
"""Numbers of a step in the table: the function's address, the row's address, where its frame starts, its parts."""
SPINS = 4000
WORTH_WAKING = 120_000
"""Nanoseconds of divisible work from which other threads are woken."""
PARTS_PER_THREAD = 3
"""So that a thread that the system interrupts holds up the others by a third of its share at most."""

Addresses = NDArray[np.int64]


@dataclass(frozen=True)
class Step:
    """One native function with its numbers, ready to be put into a `Program`."""

    function: str
    address: int
    row: tuple[int, ...]
    parts: int
    """The largest useful number of parts; 1 for small work."""
    frame: int
    """The number of address slots."""
    cost: float = 0.0
    """Roughly what one thread takes, in nanoseconds."""


@kernel("run_alone", "float32", signature="run")
def run_alone(table: Integers, steps: int, addresses: Integers, control: Integers, cancel: Integers) -> None:
    """Run every step as one part."""
    for s in range(steps):
        entry = at(table, ENTRY * s)
        if cancelled(cancel):
            return
        call(entry[0], integers(entry[1]), at(addresses, entry[2]), 0, 1, cancel)


@kernel("run_shared", "float32", signature="run")
def run_shared(table: Integers, steps: int, addresses: Integers, control: Integers, cancel: Integers) -> None:
    """Run the parts that no other thread has claimed, step by step; `control` holds claimed and done of each step."""
    for s in range(steps):
        entry, claimed, done = at(table, ENTRY * s), at(control, 2 * s), at(control, 2 * s + 1)
        parts = entry[3]
        while load(claimed) < parts:
            part = add_and_get_old(claimed, 1)
            if part >= parts:
                break
            if not cancelled(cancel):
                call(entry[0], integers(entry[1]), at(addresses, entry[2]), part, parts, cancel)
            add_and_get_old(done, 1)
        spins = 0
        while load(done) < parts:
            spins += 1
            if spins < SPINS:
                pause()
            else:
                give_way()


class Program:
    """Steps to be run one after another; packed once, run any number of times, by any number of threads at once."""

    def __init__(self, steps: Sequence[Step]) -> None:
        self.steps = tuple(steps)
        self._rows = np.array([number for step in steps for number in step.row], np.int64)
        starts = np.cumsum([0, *(len(step.row) for step in steps)])
        frames = np.cumsum([0, *(step.frame for step in steps)])
        base = self._rows.ctypes.data
        self._table = np.array(
            [
                (step.address, base + 8 * int(start), int(frame), 1)
                for step, start, frame in zip(steps, starts, frames, strict=False)
            ],
            np.int64,
        ).reshape(-1, ENTRY)
        self._table_address = self._table.ctypes.data
        self._frame = int(frames[-1])
        self._divisible = sum(step.cost for step in steps if step.parts > 1)
        self._tables: dict[int, Addresses] = {1: self._table}

    def run(self, addresses: Addresses, cancel: Addresses, threads: int | None = None) -> None:
        """Run all steps; `addresses` are their frames one after another. Returns early once `cancel[0] ≠ 0`.

        The interpreter is released meanwhile. Whoever calls keeps the memory behind the addresses alive.
        """
        if addresses.dtype != INT64 or cancel.dtype != INT64 or not addresses.flags.c_contiguous:
            raise TypeError("addresses and cancel must be contiguous int64 arrays")
        if addresses.size != self._frame or cancel.size < 1:
            raise ValueError(f"the program takes {self._frame} addresses, not {addresses.size}")
        if not self.steps:
            return
        wanted = thread_count() if threads is None else threads
        if wanted > 1 and self._divisible >= WORTH_WAKING and POOL.acquire():
            try:
                self._run_shared(addresses, cancel, wanted)
            finally:
                POOL.release()
        else:
            library.runner("run_alone_float32")(
                self._table_address, len(self.steps), _address(addresses), 0, _address(cancel)
            )

    def _run_shared(self, addresses: Addresses, cancel: Addresses, threads: int) -> None:
        table = self._tables.get(threads)
        if table is None:
            table = self._table.copy()
            table[:, 3] = [min(step.parts, threads * PARTS_PER_THREAD) for step in self.steps]
            self._tables[threads] = table
        control = np.zeros(2 * len(self.steps), np.int64)
        function = library.runner("run_shared_float32")
        arguments = (_address(table), len(self.steps), _address(addresses), _address(control), _address(cancel))
        # A worker may look at these arrays after this call has returned: the job holds them.
        try:
            POOL.offer(Job(function, arguments, (self, table, addresses, control, cancel)), threads - 1)
            function(*arguments)
        except BaseException:
            # An interrupt between the two must not leave a worker in memory that the caller is about to give back.
            function(*arguments)
            raise


def _address(array: Addresses) -> int:
    """Where the array's memory is; numpy's own ways take a microsecond."""
    return ctypes.addressof(ctypes.c_char.from_buffer(array))  # type: ignore[arg-type]
