"""What a design holds beside the network: blocks switched off, notes, groups, the direction."""

import pickle
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnbuilder.design import edits
from cnnbuilder.design.check import check
from cnnbuilder.design.document import Design, Group, Note
from cnnbuilder.files import load
from cnnbuilder.files.resources import samples
from tests.designs import block, chain

LAYERS = (block("conv1", "conv"), block("activation1", "activation"), block("flatten1", "flatten"))


def switched(design: Design, id: str, off: bool = True) -> Design:
    """`design` with block `id` switched off."""
    return design.with_graph(design.graph.with_block(replace(design.blocks[id], off=off)))


def test_a_block_switched_off_lets_its_input_by() -> None:
    design = load(samples() / "lenet5.json")
    off = switched(design, "pool1")
    report = check(off)
    assert report.shapes["pool1"] == report.shapes["relu1"] == (6, 28, 28)
    assert report.shapes["conv2"] == (16, 24, 24)
    assert report.parameters["pool1"] == 0
    assert check(switched(off, "pool1", False)).shapes == check(design).shapes


def test_a_block_without_inputs_stays_on() -> None:
    design = switched(load(samples() / "lenet5.json"), "image")
    assert check(design).shapes["image"] == (1, 28, 28)


def test_a_wrong_or_unknown_block_switched_off_is_no_problem() -> None:
    design = Design.from_dict(
        {
            "format": "cnnbuilder",
            "version": 1,
            "blocks": [
                {"id": "image", "kind": "input"},
                {"id": "odd", "kind": "never_heard_of", "params": {"a": 1}, "off": True},
                {"id": "conv1", "kind": "conv", "params": {"filters": -1}, "off": True},
            ],
        }
    )
    assert check(design).problems == []
    assert check(switched(design, "conv1", False)).problems[0].block == "conv1"
    assert design.to_dict()["blocks"][1] == {"id": "odd", "kind": "never_heard_of", "params": {"a": 1}, "off": True}
    assert design.to_dict()["blocks"][2]["params"]["filters"] == -1


def test_a_merge_switched_off_lets_its_first_input_by() -> None:
    design = load(samples() / "resnet18.json")
    add = next(id for id, block in design.blocks.items() if block.kind == "add")
    report = check(switched(design, add))
    assert report.problems == []
    assert report.shapes[add] == report.shapes[report.graph.wiring.sources[add][0]]


def drawn() -> Design:
    """A chain with everything that can be drawn on it."""
    return replace(
        switched(chain(*LAYERS), "activation1"),
        notes=(Note("first\nsecond", 10, -20.5), Note("", 0, 0, 90)),
        groups=(Group("stage", ("conv1", "activation1")), Group("rest", ("flatten1", "image"), False)),
        direction="down",
    )


def test_everything_drawn_is_saved_and_read_again() -> None:
    design = Design.from_dict(drawn().to_dict())
    assert (design.notes, design.groups, design.direction) == (drawn().notes, drawn().groups, "down")
    assert design.blocks["activation1"].off
    assert Design.from_dict(design.to_dict()) == design
    assert pickle.loads(pickle.dumps(design)) == design


def test_a_design_without_them_says_nothing_of_them() -> None:
    data = chain(*LAYERS).to_dict()
    assert not {"notes", "groups", "direction"} & set(data)
    assert all("off" not in block for block in data["blocks"])


@pytest.mark.parametrize("key", ["notes", "groups", "direction"])
@pytest.mark.parametrize("value", ["sideways", 3, None, [1], [{"text": 1}], {"a": []}, [{"name": "x"}]])
def test_another_form_is_kept_as_it_is(key: str, value: object) -> None:
    data = {**chain(*LAYERS).to_dict(), key: value}
    assert Design.from_dict(data).to_dict()[key] == value


@pytest.mark.parametrize("value", ["yes", 1, 0, None, False, {}])
def test_another_form_of_off_is_kept_as_it_is(value: object) -> None:
    data = chain(*LAYERS).to_dict()
    data["blocks"][1]["off"] = value
    design = Design.from_dict(data)
    assert not design.blocks["conv1"].off
    assert design.to_dict()["blocks"][1]["off"] == value


@given(st.lists(st.tuples(st.sampled_from("abcx"), st.lists(st.sampled_from(["image", "conv1", "flatten1", "gone"])))))
def test_groups_are_disjoint_and_of_blocks_that_exist(made: list[tuple[str, list[str]]]) -> None:
    design = chain(*LAYERS)
    design = replace(design, groups=tuple(Group(name, tuple(blocks)) for name, blocks in made))
    members = [id for group in design.groups for id in group.blocks]
    assert len(set(members)) == len(members) and set(members) <= set(design.blocks)
    assert all(len(group.blocks) > 1 for group in design.groups)
    assert len({group.name for group in design.groups}) == len(design.groups)


def test_edits_carry_groups_along() -> None:
    design = edits.rename(drawn(), "conv1", "first")
    assert design.groups[0].blocks == ("first", "activation1")
    design = replace(design, graph=edits.remove(design.graph, ["first"]))
    assert [group.name for group in design.groups] == ["rest"]
