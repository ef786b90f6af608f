"""Stages that repeat."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnbuilder.design.graph import Block, Graph, Link
from cnnbuilder.design.stages import name_for, repeats
from cnnbuilder.files import load
from cnnbuilder.files.resources import samples
from tests.design.graphs import dense, graph_of, graphs, inception, residual, unet


def row(kinds):
    """A row of blocks, a letter a kind."""
    ids = [f"b{n}" for n in range(len(kinds))]
    return graph_of({id: ids[max(n - 1, 0) : n] for n, id in enumerate(ids)}, dict(zip(ids, kinds, strict=True)))


def words(kinds):
    """The stages of a row, as letters."""
    graph = row(kinds)
    return ["".join(graph.blocks[id].kind for id in stage) for stage in repeats(graph)]


@pytest.mark.parametrize(
    ("kinds", "wanted"),
    [
        ("", []),
        ("a", []),
        ("abcd", []),
        ("aaaa", []),  # nothing of two blocks that is not itself a repetition
        ("xababy", ["ab", "ab"]),
        ("xabcabcy", ["abc", "abc"]),
        ("xababab", ["ab", "ab", "ab"]),
        ("xababpababp", ["ababp", "ababp"]),
        ("xababpababpabababpabababpy", ["ababp", "ababp", "abababp", "abababp"]),
        ("xababydedez", ["ab", "ab", "de", "de"]),
        ("abcab", []),  # the two do not follow each other
    ],
)
def test_stages_of_a_row(kinds, wanted):
    assert words(kinds) == wanted


def test_a_residual_network_falls_into_its_residual_blocks():
    graph = load(samples() / "resnet18.json").graph
    found = repeats(graph)
    wanted = [f"layer{stage}_{number}" for stage in range(1, 5) for number in range(2)]
    assert [name_for([graph.blocks[id] for id in stage]) for stage in found] == wanted
    assert all(
        set(stage) == {id for id in graph.blocks if id.startswith(f"{name}_")}
        for stage, name in zip(found, wanted, strict=True)
    )


def test_vgg_falls_into_its_stages():
    graph = load(samples() / "vgg16.json").graph
    found = repeats(graph)
    assert [(stage[0], stage[-1]) for stage in found[:5]] == [(f"conv{n}_1", f"pool{n}") for n in range(1, 6)]
    assert found[5:] == [("dense1", "relu6", "dropout1"), ("dense2", "relu7", "dropout2")]


def test_branches():
    assert [stage[-1] for stage in repeats(inception(3))] == ["join0", "join1", "join2"]
    assert [stage[-1] for stage in repeats(dense(4))] == ["join0", "join1", "join2", "join3"]
    assert [len(stage) for stage in repeats(residual(6))] == [6, 6, 8, 6, 6, 8]
    assert repeats(unet(3)) == []


def test_stages_inside_of_branches_are_found():
    # What is read once on both sides is no stage as a whole, but each side repeats.
    sources = {"in": [], "a": ["in"], "b": ["a"], "c": ["b"], "d": ["c"], "e": ["in"], "join": ["d", "e"]}
    graph = graph_of(sources, dict(zip("abcde", "kmkmx", strict=True)))
    assert repeats(graph) == [("a", "b"), ("c", "d")]


def test_another_wiring_is_another_stage():
    # The second merge reads its inputs the other way round.
    sources = {"in": [], "a": ["in"], "one": ["a", "in"], "b": ["one"], "two": ["one", "b"]}
    assert repeats(graph_of(sources)) == []
    sources["two"] = ["b", "one"]
    assert repeats(graph_of(sources)) == [("a", "one"), ("b", "two")]


@given(graphs(), st.data())
def test_every_stage_has_one_way_in_and_one_way_out(graph, data):
    kinds = {id: data.draw(st.sampled_from("ab")) for id in graph.blocks}
    graph = Graph({id: Block(id, kinds[id]) for id in graph.blocks}, graph.links)
    check_stages(graph)


@given(st.text("abc", max_size=30))
def test_stages_of_any_row_are_in_order_and_met_again(kinds):
    check_stages(row(kinds))
    found = words(kinds)
    assert all(found.count(word) > 1 for word in found)


def check_stages(graph):
    found = repeats(graph)
    assert sum(map(len, found)) == len({id for stage in found for id in stage})
    place = {id: number for number, id in enumerate(graph.wiring.order)}
    kinds = [sorted(graph.blocks[id].kind for id in stage) for stage in found]
    for stage, own in zip(found, kinds, strict=True):
        inside = set(stage)
        assert len(stage) > 1 and kinds.count(own) > 1
        assert list(stage) == sorted(stage, key=place.__getitem__)
        entering = [link for link in graph.links if link.target in inside and link.source not in inside]
        leaving = [link for link in graph.links if link.source in inside and link.target not in inside]
        assert len({link.source for link in entering}) <= 1
        assert {link.source for link in leaving} <= {stage[-1]}
        assert not entering or stage[0] in {link.target for link in entering}


def test_loops_are_left_out():
    graph = row("ababab")
    looped = Graph(graph.blocks, (*graph.links, Link("b3", "b2", 1)))
    check_stages(looped)
    assert repeats(looped) == []


def test_names():
    assert name_for([Block("conv1", "a"), Block("relu1", "b"), Block("pool1", "c")]) == "conv1 … pool1"
    assert name_for([Block("layer1_0_conv", "a"), Block("layer1_0_bn", "b")]) == "layer1_0"
    assert name_for([Block("conv1_1", "a"), Block("conv1_2", "b")]) == "conv1"
    assert name_for([Block("conv1", "a")]) == "conv1"
    assert name_for([Block("_a", "a"), Block("_b", "a")]) == "_a … _b"
