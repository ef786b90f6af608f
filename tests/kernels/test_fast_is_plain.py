"""The fast float32 kernels against the plain float64 loops: every field of every operation, any number of parts."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnbuilder import kernels
from cnnbuilder.design.window import Axis
from cnnbuilder.operations import Correlate, Map, Normalise, Operation, Product, Reduce, Untied
from cnnbuilder.operations.reduce import Each, Windows
from tests.kernels.drawing import correlations, operations, products, untied
from tests.kernels.running import Array, backward, draw_data, forward, run_all

pytestmark = pytest.mark.usefixtures("kernels")
seeds = st.integers(0, 2**32 - 1)


def assert_close(fast: Array, plain: Array, tolerance: float = 3e-5) -> None:
    """Equal to float32's accuracy, measured by the largest value: single sums may cancel."""
    assert fast.shape == plain.shape
    scale = max(1.0, float(np.abs(plain).max(initial=0)))
    np.testing.assert_allclose(fast / scale, plain / scale, rtol=0, atol=tolerance)


def compare(operation: Operation, batch: int, parts: int, seed: int) -> None:
    data = draw_data(operation, batch, seed)
    if isinstance(operation, Normalise) and operation.training and batch * np.prod(operation.shape[1:]) < 4:
        batch = 4  # the variance of two values or three can be as small as it likes
        data = draw_data(operation, batch, seed)
    output, saved = forward(operation, data, "float64")
    assert_close(forward(operation, data, "float32", parts)[0], output, 1e-4)
    for role in ("to_input", "to_weights"):
        if kernels.has(operation, role):
            plain = backward(operation, role, data, output, saved, "float64")
            # The plain output for both, so that a rounding at a corner (relu) is not a difference.
            fast = backward(operation, role, data, output, saved, "float32", parts)
            for f, p in zip(fast, plain, strict=True):
                assert_close(f, p, 1e-4)


@settings(max_examples=6 * settings().max_examples)
@given(operations(), st.integers(1, 3), st.integers(1, 5), seeds)
def test_any_operation(operation: Operation, batch: int, parts: int, seed: int) -> None:
    compare(operation, batch, parts, seed)


@settings(max_examples=4 * settings().max_examples)
@given(correlations(24), st.integers(1, 3), st.integers(1, 7), seeds)
def test_convolution(operation: Correlate, batch: int, parts: int, seed: int) -> None:
    compare(operation, batch, parts, seed)


@settings(max_examples=4 * settings().max_examples)
@given(untied(16), st.integers(1, 5), st.integers(1, 7), seeds)
def test_untied_weights(operation: Untied, batch: int, parts: int, seed: int) -> None:
    compare(operation, batch, parts, seed)


@given(products, st.sampled_from([1, 2, 16, 17, 50]), st.integers(1, 7), seeds)
def test_dense(operation: Product, batch: int, parts: int, seed: int) -> None:
    compare(operation, batch, parts, seed)


@pytest.mark.parametrize("size", [7, 14, 28, 61])
@pytest.mark.parametrize("channels, filters", [(3, 64), (40, 20), (64, 9)])
def test_larger_convolutions(size: int, channels: int, filters: int) -> None:
    axis = Axis(size, 3, 1, 1, 1, 1)
    compare(Correlate(channels, filters, axis, axis), 1, 3, size)


@pytest.mark.parametrize("tiles", [None, (1, 1), (2, 3), (70, 1)])
@pytest.mark.parametrize(
    "size, channels, filters, groups, batch", [(61, 3, 18, 1, 2), (14, 40, 20, 2, 3), (9, 70, 5, 1, 30)]
)
def test_larger_windows_of_untied_weights(
    size: int, channels: int, filters: int, groups: int, batch: int, tiles: tuple[int, int] | None
) -> None:
    axis = Axis(size, 3, 1, 1, 1, 1)
    compare(Untied(channels, filters, axis, axis, groups, tiles), batch, 3, size)


def test_pointwise_and_strided() -> None:
    one, two = Axis(15, 1), Axis(15, 1, 2)
    compare(Correlate(20, 33, one, one), 2, 4, 0)
    compare(Correlate(20, 33, two, two), 2, 4, 0)


@given(operations(), st.integers(1, 3), st.integers(2, 7), seeds)
def test_parts_change_no_bit(operation: Operation, batch: int, parts: int, seed: int) -> None:
    data = draw_data(operation, batch, seed)
    for dtype in ("float32", "float64"):
        alone, shared = run_all(operation, data, dtype), run_all(operation, data, dtype, parts)
        found = ([run.output, *run.inputs, *run.weights] for run in (alone, shared))
        for one, many in zip(*found, strict=True):
            np.testing.assert_array_equal(one, many)


