"""A forward pass and its results. A run never changes; what a pass did not keep is computed again when asked for."""

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from numpy.typing import NDArray

from cnnbuilder.design.errors import InputError, UnknownNameError
from cnnbuilder.engine import backward
from cnnbuilder.engine.buffers import Layout, Room, Slot, address_of
from cnnbuilder.engine.cancel import Cancel
from cnnbuilder.engine.keys import Key, value_keys
from cnnbuilder.engine.loss import CrossEntropy, Start, class_targets, like, mean_squared_error
from cnnbuilder.engine.memory import require_outputs
from cnnbuilder.engine.plan import Plan, Progress, written
from cnnbuilder.engine.tape import Node, Tape
from cnnbuilder.engine.weights import Versioned
from cnnbuilder.operations import Softmax

Array = NDArray[Any]


@dataclass(eq=False)
class Run(Mapping[str, Array]):
    """The outputs of blocks on one batch: `run["conv1"]` is `[n, c, h, w]` (or `[n, features]`), read-only."""

    tape: Tape
    dtype: str
    batch: int
    weights: Mapping[str, Versioned]
    """The weights that it ran with."""
    training: bool
    seconds: float = 0.0
    """How long the forward pass took."""
    _arrays: dict[int, Array] = field(default_factory=dict)
    """By value (views excepted): the arrays that came from outside, and those that were asked for."""
    _addresses: dict[int, int] = field(default_factory=dict)
    """Where those lie that came from outside."""
    _rooms: dict[Slot, Room] = field(default_factory=dict)
    """In which block of memory what this run made lies."""
    _lock: "threading.RLock" = field(default_factory=threading.RLock)

    __eq__ = object.__eq__
    __hash__ = object.__hash__

    def place(self, slot: Slot) -> int:
        """Where an array that exists begins in memory: a weight, a value or what was saved for backward."""
        kind, key = slot
        if kind == "weight":
            return self.weights[str(key)].address
        room = self._rooms.get(slot)
        return room.address(slot) if room is not None else self._addresses[int(key)]

    def __getitem__(self, block: str) -> Array:
        if block not in self.tape.output:
            raise UnknownNameError(f"there is no block {block!r} in this run")
        return self.value(self.tape.output[block])

    def __iter__(self) -> Iterator[str]:
        return iter(self.tape.output)

    def __len__(self) -> int:
        return len(self.tape.output)

    def __repr__(self) -> str:
        return f"<Run of {len(self)} blocks, batch {self.batch}>"

    def value(self, value: int) -> Array:
        """The array of a value of the tape, computed again if it was not kept."""
        root = self.tape.root[value]
        if not self._exists(root):
            self.make({root})
        return self._array(root).reshape(self.batch, *self.tape.shapes[value])

    def _exists(self, value: int) -> bool:
        return value in self._arrays or ("value", value) in self._rooms

    def _array(self, value: int) -> Array:
        array = self._arrays.get(value)
        return array if array is not None else self._arrays.setdefault(value, self._made(("value", value)))

    def _made(self, slot: Slot) -> Array:
        return self._rooms[slot].array(slot)

    def saved(self, value: int) -> Array:
        """What forward left for backward beside a value."""
        self.value(value)
        return self._made(("saved", value))

    @property
    def statistics(self) -> dict[str, Array]:
        """New running statistics by weight name, after a pass with `training=True`."""
        found: dict[str, Array] = {}
        for node in self.tape.nodes:
            for name, start, stop in node.operation.statistics:
                found[f"{node.block}.{name}"] = self._made(("saved", node.output))[start:stop]
        return found

    @cached_property
    def digests(self) -> dict[int, Key]:
        """The key of every value; see `engine.keys`."""
        inputs = {value: self._arrays[value] for value in (*self.tape.sources.values(), *self.tape.masks)}
        return value_keys(self.tape, inputs, {name: item.version for name, item in self.weights.items()})

    def available(self) -> dict[Key, Array]:
        """The arrays that exist, by key, for another run to use."""
        with self._lock:
            made = [value for kind, value in self._rooms if kind == "value"]
            return {self.digests[int(value)]: self._array(int(value)) for value in (*self._arrays, *made)}

    def take(self, value: int, array: Array) -> None:
        """Hold `array` as `value`; it is read-only from now on."""
        self._addresses[value] = address_of(array)
        array.flags.writeable = False
        self._arrays[value] = array

    def compute(
        self,
        nodes: list[Node],
        plan: Plan,
        apart: bool = False,
        cancelled: Cancel | None = None,
        progress: Progress | None = None,
    ) -> None:
        """Run `plan`, which makes the outputs of `nodes` from values that exist. `apart`: in memory of its own for each
        node, so that a later run that reuses some of them does not keep the rest."""
        if not len(plan):
            return
        if apart:
            layouts = [Layout(written(self.tape, node, self.batch), self.dtype) for node in nodes if not node.is_view]
            rooms = {slot: room for room in map(Room, layouts) for slot in room.layout.offsets}
            table = plan.addresses(lambda slot: rooms[slot].address(slot) if slot in rooms else self.place(slot))
        else:
            room = Room(plan.layout)
            rooms = dict.fromkeys(plan.layout.offsets, room)
            table = plan.addresses_in(room, self.place)
        self.seconds += plan.run(table, cancelled, progress)
        # In one step: others may be reading.
        self._rooms = self._rooms | rooms if self._rooms else rooms

    def make(self, values: set[int], cancelled: Cancel | None = None) -> None:
        """Compute again those of `values` that were not kept."""
        with self._lock:
            missing: set[int] = set()
            waiting = [self.tape.root[value] for value in values]
            while waiting:
                value = waiting.pop()
                if value not in missing and not self._exists(value):
                    missing.add(value)
                    waiting += [self.tape.root[source] for source in self.tape.maker[value].inputs]
            if not missing:
                return
            nodes = [self.tape.maker[value] for value in sorted(missing)]
            require_outputs(nodes, self.batch, self.dtype)
            plan = Plan(self.tape, self.batch, self.dtype, nodes)
            self.compute(nodes, plan, apart=True, cancelled=cancelled)

    def backward(
        self,
        target: Any = None,
        *,
        loss: str = "cross_entropy",
        gradient: Any = None,
        block: str | None = None,
        cancelled: Cancel | None = None,
        progress: Progress | None = None,
    ) -> backward.Gradients:
        """The gradients of a loss at the output (or at `block`).

        `target` is a class, or one a picture: J = −log p[target], the mean over the batch; where the output is not a
        softmax, one is applied. With `loss="mse"` it is an array: J is the mean of the squared differences. Or
        `gradient`, dJ/d(output) itself, with or without batch axis; then there is no loss. Raises InputError for what
        does not fit, MemoryLimitError, Cancelled.
        """
        block = self._start(block)
        start = self.tape.output[block]
        if (target is None) == (gradient is None):
            raise InputError("backward needs either target=… or gradient=…")
        if gradient is not None:
            seed = like(self[block], gradient, "gradient")
            return backward.differentiate(self, Start(start, seed), cancelled, progress)
        if loss == "mse":
            value, slope = mean_squared_error(self[block], target)
            return backward.differentiate(self, Start(start, slope, value, squares=True), cancelled, progress)
        if loss != "cross_entropy":
            raise InputError(f"loss: {loss!r} is not known; there are 'cross_entropy' and 'mse'")
        shape = self.tape.shapes[start]
        targets = class_targets(block, shape, self.batch, target)
        maker = self.tape.maker.get(start)
        softmax = maker is not None and isinstance(maker.operation, Softmax)
        logits = maker.inputs[0] if maker is not None and softmax else start
        entropy = CrossEntropy(self.value(logits).reshape(self.batch, -1), targets)
        seed = entropy.to_logits().reshape(self.batch, *shape)
        known = {start: entropy.to_probabilities().reshape(self.batch, *shape)} if softmax else {}
        begun = Start(logits, seed, entropy.value(), entropy, reported=known)
        return backward.differentiate(self, begun, cancelled, progress)

    def _start(self, block: str | None) -> str:
        if block is not None:
            if block not in self.tape.output:
                raise InputError(f"block: there is no {block!r} in this run")
            return block
        if len(self.tape.outputs) != 1:
            names = ", ".join(self.tape.outputs)
            raise InputError(f"the network has {len(self.tape.outputs)} outputs ({names}): name one with block=…")
        return self.tape.outputs[0]
