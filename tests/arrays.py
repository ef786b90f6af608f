"""Arrays for tests, and how they are compared."""

from collections.abc import Mapping

import numpy as np
from numpy.testing import assert_allclose


def distinct(shape, seed=0, batch=None):
    """Different values in random order, at least 0.04 from each other and 0.003 from every multiple of 1/4.

    So no two of them tie, and none lies at a kink of a function whose parameters are multiples of 1/4.
    """
    full = shape if batch is None else (batch, *shape)
    count = int(np.prod(full))
    order = np.random.default_rng(seed).permutation(count)
    return ((order - count // 2) * 0.04 + 0.023).reshape(full)


def some_weights(inference, block="it", seed=0):
    """An array for every weight of a layer, near what it begins with, so that variances stay positive."""
    generator = np.random.default_rng([seed, 1])
    found = {}
    for name, weight in inference.weights:
        spread = generator.uniform(-0.5, 0.5, weight.shape)
        found[f"{block}.{name}"] = spread if weight.fan_in else weight.value + spread
    return found


def assert_close(found, wanted, tolerance, what=""):
    """`found` is within `tolerance` of `wanted`, relative to its largest value (or 1); NaN equals NaN."""
    found, wanted = np.asarray(found), np.asarray(wanted)
    assert found.shape == wanted.shape, f"{what}: shape {found.shape}, not {wanted.shape}"
    finite = np.abs(wanted[np.isfinite(wanted)])
    scale = max(1.0, float(finite.max(initial=0.0)))
    assert_allclose(found, wanted, rtol=0, atol=tolerance * scale, equal_nan=True, err_msg=str(what))


def assert_all_close(found, wanted: Mapping, tolerance):
    """`assert_close` for every name of `wanted`."""
    for name, array in wanted.items():
        assert_close(found[name], array, tolerance, name)