@given(operations(), st.integers(2, 4), seeds)
def test_a_batch_is_its_samples_one_by_one(operation: Operation, batch: int, seed: int) -> None:
    if isinstance(operation, Normalise):
        operation = operation.with_(training=False)
    data = draw_data(operation, batch, seed)
    whole = run_all(operation, data, "float32")
    single = [run_all(operation, data.sample(number), "float32") for number in range(batch)]
    assert_close(whole.output, np.concatenate([one.output for one in single]))
    for number, gradient in enumerate(whole.inputs):
        assert_close(gradient, np.concatenate([one.inputs[number] for one in single]))
    for number, gradient in enumerate(whole.weights):
        assert_close(gradient, np.sum([one.weights[number] for one in single], axis=0))


@given(operations(), st.integers(1, 2), seeds, st.data())
def test_accumulate_adds_to_what_is_there(operation: Operation, batch: int, seed: int, data_: st.DataObject) -> None:
    data = draw_data(operation, batch, seed)
    bits = data_.draw(st.integers(0, 2 ** len(data.inputs) - 1))
    rng = np.random.default_rng(seed)
    for dtype in ("float32", "float64"):
        output, saved = forward(operation, data, dtype)
        plain = backward(operation, "to_input", data, output, saved, dtype)
        start = [rng.standard_normal(x.shape).astype(dtype) for x in data.inputs]
        before = [array.copy() for array in start]
        backward(operation, "to_input", data, output, saved, dtype, 3, start, bits)
        for number, (found, old, gradient) in enumerate(zip(start, before, plain, strict=True)):
            assert_close(found, gradient + old if bits >> number & 1 else gradient)


def test_the_same_buffer_twice_receives_both() -> None:
    from cnnbuilder.operations import Merge

    operation = Merge("add", ((2, 3, 3), (2, 3, 3)))
    data = draw_data(operation, 1, 0)
    shared = np.full_like(data.inputs[0], np.nan, dtype=np.float32)
    nothing = np.empty(0)
    backward(operation, "to_input", data, data.gradient, nothing, "float32", start=[shared, shared], accumulate=0b10)
    np.testing.assert_allclose(shared, 2 * data.gradient, rtol=1e-6)


@pytest.mark.parametrize("bias_only", [True, False])
@pytest.mark.parametrize("groups", [1, 8])
def test_gradients_that_are_not_wanted_are_left_out(bias_only: bool, groups: int) -> None:
    axis = Axis(6, 3, before=1, after=1)
    for operation in (Correlate(8, 8, axis, axis, groups), Product(9, 5)):
        data = draw_data(operation, 2, 1)
        for dtype in ("float32", "float64"):
            full = run_all(operation, data, dtype)
            step = kernels.step(operation, "to_weights", 2, dtype)
            x, gradient = (np.ascontiguousarray(a, dtype) for a in (data.inputs[0], data.gradient))
            found = np.full_like(full.weights[bias_only], np.nan)
            frame = np.zeros(step.frame, np.int64)
            frame[0], frame[-1], frame[6 + bias_only] = x.ctypes.data, gradient.ctypes.data, found.ctypes.data
            kernels.Program([step]).run(frame, np.zeros(1, np.int64))
            np.testing.assert_array_equal(found, full.weights[bias_only])


def test_only_relu_can_be_an_epilogue() -> None:
    axis = Axis(3, 1)
    with pytest.raises(ValueError, match="gelu"):
        kernels.step(Correlate(1, 1, axis, axis, epilogue=Map("gelu", (1, 3, 3))), "forward", 1, "float32")


@pytest.mark.parametrize("features", [2048, 2055])
def test_gradients_of_dense_weights_that_no_cache_holds(features: int) -> None:
    units = 2055
    data = draw_data(Product(features, units, True), 1, 5)
    operation = Product(features, units, True)
    empty = np.zeros(0)
    weight, bias = backward(operation, "to_weights", data, data.gradient, empty, "float32", 3)
    assert_close(weight, data.gradient.reshape(-1, 1) * data.inputs[0].reshape(1, -1))
    assert_close(bias, data.gradient.ravel())


@given(st.integers(1, 40), st.integers(1, 40), st.integers(1, 3), st.integers(1, 3), seeds)
def test_the_largest_of_pairs_with_equal_values_and_nan(
    height: int, width: int, channels: int, parts: int, seed: int
) -> None:
    height, width = height + 1, width + 1
    rows, columns = (Windows(Axis(size, 2, 2, 1, 0, 0)) for size in (height, width))
    operation = Reduce("max", (channels, height, width), Each(channels), rows, columns)
    data = draw_data(operation, 2, seed)
    rng = np.random.default_rng(seed)
    x = rng.integers(0, 3, data.inputs[0].shape).astype(np.float64)
    x[rng.random(x.shape) < 0.1] = np.nan
    data.inputs[0] = x
    output, saved = forward(operation, data, "float64")
    np.testing.assert_array_equal(forward(operation, data, "float32", parts)[0], output)
    plain = backward(operation, "to_input", data, output, saved, "float64")
    fast = backward(operation, "to_input", data, output, saved, "float32", parts)
    np.testing.assert_allclose(fast[0], plain[0], rtol=1e-6)
