"""A network's weights: first ones, given ones, changed ones; and designs that are no network."""

import math

import numpy as np
import pytest

from cnnbuilder import DesignError, Error, Network
from tests.designs import block, chain, image, joined, sample

pytestmark = pytest.mark.usefixtures("kernels")


def small(**params):
    params = {"filters": 4, **params}
    return chain(block("conv1", "conv", **params), block("flat", "flatten"), block("dense1", "dense"), size=(2, 8, 8))


# First weights


def test_first_weights_are_the_same_every_time():
    first, second = Network(small()), Network(small())
    assert list(first.weights) == ["conv1.weight", "conv1.bias", "dense1.weight", "dense1.bias"]
    for name, array in first.weights.items():
        assert np.array_equal(array, second.weights[name])
        assert array.dtype == np.float32


def test_first_weights_come_from_the_seed_and_the_name_alone():
    network = Network(small())
    elsewhere = chain(
        block("before", "conv", filters=2, padding="same"), block("conv1", "conv", filters=4), size=(5, 20, 9)
    ).with_params("before", filters=2)
    assert np.array_equal(Network(elsewhere).weights["conv1.weight"], network.weights["conv1.weight"])
    assert not np.array_equal(Network(small(), seed=1).weights["conv1.weight"], network.weights["conv1.weight"])
    renamed = chain(block("other", "conv", filters=4), size=(2, 8, 8))
    assert not np.array_equal(Network(renamed).weights["other.weight"], network.weights["conv1.weight"])


def test_the_seed_is_the_designs_unless_another_is_given():
    seeded = joined([image(2, 8, 8), block("conv1", "conv")], seed=7)
    plain = joined([image(2, 8, 8), block("conv1", "conv")])
    assert np.array_equal(Network(seeded).weights["conv1.weight"], Network(plain, seed=7).weights["conv1.weight"])
    assert np.array_equal(Network(seeded, seed=0).weights["conv1.weight"], Network(plain).weights["conv1.weight"])


def test_first_weights_do_not_depend_on_the_order_in_which_they_are_asked_for():
    forth, back = Network(small()), Network(small())
    names = list(forth.weights)
    found = {name: back.weights[name] for name in reversed(names)}
    assert all(np.array_equal(forth.weights[name], found[name]) for name in names)


@pytest.mark.parametrize(
    ("design", "name", "fan_in"),
    [
        (chain(block("c", "conv", filters=64, kernel_size=5), size=(16, 8, 8)), "c.weight", 16 * 25),
        (chain(block("c", "conv", filters=64, groups=4), size=(64, 8, 8)), "c.weight", 16 * 9),
        (chain(block("f", "flatten"), block("d", "dense", units=200), size=(3, 10, 10)), "d.weight", 300),
    ],
)
def test_first_weights_are_he_normal(design, name, fan_in):
    array = Network(design).weights[name].astype(float)
    deviation = math.sqrt(2 / fan_in)
    count = array.size
    # Five deviations of each statistic; the seed is fixed.
    assert abs(array.mean()) < 5 * deviation / math.sqrt(count)
    assert abs(array.var() / deviation**2 - 1) < 5 * math.sqrt(2 / count)
    standard = array / deviation
    assert abs((standard**3).mean()) < 5 * math.sqrt(15 / count)
    assert abs((standard**4).mean() - 3) < 5 * math.sqrt(96 / count)


def test_biases_begin_at_0_and_normalisation_at_1_0_0_1():
    design = chain(block("c", "conv", bias="location"), block("b", "batch_norm"))
    network = Network(design)
    begin = {"c.bias": 0, "b.weight": 1, "b.bias": 0, "b.running_mean": 0, "b.running_var": 1}
    for name, value in begin.items():
        assert np.all(network.weights[name] == value)
    assert network.weights["c.bias"].shape == (8, 26, 26)


def test_connections_that_are_not_listed_stay_at_0():
    design = chain(block("c", "conv", filters=3, connections=[[0], [], [2, 1]]), size=(3, 8, 8))
    network = Network(design)
    listed = np.zeros((3, 3), bool)
    listed[0, 0] = listed[2, 1] = listed[2, 2] = True
    assert np.all((network.weights["c.weight"] != 0).all(axis=(2, 3)) == listed)
    network.weights["c.weight"] = np.ones((3, 3, 3, 3))
    assert np.all(network.weights["c.weight"] == listed[:, :, None, None])
    given = Network(design, {"c.weight": np.ones((3, 3, 3, 3))})
    assert np.all(given.weights["c.weight"] == listed[:, :, None, None])
    gradients = given.forward(np.ones((3, 8, 8))).backward(gradient=np.ones((3, 6, 6)))
    assert np.all((gradients.weights["c.weight"] != 0).all(axis=(2, 3)) == listed)


