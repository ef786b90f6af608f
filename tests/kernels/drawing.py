"""Operations as hypothesis draws them: every field that they declare, in every combination that is legal."""


from dataclasses import replace

from hypothesis import strategies as st

from cnnbuilder.design.window import Axis
from cnnbuilder.operations import (
    FUNCTIONS,
    Correlate,
    Gather,
    LocalNormalise,
    Map,
    Merge,
    Normalise,
    Operation,
    Product,
    Rectify,
    Reduce,
    Softmax,
    Transposed,
    Untied,
)
from cnnbuilder.operations.gather import Interpolated, Padded, Repeated, Selected, Source
from cnnbuilder.operations.reduce import Each, Range, whole


@st.composite
def axes(draw: st.DrawFn, largest: int = 12) -> Axis:
    """An axis with at least one window position."""
    size, kernel, dilation = draw(st.integers(1, largest)), draw(st.integers(1, 4)), draw(st.integers(1, 3))
    before, after = draw(st.integers(0, 4)), draw(st.integers(0, 4))
    missing = dilation * (kernel - 1) + 1 - size - before - after
    return Axis(size + max(0, missing), kernel, draw(st.integers(1, 5)), dilation, before, after)


@st.composite
def correlations(draw: st.DrawFn, largest: int = 12) -> Correlate:
    groups = draw(st.sampled_from([1, 1, 1, 2, 3]))
    channels, filters = draw(st.integers(1, 5)), draw(st.integers(1, 10))
    connections = None
    if groups == 1 and draw(st.booleans()):
        lists = st.sets(st.integers(0, channels - 1)).map(lambda listed: tuple(sorted(listed)))
        connections = tuple(draw(st.lists(lists, min_size=filters, max_size=filters)))
    size = (draw(axes(largest)), draw(axes(largest)))
    bias = draw(st.sampled_from(["channel", "location", "none"]))
    found = Correlate(channels * groups, filters * groups, *size, groups, connections, bias)
    return found.with_(epilogue=Map("relu", found.output_shape)) if draw(st.booleans()) else found


@st.composite
def untied(draw: st.DrawFn, largest: int = 12) -> Untied:
    groups = draw(st.sampled_from([1, 1, 2, 3]))
    channels, filters = draw(st.integers(1, 4)), draw(st.integers(1, 10))
    sides = st.integers(1, 5)
    tiles = draw(st.one_of(st.none(), st.tuples(sides, sides)))
    bias = draw(st.sampled_from(["kernel", "channel", "none"]))
    return Untied(channels * groups, filters * groups, draw(axes(largest)), draw(axes(largest)), groups, tiles, bias)


@st.composite
def turned_axes(draw: st.DrawFn, largest: int = 12) -> Axis:
    """An axis without a rest, whose windows leave out as much of its end as they like."""
    found = draw(axes(largest))
    left_out = min(draw(st.integers(0, 2)), found.output - 1)
    return replace(found, after=found.after - found.room % found.stride - left_out * found.stride)


@st.composite
def transpositions(draw: st.DrawFn, largest: int = 12) -> Transposed:
    groups = draw(st.sampled_from([1, 1, 2, 3]))
    maps, channels = draw(st.integers(1, 5)) * groups, draw(st.integers(1, 10)) * groups
    rows, columns = draw(turned_axes(largest)), draw(turned_axes(largest))
    turned = Correlate(maps, channels, rows, columns, groups, bias="none")
    return Transposed(turned, draw(st.sampled_from(["channel", "none"])))


def ranges(size: int) -> st.SearchStrategy[tuple[Range, ...]]:
    """Ranges over an axis: each cell, all of it, or any ranges, overlapping and clipped."""
    cells = st.integers(0, size - 1).flatmap(
        lambda start: st.tuples(st.just(start), st.integers(start + 1, size), st.integers(1, 5))
    )
    return st.one_of(st.just(Each(size)), st.just(whole(size)), st.lists(cells, min_size=1, max_size=4).map(tuple))


@st.composite
def reductions(draw: st.DrawFn) -> Reduce:
    shape = (draw(st.integers(1, 4)), draw(st.integers(1, 6)), draw(st.integers(1, 20)))
    return Reduce(draw(st.sampled_from(["max", "mean"])), shape, *(draw(ranges(size)) for size in shape))


@st.composite
def merges(draw: st.DrawFn) -> Merge:
    shape = draw(st.one_of(st.tuples(st.integers(1, 9)), st.tuples(*[st.integers(1, 5)] * 3)))
    count = draw(st.integers(1, 4))
    if draw(st.booleans()):
        return Merge("concat", tuple((draw(st.integers(1, 4)), *shape[1:]) for _ in range(count)))
    shapes = [tuple(draw(st.sampled_from([1, n])) for n in shape) for _ in range(count - 1)]
    shapes.insert(draw(st.integers(0, count - 1)), shape)
    return Merge(draw(st.sampled_from(["add", "multiply"])), tuple(shapes))


shapes = st.one_of(st.tuples(st.integers(1, 9)), st.tuples(*[st.integers(1, 5)] * 3))
lows, highs = st.sampled_from([0.01, 0.3, 1.0]), st.sampled_from([1.5, 6.0])
maps = st.builds(Map, st.sampled_from(FUNCTIONS), shapes, lows, highs)
products = st.builds(Product, st.integers(1, 600), st.integers(1, 40), st.booleans())
rectifications = st.builds(Rectify, shapes)
softmaxes = st.builds(Softmax, shapes)
normalisations = st.builds(Normalise, shapes, st.sampled_from([1e-5, 1e-2]), st.sampled_from([0.1, 0.5]), st.booleans())


local_normalisations = st.builds(
    LocalNormalise,
    st.tuples(st.integers(1, 9), st.integers(1, 3), st.sampled_from([1, 3, 60, 130])),
    st.integers(1, 12),
    st.sampled_from([0.0, 1e-4, 0.5, 3.0]),
    st.sampled_from([0.0, 0.5, 0.75, 1.5]),
    st.sampled_from([0.5, 1.0, 2.0]),
)


def sources(size: int) -> st.SearchStrategy[Source]:
    """Ways to read an axis."""
    some = st.integers(0, 3)
    return st.one_of(
        st.just(Source(size)),
        st.lists(st.integers(0, size - 1), min_size=1, max_size=5).map(lambda cells: Selected(size, tuple(cells))),
        st.builds(Padded, st.just(size), some, some, st.sampled_from(["zeros", "edge"])),
        st.builds(Padded, st.just(size), st.integers(0, size - 1), st.integers(0, size - 1), st.just("reflect")),
        st.builds(Repeated, st.just(size), st.integers(1, 3)),
        st.builds(Interpolated, st.just(size), st.integers(1, 5)),
    )


gatherings = st.tuples(st.integers(1, 4), st.integers(1, 6), st.integers(1, 12)).flatmap(
    lambda shape: st.builds(Gather, *map(sources, shape))
)


def operations() -> st.SearchStrategy[Operation]:
    """Any operation that computes."""
    linear = st.one_of(correlations(), transpositions(), untied(8), products)
    normalising = st.one_of(softmaxes, normalisations, local_normalisations)
    placed = st.one_of(reductions(), gatherings)
    return st.one_of(linear, linear, placed, merges(), maps, rectifications, normalising, normalising)
