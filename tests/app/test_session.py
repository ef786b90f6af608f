"""The owner of the document: edits, undo, selection, what is saved."""

import itertools
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cnnbuilder.app.session import Session, Shown
from cnnbuilder.design.check import check
from cnnbuilder.design.document import Design, Note
from cnnbuilder.design.errors import DesignError
from cnnbuilder.engine.weights import Weights
from cnnbuilder.files import load
from tests.app.conftest import LENET


def changes(session: Session) -> list[tuple[Shown, Shown]]:
    found: list[tuple[Shown, Shown]] = []
    session.changed.connect(lambda old, new: found.append((old, new)))
    return found


def test_an_edit_is_one_step_and_undo_returns_the_very_state(session: Session) -> None:
    before = session.shown.state
    heard = changes(session)
    session.set_param("conv1", "filters", 12, "Filters")
    assert session.design.blocks["conv1"].params["filters"] == 12
    assert session.shown.undo == "Filters of conv1"
    after = session.shown.state
    session.undo()
    assert session.shown.state is before
    session.redo()
    assert session.shown.state is after
    assert len(heard) == 3
    assert heard[0][0].state is before and heard[0][1].state is after


def test_setting_what_is_there_is_no_step(session: Session) -> None:
    session.set_param("conv1", "filters", 6)
    assert session.shown.undo is None


def test_a_wrong_value_is_kept_and_is_a_problem(session: Session) -> None:
    session.set_param("conv1", "filters", -3)
    assert session.design.blocks["conv1"].faults
    assert check(session.design).problems
    session.set_param("conv1", "filters", 6)
    assert not check(session.design).problems


def test_moving_a_card_leaves_the_graph_the_same_object(session: Session) -> None:
    graph = session.design.graph
    session.move({"conv1": (10, 20)})
    assert session.design.graph is graph
    assert session.design.layout["conv1"] == (10, 20)
    assert session.shown.undo == "Move conv1"


def test_a_block_is_added_behind_the_selected_one_and_selected(session: Session) -> None:
    session.select(("conv1",))
    session.append("activation")
    new = session.shown.selected[-1]
    assert session.design.graph.wiring.sources[new] == ("conv1",)
    assert session.design.graph.wiring.sources["relu1"] == (new,)
    assert len(set(session.design.layout.values())) == len(session.design.blocks)


def test_deleting_heals_the_chain(session: Session) -> None:
    session.select(("relu1",))
    session.remove_selected()
    assert session.design.graph.wiring.sources["pool1"] == ("conv1",)
    assert session.shown.selected == ("conv1",)


def test_weights_that_no_longer_fit_come_back_with_undo(session: Session) -> None:
    weights = Weights.of({"conv1.weight": np.ones((6, 1, 5, 5), np.float32), "conv1.bias": np.ones(6, np.float32)})
    session.open(session.design, weights)
    array = weights["conv1.weight"]
    session.set_param("conv1", "filters", 7)
    assert session.shown.fitting_weights() == {}
    session.undo()
    assert session.shown.fitting_weights()["conv1.weight"] is array


def test_renaming_carries_weights(session: Session) -> None:
    weights = Weights.of({"conv1.weight": np.ones((6, 1, 5, 5), np.float32)})
    session.open(session.design, weights)
    session.rename("conv1", "edges")
    assert session.shown.fitting_weights()["edges.weight"] is weights["conv1.weight"]
    assert session.shown.selected == ("edges",)
    with pytest.raises(DesignError, match="already"):
        session.rename("edges", "conv2")


def test_what_is_saved_is_no_change(session: Session) -> None:
    session.set_param("conv1", "filters", 12)
    assert session.shown.changed
    session.saved(Path("a.cnn"), session.shown.state)
    assert not session.shown.changed
    session.undo()
    assert session.shown.changed
    session.redo()
    assert not session.shown.changed


def test_selecting_keeps_only_what_exists(session: Session) -> None:
    session.select(("conv1", "nothing"))
    assert session.shown.selected == ("conv1",)
    block = session.shown.block
    assert block is not None and block.id == "conv1"


def test_what_lies_out_of_reach_is_placed_anew(qapp: object) -> None:
    design = load(LENET)
    far = {id: (1e300 * (number % 2), -1e305) for number, id in enumerate(design.blocks)}
    kept = {"conv1": (4e5, 0.0)}
    session = Session(replace(design, layout={**far, **kept}, notes=(Note("far", 1e12, 0), Note("near", 5, 6))))
    assert session.design.layout["conv1"] == kept["conv1"]
    assert all(abs(x) < 1e6 and abs(y) < 1e6 for x, y in session.design.layout.values())
    assert [(note.x, note.y) for note in session.design.notes] == [(0, 0), (5, 6)]


@pytest.mark.parametrize("direction", ["right", "down"])
@pytest.mark.parametrize("ids", [("conv1",), ("conv1", "relu1", "pool1"), ("conv2", "dense3")])
def test_copies_lie_beside_their_originals(session: Session, ids: tuple[str, ...], direction: str) -> None:
    width, height = 150, 216  # of a card with a picture
    session.arrange(direction)
    count = len(session.design.blocks)
    session.select(ids)
    session.duplicate()
    assert session.paste(session.copy()) == ""
    places = list(session.design.layout.values())
    assert len(places) == count + 2 * len(ids)
    for (x, y), (left, top) in itertools.combinations(places, 2):
        assert abs(x - left) >= width or abs(y - top) >= height


def test_notes_alone_are_pasted_beside_themselves(session: Session) -> None:
    note = Note("look here", 50, 60)
    session.open(replace(session.design, notes=(note,)))
    assert session.paste(json.dumps(Design(notes=(note,)).to_dict())) == ""
    there, copy = session.design.notes
    assert copy.text == there.text and copy.x > there.x and copy.y > there.y


def test_documents_of_one_name_are_numbered_and_keep_their_numbers(session: Session) -> None:
    def titles() -> list[str]:
        return [tab.title for tab in session.shown.tabs]

    def begin() -> int:
        session.open(Design())
        session.append("input")
        return session.shown.key

    keys = [begin() for _ in range(3)]
    assert titles() == ["untitled", "untitled 2", "untitled 3"] and session.shown.title == "untitled 3"
    session.close_document(keys[0])
    assert titles() == ["untitled 2", "untitled 3"]
    begin()
    assert titles() == ["untitled 2", "untitled 3", "untitled"]
    session.saved(Path("a.cnn"), session.shown.state)
    assert session.shown.title == "a.cnn"
    begin()
    assert session.shown.title == "untitled"
