"""The backward pass: from the gradient at one value to those of every value and weight before it."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cnnbuilder import kernels
from cnnbuilder.design.errors import UnknownNameError
from cnnbuilder.engine import memory
from cnnbuilder.engine.buffers import Room, Slot, bytes_of
from cnnbuilder.engine.cancel import Cancel
from cnnbuilder.engine.plan import Plan, Progress
from cnnbuilder.engine.tape import Node, Tape
from cnnbuilder.operations import Merge

if TYPE_CHECKING:
    from cnnbuilder.engine.run import Run

Array = NDArray[Any]


class _Arrays(Mapping[str, Array]):
    """Read-only arrays by name; a name without one has gradient 0, because the loss does not depend on it."""

    __eq__ = object.__eq__
    __hash__ = object.__hash__

    def __init__(self, found: dict[str, Array], shapes: dict[str, tuple[int, ...]], dtype: str, what: str) -> None:
        self._found = found
        self._shapes = shapes
        self._dtype = dtype
        self._what = what

    def __getitem__(self, name: str) -> Array:
        if name not in self._shapes:
            raise UnknownNameError(f"there is no {self._what} {name!r} in this run")
        if name not in self._found:
            self._found[name] = np.zeros(self._shapes[name], self._dtype)
            self._found[name].flags.writeable = False
        return self._found[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._shapes)

    def __len__(self) -> int:
        return len(self._shapes)


class Gradients:
    """What a backward pass found, read-only.

    `outputs["conv1"]` is dJ/d(output of conv1), batch axis first; `weights["conv1.weight"]` is summed over the batch.
    `loss` is None where the gradient was given.
    """

    def __init__(
        self, run: "Run", loss: float | None, seconds: float, outputs: dict[str, Array], weights: dict[str, Array]
    ) -> None:
        self.run = run
        self.loss = loss
        self.seconds = seconds
        tape = run.tape
        self.outputs: Mapping[str, Array] = _Arrays(
            outputs,
            {block: (run.batch, *tape.shapes[value]) for block, value in tape.output.items()},
            run.dtype,
            "block",
        )
        self.weights: Mapping[str, Array] = _Arrays(
            weights,
            {name: weight.shape for name, weight in tape.weights.items() if weight.trained},
            run.dtype,
            "weight",
        )


class _Route:
    """Which gradients are needed, in whose memory they lie, and the plan that makes them."""

    def __init__(self, run: "Run", seeds: set[int]) -> None:
        self.tape: Tape = run.tape
        self.plan = Plan(run.tape, run.batch, run.dtype)
        self.values: set[int] = set()
        """The values of the forward pass that the plan reads."""
        self.trained: list[str] = []
        self.reached = self.tape.before(seeds)
        self.root = {value: value for value in self.reached}
        """For every value the one whose gradient's memory it shares."""
        self._begun = set(seeds)
        self._dtype = run.dtype
        for node in reversed(self.tape.nodes):
            if node.output in self.reached:
                self._visit(node, seeds)

    def _visit(self, node: Node, seeds: set[int]) -> None:
        if node.is_view:
            self._view(node, seeds)
            return
        if kernels.has(node.operation, "to_input"):
            accumulate = 0
            for number, value in enumerate(node.inputs):
                accumulate |= (value in self._begun) << number
                self._begun.add(value)
            self.plan.to_input(node, accumulate, self.root)
            self._read(node, "to_input")
        if node.operation.trained and kernels.has(node.operation, "to_weights"):
            self.plan.to_weights(node, self.root)
            self._read(node, "to_weights")
            self.trained += [f"{node.block}.{name}" for name in node.operation.trained]

    def _view(self, node: Node, seeds: set[int]) -> None:
        source = node.inputs[0]
        readers = [reader for reader in self.tape.readers[source] if reader.output in self.reached]
        if len(readers) == 1 and source not in seeds:
            self.root[source] = self.root[node.output]
        else:
            # The source's gradient is a sum, so the view's is added to it: a sum of one input, backward.
            shape = self.tape.shapes[source]
            copy = Node(Merge("add", (shape,)), node.inputs, (), node.output, node.block)
            self.plan.to_input(copy, int(source in self._begun), self.root)
        self._begun.add(source)

    def _read(self, node: Node, role: str) -> None:
        needs = kernels.needs(node.operation, role, self._dtype)
        if "x" in needs:
            self.values.update(node.inputs)
        if "y" in needs:
            self.values.add(node.output)


def differentiate(
    run: "Run",
    loss: float | None,
    seeds: Mapping[int, Array],
    known: Mapping[int, Array],
    cancelled: Cancel | None,
    progress: Progress | None,
) -> Gradients:
    """The gradients from `seeds`, gradients at values, back; `known` gradients are only reported."""
    route = _Route(run, set(seeds))
    tape, dtype = run.tape, np.dtype(run.dtype)
    shapes: dict[Slot, tuple[int, ...]] = {
        ("value gradient", value): (run.batch, *tape.shapes[value]) for value in sorted(set(route.root.values()))
    }
    shapes.update({("weight gradient", name): tape.weights[name].shape for name in route.trained})
    memory.require([("the backward pass", "the gradients", bytes_of(shapes, run.dtype))])
    run.make(route.values, cancelled)
    room = Room(shapes, run.dtype)
    with np.errstate(over="ignore"):  # beyond float32 is infinite, as it is for every kernel
        for value, seed in seeds.items():
            room.write(("value gradient", route.root[value]), seed)
        outputs = {id: known[value].astype(dtype) for id, value in tape.output.items() if value in known}
    seconds = route.plan.run(room.addresses, run.places, cancelled, progress)
    for array in outputs.values():
        array.flags.writeable = False
    for id, value in tape.output.items():
        if value in route.root and id not in outputs:
            array = room.array(("value gradient", route.root[value]))
            outputs[id] = array.reshape(run.batch, *tape.shapes[value])
    weights = {name: room.array(("weight gradient", name)) for name in route.trained}
    return Gradients(run, loss, seconds, outputs, weights)
