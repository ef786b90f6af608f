"""What may come next, and with which parameters."""

from typing import Any

import pytest

from cnnbuilder.design import edits, suggest
from cnnbuilder.design.check import check_graph
from cnnbuilder.design.graph import Graph, Link
from cnnbuilder.design.layer import kinds
from cnnbuilder.files import load
from cnnbuilder.files.resources import samples

SAMPLES = [load(path).graph for path in sorted(samples().glob("*.json"))]
HABITS = suggest.Habits.of(SAMPLES)
LENET = load(samples() / "lenet5.json").graph


def chain(*blocks: tuple[str, dict[str, Any]]) -> Graph:
    graph, last = Graph(), None
    for kind, params in blocks:
        graph, last = edits.append(graph, kind, params, after=last)
    return graph


PICTURE: tuple[str, dict[str, Any]] = ("input", {"channels": 1, "height": 28, "width": 28})


@pytest.mark.parametrize(
    ("after", "first"),
    [
        ("image", "conv"),
        ("conv1", "activation"),
        ("pool1", "conv"),
        ("flatten", "dense"),
        ("dense1", "activation"),
        ("relu3", "dense"),
    ],
)
def test_what_usually_comes_next_comes_first(after: str, first: str) -> None:
    found = suggest.following(LENET, after, HABITS)
    assert found[0].kind == first, [item.kind for item in found]


@pytest.mark.parametrize(
    ("drawn", "first"),
    [
        ("conv", "activation"),
        ("conv conv", "activation"),
        ("conv activation", "max_pool"),
        ("conv activation conv", "activation"),
        ("conv activation max_pool", "conv"),
        ("conv activation max_pool conv", "activation"),
        ("conv activation max_pool conv activation", "max_pool"),
        ("conv activation max_pool conv activation max_pool flatten", "dense"),
        ("conv batch_norm", "activation"),
        ("conv batch_norm activation conv", "batch_norm"),
        ("locally_connected", "activation"),
        ("tiled_conv activation", "max_pool"),
    ],
)
def test_what_is_offered_first_goes_on_as_the_drawing_began(drawn: str, first: str) -> None:
    graph, last = Graph(), ""
    for kind in ("input", *drawn.split()):
        graph, last = suggest.appended(graph, kind, last or None)
    found = suggest.following(graph, last, HABITS)
    assert found[0].kind == first, [item.kind for item in found[:5]]


def test_what_does_not_fit_comes_last_and_says_why() -> None:
    found = suggest.following(LENET, "pool1", HABITS)
    fits = [item.misfit is None for item in found]
    assert fits == sorted(fits, reverse=True) and not all(fits)
    dense = next(item for item in found if item.kind == "dense")
    assert dense.shape is None and dense.misfit is not None and dense.misfit.short


@pytest.mark.parametrize("graph", SAMPLES)
def test_every_suggestion_is_what_comes_of_it(graph: Graph) -> None:
    for after in list(graph.blocks)[::4]:
        for item in suggest.following(graph, after, HABITS):
            made, id = suggest.appended(graph, item.kind, after, branch=True)
            assert made.wiring.sources[id] == item.sources
            assert check_graph(made).shapes[id] == item.shape


def test_every_kind_can_be_added_behind_every_block_of_a_network() -> None:
    for kind in kinds():
        for after in LENET.blocks:
            made, id = suggest.appended(LENET, kind, after)
            assert id in made.blocks and not made.wiring.loops


def test_a_convolution_is_like_the_one_before_and_wider_after_pooling() -> None:
    conv: dict[str, Any] = {"filters": 6, "kernel_size": [5, 5], "padding": "same"}
    graph = chain(PICTURE, ("conv", conv))
    assert suggest.fitting(graph, "conv", ("conv1",)) == conv
    graph = chain(PICTURE, ("conv", conv), ("max_pool", {}))
    assert suggest.fitting(graph, "conv", ("max_pool1",))["filters"] == 12


def test_a_window_is_not_larger_than_what_it_reads() -> None:
    graph = chain(("input", {"channels": 1, "height": 2, "width": 2}))
    for kind, layer_class in kinds().items():
        if layer_class.group in ("Convolution", "Pooling"):
            made, id = suggest.appended(graph, kind, "input1")
            assert check_graph(made).shapes[id] is not None, kind


def test_the_last_dense_block_has_a_unit_for_each_class_and_one_before_it_more() -> None:
    graph = chain(PICTURE, ("flatten", {}))
    assert suggest.fitting(graph, "dense", ("flatten1",), classes=26) == {"units": 26}
    graph = chain(PICTURE, ("flatten", {}), ("dense", {"units": 10}))
    assert suggest.fitting(graph, "dense", ("flatten1",), classes=26) == {"units": 256}


def test_a_merge_joins_two_open_ends_or_leaps_over_blocks() -> None:
    graph = chain(PICTURE, ("conv", {"padding": "same"}))
    graph, branch = suggest.appended(graph, "conv", "input1", branch=True)  # valid: 26 × 26 beside 28 × 28
    for kind in ("add", "concat"):
        assert suggest.sources_of(graph, kind, branch) == (branch, "conv1")
    graph = chain(PICTURE, *[("conv", {"padding": "same"})] * 3)
    made, id = suggest.appended(graph, "add", "conv3")
    assert made.wiring.sources[id] == ("conv3", "conv1") and not check_graph(made).problems


def test_a_new_input_is_like_the_one_there_or_like_the_picture() -> None:
    assert suggest.fitting(Graph(), "input", (), picture=(3, 20, 30)) == {"channels": 3, "height": 20, "width": 30}
    large = suggest.fitting(Graph(), "input", (), picture=(3, 3000, 4000))
    assert (large["height"], large["width"]) == (168, 224)
    graph = chain(("input", {"channels": 4}))
    assert suggest.fitting(graph, "input", (), picture=(3, 20, 30))["channels"] == 4


def test_a_block_with_a_fault_or_of_an_unknown_kind_is_no_obstacle() -> None:
    graph = chain(PICTURE, ("conv", {"filters": "many"}))
    assert {item.kind for item in suggest.following(graph, "conv1", HABITS)} < set(kinds())
    graph = chain(PICTURE, ("nobody-knows", {}))
    assert suggest.following(graph, list(graph.blocks)[-1], HABITS)
    assert suggest.fitting(graph, "nobody-knows", ("input1",)) == {}


def test_the_first_block_of_an_empty_design_is_an_input() -> None:
    assert kinds()[suggest.following(Graph(), None, HABITS)[0].kind].inputs == (0, 0)


def test_a_loop_does_not_hang() -> None:
    graph = chain(PICTURE, ("conv", {}), ("conv", {}))
    graph = Graph(graph.blocks, (*graph.links, Link("conv2", "conv1", 1)))
    assert suggest.following(graph, "conv2", HABITS)
