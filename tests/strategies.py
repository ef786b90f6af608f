"""Hypothesis strategies that are derived from the declarations, so that a kind is tested by existing.

`layers(kind)` draws a layer of a kind with the shapes of inputs that it takes; `designs()` draws networks of many kinds
with branches.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import singledispatch
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st

from cnnbuilder.design.document import Design
from cnnbuilder.design.infer import Inference, infer
from cnnbuilder.design.layer import Layer, kinds, parameters_of
from cnnbuilder.design.parameters import (
    BadValue,
    ChannelLists,
    Choice,
    Flag,
    Integer,
    Number,
    Numbers,
    PaddingParameter,
    Pair,
    Parameter,
)
from cnnbuilder.design.problem import Change
from cnnbuilder.design.shape import Shape, size

LARGEST_VALUE = 2000
"""How many values a drawn layer's output may hold: the oracles are slow."""


def quarters(low: float = -4.0, high: float = 4.0) -> st.SearchStrategy[float]:
    """Multiples of 1/4: the kinks that they make lie away from the values of `distinct` in helpers."""
    return st.integers(round(4 * low), round(4 * high)).map(lambda n: n / 4)


@singledispatch
def parameter_values(parameter: Parameter) -> st.SearchStrategy[Any]:
    """JSON values, small ones, that `parameter` takes. A class that nobody told us of is asked what it takes."""
    anything = st.one_of(
        st.integers(0, 4),
        quarters(),
        st.booleans(),
        st.lists(st.integers(0, 3), min_size=1, max_size=4),
        st.lists(st.lists(st.integers(0, 2), max_size=3, unique=True), min_size=1, max_size=3),
    )
    taken = anything.filter(lambda value: takes(parameter, value))
    return st.one_of(st.just(parameter.write(parameter.default)), taken)


def takes(parameter: Parameter, value: Any) -> bool:
    """Whether `value` is one that the parameter reads."""
    try:
        parameter.read(value)
    except BadValue:
        return False
    return True


@parameter_values.register
def _(parameter: Integer) -> st.SearchStrategy[int]:
    return st.integers(parameter.low, min(parameter.high, parameter.low + 4))


@parameter_values.register
def _(parameter: Number) -> st.SearchStrategy[float]:
    values = quarters(max(parameter.low, -4.0), min(parameter.high, 4.0))
    return st.one_of(st.just(parameter.default), values.filter(lambda value: takes(parameter, value)))


@parameter_values.register
def _(parameter: Flag) -> st.SearchStrategy[bool]:
    return st.booleans()


@parameter_values.register
def _(parameter: Choice) -> st.SearchStrategy[str]:
    return st.sampled_from([name for name, _ in parameter.options])


@parameter_values.register
def _(parameter: Pair) -> st.SearchStrategy[Any]:
    one = st.integers(parameter.low, parameter.low + 2)
    return st.one_of(one, st.lists(one, min_size=2, max_size=2))


@parameter_values.register
def _(parameter: PaddingParameter) -> st.SearchStrategy[Any]:
    side = st.integers(0, 2)
    forms: list[st.SearchStrategy[Any]] = [side, *(st.lists(side, min_size=n, max_size=n) for n in (2, 4))]
    if parameter.words:
        forms.append(st.sampled_from(parameter.words))
    return st.one_of(*forms)


@parameter_values.register
def _(parameter: Numbers) -> st.SearchStrategy[list[float]]:
    return st.lists(quarters(0.25, 4.0), min_size=1, max_size=4)


@parameter_values.register
def _(parameter: ChannelLists) -> st.SearchStrategy[list[list[int]]]:
    return st.lists(st.lists(st.integers(0, 2), max_size=3, unique=True), min_size=1, max_size=4)


def params(kind: str) -> st.SearchStrategy[dict[str, Any]]:
    """JSON parameters of a kind, each given or left out, each one that its declaration takes."""

    def values(parameter: Parameter) -> st.SearchStrategy[Any]:
        found = parameter_values(parameter)
        return st.one_of(st.none(), found) if parameter.nullable else found

    declared = parameters_of(kinds()[kind])
    return st.fixed_dictionaries({}, optional={name: values(parameter) for name, parameter in declared.items()})


def volumes(channels: int = 4, side: int = 7) -> st.SearchStrategy[Shape]:
    """Small `(channels, height, width)`."""
    return st.tuples(st.integers(1, channels), st.integers(1, side), st.integers(1, side))


def vectors(features: int = 12) -> st.SearchStrategy[Shape]:
    """Small `(features,)`."""
    return st.tuples(st.integers(1, features))


@dataclass(frozen=True)
class Case:
    """A layer on inputs that it takes."""

    layer: Layer
    shapes: tuple[Shape, ...]
    inference: Inference

    @property
    def design(self) -> Design:
        """A design in which the block `it` is the layer, and reads one input block `x0`, `x1` … for each shape."""
        blocks: list[dict[str, Any]] = []
        links: list[dict[str, Any]] = []
        for number, shape in enumerate(self.shapes):
            source = f"x{number}"
            channels, height, width = shape if len(shape) == 3 else (shape[0], 1, 1)
            blocks.append(
                {"id": source, "kind": "input", "params": {"channels": channels, "height": height, "width": width}}
            )
            if len(shape) == 1:
                blocks.append({"id": f"vector{number}", "kind": "flatten"})
                links.append({"from": source, "to": f"vector{number}"})
                source = f"vector{number}"
            links.append({"from": source, "to": "it", "input": number})
        blocks.append({"id": "it", "kind": self.layer.kind, "params": self.layer.to_params()})
        return Design.from_dict({"format": "cnnbuilder", "version": 1, "blocks": blocks, "links": links})


