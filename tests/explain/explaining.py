"""Random runs of random networks, and what every explanation must hold."""

import numpy as np
from hypothesis import strategies as st

import cnnbuilder as cb
from cnnbuilder.design.layer import kinds
from tests.strategies import networks

BOUND = 1e-5


@st.composite
def runs(draw, known=None, most=6, dtypes=("float32", "float64"), classes=False):
    """A forward pass of a random network with random weights, on one picture or several, perhaps in training."""
    design = draw(networks(known or list(kinds()), most=most, classes=classes))
    seed = draw(st.integers(0, 2**16))
    network = cb.Network(design, seed=seed, dtype=draw(st.sampled_from(dtypes)))
    chance = np.random.default_rng(seed)
    for name, array in network.weights.items():
        if not name.endswith(".running_var"):  # which is positive
            network.weights[name] = array + chance.normal(0, 0.3, array.shape)
    batch = draw(st.sampled_from([1, 1, 2, 3]))
    pictures = {id: chance.normal(size=(batch, *network.report.shapes[id])) for id in network.inputs}
    training = draw(st.booleans())
    keep = draw(st.sampled_from(["all", None]))
    return design, network.forward(pictures, training, keep=keep)


def units(shape):
    """Indices in an array."""
    return st.tuples(*(st.integers(0, n - 1) for n in shape))


def assert_explained(explanation, shown, weights, numbers):
    """It is about the number that is shown, its total is that number, its terms add up, and each of them names numbers
    that are there: `numbers(block)` what a source belongs to, `weights` the factors."""
    assert explanation.value == shown
    if np.isfinite(shown):
        assert abs(explanation.total - shown) <= BOUND * explanation.scale, explanation
    terms = list(explanation.terms)
    assert terms == list(explanation.terms[:]) and len(terms) == len(explanation.terms)
    for term in terms:
        block, index = term.source
        assert term.value == numbers(block)[term.sample][index]
        assert term.product == term.value * term.weight or term.weight == 0
        if term.factor is not None:
            name, place = term.factor
            assert term.weight == (weights[name][place] if name in weights else weights[None](name)[term.sample][place])
    if explanation.is_sum and np.isfinite(explanation.total):
        found = explanation.bias + sum(term.product for term in terms)
        assert abs(found - explanation.total) <= 1e-12 * explanation.scale
