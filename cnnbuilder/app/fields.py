"""The fields of the unit that is selected, in all blocks: found once, however many views mark them."""

from cnnbuilder.design.check import Report
from cnnbuilder.design.document import Design
from cnnbuilder.design.graph import Graph
from cnnbuilder.design.shape import is_volume
from cnnbuilder.explain.fields import Bounds, regions
from cnnbuilder.explain.reach import unit_box
from cnnbuilder.explain.region import bounds

_last: tuple[Graph, str, tuple[int, ...], dict[str, Bounds]] | None = None


def fields(design: Design, report: Report, block: str, index: tuple[int, ...]) -> dict[str, Bounds]:
    """First and last row and column of what matters to a unit in the maps of every block before it, and of what it
    matters to in those behind it; itself left out, and nothing for a unit that there is not."""
    global _last
    shape = report.shapes.get(block)
    if shape is None or len(index) != len(shape) or not all(0 <= i < n for i, n in zip(index, shape, strict=True)):
        return {}
    last = _last
    if last is not None and last[0] is report.graph and last[1:3] == (block, index):
        return last[3]
    found: dict[str, Bounds] = {}
    for id, region in regions(design.with_graph(report.graph), block, unit_box(index)).items():
        of, around = report.shapes[id], bounds(region)
        if of is not None and around is not None and is_volume(of) and id != block:
            found[id] = around
    _last = (report.graph, block, index, found)
    return found
