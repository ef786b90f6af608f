"""The design: what is drawn and saved. An immutable value that reads and writes the contract's JSON (see docs)."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from itertools import pairwise
from types import MappingProxyType
from typing import Annotated, Any, Literal

import msgspec

from cnnbuilder.design.errors import DesignFileError
from cnnbuilder.design.graph import ID, Block, Graph, Link
from cnnbuilder.design.plain import plain

FORMAT, VERSION = "cnnbuilder", 1


class _BlockData(msgspec.Struct):
    id: str
    kind: str
    params: dict[str, Any] = {}


class _LinkData(msgspec.Struct):
    source: str = msgspec.field(name="from")
    target: str = msgspec.field(name="to")
    input: Annotated[int, msgspec.Meta(ge=0)] = 0


@dataclass(frozen=True)
class Note:
    """Words that lie on the canvas, `width` wide, their upper left corner at (`x`, `y`)."""

    text: str
    x: float
    y: float
    width: float = 220.0


@dataclass(frozen=True)
class Group:
    """Blocks that belong together, such as a stage. Folded, they are one card at the place of the first."""

    name: str
    blocks: tuple[str, ...]
    folded: bool = True


class _DesignData(msgspec.Struct):
    blocks: list[_BlockData]
    name: str = ""
    seed: Annotated[int, msgspec.Meta(ge=0)] = 0
    labels: list[str] = []
    links: list[_LinkData] | None = None
    layout: dict[str, tuple[float, float]] = {}


_KEYS = ("format", "version", "name", "seed", "labels", "blocks", "links", "layout")
_BLOCK_KEYS = ("id", "kind", "params")
DIRECTIONS = ("right", "down")


@dataclass(frozen=True)
class Design:
    """A network as it is drawn: the graph, where its cards lie, a name, a seed for first weights, labels of classes."""

    graph: Graph = field(default_factory=Graph)
    layout: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    name: str = ""
    seed: int = 0
    labels: tuple[str, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)
    """What a file said that this version does not know; saved back unchanged."""
    notes: tuple[Note, ...] = ()
    groups: tuple[Group, ...] = ()
    """Blocks that can be folded into one card; no block is in two."""
    direction: str = "right"
    """Where links lead when cards are laid: one of DIRECTIONS."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "layout", MappingProxyType(dict(self.layout)))
        if self.groups:
            object.__setattr__(self, "groups", _disjoint(self.groups, self.graph))
        object.__setattr__(self, "extra", MappingProxyType(dict(self.extra)))

    def __hash__(self) -> int:
        return hash((self.graph, self.name, self.seed, self.labels))

    def __reduce__(self) -> tuple[Any, ...]:
        parts = (self.graph, dict(self.layout), self.name, self.seed, self.labels, dict(self.extra))
        return Design, (*parts, self.notes, self.groups, self.direction)

    @property
    def blocks(self) -> Mapping[str, Block]:
        """The blocks by id, in order."""
        return self.graph.blocks

    @property
    def links(self) -> tuple[Link, ...]:
        """The links."""
        return self.graph.links

    def with_graph(self, graph: Graph) -> "Design":
        """A copy with another graph."""
        return replace(self, graph=graph)

    def with_params(self, id: str, /, **params: Any) -> "Design":
        """A copy in which these parameters of block `id` are changed; raises DesignError if there is no such block."""
        return self.with_graph(self.graph.with_block(self.graph.block(id).with_params(**params)))

    def label(self, number: int) -> str:
        """The name of class `number`: its label, or the number itself."""
        return self.labels[number] if number < len(self.labels) else str(number)

    @classmethod
    def from_dict(cls, data: Any) -> "Design":
        """The design that a JSON object describes; raises DesignFileError for a wrong structure."""
        data = plain(data, "design")
        _check_format(data)
        try:
            read = msgspec.convert(data, _DesignData)
        except msgspec.ValidationError as error:
            message, _, place = str(error).partition(" - at `$.")
            raise DesignFileError(f"{place.rstrip('`') or 'design'}: {message[0].lower()}{message[1:]}") from None
        blocks: dict[str, Block] = {}
        for number, (item, raw) in enumerate(zip(read.blocks, data["blocks"], strict=True)):
            if not ID.fullmatch(item.id):
                raise DesignFileError(
                    f"blocks[{number}].id: {item.id!r} is not a name (letters, digits, _ and -, a letter or _ first)"
                )
            if item.id in blocks:
                raise DesignFileError(f"blocks[{number}].id: {item.id!r} is used twice")
            extra = {key: value for key, value in raw.items() if key not in _BLOCK_KEYS}
            off = extra.get("off") is True and bool(extra.pop("off"))
            blocks[item.id] = Block(item.id, item.kind, item.params, extra, off)
        if read.links is None:
            ids = list(blocks)
            links = tuple(Link(source, target) for source, target in pairwise(ids))
        else:
            links = tuple(Link(link.source, link.target, link.input) for link in read.links)
        for number, link in enumerate(links):
            for end in (link.source, link.target):
                if end not in blocks:
                    raise DesignFileError(f"links[{number}]: there is no block {end!r}")
        layout = {id: place for id, place in read.layout.items() if id in blocks}
        extra = {key: value for key, value in data.items() if key not in _KEYS}
        drawn = {name: _taken(extra, name, form) for name, form in _DRAWN.items() if name in extra}
        drawn = {name: value for name, value in drawn.items() if value is not None}
        return cls(Graph(blocks, links), layout, read.name, read.seed, tuple(read.labels), extra, **drawn)

    def to_dict(self) -> dict[str, Any]:
        """The design as a JSON object, every parameter written, in one fixed order."""
        return {
            "format": FORMAT,
            "version": VERSION,
            "name": self.name,
            "seed": self.seed,
            "labels": list(self.labels),
            "blocks": [
                {"id": block.id, "kind": block.kind, "params": plain(block.params, block.id),
                 **({"off": True} if block.off else {}), **plain(dict(block.extra), block.id)}
                for block in self.blocks.values()
            ],
            "links": [{"from": link.source, "to": link.target, "input": link.input} for link in self.links],
            "layout": {id: [_short(x) for x in self.layout[id]] for id in self.blocks if id in self.layout},
            **plain(dict(self.extra), "design"),
            **({"notes": [_note(note) for note in self.notes]} if self.notes else {}),
            **({"groups": [asdict(group) for group in self.groups]} if self.groups else {}),
            **({"direction": self.direction} if self.direction != DIRECTIONS[0] else {}),
        }


