"""The part of a design that can run while the rest is broken."""

from cnnbuilder.design.check import check
from cnnbuilder.design.document import Design
from cnnbuilder.design.graph import Graph


def runnable_part(design: Design) -> Design:
    """The blocks of `design` whose shapes are known, with the links between them; the design itself if all are."""
    shapes = check(design).shapes
    known = {id for id, shape in shapes.items() if shape is not None}
    if len(known) == len(shapes):
        return design
    blocks = {id: block for id, block in design.blocks.items() if id in known}
    links = tuple(link for link in design.links if link.source in known and link.target in known)
    return design.with_graph(Graph(blocks, links))
