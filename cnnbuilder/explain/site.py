"""One operation where it stands in a run: the numbers that it has read and given, and whose they are."""

from dataclasses import dataclass, replace
from functools import cached_property
from math import prod
from operator import index as whole_number
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnbuilder import kernels
from cnnbuilder.design.errors import InputError
from cnnbuilder.design.shape import Shape
from cnnbuilder.engine.run import Run
from cnnbuilder.engine.tape import Node
from cnnbuilder.explain.terms import Floats, Named, Places
from cnnbuilder.operations import Index, Operation


def method_of(run: Run, node: Node, role: str) -> str:
    """How the kernels of a run sum in a role of `node`: `"winograd"` or `"direct"`."""
    return kernels.method(node.operation, role, run.batch) if run.dtype == "float32" else "direct"


@dataclass(frozen=True, eq=False)
class Site:
    """A node of a run's tape, on one sample. Values are read at places, because a layer may hold millions."""

    run: Run
    node: Node
    sample: int

    @property
    def operation(self) -> Operation:
        """What is done here."""
        return self.node.operation

    def on(self, sample: int) -> "Site":
        """The same on another sample."""
        return replace(self, sample=sample)

    def read(self, input: int, places: Places) -> Floats:
        """Values of an input."""
        return self._values(self.node.inputs[input], places)

    def given(self, places: Places) -> Floats:
        """Values of the output."""
        return self._values(self.node.output, places)

    def _values(self, value: int, places: Places) -> Floats:
        array = self.run.value(value)
        return np.asarray(array[self.sample].reshape(-1)[places], np.float64)

    def weight(self, name: str, places: Places) -> Floats:
        """Numbers of a weight."""
        array = self.run.weights[self.full_name(name)].array
        return np.asarray(array.reshape(-1)[places], np.float64)

    def full_name(self, name: str) -> str:
        """The name of a weight in the design."""
        return f"{self.node.block}.{name}"

    def named_weight(self, name: str, places: Places) -> Named:
        """Places in a weight."""
        return Named(self.full_name(name), self.operation.weight_shapes[name], places)

    def named_input(self, input: int, places: Places) -> Named | None:
        """Places in the output of the block that an input is; None where it is a mask of dropout. A value between two
        operations of one block is no block's: it is called by the block that it is inside of."""
        tape, value = self.run.tape, self.node.inputs[input]
        if value in tape.masks:
            return None
        names = self._names
        while value not in names:
            node = tape.maker[value]
            if not node.is_view:
                return Named(inside(node.block), tape.shapes[value], places)
            value = node.inputs[0]
        return Named(names[value], tape.shapes[value], places)

    @cached_property
    def _names(self) -> dict[int, str]:
        return {value: id for id, value in self.run.tape.output.items()}

    def statistics(self, channels: Places) -> tuple[Floats, Floats]:
        """For a batch normalisation: mean and 1 / √(variance + ε), as they were used."""
        count = self.operation.output_shape[0]
        if self.operation.saved_size(self.run.batch):
            saved = self.run.saved(self.node.output).astype(np.float64)
            return saved[channels], saved[count + channels]
        variance = self.weight("running_var", channels)
        return self.weight("running_mean", channels), 1 / np.sqrt(variance + self.operation.epsilon)  # type: ignore[attr-defined]


def inside(block: str) -> str:
    """What a value between two operations of a block is called."""
    return f"{block} (inside)"


def plain(operation: Operation, *inputs: Any) -> Floats:
    """What the plain loop of an operation gives for one sample."""
    arrays = [np.ascontiguousarray(x, np.float64) for x in inputs]
    output = np.zeros(prod(operation.output_shape))
    _step(operation, "forward", "float64", [*arrays, output])
    return output


def slope(operation: Operation, dtype: str, x: float, y: float) -> float:
    """The derivative of a function of one value, as backward computes it in a run of `dtype`."""
    return float(slopes_at(operation, np.array([x], dtype), np.array([y], dtype))[0])


def slopes_at(operation: Operation, x: NDArray[Any], y: NDArray[Any]) -> NDArray[Any]:
    """The derivatives at `x` of a function that is applied to each value on its own and gave `y`."""
    read = [np.ascontiguousarray(array).reshape(-1) for array in (x, y)]
    found = np.zeros_like(read[0])
    _step(operation, "to_input", str(found.dtype), [*read, None, found, np.ones_like(found)])
    return found.reshape(x.shape)


def _step(operation: Operation, role: str, dtype: str, frame: list[NDArray[Any] | None]) -> None:
    step = kernels.step(operation, role, 1, dtype)
    frame = frame + [None] * (step.frame - len(frame))
    addresses = np.array([0 if array is None else array.ctypes.data for array in frame], np.int64)
    kernels.Program([step]).run(addresses, np.zeros(1, np.int64), 1)


def site_of(run: Run, value: int, sample: int) -> Site | None:
    """Where a value is made, views inside the block passed by; None for what comes in from outside."""
    tape = run.tape
    named = set(tape.output.values())
    node = tape.maker.get(value)
    while node is not None and node.is_view and node.inputs[0] not in named:
        node = tape.maker[node.inputs[0]]
    return None if node is None else Site(run, node, sample)


def checked_index(what: str, shape: Shape, index: Any) -> Index:
    """`index` as whole numbers that lie in `shape`; InputError."""
    try:
        found = tuple(whole_number(i) for i in np.atleast_1d(np.asarray(index, object)).tolist())
    except TypeError:
        found = ()
    if len(found) != len(shape) or not all(0 <= i < n for i, n in zip(found, shape, strict=True)):
        wanted = {1: "one number", 3: "channel, row, column"}.get(len(shape), f"{len(shape)} numbers")
        raise InputError(f"{what}: there is no {index!r} in it; it is {show_array(shape)} ({wanted}, from 0)")
    return found


def show_array(shape: Shape) -> str:
    """A shape in the order in which it is indexed."""
    return " × ".join(map(str, shape))


def checked_sample(run: Run, sample: Any) -> int:
    """`sample` if the run has it; InputError."""
    try:
        found = whole_number(sample)
    except TypeError:
        found = -1
    if not 0 <= found < run.batch:
        raise InputError(f"sample: there is no {sample!r}; the run has {run.batch}, numbered from 0")
    return found

