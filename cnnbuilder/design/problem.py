"""What is wrong with a block, as values: a layer says a Misfit, the check makes a Problem of it with fixes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from cnnbuilder.design.shape import Shape

if TYPE_CHECKING:
    from cnnbuilder.design.document import Design


@dataclass(frozen=True)
class Change:
    """A remedy: set these parameters of the block itself."""

    label: str
    params: Mapping[str, Any]


@dataclass(frozen=True)
class Insert:
    """A remedy: put a new block of `kind` into the link at input number `input`."""

    label: str
    kind: str
    params: Mapping[str, Any] = field(default_factory=dict)
    input: int = 0


@dataclass(frozen=True)
class Drop:
    """A remedy: take one given parameter off the block itself."""

    label: str
    param: str


Remedy = Change | Insert | Drop
Trace = tuple[tuple[str, Shape], ...]


@dataclass(frozen=True)
class Misfit:
    """Why a layer cannot take its inputs. A layer does not know names: `{block}` stands for its own, `{0}`, `{1}` …
    for the blocks that it reads; the same holds in the labels of its remedies."""

    code: str
    text: str
    short: str = ""
    """A few words for the block's card."""
    remedies: tuple[Remedy, ...] = ()
    about_channels: bool = False
    """Whether the number of channels does not fit, and not the size of the maps."""
    clash: tuple[int, int] = (0, 0)
    """The two inputs that do not go together, where it is not an input and the layer itself."""


@dataclass(frozen=True)
class Remark:
    """Legal but worth knowing; the placeholders of Misfit hold here too."""

    code: str
    text: str


@dataclass(frozen=True)
class Fix:
    """One way to mend a problem, tried against the check before it is offered."""

    label: str
    effect: str
    """What becomes of shapes and parameters: `5 × 5 × 32 · 25,120 parameters`."""
    edit: "Callable[[Design], Design]" = field(repr=False, compare=False)

    def apply(self, design: "Design") -> "Design":
        """The design with this fix."""
        return self.edit(design)

    def __str__(self) -> str:
        return self.label

    def to_dict(self) -> dict[str, str]:
        """As `check --json` prints it."""
        return {"label": self.label, "effect": self.effect}


@dataclass(frozen=True)
class Problem:
    """Why a design cannot run. `block` is None where the whole design is meant."""

    block: str | None
    code: str
    message: str
    short: str = ""
    about_channels: bool = False
    """Whether the number of channels does not fit, and not the size of the maps."""
    find_trace: Callable[[], Trace] = field(default=tuple, repr=False, compare=False)
    find_fixes: Callable[[], list[Fix]] = field(default=list, repr=False, compare=False)

    @cached_property
    def trace(self) -> Trace:
        """The blocks that led here with their output shapes, from the input on: where an odd size came from."""
        return self.find_trace()

    @property
    def origin(self) -> str | None:
        """The last block of the trace that changed the size (or number of channels) that it was given."""
        origin = None
        before: Shape | None = None
        for id, shape in self.trace:
            if before is None or self._telling(shape) != self._telling(before):
                origin = id
            before = shape
        return origin

    def _telling(self, shape: Shape) -> Shape:
        return shape[:1] if self.about_channels else shape[-2:]

    @cached_property
    def fixes(self) -> list[Fix]:
        """Edits that mend it, the best first; found when first asked for."""
        return self.find_fixes()

    def to_dict(self) -> dict[str, Any]:
        """As `check --json` prints it."""
        return {
            "block": self.block,
            "code": self.code,
            "message": self.message,
            "fixes": [fix.to_dict() for fix in self.fixes],
        }
