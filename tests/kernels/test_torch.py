"""The plain loops against PyTorch, where it is installed."""

import numpy as np
import pytest

from cnnbuilder.design.window import Axis
from cnnbuilder.operations import (
    FUNCTIONS,
    Correlate,
    LocalNormalise,
    Map,
    Normalise,
    Operation,
    Rectify,
    Softmax,
    Transposed,
)
from tests.kernels.running import Array, Data, backward, draw_data, forward

torch = pytest.importorskip("torch")
pytestmark = [pytest.mark.usefixtures("kernels"), pytest.mark.oracle]
F = torch.nn.functional

MODULES = {
    "relu": F.relu,
    "leaky_relu": lambda x: F.leaky_relu(x, 0.3),
    "elu": lambda x: F.elu(x, 0.3),
    "selu": F.selu,
    "gelu": F.gelu,
    "silu": F.silu,
    "hard_swish": F.hardswish,
    "hard_sigmoid": F.hardsigmoid,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "softplus": F.softplus,
    "clip": lambda x: torch.clamp(x, 0.3, 2.0),
}


def both_ways(operation: Operation, data: Data, dtype: str) -> tuple[Array, Array]:
    output, saved = forward(operation, data, dtype)
    return output, backward(operation, "to_input", data, output, saved, dtype)[0]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("function", FUNCTIONS)
def test_functions_and_derivatives(function: str, dtype: str) -> None:
    x = np.concatenate([np.linspace(-40, 40, 401), [-3.0, 3.0, 0.3, 2.0, 0.0, -0.0, np.nan]])[None]
    x = x.astype(dtype).astype(float)
    output, gradient = both_ways(Map(function, x.shape[1:], 0.3, 2.0), Data([x], [], np.ones_like(x)), dtype)
    theirs = torch.from_numpy(x.astype(dtype)).requires_grad_()
    result = MODULES[function](theirs)
    result.sum().backward()
    tolerance = 1e-6 if dtype == "float32" else 1e-9
    np.testing.assert_allclose(output, result.detach().numpy(), rtol=tolerance, atol=tolerance)
    # PyTorch's derivatives at NaN differ among themselves, and its 1/6 has the accuracy of float32.
    np.testing.assert_allclose(gradient[:, :-1], theirs.grad.numpy()[:, :-1], rtol=max(tolerance, 4e-8), atol=tolerance)


@pytest.mark.parametrize("groups, stride, dilation, before", [(1, 1, 1, 1), (2, 2, 1, 0), (4, 1, 2, 2), (1, 3, 2, 4)])
def test_convolution(groups: int, stride: int, dilation: int, before: int) -> None:
    axis = Axis(17, 3, stride, dilation, before, before)
    operation = Correlate(8, 12, axis, axis, groups)
    data = draw_data(operation, 2, 0)
    x, weight, bias = (torch.from_numpy(a).requires_grad_() for a in (*data.inputs, *data.weights))
    result = F.conv2d(x, weight, bias, stride, before, dilation, groups)
    result.backward(torch.from_numpy(data.gradient))
    output, saved = forward(operation, data, "float64")
    np.testing.assert_allclose(output, result.detach().numpy(), rtol=1e-9, atol=1e-9)
    found = backward(operation, "to_input", data, output, saved, "float64")
    found += backward(operation, "to_weights", data, output, saved, "float64")
    for ours, theirs in zip(found, (x, weight, bias), strict=True):
        np.testing.assert_allclose(ours, theirs.grad.numpy(), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize(
    "groups, stride, dilation, before, more",
    [(1, 1, 1, 1, 0), (2, 2, 1, 0, 1), (4, 3, 2, 2, 2), (1, 1, 3, 4, 2), (1, 5, 1, 1, 4)],
)
def test_transposed_convolution(groups: int, stride: int, dilation: int, before: int, more: int) -> None:
    size = 6 * stride - 2 * before + 2 * dilation + 1 + more
    axis = Axis(size, 3, stride, dilation, before, before - more)
    operation = Transposed(Correlate(8, 12, axis, axis, groups, bias="none"))
    data = draw_data(operation, 2, 0)
    x, weight, bias = (torch.from_numpy(a).requires_grad_() for a in (*data.inputs, *data.weights))
    result = F.conv_transpose2d(x, weight, bias, stride, before, more, groups, dilation)
    result.backward(torch.from_numpy(data.gradient))
    for dtype, tolerance in (("float64", 1e-9), ("float32", 1e-4)):
        output, saved = forward(operation, data, dtype)
        np.testing.assert_allclose(output, result.detach().numpy(), rtol=tolerance, atol=tolerance)
        found = backward(operation, "to_input", data, output, saved, dtype)
        found += backward(operation, "to_weights", data, output, saved, dtype)
        for ours, theirs in zip(found, (x, weight, bias), strict=True):
            np.testing.assert_allclose(ours, theirs.grad.numpy(), rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("beta", [0.75, 0.5, 2.0])
@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 8, 40])
def test_local_response_normalisation(size: int, beta: float, dtype: str) -> None:
    operation = LocalNormalise((9, 13, 14), size, 0.7, beta, 1.5)  # more places than are worked on at once
    data = draw_data(operation, 2, size)
    x = torch.from_numpy(data.inputs[0]).requires_grad_()
    result = F.local_response_norm(x, size, 0.7, beta, 1.5)
    result.backward(torch.from_numpy(data.gradient))
    output, gradient = both_ways(operation, data, dtype)
    tolerance = 1e-5 if dtype == "float32" else 1e-12
    np.testing.assert_allclose(output, result.detach().numpy(), rtol=0, atol=tolerance)
    np.testing.assert_allclose(gradient, x.grad.numpy(), rtol=0, atol=tolerance)


