"""The check: shapes, parameters, costs, problems and notes of a design. It never raises for what a design can hold."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from types import MappingProxyType
from typing import Any

from cnnbuilder.design import infer as inference
from cnnbuilder.design.document import Design
from cnnbuilder.design.faults import faults_of
from cnnbuilder.design.fixes import find_fixes
from cnnbuilder.design.graph import Block, Graph
from cnnbuilder.design.infer import Inference, infer
from cnnbuilder.design.problem import Misfit, Problem, Trace
from cnnbuilder.design.shape import Shape, order

LOOP_SHOWN = 8
"""The blocks of a loop that its message names."""


@dataclass(frozen=True)
class Report:
    """What the check found. Mappings are by block id, in the design's block order."""

    graph: Graph
    inferences: Mapping[str, Inference | None]
    _problems: tuple[Problem, ...] = ()
    own: Mapping[str, list[Problem]] = field(default_factory=dict, repr=False)
    """The problems that blocks have in themselves, whatever reaches them."""

    @property
    def problems(self) -> list[Problem]:
        """Why the design cannot run; empty when it can."""
        return list(self._problems)

    @cached_property
    def shapes(self) -> Mapping[str, Shape | None]:
        """Output shapes; None where it cannot be known."""
        return MappingProxyType({id: found.shape if found else None for id, found in self.inferences.items()})

    @cached_property
    def parameters(self) -> Mapping[str, int]:
        """Numbers that are trained; 0 for a block without weights or of unknown shape."""
        return MappingProxyType({id: found.parameters if found else 0 for id, found in self.inferences.items()})

    @property
    def total_parameters(self) -> int:
        """Over the blocks whose shape is known."""
        return sum(self.parameters.values())

    @cached_property
    def notes(self) -> list[Problem]:
        """What is legal but worth knowing, in the form of a problem."""
        found: list[Problem] = []
        for id, inference_ in self.inferences.items():
            for remark in inference_.remarks if inference_ else ():
                found.append(Problem(id, remark.code, _named(remark.text, id, self.graph.wiring.sources[id])))
        return found

    @cached_property
    def macs(self) -> dict[str, int]:
        """Multiplications by a weight for one picture."""
        return {id: self._macs(id) for id in self.inferences}

    def _macs(self, id: str) -> int:
        layer = self.graph.blocks[id].layer
        if layer is None or self.shapes[id] is None:
            return 0
        return inference.macs(layer, self.input_shapes(id))

    @property
    def total_macs(self) -> int:
        """Over the blocks whose shape is known."""
        return sum(self.macs.values())

    @cached_property
    def memory_bytes(self) -> dict[str, int]:
        """One picture's output in float32."""
        return {id: inference.value_bytes(shape) for id, shape in self.shapes.items()}

    @cached_property
    def total_memory_bytes(self) -> dict[str, int]:
        """In float32, for one picture: `weights`; `forward`, every output; `backward`, the gradient of every output
        and of every weight beside them."""
        weights = sum(
            inference.value_bytes(weight.shape)
            for found in self.inferences.values()
            if found
            for _, weight in found.weights
        )
        values = sum(self.memory_bytes.values())
        return {"weights": weights, "forward": values, "backward": values + 4 * self.total_parameters}

    def input_shapes(self, id: str) -> tuple[Shape, ...]:
        """The shapes that a block reads, as far as they are known."""
        known = (self.shapes[source] for source in self.graph.wiring.sources[id])
        return tuple(shape for shape in known if shape is not None)

    @cached_property
    def problems_of(self) -> dict[str | None, list[Problem]]:
        """The problems by block."""
        found: dict[str | None, list[Problem]] = {}
        for problem in self._problems:
            found.setdefault(problem.block, []).append(problem)
        return found

    def to_dict(self) -> dict[str, Any]:
        """As `check --json` prints it."""
        return {
            "blocks": [
                {
                    "id": id,
                    "kind": self.graph.blocks[id].kind,
                    "shape": list(shape) if shape else None,
                    "parameters": self.parameters[id],
                    "macs": self.macs[id],
                    "memory_bytes": self.memory_bytes[id],
                }
                for id, shape in self.shapes.items()
            ],
            "total_parameters": self.total_parameters,
            "total_macs": self.total_macs,
            "total_memory_bytes": self.total_memory_bytes,
            "problems": [problem.to_dict() for problem in self.problems],
            "notes": [note.to_dict() for note in self.notes],
        }


def check(design: Design) -> Report:
    """Check a design. The report is remembered on its graph, so moving a card checks nothing again."""
    return check_graph(design.graph)


def check_graph(graph: Graph) -> Report:
    """Check a graph; see `check`."""
    held = "_report_channels_first" if order.channels_first else "_report"  # its messages write shapes
    report = graph.__dict__.get(held)
    if report is None:
        report = graph.__dict__[held] = _Checker(graph).report()
    assert isinstance(report, Report)
    return report


