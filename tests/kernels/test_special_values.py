"""NaN, infinity, ties and corners."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnbuilder import kernels
from cnnbuilder.design.window import Axis
from cnnbuilder.operations import (
    FUNCTIONS,
    Correlate,
    LocalNormalise,
    Map,
    Operation,
    Product,
    Reduce,
    Softmax,
    Transposed,
)
from cnnbuilder.operations.reduce import Each
from tests.kernels.drawing import correlations, transpositions, untied
from tests.kernels.running import Array, Data, backward, draw_data, forward

pytestmark = pytest.mark.usefixtures("kernels")
both = pytest.mark.parametrize("dtype", ["float32", "float64"])


def apply(function: str, x: list[float], dtype: str, a: float = 0.0, b: float = 0.0) -> tuple[Array, Array]:
    """A function and its derivative at some points."""
    operation = Map(function, (len(x),), a, b)
    data = Data([np.array([x])], [], np.ones((1, len(x))))
    output, saved = forward(operation, data, dtype)
    return output[0], backward(operation, "to_input", data, output, saved, dtype)[0][0]


@both
def test_corners(dtype: str) -> None:
    assert apply("relu", [0.0, -0.0, 1.0], dtype)[1].tolist() == [0, 0, 1]
    assert apply("clip", [-0.5, 0.0, 3.0, 6.0, 6.5], dtype, 0, 6)[1].tolist() == [0, 1, 1, 1, 0]
    assert apply("hard_sigmoid", [-3.0, 3.0, -4.0], dtype)[0].tolist() == [0, 1, 0]
    assert apply("hard_sigmoid", [-3.0, 3.0], dtype)[1].tolist() == [0, 0]


@both
@pytest.mark.parametrize("function", FUNCTIONS)
def test_large_values_stay_finite_and_nan_stays_nan(function: str, dtype: str) -> None:
    output, derivative = apply(function, [1e4, -1e4, 88.0, -88.0, 710.0, -710.0], dtype, 0.5, 6.0)
    assert np.isfinite(output).all() and np.isfinite(derivative).all()
    assert np.isnan(apply(function, [1.0, math.nan], dtype, 0.5, 6.0)[0]).tolist() == [False, True]


@both
@pytest.mark.parametrize("function", ["elu", "selu", "gelu", "silu", "sigmoid", "tanh", "softplus"])
def test_the_derivative_at_nan_is_nan_as_in_pytorch(function: str, dtype: str) -> None:
    assert np.isnan(apply(function, [math.nan], dtype, 1.0)[1]).all()


@both
def test_the_first_of_equal_largest_has_the_gradient(dtype: str) -> None:
    operation = Reduce("max", (1, 2, 4), Each(1), ((0, 2, 2),), ((0, 2, 2), (1, 4, 3)))
    data = Data([np.array([[[[1.0, 2.0, 2.0, 0.0], [2.0, 1.0, 2.0, 2.0]]]])], [], np.array([[[[1.0, 10.0]]]]))
    output, saved = forward(operation, data, dtype)
    gradient = backward(operation, "to_input", data, output, saved, dtype)[0]
    assert output.ravel().tolist() == [2, 2]
    assert gradient[0, 0].tolist() == [[0, 11, 0, 0], [0, 0, 0, 0]]


@both
@pytest.mark.parametrize("place", range(6))
def test_nan_wins_the_maximum(place: int, dtype: str) -> None:
    operation = Reduce("max", (1, 2, 3), Each(1), ((0, 2, 2),), ((0, 3, 3),))
    x = np.arange(6.0).reshape(1, 1, 2, 3)
    x.flat[place] = math.nan
    data = Data([x], [], np.ones((1, 1, 1, 1)))
    output, saved = forward(operation, data, dtype)
    assert np.isnan(output).all()
    gradient = backward(operation, "to_input", data, output, saved, dtype)[0]
    assert gradient.ravel().tolist() == [float(i == place) for i in range(6)]


@both
def test_the_maximum_of_minus_infinities(dtype: str) -> None:
    operation = Reduce("max", (1, 1, 2), Each(1), Each(1), ((0, 2, 2),))
    data = Data([np.full((1, 1, 1, 2), -math.inf)], [], np.ones((1, 1, 1, 1)))
    output, saved = forward(operation, data, dtype)
    assert output.item() == -math.inf
    assert backward(operation, "to_input", data, output, saved, dtype)[0].ravel().tolist() == [1, 0]


@both
def test_softmax_is_stable_and_nan_reaches_every_output(dtype: str) -> None:
    operation = Softmax((3, 2, 1))
    x = np.array([1e4, 0.0, -1e4, math.nan, 0.0, 0.0]).reshape(1, 3, 2, 1)
    output, _ = forward(operation, Data([x], [], x), dtype)
    assert output[0, :, 0, 0].tolist() == [1, 0, 0]
    assert np.isnan(output[0, :, 1, 0]).all()


def same_as_plain(operation: Operation, data: Data) -> None:
    """Finite where the plain loops are, NaN and infinite where they are."""
    output, saved = forward(operation, data, "float64")
    pairs = [(forward(operation, data, "float32", 3)[0], output)]
    for role in ("to_input", "to_weights"):
        plain = backward(operation, role, data, output, saved, "float64")
        pairs += zip(backward(operation, role, data, output, saved, "float32", 3), plain, strict=True)
    for fast, plain_ in pairs:
        np.testing.assert_array_equal(np.isnan(fast), np.isnan(plain_))
        np.testing.assert_array_equal(np.isinf(fast), np.isinf(plain_))


@given(
    st.one_of(correlations(8), transpositions(8), untied(8)),
    st.integers(0, 2**32 - 1),
    st.sampled_from([math.nan, math.inf, -math.inf]),
)
def test_what_is_not_finite_reaches_only_what_reads_it(operation: Operation, seed: int, value: float) -> None:
    rng = np.random.default_rng(seed)
    for number in range(3):
        data = draw_data(operation, 2, seed)
        array = [data.inputs[0], data.weights[0], data.gradient][number]
        array.flat[rng.integers(array.size)] = value
        same_as_plain(operation, data)


@both
def test_what_is_added_to_stays_where_padding_lies_under_an_infinite_weight(dtype: str) -> None:
    axis = Axis(5, 3, before=1, after=1)
    operation = Transposed(Correlate(4, 16, axis, axis, bias="none"))
    data = draw_data(operation, 1, 0)
    data.weights[0][3, 2, 0, 0] = math.inf
    output, saved = forward(operation, data, dtype)
    plain = backward(operation, "to_input", data, output, saved, dtype)[0]
    start = np.full_like(plain, 7)
    found = backward(operation, "to_input", data, output, saved, dtype, 3, [start], 1)[0]
    assert np.isfinite(found[0, 3, 0]).all() and np.isinf(found[0, 3, 1:, 1:]).all()
    np.testing.assert_allclose(found, plain + 7, rtol=1e-5, atol=1e-5)


def test_an_infinite_weight_over_padding_is_not_read() -> None:
    axis = Axis(5, 3, before=1, after=1)
    operation = Correlate(4, 16, axis, axis)
    data = draw_data(operation, 1, 0)
    data.weights[0][3, 2, 0, 0] = math.inf
    output, _ = forward(operation, data, "float32")
    assert np.isfinite(output[0, 3, 0]).all() and np.isfinite(output[0, 3, :, 0]).all()
    assert np.isinf(output[0, 3, 1:, 1:]).all()


@given(st.integers(1, 70), st.integers(1, 20), st.sampled_from([1, 2, 20]), st.integers(0, 2**32 - 1))
def test_dense_keeps_nan_where_it_belongs(features: int, units: int, batch: int, seed: int) -> None:
    operation = Product(features, units)
    rng = np.random.default_rng(seed)
    data = draw_data(operation, batch, seed)
    data.inputs[0].flat[rng.integers(data.inputs[0].size)] = math.nan
    data.weights[0].flat[rng.integers(data.weights[0].size)] = math.inf
    same_as_plain(operation, data)


@both
@pytest.mark.parametrize("size", [1, 2, 3, 4, 7])
def test_nan_reaches_the_channels_around_it(size: int, dtype: str) -> None:
    operation = LocalNormalise((6, 1, 2), size, 0.5, 0.75, 1.0)
    data = draw_data(operation, 1, 0)
    data.inputs[0][0, 3, 0, 1] = math.nan
    found = np.isnan(forward(operation, data, dtype)[0][0, :, 0])
    # With an even size one channel more before than after is read: so it reaches one more after than before.
    reached = [3 - (size - 1) // 2 <= channel <= 3 + size // 2 for channel in range(6)]
    assert found[:, 1].tolist() == reached and not found[:, 0].any()


@both
def test_large_values_are_normalised_to_nearly_nothing(dtype: str) -> None:
    operation = LocalNormalise((2, 1, 1), 5, 1e-4, 0.75, 1.0)
    data = Data([np.array([1e18, 0.0]).reshape(1, 2, 1, 1)], [], np.ones((1, 2, 1, 1)))
    output, saved = forward(operation, data, dtype)
    np.testing.assert_allclose(output.ravel(), [1e18 / (1 + 2e-5 * 1e36) ** 0.75, 0], rtol=1e-5)
    assert np.isfinite(backward(operation, "to_input", data, output, saved, dtype)[0]).all()


@both
def test_the_power_of_nothing_is_one_whatever_the_neighbours_hold(dtype: str) -> None:
    operation = LocalNormalise((3, 1, 1), 3, 1.0, 0.0, 1.0)
    data = Data([np.array([math.nan, 2.0, 1e30]).reshape(1, 3, 1, 1)], [], np.ones((1, 3, 1, 1)))
    output, saved = forward(operation, data, dtype)
    np.testing.assert_array_equal(output.ravel(), np.array([math.nan, 2.0, 1e30], dtype))
    gradient = backward(operation, "to_input", data, output, saved, dtype)[0].ravel()
    np.testing.assert_array_equal(gradient[1:], [1.0, 1.0])


def test_what_has_no_kernel() -> None:
    from cnnbuilder.operations import View

    view, relu = View((1, 2, 2), (4,)), Map("relu", (3,))
    assert not any(kernels.has(view, role) for role in ("forward", "to_input", "to_weights"))
    assert kernels.needs(view, "forward", "float32") == ()
    assert kernels.has(relu, "to_input") and not kernels.has(relu, "to_weights")
    assert kernels.needs(relu, "to_input", "float32") == ("y", "gx", "gy")
    with pytest.raises(ValueError, match="View"):
        kernels.step(view, "forward", 1, "float32")
    with pytest.raises(ValueError, match="float16"):
        kernels.step(relu, "forward", 1, "float16")
    with pytest.raises(ValueError, match="sideways"):
        kernels.has(relu, "sideways")
