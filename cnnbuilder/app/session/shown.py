"""What views look at: the document on top and what is known beside it, as one immutable value."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cnnbuilder.design.check import Report
from cnnbuilder.design.document import Design
from cnnbuilder.design.following import report_on
from cnnbuilder.design.graph import Block
from cnnbuilder.design.layout import completed
from cnnbuilder.design.shape import Pair

if TYPE_CHECKING:
    from cnnbuilder.files.pictures import Picture

Arrays = Mapping[str, Any]
Origin = tuple[str, tuple[int, ...]]
"""A block and the index of a value of its output."""
REACH = 1e7
"""How far from the middle something may lie."""


@dataclass(frozen=True, eq=False)
class State:
    """What undo goes back to: the design and its weights (None: the first ones, made of the seed)."""

    design: Design
    weights: Arrays | None = None


@dataclass(frozen=True)
class Tab:
    """One of the open documents."""

    key: int
    title: str
    changed: bool
    path: Path | None = None


@dataclass(frozen=True, eq=False)
class Shown:
    """All that views look at, as one value; unchanged parts are the same objects as before."""

    state: State
    key: int = 0
    """Which of the open documents this is."""
    tabs: tuple[Tab, ...] = ()
    """The open documents."""
    picture: "Picture | None" = None
    path: Path | None = None
    changed: bool = False
    """Whether there is something to save."""
    undo: str | None = None
    redo: str | None = None
    selected: tuple[str, ...] = ()
    target: int | None = None
    """The class that the backward pass begins with; None: the likeliest."""
    origin: Origin | None = None
    """The value that the backward pass begins at, in place of a class."""
    live: bool = True
    backward: bool = True
    """Whether a run goes backward too."""

    @property
    def design(self) -> Design:
        """The design."""
        return self.state.design

    @property
    def picture_size(self) -> Pair | None:
        """Height and width of the picture at hand."""
        return self.picture.size if self.picture is not None else None

    @property
    def report(self) -> Report:
        """What the check says of the design, on the picture at hand where shapes follow it."""
        return report_on(self.state.design, self.picture_size)

    @property
    def block(self) -> Block | None:
        """The block selected last."""
        return self.design.blocks.get(self.selected[-1]) if self.selected else None

    @property
    def title(self) -> str:
        """The file's name, or the design's, with a number where another open document has the same."""
        return next((tab.title for tab in self.tabs if tab.key == self.key), title_of(self.path, self.design))

    def fitting_weights(self) -> dict[str, Any]:
        """Of the weights held, those that have a place in the design as it is, or wait for a block switched off."""
        held = self.state.weights or {}
        found: dict[str, Any] = {}
        for id, inference in self.report.inferences.items():
            for name, weight in inference.weights if inference else ():
                array = held.get(f"{id}.{name}")
                if array is not None and tuple(array.shape) == tuple(weight.shape):
                    found[f"{id}.{name}"] = array
        resting = {id for id, block in self.design.blocks.items() if block.passes}
        return found | {name: held[name] for name in held if name.rpartition(".")[0] in resting}


def title_of(path: Path | None, design: Design) -> str:
    """What a document is called."""
    return path.name if path else (design.name or "untitled")


def with_places(design: Design) -> Design:
    """`design` with a place for every card, and nothing farther away than anybody would look for it."""
    near = {id: place for id, place in design.layout.items() if _is_near(*place)}
    notes = tuple(note if _is_near(note.x, note.y) else replace(note, x=0.0, y=0.0) for note in design.notes)
    if len(near) < len(design.layout) or notes != design.notes:
        design = replace(design, layout=near, notes=notes)
    if all(id in design.layout for id in design.blocks):
        return design
    return replace(design, layout=completed(design.graph, design.layout, design.direction, design.groups))


def _is_near(x: float, y: float) -> bool:
    return abs(x) <= REACH and abs(y) <= REACH
