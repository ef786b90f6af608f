"""The base of every layer kind, and the register in which a kind is found by its name.

A layer is a frozen dataclass: its fields are its parameters. A kind exists by having a file in `cnnbuilder/layers/`.
"""

import importlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import prod
from typing import Any, ClassVar, Self

from cnnbuilder.design.formula import Formula
from cnnbuilder.design.operation import Operation
from cnnbuilder.design.parameters import BadValue, Parameter, declared
from cnnbuilder.design.problem import Misfit, Remark
from cnnbuilder.design.shape import Shape, size
from cnnbuilder.design.sharing import Way

GROUPS = (
    "Input",
    "Convolution",
    "Activation",
    "Pooling",
    "Shape",
    "Normalisation",
    "Dense",
    "Output",
    "Merge",
)
"""The groups of the palette, in its order."""


@dataclass(frozen=True)
class Weight:
    """One array of a layer: its shape and how it begins."""

    shape: Shape
    fan_in: int | None = None
    """Given, the array begins He-normal: deviation √(2 / fan_in) (K. He et al., 2015)."""
    value: float = 0.0
    """What it begins with where there is no fan_in."""
    trained: bool = True
    """Whether it counts as parameters; running statistics do not."""
    connections: tuple[tuple[int, ...], ...] | None = None
    """Given, `weight[i, c]` is fixed at 0 for every channel c that filter i does not list."""
    axes: tuple[str, ...] = ()
    """What each axis counts, for an array of kernels: `row` and `column` are those of one kernel."""

    @property
    def count(self) -> int:
        """The numbers in it that can change."""
        if self.connections is None:
            return size(self.shape)
        return sum(len(channels) for channels in self.connections) * prod(self.shape[2:])


@dataclass(frozen=True)
class Surroundings:
    """What is known of the place at which a new block is to stand, when its first parameters are chosen."""

    inputs: tuple[Shape, ...] = ()
    """The shapes that it reads; none where they are not known."""
    like: "Layer | None" = None
    """The nearest layer of the same kind before it."""
    like_shape: Shape | None = None
    """What that gives."""
    classes: int = 0
    """How many classes the design names."""
    last: bool = True
    """Whether no block behind it has weights."""
    picture: Shape | None = None
    """The shape of the picture at hand."""


class Layer:
    """What a block does. Subclasses are frozen dataclasses, one a file in `cnnbuilder/layers/`."""

    kind: ClassVar[str]
    group: ClassVar[str]
    label: ClassVar[str]
    """The name that a person reads: `Max pooling`."""
    inputs: ClassVar[tuple[int, int | None]] = (1, 1)
    """The fewest and the most inputs; None: any number. A kind without inputs is where arrays come in."""

    def __init_subclass__(cls, *, kind: str | None, group: str, label: str) -> None:
        if kind is None:  # no kind that a block can be of
            cls.label = label
            return
        if group not in GROUPS:
            raise TypeError(f"{cls.__name__}: there is no group {group!r}; there are {', '.join(GROUPS)}")
        taken = _kinds.get(kind)
        if taken is not None and (taken.__module__, taken.__name__) != (cls.__module__, cls.__name__):
            raise TypeError(f"{cls.__name__}: {taken.__name__} in {taken.__module__} is the kind {kind!r} already")
        cls.kind, cls.group, cls.label = kind, group, label
        _kinds[kind] = cls

    def output_shape(self, *inputs: Shape) -> Shape | Misfit:
        """The shape of the output, or why there is none."""
        raise NotImplementedError

    def weights(self, *inputs: Shape) -> dict[str, Weight]:
        """The arrays that the layer holds, by name."""
        return {}

    def lower(self, *inputs: Shape) -> Sequence[Operation]:
        """The operations that it is: the first takes the layer's inputs, each other one the output before it.

        Without operations the first input is the output.
        """
        raise NotImplementedError

    def summary(self) -> str:
        """The telling parameters, as a card shows them: `5×5 · 6 filters · same`."""
        return ""

    def remarks(self, *inputs: Shape) -> list[Remark]:
        """What is legal but worth knowing."""
        return []

    def formulas(self, *inputs: Shape) -> list[Formula]:
        """How the output's size comes about, with this layer's numbers in it."""
        return []

    @classmethod
    def suited(cls, around: Surroundings) -> dict[str, Any]:
        """Parameters, as JSON, that fit the place of a new block better than the defaults."""
        return {}

    def sharing(self, *inputs: Shape) -> tuple[Way, ...]:
        """What its connections cost with their weights shared more or less, itself among them; nothing where there is
        no such choice."""
        return ()

    def shared_as(self, way: Way) -> "Layer | None":
        """The layer with the same connections that shares their weights in one of the ways of `sharing`; None where
        there is none, or it is that already."""
        return None

    def taking(self, shape: Shape) -> Self | None:
        """For a kind without inputs: the layer that lets an array of `shape` in, or None if it cannot."""
        return None

    def to_params(self) -> dict[str, Any]:
        """Every parameter as JSON, in the order of declaration."""
        return {name: parameter.write(getattr(self, name)) for name, parameter in declared(type(self)).items()}

    @classmethod
    def read(cls, params: dict[str, Any]) -> tuple[Self | None, dict[str, str]]:
        """The layer for JSON parameters, or None and what is wrong with each parameter by name."""
        known = declared(cls)
        faults = {name: "unknown" for name in params if name not in known}
        values: dict[str, Any] = {}
        for name, value in params.items():
            if name in known:
                try:
                    values[name] = known[name].read(value)
                except BadValue as error:
                    faults[name] = str(error)
        return (None, faults) if faults else (cls(**values), {})


@dataclass(frozen=True)
class Passing(Layer, kind=None, group="", label="Switched off"):
    """What a block does that is switched off: its first input goes by."""

    inputs = (1, None)

    def output_shape(self, *inputs: Shape) -> Shape:
        return inputs[0]

    def lower(self, *inputs: Shape) -> Sequence[Operation]:
        return ()


_kinds: dict[str, type[Layer]] = {}


@cache
def _discover() -> None:
    # By name, so that `design` does not depend on the layers that depend on it.
    importlib.import_module("cnnbuilder.layers")


def kinds() -> dict[str, type[Layer]]:
    """Every layer class by its kind, in the palette's order: by group, then as the files are named."""
    _discover()
    return dict(sorted(_kinds.items(), key=lambda item: GROUPS.index(item[1].group)))


def find_kind(kind: str) -> type[Layer] | None:
    """The layer class of a kind, or None if this version does not know it."""
    _discover()
    return _kinds.get(kind)


def parameters_of(layer_class: type[Layer]) -> dict[str, Parameter]:
    """The declared parameters of a kind by name."""
    return declared(layer_class)
