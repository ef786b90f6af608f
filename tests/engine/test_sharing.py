"""A block that comes to share its weights more or less carries them."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cnnbuilder import MemoryLimitError, Network, check
from cnnbuilder.design import edits
from cnnbuilder.design.sharing import CONVOLUTION, FULL, LOCAL, TILED, Way
from cnnbuilder.engine.sharing import carried
from cnnbuilder.engine.weights import Weights
from tests.arrays import assert_close, distinct, some_weights
from tests.designs import block, chain
from tests.strategies import layers

KINDS = ["conv", "tiled_conv", "locally_connected"]


def ways(design, id="it"):
    """The ways of a block, by their form."""
    found = design.blocks[id].layer.sharing(*check(design).input_shapes(id))
    return {way.form: way for way in found}


def tiled(rows, columns):
    return Way("tiled", 0, 0, TILED, (rows, columns))


def output(design, weights, x):
    """What the block gives, by the plain loops."""
    return Network(design, weights, dtype="float64").forward(x)["it"]


def drawn(data, kind):
    """A design of a layer that can share otherwise, its weights (in float32) and an input."""
    case = data.draw(layers(kind))
    assume(getattr(case.layer, "connections", None) is None)
    seed = data.draw(st.integers(0, 1000))
    weights = Weights.of(some_weights(case.inference, seed=seed))
    return case.design, weights, {"x0": distinct(case.shapes[0], seed, 2)}


@pytest.mark.usefixtures("kernels")
@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_less_sharing_copies_and_the_output_stays(kind, data):
    design, weights, x = drawn(data, kind)
    before = output(design, weights, x)
    params, steps = design.blocks["it"].params, [ways(design)[LOCAL]]
    if kind != "locally_connected" and params["bias"] != "location":
        rows, columns = params.get("tiles", (1, 1))
        steps.insert(0, tiled(rows * data.draw(st.integers(1, 3)), columns * data.draw(st.integers(1, 3))))
    for way in steps:
        weights = carried(design, "it", way, weights)
        design = edits.share(design, "it", way)
        assert_close(output(design, weights, x), before, 1e-13)


def mean_over(places, turn, period, kernels):
    """The mean of the kernels of the places whose turn it is."""
    rows, columns = (range(t, n, p) for t, n, p in zip(turn, places, period, strict=True))
    return np.mean([kernels[:, j, k] for j in rows for k in columns], axis=0)


@pytest.mark.usefixtures("kernels")
@given(data=st.data())
def test_more_sharing_averages_over_the_places(data):
    design, weights, _ = drawn(data, "locally_connected")
    places = check(design).shapes["it"][1:]
    period = tuple(data.draw(st.integers(1, n)) for n in places)
    for way, turns in ((tiled(*period), period), (ways(design)[CONVOLUTION], (1, 1))):
        shared, found = edits.share(design, "it", way), carried(design, "it", way, weights)
        Network(shared, found)  # every array has the shape that the design needs
        for turn in np.ndindex(*turns):
            wanted = mean_over(places, turn, turns, weights["it.weight"].astype(float))
            kernel = found["it.weight"][(..., *turn)] if way.form == TILED else found["it.weight"]
            assert_close(kernel, wanted, 1e-6)
            if design.blocks["it"].params["bias"] == "unit":
                wanted = mean_over(places, turn, turns, weights["it.bias"].astype(float))
                assert_close(found["it.bias"][(..., *turn)] if way.form == TILED else found["it.bias"], wanted, 1e-6)


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_the_parameters_are_those_that_the_way_names(kind, data):
    design, weights, _ = drawn(data, kind)
    for way in ways(design).values():
        shared = edits.share(design, "it", way)
        if way.own or way.form == FULL:
            assert shared is design
        else:
            report = check(shared)
            assert report.parameters["it"] == way.parameters and report.macs["it"] == way.macs
            assert report.shapes == check(design).shapes
            assert sum(array.size for array in carried(design, "it", way, weights).values()) == way.parameters


def test_tiled_to_other_tiles_takes_the_mean_of_what_meets():
    design = chain(block("it", "tiled_conv", filters=1, kernel_size=1, tiles=[1, 2], bias="none"), size=(1, 1, 6))
    weights = {"it.weight": np.array([2.0, 8.0]).reshape(1, 1, 1, 1, 1, 2)}
    found = carried(design, "it", tiled(1, 3), weights)["it.weight"]
    # Places 0 and 3 had kernels 0 and 1, and so on.
    np.testing.assert_array_equal(found.ravel(), [5, 5, 5])
    found = carried(design, "it", tiled(1, 4), weights)["it.weight"]
    np.testing.assert_array_equal(found.ravel(), [2, 8, 2, 8])


def test_there_and_back_gives_the_same_numbers():
    design = chain(block("it", "conv", filters=3), size=(2, 9, 7))
    weights = Weights.of({"it.weight": distinct((3, 2, 3, 3)), "it.bias": distinct((3,))})
    there = edits.share(design, "it", ways(design)[LOCAL])
    untied = carried(design, "it", ways(design)[LOCAL], weights)
    back = carried(there, "it", ways(there)[CONVOLUTION], untied)
    for name, array in weights.items():
        np.testing.assert_array_equal(back[name], array)


@pytest.mark.usefixtures("kernels")
def test_first_weights_are_carried_too_and_others_left_alone():
    design = chain(block("it", "conv", filters=2), block("two", "conv"), size=(1, 8, 8), seed=7)
    held = Weights.of({"two.bias": np.ones(8)})
    found = carried(design, "it", ways(design)[LOCAL], held)
    assert set(found) == {"it.weight", "it.bias", "two.bias"}
    assert found.versioned("two.bias") is held.versioned("two.bias")
    x = distinct((1, 8, 8))
    shared = edits.share(design, "it", ways(design)[LOCAL])
    assert_close(Network(shared, found).forward(x)["it"], Network(design).forward(x)["it"], 1e-6)


def test_weights_of_another_shape_are_not_carried():
    design = chain(block("it", "conv", filters=2), size=(1, 8, 8))
    found = carried(design, "it", ways(design)[LOCAL], {"it.weight": np.ones((5, 1, 3, 3))})
    assert found["it.weight"].shape == (2, 6, 6, 1, 3, 3) and found["it.weight"].std() > 0


def test_what_is_too_large_is_refused_before_it_is_made(monkeypatch):
    monkeypatch.setenv("CNNBUILDER_MEMORY_LIMIT", "100000000")
    design = chain(block("it", "conv", filters=64), size=(3, 224, 224))
    with pytest.raises(MemoryLimitError, match="it needs"):
        carried(design, "it", ways(design)[LOCAL])


def test_listed_connections_stay_a_convolution():
    design = chain(block("it", "conv", filters=2, connections=[[0], [0, 1]]), size=(2, 8, 8))
    assert all(edits.share(design, "it", way) is design for way in ways(design).values())
