"""A design as it is for pictures of another size, where its inputs follow the picture."""

from collections.abc import Mapping

from cnnbuilder.design.check import Report, check
from cnnbuilder.design.document import Design
from cnnbuilder.design.graph import Block
from cnnbuilder.design.shape import Pair, Shape, is_volume, order


def taking(design: Design, shapes: Mapping[str, Shape]) -> Design:
    """`design` with the blocks that are named taking arrays of these shapes; as it is where one does not."""
    graph = design.graph
    for id, shape in shapes.items():
        block = graph.blocks[id]
        layer = block.layer.taking(shape) if block.layer is not None else None
        if layer is not None and layer is not block.layer:
            graph = graph.with_block(Block(id, block.kind, layer.to_params()))
    return design if graph is design.graph else design.with_graph(graph)


def of_other_weights(before: Report, after: Report) -> str | None:
    """The first block whose weights have another shape in `after` than in `before`."""
    for id, found in after.inferences.items():
        known = before.inferences[id]
        if found and known and found.weights != known.weights:
            return id
    return None


def report_on(design: Design, size: Pair | None) -> Report:
    """The check of `design` on a picture of `size` (height, width), where its inputs follow the picture.

    Where it cannot run on such a picture, or is broken anyway, the check of the design as it stands. The last answer
    is remembered on the graph.
    """
    own = check(design)
    if size is None or own.problems:
        return own
    key = (size, order.channels_first)  # messages write shapes
    held: tuple[object, Report] | None = design.graph.__dict__.get("_followed")
    if held is None or held[0] != key:
        held = design.graph.__dict__["_followed"] = (key, _report_on(design, own, size))
    return held[1]


def _report_on(design: Design, own: Report, size: Pair) -> Report:
    shapes = {
        id: (shape[0], *size)
        for id, shape in own.shapes.items()
        if shape is not None
        and is_volume(shape)
        and design.blocks[id].layer_class is not None
        and not own.graph.wiring.sources[id]
    }
    found = check(taking(design, shapes))
    return own if found.problems or of_other_weights(own, found) is not None else found
