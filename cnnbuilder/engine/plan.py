"""A plan: kernel steps in order and, for each, the slots that its arrays lie in. One native call runs it."""

import time
from collections.abc import Callable, Iterable, Mapping

import numpy as np

from cnnbuilder import kernels
from cnnbuilder.engine.buffers import Slot
from cnnbuilder.engine.cancel import Cancel, flag_of, stop_if
from cnnbuilder.engine.tape import Node, Tape

Progress = Callable[[int, int, str], None]
"""Told how much is done, of how much, and what comes next."""

LARGE = 50_000_000
"""Elementary steps from which on a plan runs in several pieces, so that progress shows and any cancel is heard."""


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
        for node in forward:
            self.forward(node)

    def __len__(self) -> int:
        return len(self._steps)

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

    def run(
        self,
        own: Mapping[Slot, int],
        held: Mapping[Slot, int],
        cancelled: Cancel | None = None,
        progress: Progress | None = None,
    ) -> float:
        """Run all steps on the arrays at the addresses `own`, or else `held`, and return the seconds it took; raises
        Cancelled."""
        if not self._pieces:
            self._pieces = list(self._split())
        table = np.array(
            [0 if slot is None else own[slot] if slot in own else held[slot] for slot in self._slots], np.int64
        )
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
