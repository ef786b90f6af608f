"""A network: a checked design with its weights, ready to run."""

import itertools
import operator
from collections.abc import Collection, Iterator, Mapping, MutableMapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from cnnbuilder.design.check import Report, check
from cnnbuilder.design.document import Design
from cnnbuilder.design.errors import DesignError, InputError
from cnnbuilder.design.following import of_other_weights, taking
from cnnbuilder.design.shape import Shape, show
from cnnbuilder.engine import masks, memory
from cnnbuilder.engine.cancel import Cancel, stop_if
from cnnbuilder.engine.fuse import fuse
from cnnbuilder.engine.numbers import numbers
from cnnbuilder.engine.plan import Plan, Progress
from cnnbuilder.engine.remembering import remember
from cnnbuilder.engine.run import Run
from cnnbuilder.engine.tape import Node, Tape
from cnnbuilder.engine.weights import (
    FirstWeights,
    Versioned,
    Weights,
    masked,
    unknown_weight,
    versioned,
    wrong_weights,
)

Array = NDArray[Any]
Keep = Collection[str] | Literal["all"] | None

DTYPES = ("float32", "float64")


@dataclass(eq=False)
class _Pass:
    """What a forward pass on pictures of one size, with one batch and the same blocks looked at, always does."""

    tape: Tape
    batch: int
    dtype: str
    nodes: list[Node]
    inputs: list[memory.Need]
    """What it needs memory for before anything is computed."""

    @cached_property
    def plan(self) -> Plan:
        return Plan(self.tape, self.batch, self.dtype, self.nodes)

    @cached_property
    def needs(self) -> list[memory.Need]:
        """What all of it needs memory for, the weights apart."""
        return self.inputs + memory.output_needs(self.nodes, self.batch, self.dtype)


