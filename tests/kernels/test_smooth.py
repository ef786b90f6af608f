"""The polynomials of float32 against float64: of exp and its kin, through the functions of one value made of them."""

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from cnnbuilder.operations import Map
from tests.kernels.running import Data, forward

pytestmark = pytest.mark.usefixtures("kernels")


def _values() -> NDArray[np.float32]:
    """All sizes and both signs, some close together where the polynomials change."""
    sizes = np.concatenate([np.logspace(-30, 2, 40_000), np.linspace(0, 12, 60_000), np.linspace(0.92, 0.94, 4_000)])
    return np.concatenate([sizes, -sizes, [0.0, -0.0]]).astype(np.float32)


def _run(function: str, x: NDArray[np.float32], a: float = 0.0) -> NDArray[np.float64]:
    operation = Map(function, (1, 1, x.size), a)
    data = Data([x.reshape(1, 1, 1, -1)], [], x)
    return forward(operation, data, "float32")[0].astype(np.float64).ravel()


def _sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x)) if x > -700 else 0.0


EXACT = {
    "sigmoid": _sigmoid,
    "tanh": math.tanh,
    "elu": lambda x: x if x > 0 else math.expm1(x),
    "silu": lambda x: x * _sigmoid(x),
    "softplus": lambda x: max(x, 0) + math.log1p(math.exp(-abs(x))),
    # 1 + erf loses its digits on the left, as the formula in float32 must.
    "gelu": lambda x: x * 0.5 * (1 + math.erf(x * math.sqrt(0.5))),
}


@pytest.mark.parametrize("function", sorted(EXACT))
def test_a_function_is_that_of_float64_to_the_last_bits(function: str) -> None:
    x = _values()
    found, exact = _run(function, x, 1.0), np.array([EXACT[function](float(v)) for v in x])
    smallest = float(np.finfo(np.float32).tiny)
    size = np.abs(x).astype(np.float64) if function == "gelu" else np.abs(exact)
    if function == "silu":  # x times a factor, whose digits end where float32's do
        smallest *= 100
    error = np.abs(found - exact) / np.maximum(size, smallest)
    assert error.max() < (6e-7 if function == "silu" else 4e-7), (float(x[error.argmax()]), error.max())


@pytest.mark.parametrize("function", sorted(EXACT))
def test_infinities_and_nan(function: str) -> None:
    low, high, nothing = _run(function, np.array([-np.inf, np.inf, np.nan], np.float32), 1.0)
    assert math.isnan(nothing)
    assert high == (1.0 if function in ("sigmoid", "tanh") else np.inf)
    expected = {"sigmoid": 0.0, "tanh": -1.0, "elu": -1.0, "softplus": 0.0}
    if function in expected:
        assert low == expected[function]
