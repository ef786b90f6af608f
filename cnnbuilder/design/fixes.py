"""Fixes: edits that mend a problem, each tried against the check before it is offered, the gentlest first."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from cnnbuilder.design import edits
from cnnbuilder.design.errors import Error
from cnnbuilder.design.graph import Graph
from cnnbuilder.design.problem import Change, Drop, Fix, Insert, Misfit
from cnnbuilder.design.shape import grouped, plural, show

if TYPE_CHECKING:
    from cnnbuilder.design.check import Report
    from cnnbuilder.design.document import Design

MOST = 4
"""How many fixes are offered."""

GraphEdit = Callable[[Graph], Graph]


def find_fixes(graph: Graph, id: str, misfit: Misfit) -> list[Fix]:
    """The edits that mend `misfit` of block `id` without breaking another block, at most four."""
    from cnnbuilder.design.check import check_graph, try_graph  # the check names problems, a problem its fixes

    before = check_graph(graph)
    found: list[Fix] = []
    tried: set[str] = set()
    for label, edit in _candidates(graph, id, misfit):
        if label in tried:
            continue
        tried.add(label)
        try:
            mended = edit(graph)
        except Error:
            continue
        after = try_graph(mended, before)
        if _mends(before, after, id, misfit.code):
            found.append(Fix(label, _effect(before, after, id), _on_design(edit)))
        if len(found) == MOST:
            break
    return found


def _on_design(edit: GraphEdit) -> "Callable[[Design], Design]":
    return lambda design: replace(design, graph=edit(design.graph))


def _candidates(graph: Graph, id: str, misfit: Misfit) -> Iterator[tuple[str, GraphEdit]]:
    sources = graph.wiring.sources[id]
    for remedy in misfit.remedies:
        label = remedy.label.format(*sources, block=id)
        if isinstance(remedy, Change):
            yield label, partial(edits.set_params, id=id, params=remedy.params)
        elif isinstance(remedy, Insert) and remedy.input < len(sources):
            yield label, partial(edits.insert_before, id=id, input=remedy.input, kind=remedy.kind, params=remedy.params)
        elif isinstance(remedy, Drop):
            yield label, partial(edits.without_param, id=id, name=remedy.param)
    block = graph.block(id)
    if misfit.code in ("doubled-input", "input-gap"):
        yield f"Number the inputs of {id} anew", partial(edits.renumber_inputs, id=id)
    if misfit.code == "cycle":
        for source in dict.fromkeys(sources):
            yield f"Remove the link from {source} to {id}", partial(edits.unlink, source=source, target=id)
    if misfit.code == "missing-input":
        yield from _joins(graph, id)
    if misfit.code == "too-many-inputs":
        yield from _fewer_links(graph, id)
    if misfit.code in ("bad-value", "unknown-parameter"):
        return
    # A block in between that only narrows what follows can go, and so can the block itself.
    if len(sources) == 1 and sources[0] != id and len(graph.wiring.sources[sources[0]]) == 1:
        yield f"Take {sources[0]} out", partial(edits.remove, ids=(sources[0],))
    if block.layer_class is None or block.layer_class.inputs[1] != 0:
        yield f"Take {id} out", partial(edits.remove, ids=(id,))


def _joins(graph: Graph, id: str) -> Iterator[tuple[str, GraphEdit]]:
    sources = graph.wiring.sources[id]
    ids = list(graph.blocks)
    behind = [other for other in reversed(ids[: ids.index(id)]) if other not in sources]
    loose = [other for other in behind if not graph.wiring.followers[other]]
    for other in (loose or behind)[:3]:
        yield f"Join {other} to {id}", partial(edits.link, source=other, target=id, input=len(sources))


def _fewer_links(graph: Graph, id: str) -> Iterator[tuple[str, GraphEdit]]:
    sources = graph.wiring.sources[id]
    for number, source in reversed(list(enumerate(sources))):
        which = f" (input {number})" if sources.count(source) > 1 else ""
        edit = partial(edits.unlink, source=source, target=id, input=number)
        yield f"Remove the link from {source} to {id}{which}", edit


def _mends(before: "Report", after: "Report", id: str, code: str) -> bool:
    """Whether block `id` has a problem of that code fewer and none more, shows whether it fits if it did so before, and
    no block that ran before is broken by it."""

    def counts(report: "Report") -> tuple[int, int]:
        found = report.problems_of.get(id, [])
        return sum(problem.code == code for problem in found), len(found)

    (same, every), (still_same, still) = counts(before), counts(after)
    # A loop that is cut may leave a block that needs another input: that is another problem, with fixes of its own.
    if still_same >= same or (still >= every and code != "cycle"):
        return False
    if before.inferences[id] is not None and id in after.graph.blocks and after.inferences[id] is None:
        return False
    return all(
        other == id or other in before.problems_of or before.shapes.get(str(other)) is None
        for other in after.problems_of
    )


def _effect(before: "Report", after: "Report", id: str) -> str:
    """What becomes of the block, and of the first others whose parameters change."""
    parts: list[str] = []
    if id in after.shapes and after.shapes[id] is not None:
        parts.append(show(after.shapes[id]))
        if after.parameters[id]:
            parts.append(plural(after.parameters[id], "parameter"))
    others = [
        f"{other} {grouped(count)}"
        for other, count in after.parameters.items()
        if other != id and count and count != before.parameters.get(other)
    ]
    still = [
        f"then {other} does not fit" if other is not None else "then the design is empty"
        for other in after.problems_of
        if other != id and other not in before.problems_of
    ]
    return " · ".join(parts + others[:2] + still[:1])
