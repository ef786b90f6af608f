"""The check: shapes, parameters, costs, problems and notes of a design. It never raises for what a design can hold."""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property, partial
from typing import Any

from cnnbuilder.design import infer as inference
from cnnbuilder.design.document import Design
from cnnbuilder.design.fixes import find_fixes
from cnnbuilder.design.graph import Block, Graph
from cnnbuilder.design.infer import Inference, infer
from cnnbuilder.design.layer import kinds, parameters_of
from cnnbuilder.design.parameters import label_of
from cnnbuilder.design.problem import Change, Drop, Misfit, Problem, Remedy
from cnnbuilder.design.shape import Shape


@dataclass(frozen=True)
class Report:
    """What the check found. Mappings are by block id, in the design's block order."""

    graph: Graph
    inferences: Mapping[str, Inference | None]
    problems: list[Problem]
    """Empty when the design can run."""

    @cached_property
    def shapes(self) -> dict[str, Shape | None]:
        """Output shapes; None where it cannot be known."""
        return {id: found.shape if found else None for id, found in self.inferences.items()}

    @cached_property
    def parameters(self) -> dict[str, int]:
        """Numbers that are trained; 0 for a block without weights or of unknown shape."""
        return {id: found.parameters if found else 0 for id, found in self.inferences.items()}

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
            4 * weight.count if weight.connections is None else inference.value_bytes(weight.shape)
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
        for problem in self.problems:
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
    report = graph.__dict__.get("_report")
    if report is None:
        report = graph.__dict__["_report"] = _Checker(graph).report()
    assert isinstance(report, Report)
    return report


class _Checker:
    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.found: dict[str, Inference | None] = dict.fromkeys(graph.blocks)
        self.problems: dict[str, list[Problem]] = {}

    def report(self) -> Report:
        wiring = self.graph.wiring
        for loop in wiring.loops:
            way = " → ".join((*loop, loop[0]))
            self._problem(
                loop[0], Misfit("cycle", f"{way} is a loop; every path must lead from an input forward.", "in a loop")
            )
        for id in self.graph.blocks:
            block = self.graph.blocks[id]
            if block.layer is None:
                self._unreadable(block)
            if id in wiring.faults:
                code, text = wiring.faults[id]
                self._problem(
                    id, Misfit(code, text.replace("{", "{{").replace("}", "}}"), "inputs are numbered wrongly")
                )
        for id in wiring.order:
            self._visit(id)
        if not self.graph.blocks:
            empty = Problem(None, "empty", "The design is empty: begin with an input block.", find_fixes=list)
            return Report(self.graph, self.found, [empty])
        return Report(self.graph, self.found, [item for id in self.graph.blocks for item in self.problems.get(id, ())])

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
            self._problem(id, result.misfit)

    def _unreadable(self, block: Block) -> None:
        if block.layer_class is None:
            near = get_close_matches(block.kind, kinds(), 1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            self._problem(
                block.id,
                Misfit(
                    "unknown-kind",
                    "{block} is of the kind "
                    + _quoted(block.kind)
                    + f", which this version does not know.{_quoted(hint, False)}",
                    "unknown kind",
                ),
            )
            return
        known = parameters_of(block.layer_class)
        for name, fault in block.faults.items():
            if name in known:
                label = label_of(name, known[name])
                default = known[name].write(known[name].default)
                text = f"{{block}}: {label.lower()} {fault}; it is {_quoted(_shortened(block.given[name]), False)}."
                remedy: Remedy = Change(f"{label} {_shortened(default)} in {{block}}", {name: default})
                self._problem(block.id, Misfit("bad-value", text, f"{label.lower()} {fault}", (remedy,)))
            else:
                near = get_close_matches(name, known, 1)
                hint = f"; did you mean {near[0]!r}?" if near else "."
                text = "{block} has no parameter " + _quoted(name) + _quoted(hint, False)
                remedy = Drop(f"Remove {_quoted(_shortened(name), False)} from {{block}}", name)
                self._problem(block.id, Misfit("unknown-parameter", text, "unknown parameter", (remedy,)))

    def _problem(self, id: str, misfit: Misfit) -> None:
        message = _named(misfit.text, id, self.graph.wiring.sources[id])
        trace = partial(_trace, self.graph, self.found, id)
        problem = Problem(id, misfit.code, message, misfit.short, trace, partial(find_fixes, self.graph, id, misfit))
        self.problems.setdefault(id, []).append(problem)


def _quoted(text: str, quotes: bool = True) -> str:
    """`text` safe inside a template, in quotes."""
    shown = repr(text) if quotes else text
    return shown.replace("{", "{{").replace("}", "}}")


def _shortened(value: Any) -> str:
    """A JSON value as a short line; what cannot be printed is escaped."""
    shown = value if isinstance(value, str) and value.isprintable() else repr(value)
    return shown if len(shown) <= 40 else f"{shown[:37]}…"


def _named(template: str, id: str, sources: tuple[str, ...]) -> str:
    return template.format(*sources, block=id)


def _trace(graph: Graph, found: Mapping[str, Inference | None], id: str) -> tuple[tuple[str, Shape], ...]:
    """The way from an input to the first block that `id` reads, along first inputs."""
    way: list[tuple[str, Shape]] = []
    seen: set[str] = set()
    sources = graph.wiring.sources[id]
    while sources and sources[0] not in seen:
        before = found[sources[0]]
        if before is not None and before.shape is not None:
            way.append((sources[0], before.shape))
        seen.add(sources[0])
        sources = graph.wiring.sources[sources[0]]
    return tuple(reversed(way))
