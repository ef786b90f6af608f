"""What follows from ids and links: an order in which blocks can run, loops, and wrongly numbered inputs."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnbuilder import DesignError
from cnnbuilder.design.graph import Block, Graph, Link
from tests.designs import sample


@st.composite
def wirings(draw):
    names = [f"b{n}" for n in range(draw(st.integers(0, 7)))]
    end = st.sampled_from(names) if names else st.nothing()
    links = draw(st.lists(st.builds(Link, end, end, st.integers(0, 3)), max_size=12)) if names else []
    return Graph({name: Block(name, "add") for name in names}, tuple(links)).wiring, names, links


def reached_from(start, links):
    """Every block that a path of at least one link leads to."""
    found, waiting = set(), [start]
    while waiting:
        id = waiting.pop()
        for link in links:
            if link.source == id and link.target not in found:
                found.add(link.target)
                waiting.append(link.target)
    return found


@given(wirings())
def test_the_order_holds_what_is_not_in_or_behind_a_loop_each_after_its_sources(drawn):
    wiring, names, links = drawn
    in_loops = {id for id in names if id in reached_from(id, links)}
    behind = set().union(*(reached_from(id, links) for id in in_loops), in_loops)
    assert set(wiring.order) == set(names) - behind
    for link in links:
        if link.target in wiring.order:
            assert wiring.order.index(link.source) < wiring.order.index(link.target)
    assert bool(wiring.loops) == bool(in_loops)


@given(wirings())
def test_loops_are_loops_and_no_block_is_in_two_that_are_told(drawn):
    wiring, _, links = drawn
    ends = {(link.source, link.target) for link in links}
    for loop in wiring.loops:
        assert all((a, b) in ends for a, b in itertools.pairwise([*loop, loop[0]]))
        assert len(set(loop)) == len(loop)
    told = list(itertools.chain(*wiring.loops))
    assert len(set(told)) == len(told)


@given(wirings())
def test_faults_are_doubled_numbers_and_gaps(drawn):
    wiring, names, links = drawn
    for id in names:
        numbers = sorted(link.input for link in links if link.target == id)
        if numbers == list(range(len(numbers))):
            assert id not in wiring.faults
        elif len(set(numbers)) < len(numbers):
            assert wiring.faults[id][0] == "doubled-input"
        else:
            assert wiring.faults[id][0] == "input-gap"


@given(wirings())
def test_sources_followers_and_outputs(drawn):
    wiring, names, links = drawn
    for id in names:
        arriving = sorted((link for link in links if link.target == id), key=lambda link: link.input)
        assert [link.input for link in arriving] == sorted(link.input for link in links if link.target == id)
        assert sorted(wiring.sources[id]) == sorted(link.source for link in arriving)
        assert set(wiring.followers[id]) == {link.target for link in links if link.source == id}
        assert len(set(wiring.followers[id])) == len(wiring.followers[id])
        assert (id in wiring.outputs) == (id not in {link.source for link in links})
        assert wiring.before({id}) == {other for other in names if id in reached_from(other, links)} | {id}


def test_blocks_that_could_run_in_any_order_run_in_the_designs():
    blocks = {name: Block(name, "add") for name in "dacb"}
    assert Graph(blocks).wiring.order == tuple("dacb")


def test_a_graph_cannot_be_changed():
    graph = sample("lenet5").graph
    with pytest.raises(TypeError):
        graph.blocks["conv1"] = graph.blocks["image"]
    with pytest.raises(AttributeError):
        graph.links = ()
    graph.blocks["conv1"].params["filters"] = 99
    assert graph.blocks["conv1"].params["filters"] == 6
    with pytest.raises(KeyError, match="there is no block 'nowhere'"):
        graph.block("nowhere")
    with pytest.raises(DesignError):
        graph.block("nowhere")