@st.composite
def layers(draw: st.DrawFn, kind: str) -> Case:
    """A layer of `kind` with parameters and input shapes that fit each other.

    What does not fit at first is mended as a user would mend it: by a remedy that the misfit offers.
    """
    shapes = draw(_shapes(kinds()[kind]))
    layer = draw(_mended(kind, shapes))
    if layer is None:  # it may take vectors only
        shapes = tuple((min(size(shape), 12),) for shape in shapes)
        layer = draw(_mended(kind, shapes))
    assume(layer is not None)
    assert layer is not None
    inference = infer(layer, shapes)
    assert inference.shape is not None
    assume(size(inference.shape) <= LARGEST_VALUE)
    return Case(layer, shapes, inference)


@st.composite
def _shapes(draw: st.DrawFn, layer_class: type[Layer]) -> tuple[Shape, ...]:
    low, high = layer_class.inputs
    count = draw(st.integers(low, min(low + 2, 4) if high is None else high))
    if not count:
        return ()
    first = draw(st.one_of(volumes(), volumes(), volumes(), vectors()))
    found = [first]
    for _ in range(count - 1):
        change: Callable[[Shape], Shape] = draw(st.sampled_from(_WAYS))
        found.append(change(first))
    return tuple(found)


_WAYS: tuple[Callable[[Shape], Shape], ...] = (
    lambda shape: shape,
    lambda shape: (shape[0] % 3 + 1, *shape[1:]),
    lambda shape: (1, *shape[1:]),
    lambda shape: (shape[0], *(1 for _ in shape[1:])),
    lambda shape: (*shape[:-1], 1),
)
"""How the further inputs of a merge differ from its first."""


class _Growing:
    """A design that grows by blocks that fit."""

    def __init__(self) -> None:
        self.blocks: dict[str, dict[str, Any]] = {}
        self.links: list[dict[str, Any]] = []
        self.shapes: dict[str, Shape] = {}

    def add(self, layer: Layer, sources: list[str]) -> bool:
        """Add a block that reads `sources`, if it fits them and is small."""
        shape = infer(layer, tuple(self.shapes[source] for source in sources)).shape
        if shape is None or size(shape) > LARGEST_VALUE:
            return False
        id = f"{layer.kind}{len(self.blocks)}"
        self.blocks[id] = {"id": id, "kind": layer.kind, "params": layer.to_params()}
        self.links += [{"from": source, "to": id, "input": number} for number, source in enumerate(sources)]
        self.shapes[id] = shape
        return True

    def design(self, output: str | None = None) -> Design:
        """The design; with `output` only that block and what is before it."""
        data = {"format": "cnnbuilder", "version": 1, "blocks": list(self.blocks.values()), "links": self.links}
        design = Design.from_dict(data)
        if output is None:
            return design
        wanted = design.graph.wiring.before({output})
        data["blocks"] = [block for id, block in self.blocks.items() if id in wanted]
        data["links"] = [link for link in self.links if link["to"] in wanted]
        return Design.from_dict(data)


@st.composite
def networks(draw: st.DrawFn, known: list[str], most: int = 8, classes: bool = False) -> Design:
    """A design of the kinds `known` that can run, with branches; with `classes` its only output is a vector.

    A block reads what came last, or any blocks before it; what does not fit is mended or left out.
    """
    growing = _Growing()
    sides = st.integers(1, 9)
    height, width = draw(sides), draw(sides)
    for _ in range(draw(st.sampled_from([1, 1, 1, 2]))):
        layer, _ = kinds()["input"].read({"channels": draw(st.integers(1, 4)), "height": height, "width": width})
        assert layer is not None
        growing.add(layer, [])
    for kind in draw(st.lists(st.sampled_from(known), min_size=1, max_size=most)):
        low, high = kinds()[kind].inputs
        names = list(growing.shapes)
        source = st.one_of(st.just(names[-1]), st.sampled_from(names))
        sources = draw(st.lists(source, min_size=low, max_size=3 if high is None else high))
        layer = draw(_mended(kind, tuple(growing.shapes[name] for name in sources)))
        if layer is not None:
            growing.add(layer, sources)
    if not classes:
        return growing.design()
    last = list(growing.shapes)[-1]
    if len(growing.shapes[last]) == 3:
        growing.add(_layer("flatten"), [last])
        last = list(growing.shapes)[-1]
    if draw(st.booleans()):
        growing.add(_layer("dense", units=draw(st.integers(2, 5))), [last])
        last = list(growing.shapes)[-1]
    if draw(st.booleans()):
        growing.add(_layer("softmax"), [last])
        last = list(growing.shapes)[-1]
    return growing.design(last)


def _layer(kind: str, **params: Any) -> Layer:
    layer, faults = kinds()[kind].read(params)
    assert layer is not None, faults
    return layer


@st.composite
def _mended(draw: st.DrawFn, kind: str, shapes: tuple[Shape, ...]) -> Layer | None:
    """A layer of `kind` on inputs of these shapes, mended by its own remedies; None if none of them helps."""
    layer = _layer(kind, **draw(params(kind)))
    for _ in range(4):
        inference = infer(layer, shapes)
        if inference.misfit is None:
            return layer
        changes = [remedy for remedy in inference.misfit.remedies if isinstance(remedy, Change)]
        if not changes:
            return None
        layer = _layer(kind, **{**layer.to_params(), **draw(st.sampled_from(changes)).params})
    return None
