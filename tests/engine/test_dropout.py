"""Dropout: nothing outside training; in training a mask of its own for every run, the same ones from the same seed."""

import numpy as np
import pytest

from cnnbuilder import Network
from tests.designs import block, chain, joined

pytestmark = pytest.mark.usefixtures("kernels")


def dropping(rate, size=(4, 20, 20), **keys):
    return chain(block("drop", "dropout", rate=rate), size=size, **keys)


def test_outside_training_it_is_its_input_itself():
    network = Network(dropping(0.5))
    run = network.forward(np.random.default_rng(0).standard_normal((2, 4, 20, 20)))
    assert np.shares_memory(run["drop"], run["image"])
    gradients = run.backward(gradient=np.ones((2, 4, 20, 20)))
    assert np.array_equal(gradients.outputs["image"], np.ones((2, 4, 20, 20)))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("rate", [0.1, 0.5, 0.75])
def test_in_training_values_are_dropped_or_enlarged(rate, dtype):
    x = np.random.default_rng(1).uniform(1, 2, (3, 4, 20, 20)).astype(dtype)
    run = Network(dropping(rate), dtype=dtype).forward(x, training=True)
    factor = run["drop"] / x
    dropped = run["drop"] == 0
    np.testing.assert_allclose(factor[~dropped], 1 / (1 - rate), rtol=1e-6)
    # 4,800 values with a seed of their own: five deviations of their mean.
    assert abs(dropped.mean() - rate) < 5 * np.sqrt(rate * (1 - rate) / dropped.size)
    assert all(0 < picture.mean() < 1 for picture in dropped)


def test_the_gradient_goes_back_through_the_same_mask():
    network = Network(dropping(0.3), dtype="float64")
    x = np.random.default_rng(2).uniform(1, 2, (2, 4, 20, 20))
    slope = np.random.default_rng(3).standard_normal(x.shape)
    run = network.forward(x, training=True)
    found = run.backward(gradient=slope).outputs["image"]
    np.testing.assert_allclose(found, slope * (run["drop"] / x), rtol=1e-12)


def test_rate_zero_drops_nothing():
    x = np.random.default_rng(4).standard_normal((1, 4, 20, 20)).astype(np.float32)
    assert np.array_equal(Network(dropping(0)).forward(x, training=True)["drop"], x)


def trainings(network, count=3):
    x = np.ones((2, 4, 20, 20))
    return [network.forward(x, training=True)["drop"] for _ in range(count)]


def test_masks_differ_from_run_to_run_and_repeat_with_the_seed():
    first = trainings(Network(dropping(0.5), seed=7))
    for a, b in ((0, 1), (0, 2), (1, 2)):
        assert not np.array_equal(first[a], first[b])
    for one, same in zip(first, trainings(Network(dropping(0.5, seed=7))), strict=True):
        assert np.array_equal(one, same)
    for one, plain in zip(first, trainings(Network(dropping(0.5), seed=7, dtype="float64")), strict=True):
        assert np.array_equal(one == 0, plain == 0)
    assert not np.array_equal(first[0], trainings(Network(dropping(0.5), seed=8))[0])


def test_a_run_outside_training_takes_no_mask_away():
    plain, mixed = Network(dropping(0.5)), Network(dropping(0.5))
    first = trainings(plain, 2)
    found = trainings(mixed, 1)
    mixed.forward(np.ones((4, 20, 20)))
    found += trainings(mixed, 1)
    assert all(np.array_equal(a, b) for a, b in zip(first, found, strict=True))


def test_two_blocks_have_masks_of_their_own():
    links = [("image", "one", 0), ("image", "two", 0), ("one", "sum", 0), ("two", "sum", 1)]
    blocks = [
        block("image", "input", channels=4, height=20, width=20),
        block("one", "dropout"),
        block("two", "dropout"),
        block("sum", "add"),
    ]
    run = Network(joined(blocks, links)).forward(np.ones((4, 20, 20)), training=True)
    assert not np.array_equal(run["one"], run["two"])
    assert set(np.unique(run["sum"])) == {0, 2, 4}


def test_what_was_not_kept_is_made_again_with_the_same_mask():
    blocks = [
        block("drop", "dropout"),
        block("conv", "conv", filters=3),
        block("relu", "activation"),
        block("late", "dropout"),
        block("flat", "flatten"),
        block("dense", "dense", units=5),
    ]
    design = chain(*blocks, size=(2, 9, 9))
    x = np.random.default_rng(5).standard_normal((2, 2, 9, 9))
    runs = [Network(design).forward(x, training=True, keep=keep) for keep in ("all", None)]
    for id in design.blocks:
        assert np.array_equal(runs[0][id], runs[1][id]), id
    gradients = [run.backward(target=[1, 2]) for run in runs]
    for name, array in gradients[0].weights.items():
        assert np.array_equal(array, gradients[1].weights[name]), name


def test_a_run_in_training_can_be_given_for_reuse():
    network = Network(dropping(0.5))
    x = np.ones((4, 20, 20))
    trained = network.forward(x, training=True)
    again = network.forward(x, reuse=trained)
    assert np.array_equal(again["drop"], again["image"])
    assert not np.array_equal(network.forward(x, training=True, reuse=trained)["drop"], trained["drop"])


@pytest.mark.parametrize("rate", [1, -0.1, 1.5])
def test_a_rate_that_would_divide_by_nothing_is_a_problem(rate):
    from cnnbuilder import check

    (problem,) = check(dropping(rate)).problems
    assert problem.block == "drop" and "less than 1" in problem.message
