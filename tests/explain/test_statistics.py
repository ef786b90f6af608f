"""Statistics of activations against numpy on the arrays, and against slopes that are known in closed form."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cnnbuilder as cb
from cnnbuilder.explain.statistics import tally
from cnnbuilder.operations.map import FUNCTIONS
from tests.designs import block, chain
from tests.explain.explaining import runs


def activated(function, values, dtype="float32", **params):
    """A run of one activation on `[n, c, h, w]`."""
    design = chain(block("act", "activation", function=function, **params), size=values.shape[1:])
    return cb.Network(design, dtype=dtype).forward(values.astype(dtype), keep="all")


@settings(max_examples=60)
@given(runs())
def test_counts_are_those_of_the_array(made):
    _, run = made
    for id in run:
        found, values = tally(run, id), run[id].astype(np.float64)
        assert found.pictures == len(values)
        kept = values[np.isfinite(values)]
        assert found.unfinished == values.size - kept.size
        if not kept.size:
            continue
        assert found.values == kept.size
        assert found.mean == pytest.approx(kept.mean(), rel=1e-9, abs=1e-9 * np.abs(kept).max())
        assert found.deviation == pytest.approx(kept.std(), rel=1e-5, abs=1e-6 * np.abs(kept).max())
        assert found.range == (kept.min(), kept.max())
        assert found.zero_share == pytest.approx((kept == 0).mean())
        by_channel = np.moveaxis(values, 1, 0).reshape(values.shape[1], -1)
        assert found.dead == [n for n, channel in enumerate(by_channel) if (channel == 0).all() and channel.size > 9]


@settings(max_examples=30)
@given(st.integers(0, 2**16), st.sampled_from(FUNCTIONS))
def test_two_runs_joined_are_one_run_on_both(seed, function):
    values = np.random.default_rng(seed).normal(0, 4, (4, 3, 5, 4))
    whole = tally(activated(function, values), "act")
    parts = [tally(activated(function, part), "act") for part in (values[:1], values[1:])]
    found = parts[0].joined(parts[1])
    assert found.pictures == 4
    assert found.mean == pytest.approx(whole.mean) and found.deviation == pytest.approx(whole.deviation)
    assert found.range == whole.range and found.dead == whole.dead and found.saturated == whole.saturated
    assert found.flat_share == pytest.approx(whole.flat_share)


SLOPES = {
    "relu": lambda x: (x > 0).astype(float),
    "sigmoid": lambda x: np.exp(-np.abs(x)) / (1 + np.exp(-np.abs(x))) ** 2,
    "tanh": lambda x: 1 - np.tanh(x) ** 2,
    "softplus": lambda x: 1 / (1 + np.exp(-x)),
    "leaky_relu": lambda x: np.where(x > 0, 1, 0.01),
}
STEEPEST = {"sigmoid": 0.25}


@pytest.mark.parametrize("function", SLOPES)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_flat_is_where_the_slope_is_a_hundredth_of_the_steepest(function, dtype):
    values = np.random.default_rng(1).normal(0, 5, (2, 3, 20, 20))
    params = {"slope": 0.05} if function == "leaky_relu" else {}
    slopes = SLOPES[function](values) if function != "leaky_relu" else np.where(values > 0, 1, 0.05)
    expected = slopes < 0.01 * STEEPEST.get(function, 1.0)
    assert tally(activated(function, values, dtype, **params), "act").flat_share == pytest.approx(
        expected.mean(), abs=2e-3
    )


def test_a_map_that_is_off_is_dead_and_one_at_the_ends_is_saturated():
    values = np.random.default_rng(2).normal(0, 1, (1, 4, 6, 6))
    values[:, 1] = -np.abs(values[:, 1]) - 0.1
    values[:, 2] = 9 * np.sign(values[:, 2])
    off = tally(activated("relu", values), "act")
    assert (off.dead, off.saturated) == ([1], [])
    ends = tally(activated("tanh", values), "act")
    assert (ends.dead, ends.saturated) == ([], [2])
    assert ends.range == (pytest.approx(-1), pytest.approx(1))


def test_what_is_no_activation_has_no_flat_part():
    values = np.zeros((1, 2, 4, 4), np.float32)
    design = chain(block("pool", "max_pool", pool_size=2), size=(2, 4, 4))
    found = tally(cb.Network(design).forward(values, keep="all"), "pool")
    assert found.joined(found).joined(found).dead == [0, 1]  # twelve zeros each; four were too few
    assert found.flat_share is None and found.saturated == [] and found.dead == []


def test_values_that_are_no_numbers_are_counted_apart():
    values = np.array([[[[np.nan, 1.0, np.inf, 3.0]]]])
    found = tally(activated("clip", values, low=-1e30, high=1e38), "act")
    assert found.unfinished >= 1 and found.range[0] == 1.0
    nothing = tally(activated("relu", np.full((1, 1, 2, 2), np.nan)), "act")
    assert nothing.unfinished == 4 and np.isnan(nothing.mean) and nothing.dead == [] and nothing.zero_share == 0