class Network:
    """A design that can run, with weights: the given ones, and first ones made of the seed for the rest.

    `dtype="float64"` runs the plain reference loops. Raises DesignError, listing every reason, if the design has
    problems or `weights` holds unknown names or wrong shapes. Any number of threads may run one network.
    """

    def __init__(
        self, design: Design, weights: Mapping[str, Any] | None = None, seed: int | None = None, dtype: str = "float32"
    ) -> None:
        known = [name for name in DTYPES if dtype == name]
        if not known:
            raise DesignError(f"dtype: {dtype!r} is not known; there are {' and '.join(DTYPES)}")
        if weights is not None and not isinstance(weights, Mapping):
            raise DesignError(f"weights: must map names to arrays, not be a {type(weights).__name__}")
        self.design = design
        self.dtype = known[0]
        self.report: Report = check(design)
        if self.report.problems:
            raise DesignError("\n".join(problem.message for problem in self.report.problems))
        self._tapes: dict[tuple[tuple[Shape, ...], bool], Tape] = {}
        self._passes: dict[tuple[Tape, int, frozenset[str]], _Pass] = {}
        self._edit = object()
        """Another one after every change of the weights."""
        self._all: tuple[object, dict[str, Versioned]] = (None, {})
        """All weights, with the `_edit` that they were gathered at."""
        self._tape = self._tape_for(tuple(self.report.shapes[id] or () for id in self.inputs), False)
        # The weights of a block that is switched off wait until it is on again.
        resting = tuple(f"{id}." for id, block in design.blocks.items() if block.passes)
        arrays = {name: array for name, array in (weights or {}).items() if not str(name).startswith(resting)}
        wrong = wrong_weights(arrays, self._tape.weights)
        if wrong:
            raise DesignError("\n".join(wrong))
        self._seed = design.seed if seed is None else _seed(seed)
        self._first = FirstWeights(self._seed)
        self._trainings = itertools.count()
        self._held: dict[str, Versioned] = {}
        given = weights if isinstance(weights, Weights) else None
        for name, values in arrays.items():
            self._held[name] = self._taken(name, given.versioned(name) if given else values)
        self.weights: MutableMapping[str, Array] = _NetworkWeights(self)

    @cached_property
    def inputs(self) -> tuple[str, ...]:
        """The blocks where arrays come in."""
        return tuple(id for id, block in self.design.blocks.items() if block.layer and block.layer.inputs == (0, 0))

    @property
    def outputs(self) -> tuple[str, ...]:
        """The blocks without a successor."""
        return self.report.graph.wiring.outputs

    def __repr__(self) -> str:
        blocks, parameters = len(self.design.blocks), self.report.total_parameters
        return f"<Network {self.design.name!r}: {blocks} blocks, {parameters:,} parameters>"

    # Weights

    def _taken(self, name: str, values: Any) -> Versioned:
        weight = self._tape.weights[name]
        if isinstance(values, Versioned):
            if self.dtype == "float32" and weight.connections is None:
                return values
            return Versioned(self._read_only(values.array, name), values.version + self.dtype.encode())
        made = versioned(name, values, np.dtype(self.dtype))
        if weight.connections is None:
            return made
        return Versioned(self._read_only(made.array, name), made.version)

    def _read_only(self, values: Array, name: str) -> Array:
        array = masked(values.astype(self.dtype), self._tape.weights[name])
        array.flags.writeable = False
        return array

    def weight(self, name: str) -> Versioned:
        """The array of weight `name` with its version, made now if it was not asked for before."""
        if name not in self._tape.weights:
            raise unknown_weight(name)
        held = self._held.get(name)
        if held is None:
            memory.require(self._weight_needs([name]))
            held = self._first.make(name, self._tape.weights[name])
            if self.dtype != "float32":
                held = Versioned(self._read_only(held.array, name), held.version + self.dtype.encode())
            held = self._held.setdefault(name, held)
        return held

    def _weight_needs(self, names: Collection[str]) -> list[memory.Need]:
        shapes = {name: self._tape.weights[name].shape for name in names if name not in self._held}
        return [
            (name.rpartition(".")[0], "its weights", memory.array_bytes(shape, self.dtype))
            for name, shape in shapes.items()
        ]

    def set_weight(self, name: str, values: Any) -> None:
        """Hold a copy of `values` as weight `name`; raises DesignError if the design has no such weight or shape."""
        wrong = wrong_weights({name: values}, self._tape.weights)
        if wrong:
            raise DesignError(wrong[0])
        self._held[name] = self._taken(name, values)
        self._edit = object()

    def reset_weight(self, name: str) -> None:
        """Take the first array of weight `name` back."""
        if name not in self._tape.weights:
            raise unknown_weight(name)
        self._held.pop(name, None)
        self._edit = object()

    # Running

    def forward(
        self,
        x: Any,
        training: bool = False,
        *,
        keep: Keep = None,
        reuse: Run | None = None,
        cancelled: Cancel | None = None,
        progress: Progress | None = None,
    ) -> Run:
        """Run the network on `x`: `(C, H, W)`, `(N, C, H, W)`, or a mapping from input block to such an array.

        `keep` names blocks whose outputs are looked at ("all": every one); others may be computed again when asked for.
        What an earlier run on the same picture computed is taken from `reuse` where nothing before it changed.
        `cancelled` is asked between steps; a Cancellation stops within one. Raises InputError for an array that does
        not fit, MemoryLimitError before anything is allocated, Cancelled. With `training`, batch normalisation uses the
        batch and dropout draws its masks: from the seed and how many runs in training there were before.
        """
        arrays, batch = self._arrays(x)
        tape = self._tape_for(tuple(array.shape[1:] for array in arrays), training)
        made = self._pass(tape, batch, _kept(tape, keep))
        weights = self._weights(made.inputs if reuse is not None else made.needs, cancelled, progress)
        run = Run(tape, self.dtype, batch, weights, training)
        for id, array in zip(self.inputs, arrays, strict=True):
            run.take(tape.sources[id], _copied(array, self.dtype))
        if training:
            self._draw_masks(run)
        if reuse is None or training:
            run.compute(made.nodes, made.plan, cancelled=cancelled, progress=progress)
        else:
            nodes = _take_over(run, reuse, made.nodes)
            memory.require_outputs(nodes, batch, self.dtype)
            plan = Plan(tape, batch, self.dtype, nodes)
            run.compute(nodes, plan, apart=True, cancelled=cancelled, progress=progress)
        return run

    def _draw_masks(self, run: Run) -> None:
        number = next(self._trainings)
        for value, mask in run.tape.masks.items():
            shape = (run.batch, *run.tape.shapes[value])
            run.take(value, masks.draw(mask, shape, self._seed, number, self.dtype))

    def _weights(
        self, needs: list[memory.Need], cancelled: Cancel | None, progress: Progress | None
    ) -> dict[str, Versioned]:
        """All weights, the first ones made where there are none yet; MemoryLimitError if they and `needs` are too
        much."""
        edit, weights = self._all
        if edit is self._edit:
            memory.require(needs)
            return weights
        edit, names = self._edit, self._tape.weights
        memory.require(needs + self._weight_needs(names))
        weights = {}
        for number, name in enumerate(names):
            if progress is not None and name not in self._held:
                progress(number, len(names), f"first {name}")
            stop_if(cancelled)
            weights[name] = self.weight(name)
        self._all = (edit, weights)
        return weights

    def _pass(self, tape: Tape, batch: int, kept: frozenset[str]) -> _Pass:
        """One that was made before if there is one."""
        made = self._passes.get((tape, batch, kept))
        if made is None:
            nodes = fuse(tape, _observed(tape, kept))
            made = _Pass(tape, batch, self.dtype, nodes, self._input_needs(tape, batch))
            remember(self._passes, (tape, batch, kept), made)
        return made

    def _input_needs(self, tape: Tape, batch: int) -> list[memory.Need]:
        needs = [
            (id, "its picture", batch * memory.array_bytes(tape.shapes[value], self.dtype))
            for id, value in tape.sources.items()
        ]
        return needs + [
            (mask.block, "its mask", batch * memory.array_bytes(tape.shapes[value], self.dtype))
            for value, mask in tape.masks.items()
        ]

    def _tape_for(self, shapes: tuple[Shape, ...], training: bool) -> Tape:
        key = (shapes, training)
        if key not in self._tapes:
            report = self.report
            if shapes != tuple(report.shapes[id] for id in self.inputs):
                report = self._report_for(shapes)
            return remember(self._tapes, key, Tape(report, training))
        return self._tapes[key]

    def _report_for(self, shapes: tuple[Shape, ...]) -> Report:
        """The check of the design for pictures of other sizes; raises InputError if it cannot run on them."""
        report = check(taking(self.design, dict(zip(self.inputs, shapes, strict=True))))
        sizes = " and ".join(show(shape) for shape in shapes)
        if report.problems:
            raise InputError(f"a picture of {sizes} does not fit: {report.problems[0].message}")
        odd = of_other_weights(self.report, report)
        if odd is not None:
            raise InputError(f"a picture of {sizes} does not fit: the weights of {odd} would need another shape")
        return report

    def _arrays(self, x: Any) -> tuple[list[Array], int]:
        """The arrays for the inputs as they are given, but with the batch axis first, and the batch."""
        if isinstance(x, Mapping):
            unknown = [str(id) for id in x if id not in self.inputs]
            missing = [id for id in self.inputs if id not in x]
            if unknown or missing:
                raise InputError(
                    f"give an array for each of the inputs {', '.join(self.inputs)}"
                    + (f"; {', '.join(unknown)} is not one" if unknown else f"; {', '.join(missing)} is missing")
                )
            arrays = [self._array(id, x[id]) for id in self.inputs]
        elif len(self.inputs) != 1:
            raise InputError(
                f"the network has {len(self.inputs)} inputs ({', '.join(self.inputs)}): give a mapping from "
                "block to array"
            )
        else:
            arrays = [self._array(self.inputs[0], x)]
        batches = [len(array) for array in arrays]
        if len(set(batches)) != 1:
            held = ", ".join(f"{id} {count}" for id, count in zip(self.inputs, batches, strict=True))
            raise InputError(f"the inputs hold different numbers of pictures: {held}")
        return arrays, batches[0]

    def _array(self, id: str, values: Any) -> Array:
        layer, wanted = self.design.blocks[id].layer, self.report.shapes[id]
        assert layer is not None and wanted is not None
        try:
            given = numbers(values)
        except ValueError as error:
            raise InputError(f"{id}: {error}") from None
        array = given[None] if given.ndim == len(wanted) else given
        if array.ndim != len(wanted) + 1 or layer.taking(array.shape[1:]) is None:
            raise InputError(
                f"{id} takes {wanted} (channels, height, width), with or without a batch axis before it; "
                f"the array is {given.shape}"
            )
        if not len(array):
            raise InputError(f"{id}: the batch is empty")
        return array