def try_graph(graph: Graph, before: Report) -> Report:
    """The check of a graph that is only tried: what it shares with the graph of `before` is not checked again.

    The fixes of its problems are not for use.
    """
    shared = before if graph.wiring is before.graph.wiring else None
    return _Checker(graph, shared).report()


class _Checker:
    def __init__(self, graph: Graph, before: Report | None = None) -> None:
        self.graph = graph
        self.before = before
        """A report on a graph with the same links, to take over what did not change."""
        self.found: dict[str, Inference | None] = dict.fromkeys(graph.blocks)
        self.own: dict[str, list[Problem]] = {}
        """Problems of blocks in themselves, whatever reaches them."""
        self.fit: dict[str, list[Problem]] = {}
        """Problems with loops and with what reaches a block."""

    def report(self) -> Report:
        wiring = self.graph.wiring
        for loop in wiring.loops:
            shown = (*loop[:LOOP_SHOWN], "…") if len(loop) > LOOP_SHOWN else (*loop, loop[0])
            way = f"{' → '.join(shown)} is a loop; every path must lead from an input forward."
            self.fit[loop[0]] = [self._problem(loop[0], Misfit("cycle", way, "in a loop"))]
        for id, block in self.graph.blocks.items():
            self._look_at(id, block)
        for id in wiring.order:
            self._visit(id)
        problems = [item for id in self.graph.blocks for item in (*self.fit.get(id, ()), *self.own.get(id, ()))]
        if not self.graph.blocks:
            problems = [Problem(None, "empty", "The design is empty: begin with an input block.")]
        return Report(self.graph, self.found, tuple(problems), self.own)

    def _look_at(self, id: str, block: Block) -> None:
        """Find what is wrong with a block in itself."""
        if self.before is not None and block is self.before.graph.blocks[id]:
            found = self.before.own.get(id, [])
        else:
            found = [self._problem(id, misfit) for misfit in faults_of(block)] if block.layer is None else []
            if id in self.graph.wiring.faults:
                code, text = self.graph.wiring.faults[id]
                found.append(self._problem(id, Misfit(code, text, "inputs are numbered wrongly")))
        if found:
            self.own[id] = found

    def _visit(self, id: str) -> None:
        layer = self.graph.blocks[id].layer
        if layer is None or id in self.graph.wiring.faults:
            return
        inputs: list[Shape] = []
        for source in self.graph.wiring.sources[id]:
            before = self.found[source]
            if before is None or before.shape is None:
                return
            inputs.append(before.shape)
        result = infer(layer, tuple(inputs))
        self.found[id] = result
        if result.misfit is not None:
            self.fit.setdefault(id, []).append(self._problem(id, result.misfit))

    def _problem(self, id: str, misfit: Misfit) -> Problem:
        message = _named(misfit.text, id, self.graph.wiring.sources[id])
        trace = partial(_trace, self.graph, self.found, id, misfit)
        fixes = partial(find_fixes, self.graph, id, misfit)
        return Problem(id, misfit.code, message, misfit.short, misfit.about_channels, trace, fixes)


def _named(template: str, id: str, sources: tuple[str, ...]) -> str:
    return template.format(*sources, block=id)


def _trace(graph: Graph, found: Mapping[str, Inference | None], id: str, misfit: Misfit) -> Trace:
    """The way on which the odd size came about; of two inputs that clash, that whose size changed last by itself."""
    sources = graph.wiring.sources[id]
    ways = [_way(graph, found, sources[number]) for number in dict.fromkeys(misfit.clash) if number < len(sources)]
    common = {block for block, _ in ways[0]} & {block for block, _ in ways[-1]} if ways else set()

    def own(way: Trace) -> int:
        """Minus how many blocks ago its size changed since it parted from the other; less than any where it did not."""
        sizes = [(block, shape[:1] if misfit.about_channels else shape[-2:]) for block, shape in way]
        changes = [n for n in range(1, len(sizes)) if sizes[n][1] != sizes[n - 1][1] and sizes[n][0] not in common]
        return changes[-1] - len(way) if changes else -len(graph.blocks) - 1

    return max(reversed(ways), key=own, default=())


def _way(graph: Graph, found: Mapping[str, Inference | None], id: str) -> Trace:
    """The way from an input to a block, along first inputs."""
    way: list[tuple[str, Shape]] = []
    seen: set[str] = set()
    step: str | None = id
    while step is not None and step not in seen:
        before = found[step]
        if before is not None and before.shape is not None:
            way.append((step, before.shape))
        seen.add(step)
        step = next(iter(graph.wiring.sources[step]), None)
    return tuple(reversed(way))
