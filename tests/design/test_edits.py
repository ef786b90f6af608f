"""Edits are pure functions: what they change, what they share, and that a hole in a chain closes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnbuilder import Design, DesignError, check
from cnnbuilder.design import edits
from cnnbuilder.design.graph import ID, Link
from tests.design.graphs import graphs
from tests.designs import block, chain, image, joined, sample
from tests.messy import messy_designs


def ends(graph):
    return [(link.source, link.target, link.input) for link in graph.links]


def three():
    return chain(block("a", "activation"), block("b", "activation"), block("c", "activation")).graph


@given(messy_designs(), st.data())
def test_edits_leave_the_design_as_it_was_and_share_the_other_blocks(data, choose):
    design = Design.from_dict(data)
    before = design.to_dict()
    if not design.blocks:
        return
    id, other = (choose.draw(st.sampled_from(list(design.blocks))) for _ in range(2))
    results = [
        design.with_params(id, filters=3).graph,
        edits.add(design.graph, "conv", {}, other)[0],
        edits.append(design.graph, "conv", {}, id)[0],
        edits.link(design.graph, other, id),
        edits.unlink(design.graph, other, id),
        edits.renumber_inputs(design.graph, id),
        edits.remove(design.graph, [id]),
        edits.rename(design, id, "new-name").graph,
        *(edits.insert_in_link(design.graph, link, "flatten", {})[0] for link in design.links[:2]),
    ]
    assert design.to_dict() == before
    for graph in results:
        check(Design(graph))
        for name, found in graph.blocks.items():
            assert name == found.id
            assert found is design.blocks.get(name) or name not in set(design.blocks) - {id}
        for link in graph.links:
            assert link.source in graph.blocks and link.target in graph.blocks


def test_with_params_changes_one_block_and_keeps_links_and_wiring():
    graph = sample("lenet5").graph
    wiring = graph.wiring
    other = edits.set_params(graph, "conv1", {"filters": 7})
    assert other.links is graph.links and other.wiring is wiring
    assert [id for id in graph.blocks if other.blocks[id] is not graph.blocks[id]] == ["conv1"]


def test_moving_a_card_keeps_the_graph_and_checks_nothing_again():
    design = sample("lenet5")
    moved = edits.move(design, {"conv1": (5, 5)})
    assert moved.graph is design.graph
    assert check(moved) is check(design)
    assert moved.layout["conv1"] == (5, 5) and moved.layout["image"] == design.layout["image"]


# Adding


def test_new_names_count_on_from_the_lowest_free_number():
    graph, first = edits.add(three(), "conv")
    graph, second = edits.add(graph, "conv")
    assert (first, second) == ("conv1", "conv2")
    graph, third = edits.add(edits.remove(graph, ["conv1"]), "conv")
    assert third == "conv1"
    assert list(graph.blocks)[-2:] == ["conv2", "conv1"]


@given(st.text(max_size=10))
def test_a_new_block_of_any_kind_has_a_name_that_can_be_saved(kind):
    _, id = edits.add(three(), kind)
    assert ID.fullmatch(id)


def test_a_block_is_appended_between_a_block_and_its_readers():
    graph, id = edits.append(three(), "conv", {"filters": 2}, "a")
    assert ends(graph) == [("image", "a", 0), (id, "b", 0), ("b", "c", 0), ("a", id, 0)]
    assert list(graph.blocks) == ["image", "a", id, "b", "c"]
    assert graph.blocks[id].params["filters"] == 2


def test_an_input_that_is_appended_is_not_joined():
    graph, id = edits.append(three(), "input", {}, "a")
    assert ends(graph) == ends(three()) and graph.wiring.sources[id] == ()


def test_a_block_inserted_into_a_link_stands_between_its_ends():
    graph, id = edits.insert_in_link(three(), Link("a", "b", 0), "conv", {})
    assert graph.wiring.sources["b"] == (id,) and graph.wiring.sources[id] == ("a",)
    assert edits.remove(graph, [id]).wiring.sources == three().wiring.sources
    assert edits.insert_before(three(), "b", 0, "conv", {}).wiring.sources == graph.wiring.sources
    with pytest.raises(DesignError, match="input 1 of b"):
        edits.insert_before(three(), "b", 1, "conv", {})


# Links


def test_a_link_takes_the_next_free_input_or_the_place_of_another():
    merge = joined([image(id="a"), image(id="b"), image(id="c"), block("sum", "add")], []).graph
    two = edits.link(edits.link(merge, "a", "sum"), "b", "sum")
    assert two.wiring.sources["sum"] == ("a", "b")
    assert edits.link(two, "c", "sum", 0).wiring.sources["sum"] == ("c", "b")
    assert edits.link(two, "c", "sum").wiring.sources["sum"] == ("a", "b", "c")
    with pytest.raises(DesignError, match="nowhere"):
        edits.link(two, "nowhere", "sum")


def test_inputs_behind_a_link_that_is_taken_off_move_up():
    links = [("a", "sum", 0), ("b", "sum", 1), ("a", "sum", 2)]
    merge = joined([image(id="a"), image(id="b"), block("sum", "add")], links).graph
    assert edits.unlink(merge, "b", "sum").wiring.sources["sum"] == ("a", "a")
    assert edits.unlink(merge, "a", "sum").wiring.sources["sum"] == ("b",)
    assert edits.unlink(merge, "a", "sum", 0).wiring.sources["sum"] == ("b", "a")


@given(messy_designs())
def test_inputs_numbered_anew_have_no_gap_and_keep_their_order(data):
    graph = Design.from_dict(data).graph
    for id in graph.blocks:
        kept = dict.fromkeys(sorted((n, s) for s, t, n in ends(graph) if t == id))
        anew = edits.renumber_inputs(graph, id)
        assert id not in anew.wiring.faults
        assert sorted(anew.wiring.sources[id]) == sorted(source for _, source in kept)
        numbers = [number for number, _ in kept]
        if len(set(numbers)) == len(numbers):
            assert anew.wiring.sources[id] == tuple(source for _, source in kept)
        assert [end for end in ends(anew) if end[1] != id] == [end for end in ends(graph) if end[1] != id]


# Removing


def test_a_removed_block_heals_the_chain():
    assert ends(edits.remove(three(), ["b"])) == [("image", "a", 0), ("a", "c", 0)]
    assert ends(edits.remove(three(), ["a", "b"])) == [("image", "c", 0)]
    assert ends(edits.remove(three(), ["b", "a"])) == [("image", "c", 0)]
    assert ends(edits.remove(three(), ["c"])) == [("image", "a", 0), ("a", "b", 0)]
    assert ends(edits.remove(three(), ["image"])) == [("a", "b", 0), ("b", "c", 0)]


@given(graphs(), st.randoms(use_true_random=False), st.data())
def test_the_order_in_which_blocks_are_removed_does_not_matter(graph, random, data):
    ids = data.draw(st.lists(st.sampled_from(sorted(graph.blocks)), unique=True)) if graph.blocks else []
    shuffled = random.sample(ids, len(ids))
    assert edits.remove(graph, ids) == edits.remove(graph, shuffled)
    left = edits.remove(graph, ids)
    assert list(left.blocks) == [id for id in graph.blocks if id not in ids]
    assert all(not fault for fault in left.wiring.faults)


def test_a_removed_block_hands_its_readers_to_its_source_at_their_inputs():
    blocks = [image(), block("a", "activation"), block("b", "activation"), block("sum", "add")]
    links = [("image", "a", 0), ("a", "b", 0), ("a", "sum", 0), ("b", "sum", 1)]
    assert edits.remove(joined(blocks, links).graph, ["b"]).wiring.sources["sum"] == ("a", "a")
    assert edits.remove(joined(blocks, links).graph, ["a"]).wiring.sources["sum"] == ("image", "b")


def test_a_removed_merge_leaves_its_readers_open_and_their_inputs_without_a_gap():
    blocks = [image(id=id) for id in "abc"] + [block("sum", "add"), block("all", "concat")]
    links = [("a", "sum", 0), ("b", "sum", 1), ("sum", "all", 0), ("c", "all", 1)]
    graph = edits.remove(joined(blocks, links).graph, ["sum"])
    assert graph.wiring.sources["all"] == ("c",) and not graph.wiring.faults


def test_removing_everything_in_any_order_leaves_nothing():
    graph = sample("resnet18").graph
    assert edits.remove(graph, list(graph.blocks)).blocks == {}
    assert edits.remove(graph, reversed(list(graph.blocks))).links == ()
    with pytest.raises(DesignError, match="nowhere"):
        edits.remove(graph, ["nowhere"])


# Renaming


def test_renaming_changes_the_name_everywhere_and_nothing_else():
    design = sample("lenet5")
    renamed = edits.rename(design, "conv1", "first")
    text = str(design.to_dict())
    assert str(renamed.to_dict()) == text.replace("'conv1'", "'first'")
    assert edits.rename(renamed, "first", "conv1") == design


@pytest.mark.parametrize("name", ["", "1a", "a b", "conv2", "ä", "a\n"])
def test_renaming_to_what_is_no_name_or_taken_is_refused(name):
    with pytest.raises(DesignError):
        edits.rename(sample("lenet5"), "conv1", name)
