"""The plain float64 loops against the operations' own index maps, and against numeric derivatives."""

import math
from itertools import product as every

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnbuilder import kernels
from cnnbuilder.operations import (
    Correlate,
    Gather,
    LocalNormalise,
    Map,
    Merge,
    Normalise,
    Operation,
    Product,
    Rectify,
    Reduce,
    Softmax,
    Transposed,
    Untied,
)
from cnnbuilder.operations.base import Index
from tests.kernels.drawing import (
    correlations,
    gatherings,
    local_normalisations,
    merges,
    normalisations,
    operations,
    products,
    rectifications,
    reductions,
    softmaxes,
    transpositions,
    untied,
)
from tests.kernels.running import Array, Data, backward, draw_data, forward

pytestmark = pytest.mark.usefixtures("kernels")
seeds = st.integers(0, 2**32 - 1)


def from_reads(operation: Operation, data: Data, sample: int, index: Index) -> float:
    """One output, from what the index map says it reads."""
    weights = dict(zip(operation.weight_names, data.weights, strict=True))
    reads = list(operation.reads(index))
    values = [float(data.inputs[read.input][(sample, *read.index)]) for read in reads]
    if isinstance(operation, Untied):
        total = math.fsum(
            value * weights["weight"][read.weight_index] for value, read in zip(values, reads, strict=True)
        )
        i, j, k = index
        down, across = operation.tiles or operation.output_shape[1:]
        place = (i,) if operation.bias == "channel" else (i, j % down, k % across)
        return total + float(weights["bias"][place]) if "bias" in weights else total
    if isinstance(operation, Correlate | Product | Transposed):
        total = 0.0
        if "bias" in weights:
            each = weights["bias"].shape == operation.output_shape
            total = float(weights["bias"][index if each else index[0]])
        total += math.fsum(
            value * weights["weight"][read.weight_index] for value, read in zip(values, reads, strict=True)
        )
        return max(total, 0.0) if isinstance(operation, Correlate) and operation.epilogue else total
    if isinstance(operation, Reduce):
        return max(values) if operation.function == "max" else math.fsum(values) / operation.divisor(index)
    if isinstance(operation, Gather):
        return math.fsum(value * read.factor for value, read in zip(values, reads, strict=True))
    if isinstance(operation, Merge):
        return math.prod(values) if operation.function == "multiply" else math.fsum(values)
    if isinstance(operation, Softmax):
        own = float(data.inputs[0][(sample, *index)])
        return math.exp(own) / math.fsum(math.exp(value) for value in values)
    if isinstance(operation, Rectify):
        return max(values[0], 0.0) + float(weights["weight"][index[0]]) * min(values[0], 0.0)
    if isinstance(operation, LocalNormalise):
        own = float(data.inputs[0][(sample, *index)])
        mean = math.fsum(value * value for value in values) / operation.size
        return own / (operation.k + operation.alpha * mean) ** operation.beta
    assert isinstance(operation, Normalise)
    c, own = index[0], values[0]
    mean, variance = weights["running_mean"][c], weights["running_var"][c]
    if operation.training:
        channel = data.inputs[0][:, c]
        mean, variance = channel.mean(), channel.var()
    return float((own - mean) / math.sqrt(variance + operation.epsilon) * weights["weight"][c] + weights["bias"][c])


linear = st.one_of(correlations(6), transpositions(6), untied(6), products)
placed = st.one_of(reductions(), gatherings)


@settings(max_examples=2 * settings().max_examples)
@given(
    st.one_of(linear, linear, placed, merges(), rectifications, softmaxes, normalisations, local_normalisations),
    st.integers(1, 2),
    seeds,
)
def test_forward_is_the_index_map(operation: Operation, batch: int, seed: int) -> None:
    data = draw_data(operation, batch, seed)
    output, _ = forward(operation, data, "float64")
    places = list(every(range(batch), *map(range, operation.output_shape)))
    chosen = np.random.default_rng(seed).permutation(len(places))[:40]
    for place in (places[number] for number in chosen):
        expected = from_reads(operation, data, place[0], place[1:])
        assert output[place] == pytest.approx(expected, rel=1e-9, abs=1e-9)


def derivative(operation: Operation, data: Data, array: Array, place: tuple[int, ...]) -> tuple[float, float]:
    """dJ/d(one value), J = Σ output · gradient, by a central difference; and how far two step widths differ."""

    def objective(change: float) -> float:
        before = array[place]
        array[place] = before + change
        output, _ = forward(operation, data, "float64")
        array[place] = before
        return float((output * data.gradient).sum())

    wide, narrow = ((objective(step) - objective(-step)) / (2 * step) for step in (1e-5, 5e-6))
    return narrow, abs(wide - narrow)