def test_softmax_and_normalisation() -> None:
    data = draw_data(Softmax((5, 3, 4)), 2, 0)
    x = torch.from_numpy(data.inputs[0]).requires_grad_()
    result = torch.softmax(x, 1)
    result.backward(torch.from_numpy(data.gradient))
    output, gradient = both_ways(Softmax((5, 3, 4)), data, "float64")
    np.testing.assert_allclose(output, result.detach().numpy(), rtol=1e-9)
    np.testing.assert_allclose(gradient, x.grad.numpy(), rtol=1e-9, atol=1e-12)

    operation = Normalise((5, 3, 4), 1e-5, 0.1, True)
    data = draw_data(operation, 2, 0)
    x, weight, bias, mean, variance = (torch.from_numpy(a.copy()) for a in (*data.inputs, *data.weights))
    for tensor in (x, weight, bias):
        tensor.requires_grad_()
    result = F.batch_norm(x, mean, variance, weight, bias, True, 0.1, 1e-5)
    result.backward(torch.from_numpy(data.gradient))
    output, saved = forward(operation, data, "float64")
    np.testing.assert_allclose(output, result.detach().numpy(), rtol=1e-9)
    np.testing.assert_allclose(saved[10:], np.concatenate([mean.numpy(), variance.numpy()]), rtol=1e-9)
    found = backward(operation, "to_input", data, output, saved, "float64")
    found += backward(operation, "to_weights", data, output, saved, "float64")
    for ours, theirs in zip(found, (x, weight, bias), strict=True):
        np.testing.assert_allclose(ours, theirs.grad.numpy(), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("shape", [(5,), (3, 4, 5)])
def test_learned_slopes(shape: tuple[int, ...]) -> None:
    operation = Rectify(shape)
    data = draw_data(operation, 3, 0)
    data.inputs[0].flat[:2] = 0.0, -0.0
    x, weight = (torch.tensor(a, requires_grad=True) for a in (data.inputs[0], data.weights[0]))
    wanted = F.prelu(x, weight)
    wanted.backward(torch.tensor(data.gradient))
    output, saved = forward(operation, data, "float64")
    np.testing.assert_allclose(output, wanted.detach().numpy(), rtol=1e-12)
    for role, theirs in (("to_input", x.grad), ("to_weights", weight.grad)):
        found = backward(operation, role, data, output, saved, "float64")[0]
        np.testing.assert_allclose(found, theirs.numpy(), rtol=1e-12)
