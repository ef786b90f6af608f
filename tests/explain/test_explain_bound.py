"""What is explained is what is shown: for every kind, forward, backward to inputs and to weights, within 1e-5."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cnnbuilder as cb
from cnnbuilder.design.layer import kinds
from tests.arrays import some_weights
from tests.explain.explaining import BOUND, units
from tests.strategies import layers

pytestmark = pytest.mark.usefixtures("kernels")

EACH = 4
"""Units of every array that are looked at."""


def explanations(data, kind):
    """Of a random layer of a kind, in float32: of its values, of the gradients of what it reads and of its weights."""
    case = data.draw(layers(kind))
    seed = data.draw(st.integers(0, 2**16))
    network = cb.Network(case.design, some_weights(case.inference, seed=seed))
    chance = np.random.default_rng(seed)
    batch = data.draw(st.sampled_from([1, 1, 3]))
    pictures = {id: chance.normal(size=(batch, *network.report.shapes[id])) for id in network.inputs}
    run = network.forward(pictures, data.draw(st.booleans()))
    gradients = run.backward(gradient=chance.normal(size=run["it"].shape), block="it")
    sources = dict.fromkeys(case.design.graph.wiring.sources["it"])
    wanted = [(run, "it", run["it"].shape[1:], "forward")]
    wanted += [(gradients, id, run[id].shape[1:], "to an input") for id in sources]
    wanted += [(gradients, name, array.shape, "to a weight") for name, array in gradients.weights.items()]
    for source, what, shape, way in wanted:
        for index in data.draw(st.lists(units(shape), min_size=EACH, max_size=EACH)):
            yield way, cb.explain(source, what, index, data.draw(st.integers(0, batch - 1)))


def departure(explanation):
    """How far the total lies from what the engine computed, for its size; None where that is no number."""
    if not np.isfinite(explanation.value):
        return None
    return abs(explanation.total - explanation.value) / max(explanation.scale, np.finfo(np.float32).tiny)


@pytest.mark.parametrize("kind", kinds())
@given(data=st.data())
def test_the_total_is_the_value_that_is_shown(kind, data):
    for way, explanation in explanations(data, kind):
        found = departure(explanation)
        assert found is None or found <= BOUND, (way, explanation)


@pytest.mark.parametrize("kind", kinds())
@given(data=st.data())
def test_what_is_infinite_or_not_a_number_is_explained_as_such(kind, data):
    case = data.draw(layers(kind))
    network = cb.Network(case.design, some_weights(case.inference))
    chance = np.random.default_rng(data.draw(st.integers(0, 2**16)))
    odd = [1.0, -2.0, 0.0, 0.5, np.inf, -np.inf, np.nan]
    pictures = {id: chance.choice(odd, network.report.shapes[id], p=[0.3, 0.2, 0.2, 0.15, 0.05, 0.05, 0.05])
                for id in network.inputs}  # fmt: skip
    run = network.forward(pictures)
    gradients = run.backward(gradient=np.ones(run["it"].shape), block="it")
    for index in data.draw(st.lists(units(case.inference.shape), min_size=EACH, max_size=EACH)):
        found = cb.explain(run, "it", index)
        np.testing.assert_allclose(found.total, found.value, rtol=1e-4, atol=1e-5)  # NaN is NaN, infinite infinite
        list(found.terms)
    for id in network.inputs:
        list(cb.explain(gradients, id, data.draw(units(network.report.shapes[id]))).terms)
