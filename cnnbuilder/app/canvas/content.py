"""What a card says, as a value derived from the design: equal contents need no repainting."""

from dataclasses import dataclass
from functools import cached_property

from cnnbuilder.app.thumbnails import FEW, grid_shape
from cnnbuilder.design.check import Report
from cnnbuilder.design.document import Group
from cnnbuilder.design.graph import Link
from cnnbuilder.design.shape import Shape, grouped, is_volume, order, plural, show

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
GROUP_ICON = "stack"


@dataclass(frozen=True)
class CardContent:
    """Everything that a card paints but its thumbnail and its state."""

    id: str
    """What stands in its head: the block's name, or the group's."""
    icon: str
    group: str | None
    """The group of its kind, which gives the colour."""
    summary: str
    shape: Shape | None
    parameters: int
    fault: str
    """A few words, if the block has a problem."""
    pictured: bool
    """Whether there is room for a thumbnail."""
    inputs: int
    """The ports at which links arrive."""
    tooltip: str
    off: bool = False
    members: int = 0
    """The number of blocks that a folded group stands for; 0 for a block."""

    @cached_property
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

    @cached_property
    def height(self) -> float:
        """The card's height."""
        picture = self.picture_size[1]
        ports = PORT + PORT_STEP * max(0, self.inputs - 1) + 14
        return max(HEAD + picture + MARGIN if picture else HEAD - 8, ports)

    @cached_property
    def silhouette(self) -> tuple[object, ...]:
        """What is seen of it from far away: equal silhouettes look the same."""
        return self.icon, self.group, self.height, bool(self.fault), self.off, self.members > 0

    @property
    def barred(self) -> bool:
        """Whether its picture is a bar for each value."""
        return not self.fault and self.shape is not None and not is_volume(self.shape) and self.shape[0] <= FEW


def short_shape(shape: Shape | None) -> str:
    """`28×28×6` as it stands on a link."""
    return show(shape).replace(" ", "")


def card_content(report: Report, id: str) -> CardContent:
    """What the card of block `id` says."""
    block = report.graph.blocks[id]
    layer_class, drawn = block.layer_class, block.drawn
    problems = report.problems_of.get(id, [])
    name = layer_class.label if layer_class else block.kind
    summary = drawn.summary() if drawn is not None else name
    shape = report.shapes[id]
    tooltip = f"{id}: {(layer_class.__doc__ or '').splitlines()[0] if layer_class else 'unknown kind'}"
    if problems:
        tooltip = problems[0].message
    elif block.passes:
        tooltip += "\nIt is switched off: what it reads passes by unchanged."
    fewest = layer_class.inputs[0] if layer_class else 1
    return CardContent(
        id,
        block.kind,
        layer_class.group if layer_class else None,
        f"off · {summary or name}" if block.passes else summary,
        shape,
        report.parameters[id],
        problems[0].short or "has a problem" if problems else "",
        shape is not None,
        max(fewest, len(report.graph.wiring.sources[id])),
        tooltip,
        block.passes,
    )


def group_content(report: Report, group: Group, last: str, inputs: int) -> CardContent:
    """What the one card of a folded group says; `last` is the block whose output leaves it."""
    faults = sum(bool(report.problems_of.get(id)) for id in group.blocks)
    shape = report.shapes[last]
    of_last = report.graph.blocks[last].layer_class
    return CardContent(
        group.name,
        GROUP_ICON,
        of_last.group if of_last else None,
        plural(len(group.blocks), "block"),
        shape,
        sum(report.parameters[id] for id in group.blocks),
        f"{plural(faults, 'problem')} inside" if faults else "",
        shape is not None,
        max(1, inputs),
        f"{group.name}: {', '.join(group.blocks[:12])}{' …' if len(group.blocks) > 12 else ''}\n"
        "Double-click to unfold the group.",
        False,
        len(group.blocks),
    )


def parameter_words(content: CardContent) -> str:
    """What stands on the right of the shape."""
    return grouped(content.parameters) if content.parameters else ""


def shape_changes(report: Report, link: Link) -> bool:
    """Whether the source of `link` gives another shape than it reads, so that it is worth writing down."""
    before = [report.shapes[source] for source in report.graph.wiring.sources[link.source]]
    after = report.shapes[link.source]
    return after is None or not before or any(shape != after for shape in before)


def link_words(report: Report, link: Link) -> str:
    """What is said of a link that is pointed at: its ends, the whole shape, and its memory."""
    shape = report.shapes[link.source]
    if shape is None:
        return f"{link.source} → {link.target}: the shape is not known yet"
    size = report.memory_bytes[link.source]
    memory = f"{size / 1e6:.1f} MB" if size >= 1e6 else f"{size / 1e3:.1f} KB" if size >= 1e3 else f"{size} bytes"
    if not is_volume(shape):
        return f"{link.source} → {link.target}: {plural(shape[0], 'value')}, {memory}"
    sizes = "channels × height × width" if order.channels_first else "height × width × channels"
    return f"{link.source} → {link.target}: {show(shape)} ({sizes}), {memory}"
