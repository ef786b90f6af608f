"""Two designs compared: what corresponds, what differs, and that a difference carried across is gone."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cnnbuilder as cb
from cnnbuilder.design import edits
from cnnbuilder.design.compare import KIND, MISSING, OFF, READS, A, B, carried, compare
from cnnbuilder.design.graph import Graph, Link
from cnnbuilder.design.layer import kinds
from cnnbuilder.files.resources import samples
from tests.designs import block, chain
from tests.strategies import networks


@given(networks(list(kinds())))
def test_a_design_corresponds_to_itself(design):
    found = compare(design, design)
    assert [(pair.a, pair.b) for pair in found.pairs] == [(id, id) for id in design.graph.wiring.order]
    assert found.differing == ()


@settings(max_examples=60)
@given(networks(list(kinds())), networks(list(kinds())))
def test_every_block_is_in_one_pair(a, b):
    found = compare(a, b)
    assert sorted(pair.a for pair in found.pairs if pair.a) == sorted(a.blocks)
    assert sorted(pair.b for pair in found.pairs if pair.b) == sorted(b.blocks)
    for pair in found.pairs:
        if pair.a is None or pair.b is None:
            assert [difference.what for difference in pair.differences] == [MISSING]
        elif pair.a != pair.b:
            assert a.blocks[pair.a].kind == b.blocks[pair.b].kind


@settings(max_examples=60)
@given(networks(list(kinds())), networks(list(kinds())), st.sampled_from([A, B]))
def test_carrying_every_difference_across_leaves_none(a, b, to):
    """Blocks that are missing first, then what they are and read."""
    for _ in range(60):
        found = compare(a, b)
        waiting = [(pair, difference) for pair in found.differing for difference in pair.differences]
        waiting.sort(key=lambda item: item[1].what != MISSING)
        made = next((made for made in (carried(found, *item, to) for item in waiting) if made is not None), None)
        if made is None:
            break
        a, b = (made, b) if to == A else (a, made)
    assert [pair for pair in compare(a, b).pairs if pair.a is None or pair.b is None] == []
    for pair in compare(a, b).pairs:
        assert pair.differences == ()
    assert cb.check(a).total_parameters == cb.check(b).total_parameters


def of(found, name):
    """What a pair differs in, by name."""
    pair = found.pair_of(A, name) or found.pair_of(B, name)
    return {difference.what: (difference.a, difference.b) for difference in pair.differences}


def test_a_parameter_a_switch_a_kind_and_a_link():
    a = cb.load(samples() / "lenet5.json")
    assert of(compare(a, a.with_params("conv1", filters=8)), "conv1") == {"filters": (6, 8)}
    off = a.with_graph(a.graph.with_block(replace(a.blocks["relu1"], off=True)))
    assert of(compare(a, off), "relu1") == {OFF: (False, True)}
    kind = a.with_graph(a.graph.with_block(replace(a.blocks["pool1"], kind="average_pool")))
    assert of(compare(a, kind), "pool1") == {KIND: ("max_pool", "average_pool")}
    past = a.with_graph(edits.link(a.graph, "conv1", "pool1", 0))
    assert of(compare(a, past), "pool1") == {READS: (("relu1",), ("conv1",))}
    assert [pair.a for pair in compare(a, past).differing] == ["pool1"]


def test_blocks_of_other_names_correspond_by_their_kind_and_place():
    a = chain(block("first", "conv", filters=2, kernel_size=3), block("act", "activation", function="relu"))
    b = chain(block("c1", "conv", filters=4, kernel_size=3), block("norm", "batch_norm"),
              block("r1", "activation", function="relu"))  # fmt: skip
    found = compare(a, b)
    assert [(pair.a, pair.b) for pair in found.pairs] == [
        ("image", "image"), ("first", "c1"), (None, "norm"), ("act", "r1"),
    ]  # fmt: skip
    assert of(found, "first") == {"filters": (2, 4)}
    assert of(found, "act") == {READS: (("first",), ("norm",))}


def test_a_block_that_is_missing_is_put_into_its_link_and_one_too_many_is_taken_out():
    a = cb.load(samples() / "lenet5.json")
    graph, new = edits.insert_in_link(a.graph, Link("conv1", "relu1"), "batch_norm", {"epsilon": 1e-3})
    b = a.with_graph(graph)
    found = compare(a, b)
    pair = found.pair_of(B, new)
    assert pair.a is None
    grown = carried(found, pair, pair.differences[0], A)
    assert compare(grown, b).differing == ()
    assert not cb.check(grown).problems
    shrunk = carried(found, pair, pair.differences[0], B)
    assert compare(a, shrunk).differing == ()


def test_a_parameter_that_is_not_given_is_taken_away():
    a = chain(block("conv1", "conv", filters=2, kernel_size=3, stride=2))
    b = chain(block("conv1", "conv", filters=2, kernel_size=3))
    found = compare(a, b)
    pair = found.pair_of(A, "conv1")
    assert [difference.what for difference in pair.differences] == ["stride"]
    assert "stride" not in carried(found, pair, pair.differences[0], A).blocks["conv1"].given
    assert carried(found, pair, pair.differences[0], B).blocks["conv1"].given["stride"] == 2


def test_what_is_to_be_read_without_a_counterpart_cannot_be_carried():
    a = chain(block("conv1", "conv", filters=2, kernel_size=3))
    b = chain(block("relu", "activation", function="relu"), block("conv1", "conv", filters=2, kernel_size=3))
    found = compare(a, b)
    pair = found.pair_of(A, "conv1")
    assert carried(found, pair, pair.differences[0], A) is None


@pytest.mark.parametrize("loop", [True, False])
def test_designs_that_cannot_run_are_compared_too(loop):
    a = chain(block("conv1", "conv", filters=2, kernel_size=3), block("conv2", "conv", filters="many"))
    links = (Link("conv1", "conv2"), Link("conv2", "conv1")) if loop else ()
    b = a.with_graph(Graph(a.blocks, links))
    found = compare(a, b)
    assert {pair.a for pair in found.pairs} == set(a.blocks)
    assert of(found, "conv1")[READS] == (("image",), ("conv2",) if loop else ())