def _short(x: float) -> float | int:
    return int(x) if x == int(x) else x


def _note(note: Note) -> dict[str, Any]:
    return {"text": note.text, "x": _short(note.x), "y": _short(note.y), "width": _short(note.width)}


_DRAWN = {"notes": tuple[Note, ...], "groups": tuple[Group, ...], "direction": Literal["right", "down"]}
"""What a design may say beside the contract's keys, and the form that is known; another form is kept as it is."""


def _taken(extra: dict[str, Any], name: str, form: Any) -> Any:
    """The value of `name`, taken out of `extra`; None if it does not have that form."""
    try:
        read = msgspec.convert(extra[name], form)
    except msgspec.ValidationError:
        return None
    del extra[name]
    return read


def _disjoint(groups: tuple[Group, ...], graph: Graph) -> tuple[Group, ...]:
    """`groups` with no block twice or unknown, no name twice, and none of fewer than two blocks."""
    seen: set[str] = set()
    names: set[str] = set()
    found: list[Group] = []
    for group in groups:
        blocks = tuple(id for id in dict.fromkeys(group.blocks) if id in graph.blocks and id not in seen)
        if len(blocks) > 1 and group.name not in names:
            found.append(group if blocks == group.blocks else replace(group, blocks=blocks))
            seen.update(blocks)
            names.add(group.name)
    return groups if found == list(groups) else tuple(found)


def _check_format(data: Any) -> None:
    if not isinstance(data, dict):
        raise DesignFileError("design: must be a JSON object")
    if data.get("format") != FORMAT:
        raise DesignFileError(f'format: must be "{FORMAT}"; this is not a cnnbuilder design')
    version = data.get("version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise DesignFileError(f"version: must be {VERSION}")
    if version > VERSION:
        raise DesignFileError(f"version: {version} was written by a newer cnnbuilder; this one reads up to {VERSION}")
    if "blocks" not in data:
        raise DesignFileError("blocks: missing")
