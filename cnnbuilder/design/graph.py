"""Blocks and links: the immutable value that a network is. A link's `input` is the number of the target's input."""

import heapq
import re
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType
from typing import Any

from cnnbuilder.design.errors import UnknownNameError
from cnnbuilder.design.layer import Layer, Passing, find_kind
from cnnbuilder.design.plain import plain

ID = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")


@dataclass(frozen=True)
class Block:
    """A named layer. `given` holds its JSON parameters as they were written, also wrong ones."""

    id: str
    kind: str
    given: Mapping[str, Any] = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)
    """What a file said of the block that this version does not know; saved back unchanged."""
    off: bool = False
    """Switched off: it stays where it is, and its first input goes by. A block that reads nothing stays on."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "given", MappingProxyType(dict(self.given)))
        object.__setattr__(self, "extra", MappingProxyType(dict(self.extra)))

    def __reduce__(self) -> tuple[Any, ...]:
        return Block, (self.id, self.kind, dict(self.given), dict(self.extra), self.off)

    @cached_property
    def layer_class(self) -> type[Layer] | None:
        """The class of its kind; None if unknown."""
        return find_kind(self.kind)

    @cached_property
    def _read(self) -> tuple[Layer | None, dict[str, str]]:
        return self.layer_class.read(dict(self.given)) if self.layer_class else (None, {})

    @property
    def layer(self) -> Layer | None:
        """What it does; None if the kind is unknown or a parameter is wrong, and it is not switched off."""
        return Passing() if self.passes else self._read[0]

    @property
    def drawn(self) -> Layer | None:
        """What it does when it is not switched off; None if the kind is unknown or a parameter is wrong."""
        return self._read[0]

    @property
    def passes(self) -> bool:
        """Whether it is switched off; a kind that reads nothing has nothing to let by."""
        return self.off and (self.layer_class is None or self.layer_class.inputs != (0, 0))

    @property
    def faults(self) -> dict[str, str]:
        """What is wrong with each wrong parameter, by name."""
        return self._read[1]

    @property
    def params(self) -> dict[str, Any]:
        """Every parameter as JSON, defaults filled in, wrong ones as they were given; the caller's own copy."""
        if self.drawn is not None:
            return self.drawn.to_params()
        if self.layer_class is None:
            return deepcopy(dict(self.given))
        good = {name: value for name, value in self.given.items() if name not in self.faults}
        layer, _ = self.layer_class.read(good)
        assert layer is not None
        known = layer.to_params()
        known.update({name: deepcopy(value) for name, value in self.given.items() if name in self.faults})
        return known

    def with_params(self, /, **changes: Any) -> "Block":
        """A copy with these parameters changed."""
        return replace(self, given={**self.given, **{name: plain(value, name) for name, value in changes.items()}})

    def __hash__(self) -> int:
        return hash((self.id, self.kind))


@dataclass(frozen=True, order=True)
class Link:
    """The output of block `source` is input number `input` of block `target`."""

    source: str
    target: str
    input: int = 0


@dataclass(frozen=True)
class Graph:
    """Blocks by id, in order, and links. Equal parts are shared between an edited graph and the one before."""

    blocks: Mapping[str, Block] = field(default_factory=dict)
    links: tuple[Link, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "blocks", MappingProxyType(dict(self.blocks)))

    def __reduce__(self) -> tuple[Any, ...]:
        return Graph, (dict(self.blocks), self.links)

    @cached_property
    def wiring(self) -> "Wiring":
        """What follows from ids and links alone."""
        return Wiring(tuple(self.blocks), self.links)

    def block(self, id: str) -> Block:
        """The block of that id; raises UnknownNameError if there is none."""
        try:
            return self.blocks[id]
        except KeyError:
            raise UnknownNameError(f"there is no block {id!r}") from None

    def with_block(self, block: Block) -> "Graph":
        """A copy in which `block` stands in for the one with its id."""
        self.block(block.id)
        graph = Graph({**self.blocks, block.id: block}, self.links)
        if "wiring" in self.__dict__:
            graph.__dict__["wiring"] = self.wiring
        return graph

    def __hash__(self) -> int:
        return hash((tuple(self.blocks.values()), self.links))


class Wiring:
    """What follows from ids and links alone: who reads whom, in which order blocks run, where links are wrong."""

    def __init__(self, ids: tuple[str, ...], links: tuple[Link, ...]) -> None:
        arriving: dict[str, list[Link]] = {id: [] for id in ids}
        followers: dict[str, list[str]] = {id: [] for id in ids}
        for link in links:
            arriving[link.target].append(link)
            followers[link.source].append(link.target)
        self.faults: dict[str, tuple[str, str]] = {}
        """For a block with wrongly numbered inputs, a problem's code and text."""
        self.sources: dict[str, tuple[str, ...]] = {}
        """The blocks that a block reads, in the order of its inputs."""
        for id, incoming in arriving.items():
            incoming.sort(key=lambda link: link.input)
            self.sources[id] = tuple(link.source for link in incoming)
            numbers = [link.input for link in incoming]
            if len(set(numbers)) < len(numbers):
                doubled = next(n for n in numbers if numbers.count(n) > 1)
                joined = [link.source for link in incoming if link.input == doubled]
                both = " and ".join(joined if len(joined) < 4 else [*joined[:2], f"{len(joined) - 2} more"])
                word = "both" if len(joined) == 2 else "all"
                self.faults[id] = ("doubled-input", f"{id}: {both} are {word} joined to its input {doubled}.")
            elif numbers != list(range(len(numbers))):
                gap = next(n for n in range(len(numbers)) if n not in numbers)
                self.faults[id] = (
                    "input-gap",
                    f"{id}: nothing is joined to its input {gap}, but input {numbers[-1]} is taken.",
                )
        self.followers = {id: tuple(dict.fromkeys(targets)) for id, targets in followers.items()}
        """The blocks that read a block, each once."""
        self.order, self.loops = self._sort(ids)

    def _sort(self, ids: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
        """The blocks in an order in which they can run (those in or behind a loop left out), and the loops."""
        place = {id: number for number, id in enumerate(ids)}
        waiting = {id: len(set(self.sources[id])) for id in ids}
        ready = [place[id] for id in ids if not waiting[id]]
        order: list[str] = []
        while ready:
            id = ids[heapq.heappop(ready)]
            order.append(id)
            for follower in self.followers[id]:
                waiting[follower] -= 1
                if not waiting[follower]:
                    heapq.heappush(ready, place[follower])
        stuck = [id for id in ids if waiting[id]]
        return tuple(order), tuple(self._loops(stuck))

    def _loops(self, stuck: list[str]) -> list[tuple[str, ...]]:
        """Loops among `stuck`, each found by walking back from a block until one is met again."""
        loops: list[tuple[str, ...]] = []
        left = set(stuck)
        for first in stuck:
            path: dict[str, None] = {}
            id = first
            while id in left and id not in path:
                path[id] = None
                id = next(source for source in self.sources[id] if source in stuck)
            if id in path:
                walked = list(path)
                loops.append(tuple(reversed(walked[walked.index(id) :])))
            left -= set(path)
        return loops

    @cached_property
    def outputs(self) -> tuple[str, ...]:
        """The blocks that no block reads."""
        return tuple(id for id, targets in self.followers.items() if not targets)

    def before(self, ids: set[str]) -> set[str]:
        """`ids` and every block from which one of them can be reached."""
        found: set[str] = set()
        waiting = list(ids)
        while waiting:
            id = waiting.pop()
            if id not in found:
                found.add(id)
                waiting += self.sources[id]
        return found
