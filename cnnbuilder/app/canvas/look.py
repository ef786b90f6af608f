"""What is marked on the canvas for a moment: pointed at, lit, chosen. Only how it looks; nothing of it is saved."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cnnbuilder.app.canvas.card import Card
from cnnbuilder.app.canvas.extras import NoteItem
from cnnbuilder.design.graph import Link

if TYPE_CHECKING:
    from cnnbuilder.app.canvas.brush import Mark


@dataclass
class Look:
    """Read by the painting; set by the pointer and by gestures."""

    card: Card | None = None
    """The card pointed at."""
    note: NoteItem | None = None
    link: Link | None = None
    """The link pointed at."""
    port: Card | None = None
    """The card whose output port is pointed at."""
    chosen: Link | None = None
    """The selected link."""
    target: Link | None = None
    """The link that what is dragged would be put into."""
    hidden: Link | None = None
    """The link whose end is being dragged."""
    lit: frozenset[Card] = field(default_factory=frozenset)
    """The cards that could take the link that is being drawn."""
    linking: bool = False
    """Whether a link is being drawn, so that every open port shows."""
    brushed: Mapping[str, "Mark"] = field(default_factory=dict)
    """By block: what of its picture belongs to the unit that is selected in a view."""
    picker: int = 0
    """Which half of the channel picker is pointed at: −1, 1, or 0 for none."""

    def key(self) -> tuple[object, ...]:
        """Equal keys look the same."""
        return (self.card, self.note, self.link, self.port, self.chosen, self.target, self.hidden, self.lit,
                self.linking)  # fmt: skip