@settings(max_examples=3 * settings().max_examples)
@given(operations(), st.integers(1, 2), seeds, st.data())
def test_backward_is_the_derivative(operation: Operation, batch: int, seed: int, drawn: st.DataObject) -> None:
    data = draw_data(operation, batch, seed)
    output, saved = forward(operation, data, "float64")
    trained = [
        array for name, array in zip(operation.weight_names, data.weights, strict=True) if name in operation.trained
    ]
    for role, arrays in (("to_input", data.inputs), ("to_weights", trained)):
        if not kernels.has(operation, role):
            continue
        gradients = backward(operation, role, data, output, saved, "float64", only_needed=True)
        for array, gradient in zip(arrays, gradients, strict=True):
            flat = drawn.draw(st.integers(0, array.size - 1))
            place = tuple(int(i) for i in np.unravel_index(flat, array.shape))
            expected, doubt = derivative(operation, data, array, place)
            if doubt < 1e-6:  # else there is a corner within the step
                assert gradient[place] == pytest.approx(expected, rel=1e-4, abs=1e-5)


@given(correlations(6), seeds)
def test_unlisted_connections_have_gradient_zero(operation: Correlate, seed: int) -> None:
    listed = operation.connections or tuple(() for _ in range(operation.filters))
    operation = operation.with_(connections=listed, channels=operation.channels // operation.groups, groups=1)
    data = draw_data(operation, 1, seed)
    data.weights[0][...] = np.nan  # what is not listed is not read either
    for i, channels in enumerate(listed):
        data.weights[0][i, list(channels)] = 1.0
    for dtype in ("float32", "float64"):
        output, saved = forward(operation, data, dtype)
        assert not np.isnan(output).any()
        gradient = backward(operation, "to_weights", data, output, saved, dtype)[0]
        assert not np.isnan(backward(operation, "to_input", data, output, saved, dtype)[0]).any()
        for i, channels in enumerate(listed):
            assert not gradient[i, [c for c in range(operation.channels) if c not in channels]].any()


def test_maps_are_their_formulas() -> None:
    x = np.linspace(-9, 9, 181)[None]
    sigmoid = 1 / (1 + np.exp(-x))
    erf = np.vectorize(math.erf)
    scale, alpha = 1.0507009873554804934193349852946, 1.6732632423543772848170429916717
    expected = {
        "relu": np.maximum(x, 0),
        "leaky_relu": np.where(x > 0, x, 0.3 * x),
        "elu": np.where(x > 0, x, 0.3 * np.expm1(x)),
        "selu": scale * np.where(x > 0, x, alpha * np.expm1(x)),
        "gelu": x * (1 + erf(x / math.sqrt(2))) / 2,
        "silu": x * sigmoid,
        "hard_swish": x * np.clip(x / 6 + 0.5, 0, 1),
        "hard_sigmoid": np.clip(x / 6 + 0.5, 0, 1),
        "sigmoid": sigmoid,
        "tanh": np.tanh(x),
        "softplus": np.log1p(np.exp(x)),
        "clip": np.clip(x, 0.3, 2.0),
    }
    for function, wanted in expected.items():
        operation = Map(function, (181,), 0.3, 2.0)
        data = Data([x], [], np.ones_like(x))
        np.testing.assert_allclose(forward(operation, data, "float64")[0], wanted, rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(forward(operation, data, "float32")[0], wanted, rtol=2e-6, atol=2e-6)


def test_normalise_saves_what_backward_and_training_need() -> None:
    operation = Normalise((3, 2, 2), 1e-5, 0.1, True)
    data = draw_data(operation, 2, 0)
    _, saved = forward(operation, data, "float64")
    x = data.inputs[0].transpose(1, 0, 2, 3).reshape(3, -1)
    mean, variance = x.mean(1), x.var(1)
    found = saved.reshape(4, 3)
    np.testing.assert_allclose(found[0], mean)
    np.testing.assert_allclose(found[1], 1 / np.sqrt(variance + 1e-5))
    np.testing.assert_allclose(found[2], 0.9 * data.weights[2] + 0.1 * mean)
    np.testing.assert_allclose(found[3], 0.9 * data.weights[3] + 0.1 * x.var(1, ddof=1))


def test_normalise_of_a_single_value_divides_by_one() -> None:
    operation = Normalise((3,), 1e-5, 0.1, True)
    data = draw_data(operation, 1, 0)
    output, saved = forward(operation, data, "float32")
    np.testing.assert_allclose(output[0], data.weights[1], rtol=1e-6)
    np.testing.assert_allclose(saved[9:], 0.9 * data.weights[3], rtol=1e-6)
