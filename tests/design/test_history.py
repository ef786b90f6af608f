"""Undo and redo show the very same states again."""

import random

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from cnnbuilder.design.history import History
from tests.designs import sample


def test_twenty_thousand_edits_undone_and_redone_are_the_same_objects():
    design = sample("lenet5")
    states = [design]
    history = History(design)
    for number in range(20_000):
        state = states[-1].with_params("conv1", filters=number % 50 + 1)
        states.append(state)
        history.add(state, f"edit {number}")
    for state in reversed(states[:-1]):
        assert history.undo() is state
    assert history.undo() is design and history.undo_label is None
    for state in states[1:]:
        assert history.redo() is state
    assert history.redo() is states[-1] and history.redo_label is None


def test_a_random_walk_of_twenty_thousand_steps_stays_on_the_line():
    source = random.Random(0)
    line, now = [object()], 0
    history = History(line[0])
    for _ in range(20_000):
        step = source.choice(["undo", "redo", "undo", "redo", "add"])
        if step == "undo":
            now = max(now - 1, 0)
            history.undo()
        elif step == "redo":
            now = min(now + 1, len(line) - 1)
            history.redo()
        else:
            line[now + 1 :] = [object()]
            now += 1
            history.add(line[now], "edit")
        assert history.state is line[now]


def test_steps_with_one_key_are_one_step_until_it_is_sealed():
    history = History("start")
    history.add("1", "filters", merge=("conv1", "filters"))
    history.add("2", "filters", merge=("conv1", "filters"))
    history.add("3", "stride", merge=("conv1", "stride"))
    assert history.labels == ["filters", "stride"]
    assert (history.undo(), history.undo()) == ("2", "start")
    history.add("4", "filters", merge=("conv1", "filters"))
    history.seal()
    history.add("5", "filters", merge=("conv1", "filters"))
    assert (history.undo(), history.undo()) == ("4", "start")


def test_what_was_undone_separates_two_steps_of_one_key():
    history = History("start")
    history.add("1", "filters", merge="filters")
    history.add("2", "stride", merge="stride")
    history.undo()
    history.add("3", "filters", merge="filters")
    assert (history.undo(), history.undo()) == ("1", "start")


def test_labels_name_what_undo_and_redo_would_do():
    history = History("start")
    assert (history.undo_label, history.redo_label) == (None, None)
    history.add("a", "add conv1")
    history.add("b", "remove conv1")
    history.undo()
    assert (history.undo_label, history.redo_label) == ("add conv1", "remove conv1")
    history.add("c", "rename")
    assert (history.undo_label, history.redo_label) == ("rename", None)


class Saving(RuleBasedStateMachine):
    """A document is changed exactly when the state shown is not the one that was saved."""

    def __init__(self):
        super().__init__()
        self.saved = object()
        self.history = History(self.saved)

    @rule(merge=st.sampled_from([None, "a", "b"]))
    def add(self, merge):
        self.history.add(object(), "edit", merge)

    @rule()
    def undo(self):
        self.history.undo()

    @rule()
    def redo(self):
        self.history.redo()

    @rule()
    def save(self):
        self.saved = self.history.state
        self.history.saved(self.saved)

    @invariant()
    def changed_means_another_state(self):
        assert self.history.changed == (self.history.state is not self.saved)


TestSaving = Saving.TestCase