def test_float64_begins_with_the_very_numbers_of_float32():
    plain, fast = Network(small(), dtype="float64"), Network(small())
    for name, array in plain.weights.items():
        assert array.dtype == np.float64
        assert np.array_equal(array, fast.weights[name])


# The mapping


def test_weights_are_a_mapping_of_read_only_arrays():
    network = Network(small())
    assert len(network.weights) == 4 and "conv1.bias" in network.weights and "conv1" not in network.weights
    with pytest.raises(ValueError, match="read-only"):
        network.weights["conv1.bias"][0] = 1
    with pytest.raises(ValueError, match="WRITEABLE"):  # nor unlocked
        network.weights["conv1.bias"].flags.writeable = True
    for wrong in ("conv1.kernel", "nowhere.weight", "conv1"):
        with pytest.raises(DesignError, match=wrong):
            network.weights[wrong]
        with pytest.raises(DesignError, match=wrong):
            network.weights[wrong] = np.zeros(3)


def test_setting_copies():
    network = Network(small())
    mine = np.full(4, 2.0)
    network.weights["conv1.bias"] = mine
    mine[:] = 3
    assert np.array_equal(network.weights["conv1.bias"], np.full(4, 2, np.float32))
    network.weights["conv1.bias"] = [1, 2, 3, 4]
    assert network.weights["conv1.bias"].tolist() == [1, 2, 3, 4]
    network.weights.update({"conv1.bias": np.arange(4)})
    assert network.weights["conv1.bias"].tolist() == [0, 1, 2, 3]


def test_deleting_takes_the_first_array_back():
    network = Network(small())
    before = network.weights["conv1.weight"].copy()
    network.weights["conv1.weight"] = np.zeros((4, 2, 3, 3))
    del network.weights["conv1.weight"]
    assert np.array_equal(network.weights["conv1.weight"], before)


@pytest.mark.parametrize(
    "values", [np.zeros(3), np.zeros((4, 1)), 0.0, [[0, 0, 0, 0]], "abcd", None, [[1], [1, 2]], [1, 2, 3, "x"],
               np.zeros(4, complex), {"a": 1}, [None] * 4],
    ids=str,
)  # fmt: skip
def test_what_is_no_array_of_that_shape_is_refused_and_nothing_changes(values):
    network = Network(small())
    with pytest.raises(DesignError, match=r"conv1\.bias"):
        network.weights["conv1.bias"] = values
    with pytest.raises(DesignError, match=r"conv1\.bias"):
        Network(small(), {"conv1.bias": values})
    assert np.array_equal(network.weights["conv1.bias"], np.zeros(4))


def test_every_unknown_name_and_wrong_shape_is_listed():
    wrong = {"conv1.weight": np.zeros((4, 2, 3, 5)), "conv1.kernel": np.zeros(1), "dense1.bias": np.zeros(11), "x": 0}
    with pytest.raises(DesignError) as error:
        Network(small(), {**wrong, "conv1.bias": np.zeros(4)})
    text = str(error.value)
    assert all(name in text for name in wrong) and "conv1.bias" not in text
    assert "[4, 2, 3, 5]" in text and "[4, 2, 3, 3]" in text and "[11]" in text and "[10]" in text


def test_missing_weights_are_first_ones():
    network = Network(small(), {"conv1.bias": np.ones(4)})
    assert np.array_equal(network.weights["conv1.bias"], np.ones(4))
    assert np.array_equal(network.weights["conv1.weight"], Network(small()).weights["conv1.weight"])


def test_the_weights_of_one_network_are_given_to_another():
    network = Network(small(), seed=3)
    other = Network(small(), dict(network.weights))
    x = np.random.default_rng(0).standard_normal((2, 8, 8))
    assert np.array_equal(network.forward(x)["dense1"], other.forward(x)["dense1"])


# What is no network


def test_a_broken_design_is_refused_with_every_problem():
    with pytest.raises(DesignError) as error:
        Network(sample("broken"))
    assert all(id in str(error.value) for id in ("conv3", "dense3", "add1"))


@pytest.mark.parametrize("design", [joined([]), chain(block("odd", "capsule")), chain(block("odd", "conv", filters=0))])
def test_designs_that_cannot_run_are_refused(design):
    with pytest.raises(DesignError):
        Network(design)


def test_an_unknown_type_is_refused():
    with pytest.raises(Error, match="float16"):
        Network(small(), dtype="float16")


def test_outputs_are_the_blocks_without_a_successor():
    blocks = [image(), block("a", "flatten"), block("b", "global_pool")]
    assert Network(joined(blocks, [("image", "a", 0), ("image", "b", 0)])).outputs == ("a", "b")
    assert Network(sample("lenet5")).outputs == ("softmax",)
