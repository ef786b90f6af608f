"""A unit that is selected in one block, seen from another: its receptive field in earlier maps, its projective field in
later ones."""

from cnnbuilder.design.check import Report
from cnnbuilder.design.document import Design
from cnnbuilder.design.shape import is_volume
from cnnbuilder.explain.fields import Bounds, projective_region, receptive_region
from cnnbuilder.explain.region import Box, bounds


def field(design: Design, report: Report, block: str, index: tuple[int, ...], of: str) -> Bounds | None:
    """First and last row and column of the units of block `of` that matter to the unit, or that it matters to; None
    where there is no way between the two, or where one of them has no maps."""
    shape, other = report.shapes.get(block), report.shapes.get(of)
    if shape is None or other is None or not is_volume(other) or len(index) != len(shape):
        return None
    if not all(0 <= i < n for i, n in zip(index, shape, strict=True)):
        return None
    channel, row, column = (*index, 0, 0)[:3]
    unit: Box = (1 << channel, 1 << row, 1 << column)
    order = report.graph.wiring.order
    region = receptive_region if order.index(of) < order.index(block) else projective_region
    return bounds(region(design.with_graph(report.graph), block, unit, of))
