"""Receptive and projective fields, exact with branches: from the operations' index maps, without weights or a run."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from cnnbuilder.design.check import Report, check
from cnnbuilder.design.document import Design
from cnnbuilder.design.errors import DesignError, InputError
from cnnbuilder.design.layer import Layer
from cnnbuilder.design.shape import Pair, Shape
from cnnbuilder.explain.reach import reached_by, read_by
from cnnbuilder.explain.region import Box, Region, bounds, full, sizes, union
from cnnbuilder.explain.steps import Span, span_of
from cnnbuilder.operations import Operation

Bounds = tuple[int, int, int, int]
"""First and last row, first and last column, all inside."""


def receptive_field(design: Design, block: str, position: Sequence[int], *, of: str) -> Bounds | None:
    """The units of block `of` that can matter to what `block` gives at `(row, column)`, as (top, bottom, left, right).

    All four are inside, and clipped to the volume; None where nothing of `of` can matter. All channels are taken
    together; a vector is one place, (0, 0). Raises DesignError where a shape is not known, InputError for a place
    outside of it.
    """
    return bounds(receptive_region(design, block, place_of(check(design), block, position), of))


def projective_field(design: Design, block: str, position: Sequence[int], *, of: str) -> Bounds | None:
    """The units of block `of` to which what `block` gives at `(row, column)` can matter; see `receptive_field`."""
    return bounds(projective_region(design, block, place_of(check(design), block, position), of))


def place_of(report: Report, block: str, position: Sequence[int]) -> Box:
    """All channels of a block at a place."""
    channels, *size = sizes(_shape(report, block))
    if len(position) != 2 or not all(0 <= at < n for at, n in zip(position, size, strict=True)):
        raise InputError(f"{block}: there is no place {tuple(position)}; it is {size[0]} × {size[1]}")
    return full(channels), 1 << position[0], 1 << position[1]


def receptive_region(design: Design, block: str, box: Box, of: str) -> Region:
    """The units of block `of` that can matter to those in `box` of `block`."""
    report = check(design)
    _shape(report, of)
    return _back(report, _between(report, of, block), block, box).get(of, ())


def projective_region(design: Design, block: str, box: Box, of: str) -> Region:
    """The units of block `of` to which those in `box` of `block` can matter."""
    report = check(design)
    _shape(report, of)
    return _ahead(report, _between(report, block, of), block, box).get(of, ())


def regions(design: Design, block: str, box: Box) -> dict[str, Region]:
    """Of every block before and after `block` whose shape is known, the units that can matter to those in `box`, or to
    which these can matter; of `block` itself `box`. Blocks without any are left out."""
    report = check(design)
    _shape(report, block)
    wiring = report.graph.wiring
    known = [id for id in wiring.order if report.shapes[id] is not None]
    before, after = wiring.before({block}), {block}
    for id in known:
        if any(source in after for source in wiring.sources[id]):
            after.add(id)
    found = _back(report, [id for id in known if id in before], block, box)
    found.update(_ahead(report, [id for id in known if id in after], block, box))
    return {id: region for id, region in found.items() if region}


def _back(report: Report, ids: Sequence[str], block: str, box: Box) -> dict[str, Region]:
    """What `box` of `block` reads of each of `ids`, which are blocks before it in the order in which they run."""
    boxes: dict[str, list[Box]] = {block: [box]}
    found: dict[str, Region] = {}
    for id in ids[::-1]:
        found[id] = region = union(boxes.pop(id, ()))
        if not region or id == ids[0]:
            continue
        operations, sources = _steps(report, id)
        parts = [region]
        for operation in reversed(operations):
            parts = read_by(operation, parts[0])
        for source, part in zip(sources, parts, strict=False):
            boxes.setdefault(source, []).extend(part)
    return found


def _ahead(report: Report, ids: Sequence[str], block: str, box: Box) -> dict[str, Region]:
    """What of each of `ids`, blocks after `block` in the order in which they run, `box` of it reaches."""
    found: dict[str, Region] = {block: (box,)} if block in ids else {}
    for id in ids:
        if id == block:
            continue
        operations, sources = _steps(report, id)
        reached: list[Box] = []
        for number, source in enumerate(sources if operations else sources[:1]):
            region = found.get(source, ())
            for step, operation in enumerate(operations):
                region = reached_by(operation, 0 if step else number, region) if region else ()
            reached += region
        found[id] = union(reached)
    return found


@dataclass(frozen=True)
class Field:
    """The receptive field of any unit, as if the volume went on beyond its borders."""

    size: Pair
    """Rows and columns. Behind a transposed convolution the fields of neighbouring units may lie differently about
    where they should be; then what holds each of them."""
    jump: tuple[int | Fraction, int | Fraction]
    """How far it moves from one unit to the next; 0 where every unit has the same."""
    start: tuple[int | Fraction, int | Fraction]
    """The first row and column of the field of the unit in the upper left corner; negative in the padding."""


def typical_field(design: Design, block: str, of: str) -> Field | None:
    """The field of `block` in block `of`, before it is clipped; None if nothing of `of` can matter.

    Raises DesignError where a shape is not known.
    """
    report = check(design)
    _shape(report, of)
    _shape(report, block)
    spans: dict[str, tuple[Span, Span]] = {block: (Span(1, 0, 0), Span(1, 0, 0))}
    for id in _between(report, of, block)[::-1]:
        if id == of:
            break
        if id not in spans:
            continue
        operations, sources = _steps(report, id)
        parts = [spans.pop(id)]
        for operation in reversed(operations):
            parts = span_of(operation, parts[0])
        for source, part in zip(sources, parts, strict=False):
            _, *size = sizes(_shape(report, source))
            known = spans.get(source)
            spans[source] = part if known is None else _joined(known, part, size)
    if of not in spans:
        return None
    rows, columns = spans[of]
    return Field((rows.size, columns.size), (rows.jump, columns.jump), (rows.low, columns.low))


def _joined(a: tuple[Span, Span], b: tuple[Span, Span], size: Sequence[int]) -> tuple[Span, Span]:
    """What two readers read together."""
    rows, columns = (x.joined(y, n) for x, y, n in zip(a, b, size, strict=True))
    return rows, columns


def _shape(report: Report, id: str) -> Shape:
    report.graph.block(id)
    shape = report.shapes[id]
    if shape is None:
        raise DesignError(f"{id}: its shape is not known; see the problems of the design")
    return shape


def _between(report: Report, first: str, last: str) -> list[str]:
    """The blocks on ways from one to the other, both among them if there is a way, in the order in which they run."""
    wiring = report.graph.wiring
    before = wiring.before({last})
    reached = {first}
    for id in wiring.order:
        if id in before and any(source in reached for source in wiring.sources[id]):
            reached.add(id)
    return [id for id in wiring.order if id in reached and id in before]


def _steps(report: Report, id: str) -> tuple[Sequence[Operation], tuple[str, ...]]:
    """The operations of a block and the blocks that it reads."""
    layer = report.graph.blocks[id].layer
    assert layer is not None  # its shape is known
    return _operations(layer, report.input_shapes(id)), report.graph.wiring.sources[id]


@lru_cache(20_000)
def _operations(layer: Layer, inputs: tuple[Shape, ...]) -> Sequence[Operation]:
    return layer.lower(*inputs)  # type: ignore[return-value]
