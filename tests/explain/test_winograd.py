"""Values that Winograd's method gave: explained within its bound, and named where they visibly differ."""

from dataclasses import replace

import numpy as np
import pytest

import cnnbuilder as cb
from cnnbuilder.explain.formulas import computed_by, number
from tests.designs import block, chain

pytestmark = pytest.mark.usefixtures("kernels")

BOUND = 2e-4
"""Of the map's scale: what a user is promised."""


@pytest.fixture(scope="module")
def passes(kernels):
    """A convolution large enough for Winograd's method in every role, forward and backward."""
    network = cb.Network(chain(block("it", "conv", filters=64, padding=1), size=(32, 40, 40)))
    chance = np.random.default_rng(3)
    run = network.forward(chance.normal(size=(32, 40, 40)))
    return run, run.backward(gradient=chance.normal(size=run["it"].shape), block="it")


def test_a_thousand_units_of_every_role_are_within_the_bound(passes):
    run, gradients = passes
    chance = np.random.default_rng(5)
    for source, what, array in [
        (run, "it", run["it"][0]), (gradients, "image", gradients.outputs["image"][0]),
        (gradients, "it.weight", gradients.weights["it.weight"]),
    ]:  # fmt: skip
        scale = float(np.abs(array).max())
        for _ in range(300):
            found = cb.explain(source, what, tuple(int(chance.integers(n)) for n in array.shape))
            assert found.method == "winograd"
            assert abs(found.total - found.value) <= BOUND * scale


def test_the_method_is_named_where_the_numbers_visibly_differ(passes):
    found = cb.explain(passes[0], "it", (3, 20, 20))
    apart = replace(found, value=found.total + 0.5)
    assert computed_by(apart) == f"the network computed {number(apart.value)}, by Winograd's method"
    assert computed_by(replace(found, value=found.total)) == ""
    assert computed_by(replace(apart, method="direct")) == ""


def test_direct_sums_are_called_so():
    network = cb.Network(chain(block("it", "conv", filters=4, padding=1), size=(3, 9, 9)))
    assert cb.explain(network.forward(np.ones((3, 9, 9))), "it", (0, 4, 4)).method == "direct"
    plain = cb.Network(chain(block("it", "conv", filters=64, padding=1), size=(32, 40, 40)), dtype="float64")
    assert cb.explain(plain.forward(np.ones((32, 40, 40))), "it", (0, 4, 4)).method == "direct"
