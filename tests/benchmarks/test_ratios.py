"""The peers of the table of ratios compute what the networks compute, or their times would mean nothing."""

import numpy as np
import pytest

from cnnbuilder import Network
from tests.benchmarks.limit import Limit
from tests.designs import block, chain, sample

peers = pytest.importorskip("tests.benchmarks.peers", reason="needs PyTorch, onnx and onnxruntime")
ratios = pytest.importorskip("tests.benchmarks.ratios", reason="needs PyTorch, onnx and onnxruntime")

pytestmark = [pytest.mark.oracle, pytest.mark.usefixtures("kernels")]


def picture(network, batch=2):
    shape = network.report.shapes[network.inputs[0]]
    return np.random.default_rng(0).standard_normal((batch, *shape)).astype(np.float32)


@pytest.mark.parametrize("name", ["lenet5", "resnet18"])
def test_networks(name):
    network = Network(sample(name))
    x = picture(network)
    ours = network.forward(x)
    expected = ours[network.outputs[0]]
    torch = peers.Torch(network.design, network.weights)
    np.testing.assert_allclose(torch.forward(x), expected, atol=1e-4)
    run = peers.onnx_forward(network.design, network.weights, x.shape, 1)
    np.testing.assert_allclose(run(x), expected, atol=1e-4)
    np.testing.assert_allclose(torch.both(x)[0], ours.backward(target=3).outputs["image"], atol=1e-4)


@pytest.mark.parametrize("kind", ["conv", "locally_connected", "tiled_conv"])
def test_layers(kind):
    network = Network(chain(block("layer", kind, filters=4, padding="same"), size=(3, 9, 8)))
    x = picture(network)
    torch = peers.Torch(network.design, network.weights)
    run = network.forward(x)
    np.testing.assert_allclose(torch.forward(x), run["layer"], atol=1e-4)
    ours = run.backward(gradient=np.ones_like(run["layer"]))
    for found, wanted in zip(torch.sum(x), [ours.outputs["image"], *ours.weights.values()], strict=True):
        np.testing.assert_allclose(found, wanted, atol=1e-4, rtol=1e-4)


def test_a_row_names_its_times_and_its_ratio():
    row = ratios.Row("nothing", {"ours": lambda: None, "PyTorch": lambda: None, "onnx": lambda: None}, 1.2, 8e9)
    row.best = {"ours": 0.002, "PyTorch": 0.004, "onnx": 0.003}
    assert row.line(8e12) == "| nothing | 2.000 | 4.000 | 3.000 | 1.50 | 1.2 | 50% |"


def test_the_limit_is_above_what_numpy_reaches():
    assert Limit().speed(1) > 1e9
