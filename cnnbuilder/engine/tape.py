"""A checked design written out as operations on numbered values, in an order in which they can run."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from cnnbuilder.design.check import Report
from cnnbuilder.design.layer import Weight
from cnnbuilder.design.shape import Shape
from cnnbuilder.operations import Drop, Operation, View

if TYPE_CHECKING:
    from cnnbuilder.engine.backward import Route


@dataclass(frozen=True)
class Node:
    """One operation: it reads the values `inputs` and the weights `weights`, and gives value `output`."""

    operation: Operation
    inputs: tuple[int, ...]
    weights: tuple[str, ...]
    output: int
    block: str

    @property
    def is_view(self) -> bool:
        """Whether the output is the input's memory under another shape."""
        return isinstance(self.operation, View)


@dataclass(frozen=True)
class Mask:
    """Numbers that the values of block `block` are multiplied by: 0 with probability `rate`, else 1 / (1 − rate)."""

    block: str
    rate: float


class Tape:
    """The nodes of a design. A value is a number; a view's value lies in the memory of the value that it views."""

    def __init__(self, report: Report, training: bool = False) -> None:
        self.shapes: list[Shape] = []
        self.nodes: list[Node] = []
        self.root: list[int] = []
        """For every value the value whose memory it lies in; itself unless it is a view."""
        self.output: dict[str, int] = {}
        """The value that is a block's output."""
        self.sources: dict[str, int] = {}
        """The values that come in from outside, by block."""
        self.masks: dict[int, Mask] = {}
        """The values that every run in training draws anew."""
        self.weights: dict[str, Weight] = {}
        """Every weight, by its full name."""
        self.routes: dict[tuple[int, str, frozenset[int], bool], Route] = {}
        """Ways back that were made before, by batch, type, where they begin, and whether they lead to weights."""
        self._bound: set[str] = set()
        for id in report.graph.wiring.order:
            self._block(report, id, training)
        self.outputs = report.graph.wiring.outputs

    def _block(self, report: Report, id: str, training: bool) -> None:
        layer, found = report.graph.blocks[id].layer, report.inferences[id]
        assert layer is not None and found is not None and found.shape is not None, (
            "a tape is made of a design that can run"
        )
        self.weights.update({f"{id}.{name}": weight for name, weight in found.weights})
        inputs = tuple(self.output[source] for source in report.graph.wiring.sources[id])
        if layer.inputs == (0, 0):
            self.sources[id] = self.output[id] = self._value(found.shape)
            return
        # A block that does nothing is its first input under another name.
        for operation in layer.lower(*report.input_shapes(id)) or (View(found.shape, found.shape),):
            assert isinstance(operation, Operation)
            operation = operation.in_training() if training else operation
            if training and isinstance(operation, Drop) and operation.rate:
                inputs, operation = (*inputs, self._mask(id, operation)), operation.masked
            view = isinstance(operation, View)
            output = self._value(operation.output_shape, self.root[inputs[0]] if view else None)
            inputs = inputs[:1] if view else inputs
            names = tuple(f"{id}.{name}" for name in operation.weight_names)
            self._bind(id, operation)
            self.nodes.append(Node(operation, inputs, names, output, id))
            inputs = (output,)
        self.output[id] = inputs[0]

    def _bind(self, id: str, operation: Operation) -> None:
        """Check the weights' shapes against what the operation declares: kernels rely on them unchecked."""
        for name, shape in operation.weight_shapes.items():
            held = self.weights.get(f"{id}.{name}")
            if held is None or held.shape != shape:
                kind = type(operation).__name__
                raise TypeError(f"{id}: {kind} reads {name} of shape {shape}; the layer gives {held}")
            if f"{id}.{name}" in self._bound:
                raise TypeError(f"{id}: two operations read {name}; each weight belongs to one")
            self._bound.add(f"{id}.{name}")

    def _mask(self, id: str, operation: Drop) -> int:
        value = self._value(operation.before)
        self.masks[value] = Mask(id, operation.rate)
        return value

    def _value(self, shape: Shape, root: int | None = None) -> int:
        self.shapes.append(shape)
        self.root.append(len(self.root) if root is None else root)
        return len(self.shapes) - 1

    @cached_property
    def maker(self) -> dict[int, Node]:
        """The node that gives a value; none for the ones that come in from outside."""
        return {node.output: node for node in self.nodes}

    @cached_property
    def readers(self) -> dict[int, list[Node]]:
        """The nodes that read a value, views of it not followed."""
        found: dict[int, list[Node]] = {}
        for node in self.nodes:
            for value in dict.fromkeys(node.inputs):
                found.setdefault(value, []).append(node)
        return found

    def before(self, values: set[int]) -> set[int]:
        """`values` and every value that one of them is made of."""
        found: set[int] = set()
        waiting = list(values)
        while waiting:
            value = waiting.pop()
            if value not in found:
                found.add(value)
                if value in self.maker:
                    waiting += self.maker[value].inputs
        return found
