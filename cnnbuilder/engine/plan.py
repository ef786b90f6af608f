"""A plan: kernel steps in order and, for each, the slots that its arrays lie in. One native call runs it."""

import time
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from cnnbuilder import kernels
from cnnbuilder.engine.buffers import Layout, Room, Slot
from cnnbuilder.engine.cancel import Cancel, flag_of, stop_if
from cnnbuilder.engine.tape import Node, Tape

Progress = Callable[[int, int, str], None]
"""Told how much is done, of how much, and what comes next."""

LARGE = 50_000_000
"""Elementary steps from which on a plan runs in several pieces, so that progress shows and any cancel is heard."""

Table = NDArray[np.int64]
Place = Callable[[Slot], int]
"""Where the array of a slot begins in memory."""


class Plan:
    """Steps are added, then the plan is run any number of times, each on arrays of its own."""

    def __init__(self, tape: Tape, batch: int, dtype: str, forward: Iterable[Node] = ()) -> None:
        self._tape = tape
        self._batch = batch
        self._dtype = dtype
        self._steps: list[kernels.Step] = []
        self._slots: list[Slot | None] = []
        self._ends: list[int] = []
        self._work: list[int] = []
        self._blocks: list[str] = []
        self._pieces: list[tuple[kernels.Program, int, int]] = []
        self._bound: tuple[Layout, Table, Table, list[tuple[int, Slot]]] | None = None
        self._nodes = tuple(forward)
        for node in self._nodes:
            self.forward(node)

    def __len__(self) -> int:
        return len(self._steps)

    @cached_property
    def layout(self) -> Layout:
        """One block of memory for all that the forward steps write."""
        shapes: dict[Slot, tuple[int, ...]] = {}
        for node in self._nodes:
            shapes.update(written(self._tape, node, self._batch))
        return Layout(shapes, self._dtype)

    def forward(self, node: Node) -> None:
        """Add the step that makes `node`'s output; nothing for a view."""
        if not node.is_view:
            self._add(node, "forward", 0, {})

    def to_input(self, node: Node, accumulate: int, gradients: Mapping[int, int]) -> None:
        """Add the step from the gradient of `node`'s output to those of its inputs. `gradients` gives, for a value, the
        one whose gradient's memory it shares; bit i of `accumulate` adds to what is in input i's."""
        self._add(node, "to_input", accumulate, gradients)

    def to_weights(self, node: Node, gradients: Mapping[int, int]) -> None:
        """Add the step from the gradient of `node`'s output to those of its weights."""
        self._add(node, "to_weights", 0, gradients)

    def _add(self, node: Node, role: str, accumulate: int, gradients: Mapping[int, int]) -> None:
        operation, root = node.operation, self._tape.root
        step = kernels.step(operation, role, self._batch, self._dtype, accumulate)
        needs = kernels.needs(operation, role, self._dtype)
        frame: list[Slot | None] = [("value", root[v]) if "x" in needs else None for v in node.inputs]
        frame += [("weight", name) if "weights" in needs else None for name in node.weights]
        frame.append(("value", root[node.output]) if "y" in needs else None)
        frame.append(("saved", node.output) if "saved" in needs and operation.saved_size(self._batch) else None)
        frame += [("value gradient", gradients[v]) if "gx" in needs else None for v in node.inputs]
        trained = {f"{node.block}.{name}" for name in operation.trained}
        frame += [
            ("weight gradient", name) if "gweights" in needs and name in trained else None for name in node.weights
        ]
        frame.append(("value gradient", gradients[node.output]) if "gy" in needs else None)
        self._steps.append(step)
        self._slots += frame
        self._ends.append(len(self._slots))
        self._work.append(operation.work * self._batch)
        self._blocks.append(node.block)

    def addresses(self, place: Place) -> Table:
        """The frames of all steps one after another."""
        return np.array([0 if slot is None else place(slot) for slot in self._slots], np.int64)

    def addresses_in(self, room: Room, place: Place) -> Table:
        """The same: what lies in `room` without asking slot by slot, once this layout was met, and the rest by
        `place`."""
        bound = self._bound
        if bound is None or bound[0] is not room.layout:
            offsets = room.layout.offsets
            starts = np.array([0 if slot is None else offsets.get(slot, 0) for slot in self._slots], np.int64)
            inside = np.array([slot in offsets for slot in self._slots], np.int64)
            outside = [(number, slot) for number, slot in enumerate(self._slots) if slot and slot not in offsets]
            self._bound = bound = (room.layout, starts, inside, outside)
        _, starts, inside, outside = bound
        table: Table = inside * room.base
        table += starts
        for number, slot in outside:
            table[number] = place(slot)
        return table

    def run(self, table: Table, cancelled: Cancel | None = None, progress: Progress | None = None) -> float:
        """Run all steps on the arrays at the addresses of `table` and return the seconds it took; raises Cancelled."""
        if not self._pieces:
            self._pieces = list(self._split())
        flag = flag_of(cancelled)
        began = time.perf_counter()
        for number, (program, first, last) in enumerate(self._pieces):
            stop_if(cancelled)
            if progress is not None:
                progress(number, len(self._pieces), self._blocks[self._ends.index(first) + 1 if first else 0])
            program.run(table[first:last], flag)
        stop_if(cancelled)
        return time.perf_counter() - began

    def _split(self) -> Iterable[tuple[kernels.Program, int, int]]:
        """Programs of all steps: one, or several of about LARGE work each."""
        steps: list[kernels.Step] = []
        first = work = 0
        for number, step in enumerate(self._steps):
            steps.append(step)
            work += self._work[number]
            if work >= LARGE or number == len(self._steps) - 1:
                yield kernels.Program(steps), first, self._ends[number]
                steps, first, work = [], self._ends[number], 0


def written(tape: Tape, node: Node, batch: int) -> dict[Slot, tuple[int, ...]]:
    """The arrays that a node's forward step writes: none for a view."""
    if node.is_view:
        return {}
    shapes: dict[Slot, tuple[int, ...]] = {("value", node.output): (batch, *tape.shapes[node.output])}
    if count := node.operation.saved_size(batch):
        shapes["saved", node.output] = (count,)
    return shapes