def _seed(seed: Any) -> int:
    try:
        number = operator.index(seed)
    except TypeError:
        number = -1
    if number < 0:
        raise DesignError(f"seed: {seed!r} is not a whole number of at least 0")
    return number


def _kept(tape: Tape, keep: Keep) -> frozenset[str]:
    """The blocks that `keep` names; raises InputError for a name that no block has."""
    if keep == "all":
        return frozenset(tape.output)
    names = frozenset([keep] if isinstance(keep, str) else keep or ())
    unknown = names - frozenset(tape.output)
    if unknown:
        raise InputError(f"keep: there is no block {', '.join(sorted(map(repr, unknown)))}")
    return names


def _take_over(run: Run, reuse: Run, nodes: list[Node]) -> list[Node]:
    """Let `run` hold what `reuse` has under equal keys; the nodes whose outputs it has not."""
    held = reuse.available() if reuse.dtype == run.dtype else {}
    left: list[Node] = []
    for node in nodes:
        array = None if node.is_view else held.get(run.digests[node.output])
        if array is None:
            left.append(node)
        else:
            run.take(node.output, array)
    return left


def _copied(array: Array, dtype: str) -> Array:
    """A contiguous copy."""
    if array.dtype == dtype:
        return array.copy()
    with np.errstate(over="ignore"):  # beyond float32 is infinite
        return np.array(array, dtype, order="C")


def _observed(tape: Tape, kept: frozenset[str]) -> frozenset[int]:
    """The values that something looks at: those of kept blocks, and of the network's outputs."""
    return frozenset(tape.root[tape.output[id]] for id in kept | frozenset(tape.outputs))


class _NetworkWeights(MutableMapping[str, Array]):
    """The weights of a network as a mapping of read-only arrays. Setting copies and checks; deleting takes the first
    array back, so the mapping always holds every weight."""

    __eq__ = object.__eq__
    __hash__ = object.__hash__

    def __init__(self, network: Network) -> None:
        self._network = network

    def __getitem__(self, name: str) -> Array:
        return self._network.weight(name).array.view()  # the array itself could be unlocked, and others hold it too

    def __setitem__(self, name: str, values: Any) -> None:
        self._network.set_weight(name, values)

    def __delitem__(self, name: str) -> None:
        self._network.reset_weight(name)

    def clear(self) -> None:
        """Take all first arrays back."""
        for name in self:
            del self[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._network._tape.weights)

    def __len__(self) -> int:
        return len(self._network._tape.weights)
