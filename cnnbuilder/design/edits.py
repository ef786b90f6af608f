"""Edits of a graph or design as pure functions: a value goes in, a new one comes out, what is unchanged is shared."""

import re
from collections.abc import Container, Iterable, Mapping
from dataclasses import replace
from typing import Any

from cnnbuilder.design.document import Design
from cnnbuilder.design.errors import DesignError
from cnnbuilder.design.graph import ID, Block, Graph, Link
from cnnbuilder.design.layer import find_kind
from cnnbuilder.design.sharing import Way


def free_id(taken: Container[str], stem: str) -> str:
    """`stem` followed by the lowest number that makes an id not taken: `conv1`, `conv2` …"""
    stem = re.sub(r"\d+$", "", stem)
    number = 1
    while f"{stem}{number}" in taken:
        number += 1
    return f"{stem}{number}"


def add(
    graph: Graph, kind: str, params: Mapping[str, Any] | None = None, after: str | None = None
) -> tuple[Graph, str]:
    """A new block of `kind`, unlinked, in block order behind `after` (or last); the graph and the new id."""
    id = free_id(graph.blocks, _stem(kind))
    block = Block(id, kind, dict(params or {}))
    if after is None or after not in graph.blocks:
        return Graph({**graph.blocks, id: block}, graph.links), id
    blocks: dict[str, Block] = {}
    for other, value in graph.blocks.items():
        blocks[other] = value
        if other == after:
            blocks[id] = block
    return Graph(blocks, graph.links), id


def _stem(kind: str) -> str:
    stem = re.sub(r"[^A-Za-z0-9_]", "_", kind)
    return stem if ID.fullmatch(stem) else "block"


def append(
    graph: Graph, kind: str, params: Mapping[str, Any] | None = None, after: str | None = None
) -> tuple[Graph, str]:
    """A new block that reads `after`; blocks that read `after` read the new one."""
    graph, id = add(graph, kind, params, after)
    if after is None:
        return graph, id
    layer_class = find_kind(kind)
    if layer_class is not None and layer_class.inputs[1] == 0:
        return graph, id
    moved = tuple(replace(link, source=id) if link.source == after else link for link in graph.links)
    return Graph(graph.blocks, (*moved, Link(after, id, 0))), id


def insert_before(graph: Graph, id: str, input: int, kind: str, params: Mapping[str, Any]) -> Graph:
    """A new block of `kind` in the link that arrives at input number `input` of block `id`."""
    link = next((link for link in graph.links if link.target == id and link.input == input), None)
    if link is None:
        raise DesignError(f"nothing is joined to input {input} of {id}")
    return insert_in_link(graph, link, kind, params)[0]


def insert_in_link(graph: Graph, link: Link, kind: str, params: Mapping[str, Any]) -> tuple[Graph, str]:
    """A new block of `kind` between the two ends of `link`; the graph and the new id."""
    place = graph.links.index(link)
    graph, new = add(graph, kind, params, link.source)
    ends = (Link(link.source, new, 0), replace(link, source=new))
    return Graph(graph.blocks, graph.links[:place] + ends + graph.links[place + 1 :]), new


def link(graph: Graph, source: str, target: str, input: int | None = None) -> Graph:
    """A link more; without `input` the next free one. What was joined to that input is taken off."""
    graph.block(source), graph.block(target)
    if input is None:
        input = len(graph.wiring.sources[target])
    kept = tuple(item for item in graph.links if (item.target, item.input) != (target, input))
    return Graph(graph.blocks, (*kept, Link(source, target, input)))


def unlink(graph: Graph, source: str, target: str, input: int | None = None) -> Graph:
    """Without the links from `source` to `target` (only the one at `input`, if given); later inputs move up."""
    kept = tuple(
        item
        for item in graph.links
        if not (item.source == source and item.target == target and input in (None, item.input))
    )
    return renumber_inputs(Graph(graph.blocks, kept), target)


def renumber_inputs(graph: Graph, id: str) -> Graph:
    """The inputs of block `id` numbered 0, 1, 2 … in their present order; a link that is there twice becomes one."""
    arriving = sorted(dict.fromkeys(item for item in graph.links if item.target == id), key=lambda item: item.input)
    numbers = {item: number for number, item in enumerate(arriving)}
    return Graph(
        graph.blocks,
        tuple(
            replace(item, input=numbers.pop(item)) if item.target == id else item
            for item in graph.links
            if item.target != id or item in numbers
        ),
    )


def remove(graph: Graph, ids: Iterable[str]) -> Graph:
    """Without these blocks; where only one block is left that one of them read, its readers read that instead."""
    gone = dict.fromkeys(graph.block(id).id for id in ids)
    stands_in: dict[str, str | None] = dict.fromkeys(gone)
    for id in graph.wiring.order:
        if id in gone:
            sources = [stands_in.get(source, source) for source in graph.wiring.sources[id]]
            left = [source for source in sources if source is not None]
            stands_in[id] = left[0] if len(left) == 1 else None
    links: list[Link] = []
    short: dict[str, None] = {}
    """Blocks of which an input is open now."""
    for item in graph.links:
        source = stands_in.get(item.source, item.source)
        if item.target in gone:
            continue
        if source is None or source == item.target != item.source:
            short[item.target] = None
        else:
            links.append(item if source == item.source else replace(item, source=source))
    left_over = Graph({id: block for id, block in graph.blocks.items() if id not in gone}, tuple(links))
    for id in short:
        left_over = renumber_inputs(left_over, id)
    return left_over


def set_params(graph: Graph, id: str, params: Mapping[str, Any]) -> Graph:
    """These parameters of block `id` changed."""
    return graph.with_block(graph.block(id).with_params(**params))


def without_param(graph: Graph, id: str, name: str) -> Graph:
    """One parameter of block `id` not given, so that it has its default."""
    block = graph.block(id)
    given = {key: value for key, value in block.given.items() if key != name}
    return graph.with_block(replace(block, given=given))


def share(design: Design, id: str, way: Way) -> Design:
    """Block `id` with the same connections and its weights shared in another way; as it was where it has none."""
    block = design.blocks[id]
    layer = block.layer.shared_as(way) if block.layer is not None else None
    if layer is None:
        return design
    return design.with_graph(design.graph.with_block(replace(block, kind=layer.kind, given=layer.to_params())))


def rename(design: Design, old: str, new: str) -> Design:
    """The block `old` called `new`; raises DesignError if that is no name or is taken."""
    design.graph.block(old)
    if not ID.fullmatch(new):
        raise DesignError(f"{new!r} is not a name: letters, digits, _ and -, not beginning with a digit or -")
    if new != old and new in design.blocks:
        raise DesignError(f"there is a block {new!r} already")
    blocks = {
        (new if id == old else id): (replace(block, id=new) if id == old else block)
        for id, block in design.blocks.items()
    }
    links = tuple(
        Link(new if item.source == old else item.source, new if item.target == old else item.target, item.input)
        for item in design.links
    )
    layout = {(new if id == old else id): place for id, place in design.layout.items()}
    groups = tuple(
        replace(group, blocks=tuple(new if id == old else id for id in group.blocks)) for group in design.groups
    )
    return replace(design, graph=Graph(blocks, links), layout=layout, groups=groups)


def move(design: Design, places: dict[str, tuple[float, float]]) -> Design:
    """Cards laid elsewhere; the graph stays the very same object."""
    return replace(design, layout={**design.layout, **places})
