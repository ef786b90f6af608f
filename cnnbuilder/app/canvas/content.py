"""What a card says, as a value derived from the design: equal contents need no repainting."""

from dataclasses import dataclass

from cnnbuilder.app.thumbnails import FEW, grid_shape
from cnnbuilder.design.check import Report
from cnnbuilder.design.graph import Link
from cnnbuilder.design.shape import Shape, grouped, is_volume

WIDTH = 150.0
HEAD = 76.0
"""From a card's top to its picture."""
PICTURE = 130.0
MARGIN = 10.0
BARS = 66.0
FAULT = 112.0
PORT = 38.0
"""From a card's top to its ports."""
PORT_STEP = 18.0


@dataclass(frozen=True)
class CardContent:
    """Everything that a card paints but its thumbnail and its state."""

    id: str
    icon: str
    group: str | None
    summary: str
    shape: Shape | None
    parameters: int
    fault: str
    """A few words, if the block has a problem."""
    pictured: bool
    """Whether there is room for a thumbnail."""
    inputs: int
    tooltip: str

    @property
    def picture_size(self) -> tuple[float, float]:
        """Width and height of the picture's room; height 0 where there is none."""
        if self.fault:
            return PICTURE, FAULT
        if self.shape is None:
            return PICTURE, 0.0
        if is_volume(self.shape):
            return PICTURE, PICTURE
        if self.shape[0] <= FEW:
            return PICTURE, BARS
        rows, columns = grid_shape(min(self.shape[0], 4096))
        return PICTURE, min(PICTURE, max(24.0, PICTURE * rows / columns))

    @property
    def height(self) -> float:
        """The card's height."""
        picture = self.picture_size[1]
        ports = PORT + PORT_STEP * max(0, self.inputs - 1) + 14
        return max(HEAD + picture + MARGIN if picture else HEAD - 8, ports)

    def port(self, input: int) -> float:
        """How far below the card's top an input lies."""
        return PORT + PORT_STEP * min(input, max(0, self.inputs - 1))


def short_shape(shape: Shape | None) -> str:
    """`28×28×6` as it stands on a link."""
    if shape is None:
        return "?"
    return "×".join(str(n) for n in ((*shape[1:], shape[0]) if is_volume(shape) else shape))


def card_content(report: Report, id: str) -> CardContent:
    """What the card of block `id` says."""
    block = report.graph.blocks[id]
    layer_class = block.layer_class
    problems = report.problems_of.get(id, [])
    name = layer_class.label if layer_class else block.kind
    summary = block.layer.summary() if block.layer is not None else name
    shape = report.shapes[id]
    tooltip = f"{id}: {(layer_class.__doc__ or '').splitlines()[0] if layer_class else 'unknown kind'}"
    if problems:
        tooltip = problems[0].message
    return CardContent(
        id,
        block.kind,
        layer_class.group if layer_class else None,
        summary,
        shape,
        report.parameters[id],
        problems[0].short or "has a problem" if problems else "",
        shape is not None,
        max(1, len(report.graph.wiring.sources[id])),
        tooltip,
    )


def parameter_words(content: CardContent) -> str:
    """What stands on the right of the shape."""
    return grouped(content.parameters) if content.parameters else ""


def shape_changes(report: Report, link: Link) -> bool:
    """Whether the source of `link` gives another shape than it reads, so that it is worth writing down."""
    before = [report.shapes[source] for source in report.graph.wiring.sources[link.source]]
    after = report.shapes[link.source]
    return after is None or not before or any(shape != after for shape in before)
