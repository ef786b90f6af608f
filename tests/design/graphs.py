"""Well-known graphs by their links, for tests of what depends on links alone."""

from collections.abc import Mapping, Sequence

from hypothesis import strategies as st

from cnnbuilder.design.graph import Block, Graph, Link


def graph_of(sources: Mapping[str, Sequence[str]], kinds: Mapping[str, str] | None = None) -> Graph:
    """A graph from the blocks that each block reads, in the order of its inputs."""
    blocks = {id: Block(id, (kinds or {}).get(id, "add")) for id in sources}
    return Graph(blocks, tuple(Link(s, t, number) for t, read in sources.items() for number, s in enumerate(read)))


def chain(count: int) -> Graph:
    """Blocks in a row."""
    return graph_of({f"b{n}": [f"b{n - 1}"] if n else [] for n in range(count)})


def residual(blocks: int, skip_first: bool = False) -> Graph:
    """Residual blocks, every third with a branch of two instead of a bare link."""
    sources: dict[str, list[str]] = {"image": []}
    last = "image"
    for n in range(blocks):
        start = last
        for name in ("conv", "bn", "relu", "again"):
            sources[f"{name}{n}"] = [last]
            last = f"{name}{n}"
        if n % 3 == 2:
            sources.update({f"down{n}": [start], f"norm{n}": [f"down{n}"]})
            start = f"norm{n}"
        sources[f"add{n}"] = [start, last] if skip_first else [last, start]
        sources[f"out{n}"] = [f"add{n}"]
        last = f"out{n}"
    return graph_of(sources)


def inception(blocks: int) -> Graph:
    """Four branches side by side, joined and followed by the next four."""
    sources: dict[str, list[str]] = {"image": []}
    last = "image"
    for n in range(blocks):
        sources[f"one{n}"] = [last]
        for name in ("three", "five", "pool"):
            sources.update({f"{name}{n}": [last], f"{name}{n}b": [f"{name}{n}"]})
        sources[f"join{n}"] = [f"one{n}", f"three{n}b", f"five{n}b", f"pool{n}b"]
        last = f"join{n}"
    return graph_of(sources)


def dense(blocks: int, skip_first: bool = True) -> Graph:
    """Each block's output joined to its input."""
    sources: dict[str, list[str]] = {"image": []}
    last = "image"
    for n in range(blocks):
        sources.update({f"bn{n}": [last], f"relu{n}": [f"bn{n}"], f"conv{n}": [f"relu{n}"]})
        sources[f"join{n}"] = [last, f"conv{n}"] if skip_first else [f"conv{n}", last]
        last = f"join{n}"
    return graph_of(sources)


def unet(depth: int, skip_first: bool = True) -> Graph:
    """Down and up again, with a link across at every level."""
    sources: dict[str, list[str]] = {"image": []}
    last = "image"
    for n in range(depth):
        sources.update({f"in{n}": [last], f"side{n}": [f"in{n}"], f"pool{n}": [f"side{n}"]})
        last = f"pool{n}"
    for n in reversed(range(depth)):
        sources[f"up{n}"] = [last]
        sources[f"join{n}"] = [f"side{n}", f"up{n}"] if skip_first else [f"up{n}", f"side{n}"]
        sources[f"out{n}"] = [f"join{n}"]
        last = f"out{n}"
    return graph_of(sources)


@st.composite
def graphs(draw: st.DrawFn, most: int = 25) -> Graph:
    """Any graph without loops, in parts too, its blocks in any order."""
    count = draw(st.integers(1, most))
    names = [f"b{n}" for n in range(count)]
    sources = {
        name: draw(st.lists(st.sampled_from(names[:n]), max_size=3, unique=True)) if n else []
        for n, name in enumerate(names)
    }
    return graph_of({name: sources[name] for name in draw(st.permutations(names))})
