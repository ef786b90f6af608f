"""Where cards lie."""

import pytest

from cnnbuilder.design import edits
from cnnbuilder.design.document import Design
from cnnbuilder.design.graph import Block, Graph, Link
from cnnbuilder.design.layout import COLUMN, ROW, arranged, completed, followed
from cnnbuilder.files import load
from cnnbuilder.files.resources import samples
from tests.designs import block, image, joined


@pytest.mark.parametrize("name", ["lenet5", "resnet18", "vgg16", "alexnet", "broken", "notes-example"])
def test_every_card_has_a_place_of_its_own(name: str) -> None:
    design = load(samples() / f"{name}.json")
    places = arranged(design.graph)
    assert set(places) == set(design.blocks)
    assert len(set(places.values())) == len(places)


def test_a_chain_is_wrapped_into_rows() -> None:
    places = arranged(load(samples() / "lenet5.json").graph)
    assert places["image"] == (0, 0)
    assert places["conv2"] == (4 * COLUMN, 0)
    assert places["relu2"] == (0, ROW)


def test_a_branch_has_a_lane_of_its_own() -> None:
    blocks = {id: Block(id, "activation") for id in "abcd"}
    graph = Graph(blocks, (Link("a", "b"), Link("a", "c"), Link("b", "d", 0), Link("c", "d", 1)))
    places = arranged(graph)
    assert places["b"][0] == places["c"][0] and places["b"][1] != places["c"][1]
    assert places["d"][0] > places["b"][0]


def test_loops_and_nothing_are_laid_out_too() -> None:
    assert arranged(Graph()) == {}
    blocks = {id: Block(id, "activation") for id in "ab"}
    assert len(set(arranged(Graph(blocks, (Link("a", "b"), Link("b", "a")))).values())) == 2


def test_a_partial_layout_is_completed_and_what_lies_there_stays() -> None:
    graph = load(samples() / "lenet5.json").graph
    places = completed(graph, {"image": (5, 7), "conv1": (500, 7)})
    assert places["image"] == (5, 7) and places["conv1"] == (500, 7)
    assert len(set(places.values())) == len(graph.blocks)


def test_an_arranged_design_stays_arranged_and_another_keeps_its_places() -> None:
    design = load(samples() / "lenet5.json")
    graph, _ = edits.append(design.graph, "activation", after="conv1")
    assert dict(followed(design, graph).layout) == arranged(graph)
    moved = edits.move(design, {"conv1": (-500, -500)})
    again = followed(moved, graph)
    assert again.layout["conv1"] == (-500, -500) and again.layout["pool1"] == design.layout["pool1"]
    assert followed(Design(), Graph()).layout == {}


def test_many_blocks_beside_one_are_placed_without_overlap() -> None:
    blocks = [image(id="image"), *(block(f"b{number}", "activation") for number in range(300))]
    design = joined(blocks, [("image", f"b{number}", 0) for number in range(300)])
    places = completed(design.graph, {"image": (0.0, 0.0)})
    assert len(set(places.values())) == 301
    assert len({y for _, y in places.values()}) >= 300
