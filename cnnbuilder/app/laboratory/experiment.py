"""What an experiment is, and what its text can read: the design as it stands now, and what the network last gave."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cnnbuilder.design.check import Report
from cnnbuilder.design.document import Design
from cnnbuilder.design.shape import Shape, is_volume, show

if TYPE_CHECKING:
    from cnnbuilder.app.runner import Result
    from cnnbuilder.files.pictures import Picture


class Missing(Exception):
    """Something that a text tells of is not there: a block was taken out or renamed, or nothing has run yet."""


@dataclass(frozen=True, eq=False)
class Reading:
    """What the text's numbers come from. Every method raises Missing where it has nothing to read."""

    design: Design
    report: Report
    result: "Result | None" = None

    def shape(self, block: str) -> Shape:
        """A block's output shape."""
        if block not in self.design.blocks:
            raise Missing(f"{block} is no longer there")
        found = self.report.shapes.get(block)
        if found is None:
            raise Missing(f"{block} does not fit: see Problems")
        return found

    def size(self, block: str) -> tuple[int, int]:
        """Rows and columns of a block's maps."""
        shape = self.shape(block)
        if not is_volume(shape):
            raise Missing(f"{block} gives a vector")
        return shape[1], shape[2]

    def show(self, block: str) -> str:
        """A block's output shape in words."""
        return show(self.shape(block))

    def param(self, block: str, name: str) -> Any:
        """A parameter as it is, with its default where none is given."""
        self.shape(block)
        layer = self.design.blocks[block].layer
        if layer is None or not hasattr(layer, name):
            raise Missing(f"{block} has no {name} any more")
        return getattr(layer, name)

    def parameters(self, block: str) -> int:
        """How many numbers a block learns."""
        self.shape(block)
        return self.report.parameters[block]

    def weight(self, block: str, name: str = "weight") -> Shape:
        """The shape of a weight."""
        self.shape(block)
        inference = self.report.inferences[block]
        found = dict(inference.weights).get(name) if inference else None
        if found is None:
            raise Missing(f"{block} has no {name} any more")
        return found.shape

    def macs(self, block: str) -> int:
        """A block's multiply-adds."""
        self.shape(block)
        return self.report.macs[block]

    def output(self, block: str) -> Any:
        """What a block gave for the picture."""
        if self.result is None or block not in self.result.outputs:
            raise Missing(f"{block} has not run yet")
        return self.result.outputs[block]

    def gradient(self, name: str) -> Any:
        """dJ/d(a block's output), or of a weight."""
        held = (
            {} if self.result is None else self.result.weight_gradients if "." in name else self.result.output_gradients
        )
        if name not in held:
            raise Missing(f"{name} has no gradient yet")
        return held[name]


Paragraph = str | Callable[[Reading], str]
"""Words, or what makes them of numbers that are read; as rich text."""


@dataclass(frozen=True, eq=False)
class Experiment:
    """One statement of the notes to try."""

    name: str
    title: str
    question: str
    """What one asks oneself, in a line."""
    design: Callable[[], Design]
    text: tuple[Paragraph, ...]
    attempts: tuple[str, ...] = ()
    """What to change, and what to look at then."""
    views: tuple[str, ...] = ("maps",)
    """The views that are opened; the first is in front."""
    select: str = ""
    """The block that is looked at."""
    unit: tuple[int, ...] | None = None
    """The value of it that is marked."""
    picture: "Callable[[], Picture] | None" = None
    weights: Callable[[], Mapping[str, Any]] | None = None
    mode: str = ""
    """How the connectivity view shows it, where that is not its usual way."""


@dataclass(frozen=True, eq=False)
class Chapter:
    """Experiments that belong together."""

    title: str
    experiments: tuple[Experiment, ...]


def told(paragraph: Paragraph, reading: Reading) -> str:
    """A paragraph with its numbers, or what is missing for it."""
    if isinstance(paragraph, str):
        return paragraph
    try:
        return paragraph(reading)
    except Missing as missing:
        return f"<i>({missing}.)</i>"
