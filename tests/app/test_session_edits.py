"""Everything that can be done to a document: each is one step, and undo returns the very state."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cnnbuilder.app.session import Session
from cnnbuilder.design.check import check
from cnnbuilder.design.document import Design
from cnnbuilder.design.graph import Link
from cnnbuilder.engine.weights import Weights
from cnnbuilder.files import load
from cnnbuilder.files.resources import samples


def one_step(session: Session, act: Callable[[], Any]) -> Any:
    """Do it, and see that it is one step that undo takes back and redo brings again."""
    before, steps = session.shown.state, len(session.steps)
    given = act()
    after, selected = session.shown.state, session.shown.selected
    assert len(session.steps) == steps + 1 and after is not before
    session.undo()
    assert session.shown.state is before
    session.redo()
    assert session.shown.state is after
    session.select(selected)
    return given


# Sharing


def test_a_block_that_shares_its_weights_otherwise_carries_them_and_undo_brings_them_back(session: Session) -> None:
    first = np.arange(150, dtype=np.float32).reshape(6, 1, 5, 5)
    session.open(session.design, Weights.of({"conv1.weight": first}))
    held = session.shown.state.weights
    ways = session.design.blocks["conv1"].layer.sharing(*session.shown.report.input_shapes("conv1"))  # type: ignore[union-attr]
    one_step(session, lambda: session.share("conv1", ways[1]))
    weights = session.shown.state.weights
    assert session.design.blocks["conv1"].kind == "tiled_conv" and not session.shown.report.problems
    assert weights is not None and (weights["conv1.weight"] == first[..., None, None]).all()
    assert weights["conv1.weight"].shape == (6, 1, 5, 5, 2, 2)
    session.share("conv1", ways[0])
    assert session.shown.state.weights is not None
    assert (session.shown.state.weights["conv1.weight"] == first).all()
    session.undo()
    session.undo()
    assert session.shown.state.weights is held and session.design.blocks["conv1"].kind == "conv"
    session.share("relu1", ways[1])
    assert session.design.blocks["relu1"].kind == "activation" and session.shown.redo


def test_what_is_too_large_to_carry_begins_anew(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNNBUILDER_MEMORY_LIMIT", "1000000")
    session.set_param("image", "height", 4000)
    session.set_param("image", "width", 4000)
    ways = session.design.blocks["conv1"].layer.sharing(*session.shown.report.input_shapes("conv1"))  # type: ignore[union-attr]
    session.share("conv1", ways[2])
    assert session.design.blocks["conv1"].kind == "locally_connected" and session.shown.state.weights is None


# Blocks and links


def test_a_kind_dropped_on_a_link_comes_between(session: Session) -> None:
    one_step(session, lambda: session.place("batch_norm", 300, 20, link=Link("conv1", "relu1")))
    assert Link("conv1", "batch_norm1") in session.design.links
    assert Link("batch_norm1", "relu1") in session.design.links
    assert session.shown.selected == ("batch_norm1",)
    assert not check(session.design).problems


def test_in_a_chain_that_was_arranged_there_is_room_for_it(session: Session) -> None:
    session.arrange()
    session.place("batch_norm", 5, 5, link=Link("conv1", "relu1"))
    places = list(session.design.layout.values())
    assert len(set(places)) == len(places)
    assert session.design.layout["batch_norm1"] != (5, 5)


def test_in_a_chain_laid_by_hand_it_lies_where_it_was_dropped(session: Session) -> None:
    session.move({"conv1": (1000, 1000)})
    session.place("batch_norm", 5.4, 7.6, link=Link("conv1", "relu1"))
    assert session.design.layout["batch_norm1"] == (5, 8)
    assert session.design.layout["conv1"] == (1000, 1000)


def test_a_kind_dropped_near_an_open_end_is_joined(session: Session) -> None:
    one_step(session, lambda: session.place("activation", 0, 900, after="softmax"))
    assert Link("softmax", "activation1") in session.design.links
    one_step(session, lambda: session.place("conv", 0, 900))
    one_step(session, lambda: session.place("input", 0, 1200, before="conv3"))
    assert session.design.links[-1].target == "conv3"


def test_a_merge_dropped_near_an_open_end_joins_two(session: Session) -> None:
    session.append("conv", after="pool1", branch=True)
    session.set_param("conv3", "filters", 16)
    one_step(session, lambda: session.place("add", 0, 900, after="conv3"))
    assert session.design.graph.wiring.sources["add1"][0] == "conv3"
    assert len(session.design.graph.wiring.sources["add1"]) == 2


def test_links_are_joined_and_parted(session: Session) -> None:
    session.place("conv", 0, 900)
    one_step(session, lambda: session.join("pool1", "conv3"))
    assert Link("pool1", "conv3") in session.design.links
    one_step(session, lambda: session.join("image", "conv3"))
    assert [link for link in session.design.links if link.target == "conv3"] == [Link("image", "conv3")]
    one_step(session, lambda: session.rejoin(Link("image", "conv3"), "relu1", "conv3", 0))
    one_step(session, lambda: session.part(Link("relu1", "conv3")))
    assert not [link for link in session.design.links if link.target == "conv3"]
    steps = len(session.steps)
    session.join("conv3", "conv3")
    assert len(session.steps) == steps


def test_a_merge_takes_the_next_free_input(session: Session) -> None:
    session.place("add", 0, 900)
    session.join("conv1", "add1")
    session.join("relu1", "add1")
    assert [link for link in session.design.links if link.target == "add1"] == [
        Link("conv1", "add1", 0),
        Link("relu1", "add1", 1),
    ]
    assert check(session.design).shapes["add1"] == (6, 28, 28)


def test_a_block_that_is_there_is_put_into_a_link(session: Session) -> None:
    session.place("activation", 0, 900)
    session.move({"conv1": (700, 800)})
    one_step(session, lambda: session.insert_block("activation1", Link("conv2", "relu2"), (40, 50)))
    assert session.design.layout["activation1"] == (40, 50)
    assert Link("conv2", "activation1") in session.design.links
    assert Link("activation1", "relu2") in session.design.links
    assert Link("conv2", "relu2") not in session.design.links


def test_blocks_are_switched_off_and_on(session: Session) -> None:
    one_step(session, lambda: session.switch_off(("image", "pool1", "pool2")))
    assert {id for id, block in session.design.blocks.items() if block.off} == {"pool1", "pool2"}
    one_step(session, lambda: session.switch_off(("pool1",)))
    assert not session.design.blocks["pool1"].off
    steps = len(session.steps)
    session.switch_off(("image",))
    assert len(session.steps) == steps


def test_one_parameter_of_several_blocks(session: Session) -> None:
    one_step(session, lambda: session.set_params(("conv1", "conv2"), "filters", 9))
    assert [session.design.blocks[id].params["filters"] for id in ("conv1", "conv2")] == [9, 9]


def test_a_slider_that_is_dragged_is_one_step_until_it_is_let_go(session: Session) -> None:
    for filters in (7, 8, 9):
        session.set_param("conv1", "filters", filters, merge="drag")
    session.seal()
    session.set_param("conv1", "filters", 10, merge="drag")
    assert len(session.steps) == 2
    session.undo()
    assert session.design.blocks["conv1"].params["filters"] == 9
    session.undo()
    assert session.design.blocks["conv1"].params["filters"] == 6


# Copying


def weighted(session: Session) -> Weights:
    """Open LeNet-5 with weights that can be told apart."""
    weights = Weights.of({"conv1.weight": np.full((6, 1, 5, 5), 3.0), "conv2.bias": np.arange(16.0)})
    session.open(load(samples() / "lenet5.json"), weights)
    return weights


def test_copies_keep_inner_links_parameters_and_weights(session: Session) -> None:
    weighted(session)
    session.select(("conv1", "relu1", "conv2"))
    text = session.copy()
    one_step(session, lambda: session.paste(text, (50, 700)))
    assert session.shown.selected == ("conv3", "relu5", "conv4")
    new = [link for link in session.design.links if link.source in session.shown.selected]
    assert new == [Link("conv3", "relu5")]
    assert session.design.blocks["conv3"].params == session.design.blocks["conv1"].params
    held = session.shown.state.weights
    assert held is not None and held["conv3.weight"] is held["conv1.weight"]
    assert held["conv4.bias"] is held["conv2.bias"]
    offset = {
        old: session.design.layout[new][0] - session.design.layout[old][0]
        for old, new in (("conv1", "conv3"), ("relu1", "relu5"), ("conv2", "conv4"))
    }
    assert len(set(offset.values())) == 1
    assert min(session.design.layout[id][0] for id in session.shown.selected) == 50


def test_duplicating_and_cutting(session: Session) -> None:
    weighted(session)
    session.select(("conv1",))
    one_step(session, session.duplicate)
    assert session.shown.selected == ("conv3",)
    assert session.shown.state.weights is not None and "conv3.weight" in session.shown.state.weights
    text = one_step(session, session.cut)
    assert "conv3" not in session.design.blocks
    assert session.paste(text) == "" and "conv3" in session.design.blocks


def test_what_is_pasted_into_another_document_is_the_same(session: Session) -> None:
    session.select(tuple(session.design.blocks))
    text = session.copy()
    whole = session.design
    session.set_param("conv1", "filters", 7)
    session.open(Design())
    assert session.paste(text) == ""
    assert session.design.to_dict()["blocks"] == whole.to_dict()["blocks"]
    assert session.design.links == whole.links


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "[]",
        "{}",
        '{"format": "cnnbuilder"}',
        "[" * 5000,
        "\ud800",
        "1e999",
        '{"format": "cnnbuilder", "version": 1, "blocks": []}',
    ],
)
def test_what_cannot_be_pasted_is_told_in_one_line(session: Session, text: str) -> None:
    before = session.shown.state
    words = session.paste(text)
    assert words and "\n" not in words
    assert session.shown.state is before


def test_a_block_of_a_name_used_before_begins_anew(session: Session) -> None:
    weighted(session)
    session.select(("conv1",))
    session.remove_selected()
    session.place("conv", 0, 0)
    assert "conv1" in session.design.blocks
    assert "conv1.weight" not in (session.shown.state.weights or {})
    session.undo()
    session.undo()
    assert "conv1.weight" in (session.shown.state.weights or {})


# Notes and groups


def test_notes(session: Session) -> None:
    number = one_step(session, lambda: session.add_note(10.4, 20))
    one_step(session, lambda: session.edit_note(number, "why five by five?"))
    one_step(session, lambda: session.move({"conv1": (1, 2)}, {number: (30, 40)}))
    one_step(session, lambda: session.resize_note(number, 300))
    note = session.design.notes[0]
    assert (note.text, note.x, note.y, note.width) == ("why five by five?", 30, 40, 300)
    one_step(session, lambda: session.edit_note(number, "  "))
    assert not session.design.notes


def test_groups(session: Session) -> None:
    one_step(session, lambda: session.group(("relu1", "conv1", "pool1"), "first"))
    assert session.design.groups[0].blocks == ("conv1", "relu1", "pool1")
    one_step(session, lambda: session.fold("first", False))
    one_step(session, lambda: session.group(("pool1", "conv2"), "first"))
    assert [(group.name, group.blocks) for group in session.design.groups] == [
        ("first", ("conv1", "relu1")),
        ("first 2", ("pool1", "conv2")),
    ]
    one_step(session, lambda: session.rename_group("first 2", "second"))
    one_step(session, lambda: session.ungroup("first"))
    assert [group.name for group in session.design.groups] == ["second"]
    steps = len(session.steps)
    session.group(("conv1",))
    assert len(session.steps) == steps


# Documents


def test_each_document_has_its_own_history_selection_and_picture(session: Session) -> None:
    first = session.shown.key
    session.set_param("conv1", "filters", 7)
    session.select(("conv2",))
    session.open(load(samples() / "resnet18.json"))
    second = session.shown.key
    assert second != first and session.shown.undo is None
    assert [tab.key for tab in session.shown.tabs] == [first, second]
    assert [tab.changed for tab in session.shown.tabs] == [True, False]
    session.show_document(first)
    assert session.design.blocks["conv1"].params["filters"] == 7
    assert session.shown.selected == ("conv2",) and session.shown.undo == "filters of conv1"
    session.undo()
    assert not session.shown.tabs[0].changed
    session.close_document(first)
    assert session.shown.key == second and len(session.shown.tabs) == 1


def test_an_untouched_document_gives_way(session: Session) -> None:
    session.open(load(samples() / "resnet18.json"))
    assert len(session.shown.tabs) == 1


def test_with_the_last_document_closed_an_empty_one_is_there(session: Session) -> None:
    session.close_document(session.shown.key)
    assert session.design == Design() and not session.shown.changed and session.shown.undo is None


def test_saving_a_document_that_is_not_on_top(session: Session, tmp_path: Path) -> None:
    session.set_param("conv1", "filters", 7)
    key, state = session.shown.key, session.shown.state
    session.open(load(samples() / "resnet18.json"))
    session.saved(tmp_path / "mine.cnn", state)
    assert session.shown.path is None
    session.show_document(key)
    assert session.shown.path == tmp_path / "mine.cnn" and not session.shown.changed


def test_going_to_any_step(session: Session) -> None:
    states = [session.shown.state]
    for filters in (7, 8, 9):
        session.set_param("conv1", "filters", filters)
        states.append(session.shown.state)
    for step in (0, 3, 1, 2):
        session.go_to(step)
        assert session.shown.state is states[step] and session.step == step
    assert len(session.steps) == 3


KINDS = st.sampled_from(["conv", "activation", "max_pool", "add", "concat", "dense", "flatten", "input", "softmax"])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_order_of_edits_raises_and_undo_leads_back(session: Session, data: st.DataObject) -> None:
    session = Session(session.design)
    first = session.shown.state

    def some_id() -> str:
        return data.draw(st.sampled_from(sorted(session.design.blocks)))

    acts = {
        "append": lambda: session.append(data.draw(KINDS)),
        "place": lambda: session.place(data.draw(KINDS), 3, 4, after=some_id(), before=some_id()),
        "insert": lambda: session.place(data.draw(KINDS), 3, 4, link=data.draw(st.sampled_from(session.design.links))),
        "join": lambda: session.join(some_id(), some_id(), data.draw(st.sampled_from([None, 0, 1, 7]))),
        "part": lambda: session.part(data.draw(st.sampled_from(session.design.links))),
        "block": lambda: session.insert_block(some_id(), data.draw(st.sampled_from(session.design.links))),
        "off": lambda: session.switch_off((some_id(), some_id())),
        "remove": lambda: session.remove((some_id(),), "Delete"),
        "group": lambda: session.group((some_id(), some_id(), some_id())),
        "repeats": session.fold_repeats,
        "select": lambda: session.select(tuple({some_id(), some_id()})),
        "duplicate": session.duplicate,
        "paste": lambda: session.paste(session.copy()),
        "arrange": lambda: session.arrange(data.draw(st.sampled_from(["right", "down", None]))),
        "note": lambda: session.add_note(1, 2, "x"),
    }
    for name in data.draw(st.lists(st.sampled_from(sorted(acts)), max_size=8)):
        if session.design.links and len(session.design.blocks) > 3:
            acts[name]()
        report = check(session.design)
        assert set(report.shapes) == set(session.design.blocks) == set(session.design.layout)
        assert Design.from_dict(session.design.to_dict()).graph.links == session.design.links
    while session.shown.undo:
        session.undo()
    assert session.shown.state is first


def test_weights_of_a_block_switched_off_are_saved(session: Session) -> None:
    weighted(session)
    session.switch_off(("conv1",))
    assert "conv1.weight" in session.shown.fitting_weights()
    design = replace(session.design)
    assert design.blocks["conv1"].off
