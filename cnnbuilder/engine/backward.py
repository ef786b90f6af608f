"""The backward pass: from the gradient at one value to those of every value and weight before it."""

from collections.abc import Callable, Iterator, Mapping, Set
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cnnbuilder import kernels
from cnnbuilder.design.errors import UnknownNameError
from cnnbuilder.engine import memory
from cnnbuilder.engine.buffers import Layout, Room, Slot
from cnnbuilder.engine.cancel import Cancel
from cnnbuilder.engine.loss import Start
from cnnbuilder.engine.plan import Plan, Progress
from cnnbuilder.engine.remembering import remember
from cnnbuilder.engine.tape import Node, Tape
from cnnbuilder.operations import Merge

if TYPE_CHECKING:
    from cnnbuilder.engine.run import Run

Array = NDArray[Any]


Make = Callable[[str], Array | None]


class _Arrays(Mapping[str, Array]):
    """Read-only arrays by name, made when they are asked for; a name without one has gradient 0, because the loss does
    not depend on it."""

    __eq__ = object.__eq__
    __hash__ = object.__hash__

    def __init__(self, make: Make, shapes: Mapping[str, tuple[int, ...]], dtype: str, what: str) -> None:
        self._make = make
        self._found: dict[str, Array] = {}
        self._shapes = shapes
        self._dtype = dtype
        self._what = what

    def __getitem__(self, name: str) -> Array:
        if name not in self._shapes:
            raise UnknownNameError(f"there is no {self._what} {name!r} in this run")
        if name not in self._found:
            array = self._make(name)
            if array is None:
                array = np.zeros(self._shapes[name], self._dtype)
                array.flags.writeable = False
            self._found.setdefault(name, array)
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
        self, run: "Run", start: Start, seconds: float, route: "Route", output: Make, weight: Make
    ) -> None:
        self.run = run
        self.start = start
        self.loss = start.loss
        self.seconds = seconds
        self.reached: Set[int] = route.reached
        """The values of the tape that the gradient came to from its start."""
        self.outputs: Mapping[str, Array] = _Arrays(output, route.output_shapes, run.dtype, "block")
        self.weights: Mapping[str, Array] = _Arrays(weight, route.weight_shapes, run.dtype, "weight")


class Route:
    """Which gradients are needed, in whose memory they lie, and the plan that makes them; it serves every run of its
    tape with that batch and type. Not `to_weights`: those of values alone."""

    def __init__(self, run: "Run", seeds: set[int], to_weights: bool = True) -> None:
        self.tape: Tape = run.tape
        self.plan = Plan(run.tape, run.batch, run.dtype)
        self.values: set[int] = set()
        """The values of the forward pass that the plan reads."""
        self.trained: list[str] = []
        self.reached = self.tape.before(seeds)
        self.root = {value: value for value in self.reached}
        """For every value the one whose gradient's memory it shares."""
        self._begun = set(seeds)
        self._to_weights = to_weights
        self._dtype = run.dtype
        for node in reversed(self.tape.nodes):
            if node.output in self.reached:
                self._visit(node, seeds)
        self.output_shapes = {id: (run.batch, *self.tape.shapes[value]) for id, value in self.tape.output.items()}
        weights = self.tape.weights if to_weights else {}
        self.weight_shapes = {name: weight.shape for name, weight in weights.items() if weight.trained}
        shapes: dict[Slot, tuple[int, ...]] = {
            ("value gradient", value): (run.batch, *self.tape.shapes[value]) for value in sorted({*self.root.values()})
        }
        shapes.update({("weight gradient", name): self.tape.weights[name].shape for name in self.trained})
        self.layout = Layout(shapes, run.dtype)

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
        if self._to_weights and node.operation.trained and kernels.has(node.operation, "to_weights"):
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
    start: Start,
    cancelled: Cancel | None,
    progress: Progress | None,
    to_weights: bool = True,
) -> Gradients:
    """The gradients from `start` back; not `to_weights`: those of outputs alone, in a half of the time."""
    route = _route(run, frozenset({start.value}), to_weights)
    tape, dtype = run.tape, np.dtype(run.dtype)
    memory.require([("the backward pass", "the gradients", route.layout.size)])
    run.make(route.values, cancelled)
    room = Room(route.layout)
    with np.errstate(over="ignore"):  # beyond float32 is infinite, as it is for every kernel
        room.write(("value gradient", route.root[start.value]), start.gradient)
        reported = {value: gradient.astype(dtype) for value, gradient in start.reported.items()}
    seconds = route.plan.run(route.plan.addresses_in(room, run.place), cancelled, progress)
    for array in reported.values():
        array.flags.writeable = False

    def output(block: str) -> Array | None:
        value = tape.output[block]
        if value in reported:
            return reported[value]
        if value not in route.root:
            return None
        return room.array(("value gradient", route.root[value])).reshape(route.output_shapes[block])

    def weight(name: str) -> Array | None:
        slot: Slot = ("weight gradient", name)
        return room.array(slot) if slot in route.layout.offsets else None

    return Gradients(run, start, seconds, route, output, weight)


def _route(run: "Run", seeds: frozenset[int], to_weights: bool) -> Route:
    """The route from `seeds`, one that was made before if there is one; the tape keeps a few."""
    key = (run.batch, run.dtype, seeds, to_weights)
    route = run.tape.routes.get(key)
    if route is None:
        route = remember(run.tape.routes, key, Route(run, set(seeds), to_weights))
    return route
